"""decided 8.4: the order of the evidence grades."""

from __future__ import annotations

from itertools import combinations

import pytest

from tocsin.responses.domain.evidence import Evidence

ORDER = [
    {Evidence.OPENED},
    {Evidence.CONFIRMED},
    {Evidence.PRESSED_IN},
    {Evidence.WROTE, Evidence.PRESSED, Evidence.MARKED},
]


@pytest.mark.parametrize("grades", ORDER)
def test_grades_of_one_rank_are_enough_for_each_other(grades: set[Evidence]) -> None:
    assert all(one.at_least(other) for one in grades for other in grades)


def test_a_later_grade_is_enough_for_an_earlier_one_and_not_the_other_way_round() -> None:
    for weaker, stronger in combinations(ORDER, 2):
        assert all(high.at_least(low) and not low.at_least(high) for low in weaker for high in stronger)


def test_every_grade_has_a_rank() -> None:
    assert set().union(*ORDER) == set(Evidence)
