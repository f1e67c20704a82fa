"""The scripted day: vendors' payloads say what happened, as the shipped mappings read them."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from infra.local.pbx.day import LASTS, DayCall, DayPart, DayRegistration, DayText, DayTrunk, day
from infra.local.pbx.payloads import SOURCES, ZONE, posts_of
from infra.local.pbx.plan import requests_of
from tocsin.telephony.domain.call_assembly import CallAssembly
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.mappings.conversions import SourceSettings
from tocsin.telephony.domain.mappings.shipped import SHIPPED
from tocsin.telephony.domain.vocabulary import data_faults

BEGAN = datetime(2026, 11, 21, 9, tzinfo=UTC)
SETTINGS = SourceSettings("GB", ZoneInfo(ZONE), ("2XXX",))
DAY = day()


def _events(part: DayPart) -> list[TelephonyEvent]:
    found = []
    for post in posts_of(part, BEGAN + timedelta(seconds=part.at), "abc123"):
        payloads = post.payload if isinstance(post.payload, list) else [post.payload]
        for payload in payloads:
            mapped = SHIPPED[SOURCES[post.site][0]].read(payload, SETTINGS, BEGAN, data_faults)
            assert mapped.events, (payload, mapped)
            found += [
                TelephonyEvent(post.site, each.id, each.type, each.time, BEGAN, each.data) for each in mapped.events
            ]
    return found


def test_a_day_is_the_same_whenever_it_is_made() -> None:
    assert day(7) == day(7) != day(8)
    kinds = Counter(type(each) for each in DAY)
    assert (kinds[DayCall], kinds[DayText], kinds[DayTrunk]) == (1_525, 60, 2)
    assert all(0 <= each.at <= LASTS for each in DAY)


@pytest.mark.parametrize("site", ["office", "depot", "gate"])
def test_payloads_of_a_call_say_what_happened(site: str) -> None:
    for call in [each for each in DAY if isinstance(each, DayCall) and each.site == site]:
        events = _events(call)
        if site == "depot":
            assert {each.type for each in events} == {"call.leg"}
            assembled, _ = CallAssembly("depot", events[0].data["callId"]).add(events, BEGAN)
            _, ended = assembled.settle(BEGAN + timedelta(minutes=1))
            assert ended is not None
            events = [ended]
        (event,) = events
        data = event.data
        assert event.type == "call.ended"
        assert (data["direction"], data["status"]) == (call.direction, call.outcome)
        assert data.get("transferred", False) == call.transferred
        assert data["durationSeconds"] == call.seconds
        outside = data["to" if call.direction == "outgoing" else "from"]["number"]
        assert outside == call.outside
        if call.queue:
            assert data["group"]["id"] == call.queue
        elif call.outcome == "answered" or not call.phones:
            assert data["line"] == call.inside
        if call.phones:
            assert set(data["lines"]) == {call.inside, *call.phones}


def test_payloads_of_registrations_texts_and_trunks_say_what_happened() -> None:
    for told in [each for each in DAY if isinstance(each, DayRegistration)]:
        (event,) = _events(told)
        wanted = "unregistered" if told.event == "expired" else told.event
        assert (event.data["line"], event.data["event"]) == (told.inside, wanted)
    for text in [each for each in DAY if isinstance(each, DayText)]:
        (event,) = _events(text)
        assert (event.type, event.data["from"]["number"], event.data["text"]) == (
            "sms.received",
            text.outside,
            text.text,
        )
    assert [_events(each)[0].type for each in DAY if isinstance(each, DayTrunk)] == [
        "trunk.disconnected", "trunk.connected",
    ]  # fmt: skip


def test_some_requests_come_twice_and_some_out_of_order() -> None:
    requests = requests_of(DAY, BEGAN, "abc123")
    twice = len(requests) - sum(len(posts_of(each, BEGAN, "abc123")) for each in DAY)
    assert 0.01 < twice / len(DAY) < 0.03
    assert [each.at for each in requests] == sorted(each.at for each in requests)
    assert requests == requests_of(DAY, BEGAN, "abc123")
