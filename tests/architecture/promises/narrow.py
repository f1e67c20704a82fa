"""Promises that a right, a limit or an alarm is no wider than its purpose."""

from __future__ import annotations

from collections.abc import Iterator

from tests.architecture.deployment import Deployment
from tests.architecture.promises import promise
from tests.architecture.promises.general import ACCOUNT, POLICIES
from tests.architecture.promises.permissions import WITHOUT_RESOURCE_LEVEL, grants

HANDED_IN = {"s3:PutObject", "sns:Publish", "sqs:SendMessage"}


@promise
def roles_touch_resources_of_this_account(stack: Deployment) -> Iterator[str]:
    for role, statement in grants(stack):
        if set(statement.get("Action", [])) <= WITHOUT_RESOURCE_LEVEL:
            continue
        for resource in statement.get("Resource", []):
            if resource != "*" and "<" not in str(resource) and ACCOUNT not in str(resource):
                yield f"{role.name}: {statement['Sid']}"


@promise
def a_function_writes_its_own_log(stack: Deployment) -> Iterator[str]:
    for role, statement in grants(stack):
        if any(action.startswith("logs:") for action in statement["Action"]):
            own = f"<{role.name.removesuffix('Role')}Log.Arn>"
            if any("<" in str(resource) and resource != own for resource in statement["Resource"]):
                yield role.name


@promise
def no_role_changes_identities(stack: Deployment) -> Iterator[str]:
    for role, statement in grants(stack):
        for action in statement["Action"]:
            if action.startswith(("iam:", "sts:", "organizations:")) and action != "iam:PassRole":
                yield f"{role.name}: {action}"


@promise
def services_may_only_hand_in(stack: Deployment) -> Iterator[str]:
    for kind, name in POLICIES[:3]:
        for resource in stack.of(kind):
            for statement in resource.properties[name]["Statement"]:
                if statement["Effect"] == "Allow" and statement.get("Action") not in HANDED_IN:
                    yield f"{resource.name}: {statement['Sid']}"


@promise
def a_table_is_encrypted_at_all(stack: Deployment) -> Iterator[str]:
    for table in stack.of("DynamoDB::Table"):
        if table.properties.get("SSESpecification", {}).get("SSEEnabled") is not True:
            yield table.name


@promise
def a_limit_of_calls_is_a_limit(stack: Deployment) -> Iterator[str]:
    for stage in stack.of("ApiGateway::Stage"):
        for setting in stage.properties.get("MethodSettings", []):
            rate, burst = setting.get("ThrottlingRateLimit", 0), setting.get("ThrottlingBurstLimit", 0)
            if rate > 500 or not 0 < burst <= 1_000:
                yield f"{stage.name}: {setting['ResourcePath']}"


@promise
def the_firewall_has_the_rules_of_aws(stack: Deployment) -> Iterator[str]:
    for firewall in stack.of("WAFv2::WebACL"):
        statements = [rule["Statement"] for rule in firewall.properties["Rules"]]
        groups = {s["ManagedRuleGroupStatement"]["Name"] for s in statements if "ManagedRuleGroupStatement" in s}
        if not {"AWSManagedRulesKnownBadInputsRuleSet", "AWSManagedRulesCommonRuleSet"} <= groups:
            yield firewall.name
        if any("ScopeDownStatement" in inner for s in statements for inner in s.values()):
            yield f"{firewall.name}: scope"


@promise
def an_alarm_can_become_on(stack: Deployment) -> Iterator[str]:
    for alarm in stack.of("CloudWatch::Alarm"):
        p = alarm.properties
        if p["EvaluationPeriods"] > 15 or p.get("Statistic", "Sum") not in ("Sum", "Maximum", "Average"):
            yield alarm.name
        # The heartbeat alone is on below its threshold; another promise looks at it.
        below = p["ComparisonOperator"] != "GreaterThanThreshold"
        if below and alarm.properties.get("MetricName") != "SweepRuns":
            yield alarm.name
