"""An incident as people read it, while it goes on: one row a person over all steps, the state, the timeline (console 4.2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import TENANT, number
from tests.fakes.providers import RefusePermanent
from tests.fakes.sealer import FakeSealer
from tests.fakes.time import NOON
from tests.scenarios.escalation_world import MINUTE, EscalationWorld, mail, step, text
from tests.unit.alerts.desk import a_key
from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.domain.headline import SenderKind, SentBy
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.escalation.domain.escalation import RequestedStep
from tocsin.history.application.incident import Incident, ReadIncident
from tocsin.history.application.incident_people import ReadPeople
from tocsin.history.domain.incident_person import IncidentPerson
from tocsin.history.domain.incident_state import IncidentState
from tocsin.history.domain.timeline import TimelineKind
from tocsin.identity.domain.api_key import Right
from tocsin.kernel.domain.errors import Forbidden, NotFound
from tocsin.kernel.domain.ids import AlertRef, CompanyId
from tocsin.responses.domain.response import Response

READER = a_key("reader", rights=frozenset({Right.READ_ALERTS}))
ANA, BOB, CY = number(1), number(2), number(3)
GROUP = {
    "contacts": [
        {"id": "ana", "sms": ANA, "email": "ana@example.org"},
        {"id": "bob", "sms": BOB},
        {"id": "cy", "sms": CY},
    ]
}


def reader(world: EscalationWorld) -> ReadIncident:
    people = ReadPeople(world.alerts, world.rows, world.responses, FakeSealer())
    return ReadIncident(world.alerts, world.dispatch_progress, world.responses, world.escalations, people, world.clock)


def shown(world: EscalationWorld, alert: Alert) -> Incident:
    read = reader(world)
    return read.show(read.look(READER, alert.ref))


def row(person: IncidentPerson) -> tuple[str | None, list[tuple[int, str, str]], str | None]:
    """Return contact, step, channel and state of each message, and what was answered."""
    messages = [(each.place.step, each.channel.value, each.facts.state.value) for each in person.messages]
    return person.contact_id, messages, person.answer.text if person.answer else None


def test_console_4_2_one_row_a_person_over_all_steps_and_a_state_in_a_word() -> None:
    # given three people who are texted, one of them mailed too, one of them with a phone that takes nothing
    world = EscalationWorld()
    world.sms.towards(BOB, RefusePermanent("bad_number"))
    crew = [text(contactSets=["all"]), mail(contacts=["ana"])]
    steps = [step("5m", text(contacts=["cy", "bob"])), step("10m", mail("boss@example.org"))]
    first = world.escalate(*crew, steps=steps, group=GROUP, stopWhen={"count": 2}, giveUpAfter="20m")
    assert shown(world, first).look.state is IncidentState.SENDING

    # when one answers, and the next step is taken
    world.text_back(ANA, "on my way", first, later=2 * MINUTE)
    world.fast_forward(6 * MINUTE)

    # then each has one row, in the order answered, not reached, the rest
    incident = shown(world, first)
    assert incident.look.state is IncidentState.WAITING_FOR_ANSWERS
    sent = "delivered"
    assert [row(person) for person in incident.people.rows] == [
        ("ana", [(0, "sms", sent), (0, "email", incident.people.rows[0].messages[1].facts.state.value)], "on my way"),
        ("bob", [(0, "sms", "failed"), (1, "sms", "failed")], None),
        ("cy", [(0, "sms", sent), (1, "sms", sent)], None),
    ]
    assert [person.not_reached for person in incident.people.rows] == [False, True, False]
    people = incident.people
    assert (people.total, people.answered, people.not_reached, people.complete) == (3, 1, 1, True)

    # and the next step and its time
    assert incident.steps is not None
    assert [
        (each.number, each.state.value, each.at and (each.at - NOON) // MINUTE) for each in incident.steps.steps
    ] == [
        (0, "taken", 0),
        (1, "taken", 5),
        (2, "next", 15),
    ]
    assert incident.steps.gives_up_at is not None
    assert (incident.steps.gives_up_at - NOON) // MINUTE == 35
    assert [each.channels for each in incident.steps.steps] == [("sms", "email"), ("sms",), ("email",)]

    # and what happened, newest first
    lines = [(line.kind, line.step, line.count, line.contact_id) for line in incident.timeline]
    assert (TimelineKind.ANSWERED, 0, None, "ana") in lines
    assert (TimelineKind.STEP, 1, 2, None) in lines
    assert (TimelineKind.NOT_REACHED, 1, None, "bob") in lines
    assert lines[-1] == (TimelineKind.ACCEPTED, 0, 4, None)
    assert [line.at for line in incident.timeline] == sorted((line.at for line in incident.timeline), reverse=True)

    # and what was sent
    assert [(each.step, each.channel.value, each.text) for each in incident.contents] == [
        (0, "sms", "trunk 7 is down"),
        (0, "email", "trunk 7 is down"),
        (1, "sms", "trunk 7 is down"),
    ]


def test_console_4_2_a_step_leads_to_the_incident_of_its_first_alert() -> None:
    world = EscalationWorld()
    first = world.escalate(text(ANA), steps=[step("5m", text(BOB))])
    world.fast_forward(6 * MINUTE)
    later = next(ref for _, ref in world.alerts.alerts if ref != first.ref)

    look, of_step = reader(world).look(READER, first.ref), reader(world).look(READER, later)
    assert (of_step.first.ref, of_step.version) == (first.ref, look.version)
    assert [alert.ref for alert in of_step.alerts if alert] == [first.ref, later]


def test_console_4_2_the_end_is_told_with_the_all_clear() -> None:
    world = EscalationWorld()
    first = world.escalate(text(ANA, BOB), steps=[step("5m", text(CY))], onStopped={"alert": [text(says="over")]})
    world.text_back(ANA, "yes", first, later=MINUTE)
    world.fast_forward(10 * MINUTE)

    incident = shown(world, first)
    assert incident.look.state is IncidentState.ANSWERED
    assert incident.steps is not None
    assert [each.state.value for each in incident.steps.steps] == ["taken", "not_taken"]
    assert incident.steps.gives_up_at is None
    assert [line.count for line in incident.timeline if line.kind is TimelineKind.ACKNOWLEDGED] == [1]
    assert [line.count for line in incident.timeline if line.kind is TimelineKind.ALL_CLEAR] == [2]
    assert len(incident.people.rows) == 2


def test_decided_2_18_the_timeline_says_who_acted() -> None:
    # given a step that was asked for, a person who was marked, and a stop with an all-clear
    world = EscalationWorld()
    steps = [step("5m", text(CY)), step("5m", text(number(4)))]
    first = world.escalate(text(ANA, BOB), steps=steps, stopWhen={"count": 2}, onStopped={"alert": [text(says="over")]})
    world.fast_forward(MINUTE)
    armed = world.standing(first)
    assert world.escalations.move(armed, armed.at_once(RequestedStep(1, "key:k1", "e1"), world.clock()))
    world.fast_forward(5 * MINUTE)
    assert world.mark_by_api(first, ANA, "rang me") == ""
    assert world.stop_by_api(first, all_clear=True) == ""
    world.fast_forward(10 * MINUTE)

    incident = shown(world, first)

    assert incident.look.state is IncidentState.STOPPED
    told = {line.kind: (line.step, line.by, line.text) for line in incident.timeline}
    assert told[TimelineKind.STEP] == (1, "key:k1", None)
    assert told[TimelineKind.ANSWERED] == (0, "key:k1", "rang me")
    assert told[TimelineKind.CANCELLED] == (None, "key:k1", None)
    assert told[TimelineKind.ALL_CLEAR] == (None, None, None)
    answer = incident.people.rows[0].answer
    assert answer is not None
    assert (answer.kind, answer.text, answer.by) == (ResponseKind.MARKED, "rang me", "key:k1")


def test_decided_2_18_who_sent_the_alert_sent_its_steps_and_its_all_clear() -> None:
    world = EscalationWorld()
    first = world.escalate(text(ANA), steps=[step("5m", text(CY))], onStopped={"alert": [text(says="over")]})
    ana = SentBy(SenderKind.USER, "u7", "Ana")
    world.alerts.alerts[TENANT, first.ref] = replace(first, sent_by=ana, company=CompanyId("north"))
    world.fast_forward(6 * MINUTE)
    world.text_back(ANA, "yes", first)
    world.fast_forward(10 * MINUTE)
    sent = world.alerts.alerts.values()
    assert [(alert.sent_by, alert.company) for alert in sent] == [(ana, "north")] * 3


def test_console_4_2_when_nobody_answers_it_says_so() -> None:
    world = EscalationWorld()
    first = world.escalate(text(ANA), steps=[step("5m", text(BOB))], giveUpAfter="5m")
    world.fast_forward(timedelta(hours=1))
    incident = shown(world, first)
    assert incident.look.state is IncidentState.UNANSWERED
    assert TimelineKind.EXHAUSTED in {line.kind for line in incident.timeline}


def test_console_4_2_a_cancelled_incident_is_stopped() -> None:
    world = EscalationWorld()
    first = world.escalate(text(ANA), steps=[step("5m", text(BOB))])
    world.fast_forward(MINUTE)
    assert world.cancel_by_api(first).success
    world.fast_forward(10 * MINUTE)
    incident = shown(world, first)
    assert incident.look.state is IncidentState.STOPPED
    assert TimelineKind.CANCELLED in {line.kind for line in incident.timeline}


def test_a_version_changes_with_answers_at_once_and_with_others_within_half_a_minute() -> None:
    world = EscalationWorld()
    first = world.escalate(text(ANA, BOB), steps=[step("5m", text(CY))], stopWhen={"count": 2})
    read = reader(world)
    (key,) = first.chunks()
    response = Response(key, 0, ResponseKind.SMS, "in-1", ANA, None, world.clock(), "yes")

    def version() -> str:
        return read.look(READER, first.ref).version

    before = version()
    assert version() == before
    world.responses.add(replace(response, link=first.link, escalation=first.ref))
    answered = version()
    assert answered != before
    world.responses.add(replace(response, natural_id="in-2", reason="evidence_too_weak"))
    assert version() == answered
    world.clock.advance(timedelta(seconds=30))
    assert version() != answered


def test_an_erased_person_keeps_a_row_without_address() -> None:
    world = EscalationWorld()
    first = world.escalate(text(ANA, BOB), mail("cy@example.org"), steps=[step("5m", mail("boss@example.org"))])
    world.fast_forward(MINUTE)
    key, _ = first.chunks()
    those = world.alerts.chunks[key]
    world.alerts.chunks[key] = tuple(replace(who, address="", contact_id=None) for who in those)
    assert [person.messages[0].address for person in shown(world, first).people.rows] == ["", "", "cy@example.org"]


def test_another_tenants_or_an_expired_incident_is_not_found() -> None:
    world = EscalationWorld()
    first = world.escalate(text(ANA), steps=[step("5m", text(BOB))])
    read = reader(world)
    with pytest.raises(Forbidden):
        read.look(a_key("blind"), first.ref)
    with pytest.raises(NotFound):
        read.look(READER, AlertRef("nonesuch"))
    world.clock.advance(timedelta(days=31))
    with pytest.raises(NotFound):
        read.look(READER, first.ref)
