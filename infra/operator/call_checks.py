"""The checks of `doctor` about calls: is the provider there, with numbers, room for our calls, and its secret?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from infra.operator.check import Clients, Result, Status
from infra.operator.stack import FoundStack

CALLS_AT_ONCE = "Concurrent active calls per instance"
DIALS = "Rate of StartOutboundVoiceContact API requests"
"""Names of quotas. Source: Amazon Connect Administrator Guide, "Amazon Connect service quotas"."""

DIALS_A_SECOND = 2
"""By both workers of the bulk lane together."""


def instance_id(stack: FoundStack) -> str:
    """Return the id of the instance that makes the stack's calls; empty if there is none."""
    return stack.parameters.get("ConnectInstanceArn", "").rpartition("/")[2]


Check = Callable[[FoundStack, Clients], Result]


def _of(wanted: str) -> Callable[[Check], Check]:
    """Return what makes a check one of stacks with this provider."""

    def made(check: Check) -> Check:
        def checked(stack: FoundStack, clients: Clients) -> Result:
            provider = stack.parameters.get("VoiceProvider", "none")
            if provider == "none":
                return Status.WARN, "VoiceProvider is none: calls are refused"
            return check(stack, clients) if provider == wanted else (Status.OK, f"calls are made by {provider}")

        return checked

    return made


@_of("connect")
def _instance(stack: FoundStack, clients: Clients) -> Result:
    found = clients("connect").describe_instance(InstanceId=instance_id(stack))["Instance"]
    if found.get("InstanceStatus") != "ACTIVE":
        return Status.FAIL, f"the instance of Connect is {found.get('InstanceStatus')}: wait, or make another"
    off = [way for way in ("Inbound", "Outbound") if not found.get(f"{way}CallsEnabled")]
    if off:
        return Status.FAIL, f"{' and '.join(off).lower()} calls are off in the instance: switch telephony on"
    return Status.OK, "the instance of Connect makes and takes calls"


@_of("connect")
def _numbers(stack: FoundStack, clients: Clients) -> Result:
    connect = clients("connect")
    pages = connect.get_paginator("list_phone_numbers_v2").paginate(TargetArn=stack.parameters["ConnectInstanceArn"])
    claimed = [number for page in pages for number in page["ListPhoneNumbersSummaryList"]]
    if not claimed:
        return Status.FAIL, "the instance has no number: claim one in Connect"
    asked = {"InstanceId": instance_id(stack), "ResourceType": "VOICE_PHONE_NUMBER"}
    flows = connect.get_paginator("list_flow_associations").paginate(**asked)
    ours = stack.outputs["ContactFlowArn"].rpartition("/")[2]
    led = [
        each
        for page in flows
        for each in page["FlowAssociationSummaryList"]
        if each["FlowId"].rpartition("/")[2] == ours
    ]
    if not led:
        return Status.WARN, f"{len(claimed)} numbers, none led to our flow: people who call back hear nothing of us"
    return Status.OK, f"{len(claimed)} numbers, {len(led)} of them led to our flow"


@_of("connect")
def _quotas(stack: FoundStack, clients: Clients) -> Result:
    pages = clients("service-quotas").get_paginator("list_service_quotas").paginate(ServiceCode="connect")
    quotas: dict[str, Any] = {quota["QuotaName"]: quota["Value"] for page in pages for quota in page["Quotas"]}
    calls, dials, lines = quotas[CALLS_AT_ONCE], quotas[DIALS], int(stack.parameters.get("VoiceLines", "10"))
    if calls < lines:
        return Status.FAIL, f"VoiceLines is {lines}, and Connect allows {calls:.0f} calls at once: others hear a tone"
    if dials < DIALS_A_SECOND:
        return Status.WARN, f"Connect allows {dials:.0f} dials a second; {DIALS_A_SECOND} are made: ask for more"
    return Status.OK, f"{lines} calls at once of {calls:.0f}, {dials:.0f} dials a second"


@_of("twiml")
def _secret(stack: FoundStack, clients: Clients) -> Result:
    name = stack.parameters["TwimlSecretName"]
    found = clients("ssm").describe_parameters(ParameterFilters=[{"Key": "Name", "Values": [name]}])["Parameters"]
    if not found:
        return Status.FAIL, f"there is no parameter {name}: put the provider's token there, as a SecureString"
    if found[0]["Type"] != "SecureString":
        return Status.FAIL, f"the parameter {name} is not encrypted: put the token there anew, as a SecureString"
    return Status.OK, f"the provider's secret is in {name}"


CALL_CHECKS: dict[str, Check] = {
    "calls: instance": _instance,
    "calls: numbers": _numbers,
    "calls: quotas": _quotas,
    "calls: secret": _secret,
}
