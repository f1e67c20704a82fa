"""Entries of the event bus, and how they are divided among calls."""

from __future__ import annotations

import itertools
import json
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.builders import an_acceptance, number, sms
from tests.fakes.time import NOON
from tocsin.contacts.domain.channel import Channel
from tocsin.kernel.domain.ids import TenantId
from tocsin.results.domain.event_object import event_object
from tocsin.results.domain.result_event import ResultEvent, event_about
from tocsin.webhooks.domain.bus_entry import CALL_BYTES, ENTRIES_A_CALL, BusEntry, bus_entry, calls_of


def an_event(reply: str = "on my way") -> ResultEvent:
    alert = an_acceptance(sms(number(1))).alert
    return event_about(
        alert,
        "reply",
        ("a",),
        channel=Channel.SMS,
        tag="t",
        alertee=number(1),
        contact_id=None,
        whence=NOON + timedelta(seconds=7),
        details={"reply": reply, "tenant": "rival"},
    )


def test_an_entry_is_the_object_that_is_collected_with_its_tenant() -> None:
    event = an_event("größe 🚒")
    entry = bus_entry(TenantId("acme"), event)

    assert json.loads(entry.detail) == {**event_object(event), "tenant": "acme"}
    assert (entry.kind, entry.at, entry.event_id) == ("tocsin.result.reply", event.whence, event.event_id)
    assert entry.resource == f"tocsin:acme:alert/{event.alert}"


def test_half_a_character_does_not_make_an_entry_unreadable() -> None:
    assert json.loads(bus_entry(TenantId("acme"), an_event("\ud800")).detail)["reply"] == "?"


@given(st.lists(st.sampled_from([10, 30_000, 131_000, CALL_BYTES]), max_size=40))
def test_calls_have_every_entry_once_in_order_and_keep_both_limits(sizes: list[int]) -> None:
    entries = [BusEntry(str(n), "kind", NOON, "resource", "x" * size) for n, size in enumerate(sizes)]
    calls = list(calls_of(entries))

    assert [entry for call in calls for entry in call] == entries
    for call in calls:
        assert 1 <= len(call) <= ENTRIES_A_CALL
        assert len(call) == 1 or sum(entry.size for entry in call) <= CALL_BYTES
    # and no two neighbours would fit into one call
    for one, other in itertools.pairwise(calls):
        both = [*one, other[0]]
        assert len(both) > ENTRIES_A_CALL or sum(entry.size for entry in both) > CALL_BYTES
