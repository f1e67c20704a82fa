"""What a process has read is used for a while, and no longer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.fakes.time import VirtualClock
from tocsin.kernel.application.recently_read import RecentlyRead

SECOND = timedelta(seconds=1)


class Reading:
    """Counts what is read, and fails when it is told to."""

    def __init__(self, most: int = 3) -> None:
        self.clock = VirtualClock()
        self.asked: list[str] = []
        self.fails = False
        self.recent = RecentlyRead(self.read, self.clock, 10 * SECOND, most)

    def read(self, key: str) -> str | None:
        self.asked.append(key)
        if self.fails:
            raise OSError
        return None if key == "nobody" else f"{key} {len(self.asked)}"


@pytest.mark.parametrize(("age", "read_again"), [(0, False), (9, False), (10, True), (-1, True)])
def test_a_value_is_used_until_its_greatest_age_and_not_from_the_future(age: int, read_again: bool) -> None:
    reading = Reading()
    assert reading.recent("a") == "a 1"

    reading.clock.advance(age * SECOND)

    assert reading.recent("a") == ("a 2" if read_again else "a 1")


def test_that_there_is_nothing_is_known_too() -> None:
    reading = Reading()
    assert [reading.recent("nobody"), reading.recent("nobody")] == [None, None]
    assert reading.asked == ["nobody"]


def test_no_more_than_the_most_are_kept() -> None:
    reading = Reading(most=2)
    for key in ("a", "b", "b", "c", "c", "a"):
        reading.recent(key)
    assert reading.asked == ["a", "b", "c", "a"]


def test_a_failure_is_not_kept() -> None:
    reading = Reading()
    reading.fails = True
    with pytest.raises(OSError):  # noqa: PT011 - any error of the reader
        reading.recent("a")
    reading.fails = False
    assert reading.recent("a") == "a 2"
