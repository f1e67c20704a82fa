"""Amazon Connect: the contact flow keeps Connect's rules, its questions are read, and its events say how a call ended."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.local.places import ROOT
from infra.local.provider_events import contact_event
from tests.fakes.time import NOON
from tocsin.adapters.connect import contact_events
from tocsin.adapters.connect.contact_events import ended_contact
from tocsin.adapters.connect.flow import contact_flow, contact_flow_text
from tocsin.adapters.connect.steps import PLAYS, answer, question
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.calls.domain.call_question import CallQuestion
from tocsin.calls.domain.ended_call import EndedCall
from tocsin.delivery.domain.message_id import MessageId
from tocsin.delivery.ports.receipts import UnreadReason
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.voice.domain.call_facts import CallEnd, CallFacts
from tocsin.voice.domain.dialogue import IvrStep, Signal, Then
from tocsin.voice.domain.dialogue_state import DialoguePlace, DialogueState, encode
from tocsin.voice.domain.script import KEYS, AudioFile, Prompt, PromptName, SpokenSsml, SpokenText, Voice

FLOW = contact_flow()
ACTIONS: dict[str, dict[str, Any]] = {action["Identifier"]: action for action in FLOW["Actions"]}


# --- The flow ---------------------------------------------------------------------------------------------------------


def targets(action: dict[str, Any]) -> Iterator[str]:
    transitions = action["Transitions"]
    yield from [transitions["NextAction"]] if transitions else []
    yield from (branch["NextAction"] for kind in ("Errors", "Conditions") for branch in transitions.get(kind, ()))


def leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for part in value.values():
            yield from leaves(part)
    elif isinstance(value, list):
        for part in value:
            yield from leaves(part)
    else:
        yield value


def of_type(name: str) -> list[dict[str, Any]]:
    return [action for action in FLOW["Actions"] if action["Type"] == name]


def errors(action: dict[str, Any]) -> dict[str, str]:
    return {error["ErrorType"]: error["NextAction"] for error in action["Transitions"].get("Errors", ())}


def conditions(action: dict[str, Any]) -> dict[str, str]:
    branches = action["Transitions"]["Conditions"]
    assert {branch["Condition"]["Operator"] for branch in branches} == {"Equals"}
    return {branch["Condition"]["Operands"][0]: branch["NextAction"] for branch in branches}


def test_the_flow_of_the_checkout_is_the_one_that_is_made() -> None:
    text = (ROOT / "infra/voice-flow.json").read_text()

    assert text == contact_flow_text(), "run `make template`, and commit what it writes"
    assert json.loads(text) == FLOW
    assert FLOW["Version"] == "2019-10-30"


def test_every_target_exists_and_every_action_is_reached() -> None:
    reached, new = set(), {FLOW["StartAction"]}
    while new:
        reached |= new
        new = {target for name in new for target in targets(ACTIONS[name])} - reached

    assert reached == set(ACTIONS)
    assert set(FLOW["Metadata"]["ActionMetadata"]) == set(ACTIONS)


def test_identifiers_and_sizes_keep_the_limits() -> None:
    assert len(FLOW["Actions"]) == len(ACTIONS) <= 250
    for name in ACTIONS:
        assert 0 < len(name) <= 50
        assert not re.search(r"[%:(\\/)=$,;\[\]{}]", name)
    positions = [tuple(at["position"].values()) for at in FLOW["Metadata"]["ActionMetadata"].values()]
    assert len(set(positions)) == len(positions)
    # CloudFormation takes 256,000 characters; a template in a file has room for 51,200 in all
    assert len(contact_flow_text()) < 40_000


def test_every_parameter_is_a_string() -> None:
    assert {type(leaf) for action in FLOW["Actions"] for leaf in leaves(action)} == {str}


def test_only_the_end_has_no_way_on_and_every_failing_action_has_one() -> None:
    assert [action["Identifier"] for action in FLOW["Actions"] if not action["Transitions"]] == ["hang up"]
    assert ACTIONS["hang up"]["Type"] == "DisconnectParticipant"
    for action in FLOW["Actions"]:
        match action["Type"]:
            case "InvokeLambdaFunction" | "MessageParticipant" | "UpdateContactTextToSpeechVoice":
                assert set(errors(action)) == {"NoMatchingError"}
            case "Compare":
                assert set(errors(action)) == {"NoMatchingCondition"}
            case "GetParticipantInput" if "StoreInput" in action["Parameters"]:
                assert set(errors(action)) == {"InputTimeLimitExceeded", "NoMatchingCondition", "NoMatchingError"}
            case "GetParticipantInput":
                assert errors(action) == {"NoMatchingError": "answered"}


def test_nothing_is_logged_or_recorded() -> None:
    assert ACTIONS[FLOW["StartAction"]]["Parameters"] == {"FlowLoggingBehavior": "Disabled"}
    assert not of_type("UpdateContactRecordingBehavior")


def test_keys_are_kept_while_nothing_listens() -> None:
    assert ACTIONS["keep keys"]["Parameters"] == {"EnableDTMFBuffer": "true"}
    assert list(targets(ACTIONS["keep keys"])) == ["answered", "answered"]
    assert list(targets(ACTIONS[FLOW["StartAction"]])) == ["keep keys"]


@pytest.mark.parametrize(("name", "seconds"), [("listen", "10"), ("glance", "1")])
def test_a_menu_takes_each_of_the_twelve_keys(name: str, seconds: str) -> None:
    menu = ACTIONS[name]

    assert menu["Parameters"] == {
        "SSML": "<speak></speak>",
        "StoreInput": "False",
        "InputTimeLimitSeconds": seconds,
    }
    assert "".join(conditions(menu)) == KEYS
    assert set(errors(menu).values()) == {"no key"}
    for key, target in conditions(menu).items():
        assert ACTIONS[target]["Parameters"]["LambdaInvocationAttributes"] == {
            "event": "key",
            "state": "$.External.state",
            "key": key,
        }


def test_a_key_is_reported_a_second_time_and_everything_else_is_resumed_twice() -> None:
    again = {action["Identifier"]: errors(action)["NoMatchingError"] for action in of_type("InvokeLambdaFunction")}

    keys = {name for name in again if re.fullmatch(r"key \w+", name)}
    assert len(keys) == 12
    assert all(again[name] == f"{name} again" for name in keys)
    assert {again[name] for name in again if name not in keys} == {"once more"}
    assert ACTIONS["once more"]["Parameters"] == {"LoopCount": "2"}
    assert conditions(ACTIONS["once more"]) == {"ContinueLooping": "answered again", "DoneLooping": "hang up"}


def test_our_function_is_told_every_signal() -> None:
    told = {}
    for action in of_type("InvokeLambdaFunction"):
        parameters = action["Parameters"]
        assert parameters["LambdaFunctionARN"] == "${IvrFunctionArn}"
        assert parameters["InvocationTimeLimitSeconds"] == "8"
        assert action["Transitions"]["NextAction"] == "how to play"
        told[parameters["LambdaInvocationAttributes"]["event"]] = action["Identifier"]
    assert set(told) == {*Signal, "key"}
    assert "state" not in ACTIONS["answered"]["Parameters"]["LambdaInvocationAttributes"]


def test_each_word_of_an_answer_has_its_branch() -> None:
    plays = conditions(ACTIONS["how to play"])

    assert set(plays) == set(PLAYS)
    assert errors(ACTIONS["how to play"]) == {"NoMatchingCondition": "and then"}
    for word, (kind, barge_in) in PLAYS.items():
        action = ACTIONS[plays[word]]
        if kind != "file":
            assert action["Parameters"] == {
                "TextToSpeechVoice": "$.External.voice",
                "TextToSpeechEngine": "$.External.engine",
            }
            # then a voice that cannot be set leaves the call audible
            assert set(targets(action)) == {f"play {word}"}
            action = ACTIONS[f"play {word}"]
        parameters = dict(action["Parameters"])
        assert parameters.pop("SkipWhenDTMFBufferEnabled") == ("true" if barge_in else "false")
        assert (
            parameters
            == {
                "text": {"Text": "$.External.what"},
                "ssml": {"SSML": "$.External.what"},
                "file": {"Media": {"Uri": "$.External.what", "SourceType": "S3", "MediaType": "Audio"}},
            }[kind]
        )
        assert errors(action) == {"NoMatchingError": "unplayable"}
        assert action["Transitions"]["NextAction"] == "and then"
    assert conditions(ACTIONS["and then"]) == {
        Then.GO_ON: "played",
        Then.LISTEN: "listen",
        Then.GLANCE: "glance",
        Then.HANG_UP: "hang up",
    }
    assert errors(ACTIONS["and then"]) == {"NoMatchingCondition": "hang up"}


# --- Questions and answers --------------------------------------------------------------------------------------------

TRY = MessageId(ChunkKey(TenantId("acme"), AlertRef("a-1"), 0, 0), 3, 1)
STATE = DialogueState(place=DialoguePlace.LISTEN, keys="1*#", steps=4)


def asked(parameters: dict[str, Any], **contact: Any) -> dict[str, Any]:
    """Return a payload in the shape of "Invoke AWS Lambda functions", with fields that are of no use to us."""
    data = {
        "Attributes": {"message": str(TRY)},
        "Channel": "VOICE",
        "ContactId": "c-1",
        "CustomerEndpoint": {"Address": "+447700900801", "Type": "TELEPHONE_NUMBER"},
        "InitialContactId": "c-1",
        "InitiationMethod": "API",
        "InstanceARN": "arn:aws:connect:eu-west-2:000000000000:instance/i",
        "MediaStreams": {"Customer": {"Audio": None}},
        "PreviousContactId": "c-1",
        "Queue": None,
        "SystemEndpoint": {"Address": "+441134960000", "Type": "TELEPHONE_NUMBER"},
    }
    return {"Details": {"ContactData": data | contact, "Parameters": parameters}, "Name": "ContactFlowEvent"}


def test_a_key_that_is_reported_a_second_time_says_so() -> None:
    for action in of_type("InvokeLambdaFunction"):
        told = dict(action["Parameters"]["LambdaInvocationAttributes"])
        if told["event"] == "key":
            told["state"] = ""
            assert question(asked(told)).again == action["Identifier"].endswith(" again")


def test_a_question_is_read() -> None:
    assert question(asked({"event": "key", "key": "#", "state": encode(STATE)})) == CallQuestion(
        event="#",
        state=STATE,
        call_id="c-1",
        message=TRY,
        inbound=False,
        receiver="+447700900801",
        line="+441134960000",
    )


@pytest.mark.parametrize("signal", Signal)
def test_every_signal_is_read(signal: Signal) -> None:
    assert question(asked({"event": str(signal), "state": encode(STATE)})).event is signal


@pytest.mark.parametrize("parameters", [{}, {"state": ""}, {"state": None}])
def test_without_a_state_a_call_has_just_begun(parameters: dict[str, Any]) -> None:
    assert question(asked({"event": "resume", **parameters})).state == DialogueState()


def test_a_call_in_has_no_message_and_may_have_no_number() -> None:
    read = question(asked({"event": "answered"}, InitiationMethod="INBOUND", Attributes={}, CustomerEndpoint=None))

    assert (read.inbound, read.message, read.receiver) == (True, None, None)


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"Details": None},
        {"warm": True},
        asked({}),
        asked({"event": "rings"}),
        asked({"event": "key"}),
        asked({"event": "key", "key": "12"}),
        asked({"event": "key", "key": ""}),
        asked({"event": "key", "key": None}),
        asked({"event": "played", "state": "not ours"}),
        asked({"event": "played", "state": 7}),
    ],
)
def test_another_payload_is_no_question(payload: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        question(payload)


AMY = Voice("Amy", "neural")


@pytest.mark.parametrize(
    ("prompt", "barge_in", "says"),
    [
        (None, False, {"play": "nothing"}),
        (SpokenText("Fire!", AMY), False, {"play": "text", "what": "Fire!", "voice": "Amy", "engine": "neural"}),
        (SpokenText("$.x", AMY), True, {"play": "text_cut", "what": " $.x", "voice": "Amy", "engine": "neural"}),
        (SpokenSsml("<speak/>", AMY), True, {"play": "ssml_cut", "what": "<speak/>", "voice": "Amy", "engine": "neural"}),
        (AudioFile("prompts/a.wav", 9), False, {"play": "file", "what": "s3://prompts/prompts/a.wav"}),
        (AudioFile("prompts/a.wav", 9), True, {"play": "file_cut", "what": "s3://prompts/prompts/a.wav"}),
    ],
)  # fmt: skip
def test_an_answer_is_flat_and_of_strings(prompt: Prompt | None, barge_in: bool, says: dict[str, str]) -> None:
    said = answer(STATE, IvrStep(PromptName.MAIN, barge_in, Then.GLANCE), prompt, "s3://prompts/")

    assert said == says | {"prompt": "main", "then": "glance", "state": encode(STATE)}
    assert {type(value) for value in said.values()} == {str}
    assert said["play"] in [*PLAYS, "nothing"]


def test_an_answer_that_plays_nothing_names_no_prompt() -> None:
    assert answer(STATE, IvrStep(None, False, Then.LISTEN), None, "s3://prompts/")["prompt"] == ""


# --- How a call ended -------------------------------------------------------------------------------------------------

EVENTS = Path(__file__).parents[1] / "events"
ENDS = [
    ("TELECOM_BUSY", CallEnd.BUSY),
    ("TELECOM_UNANSWERED", CallEnd.NO_ANSWER),
    ("TELECOM_TIMEOUT", CallEnd.NO_ANSWER),
    ("TELECOM_ORIGINATOR_CANCEL", CallEnd.NO_ANSWER),
    ("TELECOM_NUMBER_INVALID", CallEnd.INVALID_NUMBER),
    ("TELECOM_POTENTIAL_BLOCKING", CallEnd.NUMBER_BLOCKED),
    ("TELECOM_PROBLEM", CallEnd.NETWORK),
    ("OTHER", CallEnd.NETWORK),
    ("A_WORD_OF_NEXT_YEAR", CallEnd.NETWORK),
    ("CUSTOMER_DISCONNECT", CallEnd.HUNG_UP),
    ("CONTACT_FLOW_DISCONNECT", CallEnd.ENDED),
    (None, None),
]


def recorded() -> dict[str, Any]:
    """Return the event of Connect's own documentation. It has no reason."""
    event: dict[str, Any] = json.loads((EVENTS / "connect_disconnected.json").read_text())
    return event


