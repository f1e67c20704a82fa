"""The settings of an account: their fields, and the merge of a patch."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal, get_args

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from tocsin.calendar.domain.account_clock import UTC_NAME
from tocsin.calendar.domain.quiet_hours import QuietHours, parse_quiet_time
from tocsin.directory.domain.versions import merged
from tocsin.entrypoint.alert_body.words import NOT_BLANK, PRINTABLE, Form
from tocsin.entrypoint.http.resource_body import ResourceBody
from tocsin.entrypoint.http.wire import read
from tocsin.identity.application.create_tenant import MAX_NAME
from tocsin.identity.domain.tenant import PBX_FACTS, PBX_PORTS, BusTopic, Tenant
from tocsin.kernel.domain.errors import Fault

_EXACT = with_config(ConfigDict(extra="forbid"))
_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]"
_Time = Annotated[str, Form(_TIME, "be a time like 22:00, up to 23:59")]
DayWord = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_DAYS: tuple[DayWord, ...] = get_args(DayWord)
BusWord = Literal["rules", "incidents", "events"]
_READ_ONLY = ("id", "notice_sender_now")
"""Fields of an answer that a call may send back; they do nothing."""


class AccountQuietHoursBody(ResourceBody):
    """A part of the day in which no receiver gets a message that is not urgent."""

    start: Annotated[_Time, Field(alias="from", description="the first quiet minute")]
    end: Annotated[_Time, Field(alias="to", description="the first minute that is not quiet")]
    days: Annotated[
        list[DayWord], Field(min_length=1, max_length=7, description="on which they begin; omitted: every day")
    ] = Field(default_factory=lambda: list(_DAYS))

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        """Quiet hours end at another time than they begin."""
        if raw.get("from") is not None and raw.get("from") == raw.get("to"):
            yield Fault("/to", "NEVER", "must be another time than `from`; these hours would never end")


_Host = Annotated[str, Field(min_length=1, max_length=253), Form(r"[\w.:\[\]-]+", "be a name or an address")] | None
_Port = Annotated[int, Field(ge=1, le=65_535)] | None


class PbxBody(ResourceBody):
    """Where the telephone system is reached, for the mails to its people. null: it is not said."""

    web_domain: _Host = None
    sip_public_ip: _Host = None
    sip_private_ip: _Host = None
    udp_port: _Port = None
    tcp_port: _Port = None
    tls_port: _Port = None


class AccountBody(ResourceBody):
    """The settings of the account. What is omitted stays, null sets the default."""

    name: (
        Annotated[
            str, Field(min_length=1, max_length=MAX_NAME), Form(f"{NOT_BLANK}{PRINTABLE}", "be one line, and not blank")
        ]
        | None
    ) = None
    zone: Annotated[str, Field(min_length=1, max_length=64, description="IANA name like Europe/London; null: UTC")] = (
        UTC_NAME
    )
    quiet_hours: Annotated[
        AccountQuietHoursBody | None,
        Field(description="of receivers who have none of their own"),
    ] = None
    mfa_required: Annotated[bool, Field(description="everybody signs in with an authenticator app")] = False
    country: Annotated[
        str | None, Field(max_length=2, description="ISO code; of numbers that telephone systems write nationally")
    ] = None
    notice_sender: Annotated[
        Annotated[str, Field(min_length=1, max_length=16)] | None,
        Field(
            description="what notices by text come from: a number of the account, or a name of 1 to 11 letters and "
            "digits; null: the account's first number, else Tocsin"
        ),
    ] = None
    pbx: PbxBody = Field(default_factory=PbxBody)
    bus: Annotated[
        list[BusWord],
        Field(
            max_length=len(BusTopic),
            description="what is put on the operator's event bus beside results of alerts: runs of alert rules, "
            "incidents of integrations, telephony events that Tocsin makes itself",
        ),
    ] = Field(default_factory=list)


def patched(before: Tenant, patch: Mapping[str, Any]) -> Tenant:
    """Return the account after a JSON merge patch.

    Raises:
        InvalidRequest: with every fault of the form.
    """
    sent = {name: value for name, value in patch.items() if name not in _READ_ONLY}
    found = read(AccountBody, merged(_stored(before), sent))
    hours = found.quiet_hours
    quiet = None
    if hours is not None:
        days = frozenset(_DAYS.index(day) + 1 for day in hours.days)
        quiet = QuietHours(parse_quiet_time(hours.start), parse_quiet_time(hours.end), days)
    pbx = {name: str(value) for name in PBX_FACTS if (value := getattr(found.pbx, name)) is not None}
    return replace(
        before,
        name=found.name or "",
        zone=found.zone,
        quiet=quiet,
        mfa_required=found.mfa_required,
        country=found.country,
        notice_sender=found.notice_sender,
        pbx=pbx,
        bus=frozenset(map(BusTopic, found.bus)),
    )


def account_shown(tenant: Tenant, notice_sender: str) -> dict[str, Any]:
    """Return an account as answers show it.

    Args:
        notice_sender: what its notices come from now.
    """
    return {"id": tenant.id, **_stored(tenant), "notice_sender_now": notice_sender}


def account_etag(tenant: Tenant) -> str:
    """Return the ETag: the same as long as the settings are."""
    return f'"{hashlib.sha256(json.dumps(_stored(tenant), sort_keys=True).encode()).hexdigest()[:16]}"'


def _stored(tenant: Tenant) -> dict[str, Any]:
    return {
        "name": tenant.name,
        "zone": tenant.zone,
        "quiet_hours": _quiet(tenant.quiet),
        "mfa_required": tenant.mfa_required,
        "country": tenant.country,
        "notice_sender": tenant.notice_sender,
        "pbx": {name: _fact(name, tenant.pbx.get(name)) for name in PBX_FACTS},
        "bus": [topic.value for topic in BusTopic if topic in tenant.bus],
    }


def _fact(name: str, value: str | None) -> str | int | None:
    return int(value) if value is not None and name in PBX_PORTS else value


def _quiet(quiet: QuietHours | None) -> dict[str, str | Sequence[str]] | None:
    if quiet is None:
        return None
    days = [word for number, word in enumerate(_DAYS, 1) if number in quiet.weekdays]
    return {"from": f"{quiet.start:%H:%M}", "to": f"{quiet.end:%H:%M}", "days": days}


_From = Annotated[str, Field(description="the first quiet minute")]
_To = Annotated[str, Field(description="the first minute that is not quiet")]
_Hours = TypedDict("_Hours", {"from": _From, "to": _To, "days": list[DayWord]})


@_EXACT
class AccountQuietHoursResource(_Hours):
    """A part of the day in which no receiver gets a message that is not urgent."""


@_EXACT
class PbxResource(TypedDict):
    """Where the telephone system is reached; null = it is not said."""

    web_domain: str | None
    sip_public_ip: str | None
    sip_private_ip: str | None
    udp_port: int | None
    tcp_port: int | None
    tls_port: int | None


@_EXACT
class AccountResource(TypedDict):
    """The settings of the account."""

    id: Annotated[str, Field(description="of the account, for ever")]
    name: str
    zone: str
    quiet_hours: AccountQuietHoursResource | None
    mfa_required: bool
    country: str | None
    notice_sender: Annotated[str | None, Field(description="as chosen")]
    pbx: PbxResource
    bus: Annotated[list[BusWord], Field(description="what is put on the event bus beside results of alerts")]
    notice_sender_now: Annotated[str, Field(description="what notices by text come from now")]
