"""Metrics of work that no HTTP call waits for: one EMF line (no API call) for each set of dimensions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from tocsin.entrypoint.process.observability import NAMESPACE

_VALUES = 99
"""Values of one metric in one line; Powertools begins another line at a hundred."""


def emit(
    service: str,
    counts: Mapping[str, int],
    milliseconds: Mapping[str, Sequence[float]] | None = None,
    **dimensions: str,
) -> None:
    """Write what is not zero; nothing at all if all is zero.

    Args:
        milliseconds: spans by metric; of more than 99 an evenly spaced sample keeps the percentiles.
        dimensions: beside `service`. Stable words only: every value is a metric of its own, and is paid for.
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
