"""After a restore, whatever was due ends, whatever is due later stays, and a dry run counts the same."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

import pytest

from tests.builders import KEY, TENANT
from tests.contract.webhooks.callback_stores import a_delivery
from tests.fakes.alerts import FakeAlertRepository
from tests.fakes.callbacks import FakeCallbackPacks, FakeWebhookDeliveries
from tests.fakes.escalations import FakeEscalations
from tests.fakes.messages import FakeMessageRows
from tests.fakes.results import FakeResultEvents
from tests.fakes.time import NOON, VirtualClock
from tests.fakes.timers import FakeTimerQueue, FakeTimers
from tests.fakes.triggers import FakeTriggers
from tests.fakes.work import FakeDispatchProgress
from tests.scenarios.escalation_world import EscalationWorld, step, text
from tests.unit.schedules.schedule_desk import ScheduleDesk, asked
from tocsin.alerts.domain.features import TriggerKind, TriggerWord
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.domain.message import Message, MessageState, Step, ended_by_restore
from tocsin.escalation.domain.escalation import EscalationState
from tocsin.kernel.domain.ids import StoreId
from tocsin.restore.application.settle import Settled, SettleRestored
from tocsin.timers.domain.timer import Timer, TimerKey, TimerKind
from tocsin.triggers.domain.trigger import NotFiredReason, TriggerRun, TriggerRunId, TriggerRunState
from tocsin.webhooks.domain.delivery import Delivery, DeliveryState

ANA, BOB = "+447700900001", "+447700900002"
MINUTE = timedelta(minutes=1)


def settle(dry_run: bool = False, **parts: Any) -> Settled:
    """Settle with these parts; the others are empty."""
    clock = parts.pop("clock", VirtualClock())
    timers = parts.pop("timers", FakeTimers())
    progress = parts.pop("dispatch_progress", FakeDispatchProgress())
    results = parts.pop("events", FakeResultEvents())
    given: dict[str, Any] = {
        "alerts": FakeAlertRepository(progress),
        "rows": FakeMessageRows(),
        "timer_queue": FakeTimerQueue(),
        "miss_due": lambda timer, now: None,
        "escalations": FakeEscalations(timers, clock),
        "triggers": FakeTriggers(),
        "packs": FakeCallbackPacks(results),
        "deliveries": FakeWebhookDeliveries(),
        **parts,
    }
    use_case = SettleRestored(timers=timers, dispatch_progress=progress, events=results, clock=clock, **given)
    return use_case(dry_run=dry_run)


def counts(settled: Settled) -> dict[str, int]:
    return {name: number for name, number in asdict(settled).items() if isinstance(number, int) and number}


def of_world(world: EscalationWorld, *, dry_run: bool) -> Settled:
    return settle(
        dry_run,
        alerts=world.alerts,
        rows=world.rows,
        dispatch_progress=world.dispatch_progress,
        events=world.events,
        timers=world.timers,
        timer_queue=world.timer_queue,
        escalations=world.escalations,
        clock=world.clock,
    )


def test_an_escalation_whose_step_was_due_sends_nothing_any_more_and_says_so() -> None:
    # given a call that was accepted before the backup, and a step that was due since; the new queues are empty
    world = EscalationWorld()
    first = world.escalate(text(ANA), steps=[step("5m", text(BOB))])
    world.heap.clear()
    world.clock.advance(6 * MINUTE)

    # when the table is settled; a dry run before it changes nothing
    planned = of_world(world, dry_run=True)
    assert world.rows_of(first) == {}
    assert world.standing(first).state is EscalationState.ACTIVE
    settled = of_world(world, dry_run=False)

    # then the message has ended with a reason, and nothing goes out later
    assert counts(planned) == counts(settled) == {"messages": 1, "escalations": 1}
    world.until_quiet()
    assert world.heard == {}
    assert [(row.state, row.reason) for row in world.rows_of(first).values()] == [(MessageState.EXPIRED, "restored")]
    assert world.events_of(first) == ["cancelled"]


def test_an_escalation_whose_step_is_due_later_goes_on() -> None:
    world = EscalationWorld()
    first = world.escalate(text(ANA), steps=[step("5m", text(BOB))])
    world.heap.clear()
    world.clock.advance(MINUTE)

    settled = of_world(world, dry_run=False)

    assert [timer.key.kind for timer in settled.kept] == [TimerKind.ESCALATION]
    world.until_quiet()
    assert list(world.heard) == [BOB]
    assert world.standing(first).step == 1


def test_settling_again_finds_nothing() -> None:
    world = EscalationWorld()
    world.escalate(text(ANA), steps=[step("5m", text(BOB))])
    world.heap.clear()
    world.clock.advance(6 * MINUTE)
    of_world(world, dry_run=False)
    world.until_quiet()

    assert counts(of_world(world, dry_run=False)) == {}


@pytest.mark.parametrize(
    ("state", "due", "ends"),
    [
        (MessageState.HELD, MINUTE, False),
        (MessageState.HELD, -MINUTE, True),
        (MessageState.RETRY_WAIT, MINUTE, False),
        (MessageState.RETRY_WAIT, timedelta(0), True),
        (MessageState.SENDING, MINUTE, True),  # it was in flight: it may have gone out
        (MessageState.UNKNOWN, MINUTE, True),
        (MessageState.SENT, None, False),
        (MessageState.EXPIRED, None, False),
    ],
)
def test_a_message_ends_unless_it_is_final_or_due_later(
    state: MessageState, due: timedelta | None, *, ends: bool
) -> None:
    due_at = None if due is None else NOON + due
    message = Message(7, state, 1, 1, (Step(NOON - MINUTE, state),), due_at=due_at)

    ended = ended_by_restore(message, 7, NOON)

    assert (ended is not None) is ends
    if ended is not None:
        assert (ended.state, ended.reason, ended.version, ended.due_at) == (MessageState.EXPIRED, "restored", 2, None)


def test_a_schedule_misses_what_was_due_and_goes_on_tomorrow() -> None:
    desk = ScheduleDesk()
    made = desk.schedule(asked(delay="5m", repeat="1d"), ANA)
    desk.orders.waiting.clear()
    desk.clock.advance(6 * MINUTE)
    miss_due = replace(desk.run_schedule, grace=None)
    parts: dict[str, Any] = {
        "timers": desk.timers,
        "timer_queue": desk.orders,
        "miss_due": miss_due,
        "clock": desk.clock,
    }

    assert counts(settle(dry_run=True, **parts)) == {"occurrences": 1}
    assert desk.standing(made).missed == 0
    assert counts(settle(**parts)) == {"occurrences": 1}

    assert (desk.standing(made).missed, desk.standing(made).runs) == (1, 0)
    desk.pass_time(timedelta(hours=23))
    assert desk.sent == []
    desk.pass_time(timedelta(hours=1))
    assert len(desk.sent) == 1


def test_a_trigger_run_that_was_due_fails() -> None:
    timers, triggers, clock = FakeTimers(), FakeTriggers(), VirtualClock()
    run = TriggerRun(
        id=TriggerRunId("0" * 32),
        tenant=TENANT,
        key_id=KEY,
        store_id=StoreId("s1"),
        word=TriggerWord(TriggerKind.SMS, "FIRE", "gate"),
        alerter=ANA,
        contact_id=None,
        channel=Channel.SMS,
        at=clock(),
    )
    triggers.firings[TENANT, run.id] = run
    timer = Timer(TimerKey(TENANT, TimerKind.TRIGGER, run.id), 1, clock())
    timers.arm(timer)

    assert counts(settle(timers=timers, triggers=triggers, clock=clock)) == {"trigger_runs": 1}

    after = triggers.firings[TENANT, run.id]
    assert (after.state, after.reason) == (TriggerRunState.FAILED, NotFiredReason.RESTORED)
    assert timers.get(timer.key) is None


def test_webhooks_that_were_due_end_and_can_be_replayed_and_later_ones_stay() -> None:
    deliveries, clock = FakeWebhookDeliveries(), VirtualClock()
    now = clock()
    attempting = a_delivery(2, now, state=DeliveryState.ATTEMPTING, due_at=now + MINUTE, next_check_at=now)
    later = a_delivery(3, now, state=DeliveryState.RETRY_WAIT, due_at=now + MINUTE, next_check_at=now + 6 * MINUTE)
    done = a_delivery(4, now, state=DeliveryState.SUCCEEDED, due_at=None, next_check_at=None)
    due = a_delivery(1, now)
    for delivery in (due, attempting, later, done):
        deliveries.add(delivery)

    assert counts(settle(dry_run=True, deliveries=deliveries, clock=clock)) == {"deliveries": 2}
    assert counts(settle(deliveries=deliveries, clock=clock)) == {"deliveries": 2}

    def state(delivery: Delivery) -> DeliveryState:
        return deliveries.rows[delivery.key].state

    assert [state(one) for one in (due, attempting, later, done)] == [
        DeliveryState.EXHAUSTED,
        DeliveryState.EXHAUSTED,
        DeliveryState.RETRY_WAIT,
        DeliveryState.SUCCEEDED,
    ]


@pytest.mark.parametrize("kind", [kind for kind in TimerKind if kind not in ("schedule", "escalation", "trigger")])
def test_timers_of_events_that_were_due_tell_nothing_any_more_and_work_goes_on(kind: TimerKind) -> None:
    timers, queue, clock = FakeTimers(), FakeTimerQueue(), VirtualClock()
    due, later = (
        Timer(TimerKey(TENANT, kind, name), 1, clock() + n * MINUTE) for n, name in ((0, "due"), (1, "later"))
    )
    for timer in (due, later):
        timers.arm(timer)
    goes_on = kind in (TimerKind.HEARTBEAT, TimerKind.PACK, TimerKind.BACKTEST, TimerKind.MAIL)

    settled = settle(timers=timers, timer_queue=queue, clock=clock)

    assert counts(settled) == ({} if goes_on else {"event_timers": 1})
    assert timers.get(due.key) == (due if goes_on else None)
    assert timers.get(later.key) == later
    assert len(queue.waiting) == 1 + goes_on
