"""Several alerts, schedules and stores as one transaction, under one Idempotency-Key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from tocsin.adapters.dynamodb.alerts.acceptance import MOST_ACTIONS, ROOM, consumed, transaction_of
from tocsin.adapters.dynamodb.alerts.participants import actions_alone
from tocsin.adapters.dynamodb.idempotency import claimed, earlier_use, find_earlier
from tocsin.adapters.dynamodb.schedules import schedule_actions
from tocsin.adapters.dynamodb.stored_content.store_row import fresh_row
from tocsin.adapters.dynamodb.table.actions import FREE, put
from tocsin.adapters.dynamodb.table.bucket import Bucket, Contents
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.table import Table, condition_failed
from tocsin.alerts.domain.participants import Participant
from tocsin.alerts.ports.alerts import AcceptOutcome, CapacityShort, Committed, Conflict
from tocsin.alerts.ports.together import UnitOfWork
from tocsin.contacts.domain.channel import Channel
from tocsin.idempotency.domain.claim import IdempotencyClaim, KeyReused, Replayed
from tocsin.kernel.domain.errors import RequestTooLarge
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.kernel.ports import Sealer
from tocsin.schedules.domain.schedule import ScheduleBegun


@dataclass
class _Plan:
    """What one transaction writes.

    Attributes:
        claim, metas: the indexes of the claim's action and of the actions that write META rows.
        participants: the participant that each action belongs to, by index of the action.
        rows: rows that may have objects in the bucket, which are removed if the transaction is cancelled.
    """

    actions: list[Item] = field(default_factory=list)
    claim: int | None = None
    metas: list[int] = field(default_factory=list)
    participants: dict[int, Participant] = field(default_factory=dict)
    rows: list[Item] = field(default_factory=list)


class DynamoDbUnitOfWork:
    """Writes a unit of work: alerts, schedules and stores, all or none."""

    def __init__(self, table: Table, sealer: Sealer, bucket: Bucket) -> None:
        self._table = table
        self._sealer = sealer
        self._bucket = bucket
        self._contents = Contents(sealer, bucket)

    def __call__(self, together: UnitOfWork) -> AcceptOutcome:
        """Write the unit of work in one transaction and return its outcome."""
        plan = self._plan(together)
        if len(plan.actions) > MOST_ACTIONS:
            self._discard(plan)
            message = "rows in one transaction: send fewer alerts, or to fewer receivers, in one call"
            raise RequestTooLarge(MOST_ACTIONS, message)
        reasons = self._table.commit(plan.actions)
        outcome = Committed() if reasons is None else self._outcome(together, plan, reasons)
        if not isinstance(outcome, Committed):
            self._discard(plan)
        return outcome

    def earlier_answer(
        self, tenant: TenantId, key_id: ApiKeyId, claim: IdempotencyClaim, now: datetime
    ) -> Replayed | KeyReused | None:
        """Return the outcome of an earlier use of the claim, None if there is none."""
        return find_earlier(self._table, self._sealer, tenant, key_id, claim, now)

    def _plan(self, work: UnitOfWork) -> _Plan:
        tenant, plan = work.tenant, _Plan()
        if work.claim is not None:
            plan.claim = 0
            plan.actions.append(claimed(tenant, work.key_id, work.claim, work.answer, work.at, self._sealer))
        # Stores written in the same transaction take a share too; a call has at most 1 MB of them.
        room = ROOM // (len(work.acceptances) + bool(work.participants) or 1)
        consumption: Counter[Channel] = Counter()
        seen: list[Participant] = []
        for acceptance in work.acceptances:
            # A transaction writes a row once, so capacities and participants that alerts share are written once.
            consumption.update(acceptance.consumption)
            own = [participant for participant in acceptance.participants if participant not in seen]
            seen += own
            alone = replace(acceptance, consumption={}, claim=None, participants=own)
            part = transaction_of(alone, self._sealer, self._contents, room)
            plan.metas.append(len(plan.actions))
            plan.participants |= {
                len(plan.actions) + place: participant for place, participant in part.participants.items()
            }
            plan.actions += part.actions
            plan.rows += part.rows
        plan.actions += consumed(tenant, work.key_id, consumption)
        for participant in work.participants:
            for action in self._participant_actions(participant, plan):
                plan.participants[len(plan.actions)] = participant
                plan.actions.append(action)
        return plan

    def _participant_actions(self, participant: Participant, plan: _Plan) -> Sequence[Item]:
        match participant:
            case ScheduleBegun(_, store):
                actions = [*schedule_actions(participant, self._sealer)]
                if store is not None:
                    row = fresh_row(self._sealer, self._bucket, store, held=False)
                    plan.rows.append(row)
                    actions.append(put(row, FREE))
                return actions
            case _:
                return actions_alone(participant, self._sealer)

    def _outcome(self, work: UnitOfWork, plan: _Plan, reasons: Sequence[Item]) -> AcceptOutcome:
        failed = [condition_failed(reason) for reason in reasons]
        if any(failed[place] for place in plan.metas):
            return Committed()  # an earlier try of this call wrote the alerts, and its response was lost
        if work.claim is not None and plan.claim is not None and failed[plan.claim]:
            there = reasons[plan.claim].get("Item")
            earlier = earlier_use(work.tenant, there, work.claim, work.at, self._sealer)
            if earlier is not None:
                return earlier
        for place, participant in plan.participants.items():
            if failed[place]:
                return Conflict(participant)
        return CapacityShort()

    def _discard(self, plan: _Plan) -> None:
        for row in plan.rows:
            self._bucket.discard_of(row)
