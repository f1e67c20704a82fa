"""Several alerts, schedules and stores as one transaction, under one Idempotency-Key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from tocsin.adapters.dynamodb.alerts.acceptance import MOST_ACTIONS, ROOM, consumed, transaction_of
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
from tocsin.schedules.domain.schedule import ScheduleBegun, ScheduleChanged, ScheduleRun


@dataclass
class _Plan:
    """What one transaction writes.

    Attributes:
        claim, metas, beside: the places of the claim's action, of the alerts' own rows, and of what has a condition.
        rows: what may have objects, which are discarded if the transaction is refused.
    """

    actions: list[Item] = field(default_factory=list)
    claim: int | None = None
    metas: list[int] = field(default_factory=list)
    participants: dict[int, Participant] = field(default_factory=dict)
    rows: list[Item] = field(default_factory=list)


class DynamoDbUnitOfWork:
    """See the port."""

    def __init__(self, table: Table, sealer: Sealer, bucket: Bucket) -> None:
        self._table = table
        self._sealer = sealer
        self._bucket = bucket
        self._contents = Contents(sealer, bucket)

    def __call__(self, together: UnitOfWork) -> AcceptOutcome:
        """Write it in one transaction."""
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
        """Return what an earlier use of the claim came to, None if it is free."""
        return find_earlier(self._table, self._sealer, tenant, key_id, claim, now)

    def _plan(self, together: UnitOfWork) -> _Plan:
        tenant, plan = together.tenant, _Plan()
        if together.claim is not None:
            plan.claim = 0
            plan.actions.append(
                claimed(tenant, together.key_id, together.claim, together.answer, together.at, self._sealer)
            )
        # Stores that are written along take a share as well: no call brings more than a megabyte of them.
        room = ROOM // (len(together.acceptances) + bool(together.participants) or 1)
        consumption: Counter[Channel] = Counter()
        seen: list[Participant] = []
        for acceptance in together.acceptances:
            # One row can be written once: what two alerts share is taken out of them and written for both.
            consumption.update(acceptance.consumption)
            own = [participant for participant in acceptance.participants if participant not in seen]
            seen += own
            alone = replace(acceptance, consumption={}, claim=None, participants=own)
            part = transaction_of(alone, self._sealer, self._contents, room)
            plan.metas.append(len(plan.actions))
            plan.participants |= {
                len(plan.actions) + place: participants for place, participants in part.participants.items()
            }
            plan.actions += part.actions
            plan.rows += part.rows
        plan.actions += consumed(tenant, together.key_id, consumption)
        for participant in together.participants:
            for action in self._participants(participant, plan):
                plan.participants[len(plan.actions)] = participant
                plan.actions.append(action)
        return plan

    def _participants(self, participants: Participant, plan: _Plan) -> Sequence[Item]:
        match participants:
            case ScheduleBegun(_, store):
                actions = [*schedule_actions(participants, self._sealer)]
                if store is not None:
                    row = fresh_row(self._sealer, self._bucket, store, held=False)
                    plan.rows.append(row)
                    actions.append(put(row, FREE))
                return actions
            case ScheduleChanged() | ScheduleRun():
                return schedule_actions(participants, self._sealer)
            case _:
                raise TypeError(f"{type(participants).__name__} is not written without an alert")

    def _outcome(self, together: UnitOfWork, plan: _Plan, reasons: Sequence[Item]) -> AcceptOutcome:
        failed = [condition_failed(reason) for reason in reasons]
        if any(failed[place] for place in plan.metas):
            return Committed()  # these very alerts were written before: our own try, whose answer was lost
        if together.claim is not None and plan.claim is not None and failed[plan.claim]:
            there = reasons[plan.claim].get("Item")
            earlier = earlier_use(together.tenant, there, together.claim, together.at, self._sealer)
            if earlier is not None:
                return earlier
        for place, participants in plan.participants.items():
            if failed[place]:
                return Conflict(participants)
        return CapacityShort()

    def _discard(self, plan: _Plan) -> None:
        for row in plan.rows:
            self._bucket.discard_of(row)
