"""What docs/operations.md says that a stage costs and needs: counted from the template, at list prices."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from infra.operator.doctor import LEFT_FOR_OTHERS, RESERVED
from tests.architecture.deployment import ROOT, Deployment, deployment, read_sources

GB_MONTH_OF_A_SNAPSHOT = 3.95
"""US dollars: $0.0000015046 for each GB and second. Source: AWS Lambda pricing, SnapStart for Python."""

METRIC_OF_AN_ALARM = 0.10
POLLING_OF_A_QUEUE = 0.25
"""US dollars a month of a mapping that polls an empty queue."""

IAM_PREFIXES = {"cognito": "cognito-idp", "serverless": "lambda", "smsvoice": "sms-voice"}
"""Prefixes of actions in IAM, where CloudFormation names the service otherwise."""


@cache
def _stack() -> Deployment:
    return deployment(read_sources())


def _table() -> Mapping[str, str]:
    """Return cost by subject, as the table of an idle stage has them."""
    text = (ROOT / "docs" / "operations.md").read_text().partition("A stage that does nothing costs about ")[2]
    rows = re.findall(r"^\| (.+?) \| (.+?) \|$", text.partition("| a million of |")[0], re.MULTILINE)
    return dict(rows[1:])


def _said(what: str) -> tuple[str, float]:
    """Return the words and the dollars of the row that begins so."""
    ((words, dollars),) = [(words, dollars) for words, dollars in _table().items() if words.startswith(what)]
    return words, float(re.match(r"[\d.]+", dollars)[0])  # type: ignore[index]


def test_the_costs_of_an_idle_stage_are_those_of_the_template() -> None:
    snapshots = [
        f.properties["MemorySize"] / 1024
        for f in _stack().of("Lambda::Function")
        if f.properties.get("SnapStart", {}).get("ApplyOn") == "PublishedVersions"
    ]
    alarms = _stack().of("CloudWatch::Alarm")
    metrics = sum(len([m for m in a.properties.get("Metrics", []) if "MetricStat" in m]) or 1 for a in alarms)
    keys, queues = _stack().of("KMS::Key"), _stack().of("Lambda::EventSourceMapping")

    assert _said("SnapStart") == (
        f"SnapStart: cached snapshots of {len(snapshots)} functions, {sum(snapshots):.1f} GB",
        round(sum(snapshots) * GB_MONTH_OF_A_SNAPSHOT, 1),
    )
    assert _said("alarms") == (
        f"alarms: {metrics} metrics in {len(alarms)} alarms",
        round(metrics * METRIC_OF_AN_ALARM, 1),
    )
    assert _said("KMS") == (f"KMS keys: {len(keys)}, and one for recordings with telephone calls", len(keys))
    assert _said("queue polling") == (
        f"queue polling of {len(queues)} event sources",
        len(queues) * POLLING_OF_A_QUEUE,
    )


def test_the_costs_of_an_idle_stage_add_up() -> None:
    text = (ROOT / "docs" / "operations.md").read_text()
    (whole,) = re.findall(r"A stage that does nothing costs about (\d+) US dollars a month", text)
    (readme,) = re.findall(r"An idle stack costs about (\d+) US dollars a month", (ROOT / "README.md").read_text())

    assert whole == readme
    assert abs(float(whole) - sum(_said(what)[1] for what in _table())) < 2


def test_the_quota_of_concurrency_is_that_of_the_reservations() -> None:
    operations = (ROOT / "docs" / "operations.md").read_text()

    assert f"at least {RESERVED + LEFT_FOR_OTHERS}: the functions reserve {RESERVED}," in operations


def test_a_deployment_may_use_every_service_of_the_template() -> None:
    text = (ROOT / "docs" / "operations.md").read_text().partition("## Who may deploy")[2].partition("## Quotas")[0]
    named = set(re.findall(r"`([a-z0-9-]+)`", "".join(re.findall(r"^\| (.+?) \|", text, re.MULTILINE))))
    resources = deployment(
        read_sources(),
        SmsProvider="eum",
        VoiceProvider="connect",
        ConnectInstanceArn="arn:aws:connect:eu-west-2:123456789012:instance/i",
    ).resources
    needed = {r.type.split("::")[1].lower() for r in resources.values()}

    assert {IAM_PREFIXES.get(service, service) for service in needed} <= named
