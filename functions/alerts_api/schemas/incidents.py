"""An incident as a resource: an alert with all steps of its escalation."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from alerts_api.schemas import codes
from alerts_api.schemas.codes import OneOf
from alerts_api.schemas.resources import EscalationResource, SentByResource, escalation_resource, sent_by
from tocsin.contacts.domain.channel import Channel
from tocsin.history.application.incident import Incident
from tocsin.history.application.read_alerts import place_of
from tocsin.history.domain.incident_person import IncidentPerson, PeoplePage, PersonMessage
from tocsin.history.domain.sent_content import TEXT_CHARACTERS, SentContent
from tocsin.history.domain.steps import IncidentStep, StepState
from tocsin.history.domain.timeline import TimelineEntry
from tocsin.kernel.domain.wire_time import wire_time
from tocsin.results.domain.reasons import reason_text

_EXACT = with_config(ConfigDict(extra="forbid"))
_STEP = "the step it is about; 0 = the first alert"


@_EXACT
class IncidentStepResource(TypedDict):
    """One step."""

    step: Annotated[int, Field(description="0 = the first alert")]
    state: Annotated[
        str,
        OneOf(StepState),
        Field(description="`next` is taken at `at` unless enough people answer; `not_taken`: it ended before"),
    ]
    at: Annotated[
        str | None,
        Field(description="when it was or will be taken; of `later` ones if each is on time; null: not, or not known"),
    ]
    alert_ref: Annotated[str | None, Field(description="null before it is taken, and of a step that sent nothing")]
    channels: Annotated[list[str], Field(description="of its elements")]
    tags: list[str]
    recipient_count: Annotated[int | None, Field(description="null before it is taken")]


@_EXACT
class PersonMessageResource(TypedDict):
    """One message to a person."""

    step: Annotated[int, Field(description=_STEP)]
    alert_ref: str
    recipient: Annotated[str, Field(description="names this receiver for `explain` of that alert")]
    channel: Annotated[str, OneOf(Channel)]
    tag: str
    address: Annotated[str, Field(description="empty after an erasure")]
    state: codes.MessageState
    reason: Annotated[codes.Reason | None, Field(description="reason of the state; null if the state says all")]
    reason_text: Annotated[str | None, Field(description="the same in words; may change")]
    attempts: int
    updated_at: str
    held_until: Annotated[str | None, Field(description="held: when the wait that `reason` names ends; else null")]


@_EXACT
class PersonAnswerResource(TypedDict):
    """The answer of a person."""

    at: Annotated[str, Field(description="when it came")]
    kind: codes.ResponseKind
    step: Annotated[int, Field(description="the step that was answered")]
    text: Annotated[str | None, Field(description="of the latest of the newest 100 answers of each step; else null")]
    by: Annotated[str | None, Field(description="who marked the person as having answered, like `key:k1`; else null")]


@_EXACT
class PersonResource(TypedDict):
    """One person, over all elements and steps: a contact, or an address."""

    contact_id: str | None
    messages: Annotated[list[PersonMessageResource], Field(description="in the order of steps and elements")]
    answer: Annotated[PersonAnswerResource | None, Field(description="null: no answer that counts")]
    not_reached: Annotated[bool, Field(description="none of the messages reached the person, and none will")]


@_EXACT
class PeopleResource(TypedDict):
    """People: who cannot come, who has answered otherwise, who was not reached, then the rest."""

    items: list[PersonResource]
    next_cursor: Annotated[str | None, Field(description="give it as `cursor` for what follows; null at the end")]
    count: Annotated[int, Field(description="all people of the incident, whatever is shown")]
    answered: int
    not_reached: Annotated[
        int | None, Field(description="null: of more than one page, in several elements or steps, it is not counted")
    ]


@_EXACT
class TimelineEntryResource(TypedDict):
    """One line of the timeline."""

    at: Annotated[str, Field(description="when it happened")]
    kind: codes.TimelineKind
    step: Annotated[int | None, Field(description=_STEP)]
    channel: Annotated[str | None, Field(description="of the messages it is about")]
    answer_kind: codes.ResponseKind | None
    count: Annotated[int | None, Field(description="how many messages or people it is about")]
    address: str | None
    contact_id: str | None
    text: Annotated[str | None, Field(description="what the person wrote, or the note of who marked the person")]
    by: Annotated[
        str | None, Field(description="who asked for a step, stopped it or marked an answer, like `key:k1`; else null")
    ]
    reason: codes.Reason | None
    reason_text: Annotated[str | None, Field(description="the same in words; may change")]


@_EXACT
class SentContentResource(TypedDict):
    """What one element said."""

    step: Annotated[int, Field(description=_STEP)]
    item: Annotated[int, Field(description="place of the element in its `alert` array")]
    channel: Annotated[str, OneOf(Channel)]
    tag: str
    recipient_count: int
    sender: Annotated[str | None, Field(description="as the receiver sees it; null: the default")]
    subject: str | None
    text: Annotated[str, Field(description=f"the text, or the body of a mail, up to {TEXT_CHARACTERS:,} characters")]
    truncated: bool
    content_type: Annotated[str | None, Field(description="of a mail")]
    personal: Annotated[bool, Field(description="keywords in braces were replaced for each receiver")]


@_EXACT
class IncidentResource(TypedDict):
    """An alert with all steps of its escalation."""

    alert_ref: Annotated[str, Field(description="the first alert, also if a step was asked for")]
    title: str
    sent_by: SentByResource
    company: Annotated[str | None, Field(description="the sub-unit that it belongs to; null: the whole account")]
    client_ref: str
    sandbox: bool
    accepted_at: str
    state: codes.IncidentState
    counts: Annotated[dict[codes.MessageState, int], Field(description="messages per state, of all steps")]
    excluded_count: Annotated[int, Field(description="receivers that were asked for and not accepted, of all steps")]
    escalation: Annotated[EscalationResource | None, Field(description="null for an alert that is part of none")]
    steps: Annotated[list[IncidentStepResource], Field(description="empty without an escalation")]
    gives_up_at: Annotated[
        str | None, Field(description="when the escalation ends without enough answers; null = it is over")
    ]
    people: PeopleResource
    timeline: Annotated[
        list[TimelineEntryResource],
        Field(description="newest first; with what became of messages if one page has all people"),
    ]
    contents: Annotated[list[SentContentResource], Field(description="what was sent")]


def incident_resource(incident: Incident) -> IncidentResource:
    """Return an incident with a page of its people."""
    look = incident.look
    first, escalation, steps = look.first, look.escalation, incident.steps
    return {
        "alert_ref": first.ref,
        "title": first.headline,
        "sent_by": sent_by(first.sender),
        "company": first.company,
        "client_ref": first.client_ref,
        "sandbox": first.sandbox,
        "accepted_at": wire_time(first.accepted_at),
        "state": look.state.value,
        "counts": {state.value: count for state, count in look.counts.items()},
        "excluded_count": sum(alert.excluded for alert in look.alerts if alert is not None),
        "escalation": None if escalation is None else escalation_resource(escalation),
        "steps": [_step(step) for step in steps.steps] if steps else [],
        "gives_up_at": _time(steps.gives_up_at) if steps else None,
        "people": _people(incident.people),
        "timeline": [_entry(entry) for entry in incident.timeline],
        "contents": [_content(content) for content in incident.contents],
    }


def _time(at: datetime | None) -> str | None:
    return None if at is None else wire_time(at)


def _step(step: IncidentStep) -> IncidentStepResource:
    return {
        "step": step.number,
        "state": step.state.value,
        "at": _time(step.at),
        "alert_ref": step.alert,
        "channels": list(step.channels),
        "tags": list(step.tags),
        "recipient_count": step.recipients,
    }


def _people(page: PeoplePage) -> PeopleResource:
    return {
        "items": [_person(person) for person in page.rows],
        "next_cursor": page.next,
        "count": page.total,
        "answered": page.answered,
        "not_reached": page.not_reached,
    }


def _person(person: IncidentPerson) -> PersonResource:
    answer = person.answer
    return {
        "contact_id": person.contact_id,
        "messages": [_message(message) for message in person.messages],
        "answer": None
        if answer is None
        else {
            "at": wire_time(answer.at),
            "kind": answer.kind.value,
            "step": answer.step,
            "text": answer.text,
            "by": answer.by,
        },
        "not_reached": person.not_reached,
    }


def _message(message: PersonMessage) -> PersonMessageResource:
    place, facts = message.place, message.facts
    return {
        "step": place.step,
        "alert_ref": message.alert,
        "recipient": place_of(place.item, place.chunk, place.position),
        "channel": message.channel.value,
        "tag": message.tag,
        "address": message.address,
        "state": facts.state.value,
        "reason": facts.reason,
        "reason_text": _words(facts.reason),
        "attempts": facts.attempts,
        "updated_at": wire_time(facts.updated_at),
        "held_until": _time(facts.held_until),
    }


def _entry(entry: TimelineEntry) -> TimelineEntryResource:
    return {
        "at": wire_time(entry.at),
        "kind": entry.kind.value,
        "step": entry.step,
        "channel": None if entry.channel is None else entry.channel.value,
        "answer_kind": None if entry.answer is None else entry.answer.value,
        "count": entry.count,
        "address": entry.address,
        "contact_id": entry.contact_id,
        "text": entry.text,
        "by": entry.by,
        "reason": entry.reason,
        "reason_text": _words(entry.reason),
    }


def _content(content: SentContent) -> SentContentResource:
    return {
        "step": content.step,
        "item": content.item,
        "channel": content.channel.value,
        "tag": content.tag,
        "recipient_count": content.recipients,
        "sender": content.sender,
        "subject": content.subject,
        "text": content.text,
        "truncated": content.truncated,
        "content_type": content.content_type,
        "personal": content.personal,
    }


def _words(reason: str | None) -> str | None:
    return None if reason is None else reason_text(reason)
