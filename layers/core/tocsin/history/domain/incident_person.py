"""The people of an incident: their messages over all elements and steps, and what they answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from tocsin.alerts.domain.response_kind import Evidence, ResponseKind
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.domain.message import MessageState
from tocsin.history.domain.incident_state import NOT_REACHED
from tocsin.history.domain.message_facts import MessageFacts
from tocsin.history.domain.people import Place
from tocsin.kernel.domain.ids import AlertRef
from tocsin.responses.domain.response import Response


class PeopleShown(StrEnum):
    """Which people a page is about."""

    ALL = "all"
    ANSWERED = "answered"
    NO_ANSWER = "no_answer"
    NOT_REACHED = "not_reached"


@dataclass(frozen=True, slots=True)
class PersonMessage:
    """One message to a person. `address`: "" after an erasure."""

    place: Place
    alert: AlertRef
    channel: Channel
    tag: str
    address: str
    facts: MessageFacts


@dataclass(frozen=True, slots=True)
class PersonAnswer:
    """What a person answered.

    Attributes:
        step: the step whose message was answered.
        text: of the latest answer, None if it has none or is not among those that were read.
        by: who marked the person as having answered, like `key:<id>`; None = the person answered.
        evidence: of the latest answer, None if it is not among those that were read.
        not_ok: the latest answer says that the person is not well, or cannot come.
    """

    at: datetime
    kind: ResponseKind
    step: int
    text: str | None = None
    by: str | None = None
    evidence: Evidence | None = None
    not_ok: bool = False


@dataclass(frozen=True, slots=True)
class IncidentPerson:
    """One person of an incident.

    Attributes:
        messages: over all elements and steps, in the order of asking; at least one.
        answer: None = no answer that counts.
    """

    contact_id: str | None
    messages: tuple[PersonMessage, ...]
    answer: PersonAnswer | None

    @property
    def not_reached(self) -> bool:
        """Whether no message reached the person, or will."""
        tried = [message.facts.state for message in self.messages if message.facts.state is not MessageState.SKIPPED]
        return bool(tried) and all(state in NOT_REACHED for state in tried)


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """A page of people. It may be short or empty although `next` is set; None = the last page.

    Attributes:
        total, answered: people of the whole incident, and those who have answered.
        not_reached: None = there are too many to tell which of them are the same person.
        complete: whether the page has all people of the incident.
    """

    rows: tuple[IncidentPerson, ...]
    next: str | None
    total: int
    answered: int
    not_reached: int | None
    complete: bool

    def with_answers(self, answers: Iterable[tuple[int, Response]]) -> PeoplePage:
        """Return the page with the texts of these answers, each with the step of its alert; newest first."""
        latest = latest_answers(answers)
        return replace(self, rows=tuple(_with_text(person, latest) for person in self.rows))


def latest_answers(answers: Iterable[tuple[int, Response]]) -> Mapping[Place, Response]:
    """Return the latest answer to each message that counts. `answers`: with the step of their alert, newest first."""
    latest: dict[Place, Response] = {}
    for step, response in answers:
        if response.counted:
            key = response.key
            latest.setdefault(Place(step, key.item, key.chunk, response.position), response)
    return latest


def _with_text(person: IncidentPerson, latest: Mapping[Place, Response]) -> IncidentPerson:
    found = [(message.place.step, latest[message.place]) for message in person.messages if message.place in latest]
    if person.answer is None or not found:
        return person
    step, response = max(found, key=lambda each: each[1].at)
    answer = PersonAnswer(
        at=response.at,
        kind=response.kind,
        step=step,
        text=response.text or None,
        by=response.details.get("by"),
        evidence=response.evidence,
        not_ok=response.not_ok,
    )
    return replace(person, answer=answer)
