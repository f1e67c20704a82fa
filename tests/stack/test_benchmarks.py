"""Every budget that works on our use cases from inside can be measured: a change of ours leaves none behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pytest

from tests.benchmarks import (
    clicks,
    dialogues,
    escalating,
    event_growth,
    history,
    schedules,
    small_alerts,
    timers,
)
from tests.benchmarks.__main__ import missing_tools
from tests.benchmarks.findings import Finding
from tests.benchmarks.stage import Stage, stage

SMALLEST: Mapping[int, Callable[[Stage], list[Finding]]] = {
    6: lambda s: history.measure(s, [20, 40], 1),
    10: lambda s: clicks.measure(s, 1),
    11: lambda s: timers.measure(s, 20, 1),
    12: lambda s: escalating.measure(s, [20, 40, 80], 1),
    13: lambda s: schedules.measure(s, [20, 40], 1),
    19: lambda s: dialogues.measure(s, 1),
    24: lambda s: small_alerts.measure(s, 2),
    25: lambda s: event_growth.measure(s, [60, 120], 1),
}


@pytest.fixture(scope="module")
def on_stage() -> Iterator[Stage]:
    if missing := missing_tools(SMALLEST):
        pytest.skip(f"missing: {', '.join(missing.values())}")
    with stage(with_redis=False) as found:
        yield found


@pytest.mark.parametrize("budget", SMALLEST)
def test_18_8_each_budget_can_be_measured(on_stage: Stage, budget: int) -> None:
    on_stage.clear()
    found = SMALLEST[budget](on_stage)

    assert found
    assert {finding.budget for finding in found} == {budget}
