"""Metrics of queue workers and timers: one EMF log line (no API call) per set of dimensions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from tocsin.entrypoint.process.observability import NAMESPACE

_VALUES = 99
"""Most values of one metric in a line; Powertools begins another line at 100."""


def emit(
    service: str,
    counts: Mapping[str, int],
    milliseconds: Mapping[str, Sequence[float]] | None = None,
    **dimensions: str,
) -> None:
    """Write the metrics that are not zero.

    Args:
        milliseconds: durations by metric; of more than 99, an evenly spaced sample keeps the percentiles.
        dimensions: in addition to `service`. Stable words only: every value makes a metric of its own, which costs.
    """
    metrics = EphemeralMetrics(namespace=NAMESPACE, service=service)
    for name, value in dimensions.items():
        metrics.add_dimension(name=name, value=value)
    for name, count in counts.items():
        if count:
            metrics.add_metric(name=name, unit=MetricUnit.Count, value=count)
    for name, spans in (milliseconds or {}).items():
        for span in _sample(spans):
            metrics.add_metric(name=name, unit=MetricUnit.Milliseconds, value=round(span))
    if metrics.metric_set:
        metrics.flush_metrics()


def _sample(values: Sequence[float]) -> Sequence[float]:
    if len(values) <= _VALUES:
        return values
    ordered = sorted(values)
    return [ordered[round(n * (len(ordered) - 1) / (_VALUES - 1))] for n in range(_VALUES)]
