"""No call costs more than its size explains, in the memory of the function (issue 17.2)."""

from __future__ import annotations

import pytest

from tests.benchmarks.dear_calls import costs


@pytest.mark.deep
def test_17_2_no_call_costs_more_than_its_size_explains() -> None:
    found = costs()

    assert len(found) > 100
    assert [cost for cost in found if cost.status not in (200, 413, 422)] == []
    assert [cost for cost in found if cost.ratio > 1] == []
