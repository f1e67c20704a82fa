"""`doctor`: is everything ready that a stack needs from its account? Reads only."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.operator.call_checks import CALL_CHECKS
from infra.operator.check import Clients, Result, Status
from infra.operator.context import OperatorContext
from infra.operator.stack import FoundStack

RESERVED = 515
"""Concurrent executions that the functions reserve in total; tests/architecture compares it with the template."""

LEFT_FOR_OTHERS = 100
"""Concurrent executions that an account cannot reserve. Source: Lambda developer guide, "Reserved concurrency"."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found. `text` has a cure unless the status is OK."""

    check: str
    status: Status
    text: str


def doctor(context: OperatorContext, arguments: argparse.Namespace) -> int:
    """Check identity, sandboxes, quotas, alarms, backups and the sending mode; exit code 1 with a fail."""
    findings = examined(context.stack, context.clients)
    for finding in findings:
        if arguments.json:
            print(json.dumps({"check": finding.check, "status": finding.status.value, "text": finding.text}))
        else:
            print(f"{finding.status.value:8}{finding.check:24}{finding.text}")
    return int(any(finding.status is Status.FAIL for finding in findings))


def add_words(words: argparse.ArgumentParser) -> None:
    """Add the option of the command."""
    words.add_argument("--json", action="store_true", help="a JSON line for each check")


def examined(stack: FoundStack, clients: Clients) -> list[Finding]:
    """Return the finding of every check, in a fixed order. A check that AWS does not answer is UNKNOWN."""
    findings = []
    for name, check in CHECKS.items():
        try:
            status, text = check(stack, clients)
        except ClientError as error:
            status, text = Status.UNKNOWN, f"AWS answered {error.response.get('Error', {}).get('Code', 'an error')}"
        except (BotoCoreError, KeyError) as error:
            status, text = Status.UNKNOWN, f"no usable answer: {type(error).__name__}"
        findings.append(Finding(name, status, text))
    return findings


def _stack(stack: FoundStack, clients: Clients) -> Result:
    if stack.status in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        return Status.OK, f"{stack.name} is {stack.status}"
    if stack.status.endswith("_IN_PROGRESS"):
        return Status.WARN, f"{stack.name} is {stack.status}; ask again when it is complete"
    return Status.FAIL, f"{stack.name} is {stack.status}; read its events in CloudFormation, and deploy again"


def _sending(stack: FoundStack, clients: Clients) -> Result:
    if stack.parameters.get("Sending", "on") == "on":
        return Status.OK, "Sending=on"
    return Status.WARN, "Sending=off: nothing is sent. After a restore: restore settle, then deploy with Sending=on"


def _identity(stack: FoundStack, clients: Clients) -> Result:
    domain = stack.parameters["EmailDomain"]
    if _of_ses(clients, domain).get("VerifiedForSendingStatus"):
        return Status.OK, f"{domain} is verified"
    return Status.FAIL, f"SES has not verified {domain}: publish its DNS records, and wait"


def _dkim(stack: FoundStack, clients: Clients) -> Result:
    domain = stack.parameters["EmailDomain"]
    dkim = _of_ses(clients, domain).get("DkimAttributes", {})
    if dkim.get("SigningEnabled") and dkim.get("Status") == "SUCCESS":
        return Status.OK, f"mails of {domain} are signed"
    return Status.FAIL, f"DKIM of {domain} is {dkim.get('Status', 'off')}: publish its three CNAME records"


