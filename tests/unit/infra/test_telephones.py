"""The simulated Amazon Connect: its API as botocore's model has it, its quotas, its people, and the ends it reports."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from infra.local.complaint import Complaint
from infra.local.outside.connect import Connect, ConnectError
from infra.local.outside.contact_flow import Unplayable
from infra.local.outside.exchange import LINES, WITHHELD, Exchange
from infra.local.outside.handsets import Handsets
from infra.local.outside.phones import PhoneState
from infra.local.outside.telephone import Spoken, spoken
from infra.local.telephone_server import TelephoneServer
from tests.unit.infra.network import FLOW, HAND, LONG, OURS, PERSON, WAV, Hand, Network, ended, until
from tocsin.adapters.connect import contact_events
from tocsin.adapters.connect.contact_events import ended_contact
from tocsin.adapters.connect.steps import question
from tocsin.calls.domain.ended_call import EndedCall
from tocsin.voice.domain.call_facts import CallEnd

# --- Calls to scripted people -----------------------------------------------------------------------------------------


def test_a_person_listens_and_presses_2_and_the_call_is_a_line_of_the_file(network: Network) -> None:
    network.dial(PERSON)

    (line,) = network.lines
    said = line.pop("said")
    assert line == {
        "from": OURS,
        "to": PERSON,
        "alertRef": "a1",
        "attempt": 1,
        "keys": "2",
        "endedBy": "system",
    }
    assert [one["prompt"] for one in said] == ["pre", "main", "post", "done"]
    assert said[1] == {"prompt": "main", "file": "s3://prompts-bucket/prompts/main.wav", "ms": 1000, "cut": False}
    assert said[3] == {"prompt": "done", "text": "Thank you.", "voice": "Amy", "ms": 667, "cut": False}


def test_our_function_is_asked_as_connect_asks(network: Network) -> None:
    contact = network.dial(PERSON)

    asked = question(network.system.asked[0])
    assert (asked.call_id, str(asked.message), asked.inbound) == (contact.id, "acme.a1.0.0.0.1", False)
    assert (asked.receiver, asked.line) == (PERSON, OURS)


def read_end(event: Mapping[str, Any]) -> EndedCall:
    found = contact_events.read(event)
    assert isinstance(found, EndedCall)
    return found


def test_the_end_is_reported_as_our_reader_takes_it(network: Network) -> None:
    contact = network.dial(PERSON)

    (told,) = map(read_end, network.system.told)
    assert (told.call_id, told.facts.end) == (contact.id, CallEnd.ENDED)
    # then seconds are those of the call, and not the fraction that it took here
    assert told.facts.dial_seconds == pytest.approx(2, abs=0.01)
    assert told.facts.talk_seconds == pytest.approx(
        sum(one["ms"] for one in network.lines[0]["said"]) / 1000 + 2, abs=2
    )
    assert contact.ended is not None
    assert told.ended_at.timestamp() == pytest.approx(contact.ended.timestamp(), abs=0.01)


@pytest.mark.parametrize(
    ("number", "end", "by"),
    [
        ("+447700900801", CallEnd.BUSY, "busy"),
        ("+447700900802", CallEnd.NO_ANSWER, "no answer"),
        ("+447700900803", CallEnd.INVALID_NUMBER, "no such number"),
        ("+447700900804", CallEnd.HUNG_UP, "person"),
    ],
)
def test_how_a_call_ended_is_told(network: Network, number: str, end: CallEnd, by: str) -> None:
    network.dial(number)

    assert [read_end(event).facts.end for event in network.system.told] == [end]
    assert network.lines[0]["endedBy"] == by


def test_a_call_that_is_not_answered_has_been_ringing_as_long_as_asked(network: Network) -> None:
    network.dial("+447700900802", rings=25)

    (told,) = map(read_end, network.system.told)
    assert told.facts.dial_seconds == pytest.approx(25, abs=0.01)
    assert told.facts.talk_seconds is None


def test_a_person_who_is_busy_once_answers_the_next_attempt_of_each_message(network: Network) -> None:
    for message in ("acme.a1.0.0.0.1", "acme.a1.0.0.0.3", "acme.a2.0.0.0.1"):
        network.dial("+447700900811", message)

    assert [(line["alertRef"], line["attempt"], line["endedBy"]) for line in network.lines] == [
        ("a1", 1, "busy"),
        ("a1", 2, "system"),
        ("a2", 1, "busy"),
    ]


@pytest.mark.parametrize(
    ("number", "order"),
    [
        ("+447700900813", ["answered", "played", "played", "key"]),
        ("+447700900814", ["answered", "played", "played", "end", "key", "end"]),
    ],
)
def test_an_end_is_never_told_or_twice_and_before_the_key(network: Network, number: str, order: list[str]) -> None:
    network.dial(number)

    assert network.system.order == order
    assert len({json.dumps(event) for event in network.system.told}) <= 1


@pytest.mark.parametrize(
    ("state", "end"),
    [
        (PhoneState.OFF, CallEnd.NO_ANSWER),
        (PhoneState.UNASSIGNED, CallEnd.INVALID_NUMBER),
        (PhoneState.BLOCKED, CallEnd.NUMBER_BLOCKED),
    ],
)
def test_a_phone_that_is_off_for_texts_is_off_for_calls(network: Network, state: PhoneState, end: CallEnd) -> None:
    network.phones.set(PERSON, state)

    network.dial(PERSON)

    assert read_end(network.system.told[0]).facts.end is end


def test_a_recording_that_is_not_there_is_unplayable(network: Network) -> None:
    network.system.objects.clear()

    network.dial(PERSON)

    assert network.system.order == ["answered", "played", "unplayable", "key", "end"]
    assert [one["prompt"] for one in network.lines[0]["said"]] == ["pre", "post", "done"]


def test_a_function_that_fails_ends_the_call_and_no_other(network: Network) -> None:
    ask, network.system.ask = network.system.ask, None  # type: ignore[method-assign, assignment]
    network.dial(PERSON)
    network.system.ask = ask  # type: ignore[method-assign]

    assert network.lines[0]["said"] == []
    assert read_end(network.system.told[0]).facts.end is CallEnd.ENDED
    network.dial(PERSON)
    assert network.lines[1]["keys"] == "2"


def test_the_eleventh_call_hears_a_reorder_tone(network: Network) -> None:
    network.exchange.handsets.events([HAND], None, 20)
    busy = [network.exchange.dial(OURS, HAND, {"message": f"acme.a{n}.0.0.0.1"}, 1e6) for n in range(LINES)]

    tone = network.dial(PERSON)

    assert [read_end(event).facts.end for event in network.system.told] == [CallEnd.NETWORK]
    assert tone.reason == "TELECOM_PROBLEM"
    assert network.lines == [network.lines[0] | {"said": [], "endedBy": "no free line"}]
    network.exchange.stop(busy[0])
    ended(busy[0])
    assert network.dial(PERSON).reason == "CONTACT_FLOW_DISCONNECT"


# --- The API ----------------------------------------------------------------------------------------------------------


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


CALL = {
    "InstanceId": "i-1",
    "ContactFlowId": "f-1",
    "DestinationPhoneNumber": PERSON,
    "SourcePhoneNumber": OURS,
    "ClientToken": "acme.a1.0.0.0.1",
    "Attributes": {"message": "acme.a1.0.0.0.1"},
    "RingTimeoutInSeconds": 40,
    "TrafficType": "GENERAL",
}


def start(connect: Connect, **changes: Any) -> str:
    answered = connect.respond("PUT", "/contact/outbound-voice", json.dumps({**CALL, **changes}).encode())
    assert answered is not None
    return str(answered["ContactId"])


def test_the_same_token_is_the_same_call_for_seven_days(network: Network) -> None:
    clock = Clock()
    connect = Connect(network.exchange, clock)

    first = start(connect)
    clock.now += 7 * 86_400 - 1
    assert start(connect) == first
    assert start(connect, ClientToken="acme.a1.0.0.0.2") != first
    clock.now += 1
    assert start(connect) != first


def admitted(connect: Connect, token: str) -> bool:
    try:
        start(connect, ClientToken=token, DestinationPhoneNumber="+447700900801")
    except ConnectError as error:
        return (error.status, error.name) != (429, "TooManyRequestsException")
    return True


def test_two_calls_a_second_are_placed_and_five_at_once_after_a_pause(network: Network) -> None:
    clock = Clock()
    connect = Connect(network.exchange, clock)

    def placed() -> int:
        return sum(admitted(connect, f"{clock.now}.{count}") for count in range(8))

    assert placed() == 5
    clock.now += 1
    assert placed() == 2
    clock.now += 60
    assert placed() == 5


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"DestinationPhoneNumber": "07700900199"}, "InvalidParameterException"),
        ({"SourcePhoneNumber": "Tocsin"}, "InvalidParameterException"),
        ({"RingTimeoutInSeconds": 61}, "InvalidParameterException"),
        ({"RingTimeoutInSeconds": "40"}, "InvalidParameterException"),
        ({"ClientToken": "x" * 501}, "InvalidParameterException"),
        ({"TrafficType": "CAMPAIGN"}, "InvalidParameterException"),
        ({"Attributes": {"message": 7}}, "InvalidParameterException"),
        ({"InstanceId": ""}, "InvalidParameterException"),
        ({"Colour": "red"}, "InvalidRequestException"),
    ],
)
def test_what_connect_refuses(network: Network, changes: dict[str, Any], name: str) -> None:
    with pytest.raises(ConnectError) as refused:
        start(Connect(network.exchange), **changes)

    assert (refused.value.status, refused.value.name) == (400, name)


def test_no_call_is_placed_before_the_system_is_there(network: Network) -> None:
    network.exchange.connect(None)

    with pytest.raises(ConnectError) as refused:
        start(Connect(network.exchange))

    assert refused.value.status == 500


def client(server: TelephoneServer) -> Any:
    config = Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1})
    return boto3.client("connect", region_name="eu-west-2", endpoint_url=server.url, config=config)


def test_requests_answers_and_errors_are_those_of_botocores_model(network: Network, server: TelephoneServer) -> None:
    connect = client(server)

    id = connect.start_outbound_voice_contact(**CALL)["ContactId"]
    until(lambda: network.system.told)
    contact = connect.describe_contact(InstanceId="i-1", ContactId=id)["Contact"]

    (told,) = map(read_end, network.system.told)
    raw = {name: value.timestamp() if hasattr(value, "timestamp") else value for name, value in contact.items()}
    described = ended_contact(raw)
    assert described is not None
    assert described.call_id == told.call_id
    assert described.facts.end is told.facts.end
    assert described.facts.dial_seconds == pytest.approx(2, abs=0.01)
    assert contact["Attributes"] == CALL["Attributes"]
    assert contact["CustomerEndpoint"]["Address"] == PERSON
    known = connect.meta.service_model.shape_for("Contact").members
    sent = Connect(network.exchange).respond("GET", f"/contacts/i-1/{id}", b"")
    assert sent is not None
    assert set(sent["Contact"]) <= set(known)

    refused: dict[str, Callable[[], Any]] = {
        "ResourceNotFoundException": lambda: connect.describe_contact(InstanceId="i-1", ContactId="c-9"),
        "ContactNotFoundException": lambda: connect.stop_contact(InstanceId="i-1", ContactId=id),
        "InvalidParameterException": lambda: connect.start_outbound_voice_contact(
            **CALL | {"RingTimeoutInSeconds": 61}
        ),
    }
    for name, ask in refused.items():
        with pytest.raises(ClientError) as error:
            ask()
        assert error.value.response["Error"]["Code"] == name
        assert error.value.response["Error"]["Message"]
        modelled = next(one for one in connect.meta.service_model.error_shapes if one.name == name)
        assert (
            error.value.response["ResponseMetadata"]["HTTPStatusCode"] == modelled.metadata["error"]["httpStatusCode"]
        )


def test_a_call_that_rings_is_stopped(network: Network, server: TelephoneServer) -> None:
    connect = client(server)
    network.exchange.handsets.events([HAND], None, 20)
    id = connect.start_outbound_voice_contact(**{**CALL, "DestinationPhoneNumber": HAND})["ContactId"]

    assert "DisconnectTimestamp" not in connect.describe_contact(InstanceId="i-1", ContactId=id)["Contact"]
    connect.stop_contact(InstanceId="i-1", ContactId=id)

    until(lambda: network.system.told)
    assert read_end(network.system.told[0]).facts.end is CallEnd.NO_ANSWER
    assert network.lines[0]["endedBy"] == "stopped"


# --- Phones that a person holds ---------------------------------------------------------------------------------------


def test_a_person_answers_listens_and_presses_a_key(network: Network) -> None:
    hand = Hand(network.exchange.handsets)
    contact = network.exchange.dial(OURS, HAND, {"message": "acme.a1.0.0.0.1"}, 1e4)

    call = hand.sees("ringing", **{"from": OURS, "to": HAND})["call"]
    hand.handsets.answer(call)
    main = hand.sees("saying", prompt="main")
    hand.sees("listening")
    hand.handsets.press(call, "2")
    hand.sees("ended", by="system")

    assert (main["file"], main["text"], main["seconds"]) == ("s3://prompts-bucket/prompts/main.wav", "", 1.0)
    assert hand.heard == ["pre", "main", "post", "done"]
    ended(contact)
    assert read_end(network.system.told[0]).facts.end is CallEnd.ENDED
    assert (network.lines[0]["keys"], network.lines[0]["endedBy"]) == ("2", "system")
    with pytest.raises(Complaint, match="over"):
        hand.handsets.press(call, "2")


@pytest.mark.parametrize(
    ("act", "end", "by"),
    [
        (lambda hand, call: hand.handsets.busy(call), CallEnd.BUSY, "busy"),
        (lambda hand, call: None, CallEnd.NO_ANSWER, "no answer"),
        (lambda hand, call: hand.handsets.hang_up(call), CallEnd.NO_ANSWER, "no answer"),
    ],
    ids=["busy", "nothing", "hangs up a phone that is not lifted"],
)
def test_a_person_does_not_answer(network: Network, act: Callable[[Hand, str], None], end: CallEnd, by: str) -> None:
    hand = Hand(network.exchange.handsets)
    network.exchange.dial(OURS, HAND, {}, 5)

    act(hand, hand.sees("ringing")["call"])
    hand.sees("ended", by=by)

    until(lambda: network.system.told)
    assert read_end(network.system.told[0]).facts.end is end


def test_a_person_hangs_up_in_the_middle_of_a_prompt(network: Network) -> None:
    network.system.objects["s3://prompts-bucket/prompts/main.wav"] = LONG
    hand = Hand(network.exchange.handsets)
    contact = network.exchange.dial(OURS, HAND, {}, 1e4)
    call = hand.sees("ringing")["call"]
    hand.handsets.answer(call)
    hand.sees("saying", prompt="main")

    hand.handsets.hang_up(call)

    hand.sees("ended", by="person")
    assert ended(contact).reason == "CUSTOMER_DISCONNECT"
    assert network.system.order == ["answered", "played", "end"]


def test_a_key_that_is_pressed_before_the_call_listens_is_kept(network: Network) -> None:
    hand = Hand(network.exchange.handsets)
    contact = network.exchange.dial(OURS, HAND, {}, 1e4)
    network.system.first = lambda: hand.handsets.press(contact.id, "2")

    hand.handsets.answer(hand.sees("ringing")["call"])

    hand.sees("ended", by="system")
    assert hand.heard == ["pre", "main", "post", "done"]
    assert "listening" not in {one["event"] for one in hand.seen}


def test_a_key_that_is_pressed_at_the_answer_is_kept() -> None:
    handset = Handsets().line("c-1", HAND, lambda answer: Spoken("", "", "", 0.0))

    handset.press("1")
    handset.answer()
    handset.press("2")

    assert (handset.key(0), handset.pressed) == ("2", "2")


def test_a_call_in_is_a_call_of_the_flow_and_of_nothing_that_was_dialled(network: Network) -> None:
    hand = Hand(network.exchange.handsets, PERSON)

    contact = network.exchange.call_in(PERSON, OURS)
    hand.sees("answered", **{"from": PERSON, "to": OURS})
    hand.handsets.hang_up(contact.id)
    hand.sees("ended", by="person")

    ended(contact)
    asked = question(network.system.asked[0])
    assert (asked.inbound, asked.message, asked.receiver, asked.line) == (True, None, PERSON, OURS)
    assert network.system.told[0]["detail"]["initiationMethod"] == "INBOUND"
    assert (network.lines[0]["from"], network.lines[0]["to"]) == (PERSON, OURS)
    assert (network.lines[0]["alertRef"], network.lines[0]["attempt"]) == (None, None)


def test_a_caller_may_withhold_the_number(network: Network) -> None:
    hand = Hand(network.exchange.handsets, WITHHELD)

    contact = network.exchange.call_in("", OURS)
    hand.sees("answered")
    hand.handsets.hang_up(contact.id)
    ended(contact)

    assert question(network.system.asked[0]).receiver is None


def test_a_number_is_attended_as_long_as_its_events_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    handsets = Handsets()
    now = time.monotonic()
    assert not handsets.attended(HAND)

    handsets.events([HAND, PERSON], None)

    assert handsets.attended(HAND)
    assert handsets.attended(PERSON)
    monkeypatch.setattr(time, "monotonic", lambda: now + 60)
    assert not handsets.attended(HAND)


def test_a_page_that_is_opened_during_a_call_sees_how_it_began(network: Network) -> None:
    hand = Hand(network.exchange.handsets)
    contact = network.exchange.dial(OURS, HAND, {}, 1e4)
    hand.sees("ringing")

    events, _ = hand.handsets.events([HAND], None)
    assert [one["event"] for one in events] == ["ringing"]

    network.exchange.stop(contact)
    ended(contact)
    assert hand.handsets.events([HAND], None)[0] == []


def ask(server: TelephoneServer, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
    sent = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(server.url + path, sent, headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as reply:
            read = reply.read()
            return reply.status, json.loads(read) if "json" in reply.headers["Content-Type"] else read
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def test_programs_hold_phones_by_http(network: Network, server: TelephoneServer) -> None:
    number = f"number={quote(PERSON)}"
    after = ask(server, f"/phone/events?{number}")[1]["after"]
    status, placed = ask(server, "/call", {"from": PERSON, "to": OURS})
    assert status == 200
    call = f"/phone/calls/{placed['call']}"

    _, answered = ask(server, f"/phone/events?{number}&after={after}&wait=10")
    assert answered["events"][0]["event"] == "answered"
    assert answered["after"] >= answered["events"][0]["seq"]
    assert ask(server, f"{call}/press", {"key": "2"}) == (200, {})
    assert ask(server, f"{call}/press", {"key": "22"})[0] == 409
    assert ask(server, f"{call}/press", ["2"])[0] == 400
    assert ask(server, f"{call}/hang_up", {}) == (200, {})
    until(lambda: network.system.told)
    assert network.lines[0]["keys"] == "2"
    assert ask(server, f"{call}/press", {"key": "2"}) == (409, {"message": "This call is over."})
    assert ask(server, "/phone/recording?file=s3://prompts-bucket/prompts/main.wav") == (200, WAV)
    assert ask(server, "/phone/recording?file=s3://prompts-bucket/none.wav")[0] == 404
    assert ask(server, "/phone/calls")[0] == 404


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "same-origin"}, {"Host": "evil.example:80"}]
)
def test_a_website_places_no_calls(network: Network, server: TelephoneServer, headers: dict[str, str]) -> None:
    assert ask(server, "/call", {"from": PERSON, "to": OURS}, **headers)[0] == 403
    assert network.system.asked == []


def test_a_call_to_a_scripted_person_is_stopped_before_the_answer(network: Network) -> None:
    slow = Exchange(FLOW, network.log, network.exchange.handsets, network.phones, network.failed.append, faster=1)
    slow.connect(network.system)
    contact = slow.dial(OURS, PERSON, {}, 40)

    slow.stop(contact)

    assert ended(contact).reason == "TELECOM_ORIGINATOR_CANCEL"
    assert network.system.asked == []


# --- What a phone hears -----------------------------------------------------------------------------------------------


def test_words_and_recordings_last_as_long_as_they_do() -> None:
    def read(address: str) -> bytes | None:
        return {
            "s3://b/one.wav": WAV,
            "s3://b/list.wav": WAV[:12] + b"LIST\x03\0\0\0abc\0" + WAV[12:],
            "s3://b/cut.wav": WAV[:4044],
            "s3://b/odd.wav": WAV[:40],
        }.get(address)

    ssml = '<speak>Water in <amazon:effect name="whispered">the  server</amazon:effect>\nroom.</speak>'
    assert spoken({"play": "ssml_cut", "what": ssml, "voice": "Amy"}, read).text == "Water in the server room."
    assert spoken({"play": "text", "what": "x" * 30, "voice": "Amy"}, read) == Spoken("x" * 30, "", "Amy", 2.0)
    assert spoken({"play": "file", "what": "s3://b/one.wav"}, read) == Spoken("", "s3://b/one.wav", "", 1.0)
    assert spoken({"play": "file", "what": "s3://b/list.wav"}, read).seconds == 1.0
    assert spoken({"play": "file", "what": "s3://b/cut.wav"}, read).seconds == 0.5
    for bad in (
        {"play": "ssml", "what": "<speak>"},
        *({"play": "file", "what": f"s3://b/{n}.wav"} for n in ("odd", "no")),
    ):
        with pytest.raises(Unplayable):
            spoken(bad, read)
