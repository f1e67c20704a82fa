"""A person of a tenant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tocsin.kernel.domain.ids import CompanyId, RoleId, TenantId, UserId


class UserState(StrEnum):
    """Whether a person can sign in; the values are words of the API."""

    INVITED = "invited"  # has not signed in yet, or has not accepted the tenant yet
    ACTIVE = "active"
    DISABLED = "disabled"


FIRST_SIGN_IN = timedelta(days=90)
"""A person who has not signed in so long after the invitation probably never got it."""


@dataclass(frozen=True, slots=True)
class User:
    """A person of a tenant: who they are, and what they may do.

    Attributes:
        email: canonical address; unique in the tenant.
        role: a system role or a custom role of the tenant.
        companies: which sub-units a manager, or a custom role, is limited to.
        billing: gets notices about money; for owners and admins only.
        contacts: ids of contacts that an administrator linked to the person: alerts that went to one are shown in part.
        zone: IANA time zone of times on pages; None = the account's.
        backup_phone: E.164 number for notices when there is no other; None = none.
        sub: subject at the identity provider; None before the first invitation.
        confirmed_email: whether the person has proved that the address is theirs.
        external_id, source: the person's id in the system that pushes the directory, and its name.
        not_me_at: when the owner of the mailbox said "this is not me"; no notice goes there any more.
        new_email: an address that the person wants, and has not proved yet; asked for at `new_email_at`.
        signed_out_at: sessions and access tokens that began before this instant are refused; None = never.
        version: for If-Match; each change adds one.
    """

    tenant: TenantId
    id: UserId
    email: str
    name: str
    role: RoleId
    created_at: datetime
    state: UserState = UserState.INVITED
    companies: frozenset[CompanyId] = frozenset()
    contacts: frozenset[str] = frozenset()
    billing: bool = False
    zone: str | None = None
    backup_phone: str | None = None
    sub: str | None = None
    confirmed_email: bool = False
    external_id: str | None = None
    source: str | None = None
    last_seen_at: datetime | None = None
    signed_out_at: datetime | None = None
    invited_at: datetime | None = None
    not_me_at: datetime | None = None
    new_email: str | None = None
    new_email_at: datetime | None = None
    mfa: bool = False
    version: int = 1

    def is_overdue(self, now: datetime) -> bool:
        """Whether the person was invited long ago, and has never signed in."""
        if self.state is not UserState.INVITED or self.invited_at is None:
            return False
        return now - self.invited_at >= FIRST_SIGN_IN
