"""CloudWatch alarms from the entries of observability.yaml, and the dashboard."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.template.intrinsics import Json, camel, ref, sub

MOST_METRICS = 10
"""Most metrics in an alarm's expression; CloudWatch's quota, which cannot be raised."""

TOPICS = {"wake": "WakeAlarms", "tomorrow": "TomorrowAlarms"}
"""Topics by urgency. An alarm tells its topic when the alarm goes on, and when the alarm goes off again."""


@dataclass(frozen=True, kw_only=True)
class When:
    """The condition of an alarm. Exactly one of the first six attributes is given.

    Attributes:
        messages_in: a queue, `sms-urgent-dead`: how many messages wait in it.
        oldest_message_in: a queue: seconds that its oldest message has waited.
        metric: a metric of our own, counted by `service`, for a `reason`.
        of_the_api: a metric of API Gateway.
        of_all_functions: a metric of Lambda, the sum over all functions.
        of_the_table: metrics of DynamoDB, the sum of them.
        over: threshold; the alarm is on above it.
        below: threshold instead of `over`; the alarm is on below it.
        period: seconds of one period.
        periods: number of evaluated periods in a row.
        datapoints: how many of them must breach; None = all.
        silence: the meaning of missing data, `breaching` or `notBreaching`.
    """

    messages_in: str | None = None
    oldest_message_in: str | None = None
    metric: str | None = None
    of_the_api: str | None = None
    of_all_functions: str | None = None
    of_the_table: Sequence[str] = ()
    service: str | None = None
    reason: str | None = None
    statistic: str = "Sum"
    over: float = 0
    below: float | None = None
    period: int = 60
    periods: int = 1
    datapoints: int | None = None
    silence: str = "notBreaching"

    def __post_init__(self) -> None:
        subjects = (self.messages_in, self.oldest_message_in, self.metric, self.of_the_api, self.of_all_functions)
        if len([subject for subject in (*subjects, self.of_the_table) if subject]) != 1:
            raise ValueError("`when` must name one metric")

    def limit(self) -> Json:
        """Return comparison operator and threshold."""
        if self.below is not None:
            return {"ComparisonOperator": "LessThanThreshold", "Threshold": self.below}
        return {"ComparisonOperator": "GreaterThanThreshold", "Threshold": self.over}

    def subjects(self, functions: Sequence[str]) -> Iterator[Json]:
        """Yield the properties that name the metrics, once per MOST_METRICS functions."""
        if queue := self.messages_in or self.oldest_message_in:
            metric = "ApproximateNumberOfMessagesVisible" if self.messages_in else "ApproximateAgeOfOldestMessage"
            yield self._metric("AWS/SQS", metric, {"QueueName": sub("${Prefix}-" + queue)}, "Maximum")
        elif self.metric:
            reason = {"reason": self.reason} if self.reason else {}
            yield self._metric(ref("MetricsNamespace"), self.metric, {"service": self.service, **reason})
        elif self.of_the_api:
            yield self._metric("AWS/ApiGateway", self.of_the_api, {"ApiName": ref("ApiName"), "Stage": ref("Stage")})
        elif self.of_all_functions:
            for start in range(0, len(functions), MOST_METRICS):
                some = functions[start : start + MOST_METRICS]
                named = {f"of{name}": (self.of_all_functions, {"FunctionName": ref(f"{name}Name")}) for name in some}
                yield self._sum(self.of_all_functions.lower(), "AWS/Lambda", named)
        else:
            named = {f"of{metric}": (metric, {"TableName": ref("TableName")}) for metric in self.of_the_table}
            yield self._sum("throttled", "AWS/DynamoDB", named)

    def _metric(self, namespace: Any, metric: str, dimensions: Json, statistic: str | None = None) -> Json:
        return {
            "Namespace": namespace,
            "MetricName": metric,
            "Dimensions": _dimensions(dimensions),
            "Statistic": statistic or self.statistic,
            "Period": self.period,
        }

    def _sum(self, label: str, namespace: str, metrics: Mapping[str, tuple[str, Json]]) -> Json:
        answer = {"Id": "answer", "Expression": " + ".join(metrics), "Label": label, "ReturnData": True}
        stats = {
            name: {"Namespace": namespace, "MetricName": metric, "Dimensions": _dimensions(dimensions)}
            for name, (metric, dimensions) in metrics.items()
        }
        stat = {"Stat": self.statistic, "Period": self.period}
        return {
            "Metrics": [
                answer,
                *({"Id": n, "ReturnData": False, "MetricStat": {**stat, "Metric": m}} for n, m in stats.items()),
            ]
        }


def _dimensions(dimensions: Json) -> list[Json]:
    return [{"Name": name, "Value": value} for name, value in dimensions.items()]


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """One entry of `Alarms`.

    Attributes:
        name: the last part of its name, for example `sms-urgent-age`.
        why: its description.
        urgency: a word of TOPICS.
        only: a condition of the template, without which the alarm does not exist.
        id: logical id without `Alarm`, if it does not follow from the name.
    """

    name: str
    why: str
    urgency: str
    when: Json
    only: str | None = None
    id: str | None = None

    def __post_init__(self) -> None:
        if self.urgency not in TOPICS:
            raise ValueError(f"`urgency` must be one of {', '.join(TOPICS)}")

    def resources(self, functions: Sequence[str]) -> Json:
        """Return the alarm by logical id; with more than MOST_METRICS functions, also `…2Alarm` and so on.

        Args:
            functions: logical ids of all functions.
        """
        when = When(**self.when)
        base = self.id or camel(self.name.replace("-dead", "-dead-letters"))
        resources: Json = {}
        for number, subject in enumerate(when.subjects(functions), start=1):
            only = "OnAws" if "Metrics" in subject else self.only  # the local engine has no metric math
            resources[f"{base}Alarm" if number == 1 else f"{base}{number}Alarm"] = {
                "Type": "AWS::CloudWatch::Alarm",
                **({"Condition": only} if only else {}),
                "Properties": {
                    "AlarmName": sub("${Prefix}-" + (self.name if number == 1 else f"{self.name}-{number}")),
                    "AlarmDescription": self.why,
                    **subject,
                    "EvaluationPeriods": when.periods,
                    **({"DatapointsToAlarm": when.datapoints} if when.datapoints else {}),
                    **when.limit(),
                    "TreatMissingData": when.silence,
                    "AlarmActions": [ref(TOPICS[self.urgency])],
                    "OKActions": [ref(TOPICS[self.urgency])],
                },
            }
        return resources


def dashboard(widgets: Sequence[Json], alarms: Sequence[Alarm], functions: Sequence[str]) -> Json:
    """Return the dashboard, three widgets in a row. It shows the queues that have an alarm."""
    queues = [alarm.when["oldest_message_in"] for alarm in alarms if "oldest_message_in" in alarm.when]
    dead = [alarm.when["messages_in"] for alarm in alarms if "messages_in" in alarm.when]
    subjects: dict[str, list[list[Any]]] = {
        "each_queue": [["AWS/SQS", "QueueName", "${Prefix}-" + name, name] for name in queues],
        "each_dead_letter_queue": [
            ["AWS/SQS", "QueueName", "${Prefix}-" + name, name.removesuffix("-dead")] for name in dead
        ],
        "each_function": [["AWS/Lambda", "FunctionName", "${" + name + "Name}", name] for name in functions],
    }

    def metrics(widget: Json) -> list[list[Any]]:
        listed: list[list[Any]] = list(widget.get("metrics", []))
        for kind in subjects.keys() & widget:
            listed += [
                [namespace, widget[kind], dimension, value, {"label": label}]
                for namespace, dimension, value, label in subjects[kind]
            ]
        return listed

    body = [
        {
            "type": "metric",
            "x": place % 3 * 8,
            "y": place // 3 * 6,
            "width": 8,
            "height": 6,
            "properties": {
                "title": widget["title"],
                "region": "${AWS::Region}",
                "stat": widget.get("stat", "Sum"),
                "period": 60,
                "metrics": metrics(widget),
            },
        }
        for place, widget in enumerate(widgets)
    ]
    text = '{"widgets": [\n' + ",\n".join(map(json.dumps, body)) + "\n]}\n"
    return {
        "Type": "AWS::CloudWatch::Dashboard",
        "Properties": {"DashboardName": ref("Prefix"), "DashboardBody": sub(text)},
    }
