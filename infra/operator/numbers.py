"""Commands for two-way numbers."""

from __future__ import annotations

import argparse
import json
import sys

from infra.operator.context import OperatorContext
from tocsin.contacts.domain.phone_number import InvalidPhone, parse_phone
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.responses.domain.two_way import TwoWayNumber


def add_words(add_: argparse.ArgumentParser, remove_: argparse.ArgumentParser) -> None:
    """Add the options of the commands, except the tenant."""
    for words in (add_, remove_):
        words.add_argument("--number", required=True, help="the number with its +; two-way messages must be on for it")
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


def _number(arguments: argparse.Namespace) -> str:
    try:
        return parse_phone(arguments.number)
    except InvalidPhone as refusal:
        raise InvalidRequest([Fault("/number", refusal.code, str(refusal))]) from None


def _say(text: str) -> None:
    print(text, file=sys.stderr)
