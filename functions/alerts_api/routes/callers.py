"""The caller of a request: an API key, or a person, who uses the account key by their role and in their range."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tocsin.entrypoint.http.app import Call
from tocsin.entrypoint.http.authorized import principal_of
from tocsin.entrypoint.http.blank import is_blank
from tocsin.entrypoint.http.credentials import named_tenant, only_token, tokens_in
from tocsin.identity.domain.account_key import company_of, key_of_person, reading_key_of
from tocsin.identity.domain.api_key import ApiKey
from tocsin.identity.domain.permissions import Permission
from tocsin.identity.domain.principal import Principal
from tocsin.kernel.domain.errors import Fault, Forbidden, InvalidRequest, RequestTooLarge, Unauthorized
from tocsin.kernel.domain.ids import CompanyId, TenantId

COMPANY_HEADER = "X-Company"
"""Names the company of what a person makes."""

_SMALLER = (
    "send several calls, or store each recording and list first, by a call of its own; "
    "base64 makes a recording a third larger, and four minutes of mono mp3 fit at 24 kbit/s"
)
"""What helps a caller whose body is too large."""

_REFERENCE = re.compile(r"[A-Za-z0-9+_-]{1,128}")


@dataclass(frozen=True, slots=True)
class Callers:
    """Finds out who calls, and as which key.

    An API key calls as itself, and may do what its rights say. A person calls as the account key: a route says which
    permission it needs, and what is out of the person's range is not found.

    Every method raises Unauthorized for a missing, unknown, disabled or wrong credential, and Forbidden for a caller
    who may not call from this address, or whose role lacks the permission.

    Attributes:
        authenticate: returns the caller of a token, a source address, and the tenant of `X-Tenant`.
        has_company: whether a tenant has a company.
    """

    authenticate: Callable[[str, str, str | None], Principal]
    has_company: Callable[[TenantId, CompanyId], bool]

    def opened(
        self, call: Call, need: Permission = Permission.ALERTS_SEND, *, makes: bool = False
    ) -> tuple[ApiKey, dict[str, Any]]:
        """Return the caller of an apiKey verb, and the body, which is a JSON object and not validated further.

        The token stands in `X-API-Key` or in `Authorization: Bearer`; an API key also in the body's `apiKey`.

        Args:
            makes: what is made needs a company, if the person has several.

        Raises:
            InvalidRequest: not a JSON object, keys that differ, or a company that is missing or not the person's.
        """
        caller, body = self._opened(call)
        if caller.key is None:
            _allow(caller, need, changes=True)
            return key_of_person(caller, Permission.ALERTS_SEND, self._company(call, caller, makes=makes)), body
        if call.header(COMPANY_HEADER):
            raise InvalidRequest([Fault("", "CONFLICT", f"{COMPANY_HEADER} is for people: an API key has its company")])
        return caller.key, body

    def informed(self, call: Call) -> tuple[ApiKey, dict[str, Any]]:
        """Return the caller of `/getinfo`, and the body. Notices and callbacks are for who manages API keys."""
        caller, body = self._opened(call)
        if caller.key is not None:
            return caller.key, body
        manages = bool(body.get("getMessages") or body.get("getCallbackInfo"))
        _allow(caller, Permission.KEYS if manages else Permission.ALERTS_READ, changes=manages)
        return reading_key_of(caller), body

    def reader(self, call: Call) -> ApiKey:
        """Return who reads alerts: from the authorizer's context, else by the token in the headers."""
        caller = self._resource(call)
        if caller.key is not None:
            return caller.key
        _allow(caller, Permission.ALERTS_READ, changes=False)
        return key_of_person(caller, Permission.ALERTS_READ)

    def store_reader(self, call: Call) -> ApiKey:
        """Return who reads stores."""
        caller = self._resource(call)
        if caller.key is not None:
            return caller.key
        _allow(caller, Permission.ALERTS_READ, changes=False)
        return reading_key_of(caller)

    def actor(self, call: Call) -> ApiKey:
        """Return who acts on alerts, or edits stores."""
        caller = self._resource(call)
        if caller.key is not None:
            return caller.key
        _allow(caller, Permission.ALERTS_SEND, changes=True)
        return key_of_person(caller)

    def _opened(self, call: Call) -> tuple[Principal, dict[str, Any]]:
        """Return the caller of a verb, and the body."""
        try:
            body = call.json()
        except RequestTooLarge as error:
            raise RequestTooLarge(error.limit, error.unit, error.counted, _SMALLER) from error
        reference = body.get("clientRef")
        if isinstance(reference, str) and _REFERENCE.fullmatch(reference):
            call.client_ref = reference
        caller = self._known(call, self._authenticated(call, _token(call, body)))
        if caller.key is None:
            _refuse_in_body(call, body)
        return caller, body

    def _resource(self, call: Call) -> Principal:
        vouched = principal_of(call.authorizer, call.request_id)
        return self._known(call, vouched or self._authenticated(call, only_token(call.headers)))

    def _authenticated(self, call: Call, token: str) -> Principal:
        return self.authenticate(token, call.source_ip, named_tenant(call.headers))

    def _known(self, call: Call, caller: Principal) -> Principal:
        call.notes.update(tenant=caller.tenant, **{caller.actor.kind.value: caller.actor.id})
        return caller

    def _company(self, call: Call, caller: Principal, *, makes: bool) -> CompanyId | None:
        chosen = call.header(COMPANY_HEADER)
        if not chosen and not makes and len(caller.companies) != 1:
            return None
        company = company_of(caller, chosen)
        if company is not None and company not in caller.companies and not self.has_company(caller.tenant, company):
            raise InvalidRequest([Fault("/company", "UNKNOWN_COMPANY", "the account has no such company")])
        return company


def _allow(caller: Principal, need: Permission, *, changes: bool) -> None:
    caller.need(need)
    if need is Permission.KEYS and not caller.manages_people:
        raise Forbidden("a token that may manage people, roles and keys")
    if changes and caller.read_only:
        raise Forbidden("a token that may change things")


def _refuse_in_body(call: Call, body: Mapping[str, Any]) -> None:
    """Refuse a person's token in the body, and an `apiKey` beside it."""
    if not tokens_in(call.headers):
        raise Unauthorized
    if body.get("apiKey") is not None and not is_blank(body["apiKey"]):
        raise InvalidRequest([Fault("/apiKey", "CONFLICT", "cannot stand beside the token of a person")])


def _token(call: Call, body: Mapping[str, Any]) -> str:
    inside, outside = body.get("apiKey"), tokens_in(call.headers)
    if len(outside) > 1:
        raise InvalidRequest([Fault("", "CONFLICT", "the headers `Authorization` and `X-API-Key` have different keys")])
    if inside is None or is_blank(inside):
        if not outside:
            raise Unauthorized
        return outside[0]
    if not isinstance(inside, str):
        raise InvalidRequest([Fault("/apiKey", "WRONG_TYPE", "must be a string")])
    if outside not in ([], [inside]):
        raise InvalidRequest([Fault("/apiKey", "CONFLICT", "is another key than the one in the headers")])
    return inside
