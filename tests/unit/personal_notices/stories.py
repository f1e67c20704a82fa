"""Events, a directory and settings for tests of who hears of what."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.fakes.time import NOON
from tocsin.directory.domain.things import AnyThing, Group, GroupKind, Kind, Line, NumberTarget, PhoneNumber
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.ids import RoleId, TenantId, UserId
from tocsin.personal_notices.application.people_book import KnownNames
from tocsin.telephony.domain.event import TelephonyEvent

ACME = TenantId("acme")
CALLER = "+447700900123"
MAIN = "+442079460000"
ANA, BOB, EVE, FAY = (UserId(name) for name in ("ana", "bob", "eve", "fay"))


def person(id: UserId, role: str = "user", **given: Any) -> User:
    values: dict[str, Any] = {"state": UserState.ACTIVE, "external_id": f"x-{id}"} | given
    return User(ACME, id, f"{id}@example.com", id.title(), RoleId(role), NOON, **values)


PEOPLE = (person(ANA), person(BOB), person(EVE), person(FAY))
L10 = Line(tenant=ACME, id="l10", extension="2010", label="Ana's desk", aliases=("sip:2010@acme",), user=ANA)
L11 = Line(tenant=ACME, id="l11", extension="2011", user=BOB)
SHARED = Line(tenant=ACME, id="l12", extension="2012", label="Hall")
SUPPORT = Group(
    tenant=ACME, id="g1", kind=GroupKind.HUNT_GROUP, name="Support", number="2100", aliases=("support",),
    members=(BOB, EVE),
)  # fmt: skip
QUEUE = Group(tenant=ACME, id="g2", kind=GroupKind.QUEUE, name="Sales", number="2200", members=(FAY,))
TO_SUPPORT = PhoneNumber(tenant=ACME, id="p1", e164=MAIN, target=NumberTarget(kind="group", id="g1"))
TO_ANA = PhoneNumber(tenant=ACME, id="p2", e164="+442079460010", target=NumberTarget(kind="line", id="l10"))
NOWHERE = PhoneNumber(tenant=ACME, id="p3", e164="+442079460099")
THINGS: tuple[AnyThing, ...] = (*PEOPLE, L10, L11, SHARED, SUPPORT, QUEUE, TO_SUPPORT, TO_ANA, NOWHERE)


def names(*things: AnyThing) -> KnownNames:
    """Return the names of a directory, by default of THINGS."""
    kinds: dict[Kind, type] = {Kind.LINE: Line, Kind.GROUP: Group, Kind.PHONE_NUMBER: PhoneNumber}
    return KnownNames(lambda kind: [each for each in things or THINGS if isinstance(each, kinds[kind])])


def event(
    type: str, id: str = "e1", at: datetime = NOON, later: timedelta = timedelta(0), **data: Any
) -> TelephonyEvent:
    """Return an event that is received `later` than it happened."""
    sandbox = data.pop("sandbox", False)
    return TelephonyEvent("pbx", id, type, at, at + later, data, sandbox)


def call(id: str = "e1", status: str = "missed", **given: Any) -> TelephonyEvent:
    """Return an incoming call to Ana's line that is over."""
    data: dict[str, Any] = {
        "callId": "c1",
        "direction": "incoming",
        "status": status,
        "line": "2010",
        "durationSeconds": 18,
    } | parties()
    return event("call.ended", id, **data | given)


def offered(id: str = "o1", **given: Any) -> TelephonyEvent:
    """Return a call that rings on Ana's line."""
    data: dict[str, Any] = {"callId": "c1", "direction": "incoming", "line": "2010"}
    return event("call.offered", id, **data | parties() | given)


def voicemail(id: str = "v1", **given: Any) -> TelephonyEvent:
    """Return a voicemail in Ana's mailbox; `callId` None = without."""
    data: dict[str, Any] = {
        "callId": "c1",
        "mailbox": "2010",
        "from": {"number": CALLER, "name": "Zoe"},
        "durationSeconds": 25,
    } | given
    return event("voicemail.received", id, **{name: value for name, value in data.items() if value is not None})


def text(id: str = "t1", at: datetime = NOON, **given: Any) -> TelephonyEvent:
    """Return a text to Ana's line."""
    data: dict[str, Any] = {"messageId": id, "line": "2010", "text": "Is anybody there?"} | parties() | given
    return event("sms.received", id, at, **data)


def parties(caller: str = CALLER, to: str = NOWHERE.e164) -> dict[str, Any]:
    return {"from": {"number": caller, "name": "Zoe"}, "to": {"number": to}}


def caller(number: str = CALLER) -> dict[str, Any]:
    """Return who calls, without a name."""
    return {"from": {"number": number}}
