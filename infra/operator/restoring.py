"""The commands after a restore: settle what was due, and let the stack send again. docs/operations.md has the steps."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.operator.context import OperatorContext
from infra.operator.erasing import eraser
from infra.operator.stack import FoundStack
from tocsin.contacts.domain.channel import Channel
from tocsin.directory.domain.things import Kind
from tocsin.identity.application.change_api_key import ChangeApiKey
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.kernel.domain.ids import TenantId, UserId
from tocsin.restore.application.settle import Settled
from tocsin.schedules.domain.schedule import Schedule
from tocsin.suppressions.application.suppress import Suppress
from tocsin.suppressions.domain.suppression import SuppressionReason
from tocsin.timers.domain.timer import TimerKind

KEEP, REVOKE = "keep", "revoke"
_SCHEDULES = 1_000


@dataclass(frozen=True, slots=True)
class Erasure:
    """One entry of the operator's list of erasures."""

    tenant: TenantId
    contact: str | None
    address: str | None


def settle(context: OperatorContext, arguments: argparse.Namespace) -> None:
    """End what was due in a restored table, erase and suppress again, and list what goes on."""
    _reject(context, arguments)
    erasures = list(_erasures(arguments.erasures)) if arguments.erasures else []
    dry_run = bool(arguments.dry_run)
    settled = context.settle(dry_run=dry_run)
    rows = 0
    for erasure in erasures:
        erase = eraser(context).dry_run if dry_run else eraser(context)
        rows += erase(erasure.tenant, contact_id=erasure.contact, address=erasure.address).rows
    stops = _stops_again(context, dry_run=dry_run)
    sessions, tokens = _signed_out(context, dry_run=dry_run)
    keys = [key for tenant in context.tenants.all() for key in context.keys.list(tenant.id)]
    revoked = _revoked(context, keys, dry_run=dry_run) if arguments.keys == REVOKE else 0
    _list_what_goes_on(context, keys, settled)
    if arguments.keys is not None and not dry_run:
        context.restore_ledger.record(arguments.restored_to, context.clock())
    _print(
        {
            "dry_run": dry_run,
            "restored_to": arguments.restored_to.isoformat(),
            "expired_messages": settled.messages,
            "kept_messages": settled.kept_messages,
            "missed_occurrences": settled.occurrences,
            "cancelled_escalations": settled.escalations,
            "failed_trigger_runs": settled.trigger_runs,
            "removed_event_timers": settled.event_timers,
            "ended_callbacks": settled.packs + settled.deliveries,
            "erasures": len(erasures),
            "erased_rows": rows,
            "stops": stops,
            "ended_sessions": sessions,
            "deleted_tokens": tokens,
            "revoked_keys": revoked,
            "lost": f"cancels, pauses, answers and settings since {arguments.restored_to.isoformat()} are lost",
            "may_send": context.restore_ledger.settled(),
        }
    )


