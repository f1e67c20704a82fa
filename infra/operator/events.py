"""Commands for senders of telephony events that have no secret of ours."""

from __future__ import annotations

import argparse
import json
import sys

from infra.operator.context import OperatorContext
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.domain.event_sender import EventSender, bus_source


def add_words(*commands: argparse.ArgumentParser) -> None:
    """Add the options that name senders, except the tenant."""
    for words in commands:
        words.add_argument("--role-arn", help="a role of AWS, for POST /iam/events")
        words.add_argument("--account", help="an AWS account, for the telephony bus")
        words.add_argument("--source", help="of the account's entries (default: tocsin.tenant.<tenant>)")
        words.add_argument("--connect-instance", help="ARN of an instance of Amazon Connect")


def allow(context: OperatorContext, arguments: argparse.Namespace) -> None:
    """Let senders send telephony events for a tenant."""
    tenant, senders = TenantId(arguments.tenant), _senders(arguments)
    if context.tenants.get(tenant) is None:
        raise InvalidRequest([Fault("/tenant", "UNKNOWN", f"there is no tenant {tenant}")])
    for sender in senders:
        if context.event_senders.allow(sender, tenant) != tenant:
            raise InvalidRequest([Fault(f"/{sender.name}", "TAKEN", "sends for another tenant; remove it there first")])
        print(f"{sender.name} sends for {tenant}", file=sys.stderr)


def list_them(context: OperatorContext, arguments: argparse.Namespace) -> None:
    """Print a JSON line for each sender of a tenant."""
    for sender in context.event_senders.of_tenant(TenantId(arguments.tenant)):
        print(json.dumps({"kind": sender.kind.value, "sender": sender.name}))


def remove(context: OperatorContext, arguments: argparse.Namespace) -> None:
    """End what senders may send; entries of theirs that wait become dead letters."""
    for sender in _senders(arguments):
        if not context.event_senders.remove(sender, TenantId(arguments.tenant)):
            raise InvalidRequest([Fault(f"/{sender.name}", "UNKNOWN", f"does not send for {arguments.tenant}")])
        print(f"{sender.name} sends no more", file=sys.stderr)


def _senders(arguments: argparse.Namespace) -> list[EventSender]:
    """Return the senders that the options name, each of which has the form that AWS gives it."""
    found: dict[str, EventSender | None] = {}
    if arguments.role_arn is not None:
        found["role-arn"] = EventSender.role(arguments.role_arn)
    if arguments.account is not None:
        found["account"] = EventSender.of_bus(arguments.account, _source(arguments))
    if arguments.connect_instance is not None:
        found["connect-instance"] = EventSender.connect(arguments.connect_instance)
    if not found or (arguments.source and "account" not in found):
        raise InvalidRequest([Fault("/sender", "MISSING", "name --role-arn, --account or --connect-instance")])
    wrong = [option for option, sender in found.items() if sender is None]
    if wrong:
        raise InvalidRequest(
            [Fault(f"/{option}", "BAD_FORM", "has not the form that AWS gives it") for option in wrong]
        )
    return [sender for sender in found.values() if sender is not None]


def _source(arguments: argparse.Namespace) -> str:
    own = bus_source(TenantId(arguments.tenant))
    source: str = arguments.source or own
    if source != own and not source.startswith(f"{own}."):
        raise InvalidRequest([Fault("/source", "BAD_FORM", f"must be {own}, or begin with {own}. and go on")])
    return source
