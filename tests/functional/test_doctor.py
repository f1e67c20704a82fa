"""`doctor`: what each check says about an account, and that it only reads."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ParamValidationError
from botocore.validate import validate_parameters

from infra.operator.call_checks import CALLS_AT_ONCE, DIALS
from infra.operator.command_line import main
from infra.operator.context import OperatorContext
from infra.operator.doctor import CHECKS, RESERVED
from infra.operator.stack import FoundStack, NoSuchStack
from tests.architecture.deployment import deployment, read_sources
from tests.functional.operator_world import World

TOPIC = "arn:aws:sns:eu-west-2:123456789012:tocsin-alarms-"
INSTANCE = "arn:aws:connect:eu-west-2:123456789012:instance/i-1"
STACK = FoundStack(
    "tocsin",
    "UPDATE_COMPLETE",
    outputs={
        "TableName": "core",
        "KeyId": "key-1",
        "MailBucketName": "mails",
        "SmsInboundTopicArn": "arn:aws:sns:eu-west-2:123456789012:tocsin-sms-inbound",
        "WakeTopicArn": TOPIC + "wake",
        "TomorrowTopicArn": TOPIC + "tomorrow",
        "ContactFlowArn": INSTANCE + "/contact-flow/f-1",
    },
    parameters={
        "EmailDomain": "alerts.example.org",
        "SmsProvider": "eum",
        "EmailReceiptRuleSet": "main",
        "Sending": "on",
        "VoiceProvider": "connect",
        "ConnectInstanceArn": INSTANCE,
        "VoiceLines": "10",
    },
)
SUBSCRIBED = {"Subscriptions": [{"SubscriptionArn": TOPIC + "wake:1", "Protocol": "email"}]}
NUMBER = {
    "PhoneNumberArn": "arn:aws:sms-voice:eu-west-2:123456789012:phone-number/p1",
    "PhoneNumber": "+447700900050",
    "Status": "ACTIVE",
    "IsoCountryCode": "GB",
    "MessageType": "TRANSACTIONAL",
    "NumberCapabilities": ["SMS"],
    "NumberType": "LONG_CODE",
    "MonthlyLeasingPrice": "1.00",
    "TwoWayEnabled": True,
    "TwoWayChannelArn": STACK.outputs["SmsInboundTopicArn"],
    "SelfManagedOptOutsEnabled": True,
    "OptOutListName": "Default",
    "DeletionProtectionEnabled": False,
    "CreatedTimestamp": datetime(2026, 11, 1, tzinfo=UTC),
}
CALLED = {"PhoneNumberId": "n-1", "PhoneNumber": "+442079460000"}
IN_USE = {"Instance": {"InstanceStatus": "ACTIVE", "InboundCallsEnabled": True, "OutboundCallsEnabled": True}}


def quotas(calls: float, dials: float) -> dict[str, Any]:
    return {"Quotas": [{"QuotaName": CALLS_AT_ONCE, "Value": calls}, {"QuotaName": DIALS, "Value": dials}]}


READY: dict[str, dict[str, Any]] = {
    "connect.DescribeInstance": IN_USE,
    "connect.ListPhoneNumbersV2": {"ListPhoneNumbersSummaryList": [CALLED]},
    "connect.ListFlowAssociations": {"FlowAssociationSummaryList": [{"ResourceId": "n-1", "FlowId": "f-1"}]},
    "service-quotas.ListServiceQuotas": quotas(10.0, 2.0),
    "ssm.DescribeParameters": {"Parameters": [{"Name": "/tocsin/twiml", "Type": "SecureString"}]},
    "sesv2.GetEmailIdentity": {
        "VerifiedForSendingStatus": True,
        "DkimAttributes": {"SigningEnabled": True, "Status": "SUCCESS"},
    },
    "sesv2.GetAccount": {
        "SendingEnabled": True,
        "ProductionAccessEnabled": True,
        "SendQuota": {"Max24HourSend": 50_000.0, "MaxSendRate": 14.0},
    },
    "pinpoint-sms-voice-v2.DescribeAccountAttributes": {
        "AccountAttributes": [{"Name": "ACCOUNT_TIER", "Value": "PRODUCTION"}]
    },
    "pinpoint-sms-voice-v2.DescribePhoneNumbers": {"PhoneNumbers": [NUMBER]},
    "sns.GetSMSSandboxAccountStatus": {"IsInSandbox": False},
    "lambda.GetAccountSettings": {
        "AccountLimit": {"ConcurrentExecutions": 1_000, "UnreservedConcurrentExecutions": 659}
    },
    "ses.DescribeActiveReceiptRuleSet": {
        "Metadata": {"Name": "main"},
        "Rules": [{"Name": "tocsin-replies", "Enabled": True}],
    },
    "sns.ListSubscriptionsByTopic": SUBSCRIBED,
    "dynamodb.DescribeTimeToLive": {"TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}},
    "dynamodb.DescribeContinuousBackups": {
        "ContinuousBackupsDescription": {
            "ContinuousBackupsStatus": "ENABLED",
            "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "ENABLED"},
        }
    },
    "dynamodb.DescribeTable": {"Table": {"DeletionProtectionEnabled": True}},
    "kms.DescribeKey": {"KeyMetadata": {"KeyId": "key-1", "KeyState": "Enabled"}},
}
"""Answers of an account in which everything is ready, by service and operation."""


SESSION = boto3.Session("a", "b", region_name="eu-west-2")
"""One for all clients, because it keeps the services' models."""


