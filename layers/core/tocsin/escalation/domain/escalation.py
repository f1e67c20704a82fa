"""Who is told next if too few answer: the steps of an escalation, and what ends it.

    armed ─► step 1 ─► step 2 … ─► exhausted
      └───────┴──────────┴─ enough answered ─► acknowledged     (or cancelled)

The alert that is sent at once is step 0. It and its steps belong to a linked set; whoever answered any of them is not
asked again. Answers are counted by people, not by replies: a person is a contact of the set, or a plain address.

Everything here is pure. A step is written only on top of the one before it and only while too few have answered, so
of two timers with the same idea one does nothing; an answer is counted in the same way, so what was counted first wins.
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
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.contacts.domain.recipient import Recipient, person
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId
from tocsin.responses.domain.response import Response
from tocsin.timers.domain.timer import Timer, TimerKey, TimerKind


@dataclass(frozen=True, slots=True)
class EscalationPolicy:
    """What is sent when: the part of an escalation that never changes. It says what people are told, so it is sealed.

    Attributes:
        link_ref: of the linked set that the steps join.
        after: what each step waits, and last how long after the last step it is given up.
        steps, on_stopped: see LaterAlert.text.
    """

    client_ref: str
    link_ref: str
    after: tuple[timedelta, ...]
    steps: tuple[str, ...]
    on_stopped: str | None = None


class EscalationState(StrEnum):
    """Where an escalation stands; all but ARMED are final."""

    ACTIVE = "active"
    ACKNOWLEDGED = "acknowledged"  # enough people answered
    EXHAUSTED = "exhausted"  # all steps were taken and too few answered
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class EscalationKey:
    """Which escalation: a linked set, and the first alert."""

    link: LinkKey
    first: AlertRef

    @property
    def timer(self) -> TimerKey:
        """The one timer that moves it."""
        return TimerKey(self.link.tenant, TimerKind.ESCALATION, f"{self.link.key_id}.{self.link.name}.{self.first}")

    @staticmethod
    def of_timer(key: TimerKey) -> EscalationKey:
        """Return the escalation a timer is about.

        Raises:
            ValueError: it is about something else.
        """
        key_id, name, first = key.subject.split(".")
        return EscalationKey(LinkKey(key.tenant, ApiKeyId(key_id), name), AlertRef(first))


@dataclass(frozen=True, slots=True)
class Answerer:
    """Whose answer was the last that was needed: to which message, and how."""

    key: ChunkKey
    position: int
    kind: ResponseKind
    at: datetime
    contact_id: str | None = None


@dataclass(frozen=True, slots=True)
class Escalation:
    """One escalation as it stands.

    Attributes:
        steps: how many there are beside the first alert.
        step: the latest that was taken, from 0.
        need: how many distinct people must answer; grows with the steps if `everybody` must.
        answered: how many have; never more than `need`.
        due_at: when the next step is due, or after the last one when it is given up.
        alerts: the alert of each step taken; None for one that reached nobody.
        stepped_at: when the latest step was taken.
        by: who answered last; with `answered == need` the one who ended it.
        ended_at: None while it is armed.
        expires_at: when its rows may be forgotten.
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

    @property
    def open(self) -> bool:
        """Whether answers still count and steps may be taken."""
        return self.state is EscalationState.ACTIVE and self.answered < self.need

    @property
    def stopped(self) -> bool:
        """Whether nobody may be asked any more: enough have answered, or it was cancelled.

        True as soon as the answer has been counted, some time before the state says so. When it is exhausted, what is
        on its way may still arrive.
        """
        return not self.open and self.state is not EscalationState.EXHAUSTED

    @property
    def timer(self) -> Timer:
        """Its timer as it is first set."""
        return Timer(self.key.timer, 1, self.due_at)

    def cause(self, step: int) -> Cause:
        """Return why a step's alert is sent: the same for every try to take it."""
        return Cause(CauseKind.ESCALATION, self.key.first, str(step), self.due_at)

    @property
    def all_clear(self) -> Cause:
        """Why everybody is told that it is over."""
        at = self.by.at if self.by else self.began_at
        return Cause(CauseKind.ALL_CLEAR, self.key.first, "stopped", at)

    def taken(self, now: datetime, alert: AlertRef | None, then: timedelta, newcomers: int = 0) -> Escalation:
        """Return it with its next step taken.

        Args:
            then: what the step after it waits; counted from now if it was late, so that no two come at once.
            newcomers: people it contacts whom no step before it had.
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
        """Return it with one more person's answer."""
        return replace(self, answered=self.answered + 1, by=by)

    def ended(self, state: EscalationState, at: datetime) -> Escalation:
        """Return it in a final state."""
        return replace(self, state=state, ended_at=at)


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing is to be done before `until`."""

    until: datetime


@dataclass(frozen=True, slots=True)
class TakeStep:
    """Too few have answered in time: the next step, number `step`, is due."""

    step: int


@dataclass(frozen=True, slots=True)
class End:
    """It is over, or it is to end now: in `state`."""

    state: EscalationState


Decision = Wait | TakeStep | End


def at_timer(escalation: Escalation, now: datetime) -> Decision:
    """Return what a timer that fires at `now` finds to do. A late one takes one step all the same, never two."""
    if escalation.state is not EscalationState.ACTIVE:
        return End(escalation.state)
    if escalation.answered >= escalation.need:
        return End(EscalationState.ACKNOWLEDGED)
    if now < escalation.due_at:
        return Wait(escalation.due_at)
    if escalation.step < escalation.steps:
        return TakeStep(escalation.step + 1)
    return End(EscalationState.EXHAUSTED)


@dataclass(frozen=True, slots=True)
class EscalationBegun(Participant):
    """The alert is the first of an escalation."""

    escalation: Escalation
    policy: EscalationPolicy

    @property
    def timers(self) -> Sequence[Timer]:
        """The one that takes its first step."""
        return (self.escalation.timer,)


@dataclass(frozen=True, slots=True)
class StepTaken(Participant):
    """The alert is a step of an escalation, which must stand where `before` was read, with too few answers."""

    before: Escalation
    after: Escalation


def may_follow(stands: Escalation, before: Escalation, after: Escalation) -> bool:
    """Whether a step or an end that was decided from `before` may be written over what stands.

    Answers that came in between are no hindrance as long as they are too few. An end by answers needs enough of them.
    """
    if stands.state is not EscalationState.ACTIVE or stands.step != before.step:
        return False
    enough = stands.answered >= stands.need
    return enough if after.state is EscalationState.ACKNOWLEDGED else not enough


def over(stands: Escalation, after: Escalation) -> Escalation:
    """Return what is written: the step or end of `after`, with the answers of what stands."""
    return replace(after, answered=stands.answered, by=stands.by)


def escalation_of(alert: Alert) -> EscalationKey | None:
    """Return the escalation an alert is a part of."""
    if alert.escalation is None or alert.link is None:
        return None
    return EscalationKey(alert.link.key, alert.escalation)


def answer_of(response: Response) -> tuple[EscalationKey, Answerer, str] | None:
    """Return the escalation a response counts in, as whose answer, and the person; None if it counts in none."""
    if response.escalation is None or response.link is None or not response.matched:
        return None
    by = Answerer(response.key, response.position, response.kind, response.at, response.contact_id)
    who = person(Recipient(response.address, response.contact_id))
    return EscalationKey(response.link.key, response.escalation), by, who
