"""Promises about the provider of calls: it may reach what it needs, for our instance, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.architecture.deployment import Deployment
from tests.architecture.promises import promise
from tests.architecture.promises.general import ACCOUNT, POLICIES
from tocsin.adapters.connect.flow import FUNCTION, contact_flow

CONNECT = {"Service": "connect.amazonaws.com"}


def instance(stack: Deployment) -> str | None:
    """Return the ARN of the instance that makes calls; None if there is none."""
    arns = {flow.properties["InstanceArn"] for flow in stack.of("Connect::ContactFlow")}
    return min(arns) if arns else None


@promise
def connect_acts_for_our_instance_only(stack: Deployment) -> Iterator[str]:
    arn = instance(stack)
    ours = {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnEquals": {"aws:SourceArn": arn}}
    for kind, name in POLICIES:
        for resource in stack.of(kind):
            for statement in resource.properties[name]["Statement"]:
                if statement.get("Principal") == CONNECT and statement.get("Condition") != ours:
                    yield f"{resource.name}: {statement['Sid']}"
    for permission in stack.of("Lambda::Permission"):
        p = permission.properties
        if p["Principal"] == CONNECT["Service"] and (p.get("SourceAccount"), p.get("SourceArn")) != (ACCOUNT, arn):
            yield permission.name
    for role in stack.of("IAM::Role"):
        for statement in stack.statements(role):
            ours_only = statement["Resource"] == [f"{arn}/contact/*"] if "Resource" in statement else False
            if any(action.startswith("connect:") for action in statement["Action"]) and not ours_only:
                yield f"{role.name}: {statement['Sid']}"


@promise
def connect_runs_the_flow_that_our_code_makes(stack: Deployment) -> Iterator[str]:
    for flow in stack.of("Connect::ContactFlow"):
        ours = json.loads(json.dumps(contact_flow()).replace(FUNCTION, "<Ivr.Arn>"))
        if (flow.properties.get("State"), json.loads(flow.properties["Content"])) != ("ACTIVE", ours):
            yield flow.name
        known = [each.properties["IntegrationArn"] for each in stack.of("Connect::IntegrationAssociation")]
        asked = [p.properties["FunctionName"] for p in stack.of("Lambda::Permission") if p.name == "ConnectAsksIvr"]
        if known != ["<Ivr.Arn>"] or asked != known:
            yield f"{flow.name} cannot ask our function"


@promise
def ends_of_calls_are_told(stack: Deployment) -> Iterator[str]:
    told = {
        "source": ["aws.connect"],
        "detail-type": ["Amazon Connect Contact Event"],
        "detail": {"instanceArn": [instance(stack)], "channel": ["VOICE"], "eventType": ["DISCONNECTED"]},
    }
    contacts = "tocsin-contact-events"
    rules = [rule.properties for rule in stack.of("Events::Rule") if rule.properties["Name"] == contacts]
    if instance(stack) and [(rule["State"], rule["EventPattern"]) for rule in rules] != [("ENABLED", told)]:
        yield "no rule tells them"
    queue = f"arn:aws:sqs:eu-west-2:{ACCOUNT}:tocsin-events"
    for rule in rules:
        targets = [
            (each["Arn"], each["DeadLetterConfig"]["Arn"]) for each in rule["Targets"] if "DeadLetterConfig" in each
        ]
        if targets != [(queue, f"{queue}-dead")] and len(targets) == len(rule["Targets"]):
            yield f"{rule['Name']} tells another queue"
    (policy,) = [p for p in stack.of("SQS::QueuePolicy") if p.properties["Queues"] == ["<EventsDeadLetters>"]]
    allowed = [s for s in policy.properties["PolicyDocument"]["Statement"] if s["Effect"] == "Allow"]
    conditions = [s.get("Condition", {}).get("ArnEquals", {}).get("aws:SourceArn") for s in allowed]
    if conditions != [f"arn:aws:events:eu-west-2:{ACCOUNT}:rule/{rule['Name']}" for rule in rules]:
        yield "others may write to the dead letters"