class Account:
    """An AWS account that gives these answers through boto3; the names of its errors are text.

    Requests and answers are checked against the services' own models.
    """

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers
        self.called: list[str] = []
        self.asked: list[dict[str, Any]] = []

    def __call__(self, service: str) -> Any:
        client: Any = SESSION.client(service)  # type: ignore[call-overload]

        def answer(model: Any, **_: Any) -> tuple[Any, Any]:
            self.called.append(model.name)
            given = self.answers.get(f"{service}.{model.name}", "AccessDenied")
            if isinstance(given, str):
                return SimpleNamespace(status_code=400), {"Error": {"Code": given, "Message": "no"}}
            try:
                if model.output_shape is not None:
                    validate_parameters(given, model.output_shape)
            except ParamValidationError as error:
                raise AssertionError(f"{service} never answers so: {error}") from error
            return SimpleNamespace(status_code=200), deepcopy(given)

        def note(params: dict[str, Any], **_: Any) -> None:
            self.asked.append(dict(params))

        client.meta.events.register("provide-client-params", note)
        client.meta.events.register("before-call", answer)
        return client


def examined(
    capsys: pytest.CaptureFixture[str], changed: dict[str, Any] | None = None, stack: FoundStack = STACK
) -> tuple[int, dict[str, tuple[str, str]]]:
    """Return the exit code, and (status, text) of each check."""
    world = World(clients=Account(READY | (changed or {})), stack=stack)
    code = world.operate("doctor", "--stack", "tocsin", "--json")
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return code, {line["check"]: (line["status"], line["text"]) for line in lines}


def test_an_account_in_which_everything_is_ready(capsys: pytest.CaptureFixture[str]) -> None:
    code, found = examined(capsys)
    assert code == 0
    assert {status for status, _ in found.values()} == {"ok"}
    assert list(found) == list(CHECKS)


def but(parameter: str, value: str, status: str = "UPDATE_COMPLETE") -> FoundStack:
    return FoundStack("tocsin", status, STACK.outputs, {**STACK.parameters, parameter: value})


BY_TWIML = FoundStack(
    "tocsin",
    "UPDATE_COMPLETE",
    STACK.outputs,
    {**STACK.parameters, "VoiceProvider": "twiml", "TwimlSecretName": "/tocsin/twiml"},
)


