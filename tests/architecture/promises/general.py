"""Promises that hold for every resource of a kind, also for those that somebody adds later."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.architecture.deployment import Deployment
from tests.architecture.promises import promise
from tests.architecture.promises.messaging import INBOUND
from tests.architecture.promises.permissions import grants

ACCOUNT = "123456789012"

ASSUMED_BY = {"lambda.amazonaws.com", "scheduler.amazonaws.com", "apigateway.amazonaws.com"}

MOST_RESERVED = 900
"""Lambda keeps 100 of an account's 1,000 concurrent executions unreserved, and refuses the deployment otherwise."""

COUNTED_ONLY = {
    "SizeRestrictions_BODY",
    "CrossSiteScripting_BODY",
    "GenericLFI_BODY",
    "GenericRFI_BODY",
    "EC2MetaDataSSRF_BODY",
    "NoUserAgent_HEADER",
}
"""Rules of AWS that would refuse an ordinary alert; all other rules block."""

POLICIES = (
    ("SQS::QueuePolicy", "PolicyDocument"),
    ("SNS::TopicPolicy", "PolicyDocument"),
    ("S3::BucketPolicy", "PolicyDocument"),
    ("KMS::Key", "KeyPolicy"),
)

SOURCES = re.compile(r"aws:Source(Account|Arn)|kms:EncryptionContext:aws:\w+:\w+")


@promise
def roles_are_assumed_by_our_services_only(stack: Deployment) -> Iterator[str]:
    for role in stack.of("IAM::Role"):
        for statement in role.properties["AssumeRolePolicyDocument"]["Statement"]:
            principal = statement.get("Principal", {})
            named = isinstance(principal, dict) and set(principal) == {"Service"} and principal["Service"] in ASSUMED_BY
            if not named or statement["Action"] != "sts:AssumeRole":
                yield role.name


@promise
def services_act_for_this_account_only(stack: Deployment) -> Iterator[str]:
    for kind, name in POLICIES:
        for resource in stack.of(kind):
            for statement in resource.properties[name]["Statement"]:
                services = isinstance(statement.get("Principal"), dict) and "Service" in statement["Principal"]
                condition = statement.get("Condition")
                if statement["Effect"] == "Allow" and services and condition and not _from_here(condition):
                    yield f"{resource.name}: {statement['Sid']}"
    for permission in stack.of("Lambda::Permission"):
        if not str(permission.properties["Principal"]).endswith(".amazonaws.com"):
            yield permission.name


def _from_here(condition: dict[str, Any]) -> bool:
    """Whether one test names our account or a resource of ours, and cannot be met by leaving the key out."""
    return any(
        operator in ("StringEquals", "ArnEquals", "ArnLike")
        and SOURCES.fullmatch(key)
        and all(
            ACCOUNT in str(value) or "<" in str(value) for value in (values if isinstance(values, list) else [values])
        )
        for operator, keys in condition.items()
        for key, values in keys.items()
    )


@promise
def other_accounts_have_no_rights(stack: Deployment) -> Iterator[str]:
    for kind, name in POLICIES:
        for resource in stack.of(kind):
            for statement in resource.properties[name]["Statement"]:
                principal = statement.get("Principal", {})
                who = principal.get("AWS") if isinstance(principal, dict) else None
                foreign = who not in (None, "*", f"arn:aws:iam::{ACCOUNT}:root")
                if statement["Effect"] == "Allow" and (foreign or {"NotPrincipal", "NotAction"} & set(statement)):
                    yield f"{resource.name}: {statement['Sid']}"


@promise
def roles_list_their_actions(stack: Deployment) -> Iterator[str]:
    for role, statement in grants(stack):
        if "NotAction" in statement or statement["Effect"] != "Allow":
            yield f"{role.name}: {statement.get('Sid')}"


@promise
def a_function_has_the_queues_of_its_own_work(stack: Deployment) -> Iterator[str]:
    named = {str(queue.properties["QueueName"]): f"<{queue.name}>" for queue in stack.of("SQS::Queue")}
    roles = Counter(str(function.properties["Role"]) for function in stack.of("Lambda::Function"))
    for function in stack.of("Lambda::Function"):
        if roles[str(function.properties["Role"])] > 1:
            continue  # another promise
        variables = str(function.properties["Environment"]["Variables"])
        read = {
            str(stack.named(m.properties["EventSourceArn"]).properties["QueueName"])
            for m in stack.of("Lambda::EventSourceMapping")
            if stack.started_by(m).name == function.name
        }
        for statement in stack.statements(stack.named(function.properties["Role"])):
            for resource in statement.get("Resource", []):
                name = str(resource).rpartition(":")[2]
                if "sqs:ReceiveMessage" in statement["Action"] and name not in read:
                    yield f"{function.name} reads {name}"
                sends = any(action.startswith("sqs:SendMessage") for action in statement["Action"])
                # sweep-dead is where Lambda puts failed invocations; no code names it.
                if (
                    sends
                    and name != "tocsin-sweep-dead"
                    and not (named.get(name, name) in variables or name in variables)
                ):
                    yield f"{function.name} sends to {name}"


