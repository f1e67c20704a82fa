"""Calls in: who hears what, which key answers what, and what is told. Calls that are returned deliver their messages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import KEY, TENANT, number
from tests.fakes.sealer import FakeSealer
from tests.unit.calls.call_in_world import ANA, BOB, LETTERS_PER_SECOND, OURS, CallInWorld
from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.domain.link import Link, LinkKey
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.calls.application.open_calls import our_side
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.domain.message import MessageState, call_ended, in_call
from tocsin.privacy.application.erase_contact import fingerprint as erased
from tocsin.responses.domain.response import Response
from tocsin.responses.domain.two_way import Said
from tocsin.suppressions.application.suppress import Suppress
from tocsin.suppressions.domain.suppression import SuppressionReason
from tocsin.voice.domain.call_facts import CallEnd, CallFacts
from tocsin.voice.domain.recording import Recording
from tocsin.voice.domain.script import Replay, Simple
from tocsin.voice.domain.verdict import CallReason

NOTHING = "There is no message for this number."
NEXT = "For the next message, press the hash key."
WANTS_KEY = Simple(require_response=True)


@pytest.fixture
def world() -> CallInWorld:
    return CallInWorld()


def events(world: CallInWorld, alert: Alert) -> list[str]:
    return [event.event for event in world.told(alert)]


# --- what waits ------------------------------------------------------------------------------------------------


def test_ah_111_a_receiver_who_calls_hears_the_message_and_the_client_is_told(world: CallInWorld) -> None:
    alert = world.send("down", ANA, BOB)
    assert (world.state(alert), events(world, alert)) == (MessageState.SENT, ["sent", "sent"])

    assert world.ring(ANA).said == ["down"]

    assert (world.state(alert, 0), world.state(alert, 1)) == (MessageState.DELIVERED, MessageState.SENT)
    told = world.told(alert)
    assert sorted(event.event for event in told) == ["callComplete", "callReceived", "delivered"]
    assert {event.alertee for event in told} == {ANA}
    (complete,) = (event for event in told if event.event == "callComplete")
    assert complete.details == {"status": "fullPlay", "durationSeconds": 1.3, "digits": "", "heard": "all"}


def test_ah_111_nobody_else_hears_it(world: CallInWorld) -> None:
    alert = world.send("down", ANA)

    assert world.ring(BOB).said == [NOTHING]
    assert world.ring(None).said == [NOTHING]

    assert world.state(alert) is MessageState.SENT


def test_a_message_can_be_heard_again_and_is_told_each_time(world: CallInWorld) -> None:
    alert = world.send("down", ANA)
    world.told(alert)
    assert [world.ring().said for _ in range(2)] == [["down"], ["down"]]
    assert sorted(events(world, alert)) == ["callComplete"] * 2 + ["callReceived"] * 2 + ["delivered"]


def test_three_messages_are_heard_the_newest_first_and_go_on_by_themselves(world: CallInWorld) -> None:
    sent = [world.send(text, ANA) for text in ("one", "two", "three")]

    said = world.ring().said

    assert said == ["You have 3 messages. The newest first.", "three", NEXT, "two", NEXT, "one"]
    assert {world.state(alert) for alert in sent} == {MessageState.DELIVERED}


def test_of_six_messages_five_are_heard(world: CallInWorld) -> None:
    for text in "abcdef":
        world.send(text, ANA)
    said = world.ring().said
    assert said[0] == "You have 5 messages. The newest first."
    assert [text for text in said[1:] if text != NEXT] == ["f", "e", "d", "c", "b"]


def test_decided_7_10_three_seconds_lie_between_two_messages(world: CallInWorld) -> None:
    first, second = world.send("one", ANA), world.send("two " * 30, ANA)
    world.ring()
    begins = {event.event: event.whence for event in world.told(second)}["callReceived"]
    (next_begins,) = (event.whence for event in world.told(first) if event.event == "callReceived")
    assert 3 <= (next_begins - begins).total_seconds() - len("two " * 30) / LETTERS_PER_SECOND < 4


def test_personal_messages_come_before_those_that_everybody_hears(world: CallInWorld) -> None:
    world.send("mine", ANA)
    world.send("for all")
    assert world.ring(ANA).said[1::2] == ["mine", "for all"]
    assert world.ring(BOB).said == ["for all"]


def test_what_is_over_is_not_read_out(world: CallInWorld) -> None:
    cancelled = world.send("cancelled", ANA)
    world.cancel(cancelled)
    world.send("expired", ANA, lives=timedelta(minutes=5))
    world.clock.advance(timedelta(minutes=5))
    assert world.ring().said == [NOTHING]
    assert "callReceived" not in events(world, cancelled)


def test_the_erased_hear_nothing(world: CallInWorld) -> None:
    alert = world.send("down", ANA, BOB)
    world.erasures.enter(TENANT, [erased(FakeSealer(), TENANT, ANA)], world.clock())
    assert [world.ring(who).said for who in (ANA, BOB)] == [[NOTHING], ["down"]]
    assert (world.state(alert, 0), world.state(alert, 1)) == (MessageState.SENT, MessageState.DELIVERED)


def test_an_escalation_that_is_over_is_not_read_out_and_one_that_goes_on_is(world: CallInWorld) -> None:
    link = Link(LinkKey.of(TENANT, KEY, "fire"), world.send("first", BOB).ref)
    alert = world.send("down", ANA, BOB, link=link, escalating=True)
    world.ring(ANA, listening="5")
    assert world.ring(ANA).said == ["down"], "they may hear it again, as Bob has still to answer"

    world.ring(BOB, listening="5")

    assert [response.counted for response in world.kept(alert)] == [True, True]
    assert world.ring(ANA).said == [NOTHING]


def test_a_message_waits_for_its_whole_lifetime(world: CallInWorld) -> None:
    world.send("down", ANA, lives=timedelta(days=3))
    world.clock.advance(timedelta(days=2))
    assert world.ring().said == ["down"]


def test_ah_58_who_has_answered_is_judged_when_they_call(world: CallInWorld) -> None:
    first = world.send("first", ANA)
    link = Link(LinkKey.of(TENANT, KEY, "fire"), first.ref)
    linked = world.send("linked", ANA, link=link, except_responded=frozenset({ResponseKind.CALL}))
    assert world.ring().said[1::2] == ["linked", "first"]

    world.ring(listening="5")  # the first that is said is the linked one

    assert [response.text for response in world.kept(linked)] == ["5"]
    assert world.ring().said == ["first"]

    again = world.send("again", ANA, link=link, except_responded=frozenset({ResponseKind.CALL}))
    assert world.state(again) is MessageState.SENT, "it waits, as nobody knows who will have answered which alert"
    assert world.ring().said == ["first"]


# --- a call that finds nothing ------------------------------------------------------------------------------------


def test_a_call_without_a_message_is_told_once_an_hour(world: CallInWorld) -> None:
    for _ in range(3):
        assert world.ring().said == [NOTHING]
    (notice,) = world.notices.told.values()
    assert (notice.severity, notice.category, notice.code) == ("notice", "general", "call_without_message")
    assert ANA not in notice.text
    world.clock.advance(timedelta(hours=1))
    world.ring()
    assert len(world.notices.told) == 2


def test_a_number_of_nobody_has_no_message_and_tells_nobody(world: CallInWorld) -> None:
    world.send("down", ANA)
    assert world.ring(to=number(7)).said == [NOTHING]
    assert not world.notices.told


def test_texts_between_the_same_numbers_are_not_read_out(world: CallInWorld) -> None:
    alert = world.send("down", BOB)
    (key,) = world.alerts.chunks
    world.conversations.remember(TENANT, [(OURS, ANA, Said(key, 0, world.clock(), None))])
    assert world.ring(ANA).said == [NOTHING]
    assert not world.conversations.newest(TENANT, OURS, BOB, 9), "and a text of Bob answers no message for callers"
    assert world.conversations.newest(TENANT, our_side(OURS), BOB, 9)
    assert world.state(alert) is MessageState.SENT


# --- keys ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["5", "#", "*", "0"])
def test_with_one_message_every_key_is_a_response(world: CallInWorld, key: str) -> None:
    alert = world.send("down", ANA)
    world.told(alert)

    world.ring(listening=key)

    (response,) = world.kept(alert)
    assert (response.kind, response.evidence, response.text, response.counted) == ("call", "pressed_in", key, True)
    assert (response.address, response.contact_id, response.details["status"]) == (ANA, "c0", "keyPressed")
    told = {event.event: event.details for event in world.told(alert)}
    assert set(told) == {"callReceived", "reply", "callComplete", "delivered"}
    assert {"evidence": "pressed_in", "counted": True, "reply": key}.items() <= told["reply"].items()
    assert (told["callComplete"]["status"], told["callComplete"]["digits"]) == ("keyPressed", key)


def test_of_several_messages_a_key_answers_the_one_just_heard_and_hash_goes_on(world: CallInWorld) -> None:
    old, middle, new = (world.send(text, ANA) for text in ("old", "middle", "new"))

    said = world.ring(listening="#55#").said

    assert said[1::2] == ["new", "middle", "old"]
    assert [[response.text for response in world.kept(alert)] for alert in (new, middle, old)] == [[], ["5"], []]


def test_keys_of_an_impatient_caller_answer_no_message_that_was_not_heard(world: CallInWorld) -> None:
    old, new = world.send("old", ANA), world.send("new", ANA)
    begins = len("You have 2 messages. The newest first.") / LETTERS_PER_SECOND
    world.ring(at=((begins + 0.01, "5"), (begins + 0.02, "6"), (begins + 0.03, "7")))
    assert [response.text for response in world.kept(new)] == ["5"]
    assert world.kept(old) == []
    assert world.state(old) is MessageState.DELIVERED


def test_decided_7_2_a_key_on_a_message_for_everybody_is_told_and_counts_for_nobody(world: CallInWorld) -> None:
    alert = world.send("down")

    world.ring(ANA, listening="5")
    world.ring(None, listening="6")

    told = world.told(alert)
    assert [event.alertee for event in told if event.event == "callReceived"] == [ANA, ""]
    assert [event.alertee for event in told if event.event == "callComplete"] == [ANA, ""]
    replies = [event for event in told if event.event == "reply"]
    assert [(event.alertee, event.reason, event.details["counted"]) for event in replies] == [
        (ANA, "unmatched", False), ("", "unmatched", False),
    ]  # fmt: skip
    assert [event.contact_id for event in told if event.event != "sent"] == [None] * 6
    assert not world.responses.marks
    assert world.state(alert) is MessageState.SENT


def test_a_key_after_a_cancellation_does_not_count(world: CallInWorld) -> None:
    alert = world.send("down", ANA)
    world.meanwhile = lambda asked: world.cancel(alert) if asked.event == "5" else None

    world.ring(listening="5")

    assert [response.reason for response in world.kept(alert)] == ["after_the_end"]


def test_what_is_cancelled_while_another_message_is_said_is_not_read_out(world: CallInWorld) -> None:
    old, _ = world.send("old", ANA), world.send("new", ANA)
    world.meanwhile = lambda asked: world.cancel(old) if asked.event == "#" else None
    assert world.ring(listening="#").said == ["You have 2 messages. The newest first.", "new", NEXT]


def test_what_expires_while_another_message_is_said_is_not_read_out(world: CallInWorld) -> None:
    world.send("old", ANA, lives=timedelta(minutes=1))
    world.send("new " * 300, ANA)
    assert world.ring().said == ["You have 2 messages. The newest first.", "new " * 300, NEXT]


# --- the end of a call in --------------------------------------------------------------------------------------


def test_who_hangs_up_midway_has_called(world: CallInWorld) -> None:
    alert = world.send("down " * 30, ANA)

    world.ring(hangs_up_at=2)

    (complete,) = (event for event in world.told(alert) if event.event == "callComplete")
    assert complete.details == {"status": "connected", "durationSeconds": 2.0, "digits": "", "heard": "part"}
    assert world.state(alert) is MessageState.DELIVERED


def test_who_hangs_up_during_the_second_message_has_heard_one_and_a_part(world: CallInWorld) -> None:
    old, new = world.send("old " * 30, ANA), world.send("new", ANA)
    world.ring(hangs_up_at=9)
    heard = [[e.details["heard"] for e in world.told(alert) if e.event == "callComplete"] for alert in (new, old)]
    assert heard == [["all"], ["part"]]


def test_an_end_that_is_told_twice_or_early_tells_once(world: CallInWorld) -> None:
    alert = world.send("down", ANA)
    world.ring(hangs_up_at=0.5, told=3)
    assert events(world, alert).count("callComplete") == 1
    assert world.ring(listening="5", told=2).ends == ["nothing_new", "nothing_new"]


def test_an_end_of_an_unknown_call_is_not_ours(world: CallInWorld) -> None:
    assert world.end("nobody") == "not_ours"
    world.ring()
    assert world.end("in-1") == "not_ours"


# --- call back -------------------------------------------------------------------------------------------------


def missed(world: CallInWorld, reason: CallReason | None = CallReason.NO_ANSWER) -> Alert:
    """A replay call to Ana that has failed; None: it still rings."""
    alert = world.send("down", ANA, script=Replay(), calls=True)
    if reason is not None:
        (key,) = {batch.key for batch in alert.batches()}
        over = call_ended(world.row(alert), 1, CallFacts(CallEnd.NO_ANSWER), reason, world.clock(), None)
        assert over is not None
        world.rows.save(key, [over])
    return alert


def test_decided_7_2_a_call_back_has_the_dialogue_of_the_call_and_delivers_the_failed_message(
    world: CallInWorld,
) -> None:
    alert = missed(world)
    assert world.state(alert) is MessageState.FAILED

    said = world.ring(listening="2").said

    assert said == ["pre down", "down", "post down", "done down"]
    row = world.row(alert)
    assert (row.state, row.attempt, row.calls) == (MessageState.DELIVERED, 1, ("no_answer",))
    (response,) = world.kept(alert)
    assert (response.evidence, response.text, response.counted) == ("pressed_in", "2", True)
    assert response.details == {"status": "recipientOk", "digits": "2", "callBack": True}
    told = world.told(alert)
    assert [event.event for event in told if event.event == "attempt"] == ["attempt"], "a call back is none"
    failed, delivered = sorted((e for e in told if e.event == "callComplete"), key=lambda event: event.version)
    assert (failed.details["status"], failed.version) == ("noAnswer", 3)
    assert (delivered.details["status"], delivered.details["callBack"], delivered.version) == ("recipientOk", True, 4)
    assert delivered.details["digits"] == "2"


def test_decided_7_2_a_call_back_while_the_call_still_rings_ends_the_attempt(world: CallInWorld) -> None:
    alert = missed(world, None)
    assert world.state(alert) is MessageState.CALLING
    world.ring(listening="2")
    assert world.state(alert) is MessageState.DELIVERED


def test_decided_7_2_a_call_back_without_the_key_changes_nothing(world: CallInWorld) -> None:
    alert = missed(world)
    world.ring()
    assert world.state(alert) is MessageState.FAILED
    assert [event.details["callBack"] for event in world.told(alert) if event.event == "callReceived"] == [True]


def test_decided_7_2_not_once_delivered_with_a_key(world: CallInWorld) -> None:
    missed(world)
    world.ring(listening="2")
    assert world.ring().said == [NOTHING]


def test_decided_7_2_not_ok_is_a_response_that_ends_nothing(world: CallInWorld) -> None:
    alert = missed(world)
    world.ring(listening="*")
    (response,) = world.kept(alert)
    assert (response.not_ok, response.counted, response.details["status"]) == (True, True, "recipientNotOk")


def test_who_must_not_be_called_any_more_may_call_back(world: CallInWorld) -> None:
    world.send("down", ANA, calls=True)
    Suppress(world.suppressions, FakeSealer())(TENANT, Channel.CALL, ANA, SuppressionReason.STOP, world.clock())
    assert world.ring().said == ["down"]


def test_who_has_answered_by_text_hears_the_call_that_they_return(world: CallInWorld) -> None:
    first = world.send("first", BOB)
    link = Link(LinkKey.of(TENANT, KEY, "fire"), first.ref)
    options: dict[str, Any] = {"link": link, "except_responded": frozenset({ResponseKind.SMS})}
    alert, waiting = world.send("down", ANA, calls=True, **options), world.send("waiting", ANA, **options)
    key = next(iter(alert.batches())).key
    world.responses.add(Response(key, 0, ResponseKind.SMS, "t-1", ANA, "c0", world.clock(), link=link))
    assert world.ring().said == ["down"]
    assert world.state(waiting) is MessageState.SENT


def test_decided_7_2_a_call_back_stops_the_phone_that_still_rings(world: CallInWorld) -> None:
    missed(world, None)

    world.ring(listening="2")

    assert set(world.stopped) == {"out-1"}


def test_a_call_back_stops_no_call_that_is_over_and_none_that_somebody_hears(world: CallInWorld) -> None:
    missed(world)
    alert = world.send("second", BOB, calls=True)
    (key,) = {batch.key for batch in alert.batches()}
    heard = in_call(world.row(alert), 1, CallFacts(answered=True), world.clock(), timedelta(0), "out-1")
    assert heard is not None
    world.rows.save(key, [heard])
    world.send("waiting", ANA)

    world.ring()
    world.ring(BOB)

    assert world.stopped == []


def test_a_call_with_two_attempts_is_heard_once(world: CallInWorld) -> None:
    alert = world.send("down", ANA, calls=True)
    (key,) = {batch.key for batch in alert.batches()}
    busy = call_ended(world.row(alert), 1, CallFacts(CallEnd.BUSY), "busy", world.clock(), timedelta(0))
    assert busy is not None
    world.rows.save(key, [busy])
    world.clock.advance(timedelta(seconds=30))
    world.dial(alert)
    assert world.ring().said == ["down"]


# --- stores that do not answer ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("store", "failing"), [("conversations", 2), ("rows", 2), ("calls", 6), ("responses", 1), ("links", 2)]
)
def test_a_store_that_does_not_answer_loses_no_message_and_no_key(world: CallInWorld, store: str, failing: int) -> None:
    link = Link(LinkKey.of(TENANT, KEY, "fire"), world.send("first", BOB).ref)
    alert = world.send("down", ANA, link=link, except_responded=frozenset({ResponseKind.SMS}))
    getattr(world, store).outage.failing = failing

    assert world.ring(listening="5").said == ["down"]

    assert [response.text for response in world.kept(alert)] == ["5"]
    assert world.state(alert) is MessageState.DELIVERED


def test_a_message_that_could_not_be_noted_is_tried_again(world: CallInWorld) -> None:
    world.conversations.outage.failing = 1
    alert = world.send("down", ANA)
    assert (world.state(alert), world.row(alert).reason) == (MessageState.RETRY_WAIT, "conversation_unavailable")


def test_a_recording_is_stored_before_anybody_calls(world: CallInWorld) -> None:
    content = Recording(b"RIFF down", 4_000)
    world.send(content, ANA)
    assert list(world.files.stored.values()) == [b"RIFF down"]
    (key,) = world.files.stored
    assert world.ring().said == [f"s3://recordings/{key}"]


def test_a_sandbox_message_waits_for_nobody(world: CallInWorld) -> None:
    alert = world.send("down", ANA, sandbox=True)
    assert world.state(alert) is MessageState.SENT
    assert world.ring().said == [NOTHING]


# --- anybody who does anything ---------------------------------------------------------------------------------

presses = st.lists(st.tuples(st.floats(0, 40), st.sampled_from("0#5*2")), max_size=8).map(tuple)


@settings(max_examples=60)
@given(
    st.lists(st.sampled_from(["wait", "wait for all", "simple", "replay"]), min_size=1, max_size=7),
    presses,
    st.text("0#5*2", max_size=8),
    st.none() | st.floats(0.1, 60),
)
def test_each_message_that_begins_is_told_once_and_no_key_answers_two(
    kinds: list[str], at: tuple[tuple[float, str], ...], listening: str, hangs_up_at: float | None
) -> None:
    world = CallInWorld()
    sent = []
    for n, kind in enumerate(kinds):
        to = () if kind == "wait for all" else (ANA,)
        script = Replay() if kind == "replay" else None
        sent.append(world.send(f"text {n}", *to, script=script, calls=kind in ("simple", "replay")))
        world.told(sent[-1])

    said = world.ring(at=at, listening=listening, hangs_up_at=hangs_up_at, told=2).said

    responses = 0
    for n, alert in enumerate(sent):
        told = events(world, alert)
        begun = told.count("callReceived")
        assert begun <= 1
        assert begun or f"text {n}" not in said
        assert told.count("callComplete") <= 1
        if kinds[n].startswith("wait"):
            assert told.count("callComplete") == begun
        answers = world.kept(alert)
        assert len(answers) <= begun
        assert not answers or f"text {n}" in said, "a key answers a message that was said"
        responses += len(answers)
    assert responses <= len(at) + len(listening)
