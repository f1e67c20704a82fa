"""Lines: never more than there are, a number once at a time, a fifth for urgent calls, and half while others wait."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.time import NOON
from tocsin.calls.domain.line_leases import WAITS_FOR, LineLease, LineLeases

SECOND = timedelta(seconds=1)
CALL = timedelta(minutes=2)


def wanted(account: str, *numbers: int, at: timedelta = timedelta(0)) -> list[LineLease]:
    return [LineLease(f"{account}-{n}", account, f"{account}+{n}", NOON + at + CALL) for n in numbers]


def taken(
    leases: LineLeases, account: str, *numbers: int, lines: int = 10, urgent: bool = False, at: timedelta = timedelta(0)
) -> tuple[LineLeases, set[str]]:
    after, held = leases.take(lines, wanted(account, *numbers, at=at), account, NOON + at, urgent=urgent)
    return after, set(held)


def test_bulk_calls_leave_a_fifth_of_the_lines_to_urgent_ones() -> None:
    leases, bulk = taken(LineLeases(), "acme", *range(12))
    leases, urgent = taken(leases, "acme", *range(20, 26), urgent=True)

    assert len(bulk) == 8
    assert len(urgent) == 2
    assert len(leases.leases) == 10


@pytest.mark.parametrize(("lines", "bulk"), [(1, 1), (4, 4), (5, 4), (9, 8), (100, 80)])
def test_few_lines_are_for_everybody(lines: int, bulk: int) -> None:
    assert len(taken(LineLeases(), "acme", *range(120), lines=lines)[1]) == bulk


def test_a_try_that_asks_again_keeps_its_line_and_gets_no_second_one() -> None:
    leases, _ = taken(LineLeases(), "acme", 1)
    again, held = taken(leases, "acme", 1, at=SECOND)

    assert held == {"acme-1"}
    assert again == leases


def test_decided_7_6_an_account_calls_a_number_once_at_a_time_and_another_account_may_call_it() -> None:
    leases, _ = taken(LineLeases(), "acme", 1)
    later = [LineLease("acme-later", "acme", "acme+1", NOON + CALL)]
    leases, held = leases.take(10, later, "acme", NOON, urgent=True)
    assert held == set()
    assert not leases.waiters  # it waits for the number, and keeps nobody from a line

    assert leases.take(10, wanted("other", 1), "other", NOON, urgent=False)[1] == {"other-1"}
    leases = leases.give_back(["acme-1"])
    assert leases.take(10, later, "acme", NOON, urgent=False)[1] == {"acme-later"}


def test_two_tries_of_one_call_to_a_number_get_one_line() -> None:
    both = [*wanted("acme", 1), LineLease("acme-second", "acme", "acme+1", NOON + CALL)]
    assert LineLeases().take(10, both, "acme", NOON, urgent=False)[1] == {"acme-1"}


def test_an_account_holds_at_most_half_of_the_lines_while_others_wait() -> None:
    # given an account that has every line that bulk calls may have, and another one that was refused
    leases, _ = taken(LineLeases(), "big", *range(8))
    leases, held = taken(leases, "small", 1, 2, at=SECOND)
    assert held == set()

    # when two calls of the big one end, it gets no line, and the small one does
    leases = leases.give_back(["big-0", "big-1"])
    leases, held = taken(leases, "big", 8, 9, at=2 * SECOND)
    assert held == set()
    leases, held = taken(leases, "small", 1, 2, at=3 * SECOND)
    assert held == {"small-1", "small-2"}

    # then nobody but the big one waits, and it may grow again
    leases = leases.give_back(["small-1"])
    assert taken(leases, "big", 8, at=4 * SECOND)[1] == {"big-8"}


def test_an_account_that_stopped_asking_waits_no_longer() -> None:
    leases, _ = taken(LineLeases(), "big", *range(8))
    leases, _ = taken(leases, "small", 1)
    leases = leases.give_back(["big-0"])

    assert taken(leases, "big", 8, at=WAITS_FOR - SECOND)[1] == set()
    assert taken(leases, "big", 8, at=WAITS_FOR)[1] == {"big-8"}


def test_bulk_calls_that_wait_take_no_lines_from_another_account_s_urgent_ones() -> None:
    leases, _ = taken(LineLeases(), "big", *range(8), urgent=True)
    leases, _ = taken(leases, "small", *range(3))
    assert leases.waiters

    assert taken(leases, "big", 8, urgent=True)[1] == {"big-8"}


def test_a_lease_lapses() -> None:
    leases, _ = taken(LineLeases(), "acme", *range(8))

    assert taken(leases, "acme", 9, at=CALL - SECOND)[1] == set()
    assert taken(leases, "acme", 9, at=CALL)[1] == {"acme-9"}


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["take", "take urgent", "end", "crash", "wait"]),
        st.sampled_from(["a", "b", "c"]),
        st.lists(st.integers(0, 9), min_size=1, max_size=6),
    ),
    max_size=60,
)


@given(st.integers(1, 12), EVENTS)
def test_whatever_happens_there_are_never_more_calls_than_lines(
    lines: int, events: list[tuple[str, str, list[int]]]
) -> None:
    leases, now = LineLeases(), NOON
    tries = Counter[str]()
    for kind, account, numbers in events:
        now += SECOND
        match kind:
            case "wait":
                now += 30 * SECOND
            case "end":
                leases = leases.give_back({each.holder for each in leases.leases if each.account == account})
            case "crash":
                pass  # the worker stopped after the write: it dials nothing, and gives nothing back
            case _:
                tries[account] += 1
                asked = [
                    LineLease(f"{account}-{n}-{tries[account]}", account, f"{account}+{n}", now + CALL) for n in numbers
                ]
                before = {each.holder for each in leases.leases if each.until > now}
                leases, held = leases.take(lines, asked, account, now, urgent=kind == "take urgent")
                live = [each for each in leases.leases if each.until > now]
                assert before <= {each.holder for each in live}  # nobody's line is taken away
                assert held == {each.holder for each in live} & {each.holder for each in asked}
                if kind == "take" and len(held) > 0:
                    assert len(live) <= lines - lines // 5
        live = [each for each in leases.leases if each.until > now]
        assert len(live) <= lines
        assert len({each.number for each in live}) == len(live)