def _of_ses(clients: Clients, domain: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = clients("sesv2").get_email_identity(EmailIdentity=domain)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") == "NotFoundException":
            return {}
        raise
    return found


def _email_production(stack: FoundStack, clients: Clients) -> Result:
    account = clients("sesv2").get_account()
    if not account.get("SendingEnabled"):
        return Status.FAIL, "SES has switched sending off for this account; see its Support case"
    if not account.get("ProductionAccessEnabled"):
        return Status.FAIL, "SES is in its sandbox, and sends to verified addresses only: request production access"
    quota = account.get("SendQuota", {})
    day, second = round(quota.get("Max24HourSend", 0)), round(quota.get("MaxSendRate", 0))
    return Status.OK, f"up to {day} mails a day and {second} a second"


def _text_production(stack: FoundStack, clients: Clients) -> Result:
    if stack.parameters.get("SmsProvider", "sns") == "sns":
        in_sandbox = clients("sns").get_sms_sandbox_account_status()["IsInSandbox"]
    else:
        attributes = clients("pinpoint-sms-voice-v2").describe_account_attributes()["AccountAttributes"]
        in_sandbox = {each["Name"]: each["Value"] for each in attributes}["ACCOUNT_TIER"] == "SANDBOX"
    if in_sandbox:
        return Status.FAIL, "texts go to verified numbers only: request production access"
    return Status.OK, "texts go to every number"


def _text_numbers(stack: FoundStack, clients: Clients) -> Result:
    if stack.parameters.get("SmsProvider", "sns") == "sns":
        return Status.WARN, "SNS reports no delivery and no reply; SmsProvider=eum does"
    pages = clients("pinpoint-sms-voice-v2").get_paginator("describe_phone_numbers").paginate()
    numbers = [number for page in pages for number in page["PhoneNumbers"]]
    active = [number for number in numbers if number["Status"] == "ACTIVE"]
    ours = stack.outputs["SmsInboundTopicArn"]
    two_way = [n for n in active if n.get("TwoWayEnabled") and n.get("TwoWayChannelArn") == ours]
    if not active:
        return Status.WARN, "no active number: texts need a sender id that their country allows"
    if not two_way:
        return Status.WARN, f"{len(active)} active numbers, none with two-way messages to SmsInboundTopicArn"
    return Status.OK, f"{len(active)} active numbers, {len(two_way)} with replies"


def _concurrency(stack: FoundStack, clients: Clients) -> Result:
    limit = clients("lambda").get_account_settings()["AccountLimit"]
    total, free = limit["ConcurrentExecutions"], limit["UnreservedConcurrentExecutions"]
    if total < RESERVED + LEFT_FOR_OTHERS:
        needed = RESERVED + LEFT_FOR_OTHERS
        return Status.FAIL, f"the account's quota is {total} concurrent executions; this stack needs {needed}"
    return Status.OK, f"{total} concurrent executions, {free} of them not reserved"


def _receipt_rules(stack: FoundStack, clients: Clients) -> Result:
    wanted = stack.parameters.get("EmailReceiptRuleSet", "")
    if not wanted:
        return Status.WARN, "EmailReceiptRuleSet is empty: people cannot answer mails"
    active = clients("ses").describe_active_receipt_rule_set()
    name = active.get("Metadata", {}).get("Name")
    if name != wanted:
        return Status.FAIL, f"the active receipt rule set is {name or 'none'}, not {wanted}: activate it"
    if not any(rule.get("Enabled") and rule["Name"] == f"{stack.name}-replies" for rule in active.get("Rules", [])):
        return Status.FAIL, f"{wanted} has no enabled rule {stack.name}-replies: deploy again"
    return Status.OK, f"{wanted} is active"


def _alarms(output: str, parameter: str) -> Callable[[FoundStack, Clients], Result]:
    def check(stack: FoundStack, clients: Clients) -> Result:
        topic = stack.outputs[output]
        pages = clients("sns").get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
        subscribed = [each["SubscriptionArn"] for page in pages for each in page["Subscriptions"]]
        confirmed = [arn for arn in subscribed if arn.startswith("arn:")]
        if confirmed:
            return Status.OK, f"{len(confirmed)} confirmed"
        if subscribed:
            return Status.FAIL, "no address has confirmed: open the link in AWS's mail"
        return Status.FAIL, f"no address: set {parameter} or AlarmEmail"

    return check


def _expiry(stack: FoundStack, clients: Clients) -> Result:
    table = stack.outputs["TableName"]
    found = clients("dynamodb").describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    if found.get("TimeToLiveStatus") in ("ENABLED", "ENABLING") and found.get("AttributeName", "ttl") == "ttl":
        return Status.OK, "expired rows are deleted"
    return Status.FAIL, f"TTL of {table} is off: personal data stays for ever. Enable it on the attribute ttl"


def _backups(stack: FoundStack, clients: Clients) -> Result:
    table = stack.outputs["TableName"]
    found = clients("dynamodb").describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    if found.get("PointInTimeRecoveryDescription", {}).get("PointInTimeRecoveryStatus") == "ENABLED":
        return Status.OK, "any second of the last 35 days"
    return Status.FAIL, f"point-in-time recovery of {table} is off: enable it"


def _deletion(stack: FoundStack, clients: Clients) -> Result:
    table = clients("dynamodb").describe_table(TableName=stack.outputs["TableName"])["Table"]
    if table.get("DeletionProtectionEnabled"):
        return Status.OK, "the table cannot be deleted"
    return Status.WARN, "the table can be deleted; DeletionProtection=true prevents it"


def _data_key(stack: FoundStack, clients: Clients) -> Result:
    key = clients("kms").describe_key(KeyId=stack.outputs["KeyId"])["KeyMetadata"]
    if key.get("KeyState") == "Enabled":
        return Status.OK, "the key of personal data is enabled"
    return Status.FAIL, f"the key of personal data is {key.get('KeyState')}: enable it, or cancel its deletion"


CHECKS: dict[str, Callable[[FoundStack, Clients], Result]] = {
    "stack": _stack,
    "sending": _sending,
    "email identity": _identity,
    "DKIM": _dkim,
    "email production access": _email_production,
    "text production access": _text_production,
    "numbers": _text_numbers,
    **CALL_CHECKS,
    "Lambda concurrency": _concurrency,
    "receipt rule set": _receipt_rules,
    "alarms that wake": _alarms("WakeTopicArn", "WakeEmail"),
    "alarms for tomorrow": _alarms("TomorrowTopicArn", "TomorrowEmail"),
    "expiry (TTL)": _expiry,
    "point-in-time recovery": _backups,
    "deletion protection": _deletion,
    "data key": _data_key,
}
