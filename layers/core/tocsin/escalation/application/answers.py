"""Judge and count answers of an escalation, and wake up its timer after the last one that is needed.

The transaction of the response counts the answer. After that commit, no message that is claimed later is sent (see
`Escalation.stopped`). The client's event and the all-clear need many writes, so the escalation's timer does them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from tocsin.alerts.domain.alert import ChunkKey
from tocsin.escalation.domain.escalation import Escalation, EscalationKey, EscalationState, answer_of
from tocsin.escalation.ports import Escalations
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.kernel.ports import Clock
from tocsin.responses.domain.response import Response
from tocsin.responses.ports.responses import Kept, ResponseCounts, ResponsePage, Responses
from tocsin.timers.ports import TimerQueue, Timers

_ROUNDS = 5
_Stored = TypeVar("_Stored")


@dataclass(frozen=True, slots=True)
class WakeEscalation:
    """Make the timer of an escalation due now."""

    timers: Timers
    queue: TimerQueue
    clock: Clock

    def __call__(self, key: EscalationKey, *, changed_it: bool = True) -> None:
        """Set the timer to the next generation, due now, and enqueue its order. A missing timer is done.

        A due timer may be with a worker that read the escalation just before a change, and that will set the
        next step's time. So the caller that changed the escalation moves even a due timer, which makes that worker's
        write fail. Other callers leave a due timer alone: each move would make the order of the earlier one stale.

        Args:
            changed_it: the caller's own write ended the escalation, or made its next step due.

        Raises:
            StorageUnavailable: repeat the call; otherwise the follow-up waits until the timer is due.
        """
        now = self.clock()
        for _ in range(_ROUNDS):
            timer = self.timers.get(key.timer)
            if timer is None or (timer.due_at <= now and not changed_it):
                return
            woken = timer.next(now)
            if self.timers.move(timer, woken):
                self.queue.enqueue([woken], now)
                return


@dataclass(frozen=True, slots=True)
class AnswersEndEscalations:
    """A decorator of `Responses`: an escalation judges its answers, and one with enough of them is woken up."""

    responses: Responses
    escalations: Escalations
    wake: WakeEscalation

    def add(self, response: Response) -> Kept:
        """Store a response as its escalation judges it.

        A repeat wakes up the timer too, because an earlier worker may have died before.
        """
        return self._stored(response, self.responses.add)

    def count_anew(self, response: Response, reason: str) -> Response | None:
        """Judge a stored response anew. It wakes up the timer as a new one does."""
        return self._stored(response, lambda one: self.responses.count_anew(one, reason))

    def _stored(self, response: Response, store: Callable[[Response], _Stored]) -> _Stored:
        if (counts := answer_of(response)) is None:
            return store(response)
        found = self.escalations.get(counts[0])
        judged = response if found is None else found.judged(response)
        if found is None or not found.open or not judged.counted:
            # An ended escalation stays ended. Later answers need not contend for its row.
            stored = store(replace(judged, escalation=None))
        else:
            stored = store(judged)
            found = self.escalations.get(counts[0])
        if found is not None and _has_enough(found):
            self.wake(found.key, changed_it=_was_last(response, found))
        return stored

    def of_alert(self, tenant: TenantId, alert: AlertRef, limit: int, after: str | None, now: datetime) -> ResponsePage:
        """Return a page of the responses to an alert."""
        return self.responses.of_alert(tenant, alert, limit, after, now)

    def count(self, tenant: TenantId, alert: AlertRef, now: datetime) -> ResponseCounts:
        """Return the numbers of responses to an alert."""
        return self.responses.count(tenant, alert, now)

    def responded(self, key: ChunkKey, positions: range) -> Mapping[int, datetime]:
        """Return when the receivers at these positions first responded."""
        return self.responses.responded(key, positions)


def _has_enough(escalation: Escalation) -> bool:
    return escalation.state is EscalationState.ACTIVE and escalation.stopped


def _was_last(response: Response, escalation: Escalation) -> bool:
    by = escalation.by
    return by is not None and (by.key, by.position) == (response.key, response.position)