@promise
def the_firewall_blocks(stack: Deployment) -> Iterator[str]:
    for firewall in stack.of("WAFv2::WebACL"):
        for rule in firewall.properties["Rules"]:
            if rule.get("Action") != {"Block": {}} and rule.get("OverrideAction") != {"None": {}}:
                yield f"{firewall.name}: {rule['Name']}"
            group = rule["Statement"].get("ManagedRuleGroupStatement", {})
            weakened = {o["Name"] for o in group.get("RuleActionOverrides", [])} - COUNTED_ONLY
            yield from (f"{firewall.name}: {name}" for name in weakened | set(map(str, group.get("ExcludedRules", []))))
            if rule["Statement"].get("RateBasedStatement", {}).get("Limit", 0) > 30_000:
                yield f"{firewall.name}: {rule['Name']} limits nobody"


@promise
def alarms_are_switched_on(stack: Deployment) -> Iterator[str]:
    for alarm in stack.of("CloudWatch::Alarm"):
        p = alarm.properties
        if p.get("ActionsEnabled", True) not in (True, "true"):
            yield alarm.name
        if p.get("DatapointsToAlarm", 1) > p["EvaluationPeriods"]:
            yield f"{alarm.name} is never on"
        if p["TreatMissingData"] not in ("breaching", "notBreaching"):
            yield f"{alarm.name}: missing data"


@promise
def alarms_look_at_what_is_there(stack: Deployment) -> Iterator[str]:
    names = {
        "QueueName": {str(q.properties["QueueName"]) for q in stack.of("SQS::Queue")},
        "FunctionName": {f"<{f.name}>" for f in stack.of("Lambda::Function")},
        "TableName": {f"<{t.name}>" for t in stack.of("DynamoDB::Table")},
        "ApiName": {str(a.properties["Name"]) for a in stack.of("ApiGateway::RestApi")},
        "Stage": {str(s.properties["StageName"]) for s in stack.of("ApiGateway::Stage")},
        "service": {
            f.properties["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"] for f in stack.of("Lambda::Function")
        },
    }
    for alarm in stack.of("CloudWatch::Alarm"):
        metrics = [m["MetricStat"]["Metric"] for m in alarm.properties.get("Metrics", []) if "MetricStat" in m]
        for metric in metrics or [alarm.properties]:
            dimensions = {d["Name"]: d["Value"] for d in metric.get("Dimensions", [])}
            known = all(
                value in names[name] for name, value in dimensions.items() if name != "reason" and name in names
            )
            if not dimensions or not known or set(dimensions) - set(names) - {"reason"}:
                yield alarm.name
            aws = bool({"QueueName", "FunctionName", "TableName", "ApiName"} & set(dimensions))
            if aws != str(metric["Namespace"]).startswith("AWS/"):
                yield f"{alarm.name}: namespace"


@promise
def reservations_fit_an_account(stack: Deployment) -> Iterator[str]:
    reserved = [f.properties.get("ReservedConcurrentExecutions", 1) for f in stack.of("Lambda::Function")]
    if sum(reserved) > MOST_RESERVED or min(reserved) < 1:
        yield f"{sum(reserved)} reserved"


@promise
def topics_are_encrypted(stack: Deployment) -> Iterator[str]:
    for topic in stack.of("SNS::Topic"):
        if topic.name not in set().union(*INBOUND.values()) and "<TransportKey>" not in str(
            topic.properties.get("KmsMasterKeyId")
        ):
            yield topic.name


@promise
def calls_are_traced_from_the_gateway_on(stack: Deployment) -> Iterator[str]:
    yield from (s.name for s in stack.of("ApiGateway::Stage") if s.properties.get("TracingEnabled") is not True)


@promise
def the_api_is_for_servers_not_for_pages_of_others(stack: Deployment) -> Iterator[str]:
    if "Access-Control-Allow" in str(stack.swagger()):
        yield "cors"


@promise
def buckets_keep_versions_and_have_no_acl(stack: Deployment) -> Iterator[str]:
    for bucket in stack.of("S3::Bucket"):
        p = bucket.properties
        owned = p.get("OwnershipControls", {}).get("Rules") == [{"ObjectOwnership": "BucketOwnerEnforced"}]
        if p.get("VersioningConfiguration") != {"Status": "Enabled"} or not owned or "AccessControl" in p:
            yield bucket.name


@promise
def mails_are_taken_in_and_scanned(stack: Deployment) -> Iterator[str]:
    for rule in stack.of("SES::ReceiptRule"):
        p = rule.properties["Rule"]
        buckets = {a.get("S3Action", {}).get("BucketName") for a in p["Actions"]}
        if (p.get("Enabled"), p.get("ScanEnabled"), buckets) != (True, True, {"<MailBucket>"}):
            yield rule.name


@promise
def queues_and_schedules_are_switched_on(stack: Deployment) -> Iterator[str]:
    for mapping in stack.of("Lambda::EventSourceMapping"):
        if mapping.properties.get("Enabled", True) is not True:
            yield mapping.name
    for schedule in stack.of("Scheduler::Schedule"):
        p = schedule.properties
        if p.get("State", "ENABLED") != "ENABLED" or p["ScheduleExpression"] != "rate(1 minute)":
            yield schedule.name


@promise
def keys_work_and_are_not_destroyed_in_haste(stack: Deployment) -> Iterator[str]:
    for key in stack.of("KMS::Key"):
        if key.properties.get("Enabled", True) is not True or key.properties.get("PendingWindowInDays") != 30:
            yield key.name


@promise
def domains_take_new_tls_only(stack: Deployment) -> Iterator[str]:
    for kind in ("ApiGateway::DomainName", "ApiGatewayV2::DomainName"):
        for domain in stack.of(kind):
            if not str(domain.properties.get("SecurityPolicy")).startswith(("TLS_1_2", "SecurityPolicy_TLS13")):
                yield domain.name
