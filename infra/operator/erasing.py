"""The command that erases a person."""

from __future__ import annotations

import argparse
import json
from typing import Any

from infra.operator.context import OperatorContext
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.kernel.domain.ids import TenantId
from tocsin.privacy.application.erase_contact import EraseContact, Erased
from tocsin.privacy.application.waiting_messages import WaitingMessages


def erase(context: OperatorContext, arguments: argparse.Namespace) -> None:
    """Erase a person's data everywhere, and print a report without the person. Repeat it if the report is not clean."""
    tenant = TenantId(arguments.tenant)
    if context.tenants.get(tenant) is None:
        raise InvalidRequest([Fault("/tenant", "UNKNOWN", f"there is no tenant {tenant}")])
    use_case = eraser(context)
    run = use_case.dry_run if arguments.dry_run else use_case
    print(json.dumps(report(run(tenant, contact_id=arguments.contact, address=arguments.address))))


def add_words(words: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    words.add_argument("--contact", help="id in contact groups; it means the same person in all of them")
    words.add_argument("--address", help="phone number or email address")
    words.add_argument("--dry-run", action="store_true", help="change nothing; report what an erasure would do")


def eraser(context: OperatorContext) -> EraseContact:
    """Return the use case."""
    return EraseContact(
        data=context.personal_data,
        mails=context.mails,
        waiting=WaitingMessages(context.alerts, context.messages, context.clock),
        ledger=context.erasures,
        sealer=context.sealer,
        clock=context.clock,
        wait=context.wait,
    )


def report(erased: Erased) -> dict[str, Any]:
    """Return the report of an erasure as it is printed."""
    return {
        "addresses": erased.addresses,
        "rows": erased.rows,
        "mails": erased.mails,
        "ended": erased.ended,
        "clean": erased.clean,
        "remaining": [
            {"what": each.what, "until": each.until.isoformat(timespec="seconds") if each.until else None}
            for each in erased.remaining
        ],
    }
