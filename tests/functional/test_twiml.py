"""The routes that a provider of TwiML calls: whole calls over HTTP, and requests that are not the provider's."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit
from xml.etree import ElementTree

import pytest

from tests.functional.gateway import Answer, Gateway
from tests.unit.calls.call_world import ANA, OURS, CallWorld
from tocsin.adapters.twiml.addresses import STATUS, STEP, CallAddress, VoiceAddresses
from tocsin.adapters.twiml.providers import TwimlAccount
from tocsin.adapters.twiml.received import ReceiveTwiml
from tocsin.calls.application.begin_call import BeginCall
from tocsin.calls.application.call_rows import CallRows
from tocsin.delivery.domain.message import MessageState, SendingTerms, claim_message, outcome_unknown
from tocsin.delivery.domain.message_id import MessageId
from tocsin.entrypoint.http.app import create_app
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.telephony.domain.request_signatures import form_signature
from tocsin.voice.domain.dialogue import Signal
from twiml.routes import MOST_BYTES, voice_routes

PUBLIC = "https://tocsin.example/live"
ACCOUNT = TwimlAccount.of("twilio", base_url="https://api.twilio.com/2010-04-01", account="AC1", secret="token")
ADDRESSES = VoiceAddresses(PUBLIC, "token")
SECOND = timedelta(seconds=1)


class TwimlWorld(CallWorld):
    """Our routes, and a provider that calls them."""

    def start(self) -> None:
        super().start()
        begin = BeginCall(CallRows(self.rows, self.clock))
        app = create_app("twiml")
        app.register_blueprint(
            voice_routes(
                ReceiveTwiml(lambda: ACCOUNT, PUBLIC, str, self.clock), self.run_dialogue, begin, self.end_call
            )
        )
        self.gateway = Gateway(app)

    def post(self, url: str, form: dict[str, str], *, key: str = "token", signed: str | None = None) -> Answer:
        """Call one of our addresses with a form. `signed`: the signature, if it is not that of `key`."""
        body = urlencode(form)
        given = form_signature(key, url, {name: [value] for name, value in form.items()}) if signed is None else signed
        headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": given}
        query = {name: [value] for name, value in parse_qsl(urlsplit(url).query)}
        return self.gateway.call("POST", urlsplit(url).path.removeprefix("/live"), body, headers, query)


def form(id: MessageId, **more: str) -> dict[str, str]:
    call_id = f"call-{id.position}-{id.attempt}"
    return {"CallSid": call_id, "From": OURS, "To": ANA, "Direction": "outbound-api", **more}


def following(answer: Answer, pressed: str = "") -> str:
    """The address that the provider calls next: after a key, or without one."""
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/xml; charset=utf-8")
    response = ElementTree.fromstring(answer.text)
    gather = response.find("Gather")
    return gather.attrib["action"] if pressed and gather is not None else response.findtext("Redirect") or ""


def test_a_whole_call_from_the_first_word_to_the_key_that_answers() -> None:
    world = TwimlWorld()
    id = world.dial()
    answer = world.post(ADDRESSES.of(STEP, CallAddress(id), ANA), form(id, AnsweredBy="human"))
    for _ in range(2):  # pre, main
        world.clock.advance(SECOND)
        answer = world.post(following(answer), form(id))
    world.clock.advance(SECOND)
    answer = world.post(following(answer, "2"), form(id, Digits="2"))

    assert [verb.tag for verb in ElementTree.fromstring(answer.text)] == ["Say", "Hangup"]
    ended = ADDRESSES.of(STATUS, CallAddress(id, dialled_at=int(world.clock().timestamp()) - 12), ANA)
    assert world.post(ended, form(id, CallStatus="completed", CallDuration="4")).status == 204
    assert world.state(id) is MessageState.DELIVERED
    assert [response.text for response in world.kept()] == ["2"]
    facts = world.row(id).call_facts
    assert (facts.keys, facts.talk_seconds, facts.dial_seconds, facts.machine) == ("2", 4.0, 8.0, False)
    assert world.lines.held == {}


def test_a_machine_is_known_from_the_first_question() -> None:
    world = TwimlWorld()
    id = world.dial()
    world.post(ADDRESSES.of(STEP, CallAddress(id), ANA), form(id, AnsweredBy="machine_end_beep"))

    assert world.row(id).call_facts.machine


def test_a_busy_receiver_is_called_again() -> None:
    world = TwimlWorld()
    id = world.dial()
    assert world.post(ADDRESSES.of(STATUS, CallAddress(id), ANA), form(id, CallStatus="busy")).status == 204

    assert (world.state(id), world.row(id).reason) == (MessageState.RETRY_WAIT, "busy")


def test_a_call_whose_dialling_had_no_response_is_known_by_its_report_and_not_made_again() -> None:
    world = TwimlWorld()
    id = world.dial(record=False)
    lost = outcome_unknown(world.row(id), "connection_broken", world.clock(), timedelta(minutes=2))
    assert all(world.rows.save(id.key, [lost]))

    assert world.post(ADDRESSES.of(STATUS, CallAddress(id), ANA), form(id, CallStatus="initiated")).status == 204
    row = world.row(id)
    assert (row.state, row.provider_id, row.attempt) == (MessageState.CALLING, "call-0-1", 1)
    world.clock.advance(timedelta(minutes=3))
    again = claim_message(row, 0, world.clock(), SendingTerms(world.alert.send_before, False, 60 * SECOND))
    assert getattr(again, "state", None) is not MessageState.SENDING


def test_a_report_that_comes_twice_or_after_the_end_changes_nothing() -> None:
    world = TwimlWorld()
    id = world.dial()
    began, ended = form(id, CallStatus="initiated"), form(id, CallStatus="no-answer")
    url = ADDRESSES.of(STATUS, CallAddress(id), ANA)
    world.post(url, ended)
    row = world.row(id)
    for told in (began, ended, began):
        assert world.post(url, told).status == 204
    assert world.row(id) == row


def test_a_call_in_is_answered_and_its_end_is_told() -> None:
    world = TwimlWorld()
    inbound = {"CallSid": "CA9", "From": ANA, "To": OURS, "Direction": "inbound"}

    assert ElementTree.fromstring(world.post(PUBLIC + STEP, inbound).text)[-1].tag == "Hangup"
    world.post(PUBLIC + STATUS, inbound | {"CallStatus": "completed", "CallDuration": "3"})
    assert [asked.receiver for asked in world.calls_in] == [ANA]
    assert [(ended.call_id, ended.inbound) for ended in world.ended_in] == [("CA9", True)]


# --- Not the provider -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [STEP, STATUS])
def test_whatever_is_not_signed_by_the_provider_gets_403_and_changes_nothing(path: str) -> None:
    world = TwimlWorld()
    id = world.dial()
    before = world.row(id)
    url = ADDRESSES.of(path, CallAddress(id), ANA)
    good = form(id, CallStatus="completed")
    forged = [
        world.post(url, good, signed=""),
        world.post(url, good, key="another"),
        world.post(url, good, signed=form_signature("token", url, {"CallSid": ["call-0-1"]})),
        world.post(f"{PUBLIC}{path}?message={id}", good),
        world.post(VoiceAddresses(PUBLIC, "another").of(path, CallAddress(id), ANA), good),
        world.post(f"{url}&more=1", good),
        world.post(url, good | {"Big": "x" * MOST_BYTES}),
        world.gateway.call("POST", path, b"\xff\xfe", {"X-Twilio-Signature": "x"}),
    ]

    assert [answer.status for answer in forged] == [403] * len(forged)
    assert {answer.text for answer in forged} == {""}
    assert (world.row(id), world.kept(), world.calls_in, world.ended_in) == (before, [], [], [])


def test_an_address_of_one_call_is_worth_nothing_in_another() -> None:
    world = TwimlWorld()
    id = world.dial()
    answer = world.post(ADDRESSES.of(STEP, CallAddress(id), ANA), form(id))

    assert world.post(following(answer), form(id) | {"CallSid": "call-of-an-attacker"}).status == 403


def test_a_host_header_decides_nothing() -> None:
    world = TwimlWorld()
    id = world.dial()
    url = ADDRESSES.of(STEP, CallAddress(id), ANA).replace("tocsin.example", "attacker.example")

    assert world.post(url, form(id)).status == 403


# --- Failures ---------------------------------------------------------------------------------------------------------


def test_after_a_failure_of_ours_the_call_goes_on_where_it_stood_and_the_key_counts() -> None:
    world = TwimlWorld()
    id = world.dial()
    answer = world.post(ADDRESSES.of(STEP, CallAddress(id), ANA), form(id))
    for _ in range(2):
        answer = world.post(following(answer), form(id))
    failed, pressed = following(answer, "2"), form(id, Digits="2")

    world.responses.outage.failing = 1
    assert world.post(failed, pressed).status == 503
    again = ADDRESSES.of(STEP, CallAddress(id, Signal.RESUME), ANA)
    world.post(again, pressed | {"ErrorUrl": failed, "ErrorCode": "11200"})
    assert [response.text for response in world.kept()] == ["2"]


def test_a_failure_that_is_no_question_of_ours_ends_the_call() -> None:
    world = TwimlWorld()
    id = world.dial()
    again = ADDRESSES.of(STEP, CallAddress(id, Signal.RESUME), ANA)
    answer = world.post(again, form(id, ErrorUrl="https://files.example/prompts/a.wav", ErrorCode="11200"))

    assert [verb.tag for verb in ElementTree.fromstring(answer.text)] == ["Hangup"]


def test_an_unreadable_status_is_taken_and_changes_nothing() -> None:
    world = TwimlWorld()
    id = world.dial()
    before = world.row(id)

    assert world.post(ADDRESSES.of(STATUS, CallAddress(id), ANA), form(id, CallStatus="sung")).status == 204
    assert world.row(id) == before


def test_without_the_secret_nobody_is_believed_and_the_provider_asks_again() -> None:
    def unreadable() -> TwimlAccount:
        raise StorageUnavailable("no secret")

    world = TwimlWorld()
    id = world.dial()
    app = create_app("twiml")
    receive = ReceiveTwiml(unreadable, PUBLIC, str, world.clock)
    begin = BeginCall(CallRows(world.rows, world.clock))
    app.register_blueprint(voice_routes(receive, world.run_dialogue, begin, world.end_call))
    world.gateway = Gateway(app)

    assert world.post(ADDRESSES.of(STEP, CallAddress(id), ANA), form(id)).status == 503
