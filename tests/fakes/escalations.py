"""Escalations in memory."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from tests.fakes.alerts import FakeAlertRepository
from tests.fakes.outage import Outage
from tests.fakes.time import VirtualClock
from tests.fakes.timers import FakeTimers
from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.domain.link import LinkKey
from tocsin.contacts.domain.recipient import Recipient, person
from tocsin.escalation.domain.escalation import (
    Escalation,
    EscalationBegun,
    EscalationKey,
    EscalationPolicy,
    StepTaken,
    answer_of,
    may_follow,
    over,
)
from tocsin.escalation.ports import Standing
from tocsin.responses.domain.response import Response


class FakeEscalations:
    """`rows`, `counted` and `stopped_at` (the commit after which nobody may be asked) may be inspected.

    `history` holds every state of every escalation, oldest first.

    A world tells its alerts who keeps escalations (`written_participants`), and its responses too.
    """

    def __init__(self, timers: FakeTimers | None = None, clock: VirtualClock | None = None) -> None:
        self.timers = timers or FakeTimers()
        self.clock = clock or VirtualClock()
        self.stopped_at: dict[EscalationKey, datetime] = {}
        self.rows: dict[EscalationKey, Escalation] = {}
        self.ladders: dict[EscalationKey, EscalationPolicy] = {}
        self.counted: dict[EscalationKey, set[str]] = {}
        self.history: list[Escalation] = []
        self.outage = Outage()
        self._lock = threading.RLock()

    # --- the port ---------------------------------------------------------------------------------------------

    def get(self, key: EscalationKey) -> Escalation | None:
        self.outage.check()
        return self.rows.get(key)

    def get_all(self, keys: Sequence[EscalationKey]) -> Mapping[EscalationKey, Escalation]:
        self.outage.check()
        return {key: self.rows[key] for key in keys if key in self.rows}

    def policy(self, key: EscalationKey) -> EscalationPolicy | None:
        self.outage.check()
        return self.ladders.get(key)

    def standing(self, key: EscalationKey, recipients: Sequence[Recipient]) -> Standing | None:
        self.outage.check()
        with self._lock:
            found = self.rows.get(key)
            if found is None:
                return None
            return Standing(found, frozenset(map(person, recipients)) & self.counted[key])

    def move(self, before: Escalation, after: Escalation) -> bool:
        self.outage.check()
        with self._lock:
            stands = self.rows.get(before.key)
            if stands is None or not may_follow(stands, before, after):
                return False
            self._put(over(stands, after))
            return True

    def of_set(self, link: LinkKey) -> Sequence[Escalation]:
        self.outage.check()
        return [found for key, found in sorted(self.rows.items(), key=lambda one: one[0].first) if key.link == link]

    # --- what others write here -------------------------------------------------------------------------------

    def written_participants(self, alerts: FakeAlertRepository) -> None:
        """Be who keeps what is written beside these alerts."""
        alerts.writes(EscalationBegun, self)
        alerts.writes(StepTaken, self)

    def holds(self, participants: EscalationBegun | StepTaken, alert: Alert) -> bool:
        if isinstance(participants, EscalationBegun):
            return participants.escalation.key not in self.rows
        stands = self.rows.get(participants.before.key)
        return stands is not None and may_follow(stands, participants.before, participants.after)

    def write(self, participants: EscalationBegun | StepTaken, alert: Alert) -> None:
        with self._lock:
            if isinstance(participants, EscalationBegun):
                key = participants.escalation.key
                self.ladders[key], self.counted[key] = participants.policy, set()
                self._put(participants.escalation)
                for timer in participants.timers:
                    self.timers.arm(timer)
            else:
                self._put(over(self.rows[participants.before.key], participants.after))

    def over(self, response: Response) -> bool:
        """Whether the escalation that would count a response has ended."""
        counts = answer_of(response)
        stands = self.rows.get(counts[0]) if counts else None
        return counts is not None and (stands is None or not stands.open)

    def note(self, response: Response) -> None:
        """Be the part of a response's transaction that counts a person."""
        if (counts := answer_of(response)) is None:
            return
        key, by, who = counts
        with self._lock:
            stands = self.rows.get(key)
            if stands is None or who in self.counted[key] or not stands.open:
                return
            self.counted[key].add(who)
            self._put(stands.counted(by))

    def _put(self, escalation: Escalation) -> None:
        kept = replace(
            escalation,
            began_at=_whole(escalation.began_at),
            due_at=_whole(escalation.due_at),
            stepped_at=_whole(escalation.stepped_at),
            ended_at=None if escalation.ended_at is None else _whole(escalation.ended_at),
            expires_at=None if escalation.expires_at is None else _whole(escalation.expires_at),
        )
        self.rows[escalation.key] = kept
        self.history.append(kept)
        if kept.stopped:
            self.stopped_at.setdefault(kept.key, self.clock())


def _whole(at: datetime) -> datetime:
    return at.replace(microsecond=at.microsecond // 1000 * 1000)
