"""Answers that end an escalation: counted with the answer itself, and what follows is left to its timer.

The count is the end: from that write on nobody is asked any more (see `Escalation.stopped`). What follows, telling the
client and everybody who was contacted, is many writes, so it runs by the escalation's timer, which is rung now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from tocsin.alerts.domain.alert import ChunkKey
from tocsin.escalation.domain.escalation import Escalation, EscalationKey, EscalationState, answer_of
from tocsin.escalation.ports import Escalations
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.kernel.ports import Clock
from tocsin.responses.domain.response import Response
from tocsin.responses.ports.responses import ResponsePage, Responses
from tocsin.timers.ports import TimerQueue, Timers

_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class WakeEscalation:
    """Let the timer of an escalation be due now, whatever it was set to."""

    timers: Timers
    queue: TimerQueue
    clock: Clock

    def __call__(self, key: EscalationKey, *, ended_it: bool = True) -> None:
        """Ring it. A timer that another worker moves at this moment is looked at again; a missing one has done all.

        A timer that is due may be with a worker who looked at the escalation a moment before it ended, and is about to
        set it for the next step. Whoever ended it therefore takes it away from that worker; all others leave it to
        come: if a crowd did the same, each would make the order of the one before stale.

        Args:
            ended_it: the caller's own write was the end.

        Raises:
            StorageUnavailable: do it again; else it ends when its timer is due anyway.
        """
        now = self.clock()
        for _ in range(_ROUNDS):
            timer = self.timers.get(key.timer)
            if timer is None or (timer.due_at <= now and not ended_it):
                return
            woken = timer.next(now)
            if self.timers.move(timer, woken):
                self.queue.enqueue([woken], now)
                return


@dataclass(frozen=True, slots=True)
class AnswersEndEscalations:
    """`Responses` that wake an escalation when it has its last answer; stands before the real ones."""

    responses: Responses
    escalations: Escalations
    wake: WakeEscalation

    def add(self, response: Response) -> bool:
        """Keep it. A repeat looks again, since the worker before may have died between the answer and the ring."""
        if (counts := answer_of(response)) is None:
            return self.responses.add(response)
        found = self.escalations.get(counts[0])
        if found is None or not found.open:
            # Nothing opens it again. Whoever answers now, a crowd perhaps, need not meet on its row.
            fresh = self.responses.add(replace(response, escalation=None))
        else:
            fresh = self.responses.add(response)
            found = self.escalations.get(counts[0])
        if found is not None and _has_enough(found):
            self.wake(found.key, ended_it=_was_last(response, found))
        return fresh

    def of_alert(self, tenant: TenantId, alert: AlertRef, limit: int, after: str | None, now: datetime) -> ResponsePage:
        """Return responses."""
        return self.responses.of_alert(tenant, alert, limit, after, now)

    def count(self, tenant: TenantId, alert: AlertRef, now: datetime) -> int:
        """Return how many there are."""
        return self.responses.count(tenant, alert, now)

    def responded(self, key: ChunkKey, positions: range) -> Mapping[int, datetime]:
        """Return when receivers first responded."""
        return self.responses.responded(key, positions)


def _has_enough(escalation: Escalation) -> bool:
    return escalation.state is EscalationState.ACTIVE and escalation.stopped


def _was_last(response: Response, escalation: Escalation) -> bool:
    by = escalation.by
    return by is not None and (by.key, by.position) == (response.key, response.position)