def test_the_event_of_the_documentation() -> None:
    assert contact_events.read(recorded()) == EndedCall(
        "11111111-1111-1111-1111-111111111111",
        datetime(2021, 8, 4, 17, 18, 37, tzinfo=UTC),
        CallFacts(dial_seconds=2, talk_seconds=42),
    )


@pytest.mark.parametrize(("reason", "end"), ENDS)
def test_why_a_call_ended(reason: str | None, end: CallEnd | None) -> None:
    ended = contact_events.read(contact_event("c-1", NOON, None, NOON + timedelta(seconds=40), reason))

    assert ended == EndedCall("c-1", NOON + timedelta(seconds=40), CallFacts(end, dial_seconds=40))


def test_a_machine_is_told_where_connect_looked_for_one() -> None:
    event = recorded()
    event["detail"]["answeringMachineDetectionStatus"] = "VOICEMAIL_BEEP"
    machine = contact_events.read(event)
    event["detail"]["answeringMachineDetectionStatus"] = "HUMAN_ANSWERED"
    human = contact_events.read(event)

    assert isinstance(machine, EndedCall)
    assert isinstance(human, EndedCall)
    assert (machine.facts.machine, human.facts.machine) == (True, False)


def test_an_event_that_comes_twice_and_late_says_nothing_new() -> None:
    before = contact_event("c-1", NOON, NOON + timedelta(seconds=3), NOON + timedelta(seconds=60))
    told = [contact_events.read(event) for event in (before, before)]
    assert told[0] == told[1]
    described = ended_contact(
        {
            "Id": "c-1",
            "InitiationTimestamp": NOON.timestamp(),
            "ConnectedToSystemTimestamp": NOON.timestamp() + 3,
            "DisconnectTimestamp": NOON.timestamp() + 60,
            "DisconnectReason": "CUSTOMER_DISCONNECT",
        }
    )

    # then only the reason, which the event lacked, is new
    assert isinstance(told[0], EndedCall)
    assert described is not None
    assert described.ended_at == told[0].ended_at
    assert told[0].facts.merge(described.facts) == described.facts
    assert described.facts == CallFacts(CallEnd.HUNG_UP, dial_seconds=3, talk_seconds=57)


