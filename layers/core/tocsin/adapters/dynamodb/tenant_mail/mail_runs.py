"""Runs of tenant mail in DynamoDB, and the voicemails that were mailed; both are written with their alerts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from tocsin.adapters.dynamodb.table import cursors
from tocsin.adapters.dynamodb.table.actions import FREE, put
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import expired, expiry, key, number, time, time_of
from tocsin.adapters.dynamodb.table.sealing import seal, unseal
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.kernel.domain.ids import AlertRef, TenantId, UserId
from tocsin.kernel.ports import Sealer
from tocsin.tenant_mail.domain.mail_run import RUN_KEPT, MailRun, MailRunWritten
from tocsin.tenant_mail.domain.mailed_events import MailOutcome
from tocsin.tenant_mail.domain.voicemails import MailedVoicemails, Voicemail, VoicemailsWritten
from tocsin.tenant_mail.ports import MailRunPage

_LIST_KEPT = timedelta(days=1)


class DynamoDbMailRuns:
    """Rows `T#<t>#MR` / `<milliseconds of receipt:014>#<name of the event>`. They hold no personal data."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def add(self, run: MailRun) -> bool:
        """Add a run. False: the event has one already."""
        return self._table.insert(_run_row(run)) is None

    def get(self, tenant: TenantId, id: str, now: datetime) -> MailRun | None:
        """Return a run, strongly consistent."""
        row = self._table.get(_run_key(tenant, id))
        return None if row is None or expired(row, now) else _run(tenant, row)

    def page(self, tenant: TenantId, limit: int, cursor: str | None, now: datetime) -> MailRunPage:
        """Return a page of runs, newest first. Raises InvalidRequest for a cursor of another list."""
        last = "~" if cursor is None else cursors.read(self._sealer, tenant, "mail_runs", cursor)
        rows = self._table.between(_runs_pk(tenant), "0", last, ScanIndexForward=False, Limit=limit + 2)
        found: list[MailRun] = []
        for row in rows:
            if row["sk"]["S"] == last or expired(row, now):
                continue
            if len(found) == limit:
                return MailRunPage(found, cursors.issue(self._sealer, tenant, "mail_runs", found[-1].id))
            found.append(_run(tenant, row))
        return MailRunPage(found, None)


class DynamoDbVoicemailLists:
    """Rows `T#<t>#VM#<2 hex>` / `<keyed hash of mailbox and caller>`, sealed."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def get(self, tenant: TenantId, name: str) -> MailedVoicemails:
        """Return the list of a mailbox and a caller, strongly consistent."""
        row = self._table.get(_list_key(self._sealer, tenant, name))
        if row is None:
            return MailedVoicemails(tenant, name)
        mailed = [
            Voicemail(datetime.fromisoformat(at), call, AlertRef(alert))
            for at, call, alert in unseal(self._sealer, tenant, row)
        ]
        return MailedVoicemails(tenant, name, tuple(mailed), int(row["v"]["N"]))


def mail_actions(participant: MailRunWritten | VoicemailsWritten, sealer: Sealer) -> Sequence[Item]:
    """Return the action of what is written with a tenant mail, with its condition."""
    match participant:
        case MailRunWritten(run):
            return [put(_run_row(run), FREE)]
        case VoicemailsWritten(voicemails):
            tenant, newest = voicemails.tenant, max(each.at for each in voicemails.mailed)
            row = _list_key(sealer, tenant, voicemails.name) | {"v": number(voicemails.version)}
            row |= expiry(newest + _LIST_KEPT)
            mailed = [[each.at.isoformat(), each.call, each.alert] for each in voicemails.mailed]
            row |= seal(sealer, tenant, row, mailed)
            if voicemails.version == 1:
                return [put(row, FREE)]
            return [put(row, "v = :before", {":before": number(voicemails.version - 1)})]


def _runs_pk(tenant: TenantId) -> str:
    return f"T#{tenant}#MR"


def _run_key(tenant: TenantId, id: str) -> Item:
    return key(_runs_pk(tenant), id)


def _run_row(run: MailRun) -> Item:
    row = _run_key(run.tenant, run.id) | {
        "ev": {"S": run.event},
        "at": time(run.at),
        "tpl": {"S": run.template},
        "st": {"S": run.outcome.value},
        "own": {"BOOL": run.custom},
    }
    if run.alert is not None:
        row["alert"] = {"S": run.alert}
    if run.people:
        row["people"] = {"L": [{"S": user} for user in run.people]}
    return row | expiry(run.at + RUN_KEPT)


def _run(tenant: TenantId, row: Item) -> MailRun:
    return MailRun(
        tenant=tenant,
        id=row["sk"]["S"],
        event=row["ev"]["S"],
        at=time_of(row, "at"),
        template=row["tpl"]["S"],
        outcome=MailOutcome(row["st"]["S"]),
        custom=row["own"]["BOOL"],
        alert=AlertRef(row["alert"]["S"]) if "alert" in row else None,
        people=tuple(UserId(user["S"]) for user in row["people"]["L"]) if "people" in row else (),
    )


def _list_key(sealer: Sealer, tenant: TenantId, name: str) -> Item:
    hashed = sealer.fingerprint(tenant, "voicemails", name.encode("utf-8", "surrogatepass")).hex()
    return key(f"T#{tenant}#VM#{hashed[:2]}", hashed)
