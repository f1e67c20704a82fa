"""Bursts of texts against a plain reading of UP-19 … UP-24, in any order, with repeats, and with many writers."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from tests.fakes.time import NOON
from tests.fakes.told import FakeTextsOfContacts
from tests.unit.personal_notices.stories import ACME
from tocsin.personal_notices.domain.bursts import CountedText, TextsOfContact, ToldBurst

STORIES = 150
PAIR = ("+442079460000", "+447700900123")


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def told(times: Sequence[float]) -> list[int]:
    """Return which texts, in the order in which they come, are told as a burst."""
    known, found = TextsOfContact(), []
    for n, seconds in enumerate(times):
        known = known.after(CountedText(at(seconds), f"m{n}"), f"e{n}")
        if known.burst_of(f"e{n}") is not None:
            found.append(n)
    return found


def plain(times: Sequence[float]) -> list[tuple[float, float]]:
    """Return first and last of each burst: runs without a quiet of over 30 s, of which 16 texts lie within 30 s."""
    ordered, runs = sorted(times), list[list[float]]()
    for seconds in ordered:
        if runs and seconds - runs[-1][-1] <= 30:
            runs[-1].append(seconds)
        else:
            runs.append([seconds])
    return [
        (run[0], run[-1]) for run in runs if any(sum(first <= each <= first + 30 for each in run) > 15 for first in run)
    ]


def test_up_19_fifteen_texts_in_thirty_seconds_are_no_burst_and_the_sixteenth_is_told_once() -> None:
    assert told([n * 2 for n in range(15)]) == []
    assert told([n * 2 for n in range(16)]) == [15]  # 30.000 s from the first to the last, both ends in
    assert told([n * 2 for n in range(25)]) == [15]
    assert told([0] * 16) == [15]


def test_up_20_sixteen_texts_of_which_no_thirty_seconds_hold_all_are_no_burst() -> None:
    assert told([n * 31 / 15 for n in range(16)]) == []
    assert told([n * 30.001 / 15 for n in range(16)]) == []
    assert told([n * 30.001 / 15 for n in range(16)] + [30.0]) == [16]


def test_up_22_a_burst_that_goes_on_is_not_told_again_and_one_after_a_quiet_is() -> None:
    going_on = [n * 2.0 for n in range(16)] + [60.0, 90.0, *(120 + n for n in range(20))]
    assert told(going_on) == [15]
    after_a_quiet = [n * 2.0 for n in range(16)] + [60.001 + n for n in range(20)]
    assert told(after_a_quiet) == [15, 31]


def test_up_24_repeats_do_not_count() -> None:
    known = TextsOfContact()
    for n in range(15):
        for event in (f"e{n}", f"again{n}"):
            known = known.after(CountedText(at(n), f"m{n}"), event)
    assert known.bursts == ()
    assert known.after(CountedText(at(3), "m3"), "e99") is known


def story(random_: random.Random) -> list[float]:
    """Return the times of texts of some minutes: crowds, trickles and pauses."""
    times, now = list[float](), 0.0
    for _ in range(random_.randint(1, 4)):
        pace = random_.choice([0.5, 1.5, 1.9, 2.0, 2.1, 8.0])
        for _ in range(random_.randint(1, 25)):
            times.append(round(now, 3))
            now += pace * random_.choice([1, 1, 1, random_.random() * 2])
        now += random_.choice([29.0, 30.0, 30.5, 45.0])
    return times


def test_up_24_in_any_order_and_with_repeats_the_same_bursts_are_told_as_in_order() -> None:
    """A burst that was told in two parts, because the texts between them came last, is the only one that differs."""
    for seed in range(STORIES):
        random_ = random.Random(seed)
        times = story(random_)
        expected = plain(times)
        assert len(told(times)) == len(expected), seed
        numbered = [(n, seconds) for n, seconds in enumerate(times)]
        shuffled = random_.sample(numbered, len(numbered))
        coming = [*shuffled, *random_.sample(numbered, len(numbered) // 2)]
        random_.shuffle(coming)
        known, made = TextsOfContact(), list[ToldBurst]()
        for place, (n, seconds) in enumerate(coming):
            known = known.after(CountedText(at(seconds), f"m{n}"), f"e{place}")
            if (burst := known.burst_of(f"e{place}")) is not None:
                made.append(burst)
        ends = [(burst.first, burst.last) for burst in known.bursts]
        assert ends == [(at(first), at(last)) for first, last in expected], seed
        assert len(made) >= len(expected), seed
        assert len({burst.event for burst in made}) == len(made), seed
        for first, last in expected:  # parts of one burst were apart when they were told
            parts = sorted((b.first, b.last) for b in made if at(first) <= b.first <= at(last))
            assert all(two[0] - one[1] > timedelta(seconds=30) for one, two in itertools.pairwise(parts)), seed


@pytest.mark.parametrize("writers", [2, 5, 8])
def test_up_24_many_writers_of_one_row_tell_one_burst_once(writers: int) -> None:
    """Each writer reads, and writes later: in between others write, so that it reads again."""
    for seed in range(10):
        random_ = random.Random(seed)
        store = FakeTextsOfContacts()
        waiting = [(n, at(n)) for n in range(40)] + [(n, at(n)) for n in range(0, 40, 7)]
        random_.shuffle(waiting)
        held: list[tuple[int, datetime, TextsOfContact] | None] = [None] * writers
        found: list[str] = []
        won = 0
        while waiting or any(held):
            writer = random_.randrange(writers)
            work = held[writer]
            if work is None:
                if waiting:
                    n, time = waiting.pop()
                    held[writer] = n, time, store.find(ACME, *PAIR, NOON)
                continue
            n, time, known = work
            after = known.after(CountedText(time, f"m{n}"), f"e{n}")
            if after is not known and not store.save(ACME, *PAIR, after, NOON):
                held[writer] = n, time, store.find(ACME, *PAIR, NOON)
                continue
            won += after is not known
            held[writer] = None
            found += [f"e{n}"] if after.burst_of(f"e{n}") is not None else []
        assert len(set(found)) == 1, seed
        assert store.lost <= won * (writers - 1)


def test_what_is_remembered_stays_small() -> None:
    known = TextsOfContact()
    for n in range(600):  # twenty minutes of texts that are just no burst
        known = known.after(CountedText(at(n * 2.01), f"m{n}"), f"e{n}")
    assert len(known.texts) <= 320
    assert known.bursts == ()
