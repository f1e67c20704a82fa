"""Promises about who may do what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.architecture.deployment import Deployment, Resource
from tests.architecture.promises import promise

WITHOUT_RESOURCE_LEVEL = {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}
"""Actions for which AWS knows no resource; `*` is all that can be said."""

PROVIDERS = {
    "events:PutEvents": {"DeliverWebhookRole"},
    "connect:StartOutboundVoiceContact": {"DispatchVoiceRole"},
    "sns:Publish": {"DispatchSmsRole"},
    "sms-voice:SendTextMessage": {"DispatchSmsRole"},
    "ses:SendEmail": {"DispatchEmailRole"},
    "ses:SendRawEmail": {"DispatchEmailRole"},
}
"""Who may call a provider: nobody else, because nobody else claims, suppresses and counts. Only the worker of the outbox puts results on the bus."""

FORBIDDEN = {"dynamodb:Scan", "dynamodb:DeleteTable", "kms:ScheduleKeyDeletion", "s3:ListBucket"}


def grants(stack: Deployment) -> Iterator[tuple[Resource, dict[str, Any]]]:
    """Yield (role, statement) of everything any role allows."""
    for role in stack.of("IAM::Role"):
        for statement in stack.statements(role):
            yield role, statement


@promise
def every_function_has_a_role_of_its_own(stack: Deployment) -> Iterator[str]:
    used = Counter(str(function.properties["Role"]) for function in stack.of("Lambda::Function"))
    yield from (role for role, times in used.items() if times > 1 or role != f"<{stack.named(role).name}.Arn>")


@promise
def no_role_has_a_managed_policy_of_amazons(stack: Deployment) -> Iterator[str]:
    # They say `*` for logs and queues. The one exception is the account's log writer, for which there is nothing else.
    for role in stack.of("IAM::Role"):
        if role.properties.get("ManagedPolicyArns") and role.name != "ApiLogRole":
            yield role.name


@promise
def no_role_may_do_everything_of_a_service(stack: Deployment) -> Iterator[str]:
    for role, statement in grants(stack):
        yield from (
            f"{role.name}: {action}" for action in statement.get("Action", ["*"]) if action.endswith((":*", "*:*"))
        )
        yield from (f"{role.name}: {action}" for action in statement.get("Action", []) if action == "*")


@promise
def roles_name_what_they_touch(stack: Deployment) -> Iterator[str]:
    for role, statement in grants(stack):
        if statement.get("Resource") is None and statement["Action"] != ["sns:Publish"]:
            yield f"{role.name}: {statement['Sid']}"
        if "*" in statement.get("Resource", []) and not set(statement["Action"]) <= WITHOUT_RESOURCE_LEVEL:
            yield f"{role.name}: {statement['Sid']}"


@promise
def texts_go_to_numbers_and_never_to_topics(stack: Deployment) -> Iterator[str]:
    for role, statement in grants(stack):
        if "sns:Publish" in statement["Action"] and statement.get("NotResource") != "arn:aws:sns:*:*:*":
            yield role.name


@promise
def only_senders_may_call_a_provider(stack: Deployment) -> Iterator[str]:
    for role, statement in grants(stack):
        for action in statement["Action"]:
            if role.name not in PROVIDERS.get(action, {role.name}):
                yield f"{role.name}: {action}"


@promise
def nobody_scans_passes_roles_or_destroys(stack: Deployment) -> Iterator[str]:
    for role, statement in grants(stack):
        yield from (f"{role.name}: {action}" for action in statement["Action"] if action in FORBIDDEN)
        # One role is passed: the role of the wake-ups, by the function that creates them, to EventBridge Scheduler.
        passed = (role.name, statement.get("Resource"), statement.get("Condition"))
        if "iam:PassRole" in statement["Action"] and passed != (
            "RunTimersRole",
            ["<TimerWakeUpRole.Arn>"],
            {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}},
        ):
            yield f"{role.name}: {statement['Sid']}"


@promise
def an_alarm_can_enqueue_and_do_nothing_else(stack: Deployment) -> Iterator[str]:
    queues = {f"arn:aws:sqs:eu-west-2:123456789012:tocsin-{name}" for name in ("timers", "timers-dead")}
    for role, statement in grants(stack):
        if role.name == "TimerWakeUpRole":
            ringing = statement["Action"] == ["sqs:SendMessage"] and set(statement["Resource"]) == queues
            if not ringing and not set(statement["Action"]) <= {"kms:Decrypt", "kms:GenerateDataKey"}:
                yield statement["Sid"]
        elif any(action.startswith("scheduler:") for action in statement["Action"]):
            # Group and queue may carry the name of the stack, and no other stack's alarms may be touched.
            where = [str(resource).rpartition(":schedule/")[2] for resource in statement["Resource"]]
            if (role.name, statement["Action"], where) != (
                "RunTimersRole",
                ["scheduler:CreateSchedule"],
                ["<TimerWakeUps>/*"],
            ):
                yield f"{role.name}: {statement['Sid']}"


@promise
def only_the_sweeper_reads_across_tenants(stack: Deployment) -> Iterator[str]:
    for role, statement in grants(stack):
        for resource in statement.get("Resource", []):
            if str(resource).endswith(("/index/due", "/index/*", "<CoreTable>/*")) and role.name != "SweepRole":
                yield role.name


@promise
def data_keys_open_for_a_named_tenant_only(stack: Deployment) -> Iterator[str]:
    for role, statement in grants(stack):
        if "key/<DataKey>" in str(statement.get("Resource")):
            wanted = statement.get("Condition", {})
            named = wanted == {"StringLike": {"kms:EncryptionContext:tenant": "?*"}}
            at_rest = set(wanted.get("StringEquals", {})) == {"kms:ViaService"}
            if not named and not at_rest:
                yield f"{role.name}: {statement['Sid']}"


@promise
def the_scheduler_acts_for_its_own_group_only(stack: Deployment) -> Iterator[str]:
    for role in stack.of("IAM::Role"):
        for statement in role.properties["AssumeRolePolicyDocument"]["Statement"]:
            if statement["Principal"] == {"Service": "scheduler.amazonaws.com"}:
                condition = statement.get("Condition", {})
                group = condition.get("ArnEquals", {}).get("aws:SourceArn", "<?>")
                account = condition.get("StringEquals", {}).get("aws:SourceAccount")
                own = {"SweepScheduleRole": "<SweepSchedules>", "TimerWakeUpRole": "<TimerWakeUps>"}[role.name]
                if account != "123456789012" or not group.endswith(f":schedule-group/{own}"):
                    yield role.name


@promise
def functions_are_called_by_named_sources(stack: Deployment) -> Iterator[str]:
    for permission in stack.of("Lambda::Permission"):
        if not {"SourceArn", "SourceAccount"} & set(permission.properties):
            yield permission.name
    yield from (url.name for url in stack.of("Lambda::Url"))


@promise
def resources_are_open_to_nobody_unconditionally(stack: Deployment) -> Iterator[str]:
    for kind, name in (
        ("SQS::QueuePolicy", "PolicyDocument"),
        ("SNS::TopicPolicy", "PolicyDocument"),
        ("S3::BucketPolicy", "PolicyDocument"),
        ("KMS::Key", "KeyPolicy"),
    ):
        for resource in stack.of(kind):
            for statement in resource.properties[name]["Statement"]:
                everybody = statement["Principal"] in ("*", {"AWS": "*"}) or "Service" in statement["Principal"]
                if statement["Effect"] == "Allow" and everybody and not statement.get("Condition"):
                    yield f"{resource.name}: {statement['Sid']}"
