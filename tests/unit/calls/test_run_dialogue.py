"""A call that goes on: whether it is still wanted when it is answered, its facts, its keys, and failing stores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import TENANT, number
from tests.fakes.sealer import FakeSealer
from tests.unit.calls.call_world import ANA, BOB, ESCALATION, OURS, REF, SECOND, CallWorld, call_id, spoken
from tocsin.alerts.domain.response_kind import Evidence, ResponseKind
from tocsin.calls.domain.call_question import CallQuestion
from tocsin.contacts.domain.channel import Channel
from tocsin.content.domain.content import LookupTerms
from tocsin.delivery.domain.message import MessageState, rejected_temporarily
from tocsin.delivery.domain.message_id import MessageId
from tocsin.escalation.domain.escalation import EscalationState
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.privacy.application.erase_contact import fingerprint
from tocsin.suppressions.application.suppress import Suppress
from tocsin.suppressions.domain.suppression import SuppressionReason
from tocsin.voice.domain.call_facts import CallEnd, CallFacts
from tocsin.voice.domain.dialogue import Signal, Then
from tocsin.voice.domain.dialogue_state import DialogueState, Heard, KeyMeaning
from tocsin.voice.domain.script import PromptName, Replay, Simple, SpokenText, Voice

S, N = MessageState, Signal
AMY = Voice("Amy", "neural")
WITHDRAWN, ANSWERED = "This message was withdrawn. Thank you.", "This has been answered already. Thank you."
TO_POST = (N.PLAYED, N.PLAYED)
"""From the answer to the question which key is pressed."""


def cancelled(world: CallWorld, id: MessageId) -> None:
    world.alerts.cancel(TENANT, REF, world.clock())


def stopped(world: CallWorld, id: MessageId) -> None:
    world.answer_otherwise("c1", BOB)


def escalation_cancelled(world: CallWorld, id: MessageId) -> None:
    begun = world.escalations.rows[ESCALATION]
    assert world.escalations.move(begun, begun.ended(EscalationState.CANCELLED, world.clock()))


def answered_by_text(world: CallWorld, id: MessageId) -> None:
    world.answer_otherwise("c0", ANA)


def erased(world: CallWorld, id: MessageId) -> None:
    world.erasures.enter(TENANT, [fingerprint(FakeSealer(), TENANT, ANA)], world.clock())


def suppressed(world: CallWorld, id: MessageId) -> None:
    suppress = Suppress(world.suppressions, FakeSealer())
    suppress(TENANT, Channel.CALL, ANA, SuppressionReason.STOP, world.clock())


def lifetime_over(world: CallWorld, id: MessageId) -> None:
    world.clock.advance(timedelta(days=30))


def forgotten(world: CallWorld, id: MessageId) -> None:
    world.alerts.alerts.clear()


def in_state(state: MessageState) -> Callable[[CallWorld, MessageId], None]:
    def change(world: CallWorld, id: MessageId) -> None:
        row = world.row(id)
        world.rows.rows[id.key, id.position] = replace(row, state=state)

    change.__name__ = state.value
    return change


@pytest.mark.parametrize(
    ("what", "sentence", "state", "reason"),
    [
        (cancelled, WITHDRAWN, S.CANCELLED, None),
        (stopped, ANSWERED, S.SKIPPED, "stopped"),
        (escalation_cancelled, WITHDRAWN, S.SKIPPED, "escalation_cancelled"),
        (answered_by_text, ANSWERED, S.SKIPPED, "answered_sms"),
        (erased, WITHDRAWN, S.SUPPRESSED, "erased"),
        (suppressed, WITHDRAWN, S.SUPPRESSED, "stop"),
        (lifetime_over, WITHDRAWN, S.CALLING, None),
        (forgotten, WITHDRAWN, S.CALLING, None),
        (in_state(S.CANCELLED), WITHDRAWN, S.CANCELLED, None),
        (in_state(S.EXPIRED), WITHDRAWN, S.EXPIRED, None),
        (in_state(S.SUPPRESSED), WITHDRAWN, S.SUPPRESSED, None),
        (in_state(S.SKIPPED), ANSWERED, S.SKIPPED, None),
        (in_state(S.DELIVERED), ANSWERED, S.DELIVERED, None),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_call_that_is_not_wanted_any_more_says_so_and_ends(
    what: Callable[[CallWorld, MessageId], None], sentence: str, state: MessageState, reason: str | None
) -> None:
    # given a phone that rings
    world = CallWorld(escalating=True, except_responded=frozenset({ResponseKind.SMS}))
    id = world.dial()
    world.clock.advance(SECOND)
    what(world, id)

    # when it is answered, and the provider asks twice
    answers = [world.ask(id), world.ask(id)]

    assert answers[0] == answers[1]
    assert (spoken(answers[0]), answers[0].step.then) == (sentence, Then.HANG_UP)
    assert (world.row(id).state, world.row(id).reason) == (state, reason)
    # and whatever the call tells then changes nothing
    assert world.ask(id, N.UNPLAYABLE, answers[0].state).step.then is Then.HANG_UP
    world.end(id, CallFacts(CallEnd.ENDED, talk_seconds=3))
    assert world.state(id) is state


def test_a_simple_call_that_is_not_wanted_is_no_success_although_it_was_answered() -> None:
    world = CallWorld(Simple())
    id = world.dial()
    cancelled(world, id)

    answer = world.ask(id)
    world.ask(id, N.UNPLAYABLE, answer.state)
    world.end(id, CallFacts(CallEnd.HUNG_UP, talk_seconds=3))

    assert world.state(id) is S.CANCELLED
    assert world.row(id).call_facts == CallFacts(CallEnd.STOPPED)


def test_decided_7_14_the_sentence_is_in_the_language_of_the_alert() -> None:
    german = {name: SpokenText("Feuer", Voice("Daniel", "neural")) for name in PromptName}
    world = CallWorld(prompts=german)
    id = world.dial()
    cancelled(world, id)

    assert spoken(world.ask(id)) == "Diese Nachricht wurde zurückgezogen. Vielen Dank."


def test_a_message_that_ended_since_the_answer_was_asked_for_first_is_seen() -> None:
    world = CallWorld()
    id = world.dial()
    world.ask(id)
    in_state(S.SKIPPED)(world, id)
    assert spoken(world.ask(id)) == ANSWERED


@pytest.mark.parametrize("state", [S.FAILED, S.RETRY_WAIT])
def test_a_call_that_was_given_up_and_is_answered_after_all_may_still_succeed(state: MessageState) -> None:
    # given a call that was taken for lost
    world = CallWorld(attempts=1 if state is S.FAILED else 2)
    id = world.dial()
    world.end(id, CallFacts(CallEnd.NETWORK))
    assert world.state(id) is state
    world.told()

    answer = world.say(id, *TO_POST, "2")

    assert answer.step.prompt is PromptName.DONE
    assert world.state(id) is S.DELIVERED
    assert sorted(event.event for event in world.told()) == ["callComplete", "reply"]


def test_the_facts_of_a_call_are_put_together_and_say_when_the_provider_would_be_asked() -> None:
    world = CallWorld()
    id = world.dial(record=False)  # it is answered before the worker has recorded that it dialled

    world.say(id)
    assert (world.state(id), world.row(id).provider_id) == (S.CALLING, call_id(id))
    world.clock.advance(5 * SECOND)
    answer = world.say(id, N.PLAYED)

    said = len(spoken(answer)) / 12 * 1.2
    assert world.row(id).due_at == pytest.approx(world.clock() + timedelta(seconds=60 + said), abs=SECOND)
    assert world.row(id).call_facts == CallFacts(answered=True, heard=Heard.PART)
    world.ask(id, N.PLAYED, answer.state)
    assert world.row(id).call_facts.heard is Heard.ALL


@pytest.mark.parametrize(
    ("script", "events", "status", "not_ok", "digits"),
    [
        (Replay(), (*TO_POST, "2"), "recipientOk", False, "2"),
        (Replay(), (*TO_POST, "7", "*"), "recipientNotOk", True, "7*"),
        (Replay(), (*TO_POST, "1", N.PLAYED, "2"), "recipientOk", False, "12"),
        (Simple(require_response=True), ("5",), "keyPressed", False, "5"),
        (Simple(), (N.PLAYED, "#"), "keyPressed", False, "#"),
    ],
)
def test_ah_59_a_key_that_counts_is_a_response_once(
    script: Simple | Replay, events: tuple[Signal | str, ...], status: str, not_ok: bool, digits: str
) -> None:
    world = CallWorld(script)
    id = world.dial()

    answer = world.say(id, *events[:-1])
    again = [world.ask(id, events[-1], answer.state) for _ in range(2)]

    assert again[0] == again[1]
    (response,) = world.kept()
    assert (response.kind, response.evidence, response.text) == (ResponseKind.CALL, Evidence.PRESSED, digits[-1])
    assert response.details == {"status": status, "digits": digits, "attempt": 1}
    assert (response.address, response.contact_id, response.position) == (ANA, "c0", 0)
    assert (response.not_ok, response.counted) == (not_ok, True)
    (reply,) = [event for event in world.told() if event.event == "reply"]
    assert (reply.channel, reply.details["reply"], reply.details["counted"]) == (Channel.CALL, digits[-1], True)
    assert reply.details.get("notOk", False) is not_ok


def test_the_attempt_of_a_response_is_the_number_of_its_call_and_tries_that_were_refused_do_not_count() -> None:
    world = CallWorld()
    refused = world.dial(record=False)
    row = rejected_temporarily(world.row(refused), "throttled", world.clock(), timedelta(0))
    assert all(world.rows.save(refused.key, [row]))
    id = world.dial()
    assert id.attempt == 2

    world.say(id, *TO_POST, "2")

    assert [response.details["attempt"] for response in world.kept()] == [1]


@pytest.mark.parametrize("events", [(*TO_POST, "1"), (*TO_POST, "7"), (*TO_POST, N.NO_KEY, N.NO_KEY)])
def test_who_only_hears_it_again_or_presses_a_key_without_a_meaning_has_not_answered(
    events: tuple[Signal | str, ...],
) -> None:
    world = CallWorld()
    world.say(world.dial(), *events)
    assert world.kept() == []


@pytest.mark.parametrize(("key", "answered"), [("2", 1), ("*", 0)])
def test_decided_7_3_an_ok_key_ends_the_escalation_and_a_not_ok_key_does_not(key: str, answered: int) -> None:
    world = CallWorld(escalating=True)
    world.say(world.dial(), *TO_POST, key)

    assert world.escalations.rows[ESCALATION].answered == answered
    assert world.escalations.rows[ESCALATION].stopped is bool(answered)
    # and either is an answer in the linked set: `previouslySeen: call`
    assert world.alert.link is not None
    assert world.links.answered(world.alert.link) == {"c0": frozenset({ResponseKind.CALL})}


@pytest.mark.parametrize(
    ("what", "kept"),
    [(cancelled, ["after_the_end"]), (stopped, [None, "after_the_end"]), (erased, []), (lifetime_over, [])],
)
def test_decided_7_16_a_key_after_the_end_is_no_response_and_its_call_goes_on(
    what: Callable[[CallWorld, MessageId], None], kept: list[str | None]
) -> None:
    world = CallWorld(escalating=True)
    id = world.dial()
    answer = world.say(id, *TO_POST)
    what(world, id)

    done = world.ask(id, "2", answer.state)

    assert (done.step.prompt, done.step.then) == (PromptName.DONE, Then.HANG_UP)
    if what is not lifetime_over:
        assert world.row(id).call_facts.meaning is KeyMeaning.OK
    reasons = [response.reason for response in world.responses.kept.values()]
    assert sorted(reasons, key=str) == sorted(kept, key=str)


def test_who_was_suppressed_while_talking_has_answered_all_the_same() -> None:
    world = CallWorld()
    id = world.dial()
    answer = world.say(id, *TO_POST)
    suppressed(world, id)
    world.ask(id, "2", answer.state)
    assert [response.counted for response in world.kept()] == [True]


@pytest.mark.parametrize("broken", ["rows", "looks", "escalations", "links", "suppressions"])
@pytest.mark.parametrize("number_of_event", range(3))
def test_a_store_that_does_not_answer_silences_nobody(broken: str, number_of_event: int) -> None:
    sound, world = CallWorld(escalating=True), CallWorld(escalating=True)
    id = world.dial()
    assert id == sound.dial()
    answer = expected = None
    for number_, event in enumerate((N.ANSWERED, *TO_POST)):
        getattr(world, broken).outage.failing = 9 if number_ == number_of_event else 0
        expected = sound.ask(id, event, expected.state if expected else None)
        answer = world.ask(id, event, answer.state if answer else None)
        assert answer == expected
    getattr(world, broken).outage.failing = 0
    assert answer is not None
    # and what a failed save lost comes with the next one
    world.ask(id, "2", answer.state)
    facts = replace(world.row(id).call_facts, key_seconds=None)
    assert facts == CallFacts(answered=True, heard=Heard.ALL, keys="2", meaning=KeyMeaning.OK, finished=True)


def test_facts_that_come_after_the_end_and_cannot_be_saved_silence_nobody(caplog: pytest.LogCaptureFixture) -> None:
    world = CallWorld(attempts=1)
    id = world.dial()
    answer = world.say(id, *TO_POST)
    world.end(id, CallFacts(CallEnd.NETWORK))
    world.alerts.work.outage.failing = 9

    assert world.ask(id, "2", answer.state).step.prompt is PromptName.DONE

    assert caplog.messages == ["facts of a call were not saved"]


@pytest.mark.parametrize("broken", ["looks", "responses", "publisher"])
def test_a_key_that_could_not_be_recorded_is_asked_about_again(broken: str) -> None:
    world = CallWorld()
    id = world.dial()
    answer = world.say(id, *TO_POST)
    getattr(world, broken).outage.failing = 1

    with pytest.raises(StorageUnavailable):
        world.ask(id, "2", answer.state)
    world.ask(id, "2", answer.state)

    assert [response.text for response in world.kept()] == ["2"]
    assert [event.event for event in world.told()] == ["reply"]


def test_what_is_said_must_be_read_first() -> None:
    world = CallWorld()
    id = world.dial()
    world.alerts.outage.failing = 1
    with pytest.raises(StorageUnavailable):
        world.ask(id)
    assert world.ask(id).step.prompt is PromptName.PRE


def test_another_worker_that_changes_the_message_meanwhile_loses_no_facts() -> None:
    world = CallWorld()
    id = world.dial()
    first = world.say(id)
    # another process of the function answers the next questions
    here = world.run_dialogue
    world.start()
    second = world.ask(id, N.PLAYED, first.state)
    third = world.ask(id, N.PLAYED, second.state)
    world.run_dialogue = here
    world.ask(id, "2", third.state)

    facts = replace(world.row(id).call_facts, key_seconds=None)
    assert facts == CallFacts(answered=True, heard=Heard.ALL, keys="2", meaning=KeyMeaning.OK, finished=True)


def test_budget_12_a_step_costs_two_calls_of_the_stores_and_a_key_that_counts_four() -> None:
    world = CallWorld()
    id = world.dial()
    answer = world.say(id)
    world.asked.clear()

    for _ in range(2):
        world.clock.advance(9 * SECOND)
        answer = world.ask(id, N.PLAYED, answer.state)
    assert world.asked == {"message_rows.save": 2}  # main begins, and main ended

    world.asked.clear()
    world.clock.advance(9 * SECOND)
    world.ask(id, "2", answer.state)
    assert dict(world.asked) == {
        "message_rows.save": 1,
        "last_looks.look": 1,
        "responses.add": 1,
        "event_publisher.publish": 1,
    }

    # a pick-up, which looks once more whether the call is wanted
    world = CallWorld()
    id = world.dial()
    world.say(id)
    assert dict(world.asked) == {
        "alerts.get": 1,
        "alerts.recipients": 1,
        "message_rows.load": 1,
        "last_looks.look": 1,
        "message_rows.save": 1,
    }

    # and a process that has never heard of the call
    world = CallWorld()
    answer = world.say(world.dial(), N.PLAYED)
    world.start()
    world.asked.clear()
    world.ask(id, N.PLAYED, answer.state)
    of_the_call = {name: n for name, n in world.asked.items() if not name.startswith("alerts.")}
    assert of_the_call == {"message_rows.load": 1, "message_rows.save": 1}


def test_decided_7_12_the_time_that_is_said_is_that_of_the_attempt_in_every_prompt() -> None:
    said = {name: SpokenText("{datetime--HH:mm:ss}, {shortlink}", AMY) for name in PromptName}
    world = CallWorld(prompts=said, lookups=LookupTerms("ref-1", shortlink=True))
    id = world.dial()
    world.clock.advance(9 * SECOND)
    answers = [world.ask(id)]
    for _ in range(2):
        world.clock.advance(70 * SECOND)
        answers.append(world.ask(id, N.PLAYED, answers[-1].state))

    assert {spoken(answer).partition(", ")[0] for answer in answers} == {"12:00:00"}
    assert spoken(answers[0]).partition(", ")[2].startswith("https://t.example/l/")


def test_a_call_in_is_for_somebody_else() -> None:
    world = CallWorld()
    asked = CallQuestion(N.ANSWERED, DialogueState(), "c-1", None, True, number(9), OURS)
    assert spoken(world.run_dialogue(asked)) == "There is no message for this number."
    assert world.calls_in == [asked]


@pytest.mark.parametrize("message", [None, "position", "element"])
def test_what_is_no_call_of_ours_is_refused(message: str | None) -> None:
    world = CallWorld()
    id: MessageId | None = world.dial()
    assert id is not None
    match message:
        case "position":
            id = replace(id, position=7)
        case "element":
            id = replace(id, key=replace(id.key, item=3))
        case _:
            id = None
    with pytest.raises(ValueError):  # noqa: PT011
        world.run_dialogue(CallQuestion(N.ANSWERED, DialogueState(), "c-1", id, False, ANA, OURS))
