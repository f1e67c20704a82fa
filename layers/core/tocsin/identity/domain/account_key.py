"""The account key: under it lies what the people of a tenant store and send by the console."""

from __future__ import annotations

from dataclasses import replace

from tocsin.contacts.domain.email_address import mailbox_key
from tocsin.identity.domain.api_key import ApiKey, KeyKind, Right
from tocsin.identity.domain.notification import NotificationMode
from tocsin.identity.domain.permissions import Permission, Reach
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.visibility import ActingPerson, Range
from tocsin.kernel.domain.errors import Fault, Forbidden, InvalidRequest
from tocsin.kernel.domain.ids import ApiKeyId, CompanyId, TenantId

ACCOUNT_KEY = ApiKeyId("account")
"""Its id in every tenant. Ids of other keys have 12 characters, so none is like it."""


def account_key(tenant: TenantId) -> ApiKey:
    """Return the account key of a tenant. It has no row and no secret, so no call can use it, and no list has it.

    `ApiKeyRepository.get` returns it, because steps, schedules and triggers ask for the key of their alert.

    People read results on pages, so no events are kept for it.
    """
    return ApiKey(
        tenant=tenant,
        id=ACCOUNT_KEY,
        kind=KeyKind.LIVE,
        name="Console",
        secret_hash="",
        rights=frozenset(Right),
        notification=NotificationMode.NONE,
    )


INSIDE = ApiKeyId("inside0")
"""The key under which alerts of the inside are kept. No client has it; it has no capacities and no list."""


def inside_key(tenant: TenantId, *, sandbox: bool) -> ApiKey:
    """Return the key that alerts of the inside are sent with. It has no row and no secret, and gets no events."""
    return ApiKey(
        tenant=tenant,
        id=INSIDE,
        kind=KeyKind.SANDBOX if sandbox else KeyKind.LIVE,
        name="Tocsin",
        secret_hash="",
        notification=NotificationMode.NONE,
    )


def key_of_person(
    principal: Principal, permission: Permission = Permission.ALERTS_SEND, company: CompanyId | None = None
) -> ApiKey:
    """Return the account key as a person uses it: what is out of the person's range is not found.

    Args:
        permission: by which the range is decided.
        company: of what the person makes, see `company_of`.

    Raises:
        Forbidden: the caller is no person.
    """
    return _used_by(principal, principal.range(permission), company)


def reading_key_of(principal: Principal) -> ApiKey:
    """Return the account key with which a person reads stores.

    Owner, admin and managers read what they may use, custom roles what they read of alerts; who made a store reads it.
    """
    custom = principal.role is not None and not principal.role.system
    permission = Permission.ALERTS_READ if custom else Permission.ALERTS_SEND
    return _used_by(principal, principal.range(permission), None)


def _used_by(principal: Principal, range: Range, company: CompanyId | None) -> ApiKey:
    user = principal.user
    if user is None:
        raise Forbidden("a person")
    mailbox = mailbox_key(user.email) if user.confirmed_email else None
    person = ActingPerson(user.id, user.name, range, mailbox, user.contacts)
    return replace(account_key(principal.tenant), company=company, person=person)


def company_of(principal: Principal, chosen: str | None) -> CompanyId | None:
    """Return the company of what a person makes: the only one, or the chosen one of several; None = the whole account.

    Args:
        chosen: an id; whether the account has this company is not checked for a person who reaches the whole account.

    Raises:
        InvalidRequest: a person of several companies chose none, or a person chose a company of others.
    """
    if principal.reach(Permission.ALERTS_SEND) is Reach.ALL:
        return CompanyId(chosen) if chosen else None
    if chosen and chosen not in principal.companies:
        raise InvalidRequest([Fault("/company", "UNKNOWN_COMPANY", "is none of your companies")])
    if chosen or len(principal.companies) == 1:
        return CompanyId(chosen) if chosen else next(iter(principal.companies))
    if principal.companies:
        mine = ", ".join(sorted(principal.companies))
        raise InvalidRequest([Fault("/company", "COMPANY_REQUIRED", f"say for which of your companies it is: {mine}")])
    return None
