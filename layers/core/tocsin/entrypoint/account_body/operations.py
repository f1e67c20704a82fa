"""The operations of the account's settings."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

from tocsin.calendar.domain.quiet_hours import QuietHours
from tocsin.entrypoint.account_body.account import AccountBody, AccountResource, account_shown
from tocsin.entrypoint.http.operation import EDIT_ERRORS, RESOURCE_ERRORS, Operation
from tocsin.identity.domain.tenant import BusTopic, Tenant
from tocsin.kernel.domain.ids import TenantId

_NEED = "Needs an account owner or an admin, or an API key with such a role."
_SAVED = Tenant(
    TenantId("acme"),
    "Acme Ltd",
    datetime(2026, 11, 21, tzinfo=UTC),
    "Europe/London",
    QuietHours(time(22), time(7), frozenset({1, 2, 3, 4, 5})),
    country="GB",
    notice_sender="Acme",
    pbx={"web_domain": "pbx.acme.example", "udp_port": "5060"},
    bus=frozenset({BusTopic.INCIDENTS}),
)
_EXAMPLE: dict[str, Any] = account_shown(_SAVED, "Acme")

OPERATIONS = (
    Operation(
        method="GET", path="/account", name="getAccount", tags=("Account",), summary="Read the settings of the account",
        description=_NEED, answer=AccountResource, errors=RESOURCE_ERRORS, response=_EXAMPLE,
    ),
    Operation(
        method="PATCH", path="/account", name="changeAccount", tags=("Account",),
        summary="Change the settings of the account",
        description=f"{_NEED} What is omitted stays, null sets the default. Alerts go by a new zone and new quiet "
        "hours within 30 seconds, a new `bus` counts within 30 too, and notices come from a new sender within 5. A "
        "change of `mfa_required` needs a token that may manage people. `id` and `notice_sender_now` are only read, "
        "and do nothing.",
        bodies=(AccountBody,), answer=AccountResource, errors=EDIT_ERRORS,
        request={"notice_sender": "Acme", "pbx": {"udp_port": 5060}}, response=_EXAMPLE,
    ),
)  # fmt: skip