def add_words(words: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    words.add_argument("--restored-to", required=True, type=_time, help="time of the backup, like 2026-11-29T08:15:00Z")
    words.add_argument(
        "--keys", choices=[KEEP, REVOKE], help="the API keys as they were then; without it, nothing is sent yet"
    )
    words.add_argument("--erasures", type=Path, metavar="FILE", help="JSON lines: tenant, and contact or address")
    words.add_argument("--dry-run", action="store_true", help="change nothing; print what would end")


def _reject(context: OperatorContext, arguments: argparse.Namespace) -> None:
    faults = []
    if arguments.restored_to > context.clock():
        faults.append(Fault("/restored-to", "OUT_OF_RANGE", "is in the future"))
    if not arguments.dry_run and not _stands_still(context.stack):
        hint = "deploy with Sending=off first; workers must not send while the table is settled"
        faults.append(Fault("/stack", "CONFLICT", hint))
    if faults:
        raise InvalidRequest(faults)


def _stands_still(stack: FoundStack) -> bool:
    return stack.parameters.get("Sending") == "off"


def _erasures(path: Path) -> Iterator[Erasure]:
    try:
        lines = path.read_text().splitlines()
    except OSError as error:
        raise InvalidRequest([Fault("/erasures", "UNREADABLE", f"cannot read {path}: {error.strerror}")]) from error
    for number, line in enumerate(filter(str.strip, lines), start=1):
        try:
            body = json.loads(line)
            erasure = Erasure(TenantId(body["tenant"]), body.get("contact"), body.get("address"))
        except (ValueError, KeyError, TypeError, AttributeError):
            hint = f'line {number} must be like {{"tenant": "acme", "address": "ana@example.org"}}'
            raise InvalidRequest([Fault("/erasures", "WRONG_FORM", hint)]) from None
        yield erasure


def _stops_again(context: OperatorContext, *, dry_run: bool) -> int | None:
    """Suppress who has opted out at the provider; return how many, None if the provider cannot say."""
    if context.stack.parameters.get("SmsProvider") != "eum":
        return None  # SNS keeps its own list and sends nothing to those numbers
    suppress, found = Suppress(context.suppressions, context.sealer), 0
    try:
        client = context.clients("pinpoint-sms-voice-v2")
        pages = client.get_paginator("describe_phone_numbers").paginate()
        lists = {n["PhoneNumber"]: n["OptOutListName"] for page in pages for n in page["PhoneNumbers"]}
        for tenant in context.tenants.all():
            ours = {lists[n.number] for n in context.numbers.of_tenant(tenant.id) if n.number in lists}
            for name in sorted(ours):
                for opted_out in _opted_out(client, name):
                    found += 1
                    if not dry_run:
                        number, at = opted_out["OptedOutNumber"], opted_out["OptedOutTimestamp"]
                        suppress(tenant.id, Channel.SMS, number, SuppressionReason.STOP, at)
    except (ClientError, BotoCoreError):
        return None
    return found


def _opted_out(client: Any, name: str) -> Iterator[Any]:
    for page in client.get_paginator("describe_opted_out_numbers").paginate(OptOutListName=name):
        yield from page["OptedOutNumbers"]


def _signed_out(context: OperatorContext, *, dry_run: bool) -> tuple[int, int]:
    """End all sessions and personal tokens: some of them were ended since the backup. Return how many of each."""
    sessions, tokens, now = 0, 0, context.clock()
    for tenant in context.tenants.all():
        for person in context.directory.all(tenant.id, Kind.USER):
            place = tenant.id, UserId(person.id)
            sessions += len(context.sessions.of(*place, now))
            tokens += len(context.personal_tokens.of(*place, now))
            if not dry_run:
                context.sessions.end_all(*place)
                context.personal_tokens.delete_all(*place)
    return sessions, tokens


def _revoked(context: OperatorContext, keys: list[ApiKey], *, dry_run: bool) -> int:
    change = ChangeApiKey(context.keys, context.sealer, context.randomness)
    enabled = [key for key in keys if key.enabled]
    if not dry_run:
        for key in enabled:
            change.enable(key.tenant, key.id, enabled=False)
    return len(enabled)


def _list_what_goes_on(context: OperatorContext, keys: list[ApiKey], settled: Settled) -> None:
    for key in keys:
        _print({"key": key.id, "tenant": key.tenant, "name": key.name, "enabled": key.enabled})
        for schedule in islice(_live(context, key), _SCHEDULES):
            next_at = schedule.next_at.isoformat() if schedule.next_at else None
            _print({"schedule": schedule.id, "tenant": key.tenant, "state": schedule.state.value, "next": next_at})
    for timer in settled.kept:
        if timer.key.kind is TimerKind.ESCALATION:
            alert = timer.key.subject.rpartition(".")[2]
            _print({"escalation": alert, "tenant": timer.key.tenant, "next": timer.due_at.isoformat()})


def _live(context: OperatorContext, key: ApiKey) -> Iterator[Schedule]:
    now = context.clock()
    newest = context.schedules.newest(key.tenant, key.id)
    return (schedule for schedule in newest if not schedule.over and not schedule.forgotten(now))


def _time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise argparse.ArgumentTypeError("must be a time with an offset, like 2026-11-29T08:15:00Z")
    return at


def _print(line: dict[str, Any]) -> None:
    print(json.dumps(line, ensure_ascii=False))
