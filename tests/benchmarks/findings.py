"""What a budget came to: lines of one table, and the verdict on each."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.benchmarks.calibration import MOST_DRIFT

NO_VERDICT = "machine drifted, no verdict"

_ENOUGH = 3
"""Samples of both sides in turn that show what the machine's drift does to them."""


@dataclass(frozen=True)
class Finding:
    """One line of the table.

    Attributes:
        budget: its number in the list of budgets.
        samples: what was measured, one value per round; the median counts.
        must, aim: bounds, None where there is none; `at_least` tells their direction.
        note: what the number was made from: denominators, conditions.
        ours, peer: of a ratio, the two values it was made of, with their units; "" = the note says it.
        steady: whether it is a count, on which the speed of the machine has no influence.
        in_turn: whether each sample compares both sides as they ran one right after the other.
        drift: how much the speed of the machine changed meanwhile, by the calibration kernel.
    """

    budget: int
    metric: str
    samples: Sequence[float]
    unit: str = ""
    must: float | None = None
    aim: float | None = None
    at_least: bool = False
    note: str = ""
    ours: str = ""
    peer: str = ""
    steady: bool = False
    in_turn: bool = False
    drift: float = 1.0

    @property
    def median(self) -> float:
        """The middle sample."""
        return statistics.median(self.samples)

    @property
    def verdict(self) -> str:
        """What the median means for the budget; no verdict if the machine's drift could have made it."""
        if self.must is None and self.aim is None:
            return ""
        verdicts = {self._verdict_on(value) for value in self._possible}
        return verdicts.pop() if len(verdicts) == 1 else NO_VERDICT

    @property
    def _possible(self) -> Sequence[float]:
        """What the median may be on a machine of one speed."""
        if self.steady or self.drift <= MOST_DRIFT:
            return [self.median]
        if self.in_turn and len(self.samples) >= _ENOUGH:
            return self.samples
        return [self.median / self.drift, self.median * self.drift]

    def _verdict_on(self, value: float) -> str:
        if self.aim is not None and self._keeps(self.aim, value):
            return "aim reached"
        if self.must is None:
            return "aim missed"
        return "kept" if self._keeps(self.must, value) else "MISSED"

    @property
    def share(self) -> float | None:
        """How much of its goal is used up: above 1 it is missed. None = there is no goal."""
        bound = self.must if self.must is not None else self.aim
        if bound is None:
            return None
        low, high = (bound, self.median) if self.at_least else (self.median, bound)
        return low / high if high else (math.inf if low else 0.0)

    @property
    def goal(self) -> str:
        """The bounds, as the table says them."""
        sign = "≥" if self.at_least else "≤"
        said = [f"{sign} {_short(self.must)}"] if self.must is not None else []
        said += [f"aim {sign} {_short(self.aim)}"] if self.aim is not None else []
        return ", ".join(said)

    def _keeps(self, bound: float, value: float) -> bool:
        return value >= bound if self.at_least else value <= bound

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
            "ours": self.ours,
            "peer": self.peer,
            "note": self.note,
            "steady": self.steady,
            "inTurn": self.in_turn,
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


def _short(value: float) -> str:
    text = number(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def from_json(told: Mapping[str, Any]) -> Finding:
    """Return a finding of reports/bench.json."""
    names = ("budget", "metric", "samples", "unit", "must", "aim", "note", "ours", "peer", "steady", "drift")
    known = {name: told[name] for name in names if name in told}
    return Finding(**known, at_least=told["atLeast"], in_turn=told.get("inTurn", False))


READING = """\
how to read it:
  ours / peer: the ratio of both, taken in one run; "over" in a name says over what. An indented line belongs to the one above.
  goal: ≥ at least, ≤ at most, "aim" is what we would like. Absolute times describe this machine, ratios travel.
  kept: within its goal. MISSED: not. aim reached, aim missed: likewise. machine drifted, no verdict: the speed of the machine
  changed by more than 1.3 while it was measured, and that change could have made the verdict: measure again when it is quiet.
peers:
  Celery+Redis: Flask, Celery with two processes, and Redis, which keeps nothing on disk.
  naive: a row and a queue message for each recipient, PynamoDB, a template compiled each time, two workers."""


def table(lines: Iterable[Finding], titles: Mapping[int, str]) -> str:
    """Return the findings as one table in Markdown, below titles of their budgets, and where each figure comes from."""
    rows = [("#", "what", "ours", "peer", "ours / peer", "goal", "verdict")]
    notes = []
    titled = None
    for line in lines:
        if line.budget != titled:
            titled = line.budget
            rows.append((str(titled), titles[titled].upper(), "", "", "", "", ""))
        value = f"{number(line.median)} {line.unit}".strip()
        is_ratio = line.unit == "x"
        ours, ratio = (line.ours, f"{number(line.median)} ×") if is_ratio else (value, "")
        rows.append(("", line.metric, ours, line.peer, ratio, line.goal, line.verdict))
        spread = f"{number(min(line.samples))} – {number(max(line.samples))}, {len(line.samples)} rounds"
        about = "; ".join(said for said in (spread if len(line.samples) > 1 else "", line.note) if said)
        if about:
            notes.append(f"  {line.budget} {line.metric.strip()}: {about}")
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    texts = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    texts.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join([*texts, "", "where the figures come from (least – most):", *notes])
