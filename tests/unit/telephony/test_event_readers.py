"""Whatever an event says beside the vocabulary, and at the ends of it, everybody who reads events can read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tocsin.alert_rules.domain.facts import TYPE_OF, AccountNames, facts_of
from tocsin.alert_rules.domain.payload import payload
from tocsin.alert_rules.domain.rule import AlertRule
from tocsin.alert_rules.domain.triggers import RuleTrigger, TriggerFilters
from tocsin.alert_rules.domain.words import Told
from tocsin.kernel.domain.ids import TenantId, UserId
from tocsin.personal_notices.application.people_book import KnownNames
from tocsin.personal_notices.domain.account_words import account_words
from tocsin.personal_notices.domain.concern import concern_of, topic_of
from tocsin.personal_notices.domain.event_words import case_of, said
from tocsin.personal_notices.domain.who_hears import author_named, called_side, people_named
from tocsin.reports.domain.day_sums import DayCounter, DaySums
from tocsin.telephony.domain.call_assembly import CallAssembly
from tocsin.telephony.domain.cloud_events import EventReader
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.event_data.shapes import (
    FlagShape,
    InstantShape,
    ListShape,
    NumericShape,
    OneOf,
    OrNull,
    RecordShape,
    TextShape,
    ValueShape,
)
from tocsin.telephony.domain.event_pack import contents_of
from tocsin.telephony.domain.line_state import LineState
from tocsin.telephony.domain.named_things import named_things
from tocsin.telephony.domain.vocabulary import TYPES
from tocsin.tenant_mail.domain.mail_variables import TEMPLATES, AccountFacts, values_of

NOW = datetime(2026, 11, 21, 10, 1, tzinfo=UTC)
ZONES = [ZoneInfo(name) for name in ("America/New_York", "Pacific/Kiritimati", "Asia/Kathmandu")]
NAMES = {field.name for type in TYPES.values() for field in type.data.fields}
ODD: list[Any] = [5, "x", True, [], [5], ["x"], {}, {"id": 5}, {"number": 5}, None, -1, 10**30, "javascript:alert(1)"]
ENDS: dict[str, tuple[str, Callable[[NumericShape], Any]]] = {
    "least": ("0001-01-01T00:00:00Z", lambda number: number.least),
    "most": ("9999-12-31T23:59:59Z", lambda number: number.most),
    "in small letters": ("2026-11-21t10:00:18.1234567z", lambda number: 18.0 if number.whole else 18.5),
}


def at_the_end(shape: ValueShape, end: str) -> Any:
    """Return a valid value with every field, and each time and number at an end of what is valid."""
    time, number = ENDS[end]
    match shape:
        case InstantShape():
            return time
        case NumericShape():
            return number(shape)
        case OneOf():
            return shape.words[0]
        case FlagShape():
            return True
        case ListShape():
            return [at_the_end(shape.of, end)]
        case OrNull():
            return at_the_end(shape.of, end)
        case RecordShape():
            return {field.name: at_the_end(field.shape, end) for field in shape.fields}
        case TextShape():
            samples = ("+442071838750" if shape.number else "abc", "https://a.example", "a@b.example", "GBP")
            return next(each for each in samples if shape.form is None or shape.form.fullmatch(each))


def received(type: str, data: dict[str, Any]) -> TelephonyEvent:
    """Return an event as it is taken in."""
    event = {"specversion": "1.0", "id": "1", "source": "pbx", "type": type, "time": NOW.isoformat(), "data": data}
    (item,) = EventReader(NOW, "GB").from_http({}, event)
    assert item.event is not None, item.faults
    return item.event


def texts(event: TelephonyEvent) -> Iterator[Any]:
    """Let everybody read an event; yield all that must be a text, a time, or nothing."""
    named_things(event)
    contents_of([event])
    facts_of(event, AccountNames())
    counter = DayCounter(DaySums(), NOW - timedelta(days=1), NOW + timedelta(days=1), NOW + timedelta(days=1))
    counter.add(event)
    for number, total, _ in (counter.close().waits, counter.close().talks):
        yield str(total / max(1, number))
    if event.type == "sip.registration":
        LineState().after(event.at, event.data)
    if event.type == "call.leg":
        yield CallAssembly("pbx", "c1").add([event], NOW)[0].call_ended(NOW).data["endedAt"]  # type: ignore[union-attr]
    for zone in ZONES:
        yield from _of_rules(event, zone)
        yield from _of_mails(event, zone)
    yield from _of_notices(event)


def _of_rules(event: TelephonyEvent, zone: ZoneInfo) -> Iterator[Any]:
    if event.type not in TYPE_OF:
        return
    rule = AlertRule(
        tenant=TenantId("acme"), id="r", name="Rule", type=TYPE_OF[event.type], owner=UserId("u"), created_at=NOW, counts_from=NOW
    )  # fmt: skip
    triggers = (RuleTrigger("t", TriggerFilters()),)
    told = Told(rule, triggers, event, AccountNames(), zone)
    yield from told.values().values()
    yield told.headline()
    facts = facts_of(event, AccountNames())
    assert facts is not None
    yield facts.at.astimezone(zone)
    payload(rule, triggers, event, AccountNames())


def _of_mails(event: TelephonyEvent, zone: ZoneInfo) -> Iterator[Any]:
    for name, template in TEMPLATES.items():
        if template.event == event.type:
            yield from values_of(name, event, AccountFacts(zone=zone)).values()
    if topic_of(event) is not None:
        yield account_words(event, zone, "https://a.example").text


def _of_notices(event: TelephonyEvent) -> Iterator[Any]:
    concern = concern_of(event)
    if concern is None:
        return
    author_named(event)
    yield from (name for name, _ in people_named(event, concern))
    side = called_side(event, concern, KnownNames(lambda kind: []))
    words = said(event, case_of(event, concern, side), side)
    yield from (value.astimezone(zone) for _, value in words.fields if isinstance(value, datetime) for zone in ZONES)
    yield from (value for _, value in words.fields)
    assert words.url is None or words.url.startswith("https://")


@pytest.mark.parametrize("odd", ODD, ids=repr)
@pytest.mark.parametrize("type", [*TYPES, "made.up"])
def test_a_field_that_only_other_types_have_may_hold_anything(type: str, odd: Any) -> None:
    own = TYPES[type].data if type in TYPES else RecordShape(())
    known = {field.name: at_the_end(field.shape, "in small letters") for field in own.fields if field.required}
    event = received(type, dict.fromkeys(NAMES - {field.name for field in own.fields}, odd) | known)

    assert all(isinstance(each, str | datetime) for each in texts(event))
    assert event.data.keys() >= NAMES - {field.name for field in own.fields}, "it is kept all the same"


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("type", TYPES)
def test_every_value_that_is_taken_in_can_be_read(type: str, end: str) -> None:
    event = received(type, at_the_end(TYPES[type].data, end))

    assert all(isinstance(each, str | datetime) for each in texts(event))


@pytest.mark.parametrize("type", TYPES)
def test_a_number_has_an_end(type: str) -> None:
    for field in TYPES[type].data.fields:
        if isinstance(field.shape, NumericShape):
            assert list(field.shape.faults(10**400)), field.name
