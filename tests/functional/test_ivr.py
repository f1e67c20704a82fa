"""Whole calls: the deployed flow, the function that answers it, the events of Connect, and what the client is told.

What a call comes to is compared with `tests.unit.voice.calls`, which runs the same call without stores.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from itertools import permutations
from typing import Any

import pytest

from infra.local.outside.contact_flow import Answer, FlowRun
from infra.local.outside.phone_people import ANSWERS_AFTER, PEOPLE, PhonePerson
from infra.local.outside.scripted_phone import ScriptedPhone
from infra.local.outside.telephone import Spoken
from infra.local.provider_events import contact_event
from ivr.handler import calls
from tests.builders import number
from tests.canaries import CANARIES, find_canaries
from tests.fakes.sealer import FakeSealer
from tests.fakes.short_links import FakeShortLinks
from tests.fakes.time import NOON
from tests.functional.events import Context, record_id, sqs_event
from tests.unit.calls.call_world import CallWorld, call_id
from tests.unit.voice.calls import FLOW, LATENCY, PROMPTS, SCRIPTS, SECONDS, Failure, call
from tocsin.adapters.connect import contact_events
from tocsin.adapters.connect.steps import answer, question
from tocsin.calls.application.look_into_calls import LookIntoCalls
from tocsin.calls.domain.ended_call import EndedCall
from tocsin.delivery.domain.message import MessageState
from tocsin.delivery.domain.message_id import MessageId
from tocsin.entrypoint.process import observability
from tocsin.entrypoint.queue.inbound import Inbound, Source
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.short_links.application.message_links import MessageLinks
from tocsin.voice.domain.dialogue_state import Heard
from tocsin.voice.domain.recording import Recording
from tocsin.voice.domain.script import KEYS, AudioFile, PromptName, Replay, Script
from track_events.handler import ended_calls

S = MessageState
ALL_WELL: dict[str, Any] = {"batchItemFailures": []}
SAYS = {
    name: Recording(b"RIFF siren", prompt.milliseconds) if isinstance(prompt, AudioFile) else prompt
    for name, prompt in PROMPTS.items()
}
INSTANCE = contact_event("c-1", NOON, NOON, NOON)["detail"]["instanceArn"]


class Telephony(CallWorld):
    """The functions `ivr` and `track_events` with everything behind them in memory."""

    def __init__(self, script: Script | None = None, **options: Any) -> None:
        super().__init__(
            script, **{"prompts": {n: said for n, said in SAYS.items() if n in (script or Replay()).prompts}} | options
        )
        observability.configure("ivr_test")
        self.invocations = 0
        self.fails: Callable[[int], Failure | None] = lambda number: None
        self.began = self.clock()

    def ivr(self, payload: dict[str, Any]) -> Answer:
        handler = calls(self.run_dialogue, question, partial(answer, files="s3://recordings/"))
        return handler(payload, Context())

    def invoke(self, payload: dict[str, Any]) -> Answer:
        """Invoke `ivr`."""
        self.invocations += 1
        failure = self.fails(self.invocations)
        if failure is Failure.BEFORE:
            raise TimeoutError
        said = self.ivr(payload)
        if failure is Failure.AFTER:
            raise TimeoutError
        assert all(isinstance(value, str) for value in said.values())
        return said

    def talk(self, person: PhonePerson, *, position: int = 0) -> tuple[MessageId, dict[str, Any]]:
        """Call somebody, and return the try with Connect's event of its end, which is not told yet."""
        id = self.dial(position)
        began, invocations = self.clock(), self.invocations
        if reason := person.unanswered(id.attempt):
            self.clock.advance(timedelta(seconds=40))
            return id, contact_event(call_id(id), began, None, self.clock(), reason)
        answered = began + timedelta(seconds=ANSWERS_AFTER)
        phone = ScriptedPhone(person, lambda said: Spoken(said["what"], "", "", SECONDS[PromptName(said["prompt"])]))

        def invoke(payload: dict[str, Any]) -> Answer:
            phone.wait(LATENCY)
            self.clock.at_least(answered + timedelta(seconds=phone.now))
            return self.invoke(payload)

        contact = {"ContactId": call_id(id), "Attributes": {"message": str(id)}, "InitiationMethod": "API"}
        reason = FlowRun(FLOW, phone, invoke, contact).run()
        self.clock.at_least(answered + timedelta(seconds=phone.now))
        assert self.invocations > invocations
        return id, contact_event(call_id(id), began, answered, self.clock(), reason)

    def tell(self, *events: dict[str, Any]) -> dict[str, Any]:
        """Let the queue bring events of Connect."""
        handler = Inbound(
            "track_test",
            topics={},
            handlers={Source.CALL_EVENTS: ended_calls(contact_events.read, self.end_call)},
            resources={INSTANCE: Source.CALL_EVENTS},
        )
        return dict(handler(sqs_event([json.dumps(event) for event in events]), Context()))


