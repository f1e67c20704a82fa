"""Commands for two-way numbers, and numbers that people call."""

from __future__ import annotations

import argparse
import json
import sys

from infra.operator.call_checks import instance_id
from infra.operator.context import OperatorContext
from tocsin.contacts.domain.phone_number import InvalidPhone, parse_phone
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.responses.domain.two_way import TwoWayNumber


def add_words(add_: argparse.ArgumentParser, *others: argparse.ArgumentParser) -> None:
    """Add the options of the commands, except the tenant."""
    for words in (add_, *others):
        words.add_argument("--number", required=True, help="the number with its +")
    add_.add_argument("--key", required=True, help="the API key it belongs to, see key list")


def add(context: OperatorContext, arguments: argparse.Namespace) -> None:
    """Assign a number to a tenant and key. Replies to its texts find their alerts after a minute at most."""
    wanted = TwoWayNumber(_number(arguments), TenantId(arguments.tenant), ApiKeyId(arguments.key))
    if context.keys.get(wanted.tenant, wanted.key_id) is None:
        raise InvalidRequest([Fault("/key", "UNKNOWN", f"the tenant {wanted.tenant} has no such key; see key list")])
    stored = context.numbers.add(wanted)
    if stored.tenant != wanted.tenant:
        raise InvalidRequest([Fault("/number", "TAKEN", "it belongs to another tenant; remove it there first")])
    if stored.key_id != wanted.key_id:
        hint = f"it belongs to the key {stored.key_id}; remove it there first"
        raise InvalidRequest([Fault("/number", "TAKEN", hint)])
    _say(f"{wanted.number} belongs to the key {wanted.key_id} of {wanted.tenant}")


def list_them(context: OperatorContext, arguments: argparse.Namespace) -> None:
    """Print a JSON line for each number of a tenant."""
    for number in context.numbers.of_tenant(TenantId(arguments.tenant)):
        print(json.dumps({"number": number.number, "key": number.key_id}))


def remove(context: OperatorContext, arguments: argparse.Namespace) -> None:
    """Remove a number; replies to it no longer find an alert."""
    if not context.numbers.remove(TenantId(arguments.tenant), _number(arguments)):
        raise InvalidRequest([Fault("/number", "UNKNOWN", f"it does not belong to {arguments.tenant}")])
    _say("removed")


def lead_calls(context: OperatorContext, arguments: argparse.Namespace) -> None:
    """Lead calls to a number of Amazon Connect to this stack, so that people hear what waits for them."""
    number, stack = _number(arguments), context.stack
    if stack.parameters.get("VoiceProvider") != "connect":
        raise InvalidRequest([Fault("/number", "UNKNOWN", f"{number} cannot be led: VoiceProvider is not connect")])
    connect, instance = context.clients("connect"), stack.parameters["ConnectInstanceArn"]
    pages = connect.get_paginator("list_phone_numbers_v2").paginate(TargetArn=instance)
    claimed = {each["PhoneNumber"]: each["PhoneNumberId"] for p in pages for each in p["ListPhoneNumbersSummaryList"]}
    if number not in claimed:
        raise InvalidRequest([Fault("/number", "UNKNOWN", f"{number} is not claimed in the instance; claim it first")])
    connect.associate_phone_number_contact_flow(
        PhoneNumberId=claimed[number],
        InstanceId=instance_id(stack),
        ContactFlowId=stack.outputs["ContactFlowArn"].rpartition("/")[2],
    )
    _say(f"calls to {number} are taken")


def _number(arguments: argparse.Namespace) -> str:
    try:
        return parse_phone(arguments.number)
    except InvalidPhone as refusal:
        raise InvalidRequest([Fault("/number", refusal.code, str(refusal))]) from None


def _say(text: str) -> None:
    print(text, file=sys.stderr)
