"""Texts that answer no alert are ingested as events; answers and words of the carriers are not."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.builders import number
from tests.fakes.telephony import FakeEventRows, FakeOwedEvents
from tests.fakes.time import NOON, VirtualClock
from tests.fakes.timers import FakeTimerQueue, FakeTimers
from tests.unit.inbound.answering import ANA, OURS, Answering
from tocsin.alerts.domain.alert import Alert
from tocsin.inbound.application.receive_text import TextResult
from tocsin.inbound.application.receive_texts import ReceiveTexts
from tocsin.inbound.application.text_events import SOURCE, TextEvents
from tocsin.inbound.domain.text import IncomingText
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.telephony.application.ingest import IngestEvents
from tocsin.telephony.application.pack_events import ArmPack
from tocsin.telephony.domain.stored_event import EventDecision
from tocsin.telephony.domain.vocabulary import data_faults


class Heard(Answering):
    """Events of texts, as they are kept."""

    def __init__(self) -> None:
        super().__init__()
        self.events = FakeEventRows()
        self.calls = Counter[str]()
        timers, queue = self.counted("timers", FakeTimers()), self.counted("queue", FakeTimerQueue())
        ingest = IngestEvents(
            self.counted("rows", self.events),
            self.counted("orders", FakeOwedEvents()),
            lambda tenant, event: EventDecision(),
            VirtualClock(),
            ArmPack(timers, queue, VirtualClock()),
        )
        self.receive = ReceiveTexts(self.receive_text, TextEvents(ingest, VirtualClock()))

    def counted(self, name: str, port: Any) -> Any:
        """Return a port whose calls are counted."""
        return Counted(self.calls, name, port)

    def come(self, *texts: IncomingText) -> list[TextResult | Exception]:
        """Let texts come in together."""
        return list(self.receive(dict(enumerate(texts)), lambda: True).values())

    def text(
        self, text: str, *, by: str = ANA, to: str = OURS, answering: Alert | None = None, id: str | None = None
    ) -> TextResult:
        answered = f"p-{answering.ref}" if answering else None
        (result,) = self.come(IncomingText(id or "in-1", to, by, text, answered, self.now))
        if isinstance(result, Exception):
            raise result
        return result


class Counted:
    """A port that counts its calls by their names."""

    def __init__(self, calls: Counter[str], name: str, port: Any) -> None:
        self._calls, self._name, self._port = calls, name, port

    def __getattr__(self, verb: str) -> Any:
        self._calls[f"{self._name}.{verb}"] += 1
        return getattr(self._port, verb)


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


def texts(count: int, first: int = 0) -> list[IncomingText]:
    return [
        IncomingText(f"in-{n}", OURS, number(9), f"pump {n} is down", None, NOON) for n in range(first, first + count)
    ]


def test_events_of_25_texts_that_come_together_cost_one_insertion() -> None:
    world = Heard()
    assert world.come(*texts(1, first=100)) == [TextResult.NOTHING_OPEN]
    world.calls.clear()  # the first event of an hour arms the timer of its pack
    assert world.come(*texts(25)) == [TextResult.NOTHING_OPEN] * 25
    assert world.calls == {"rows.insert": 1}
    assert len(world.events.kept) == 26


def test_events_of_texts_of_a_batch_that_could_not_be_stored_come_again_and_answers_do_not() -> None:
    world = Heard()
    alert = world.send()
    answer = IncomingText("in-9", OURS, ANA, "on my way", f"p-{alert.ref}", NOON)
    world.events.outage.failing = 1
    first, second, answered = world.come(*texts(2), answer)
    assert [type(each) for each in (first, second)] == [StorageUnavailable] * 2
    assert answered is TextResult.RECORDED
    assert world.come(*texts(2)) == [TextResult.NOTHING_OPEN] * 2
    assert len(world.events.kept) == 2


def test_events_a_text_for_which_no_time_is_left_comes_again() -> None:
    world = Heard()
    left = iter([True, False])
    done, late = world.receive(dict(enumerate(texts(2))), lambda: next(left)).values()
    assert (done, type(late)) == (TextResult.NOTHING_OPEN, TimeoutError)
    assert len(world.events.kept) == 1