@pytest.mark.parametrize("name", SCRIPTS)
def test_ah_100_to_109_every_person_and_every_script_comes_to_what_the_dialogue_says(name: str) -> None:
    for person in (*PEOPLE.values(), *(PhonePerson(listening=key) for key in KEYS)):
        world = Telephony(SCRIPTS[name], attempts=1)
        expected = call(SCRIPTS[name], person).verdict

        id, ended = world.talk(person)
        assert world.tell(ended) == ALL_WELL

        row = world.row(id)
        lost = expected.reason == "control_lost"
        assert row.state is (S.DELIVERED if expected.success else S.RETRY_WAIT if lost else S.FAILED), person
        assert row.reason == expected.reason
        kept = world.kept()
        assert [response.text for response in kept] == ([expected.response] if expected.response else [])
        assert [response.not_ok for response in kept] == [expected.status == "recipientNotOk"] * len(kept)
        told = world.told()
        replies = [event.details["reply"] for event in told if event.event == "reply"]
        assert replies == [response.text for response in kept]
        of_the_call = [event for event in told if event.event != "reply"]
        assert [event.event for event in of_the_call] == ["attempt", "callComplete"][: 1 if lost else 2]
        for event in of_the_call:
            assert (event.details["status"], event.reason) == (expected.status, expected.reason)
            if row.call_facts.heard is not Heard.ENDED:  # else the tenth of a second at which the key came decides
                assert event.details.get("heard") == expected.heard
            assert (event.details["attempt"], event.details["digits"]) == (1, row.call_facts.keys)
        assert world.lines.held == {}


@pytest.mark.parametrize("how", Failure)
@pytest.mark.parametrize("name", ["key", "barge-in"])
def test_a_function_that_fails_once_at_any_invocation_loses_no_key(name: str, how: Failure) -> None:
    for first in range(1, 6):
        world = Telephony(SCRIPTS[name])
        world.fails = lambda number, first=first: how if number == first else None  # type: ignore[misc]

        id, ended = world.talk(PhonePerson(listening="22"))
        world.tell(ended)

        assert world.state(id) is S.DELIVERED, first
        assert [response.text for response in world.kept()] == ["2"], first
        assert [event.event for event in world.told()].count("reply") == 1


def test_a_function_that_never_answers_ends_the_call_and_it_counts_as_no_attempt() -> None:
    world = Telephony(attempts=1)
    world.fails = lambda number: Failure.BEFORE

    id, ended = world.talk(PhonePerson(listening="2"))
    world.tell(ended)

    assert (world.state(id), world.row(id).reason) == (S.RETRY_WAIT, "control_lost")
    assert world.kept() == []


def test_a_key_that_no_store_takes_is_asked_about_once_more_by_the_flow() -> None:
    world = Telephony()
    world.responses.outage.failing = 1

    id, ended = world.talk(PhonePerson(listening="2"))
    world.tell(ended)

    assert world.state(id) is S.DELIVERED
    assert [response.text for response in world.kept()] == ["2"]


@pytest.mark.parametrize("order", [*permutations(["first", "second", "again"])])
def test_ends_may_come_late_twice_and_in_any_order(order: Sequence[str]) -> None:
    # given a first attempt that was busy, a second that was answered, and events that come only now
    world = Telephony()
    busy = PEOPLE["+447700900811"]
    first, first_ended = world.talk(busy)
    world.end_call(EndedCall(call_id(first), world.clock(), contact_events.read(first_ended).facts, first))  # type: ignore[union-attr]
    world.clock.advance(timedelta(minutes=2))
    second, second_ended = world.talk(busy)
    bodies = {"first": first_ended, "second": second_ended, "again": second_ended}

    for name in order:
        assert world.tell(bodies[name]) == ALL_WELL

    assert world.row(second).calls == ("busy", None)
    assert world.state(second) is S.DELIVERED
    assert len(world.queue.puts) == 1
    told = [event.event_id for event in world.told()]
    assert len(told) == len(set(told))


