"""The rule of an escalation: whatever timers and answers come, in whatever order, it keeps its promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import KEY, TENANT, an_acceptance, number
from tests.fakes.time import NOON
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.alerts.domain.cause import CauseKind
from tocsin.alerts.domain.follow_up import EscalationOptions, LaterAlert, Per, StepOptions, StopWhen
from tocsin.alerts.domain.link import Link, LinkKey
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.contacts.domain.recipient import Recipient, people, person
from tocsin.escalation.domain.decisions import End, TakeStep, Wait, at_timer
from tocsin.escalation.domain.escalation import (
    Answerer,
    Escalation,
    EscalationKey,
    EscalationState,
    answer_of,
    escalation_of,
    may_follow,
    over,
)
from tocsin.kernel.domain.ids import AlertRef, time_ordered_uuid
from tocsin.responses.domain.response import Response

MINUTE = timedelta(minutes=1)
FIRST = AlertRef(time_ordered_uuid(NOON, b"0123456789"))
ESCALATION = EscalationKey(LinkKey.of(TENANT, KEY, "fire-7"), FIRST)
BY = Answerer(ChunkKey(TENANT, FIRST, 0, 0), 0, ResponseKind.SMS, NOON)


def armed(*, steps: int = 2, need: int = 1, everybody: bool = False) -> Escalation:
    return Escalation(
        key=ESCALATION,
        state=EscalationState.ACTIVE,
        steps=steps,
        step=0,
        need=need,
        answered=0,
        everybody=everybody,
        began_at=NOON,
        due_at=NOON + 5 * MINUTE,
        alerts=(FIRST,),
        stepped_at=NOON,
    )


def test_at_a_timer_it_says_what_is_to_be_done_and_why() -> None:
    one = armed(steps=1)
    assert at_timer(one, NOON) == Wait(NOON + 5 * MINUTE)
    assert at_timer(one, NOON + 5 * MINUTE) == TakeStep(1)
    taken = one.taken(NOON + 5 * MINUTE, None, MINUTE)
    assert at_timer(taken, NOON + 5 * MINUTE) == Wait(NOON + 6 * MINUTE)
    assert at_timer(taken, NOON + 6 * MINUTE) == End(EscalationState.EXHAUSTED)
    assert at_timer(one.counted(BY), NOON) == End(EscalationState.ACKNOWLEDGED)
    for state in set(EscalationState) - {EscalationState.ACTIVE}:
        assert at_timer(one.ended(state, NOON), NOON) == End(state)


def test_e1_a_late_step_is_taken_and_the_next_counts_from_it() -> None:
    late = NOON + timedelta(days=1)
    taken = armed().taken(late, None, 10 * MINUTE)
    assert taken.due_at == late + 10 * MINUTE
    early = armed().taken(NOON, None, 10 * MINUTE)
    assert early.due_at == NOON + 15 * MINUTE


@pytest.mark.parametrize(
    ("stop_when", "count", "per", "need"),
    [
        (StopWhen.ANY, None, Per.GROUP, 1),
        (StopWhen.COUNT, 2, Per.GROUP, 2),
        (StopWhen.ALL, None, Per.GROUP, 5),
        (StopWhen.ANY, None, Per.CONTACT, 5),
    ],
)
def test_the_stop_rule_says_how_many_of_those_who_were_asked_must_answer(
    stop_when: StopWhen, count: int | None, per: Per, need: int
) -> None:
    step = StepOptions(5 * MINUTE, LaterAlert("{}", ()))
    asked = EscalationOptions((step, step), stop_when, count, per, None, MINUTE)
    assert asked.need(5) == need
    assert asked.everybody == (need == 5)
    assert asked.lasts == 11 * MINUTE


def test_it_is_stopped_from_the_last_answer_on_and_by_cancellation_but_not_when_it_is_exhausted() -> None:
    assert not armed().stopped
    assert armed().counted(BY).stopped
    assert not armed(need=2).counted(BY).stopped
    assert armed().ended(EscalationState.CANCELLED, NOON).stopped
    assert not armed().ended(EscalationState.EXHAUSTED, NOON).stopped


def test_e2_what_was_decided_before_the_last_answer_is_not_written_after_it() -> None:
    seen = armed(steps=1)
    step, given_up = seen.taken(NOON, None, MINUTE), seen.ended(EscalationState.EXHAUSTED, NOON)
    acknowledged = seen.ended(EscalationState.ACKNOWLEDGED, NOON)
    assert may_follow(seen, seen, step)
    assert may_follow(seen, seen, given_up)
    assert not may_follow(seen, seen, acknowledged)
    answered = seen.counted(BY)
    assert not may_follow(answered, seen, step)
    assert not may_follow(answered, seen, given_up)
    assert may_follow(answered, seen, acknowledged)
    assert not may_follow(step, seen, step)
    assert not may_follow(given_up, seen, step)
    assert over(answered, acknowledged) == replace(acknowledged, answered=1, by=BY)


def test_a_step_has_the_same_cause_however_often_it_is_begun() -> None:
    one, other = armed(), replace(armed(need=2), answered=1)
    assert one.cause(1) == other.cause(1)
    assert one.cause(1).alert_ref(TENANT) == other.cause(1).alert_ref(TENANT)
    assert one.cause(1).alert_ref(TENANT) != one.cause(2).alert_ref(TENANT)
    assert one.all_clear.kind is CauseKind.ALL_CLEAR
    assert one.counted(BY).all_clear.at == NOON


def test_a_timer_leads_back_to_its_escalation() -> None:
    assert EscalationKey.of_timer(ESCALATION.timer) == ESCALATION
    with pytest.raises(ValueError, match="unpack"):
        EscalationKey.of_timer(replace(ESCALATION.timer, subject="s1"))


def test_a_person_is_a_contact_however_they_are_reached_or_a_plain_address() -> None:
    assert person(Recipient(number(1), "ana")) == person(Recipient("ana@example.org", "ana"))
    assert person(Recipient("Ana@example.org")) == person(Recipient("ana@Example.org"))
    assert people([Recipient(number(1)), Recipient(number(1), "ana"), Recipient(number(1))]) == {
        "c:ana",
        f"a:{number(1)}",
    }


def test_an_answer_counts_only_if_it_is_known_to_be_one_to_this_escalation() -> None:
    alert = replace(an_acceptance().alert, link=Link(ESCALATION.link, FIRST), escalation=FIRST)
    assert escalation_of(alert) == ESCALATION
    assert escalation_of(replace(alert, escalation=None)) is None
    answer = Response(
        BY.key, 0, ResponseKind.SMS, "in-1", number(1), None, NOON, link=alert.link, escalation=alert.escalation
    )
    assert answer_of(answer) == (ESCALATION, BY, f"a:{number(1)}")
    assert answer_of(replace(answer, matched=False)) is None
    assert answer_of(replace(answer, escalation=None)) is None


PEOPLE = st.integers(0, 4)
MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("answer"), PEOPLE),
        st.tuples(st.just("timer"), st.integers(0, 60)),
        st.tuples(st.just("stale timer"), st.integers(0, 3)),
        st.tuples(st.just("cancel"), st.just(0)),
    ),
    max_size=40,
)


@given(
    after=st.lists(st.integers(1, 30), min_size=2, max_size=11),
    need=st.integers(1, 4),
    everybody=st.booleans(),
    joiners=st.lists(st.integers(0, 2), min_size=10, max_size=10),
    moves=MOVES,
)
def test_3_3_random_ladders_and_answers_keep_every_invariant(
    after: list[int], need: int, everybody: bool, joiners: list[int], moves: list[tuple[str, int]]
) -> None:
    """`after`: minutes before each step, and last until it is given up."""
    now = NOON
    stands = replace(armed(steps=len(after) - 1, need=need, everybody=everybody), due_at=NOON + after[0] * MINUTE)
    read = [stands]  # what some worker read at some time, and may decide from as late as it likes
    started = [NOON]
    counted: set[int] = set()
    ends: list[EscalationState] = []

    def write(before: Escalation, after_: Escalation) -> None:
        nonlocal stands
        if may_follow(stands, before, after_):
            if after_.step > before.step:
                assert after_.step == stands.step + 1
                assert stands.open, "a step after the end"
                assert now - started[-1] >= after[stands.step] * MINUTE, "too close to the step before"
                started.append(now)
            if after_.state is not EscalationState.ACTIVE:
                ends.append(after_.state)
            stands = over(stands, after_)

    for move, value in moves:
        if move == "answer":
            if stands.open and value not in counted:
                counted.add(value)
                stands = stands.counted(BY)
        elif move == "cancel":
            write(stands, stands.ended(EscalationState.CANCELLED, now))
        else:
            now += value * MINUTE if move == "timer" else timedelta(0)
            seen = stands if move == "timer" else read[-1 - value % len(read)]
            match at_timer(seen, now):
                case TakeStep(step):
                    assert step == seen.step + 1
                    write(seen, seen.taken(now, None, after[step] * MINUTE, joiners[step - 1]))
                case End(state) if seen.state is not state:
                    write(seen, seen.ended(state, now))
        read.append(stands)

        assert stands.step == len(started) - 1 <= stands.steps
        assert stands.answered == len(counted) <= stands.need
        assert len(ends) == (stands.state is not EscalationState.ACTIVE)
        if stands.state is EscalationState.EXHAUSTED:
            assert stands.step == stands.steps
            assert stands.answered < stands.need
        if stands.state is EscalationState.ACKNOWLEDGED:
            assert stands.answered == stands.need
