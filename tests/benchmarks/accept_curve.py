"""Budget 3: what accepting costs, from one receiver to ten thousand: CPU = a + b·R."""

from __future__ import annotations

from statistics import median
from typing import Any

from tests.benchmarks.findings import Finding
from tests.benchmarks.stage import Stage, api, numbers

SIZES = {1: 120, 10: 120, 100: 120, 1_000: 12, 10_000: 4}
"""Calls of each size in one round, evenly mixed; the median of them counts."""


def measure(stage: Stage, rounds: int) -> list[Finding]:
    """Accept alerts of every size, in turn, and fit the curve. Nobody works the queues off meanwhile."""
    costs: dict[int, list[float]] = {size: [] for size in SIZES}
    walls: list[float] = []
    with api(stage) as accepting:
        for size in SIZES:
            accepting.send(numbers(size))
        for _ in range(rounds):
            told: dict[int, list[dict[str, Any]]] = {size: [] for size in SIZES}
            for _, size in sorted(((n + 0.5) / times, size) for size, times in SIZES.items() for n in range(times)):
                told[size].append(accepting.send(numbers(size)))
            for size, calls in told.items():
                costs[size].append(median(call["cpu"] for call in calls))
            walls += [call["wall"] for call in told[max(SIZES)]]

    fits = [_fit({size: costs[size][n] for size in SIZES}) for n in range(rounds)]
    shares = [
        (cost[10_000] - cost[1]) / 9_999 / ((cost[100] - cost[1]) / 99)
        for cost in ({size: costs[size][n] for size in SIZES} for n in range(rounds))
    ]
    curve = ", ".join(f"{size:,}: {median(costs[size]) * 1e3:.2f}" for size in SIZES)
    slope, residual = median(fit[1] for fit in fits), max(fit[2] for fit in fits)
    fitted = f"b = {slope * 1e6:.2f} µs/recipient, residual ≤ {residual:.0%}; ms by R: {curve}"
    return [
        Finding(3, "accept CPU, a of a + b·R", [fit[0] * 1e3 for fit in fits], "ms", must=5, aim=1, note=fitted),
        Finding(3, "accept CPU, b(10k) / b(100)", shares, "x", must=1.1),
        Finding(
            3, "accept 10,000, wall", walls, "s", must=1, aim=0.2, note="1 POST, in-process, KMS and SQS on loopback"
        ),
    ]


def _fit(costs: dict[int, float]) -> tuple[float, float, float]:
    """Return a, b and the largest relative residual of the least squares of relative errors."""
    # Minimise Σ ((a + b·R)/c - 1)²: with x = 1/c and y = R/c that is linear in a and b.
    xs = [1 / cost for cost in costs.values()]
    ys = [size / cost for size, cost in costs.items()]
    xx, yy, xy = sum(x * x for x in xs), sum(y * y for y in ys), sum(x * y for x, y in zip(xs, ys, strict=True))
    determinant = xx * yy - xy * xy
    a = (sum(xs) * yy - sum(ys) * xy) / determinant
    b = (sum(ys) * xx - sum(xs) * xy) / determinant
    return a, b, max(abs((a + b * size) / cost - 1) for size, cost in costs.items())
