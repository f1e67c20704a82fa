"""What a budget came to: lines of one table, and the verdict on each."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.benchmarks.calibration import MOST_DRIFT

NO_VERDICT = "machine drifted, no verdict"


@dataclass(frozen=True)
class Finding:
    """One line of the table.

    Attributes:
        budget: its number in the list of budgets.
        samples: what was measured, one value per round; the median counts.
        must, aim: bounds, None where there is none; `at_least` tells their direction.
        note: what the number was made from: denominators, conditions.
        steady: whether it is a count, on which the speed of the machine has no influence.
    """

    budget: int
    metric: str
    samples: Sequence[float]
    unit: str = ""
    must: float | None = None
    aim: float | None = None
    at_least: bool = False
    note: str = ""
    steady: bool = False
    drift: float = 1.0

    @property
    def median(self) -> float:
        """The middle sample."""
        return statistics.median(self.samples)

    @property
    def verdict(self) -> str:
        """What the median means for the budget."""
        if self.must is None and self.aim is None:
            return ""
        if not self.steady and self.drift > MOST_DRIFT:
            return NO_VERDICT
        if self.aim is not None and self._keeps(self.aim):
            return "aim reached"
        if self.must is None:
            return "aim missed"
        return "kept" if self._keeps(self.must) else "MISSED"

    def _keeps(self, bound: float) -> bool:
        return self.median >= bound if self.at_least else self.median <= bound

    def as_json(self) -> dict[str, Any]:
        """Return the finding as it stands in reports/bench.json."""
        return {
            "budget": self.budget,
            "metric": self.metric,
            "unit": self.unit,
            "must": self.must,
            "aim": self.aim,
            "atLeast": self.at_least,
            "median": self.median,
            "samples": list(self.samples),
            "verdict": self.verdict,
            "drift": round(self.drift, 3),
            "note": self.note,
        }


@dataclass
class Findings:
    """The lines so far; `measured` brackets each budget with the calibration kernel."""

    lines: list[Finding] = field(default_factory=list)
    skipped: list[tuple[int, str]] = field(default_factory=list)


def number(value: float | None) -> str:
    """Return a number as people read it: three significant digits."""
    if value is None:
        return "-"
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:#.3g}".rstrip(".")


def table(lines: Iterable[Finding]) -> str:
    """Return the findings as one table in Markdown."""
    rows = [("#", "metric", "must", "aim", "median", "min – max (n)", "verdict", "made from")]
    for line in lines:
        sign = "≥ " if line.at_least else "≤ "
        bound: Callable[[float | None], str] = lambda value, sign=sign: "" if value is None else sign + number(value)  # type: ignore[misc]  # noqa: E731
        spread = f"{number(min(line.samples))} – {number(max(line.samples))} ({len(line.samples)})"
        median = f"{number(line.median)} {line.unit}".strip()
        rows.append(
            (str(line.budget), line.metric, bound(line.must), bound(line.aim), median, spread, line.verdict, line.note)
        )
    widths = [max(len(row[column]) for row in rows) for column in range(7)]
    texts = []
    for index, row in enumerate(rows):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        texts.append("| " + " | ".join([*cells, row[7]]) + " |")
        if index == 0:
            texts.append("|" + "|".join("-" * (width + 2) for width in widths) + "|---|")
    return "\n".join(texts)
