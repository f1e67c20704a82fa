"""Promises that a right, a limit or an alarm is no wider than its purpose."""

from __future__ import annotations

from collections.abc import Iterator

from tests.architecture.deployment import Deployment
from tests.architecture.promises import promise
from tests.architecture.promises.general import ACCOUNT, POLICIES
from tests.architecture.promises.permissions import FORBIDDEN, WITHOUT_RESOURCE_LEVEL, grants

EVERYBODY_BUT = {
    "GetItem": set[str](),
    "PutItem": {"AuthorizerRole"},
    "UpdateItem": set[str](),
    "Query": {"AuthorizerRole", "LinksRole"},
    "BatchGetItem": {"AuthorizerRole", "LinksRole"},
}
"""Roles without a right on the table that the other roles have."""

NOBODY_BUT = {
    "BatchWriteItem": {"DispatchEmailRole", "DispatchSmsRole", "DispatchVoiceRole", "IngestEventsRole"}
    | {"RunTimersRole"},  # packs of events
    "ConditionCheckItem": {"ActOnEventsRole", "AlertsApiRole", "ConsoleRole", "RunTimersRole", "SettingsApiRole"},
    "DeleteItem": {"ActOnEventsRole", "AlertsApiRole", "ConsoleRole", "RunTimersRole", "SettingsApiRole"},
    "PartiQLInsert": {"ActOnEventsRole", "IngestEventsRole", "ReceiveTextsRole", "RunTimersRole"}
    | {"AlertsApiRole", "ConsoleRole", "DeliverWebhookRole", "SettingsApiRole"}  # events about the account itself
    | (
        _WRITE_MESSAGES := {
            "DispatchEmailRole",
            "DispatchSmsRole",
            "DispatchVoiceRole",
            "IvrRole",
            "SweepRole",
            "TrackEventsRole",
            "TwimlRole",
        }
    ),
    "PartiQLUpdate": _WRITE_MESSAGES | {"RunTimersRole"},
}
"""Roles with a right on the table that the other roles lack. Rights in neither table are refused."""

FORGOTTEN = {(None, None, 20), (None, "waits-for=record", 1), ("unreadable/", None, 7)}
"""(prefix, tag, days) of raw mails: as docs/privacy.md says."""

HANDED_IN = {"s3:PutObject", "sns:Publish", "sqs:SendMessage"}

HANDED_OUT = {"RecordingsBucketPolicy: OurInstancePlays": ["s3:GetObject", "s3:ListBucket"]}
"""What a service may take: the provider of calls plays our recordings."""


@promise
def roles_touch_resources_of_this_account(stack: Deployment) -> Iterator[str]:
    for role, statement in grants(stack):
        if set(statement.get("Action", [])) <= WITHOUT_RESOURCE_LEVEL:
            continue
        for resource in statement.get("Resource", []):
            if resource != "*" and "<" not in str(resource) and ACCOUNT not in str(resource):
                yield f"{role.name}: {statement['Sid']}"


@promise
def a_function_has_the_rows_of_its_own_work(stack: Deployment) -> Iterator[str]:
    for role, statement in grants(stack):
        for action in statement["Action"]:
            service, _, name = action.partition(":")
            known = EVERYBODY_BUT | NOBODY_BUT | {"BatchExecuteStatement": set()}
            if service != "dynamodb" or action in FORBIDDEN:  # another promise
                continue
            if name not in known or role.name in EVERYBODY_BUT.get(name, ()):
                yield f"{role.name}: {action}"
            if role.name not in NOBODY_BUT.get(name, {role.name}):
                yield f"{role.name}: {action}"


@promise
def only_the_sweeper_sees_queues_that_it_does_not_empty(stack: Deployment) -> Iterator[str]:
    bulk = tuple(f"tocsin-{channel}-bulk" for channel in ("sms", "email", "voice"))
    for role, statement in grants(stack):
        if "sqs:GetQueueAttributes" not in statement["Action"] or "sqs:ReceiveMessage" in statement["Action"]:
            continue
        for resource in statement["Resource"]:
            if role.name != "SweepRole" or not str(resource).endswith(bulk):
                yield f"{role.name}: {resource}"


@promise
def topics_lead_to_queues_and_lose_nothing(stack: Deployment) -> Iterator[str]:
    for subscription in stack.of("SNS::Subscription"):
        p = subscription.properties
        if p["Protocol"] == "email" and p["TopicArn"] in ("<WakeAlarms>", "<TomorrowAlarms>"):
            continue  # a person reads it
        if p["Protocol"] != "sqs" or {"FilterPolicy", "FilterPolicyScope"} & set(p):
            yield subscription.name


@promise
def raw_mails_are_forgotten(stack: Deployment) -> Iterator[str]:
    rules = stack.resources["MailBucket"].properties.get("LifecycleConfiguration", {}).get("Rules", [])
    enabled = [rule for rule in rules if rule["Status"] == "Enabled"]
    days = {
        (
            r.get("Prefix"),
            next((f"{t['Key']}={t['Value']}" for t in r.get("TagFilters", ())), None),
            r["ExpirationInDays"],
        )
        for r in enabled
        if r.get("NoncurrentVersionExpiration")
    }
    if days != FORGOTTEN:
        yield "mails stay"
    if not any("AbortIncompleteMultipartUpload" in rule for rule in enabled):
        yield "unfinished uploads stay"


COUNTED = ("LimitsExceeded", "BatchesRepaired", "OutcomesUnknown", "EventsUnreadable")


@promise
def alarms_on_counts_begin_with_the_first(stack: Deployment) -> Iterator[str]:
    for alarm in stack.of("CloudWatch::Alarm"):
        p = alarm.properties
        if p.get("MetricName") in COUNTED and (p["Threshold"], p["Statistic"]) != (0, "Sum"):
            yield alarm.name
        if "Metrics" in p and p["Threshold"] != 0:  # a sum over functions or operations
            yield alarm.name


@promise
def logs_hold_no_details(stack: Deployment) -> Iterator[str]:
    for function in stack.of("Lambda::Function"):
        if function.properties["Environment"]["Variables"]["LOG_LEVEL"] not in ("INFO", "WARNING", "ERROR"):
            yield function.name


@promise
def callbacks_reach_public_addresses_unless_asked_for(stack: Deployment) -> Iterator[str]:
    if stack.defaults["OpenEgress"] != "false" or stack.defaults["Engine"] != "aws":
        yield "the default opens the network"


@promise
def the_api_is_in_one_region(stack: Deployment) -> Iterator[str]:
    # An EDGE endpoint is a CloudFront distribution of its own, before which our regional firewall does not stand.
    for api in stack.of("ApiGateway::RestApi"):
        if api.properties.get("EndpointConfiguration") != {"Types": ["REGIONAL"]}:
            yield api.name


@promise
def large_answers_are_compressed(stack: Deployment) -> Iterator[str]:
    for api in stack.of("ApiGateway::RestApi"):
        if api.properties.get("MinimumCompressionSize") != 1024:
            yield api.name


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
                place, action = f"{resource.name}: {statement['Sid']}", statement.get("Action")
                if statement["Effect"] != "Allow" or HANDED_OUT.get(place) == action:
                    continue
                if not isinstance(action, str) or action not in HANDED_IN:
                    yield place


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
