"""A queue of messaging.yaml: the queue, its dead-letter queue, and the outputs with its address and ARN."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.template.intrinsics import Json, camel, ref, sub


@dataclass(frozen=True, kw_only=True)
class Queue:
    """One entry of `Queues`.

    Attributes:
        name: suffix of its name, such as `sms-urgent`; resources are called `SmsUrgent…`.
        key: the KMS key that encrypts it.
        visibility: seconds a worker has before SQS delivers its messages again.
    """

    name: str
    key: Json
    visibility: Any

    def resources(self) -> Json:
        """Return both queues by logical name."""
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
    """Put all queues of the template into queue policies that say `Queues: every`."""
    every = [ref(name) for name, resource in resources.items() if resource["Type"] == "AWS::SQS::Queue"]
    for resource in resources.values():
        if resource["Type"] == "AWS::SQS::QueuePolicy" and resource["Properties"]["Queues"] == "every":
            resource["Properties"]["Queues"] = every


_DAY = 86_400


def _arn(name: str) -> Json:
    # Not `!GetAtt`: the local engine loses the attributes of a nested stack's resources, see messaging.yaml.
    return sub("arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:${Prefix}-" + name)
