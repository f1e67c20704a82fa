"""Texts that answer no alert are ingested as events; answers and words of the carriers are not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.fakes.telephony import FakeEventRows, FakeOwedEvents
from tests.fakes.time import NOON, VirtualClock
from tests.unit.inbound.answering import ANA, OURS, Answering
from tocsin.inbound.application.receive_text import TextResult
from tocsin.inbound.application.text_events import SOURCE, TextEvents
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.telephony.application.ingest import IngestEvents
from tocsin.telephony.domain.stored_event import EventDecision
from tocsin.telephony.domain.vocabulary import data_faults


class Heard(Answering):
    """Events of texts, as they are kept."""

    def __init__(self) -> None:
        super().__init__()
        self.events = FakeEventRows()
        ingest = IngestEvents(self.events, FakeOwedEvents(), lambda tenant, event: EventDecision(), VirtualClock())
        self.receive_text = replace(self.receive_text, tell_event=TextEvents(ingest, VirtualClock()))


def test_a_text_that_answers_nothing_is_an_event_of_its_tenant_once() -> None:
    world = Heard()
    for _ in range(2):
        assert world.text("pump 3 is down", by=ANA, id="in-1") is TextResult.NOTHING_OPEN
    ((tenant, _),) = world.events.kept
    (stored,) = world.events.kept.values()
    event = stored.event
    assert (tenant, event.type, event.source, event.id, event.at) == ("acme", "sms.received", SOURCE, "in-1", NOON)
    assert event.data["from"] == {"number": ANA}
    assert event.data["to"] == {"number": OURS}
    assert event.data["text"] == "pump 3 is down"
    assert list(data_faults(event.type, event.data)) == []


def test_an_answer_to_an_alert_is_no_event() -> None:
    world = Heard()
    alert = world.send()
    assert world.text("on my way", by=ANA, answering=alert) is TextResult.RECORDED
    assert world.events.kept == {}


@pytest.mark.parametrize("word", ["STOP", "Start", "HELP"])
def test_a_word_of_the_carriers_is_no_event(word: str) -> None:
    world = Heard()
    world.text(word, by=ANA)
    assert world.events.kept == {}


def test_a_text_as_long_as_it_may_be_is_cut_to_what_the_vocabulary_takes() -> None:
    world = Heard()
    world.text("x" * 2_000, by=ANA)
    (stored,) = world.events.kept.values()
    assert list(data_faults("sms.received", stored.event.data)) == []


def test_a_text_comes_again_if_its_event_could_not_be_stored() -> None:
    world = Heard()
    world.events.outage.failing = 1
    with pytest.raises(StorageUnavailable):
        world.text("pump 3 is down", by=ANA, id="in-1")
    world.text("pump 3 is down", by=ANA, id="in-1")
    assert len(world.events.kept) == 1