@pytest.mark.parametrize(
    ("check", "changed", "stack", "status"),
    [
        ("stack", {}, but("Sending", "on", "UPDATE_ROLLBACK_COMPLETE"), "fail"),
        ("stack", {}, but("Sending", "on", "UPDATE_IN_PROGRESS"), "warn"),
        ("sending", {}, but("Sending", "off"), "warn"),
        ("email identity", {"sesv2.GetEmailIdentity": "NotFoundException"}, STACK, "fail"),
        ("email identity", {"sesv2.GetEmailIdentity": {"VerifiedForSendingStatus": False}}, STACK, "fail"),
        ("DKIM", {"sesv2.GetEmailIdentity": {"DkimAttributes": {"SigningEnabled": True, "Status": "PENDING"}}}, STACK, "fail"),
        ("email production access", {"sesv2.GetAccount": {"SendingEnabled": True}}, STACK, "fail"),
        ("email production access", {"sesv2.GetAccount": {"ProductionAccessEnabled": True}}, STACK, "fail"),
        ("text production access", {"pinpoint-sms-voice-v2.DescribeAccountAttributes": {"AccountAttributes": [{"Name": "ACCOUNT_TIER", "Value": "SANDBOX"}]}}, STACK, "fail"),
        ("text production access", {"sns.GetSMSSandboxAccountStatus": {"IsInSandbox": True}}, but("SmsProvider", "sns"), "fail"),
        ("numbers", {"pinpoint-sms-voice-v2.DescribePhoneNumbers": {"PhoneNumbers": []}}, STACK, "warn"),
        ("numbers", {"pinpoint-sms-voice-v2.DescribePhoneNumbers": {"PhoneNumbers": [{**NUMBER, "TwoWayEnabled": False}]}}, STACK, "warn"),
        ("numbers", {}, but("SmsProvider", "sns"), "warn"),
        ("calls: instance", {"connect.DescribeInstance": {"Instance": {**IN_USE["Instance"], "InstanceStatus": "CREATION_FAILED"}}}, STACK, "fail"),
        ("calls: instance", {"connect.DescribeInstance": {"Instance": {**IN_USE["Instance"], "OutboundCallsEnabled": False}}}, STACK, "fail"),
        ("calls: numbers", {"connect.ListPhoneNumbersV2": {"ListPhoneNumbersSummaryList": []}}, STACK, "fail"),
        ("calls: numbers", {"connect.ListFlowAssociations": {"FlowAssociationSummaryList": [{"ResourceId": "n-1", "FlowId": "f-2"}]}}, STACK, "warn"),
        ("calls: quotas", {"service-quotas.ListServiceQuotas": quotas(9.0, 2.0)}, STACK, "fail"),
        ("calls: quotas", {"service-quotas.ListServiceQuotas": quotas(10.0, 1.0)}, STACK, "warn"),
        ("calls: quotas", {"service-quotas.ListServiceQuotas": {"Quotas": []}}, STACK, "unknown"),
        *((f"calls: {what}", {}, but("VoiceProvider", "none"), "warn") for what in ("instance", "numbers", "quotas", "secret")),
        ("calls: secret", {}, BY_TWIML, "ok"),
        ("calls: secret", {"ssm.DescribeParameters": {"Parameters": []}}, BY_TWIML, "fail"),
        ("calls: secret", {"ssm.DescribeParameters": {"Parameters": [{"Name": "/tocsin/twiml", "Type": "String"}]}}, BY_TWIML, "fail"),
        ("calls: secret", {"ssm.DescribeParameters": "AccessDenied"}, BY_TWIML, "unknown"),
        ("calls: quotas", {"service-quotas.ListServiceQuotas": "AccessDenied"}, BY_TWIML, "ok"),
        ("Lambda concurrency", {"lambda.GetAccountSettings": {"AccountLimit": {"ConcurrentExecutions": 10, "UnreservedConcurrentExecutions": 10}}}, STACK, "fail"),
        ("receipt rule set", {}, but("EmailReceiptRuleSet", ""), "warn"),
        ("receipt rule set", {}, but("EmailReceiptRuleSet", "other"), "fail"),
        ("receipt rule set", {"ses.DescribeActiveReceiptRuleSet": {}}, STACK, "fail"),
        ("receipt rule set", {"ses.DescribeActiveReceiptRuleSet": {"Metadata": {"Name": "main"}, "Rules": [{"Name": "tocsin-replies", "Enabled": False}]}}, STACK, "fail"),
        ("alarms that wake", {"sns.ListSubscriptionsByTopic": {"Subscriptions": [{"SubscriptionArn": "PendingConfirmation"}]}}, STACK, "fail"),
        ("alarms for tomorrow", {"sns.ListSubscriptionsByTopic": {"Subscriptions": []}}, STACK, "fail"),
        ("expiry (TTL)", {"dynamodb.DescribeTimeToLive": {"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}}}, STACK, "fail"),
        ("point-in-time recovery", {"dynamodb.DescribeContinuousBackups": {"ContinuousBackupsDescription": {"ContinuousBackupsStatus": "ENABLED", "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "DISABLED"}}}}, STACK, "fail"),
        ("deletion protection", {"dynamodb.DescribeTable": {"Table": {}}}, STACK, "warn"),
        ("data key", {"kms.DescribeKey": {"KeyMetadata": {"KeyId": "k", "KeyState": "PendingDeletion"}}}, STACK, "fail"),
        *((check, dict.fromkeys(READY, "AccessDenied"), STACK, "unknown") for check in CHECKS if check not in ("stack", "sending", "calls: secret")),
    ],
)  # fmt: skip
def test_what_is_not_ready_is_told_with_a_cure(
    check: str, changed: dict[str, Any], stack: FoundStack, status: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = examined(capsys, changed, stack)
    assert found[check][0] == status
    assert code == int(any(each == "fail" for each, _ in found.values()))
    assert status != "fail" or code == 1
    assert len(found[check][1]) > 10


def test_the_doctor_only_reads(capsys: pytest.CaptureFixture[str]) -> None:
    for provider in ("eum", "sns"):
        account = Account(READY)
        World(clients=account, stack=but("SmsProvider", provider)).operate("doctor", "--stack", "tocsin")
        assert len(account.called) > 10
        assert [name for name in account.called if not name.startswith(("Get", "Describe", "List"))] == []


def test_a_line_for_people_names_check_and_result(capsys: pytest.CaptureFixture[str]) -> None:
    World(clients=Account(READY), stack=STACK).operate("doctor", "--stack", "tocsin")
    assert "ok      DKIM                    mails of alerts.example.org are signed" in capsys.readouterr().out


def test_a_stack_that_cannot_be_seen_is_told_from_one_that_is_ill(capsys: pytest.CaptureFixture[str]) -> None:
    def find(stack: str, region: str | None, endpoint_url: str | None) -> OperatorContext:
        raise NoSuchStack(f"cannot read the stack {stack}")

    assert main(["doctor", "--stack", "nowhere"], find) == 2
    assert "nowhere" in capsys.readouterr().err


def test_the_quota_is_that_of_the_template() -> None:
    functions = deployment(read_sources()).of("Lambda::Function")
    assert sum(f.properties["ReservedConcurrentExecutions"] for f in functions) == RESERVED
