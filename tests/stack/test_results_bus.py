"""Results that the deployed system puts on its event bus, seen by a queue behind a rule, as docs/operations.md says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.stack.system import System, sms

RULE, QUEUE = "acme-results", "acme-results"

BUS = {"options": {"notification": "bus"}}


@pytest.fixture
def forwarded(lively: System) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Lead what acme gets to a queue of its own; return a function that returns all that has come."""
    events, sqs, bus = lively.aws.client("events"), lively.aws.client("sqs"), lively.stack.outputs["ResultsBusName"]
    queue = sqs.create_queue(QueueName=QUEUE)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    pattern = {"source": [{"prefix": "tocsin."}], "detail": {"tenant": ["acme"]}}
    rule = events.put_rule(Name=RULE, EventBusName=bus, EventPattern=json.dumps(pattern))["RuleArn"]
    allowed = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": rule}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
    assert (
        events.put_targets(Rule=RULE, EventBusName=bus, Targets=[{"Id": "queue", "Arn": arn}])["FailedEntryCount"] == 0
    )
    seen: list[dict[str, Any]] = []

    def come() -> list[dict[str, Any]]:
        messages = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
        for message in messages:
            seen.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return seen

    yield come
    events.remove_targets(Rule=RULE, EventBusName=bus, Ids=["queue"])
    events.delete_rule(Name=RULE, EventBusName=bus)
    sqs.delete_queue(QueueUrl=queue)


def test_a_queue_behind_a_rule_gets_what_became_of_an_alert_and_who_answered(
    lively: System, number: str, forwarded: Callable[[], list[dict[str, Any]]]
) -> None:
    # given an alert of acme, one of its rival, and a person of acme's who answers
    (phone,), (other,) = lively.phones(1), lively.phones(1)
    lively.settled("rival", lively.sent("rival", sms([other]), **BUS))
    ref = lively.sent("live", sms([phone], sender=number), **BUS)
    lively.settled("live", ref)
    lively.text_back(phone, "on my way")

    # then the queue gets the events of acme, and none waits to be collected
    kinds = {"sent", "delivered", "reply"}
    got = lively.awaited(forwarded, lambda seen: kinds <= {one["detail"]["event"] for one in seen}, 60)
    for one in got:
        detail = one["detail"]
        assert (one["source"], one["detail-type"]) == ("tocsin.local", f"tocsin.result.{detail['event']}")
        assert one["resources"] == [f"tocsin:acme:alert/{ref}"]
        assert (detail["tenant"], detail["alertId"], detail["alertees"]) == ("acme", ref, [phone])
    assert {one["detail"]["reply"] for one in got if one["detail"]["event"] == "reply"} == {"on my way"}
    assert lively.events("live", ref, 0) == []
