"""SQS queues from the entries of messaging.yaml, each with its dead-letter queue and outputs for URL and ARN."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.template.intrinsics import Json, camel, ref, sub


@dataclass(frozen=True, kw_only=True)
class Queue:
    """One entry of `Queues`.

    Attributes:
        name: the last part of its name, for example `sms-urgent`; its logical ids begin with `SmsUrgent`.
        key: the KMS key that encrypts it.
        visibility: visibility time-out in seconds.
    """

    name: str
    key: Json
    visibility: Any

    def resources(self) -> Json:
        """Return both queues by logical id."""
        dead = f"{camel(self.name)}DeadLetters"
        return {
            f"{camel(self.name)}Queue": {
                "Type": "AWS::SQS::Queue",
                "DependsOn": dead,
                "Properties": {
                    "QueueName": sub("${Prefix}-" + self.name),
                    "KmsMasterKeyId": self.key,
                    "VisibilityTimeout": self.visibility,
                    "MessageRetentionPeriod": 4 * _DAY,
                    "RedrivePolicy": {"deadLetterTargetArn": _arn(f"{self.name}-dead"), "maxReceiveCount": 5},
                },
            },
            dead: {
                "Type": "AWS::SQS::Queue",
                "Properties": {
                    "QueueName": sub("${Prefix}-" + self.name + "-dead"),
                    "KmsMasterKeyId": self.key,
                    "MessageRetentionPeriod": 14 * _DAY,
                    "RedriveAllowPolicy": {"redrivePermission": "byQueue", "sourceQueueArns": [_arn(self.name)]},
                },
            },
        }

    def outputs(self) -> Json:
        """Return its outputs by name."""
        return {
            f"{camel(self.name)}QueueUrl": {"Value": ref(f"{camel(self.name)}Queue")},
            f"{camel(self.name)}QueueArn": {"Value": _arn(self.name)},
        }


def fill_in_policies(resources: Mapping[str, Json]) -> None:
    """Replace `Queues: every` in queue policies by all queues of the template."""
    every = [ref(name) for name, resource in resources.items() if resource["Type"] == "AWS::SQS::Queue"]
    for resource in resources.values():
        if resource["Type"] == "AWS::SQS::QueuePolicy" and resource["Properties"]["Queues"] == "every":
            resource["Properties"]["Queues"] = every


_DAY = 86_400


def _arn(name: str) -> Json:
    # Spelled out because of the local engine (messaging.yaml).
    return sub("arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:${Prefix}-" + name)
