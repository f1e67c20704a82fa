"""An escalation: further alerts, called steps, until enough people answer.

    active ─► step 1 ─► step 2 … ─► exhausted
      └────────┴──────────┴─ enough answered ─► acknowledged     (or cancelled)

The alert that is sent at once is step 0. All steps belong to one linked set, and a person who answered one of them is
not contacted again. Each person counts once, however often they reply: a contact of the set, or an address. An answer
that is weaker as evidence than the escalation asks for counts for nothing, here or elsewhere.

Everything here is pure. A step is written only if the stored escalation has the step before it and too few answers. So
of two workers with the same step, one has no effect. Answers are counted on the same row: the first write wins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from tocsin.alerts.domain.alert import Alert, ChunkKey
from tocsin.alerts.domain.cause import Cause, CauseKind
from tocsin.alerts.domain.link import LinkKey
from tocsin.alerts.domain.participants import Participant
from tocsin.alerts.domain.response_kind import Evidence, ResponseKind
from tocsin.contacts.domain.recipient import Recipient, person
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId
from tocsin.responses.domain.response import Response
from tocsin.results.domain.uncounted import UncountedReason
from tocsin.timers.domain.timer import Timer, TimerKey, TimerKind


@dataclass(frozen=True, slots=True)
class EscalationPolicy:
    """What an escalation sends, and when. A policy never changes; it contains message texts, so the row is sealed.

    Attributes:
        client_ref: of the alerts of the steps.
        link_ref: of the linked set that the steps join.
        after: the time before each step; the last entry is the time from the last step to `exhausted`.
        steps, on_stopped: alerts as JSON text: one of each step, and the all-clear (None = there is none).
    """

    client_ref: str
    link_ref: str
    after: tuple[timedelta, ...]
    steps: tuple[str, ...]
    on_stopped: str | None = None


class EscalationState(StrEnum):
    """The state of an escalation. All states but ACTIVE are final."""

    ACTIVE = "active"
    ACKNOWLEDGED = "acknowledged"  # enough people answered
    EXHAUSTED = "exhausted"  # all steps were taken and too few answered
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class EscalationKey:
    """The key of an escalation: its linked set and its first alert."""

    link: LinkKey
    first: AlertRef

    @property
    def timer(self) -> TimerKey:
        """The key of the escalation's only timer."""
        return TimerKey(self.link.tenant, TimerKind.ESCALATION, f"{self.link.key_id}.{self.link.name}.{self.first}")

    @staticmethod
    def of_timer(key: TimerKey) -> EscalationKey:
        """Return the key of a timer's escalation.

        Raises:
            ValueError: the timer is not that of an escalation.
        """
        key_id, name, first = key.subject.split(".")
        return EscalationKey(LinkKey(key.tenant, ApiKeyId(key_id), name), AlertRef(first))


@dataclass(frozen=True, slots=True)
class Answerer:
    """The last counted answer: which message was answered, how and when."""

    key: ChunkKey
    position: int
    kind: ResponseKind
    at: datetime
    contact_id: str | None = None
    evidence: Evidence = Evidence.WROTE


@dataclass(frozen=True, slots=True)
class RequestedStep:
    """A step that was asked for before it was due.

    Attributes:
        by: who asked: `key:<id>` of an API key.
        call: identifies the call, the same for every repeat of it.
    """

    step: int
    by: str
    call: str


