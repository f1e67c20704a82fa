"""The order of evidence grades (decided 8.4)."""

from __future__ import annotations

from itertools import pairwise, product

import pytest

from tocsin.alerts.domain.response_kind import Evidence

STRONG = (Evidence.WROTE, Evidence.PRESSED, Evidence.MARKED)
RISING = (Evidence.OPENED, Evidence.CONFIRMED, Evidence.PRESSED_IN, Evidence.WROTE)


@pytest.mark.parametrize(("weaker", "stronger"), list(pairwise(RISING)))
def test_each_grade_is_stronger_than_the_one_before(weaker: Evidence, stronger: Evidence) -> None:
    assert stronger.at_least(weaker)
    assert not weaker.at_least(stronger)
    assert weaker.at_least(weaker)


def test_the_strongest_are_equal() -> None:
    assert all(one.at_least(other) for one, other in product(STRONG, STRONG))
