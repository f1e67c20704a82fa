"""What people with phones and mailboxes see, whatever happens to the machines."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.builders import email, number, sms
from tests.fakes.providers import Accept, Break, Hang, LoseReply, RefusePermanent, Throttle
from tests.scenarios.invariants import check
from tests.scenarios.world import Disturbance, World
from tocsin.alerts.domain.alert import Batch, ChunkKey
from tocsin.alerts.domain.dispatch_job import DispatchJob
from tocsin.delivery.domain.message import MessageState, Receipt
from tocsin.delivery.domain.message_id import MessageId
from tocsin.identity.domain.notification import NotificationMode

ANA, BOB, CAT = number(1), number(2), number(3)
SECONDS, MINUTES = timedelta(seconds=1), timedelta(minutes=1)


def test_r2_every_phone_and_mailbox_gets_its_message_once_although_every_order_comes_twice() -> None:
    world = World()

    world.accept(sms(ANA, BOB, text="trunk 7 is down"), email("cat@x.test", body="trunk 7 is down, again"))
    world.fast_forward(MINUTES)

    assert world.phones == {ANA: ["trunk 7 is down"], BOB: ["trunk 7 is down"]}
    assert world.mailboxes == {"cat@x.test": ["trunk 7 is down, again"]}
    check(world)


def test_r3_the_message_leaves_within_a_second_of_its_order() -> None:
    world = World()

    world.accept(sms(ANA))
    world.fast_forward(SECONDS)

    assert world.phones == {ANA: ["trunk 7 is down"]}


def test_ten_thousand_recipients_are_all_reached() -> None:
    world = World(silent=True)
    phones = [number(n) for n in range(10_000)]

    alert = world.accept(sms(*phones))
    world.until_quiet()

    assert world.phones == {phone: ["trunk 7 is down"] for phone in phones}
    assert world.states(alert) == {"sent": 10_000}
    assert len(world.collect(alert)) == 10_000
    assert world.dispatch_progress.looks == {}


def test_r9_orders_that_were_lost_are_found_within_three_minutes() -> None:
    dropping = Disturbance(drop=lambda order: True)
    world = World(disturbance=dropping)
    world.accept(sms(ANA, BOB))
    dropping.drop = lambda order: False

    world.fast_forward(3 * MINUTES)

    assert world.phones == {ANA: ["trunk 7 is down"], BOB: ["trunk 7 is down"]}
    assert sum(sweep.requeued for sweep in world.sweeps) == 2
    check(world)


def test_r5_a_throttled_message_is_tried_again_until_it_is_taken() -> None:
    world = World()
    world.sms.towards(ANA, Throttle(), Throttle(), Throttle(), Accept())

    world.accept(sms(ANA, BOB))
    world.until_quiet()

    assert world.phones == {ANA: ["trunk 7 is down"], BOB: ["trunk 7 is down"]}
    assert len(world.sms.calls_to(ANA)) == 4
    # 15, 30 and 60 seconds are the most that full jitter waits before tries 2, 3 and 4.
    assert world.sms.calls_to(ANA)[-1].at - world.sms.calls_to(ANA)[0].at < timedelta(seconds=110)
    check(world)


def test_r5_the_providers_own_wish_to_wait_is_heeded() -> None:
    world = World()
    world.sms.towards(ANA, Throttle(retry_after=4 * MINUTES), Accept())

    world.accept(sms(ANA))
    world.until_quiet()

    first, second = world.sms.calls_to(ANA)
    assert second.at - first.at >= 4 * MINUTES


def test_r5_what_is_refused_for_good_is_not_tried_again_and_the_client_is_told_why() -> None:
    world = World()
    world.sms.towards(ANA, RefusePermanent("invalid_number"))

    alert = world.accept(sms(ANA, BOB))
    world.until_quiet()

    assert world.phones == {BOB: ["trunk 7 is down"]}
    assert len(world.sms.calls_to(ANA)) == 1
    told = {(event.alertee, event.event, event.reason) for event in world.collect(alert)}
    assert told == {(ANA, "failed", "invalid_number"), (BOB, "sent", None), (BOB, "delivered", None)}
    check(world)


def test_r5_twenty_tries_and_no_more() -> None:
    world = World()
    world.sms.towards(ANA, Throttle())

    alert = world.accept(sms(ANA), lifetime=timedelta(hours=72))
    world.until_quiet(timedelta(hours=76))

    assert len(world.sms.calls_to(ANA)) == 20
    assert [(e.event, e.reason) for e in world.collect(alert)] == [("failed", "attempts_exhausted")]
    check(world)


def test_r6_a_message_that_became_too_late_is_never_submitted() -> None:
    world = World()
    world.sms.towards(ANA, Throttle())

    alert = world.accept(sms(ANA, BOB), lifetime=10 * MINUTES)
    world.until_quiet()

    assert world.phones == {BOB: ["trunk 7 is down"]}
    assert world.states(alert) == {"delivered": 1, "expired": 1}
    assert world.sms.calls_to(ANA)[-1].at < alert.send_before
    check(world)


def test_r6_orders_found_only_after_the_end_send_nothing() -> None:
    lost = Disturbance(drop=lambda order: True)
    world = World(disturbance=lost)
    alert = world.accept(sms(ANA), lifetime=10 * MINUTES)
    world.fast_forward(20 * MINUTES)
    lost.drop = lambda order: False

    world.until_quiet()

    assert world.phones == {}
    assert [(e.event, e.reason) for e in world.collect(alert)] == [("failed", "expired")]
    check(world)


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(hours=-1)])
def test_r6_a_clock_that_jumps_between_claim_and_call_makes_nothing_late(jump: timedelta) -> None:
    jumped: list[bool] = []

    class JumpsAfterTheClaim:
        def __init__(self, rows: Any) -> None:
            self._rows = rows

        def __getattr__(self, name: str) -> Any:
            real = getattr(self._rows, name)

            def call(*args: Any) -> Any:
                answer = real(*args)
                if name == "save" and not jumped:
                    jumped.append(True)
                    world.clock.advance(jump)
                return answer

            return call

    world = World(wrap=lambda name, port: JumpsAfterTheClaim(port) if name == "rows" else port)
    alert = world.accept(sms(ANA), lifetime=30 * MINUTES)
    world.until_quiet()

    assert jumped
    check(world)
    forward = jump > timedelta(0)
    assert world.phones == ({} if forward else {ANA: ["trunk 7 is down"]})
    assert world.states(alert) == ({"expired": 1} if forward else {"delivered": 1})


def test_the_carrier_is_told_how_long_the_message_is_worth_anything() -> None:
    world = World()
    world.sms.towards(ANA, Throttle(retry_after=5 * MINUTES), Accept())

    world.accept(sms(ANA), lifetime=60 * MINUTES)
    world.until_quiet()

    first, second = (message.expires_in for message in world.sms.messages)
    assert timedelta(minutes=59) < first <= timedelta(minutes=60)
    assert first - second >= 5 * MINUTES


def test_a_cancelled_alert_is_not_sent_any_more() -> None:
    world = World()
    world.sms.towards(ANA, Throttle(), Accept())
    alert = world.accept(sms(ANA, BOB))
    world.fast_forward(SECONDS)

    world.cancel(alert)
    world.until_quiet()

    assert world.phones == {BOB: ["trunk 7 is down"]}
    assert world.states(alert) == {"delivered": 1, "cancelled": 1}
    check(world)


def test_r2_a_lost_reply_is_settled_by_the_providers_own_event() -> None:
    world = World()
    world.sms.towards(ANA, LoseReply(took=True))

    world.accept(sms(ANA))
    world.until_quiet()

    assert world.phones == {ANA: ["trunk 7 is down"]}
    assert [row.possible_duplicate for row in world.rows.rows.values()] == [False]
    check(world)


@pytest.mark.parametrize("behaviour", [LoseReply(took=True), Hang(took=True)])
def test_r2_a_lost_reply_without_an_event_costs_one_copy_that_is_flagged(behaviour: Any) -> None:
    world = World(silent=True)
    world.sms.towards(ANA, behaviour, Accept())

    alert = world.accept(sms(ANA))
    world.until_quiet()

    assert world.phones == {ANA: ["trunk 7 is down", "trunk 7 is down"]}
    assert [(e.event, e.possible_duplicate) for e in world.collect(alert)] == [("sent", True)]
    first, second = world.sms.calls
    assert second.at - first.at >= 10 * MINUTES
    check(world)


def test_r1_a_lost_reply_to_a_message_that_was_not_taken_is_tried_again() -> None:
    world = World()
    world.sms.towards(ANA, LoseReply(took=False), Accept())

    world.accept(sms(ANA))
    world.until_quiet()

    assert world.phones == {ANA: ["trunk 7 is down"]}
    check(world)


def test_a_message_that_nobody_can_account_for_is_given_up_in_the_open() -> None:
    world = World(silent=True)
    world.sms.towards(ANA, LoseReply(took=True))

    alert = world.accept(sms(ANA))
    world.until_quiet()

    assert len(world.phones[ANA]) == 2
    assert world.states(alert) == {"unconfirmed": 1}
    assert [(e.event, e.reason) for e in world.collect(alert)] == [("failed", "connection_reset")]
    check(world)


def test_a_receipt_that_comes_after_all_corrects_a_message_that_was_given_up() -> None:
    world = World(silent=True)
    world.sms.towards(ANA, LoseReply(took=True))
    alert = world.accept(sms(ANA))
    world.until_quiet()

    world.report(world.sms.calls[0].id, Receipt(1, MessageState.DELIVERED, provider_id="p-1"))
    world.until_quiet()

    assert world.states(alert) == {"delivered": 1}
    assert [e.event for e in world.collect(alert)] == ["failed", "delivered"]
    check(world)


def test_receipts_for_strangers_and_for_tries_that_never_were_change_nothing() -> None:
    world = World(silent=True)
    alert = world.accept(sms(ANA))
    world.until_quiet()
    mine = world.sms.calls[0].id
    strangers = [
        MessageId(ChunkKey(mine.key.tenant, mine.key.alert, 0, 7), 0, 1),
        MessageId(mine.key, 99, 1),
        MessageId(mine.key, 0, 2),
        MessageId(ChunkKey(mine.key.tenant, type(mine.key.alert)("another"), 0, 0), 0, 1),
    ]

    for stranger in strangers:
        world.report(stranger, Receipt(stranger.attempt, MessageState.DELIVERED, provider_id="x"))
    world.until_quiet()

    assert world.states(alert) == {"sent": 1}
    check(world)


def test_a_sandbox_alert_runs_the_whole_way_and_reaches_nobody() -> None:
    world = World()

    alert = world.accept(sms(ANA), email("ana@x.test"), sandbox=True)
    world.until_quiet()

    assert (world.phones, world.mailboxes) == ({}, {})
    assert list(world.sandbox_sms.received) == [ANA]
    assert list(world.sandbox_email.received) == ["ana@x.test"]
    assert world.states(alert) == {"delivered": 2}
    check(world)


def test_a_client_that_wants_no_events_gets_none_and_its_totals_are_right() -> None:
    world = World()

    alert = world.accept(sms(ANA, BOB), notification=NotificationMode.NONE)
    world.until_quiet()

    assert world.collect(alert) == []
    assert world.states(alert) == {"delivered": 2}
    check(world)


def test_a_sender_with_a_fault_in_it_harms_one_message_and_is_heard_of() -> None:
    world = World()
    world.tolerated = (RuntimeError,)
    world.sms.towards(ANA, Break(), Accept())

    world.accept(sms(ANA, BOB))
    world.until_quiet()

    assert world.phones == {ANA: ["trunk 7 is down"], BOB: ["trunk 7 is down"]}
    check(world)


def test_a_mail_that_must_not_be_built_is_refused_for_good() -> None:
    world = World()

    alert = world.accept(email("ana@x.test", "bob@x.test\r\nBcc: eve@x.test"))
    world.until_quiet()

    assert list(world.mailboxes) == ["ana@x.test"]
    assert world.states(alert) == {"delivered": 1, "failed": 1}
    check(world)


def test_r8_a_poisoned_order_ends_in_the_dead_letters_and_nobody_waits_for_it() -> None:
    world = World(disturbance=Disturbance(duplicates=(1, 1)))
    world.tolerated = (ValueError,)
    alert = world.accept(sms(ANA))
    batch = next(alert.batches())
    beyond = Batch(batch.key, 0, 0, 25)

    world.put([DispatchJob(beyond, alert.items[0].channel, alert.lane)])
    world.fast_forward(SECONDS)
    assert world.phones == {ANA: ["trunk 7 is down"]}
    world.until_quiet()

    assert [order.batch for order in world.dead_letters] == [beyond]
