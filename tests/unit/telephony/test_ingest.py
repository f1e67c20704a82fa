"""Events are taken in: each stored once, with its decision, and answered for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.fakes.telephony import FakeEventRows, FakeOwedEvents
from tests.fakes.time import NOON, VirtualClock
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.application.ingest import IngestEvents
from tocsin.telephony.domain.cloud_events import EventReader, ReceivedEvent
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.events_answer import ItemStatus
from tocsin.telephony.domain.stored_event import EventDecision

ACME = TenantId("acme")


def written(id: str, type: str = "trunk.connected", **more: Any) -> dict[str, Any]:
    event = {"specversion": "1.0", "id": id, "source": "pbx", "type": type, "time": NOON.isoformat()}
    return event | {"data": {"trunk": "t1"}} | more


def read(*events: dict[str, Any]) -> list[ReceivedEvent]:
    return EventReader(NOON).from_http({}, list(events))


class Telephony:
    """The use case over fakes. It decides that ids with `rule` owe an act, and those with `refresh` are ignored."""

    def __init__(self) -> None:
        self.rows, self.orders, self.asked = FakeEventRows(), FakeOwedEvents(), list[str]()
        self.ingest = IngestEvents(self.rows, self.orders, self._decide, VirtualClock())

    def _decide(self, tenant: TenantId, event: TelephonyEvent) -> EventDecision:
        assert tenant == ACME
        self.asked.append(event.id)
        return EventDecision((["rule", event.id],) if "rule" in event.id else (), ignored="refresh" in event.id)

    def __call__(self, *events: dict[str, Any]) -> list[ItemStatus]:
        return [status for _, status in self.ingest(ACME, read(*events)).items]

    @property
    def ids(self) -> list[str]:
        return [each.event.id for each in self.rows.kept.values()]

    @property
    def ordered(self) -> list[str]:
        return [self.rows.kept[order.tenant, name].event.id for order in self.orders.queued for name in order.names]


def test_each_event_of_a_call_is_answered_for() -> None:
    telephony = Telephony()
    telephony(written("known"))
    late = written("late rule", time=(NOON - timedelta(hours=73)).isoformat())
    events = [written("rule a"), written("known"), written("refresh"), late, written("bad", time="?"), written("b")]
    answer = telephony(*events, written("rule a", data={"trunk": "t2"}))
    S = ItemStatus
    assert answer == [S.ACCEPTED, S.DUPLICATE, S.IGNORED, S.LATE, S.REFUSED, S.ACCEPTED, S.DUPLICATE]
    # what stands is what was told to stand, the first of two equal events as it came first
    assert telephony.ids == ["known", "rule a", "late rule", "b"]
    first = next(each for each in telephony.rows.kept.values() if each.event.id == "rule a")
    assert (first.event.data, first.acts, first.owed) == ({"trunk": "t1"}, (["rule", "rule a"],), True)
    # and of late events nothing is told
    assert telephony.ordered == ["rule a"]
    assert "late rule" not in telephony.asked


def test_500_events_take_20_insertions_and_orders_name_25_events_at_most() -> None:
    telephony = Telephony()
    events = [written(f"rule {n}" if n % 5 == 0 else f"{n}") for n in range(500)]
    assert set(telephony(*events)) == {ItemStatus.ACCEPTED}
    assert len(telephony.ids) == 500
    assert [len(order.names) for order in telephony.orders.queued] == [25, 25, 25, 25]
    assert telephony.ordered == [f"rule {n}" for n in range(0, 500, 5)]


def test_an_order_that_is_lost_is_made_good_by_the_repeat_and_the_first_decision_holds() -> None:
    telephony = Telephony()
    telephony.orders.outage.failing = 1
    assert telephony(written("rule a")) == [ItemStatus.ACCEPTED]  # the row stands: the sender need not know
    assert telephony.ordered == []
    assert telephony(written("rule a")) == [ItemStatus.DUPLICATE]
    assert telephony.ordered == ["rule a"]
    # once it is done, a repeat orders nothing
    (tenant, name), *_ = telephony.rows.kept
    telephony.rows.done(tenant, name)
    telephony(written("rule a"))
    assert telephony.ordered == ["rule a"]


def test_without_a_row_there_is_no_answer_and_no_order() -> None:
    telephony = Telephony()
    telephony.rows.outage.failing = 1
    with pytest.raises(StorageUnavailable):
        telephony(written("rule a"))
    assert telephony.orders.queued == []


def test_a_call_without_events_to_keep_stores_nothing() -> None:
    telephony = Telephony()
    telephony.rows.outage.failing = 1  # no call at all
    assert telephony(written("refresh"), written("bad", time="?")) == [ItemStatus.IGNORED, ItemStatus.REFUSED]
    assert telephony() == []