def test_a_contact_that_goes_on_has_not_ended() -> None:
    assert ended_contact({"Id": "c-1", "InitiationTimestamp": NOON.timestamp()}) is None
    with pytest.raises(ValueError, match="not a contact"):
        ended_contact({"DisconnectTimestamp": 1})


@pytest.mark.parametrize("kind", ["INITIATED", "CONNECTED_TO_SYSTEM", "COMPLETED", "CONTACT_DATA_UPDATED"])
def test_other_events_of_a_call_are_not_its_end(kind: str) -> None:
    event = recorded()
    event["detail"]["eventType"] = kind

    assert contact_events.read(event) is UnreadReason.IGNORED


def test_chats_and_events_of_others_are_not_calls() -> None:
    chat = recorded()
    chat["detail"]["channel"] = "CHAT"
    assert contact_events.read(chat) is UnreadReason.IGNORED
    assert contact_events.read(recorded() | {"detail-type": "Contact Lens Analysis"}) is UnreadReason.UNKNOWN_EVENT


FIELDS = [
    "contactId",
    "channel",
    "eventType",
    "initiationTimestamp",
    "disconnectTimestamp",
    "connectedToSystemTimestamp",
    "disconnectReason",
    "answeringMachineDetectionStatus",
    "a field of next year",
]
VALUES: list[Any] = [
    None,
    True,
    0,
    -1,
    1e300,
    float("nan"),
    "",
    "x",
    "2021-08-04",
    "9999-12-31T23:59:59-23:59",
    [],
    ["x"],
    {},
]


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_with_any_value_raises_nothing(field: str) -> None:
    for value in VALUES:
        event = recorded()
        event["detail"][field] = value
        assert isinstance(contact_events.read(event), EndedCall | UnreadReason), value


@pytest.mark.parametrize("event", [{}, {"detail-type": "Amazon Connect Contact Event"}, recorded() | {"detail": [1]}])
def test_an_event_without_detail_is_malformed(event: dict[str, Any]) -> None:
    assert contact_events.read(event) is UnreadReason.MALFORMED


@pytest.mark.parametrize("field", ["contactId", "initiationTimestamp", "disconnectTimestamp", "channel", "eventType"])
def test_an_event_that_lacks_a_field_is_malformed(field: str) -> None:
    event = recorded()
    del event["detail"][field]

    assert contact_events.read(event) is UnreadReason.MALFORMED
