"""An incident in sentences: standing, steps, people and timeline as the page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console import outcomes
from console.call_words import attempts, dialogue_words, key_words, standing
from console.words import NOUNS, counted, messages, people, sender_of
from tocsin.alerts.domain.response_kind import Evidence, ResponseKind
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.recipient import ANYBODY
from tocsin.delivery.domain.message import MessageState
from tocsin.escalation.domain.escalation import EscalationState
from tocsin.history.application.incident import Incident
from tocsin.history.domain.incident_person import IncidentPerson, PersonAnswer, PersonMessage
from tocsin.history.domain.sent_content import SentContent
from tocsin.history.domain.steps import IncidentStep, StepState
from tocsin.history.domain.timeline import TimelineEntry, TimelineKind
from tocsin.results.domain.reasons import reason_text

CHANNELS = (
    (Channel.SMS, "Text"),
    (Channel.EMAIL, "Email"),
    (Channel.CALL, "Call"),
    (Channel.INBOUND_CALL, "For callers"),
)

_ARRIVED: Mapping[Channel | None, str] = {Channel.CALL: "answered", Channel.INBOUND_CALL: "heard"}
_MISSED: Mapping[Channel | None, str] = {Channel.CALL: "reached no one", Channel.INBOUND_CALL: "was not heard"}
_FOR_CALLERS = {MessageState.SENT: ("wait", "waits for a call"), MessageState.DELIVERED: ("ok", "heard")}
"""Words of channels for what other channels call delivered."""

_ANSWERED_BY = {
    ResponseKind.SMS: "by text",
    ResponseKind.EMAIL: "by mail",
    ResponseKind.CALL: "by phone",
    ResponseKind.SHORTLINK: "by link",
}


@dataclass(frozen=True, slots=True)
class IncidentView:
    """What the template uses. Every text is for people; times are instants."""

    ref: str
    title: str
    sender: str
    at: datetime
    kind: str
    word: str
    sentence: str
    answered: int
    need: int
    next_at: datetime | None
    next_step: int | None
    stoppable: bool
    resendable: bool
    steps: list[dict[str, Any]]
    channels: list[str]
    rows: list[dict[str, Any]]
    next: str | None
    tabs: list[tuple[str, str, int | None]]
    shares: list[tuple[str, int, str]]
    shares_sentence: str
    timeline: list[tuple[datetime, str, str]]
    contents: list[dict[str, Any]]


def view_of(found: Incident, now: datetime) -> IncidentView:
    """Return an incident as the page shows it."""
    look, escalation = found.look, found.look.escalation
    state = look.state.value
    kind, word = outcomes.INCIDENTS[state]
    parts = outcomes.shares(look.counts)
    active = escalation is not None and escalation.state is EscalationState.ACTIVE
    used = {message.channel for person in found.people.rows for message in person.messages}
    channels = [(channel, name) for channel, name in CHANNELS if channel in used]
    return IncidentView(
        ref=look.first.ref,
        title=look.first.headline,
        sender=sender_of(look.first),
        at=look.first.accepted_at,
        kind=kind,
        word=word,
        sentence=_standing(found, state),
        answered=escalation.answered if escalation else found.people.answered,
        need=escalation.need if escalation else 0,
        next_at=escalation.due_at if escalation and active else None,
        next_step=escalation.step + 1 if escalation and active and escalation.step < escalation.steps else None,
        stoppable=state in outcomes.OPEN,
        resendable=bool(look.counts.get(MessageState.FAILED)) and state != "stopped",
        steps=[_step(step) for step in found.steps.steps] if found.steps else [],
        channels=[name for _, name in channels],
        rows=[_row(person, [channel for channel, _ in channels]) for person in found.people.rows],
        next=found.people.next,
        tabs=[
            ("all", "All", found.people.total),
            ("answered", "Answered", found.people.answered),
            ("no_answer", "No answer", found.people.total - found.people.answered),
            ("not_reached", "Not reached", found.people.not_reached),
        ],
        shares=parts,
        shares_sentence=outcomes.sentence(parts),
        timeline=[(entry.at, *_happened(entry, found)) for entry in found.timeline],
        contents=[_content(each) for each in found.contents],
    )


def _standing(found: Incident, state: str) -> str:
    """Return in one sentence how things stand, and what comes next."""
    escalation = found.look.escalation
    if escalation is None:
        return outcomes.sentence(outcomes.shares(found.look.counts)).capitalize() + "."
    needed = f"{escalation.need} people needed" if escalation.need > 1 else "1 person needed"
    have = f"{escalation.answered or 'None'} of {needed} has" if escalation.need > 1 else "No person has"
    if state == "answered":
        return f"Enough people have answered: {escalation.answered} of {escalation.need}. No other person is told."
    if state == "unanswered":
        return f"All steps were sent. {have} answered."
    if state == "stopped":
        return "It was stopped. No further step is sent."
    missing = escalation.need - escalation.answered
    what = "the next step is sent" if escalation.step < escalation.steps else "it is given up"
    return f"{have} answered. Unless {missing} more {'does' if missing == 1 else 'do'}, {what}."


def _step(step: IncidentStep) -> dict[str, Any]:
    css = {StepState.TAKEN: "past", StepState.NEXT: "next", StepState.LATER: "later"}.get(step.state, "off")
    how = " and ".join(NOUNS[Channel(each)] for each in step.channels) or "no person could be told"
    who = "Everybody" if step.number == 0 else f"Step {step.number}"
    told = f"{people(step.recipients)}, by {how}" if step.recipients else f"by {how}"
    return {
        "name": who,
        "css": css,
        "detail": told if step.state is not StepState.NOT_TAKEN else "not needed",
        "at": step.at,
    }


def _row(person: IncidentPerson, channels: list[Channel]) -> dict[str, Any]:
    cells = []
    for channel in channels:
        own = [message for message in person.messages if message.channel is channel]
        cells.append([_cell(message) for message in own])
    addresses = list(dict.fromkeys(message.address for message in person.messages if message.address))
    anybody = addresses[:1] == [ANYBODY.address]
    name = person.contact_id or ("anybody who calls" if anybody else addresses[0] if addresses else "erased")
    answer = person.answer
    called = any(message.channel is Channel.CALL for message in person.messages)
    return {
        "key": str(person.messages[0].place).replace(".", "-"),
        "name": name,
        "address": ", ".join(address for address in addresses if address != name and not anybody),
        "contact": person.contact_id or "",
        "recipient": "" if person.contact_id or anybody else (addresses[0] if addresses else ""),
        "cells": cells,
        "answer": _answer(answer) if answer else "",
        "quoted": bool(answer and answer.text and answer.kind is not ResponseKind.CALL),
        "not_ok": bool(answer and answer.not_ok),
        "by": _answered_by(answer, called=called) if answer else "",
        "answered_at": answer.at if answer else None,
    }


def _answer(answer: PersonAnswer) -> str:
    """Return what a person answered."""
    if answer.kind is ResponseKind.CALL and answer.text:
        return f"Cannot come, {key_words(answer.text)}" if answer.not_ok else key_words(answer.text).capitalize()
    return answer.text or "has answered"


def _answered_by(answer: PersonAnswer, *, called: bool) -> str:
    """Return how a person answered. `called`: we had called them."""
    if answer.kind is ResponseKind.CALL and answer.evidence is Evidence.PRESSED_IN:
        return f"called {'back' if called else 'in'} from their number"
    return _ANSWERED_BY.get(answer.kind, "marked here")


def _cell(message: PersonMessage) -> dict[str, Any]:
    facts = message.facts
    kind, word = standing(facts) or outcomes.MESSAGES[facts.state]
    if message.channel is Channel.INBOUND_CALL:
        kind, word = _FOR_CALLERS.get(facts.state, (kind, word))
    told = facts.reason and kind in ("bad", "warn", "wait") and not facts.calls
    return {
        "kind": kind,
        "word": word,
        "why": reason_text(facts.reason or "") if told else "",
        "at": facts.updated_at,
        "again_at": facts.next_try_at or facts.held_until,
        "held": facts.held_until is not None,
        "attempts": attempts(facts),
    }


def _happened(entry: TimelineEntry, found: Incident) -> tuple[str, str]:
    """Return a line of the timeline, and what was said."""
    who = entry.contact_id or entry.address or "a receiver"
    noun = NOUNS[entry.channel] if entry.channel else "message"
    count = entry.count or 0
    these = messages(count, entry.channel) if entry.channel else counted(count, "message")
    match entry.kind:
        case TimelineKind.ACCEPTED:
            return f"Accepted from {sender_of(found.look.first)}: {counted(count, 'message')}", ""
        case TimelineKind.STEP:
            return f"Step {entry.step} was sent: {counted(count, 'message')}", ""
        case TimelineKind.STEP_WITHOUT_ALERT:
            return f"Step {entry.step}: no person could be told", ""
        case TimelineKind.DELIVERED:
            return f"{these} {_ARRIVED.get(entry.channel, 'delivered')}", ""
        case TimelineKind.NOT_REACHED if count:
            return f"{these} {_missed(entry)}", ""
        case TimelineKind.NOT_REACHED:
            why = f", {reason_text(entry.reason)}" if entry.reason else ""
            return f"{who}: {noun} {_missed(entry)}{why}", ""
        case TimelineKind.ANSWERED if entry.answer is ResponseKind.CALL and entry.text:
            did = f"cannot come: {key_words(entry.text)}" if entry.not_ok else key_words(entry.text)
            return f"{who} {'called and ' if entry.evidence is Evidence.PRESSED_IN else ''}{did}", ""
        case TimelineKind.ANSWERED:
            how = _ANSWERED_BY.get(entry.answer, "was marked as answered") if entry.answer else ""
            return f"{who} answered {how}".replace("answered was", "was"), entry.text or ""
        case TimelineKind.ANSWER_NOT_COUNTED:
            why = f": {reason_text(entry.reason)}" if entry.reason else ""
            return f"{who} answered, which does not count{why}", entry.text or ""
        case TimelineKind.ACKNOWLEDGED:
            return f"Enough people have answered: {count}", ""
        case TimelineKind.EXHAUSTED:
            return "All steps were sent, and too few people have answered", ""
        case TimelineKind.ALL_CLEAR:
            return f"All clear to {people(count)}", ""
        case _:
            return "Stopped", ""


def _missed(entry: TimelineEntry) -> str:
    return _MISSED.get(entry.channel, "did not arrive")


def _content(sent: SentContent) -> dict[str, Any]:
    where = f"Step {sent.step} · " if sent.step else ""
    name = dict(CHANNELS)[sent.channel]
    return {
        "heading": f"{where}{name}" + (f" · {sent.subject}" if sent.subject else ""),
        "text": sent.text or ("A recording" if sent.call else ""),
        "dialogue": dialogue_words(sent.call, inbound=sent.channel is Channel.INBOUND_CALL) if sent.call else "",
        "more": sent.truncated,
        "html": bool(sent.content_type and "html" in sent.content_type),
    }
