"""Every alarm has a row in the runbook, and the dashboard begins with what the product does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from infra.template.alarms import TOPICS
from tests.architecture.deployment import ROOT, Deployment, deployment, read_sources

PRODUCT = ("Accepted", "Sent", "Failed", "Bounced", "Answers", "Estimated cost", "Callbacks")
"""Words with which the titles of the first widgets begin."""


def _stack() -> Deployment:
    return deployment(read_sources(), SmsProvider="eum")


def _rows() -> Iterator[tuple[str, str]]:
    """Yield (alarm, urgency) as the runbook has them."""
    for line in (ROOT / "docs" / "runbook.md").read_text().splitlines():
        if line.startswith("| `"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            assert all(cells), line
            yield from ((name, cells[1]) for name in re.findall(r"`([^`]+)`", cells[0]))


def test_every_alarm_has_a_row_in_the_runbook_and_every_row_an_alarm() -> None:
    alarms = {
        # An alarm over all functions is continued in others, with a number: they are one row.
        (
            re.sub(r"-\d+$", "", alarm.properties["AlarmName"].removeprefix("tocsin-")),
            tuple(alarm.properties["AlarmActions"]),
        )
        for alarm in _stack().of("CloudWatch::Alarm")
    }
    rows = list(_rows())
    assert len(rows) == len(set(rows)) > 20
    assert alarms == {(name, (f"<{TOPICS[urgency]}>",)) for name, urgency in rows}


def _widgets() -> list[dict[str, Any]]:
    (dashboard,) = _stack().of("CloudWatch::Dashboard")
    widgets: list[dict[str, Any]] = json.loads(dashboard.properties["DashboardBody"])["widgets"]
    return [widget["properties"] for widget in widgets]


def test_the_dashboard_shows_first_what_the_product_does() -> None:
    titles = [widget["title"] for widget in _widgets()]
    assert [title for title, word in zip(titles, PRODUCT, strict=False) if not title.startswith(word)] == []


def test_the_dashboard_shows_metrics_that_somebody_counts() -> None:
    counted = "".join(p.read_text() for folder in ("functions", "layers/core") for p in (ROOT / folder).rglob("*.py"))
    services = {
        f.properties["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"] for f in _stack().of("Lambda::Function")
    }
    ours = [metric for widget in _widgets() for metric in widget["metrics"] if metric[0] == "Tocsin"]
    assert len(ours) > 20
    assert [name for _, name, *_ in ours if f'"{name}"' not in counted] == []
    assert {metric[metric.index("service") + 1] for metric in ours} <= services
