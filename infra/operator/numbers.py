"""Numbers that carry answers back, and whose they are."""

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
    """Add the words the commands take beside the tenant."""
    for words in (add_, remove_):
        words.add_argument("--number", required=True, help="the number with its +; two-way messages must be on for it")
    add_.add_argument("--key", required=True, help="the API key it belongs to, see key list")


def add(context: OperatorContext, asked: argparse.Namespace) -> None:
    """Give a number to a tenant and key: answers to what it sends find their alerts from the next minute on."""
    wanted = TwoWayNumber(_number(asked), TenantId(asked.tenant), ApiKeyId(asked.key))
    if context.keys.get(wanted.tenant, wanted.key_id) is None:
        raise InvalidRequest([Fault("/key", "UNKNOWN", f"the tenant {wanted.tenant} has no such key; see key list")])
    stands = context.numbers.add(wanted)
    if stands.tenant != wanted.tenant:
        raise InvalidRequest([Fault("/number", "TAKEN", "it belongs to another tenant; that one must give it back")])
    if stands.key_id != wanted.key_id:
        hint = f"it belongs to the key {stands.key_id}; remove it there first"
        raise InvalidRequest([Fault("/number", "TAKEN", hint)])
    _say(f"{wanted.number} belongs to the key {wanted.key_id} of {wanted.tenant}")


def list_them(context: OperatorContext, asked: argparse.Namespace) -> None:
    """Print a JSON line for each number of a tenant."""
    for number in context.numbers.of_tenant(TenantId(asked.tenant)):
        print(json.dumps({"number": number.number, "key": number.key_id}))


def remove(context: OperatorContext, asked: argparse.Namespace) -> None:
    """Take a number back; answers to it find no alert any more."""
    if not context.numbers.remove(TenantId(asked.tenant), _number(asked)):
        raise InvalidRequest([Fault("/number", "UNKNOWN", f"it does not belong to {asked.tenant}")])
    _say("removed")


def _number(asked: argparse.Namespace) -> str:
    try:
        return parse_phone(asked.number)
    except InvalidPhone as refusal:
        raise InvalidRequest([Fault("/number", refusal.code, str(refusal))]) from None


def _say(text: str) -> None:
    print(text, file=sys.stderr)
