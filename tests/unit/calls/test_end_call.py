"""The end of a call: which try it was, why it ended, late, twice, out of order, and what follows."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest

from tests.builders import TENANT
from tests.unit.calls.call_world import ANA, OURS, SECOND, CallWorld, call_id
from tocsin.calls.domain.call_question import CallQuestion
from tocsin.calls.domain.ended_call import EndedCall
from tocsin.delivery.application.record_receipts import ReceiptResult
from tocsin.delivery.domain.message import MessageState
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.limits.domain.day_counters import day_counter
from tocsin.limits.domain.sending_limits import SendingLimits
from tocsin.voice.domain.call_facts import CallEnd, CallFacts
from tocsin.voice.domain.dialogue import Signal
from tocsin.voice.domain.script import Simple

S, R, N = MessageState, ReceiptResult, Signal
BUSY, HUNG_UP, ENDED = (CallFacts(end) for end in (CallEnd.BUSY, CallEnd.HUNG_UP, CallEnd.ENDED))
UNSAID = CallFacts(dial_seconds=40)
"""An end without its reason."""


def test_ah_14_a_call_that_nobody_answered_gives_its_line_back_and_is_made_again() -> None:
    world = CallWorld()
    id = world.dial()

    assert world.end(id, BUSY) is R.RECORDED

    assert (world.state(id), world.row(id).reason) == (S.RETRY_WAIT, "busy")
    assert world.lines.held == {}
    ((job, delay),) = world.queue.puts
    assert (job.positions, job.channel, delay) == ((0,), world.alert.items[0].channel, 60 * SECOND)


def test_ah_14_the_last_attempt_ends_the_message_and_is_told() -> None:
    world = CallWorld()
    world.end(world.dial(), BUSY)
    world.clock.advance(60 * SECOND)

    second = world.dial()
    assert second.attempt == 2
    world.end(second, BUSY)

    assert world.state(second) is S.FAILED
    assert len(world.queue.puts) == 1
    told = [(event.event, event.details["attempt"], event.alertee) for event in world.told()]
    assert told == [("attempt", 1, ANA), ("attempt", 2, ANA), ("callComplete", 2, ANA)]


@pytest.mark.parametrize("named", [True, False])
def test_an_end_finds_its_try_by_what_was_noted_when_the_provider_does_not_name_it(named: bool) -> None:
    world = CallWorld()
    id = world.dial()
    world.end(id, BUSY, named=named)
    assert world.state(id) is S.RETRY_WAIT
    assert world.caller.looked == []


@pytest.mark.parametrize(("noted", "facts"), [(False, BUSY), (True, UNSAID), (False, UNSAID)])
def test_a_provider_is_asked_once_for_what_it_did_not_tell(noted: bool, facts: CallFacts) -> None:
    world = CallWorld()
    id = world.dial()
    if not noted:
        world.placed.kept.clear()
    world.caller.ended[call_id(id)] = EndedCall(call_id(id), world.clock(), BUSY, id)

    world.end(id, facts, named=False)

    assert (world.state(id), world.row(id).reason) == (S.RETRY_WAIT, "busy")
    assert world.caller.looked == [call_id(id)]


@pytest.mark.parametrize("outage", [True, False])
def test_an_end_whose_reason_the_provider_cannot_tell_yet_is_told_again(outage: bool) -> None:
    world = CallWorld()
    id = world.dial()
    world.caller.outage.failing = int(outage)
    with pytest.raises(StorageUnavailable):
        world.end(id, UNSAID)
    assert world.state(id) is S.CALLING


@pytest.mark.parametrize(
    ("facts", "price"),
    [(BUSY, 0), (HUNG_UP.merge(CallFacts(answered=True, talk_seconds=36)), 28_800)],  # of a minute of 48,000
)
def test_decided_7_15_the_two_minutes_of_a_call_are_settled_at_its_end_and_once(facts: CallFacts, price: int) -> None:
    world = CallWorld()
    id = world.dial()
    day = (TENANT, day_counter(world.clock(), "spend"))
    world.counters.counters[day] = 100_000

    for _ in range(2):
        world.end(id, facts)
    world.end(id, HUNG_UP.merge(CallFacts(answered=True, talk_seconds=300)))

    assert world.counters.counters[day] == 100_000 - 96_000 + price


@pytest.mark.parametrize("failing", ["limit_settings", "counters"])
def test_money_that_cannot_be_settled_stays_reserved_and_the_end_is_recorded(failing: str) -> None:
    world = CallWorld()
    id = world.dial()
    getattr(world, failing).outage.failing = 1

    assert world.end(id, BUSY) is R.RECORDED
    assert not world.counters.counters


def test_without_a_daily_limit_no_money_is_counted() -> None:
    world = CallWorld()
    world.limit_settings.books[TENANT] = SendingLimits(daily_spend=None)

    world.end(world.dial(), BUSY)

    assert not world.counters.counters


def test_a_call_that_nobody_knows_is_not_ours() -> None:
    world = CallWorld()
    world.caller.ended["c-9"] = EndedCall("c-9", world.clock(), BUSY)
    assert world.end_call(EndedCall("c-9", world.clock(), BUSY)) is R.NOT_OURS


def test_the_end_of_a_call_about_an_alert_that_is_gone_changes_nothing() -> None:
    world = CallWorld()
    id = world.dial()
    world.alerts.alerts.clear()
    assert world.end(id, BUSY) is R.FORGOTTEN


def test_the_end_of_a_call_in_is_for_somebody_else() -> None:
    world = CallWorld()
    ended = EndedCall("c-9", world.clock(), HUNG_UP, inbound=True)
    assert world.end_call(ended) is R.RECORDED
    assert world.ended_in == [ended]
    assert world.caller.looked == []


@pytest.mark.parametrize("crash", ["lines", "queue"])
def test_an_end_that_a_worker_left_half_done_is_finished_by_its_repeat(crash: str) -> None:
    world = CallWorld()
    id = world.dial()
    getattr(world, crash).outage.failing = 1
    with pytest.raises(StorageUnavailable):
        world.end(id, BUSY)

    assert world.end(id, BUSY) is R.NOTHING_NEW

    assert world.lines.held == {}
    assert len(world.queue.puts) == 1
    assert world.row(id).calls == ("busy",)


def test_the_late_end_of_an_earlier_call_leaves_the_one_that_goes_on_alone() -> None:
    world = CallWorld()
    first = world.dial()
    world.end(first, BUSY)
    world.clock.advance(60 * SECOND)
    second = world.dial()
    world.queue.puts.clear()

    assert world.end(first, BUSY) is R.NOTHING_NEW

    assert world.state(second) is S.CALLING
    assert world.queue.puts == []
    assert [line.message for line in world.lines.held] == [second]


def test_the_late_end_of_an_earlier_call_queues_no_further_try_for_the_later_one() -> None:
    world = CallWorld(attempts=3)
    first = world.dial()
    world.end(first, BUSY)
    world.clock.advance(60 * SECOND)
    world.end(world.dial(), BUSY)
    world.queue.puts.clear()

    world.end(first, BUSY)

    assert world.queue.puts == []


@pytest.mark.parametrize("order", [*permutations(["key", "end", "end again"])])
def test_voice_5_3_the_end_may_be_told_twice_and_before_the_last_key(order: tuple[str, ...]) -> None:
    # given a call that waits for a key
    world = CallWorld()
    id = world.dial()
    answer = world.say(id, N.PLAYED, N.PLAYED)

    for what in order:
        world.clock.advance(SECOND)
        if what == "key":
            world.ask(id, "2", answer.state)
        else:
            world.end(id, CallFacts(CallEnd.HUNG_UP, talk_seconds=20))

    assert world.state(id) is S.DELIVERED
    facts = world.row(id).call_facts
    assert (facts.keys, facts.end if order[-1] != "key" else CallEnd.HUNG_UP) == ("2", CallEnd.HUNG_UP)
    assert [response.text for response in world.kept()] == ["2"]
    told = [(event.version, event.details["status"]) for event in world.told() if event.event == "callComplete"]
    assert max(told)[1] == "recipientOk"


def test_ah_103_what_was_heard_and_pressed_decides_and_not_who_hung_up() -> None:
    world = CallWorld(Simple(require_full_play=True))
    heard, early = world.dial(0), world.dial(1)
    world.say(heard, N.PLAYED)
    world.say(early)

    world.end(heard, CallFacts(CallEnd.HUNG_UP, talk_seconds=9))
    world.end(early, CallFacts(CallEnd.HUNG_UP, talk_seconds=2))

    assert (world.state(heard), world.state(early)) == (S.DELIVERED, S.RETRY_WAIT)
    assert world.row(early).reason == "hung_up_early"


def test_a_function_that_never_answered_costs_no_attempt() -> None:
    world = CallWorld(attempts=1)
    id = world.dial()
    world.end(id, CallFacts(CallEnd.ENDED, talk_seconds=8))
    assert (world.state(id), world.row(id).reason) == (S.RETRY_WAIT, "control_lost")


def test_the_key_of_a_simple_call_that_came_late_enough_proves_that_all_was_heard() -> None:
    world = CallWorld(Simple(require_response=True), attempts=1)
    early, late = world.dial(0), world.dial(1)
    first, second = world.ask(early), world.ask(late)
    first = world.ask(early, N.PLAYED, first.state)  # a key has cut it
    world.ask(early, "5", first.state)
    world.clock.advance(timedelta(seconds=30))
    second = world.ask(late, N.PLAYED, second.state)
    world.ask(late, "5", second.state)

    assert world.row(late).call_facts.key_seconds == 30
    assert world.row(early).call_facts.key_seconds == 0


def test_a_key_that_is_asked_about_again_or_after_a_lost_answer_has_no_time() -> None:
    world = CallWorld(Simple(require_response=True), attempts=1)
    asked_again, resumed = world.dial(0), world.dial(1)
    listens = world.ask(asked_again, N.PLAYED, world.ask(asked_again).state)
    afresh = world.ask(resumed, N.PLAYED, world.ask(resumed, N.RESUME).state)
    world.clock.advance(timedelta(seconds=30))
    key = CallQuestion("5", listens.state, call_id(asked_again), asked_again, False, ANA, OURS, again=True)
    world.run_dialogue(key)
    world.ask(resumed, "5", afresh.state)

    for id in (asked_again, resumed):
        assert (world.row(id).call_facts.keys, world.row(id).call_facts.key_seconds) == ("5", None)