def test_an_event_without_its_reason_asks_connect_and_one_that_cannot_be_recorded_comes_again() -> None:
    world = Telephony()
    id, ended = world.talk(PEOPLE["+447700900802"])
    reason = ended["detail"].pop("disconnectReason")
    failed = {"batchItemFailures": [{"itemIdentifier": record_id(0)}]}
    assert world.tell(ended) == failed  # Connect does not say yet
    described = contact_event(call_id(id), NOON, None, world.clock(), reason)
    known = contact_events.read(described)
    assert isinstance(known, EndedCall)
    world.caller.ended[call_id(id)] = known

    assert world.tell(ended) == ALL_WELL

    assert (world.state(id), world.row(id).reason) == (S.RETRY_WAIT, "no_answer")


@pytest.mark.parametrize("number_called", [n for n in PEOPLE if n != "+447700900811"])
def test_an_end_that_is_never_told_comes_to_the_same_once_connect_is_asked(number_called: str) -> None:
    # given two equal calls, of which Connect tells the end of one
    told, untold = Telephony(), Telephony()
    id, ended = told.talk(PEOPLE[number_called])
    told.tell(ended)
    assert untold.talk(PEOPLE[number_called])[0] == id
    row = untold.row(id)
    assert row.state is S.CALLING
    assert row.due_at is not None

    # when the other is overdue, and its worker asks
    known = contact_events.read(ended)
    assert isinstance(known, EndedCall)
    untold.caller.ended[call_id(id)] = known
    links = MessageLinks(FakeShortLinks(), FakeSealer(), "https://t.example/l/")
    untold.clock.at_least(row.due_at)
    look = LookIntoCalls(untold.caller, untold.clock, links).look
    after = look(untold.alert, untold.alert.items[0], untold.alerts.chunks[id.key][0], id, row)

    assert (after.state, after.reason, after.call_facts) == (
        told.state(id),
        told.row(id).reason,
        told.row(id).call_facts,
    )


@pytest.mark.parametrize(
    "change",
    [
        {"resources": ["arn:aws:connect:eu-west-2:666:instance/another"]},
        {"resources": None},
        {"resources": [7]},
        {"time": "noon"},
        {"id": 7},
        {"detail-type": "Scheduled Event"},
    ],
)
def test_s13_only_events_about_our_instance_are_read(change: dict[str, Any]) -> None:
    world = Telephony()
    id, ended = world.talk(PEOPLE["+447700900801"])
    assert world.tell(ended | change) == ALL_WELL
    assert world.state(id) is S.CALLING


def test_the_call_that_warms_the_function_does_nothing_else() -> None:
    world = Telephony()
    assert world.ivr({"warm": True}) == {}
    assert world.asked == {}


@pytest.mark.parametrize("payload", [{}, {"warm": "no"}, {"Details": {}}, {"Records": []}])
def test_s13_an_invocation_that_is_not_our_flows_is_an_error(payload: dict[str, Any]) -> None:
    world = Telephony()
    with pytest.raises(ValueError, match="not an invocation of our flow"):
        world.invoke(payload)


def test_s7_no_number_no_name_and_no_key_is_in_any_line_whatever_happens(capsys: pytest.CaptureFixture[str]) -> None:
    phone = CANARIES["phone"]
    world = Telephony(to=(phone, number(2)), attempts=1)
    contact = {
        "ContactId": "c-1",
        "InitiationMethod": "API",
        "CustomerEndpoint": {"Address": phone},
        "Attributes": {"message": str(MessageId(next(world.alert.chunks()), 0, 1))},
    }
    world.talk(PhonePerson(listening="2"))
    for outage in (world.rows.outage, world.looks.outage, world.alerts.outage):
        outage.failing = 9
        world.start()
        for parameters in ({"event": "answered"}, {"event": "played", "state": "?"}, {"event": phone}):
            with suppress(ValueError, StorageUnavailable):
                world.invoke({"Details": {"Parameters": parameters, "ContactData": contact}})
        outage.failing = 0
    written = capsys.readouterr()
    assert '"message":"call"' in written.out
    assert find_canaries((written.out + written.err).encode()) == []