@dataclass(frozen=True, slots=True)
class Escalation:
    """One escalation at one moment.

    Attributes:
        steps: number of steps after the first alert.
        step: number of the latest step that was taken; 0 = the first alert.
        need: number of people who must answer; grows with each step if `everybody`.
        answered: number of people who have answered; at most `need`.
        everybody: every contacted person must answer.
        evidence: weaker answers do not count; None = it began before answers were judged, and every answer counts.
        due_at: when the next step is due; after the last step, when the escalation becomes `exhausted`.
        alerts: the alert of each step that was taken; None = the step sent nothing.
        stepped_at: when the latest step was taken.
        by: the last counted answer; if `answered == need`, the answer that ended the escalation.
        ended_at: None = the state is ACTIVE.
        expires_at: when its rows may be deleted; None = never.
        requested: the latest step that was asked for before it was due.
        ended_by: who stopped it, `key:<id>` of an API key; None = it was not stopped by name.
        with_all_clear: it was stopped, and the all-clear goes to everybody who was contacted.
    """

    key: EscalationKey
    state: EscalationState
    steps: int
    step: int
    need: int
    answered: int
    everybody: bool
    began_at: datetime
    due_at: datetime
    alerts: tuple[AlertRef | None, ...]
    stepped_at: datetime
    by: Answerer | None = None
    ended_at: datetime | None = None
    expires_at: datetime | None = None
    evidence: Evidence | None = None
    requested: RequestedStep | None = None
    ended_by: str | None = None
    with_all_clear: bool = False

    @property
    def open(self) -> bool:
        """Whether answers count and steps may be taken."""
        return self.state is EscalationState.ACTIVE and self.answered < self.need

    @property
    def stopped(self) -> bool:
        """Whether no further message may be sent: enough people have answered, or the escalation was cancelled.

        True as soon as the last answer is counted, before `state` changes. Messages of an exhausted escalation may
        still be sent.
        """
        return not self.open and self.state is not EscalationState.EXHAUSTED

    def stops(self, resent_at: datetime | None) -> bool:
        """Whether a message may not be sent any more.

        Args:
            resent_at: when a client last asked to send it again. After enough answers that is the client's own will.
        """
        if not self.stopped or self.state is EscalationState.CANCELLED or self.by is None:
            return self.stopped
        return resent_at is None or resent_at < self.by.at

    @property
    def ended_how(self) -> str:
        """How it ended, as a stable word: a final state, or `cancelled_with_all_clear`; "" while it is open."""
        if self.open:
            return ""
        if self.with_all_clear:
            return "cancelled_with_all_clear"
        # Enough answers end it, even before its timer has written the end.
        return (EscalationState.ACKNOWLEDGED if self.state is EscalationState.ACTIVE else self.state).value

    @property
    def timer(self) -> Timer:
        """The first generation of its timer."""
        return Timer(self.key.timer, 1, self.due_at)

    def judged(self, response: Response) -> Response:
        """Return a response to one of its alerts with the reason why it does not count, if there is one."""
        if self.evidence is None or not response.counted:
            return response
        if not response.evidence.at_least(self.evidence):
            return replace(response, reason=UncountedReason.EVIDENCE_TOO_WEAK)
        return response if self.open else replace(response, reason=UncountedReason.AFTER_THE_END)

    def cause(self, step: int) -> Cause:
        """Return the cause of a step's alert, equal for every attempt."""
        return Cause(CauseKind.ESCALATION, self.key.first, str(step), self.due_at)

    @property
    def all_clear(self) -> Cause:
        """The cause of the all-clear, equal for every attempt."""
        at = self.by.at if self.by else self.began_at
        if self.with_all_clear and self.ended_at is not None:
            at = self.ended_at
        return Cause(CauseKind.ALL_CLEAR, self.key.first, "stopped", at)

    def taken(self, now: datetime, alert: AlertRef | None, then: timedelta, newcomers: int = 0) -> Escalation:
        """Return the escalation after its next step.

        Args:
            alert: the alert of the step; None = the step sent nothing.
            then: the time before the following step, counted from `now` if this step is late.
            newcomers: number of people whom no earlier step contacted.
        """
        return replace(
            self,
            step=self.step + 1,
            need=self.need + (newcomers if self.everybody else 0),
            due_at=max(self.due_at, now) + then,
            alerts=(*self.alerts, alert),
            stepped_at=now,
        )

    def counted(self, by: Answerer) -> Escalation:
        """Return the escalation with the answer of one more person."""
        return replace(self, answered=self.answered + 1, by=by)

    def at_once(self, requested: RequestedStep, now: datetime) -> Escalation:
        """Return the escalation with its next step due at `now`, unless it was due before."""
        return replace(self, due_at=min(self.due_at, now), requested=requested)

    def ended(
        self, state: EscalationState, at: datetime, by: str | None = None, *, with_all_clear: bool = False
    ) -> Escalation:
        """Return the escalation in a final state."""
        return replace(self, state=state, ended_at=at, ended_by=by, with_all_clear=with_all_clear)


@dataclass(frozen=True, slots=True)
class EscalationBegun(Participant):
    """The alert is the first of an escalation."""

    escalation: Escalation
    policy: EscalationPolicy

    @property
    def timers(self) -> Sequence[Timer]:
        """The timer of its first step."""
        return (self.escalation.timer,)


@dataclass(frozen=True, slots=True)
class StepTaken(Participant):
    """The alert is a step of an escalation. Condition: `may_follow`."""

    before: Escalation
    after: Escalation


def may_follow(stored: Escalation, before: Escalation, after: Escalation) -> bool:
    """Whether a step, a request for one or an end, decided from `before`, may replace the stored escalation `stored`.

    Answers since then do not matter while they are too few. ACKNOWLEDGED needs enough answers.
    """
    if stored.state is not EscalationState.ACTIVE or stored.step != before.step:
        return False
    enough = stored.answered >= stored.need
    return enough if after.state is EscalationState.ACKNOWLEDGED else not enough


def over(stored: Escalation, after: Escalation) -> Escalation:
    """Return the row to write: `after` with the answers of the stored escalation `stored`."""
    requested = after.requested if after.open and after.step == stored.step else stored.requested
    return replace(after, answered=stored.answered, by=stored.by, requested=requested)


def escalation_of(alert: Alert) -> EscalationKey | None:
    """Return the key of an alert's escalation; None = the alert belongs to none."""
    if alert.escalation is None or alert.link is None:
        return None
    return EscalationKey(alert.link.key, alert.escalation)


def answer_of(response: Response) -> tuple[EscalationKey, Answerer, str] | None:
    """Return the key of the escalation that counts a response, the answer, and the person; None = it counts in none."""
    if response.escalation is None or response.link is None or not response.counted or response.not_ok:
        return None
    by = Answerer(response.key, response.position, response.kind, response.at, response.contact_id, response.evidence)
    who = person(Recipient(response.address, response.contact_id))
    return EscalationKey(response.link.key, response.escalation), by, who
