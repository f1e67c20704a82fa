"""Escalations in DynamoDB, in the partition of their linked set.

    ESC#<first alert>                  its state: few and small attributes, because workers read it with every batch
    POLICY#<first alert>               its policy: what is sent when, sealed; written once
    WHO#<first alert>#<fingerprint>    a person who was counted

Its timer is written in the same transaction. An answer writes a mark for the person, which must be new, and adds one to
the count, which must be below the need. So the count never passes the need, and the answer that reaches it is the last.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple
from datetime import datetime, timedelta

from tocsin.adapters.dynamodb.linked_alerts import link_pk
from tocsin.adapters.dynamodb.table.actions import FREE, put, update
from tocsin.adapters.dynamodb.table.bucket import Bucket, Contents
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import (
    expiry,
    instant,
    milliseconds,
    number,
    time,
    time_of,
    time_or_none,
)
from tocsin.adapters.dynamodb.table.rows import key as row_key
from tocsin.adapters.dynamodb.table.table import KEYS, Table
from tocsin.adapters.dynamodb.timers import timer_put
from tocsin.alerts.domain.alert import Alert, ChunkKey
from tocsin.alerts.domain.link import LinkKey
from tocsin.alerts.domain.response_kind import Evidence, ResponseKind
from tocsin.contacts.domain.recipient import Recipient, person
from tocsin.escalation.domain.escalation import (
    Answerer,
    Escalation,
    EscalationBegun,
    EscalationKey,
    EscalationPolicy,
    EscalationState,
    RequestedStep,
)
from tocsin.escalation.ports import Standing
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.kernel.domain.keep_classes import keep_for
from tocsin.kernel.ports import Sealer

LARGEST_POLICY_IN_ITS_ROW = 200_000
"""Bytes; a transaction with 10,000 recipients must still take it."""

_PURPOSE = "person"
_ESCALATION = "ESC#"
_POLICY = "POLICY#"


def begun(participant: EscalationBegun, alert: Alert, store: Contents) -> list[Item]:
    """Return the actions that begin an escalation with its first alert and write its timer."""
    escalation, policy = participant.escalation, participant.policy
    ends = expiry(escalation.expires_at)
    row = _key(escalation.key) | ends
    row |= {
        "st": {"S": escalation.state.value},
        "steps": number(escalation.steps),
        "step": number(escalation.step),
        "need": number(escalation.need),
        "answered": number(escalation.answered),
        "everybody": {"BOOL": escalation.everybody},
        "began": time(escalation.began_at),
        "at": time(escalation.due_at),
        "alerts": {"S": _alerts(escalation)},
        "stepped": time(escalation.stepped_at),
    }
    if escalation.evidence is not None:
        row["evidence"] = {"S": escalation.evidence.value}
    sealed = _policy_key(escalation.key) | ends
    keep = keep_for(None if alert.expires_at is None else alert.expires_at - alert.accepted_at)
    sealed |= store.seal(alert.tenant, sealed, _policy(policy), LARGEST_POLICY_IN_ITS_ROW, keep)
    return [put(row, FREE), put(sealed), *map(timer_put, participant.timers)]


def moved(before: Escalation, after: Escalation) -> Item:
    """Return the action that takes a step, makes the next one due or ends it, if `may_follow`."""
    enough = after.state is EscalationState.ACKNOWLEDGED
    change = "SET #st = :st, #step = :step, #need = :need, #at = :at, alerts = :alerts, stepped = :stepped"
    values: Item = {
        ":active": {"S": EscalationState.ACTIVE.value},
        ":before": number(before.step),
        ":st": {"S": after.state.value},
        ":step": number(after.step),
        ":need": number(after.need),
        ":at": time(after.due_at),
        ":alerts": {"S": _alerts(after)},
        ":stepped": time(after.stepped_at),
    }
    if after.ended_at is not None:
        change += ", ended = :ended"
        values[":ended"] = time(after.ended_at)
    if after.ended_by is not None:
        change += ", ended_by = :ended_by, with_all_clear = :with_all_clear"
        values |= {":ended_by": {"S": after.ended_by}, ":with_all_clear": {"BOOL": after.with_all_clear}}
    if after.requested is not None and after.requested != before.requested:
        change += ", requested = :requested"
        values[":requested"] = {"S": json.dumps(astuple(after.requested), separators=(",", ":"))}
    may = f"#st = :active AND #step = :before AND #answered {'>=' if enough else '<'} #need"
    return update(_key(before.key), change, may, values)


def counted(answer: tuple[EscalationKey, Answerer, str], sealer: Sealer, expires_at: datetime | None) -> list[Item]:
    """Return the actions that count a person who is not counted yet, in an escalation that needs more answers."""
    escalation, by, who = answer
    tenant = escalation.link.tenant
    mark = row_key(link_pk(escalation.link), _counted_sk(escalation, _fingerprint(sealer, tenant, who)))
    mark |= {"at": time(by.at), **expiry(expires_at)}
    # The contact stands alone, where an erasure finds and removes it.
    contact = {} if by.contact_id is None else {":contact": {"S": by.contact_id}}
    change = f"SET #by = :by{', contact = :contact' if contact else ' REMOVE contact'} ADD #answered :one"
    active = {"S": EscalationState.ACTIVE.value}
    values = {":active": active, ":by": {"S": _said_by(by)}, ":one": number(1), **contact}
    return [put(mark, FREE), update(_key(escalation), change, "#st = :active AND #answered < #need", values)]


def _key(escalation: EscalationKey) -> Item:
    return row_key(link_pk(escalation.link), f"{_ESCALATION}{escalation.first}")


def _policy_key(escalation: EscalationKey) -> Item:
    return row_key(link_pk(escalation.link), f"{_POLICY}{escalation.first}")


def _counted_sk(escalation: EscalationKey, fingerprint: str) -> str:
    """Return the sort key of the mark that a person was counted; "" gives the prefix of all marks of an escalation."""
    return f"WHO#{escalation.first}#{fingerprint}"


class DynamoDbEscalations:
    """Reads escalations, and writes the steps that no alert is sent with."""

    def __init__(self, table: Table, sealer: Sealer, bucket: Bucket) -> None:
        self._table = table
        self._sealer = sealer
        self._contents = Contents(sealer, bucket)

    def get(self, key: EscalationKey) -> Escalation | None:
        """Return the escalation, strongly consistent; None if there is none."""
        row = self._table.get(_key(key))
        return None if row is None else _escalation(key, row)

    def get_all(self, keys: Sequence[EscalationKey]) -> Mapping[EscalationKey, Escalation]:
        """Return those of the escalations that exist, strongly consistent."""
        by_place = {(row["pk"]["S"], row["sk"]["S"]): key for key in keys for row in [_key(key)]}
        rows = self._table.get_all([row_key(*place) for place in by_place], "escalations")
        found = ((by_place[row["pk"]["S"], row["sk"]["S"]], row) for row in rows)
        return {key: _escalation(key, row) for key, row in found}

    def policy(self, key: EscalationKey) -> EscalationPolicy | None:
        """Return the policy of an escalation: what it sends when; None if there is none."""
        row = self._table.get(_policy_key(key))
        return None if row is None else _read_policy(self._contents.unseal(key.link.tenant, row))

    def standing(self, key: EscalationKey, recipients: Sequence[Recipient]) -> Standing | None:
        """Return the escalation and who of these people has answered; up to 99 of them are one read."""
        tenant = key.link.tenant
        marks = {
            _counted_sk(key, _fingerprint(self._sealer, tenant, who)): who
            for who in dict.fromkeys(map(person, recipients))
        }
        pk, own = link_pk(key.link), _key(key)
        if len(marks) < KEYS:
            rows = self._table.get_all([own, *(row_key(pk, sk) for sk in marks)], "rows of an escalation")
        else:
            alone = self._table.get(own)
            rows = [*([alone] if alone else []), *self._table.beginning_with(pk, _counted_sk(key, ""))]
        by_sk = {row["sk"]["S"]: row for row in rows}
        row = by_sk.get(own["sk"]["S"])
        if row is None:
            return None
        return Standing(_escalation(key, row), frozenset(who for sk, who in marks.items() if sk in by_sk))

    def move(self, before: Escalation, after: Escalation) -> bool:
        """Take a step without an alert, or end the escalation. False: it has moved on since `before`."""
        return self._table.write_if(moved(before, after))

    def of_set(self, link: LinkKey) -> Sequence[Escalation]:
        """Return every escalation of a linked set, oldest first."""
        return [
            _escalation(EscalationKey(link, AlertRef(row["sk"]["S"].removeprefix(_ESCALATION))), row)
            for row in self._table.beginning_with(link_pk(link), _ESCALATION)
        ]


def is_policy(row: Item) -> bool:
    """Whether a row holds an escalation policy."""
    sort_key: str = row["sk"]["S"]
    return sort_key.startswith(_POLICY)


def _fingerprint(sealer: Sealer, tenant: TenantId, who: str) -> str:
    return sealer.fingerprint(tenant, _PURPOSE, who.encode()).hex()


def _escalation(key: EscalationKey, row: Item) -> Escalation:
    return Escalation(
        key=key,
        state=EscalationState(row["st"]["S"]),
        steps=int(row["steps"]["N"]),
        step=int(row["step"]["N"]),
        need=int(row["need"]["N"]),
        answered=int(row["answered"]["N"]),
        everybody=row["everybody"]["BOOL"],
        began_at=time_of(row, "began"),
        due_at=time_of(row, "at"),
        alerts=tuple(AlertRef(ref) if ref else None for ref in row["alerts"]["S"].split(",")),
        stepped_at=time_of(row, "stepped"),
        by=_read_by(key, row) if "by" in row else None,
        ended_at=time_or_none(row, "ended"),
        expires_at=time_or_none(row, "exp"),
        evidence=Evidence(row["evidence"]["S"]) if "evidence" in row else None,
        requested=RequestedStep(*json.loads(row["requested"]["S"])) if "requested" in row else None,
        ended_by=row["ended_by"]["S"] if "ended_by" in row else None,
        with_all_clear="with_all_clear" in row and row["with_all_clear"]["BOOL"],
    )


def _alerts(escalation: Escalation) -> str:
    return ",".join(ref or "" for ref in escalation.alerts)


def _said_by(by: Answerer) -> str:
    place = [by.key.alert, by.key.item, by.key.chunk, by.position]
    return json.dumps([*place, by.kind.value, milliseconds(by.at), by.evidence.value], separators=(",", ":"))


def _read_by(key: EscalationKey, row: Item) -> Answerer:
    # Earlier versions did not store the evidence.
    alert, item, chunk, position, kind, at, *evidence = json.loads(row["by"]["S"])
    contact = row["contact"]["S"] if "contact" in row else None
    place = ChunkKey(key.link.tenant, AlertRef(alert), item, chunk)
    return Answerer(place, position, ResponseKind(kind), instant(at), contact, *map(Evidence, evidence))


def _policy(policy: EscalationPolicy) -> Item:
    return {
        "client_ref": policy.client_ref,
        "link_ref": policy.link_ref,
        "after": [after // timedelta(milliseconds=1) for after in policy.after],
        "steps": list(policy.steps),
        "on_stopped": policy.on_stopped,
    }


def _read_policy(stored: Item) -> EscalationPolicy:
    return EscalationPolicy(
        client_ref=stored["client_ref"],
        link_ref=stored["link_ref"],
        after=tuple(timedelta(milliseconds=after) for after in stored["after"]),
        steps=tuple(stored["steps"]),
        on_stopped=stored["on_stopped"],
    )
