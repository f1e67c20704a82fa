"""The sweeper's handler, from the schedule's event."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from sweep.handler import sweeper
from tests.builders import number, sms
from tests.canaries import CANARIES, find_canaries
from tests.fakes.results import FakeResultEvents
from tests.functional.events import Context, scheduled_event
from tests.functional.test_batch_worker import Lambda, Output, output
from tocsin.delivery.application.sweep import Sweep
from tocsin.kernel.domain.errors import StorageUnavailable

__all__ = ["output"]


class Sweeper(Lambda):
    """The sweeper beside the worker of the same world."""

    def __init__(self) -> None:
        super().__init__()
        sweep = Sweep(self.alerts, self.rows, self.dispatch_progress, FakeResultEvents(), self.queue, self.clock)
        self.sweep = sweeper("dispatch_test", sweep)


def test_r9_orders_that_were_lost_are_queued_again(output: Callable[[], Output]) -> None:
    # given an alert whose orders never reached the queue
    world = Sweeper()
    alert = world.accepted(sms(*map(number, range(30))))
    # when its patience has passed
    world.clock.advance(timedelta(minutes=2))
    facts = world.sweep(scheduled_event(), Context(50_000))
    # then both orders are queued, and it is said and counted
    assert [order.batch for order in world.queue.orders] == list(alert.batches())
    assert facts == {"checked": 1, "closed": 0, "requeued": 30, "in_doubt": 0, "repaired": 0, "failed": 0}
    written = output()
    (line,) = written.log
    assert (line["message"], line["requeued"], line["more"]) == ("sweep", 30, False)
    assert written.metrics() == {"SweepRuns": [1.0], "BatchesRepaired": [30.0]}


def test_with_nothing_to_do_the_heart_still_beats(output: Callable[[], Output]) -> None:
    world = Sweeper()
    assert set(world.sweep(scheduled_event(), Context()).values()) == {0}
    assert output().metrics() == {"SweepRuns": [1.0]}


def test_a_row_that_cannot_be_looked_at_is_named_by_its_code(output: Callable[[], Output]) -> None:
    world = Sweeper()
    world.accepted(sms(number(1)))
    world.clock.advance(timedelta(minutes=2))
    world.alerts.outage.failing = 1
    assert world.sweep(scheduled_event(), Context())["failed"] == 1
    written = output()
    assert [line.get("code") for line in written.log] == ["STORAGE_UNAVAILABLE", None]
    assert written.metrics() == {"SweepRuns": [1.0], "WorkRowsFailed": [1.0]}


def test_a_sweep_that_cannot_even_look_fails_and_its_heart_stands_still(output: Callable[[], Output]) -> None:
    world = Sweeper()
    world.dispatch_progress.outage.failing = 1
    with pytest.raises(StorageUnavailable):
        world.sweep(scheduled_event(), Context())
    assert output().metrics() == {}


def test_s7_a_sweep_gives_nobody_away(capsys: pytest.CaptureFixture[str]) -> None:
    world = Sweeper()
    world.accepted(sms(CANARIES["phone"], text=CANARIES["sms text"], tag=CANARIES["tag"]))
    for outage in (0, 1):
        world.clock.advance(timedelta(minutes=3))
        world.alerts.outage.failing = outage
        world.sweep(scheduled_event(), Context())
    assert find_canaries(capsys.readouterr().out.encode()) == []
