"""Timers as words: what an order says, and how its alarm is set."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.time import NOON
from tocsin.kernel.domain.ids import TenantId
from tocsin.timers.domain.timer import (
    LONGEST_DELAY,
    LONGEST_WAIT,
    SWEEP_AFTER,
    Delayed,
    Timer,
    TimerKey,
    TimerKind,
    WakeUpScheduled,
    decode,
    encode,
    next_check,
    next_wake_up,
    wake_up_at,
    wake_up_name,
)

ACME = TenantId("acme")
SECOND = timedelta(seconds=1)
KEYS = st.builds(
    TimerKey,
    st.from_regex(r"[a-z0-9]{4,20}", fullmatch=True).map(TenantId),
    st.sampled_from(TimerKind),
    st.from_regex(r"[A-Za-z0-9._-]{1,120}", fullmatch=True),
)
TIMES = st.datetimes(datetime(2020, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))
TIMERS = st.builds(Timer, KEYS, st.integers(1, 10**9), TIMES)
WAITS = st.timedeltas(-timedelta(minutes=1), timedelta(minutes=16)) | st.timedeltas(timedelta(0), timedelta(days=400))


def a_timer(due_in: timedelta = timedelta(0), generation: int = 1, subject: str = "s") -> Timer:
    return Timer(TimerKey(ACME, TimerKind.SCHEDULE, subject), generation, NOON + due_in)


@given(TIMERS)
def test_an_order_says_what_it_was_made_from_in_one_line(timer: Timer) -> None:
    assert decode(encode(timer)) == timer
    assert "\n" not in encode(timer)
    assert json.loads(encode(timer)).keys() == {"v", "t", "k", "s", "g", "d"}


@pytest.mark.parametrize("subject", ["", "a" * 121, "a b", "a#b", "+447700900001", "ana@x.example", "größe", "a\n"])
def test_s7_a_subject_is_an_id_and_its_refusal_does_not_repeat_it(subject: str) -> None:
    with pytest.raises(ValueError, match="ids") as refused:
        TimerKey(ACME, TimerKind.SCHEDULE, subject)
    assert not subject or subject not in str(refused.value)


@pytest.mark.parametrize("tenant", ["", "abc", "ACME", "a#cme", "a" * 21])
def test_a_tenant_is_an_id(tenant: str) -> None:
    with pytest.raises(ValueError, match="ids"):
        TimerKey(TenantId(tenant), TimerKind.SCHEDULE, "s")


GOOD = json.loads(encode(a_timer()))


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"v": None},
        {"t": 7},
        {"t": "a#b"},
        {"k": "dinner"},
        {"k": None},
        {"s": None},
        {"s": "a b"},
        {"g": 0},
        {"g": "1"},
        {"g": True},
        {"g": 1.0},
        {"d": "soon"},
        {"d": None},
        {"d": 10**30},
        {"d": -(10**18)},
    ],
)
def test_what_is_no_order_is_refused_as_such(change: dict[str, object]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  (whatever it says, the record fails)
        decode(json.dumps(GOOD | change))


@pytest.mark.parametrize("text", ["", "nonsense", "[]", "7", "null", '"x"', "{}", "[" * 100_000, '{"v":1}'])
def test_what_is_not_even_an_object_is_refused_too(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        decode(text)


@given(
    st.text()
    | st.binary().map(repr)
    | st.dictionaries(st.sampled_from("vtksgd"), st.integers() | st.text()).map(json.dumps)
)
def test_no_text_does_worse_than_be_refused(text: str) -> None:
    try:
        decode(text)
    except ValueError:
        return


@given(TIMERS, WAITS)
def test_t1_by_the_queue_an_order_is_never_early_and_less_than_a_second_late(timer: Timer, wait: timedelta) -> None:
    now = timer.due_at - wait
    match next_wake_up(timer, now):
        case Delayed(delay):
            assert wait <= LONGEST_DELAY
            assert timedelta(0) <= delay <= LONGEST_DELAY
            assert delay % SECOND == timedelta(0)
            assert now + delay >= timer.due_at
            assert now + delay < max(now, timer.due_at) + SECOND
        case WakeUpScheduled(at):
            assert wait > LONGEST_DELAY
            assert at == wake_up_at(timer)


@given(TIMERS, st.timedeltas(LONGEST_DELAY + timedelta(milliseconds=1), timedelta(days=400)), st.integers(0, 59))
def test_t1_wherever_in_its_minute_the_alarm_enqueues_the_queue_can_do_the_rest(
    timer: Timer, wait: timedelta, lag: int
) -> None:
    now = timer.due_at - wait
    at = wake_up_at(timer)
    enqueues = at + lag * SECOND
    assert at.second == at.microsecond == 0
    assert now < at
    assert timer.due_at - timedelta(minutes=2) < enqueues < timer.due_at
    assert isinstance(next_wake_up(timer, enqueues), Delayed)


def test_a_part_of_a_millisecond_counts_as_a_whole() -> None:
    due = NOON + timedelta(microseconds=1)
    assert a_timer(due - NOON).due_at == NOON + timedelta(milliseconds=1)
    assert a_timer(-timedelta(microseconds=1)).due_at == NOON


def test_the_next_setting_is_one_generation_on() -> None:
    after = a_timer(generation=4).next(NOON + SECOND)
    assert (after.generation, after.due_at) == (5, NOON + SECOND)


def test_r9_what_keeps_failing_is_enqueued_more_and_more_rarely_and_never_forgotten() -> None:
    timer, now, looks = a_timer(), NOON + SWEEP_AFTER, []
    while now < NOON + timedelta(hours=8):
        after = next_check(timer, now)
        assert SWEEP_AFTER <= after - now <= LONGEST_WAIT
        looks.append(after - now)
        now = after
    assert looks == sorted(looks)
    assert looks[-1] == LONGEST_WAIT
    assert len(looks) < 16


@given(TIMERS, TIMERS)
def test_every_setting_has_an_alarm_of_its_own(one: Timer, other: Timer) -> None:
    assert (wake_up_name(one) == wake_up_name(other)) == (one == other)
    assert len(wake_up_name(one)) == 42
    assert wake_up_name(one).startswith("t-")


def test_a_timer_armed_anew_does_not_find_its_predecessors_alarm() -> None:
    assert wake_up_name(a_timer(SECOND)) != wake_up_name(a_timer(2 * SECOND))
