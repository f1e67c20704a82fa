"""TwiML: our documents, our addresses, what the provider asks and tells, and whether it is the provider."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.time import NOON
from tocsin.adapters.twiml.addresses import STATUS, STEP, CallAddress, VoiceAddresses, bound_to
from tocsin.adapters.twiml.document import document, hang_up
from tocsin.adapters.twiml.providers import PROVIDERS, TwimlAccount
from tocsin.adapters.twiml.requests import question, status
from tocsin.adapters.twiml.signature import is_of_provider
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.calls.domain.call_began import CallBegan
from tocsin.calls.domain.call_question import CallAnswer, CallQuestion
from tocsin.calls.domain.ended_call import EndedCall
from tocsin.delivery.domain.message_id import MessageId
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.voice.domain.call_facts import CallEnd, CallFacts
from tocsin.voice.domain.dialogue import IvrStep, Signal, Then
from tocsin.voice.domain.dialogue_state import DialoguePlace, DialogueState, Heard, encode
from tocsin.voice.domain.script import KEYS, AudioFile, Prompt, PromptName, SpokenSsml, SpokenText, Voice
from tocsin.voice.domain.ssml import spoken, written
from tocsin.voice.domain.voices import LANGUAGES, Gender, choose

MESSAGE = MessageId(ChunkKey(TenantId("acme"), AlertRef("a-1"), 0, 0), 0, 1)
OTHER = MessageId(ChunkKey(TenantId("acme"), AlertRef("a-2"), 0, 0), 0, 1)
ADDRESSES = VoiceAddresses("https://tocsin.example/live", "token")
CALL = "CA00000000000000000000000000000001"
FORM = {"CallSid": CALL, "From": "+442079460000", "To": "+447700900899", "Direction": "outbound-api"}
TO = FORM["To"]
STATE = DialogueState(DialoguePlace.MAIN, Heard.PART, clean=True, steps=1)
AMY, GERAINT = Voice("Amy", "neural"), Voice("Geraint", "standard")
ASKED = CallQuestion(Signal.ANSWERED, DialogueState(), CALL, MESSAGE, False, None, None)


def made(step: IvrStep, prompt: Prompt | None = None) -> Element:
    said = document(
        ASKED, CallAnswer(STATE, step, prompt), ADDRESSES, lambda key: f"https://files.example/{key}?a=1&b=2"
    )
    assert said.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    return ElementTree.fromstring(said)


def shape(element: Element) -> str:
    """The elements of a document, as one text."""
    return " ".join(f"{child.tag}({shape(child)})" if len(child) else child.tag for child in element)


def query_of(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))


# --- Documents --------------------------------------------------------------------------------------------------------

MAIN, HELLO = PromptName.MAIN, SpokenText("Hello", AMY)


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (IvrStep(MAIN, False, Then.GO_ON), "Say Redirect"),
        (IvrStep(MAIN, True, Then.GO_ON), "Gather(Say) Redirect"),
        (IvrStep(MAIN, False, Then.GO_ON, keys_first=True), "Gather(Say) Redirect"),
        (IvrStep(MAIN, False, Then.LISTEN), "Say Gather Redirect"),
        (IvrStep(MAIN, True, Then.LISTEN), "Gather(Say) Redirect"),
        (IvrStep(None, False, Then.LISTEN), "Gather Redirect"),
        (IvrStep(None, False, Then.GLANCE), "Gather Redirect"),
        (IvrStep(MAIN, False, Then.HANG_UP), "Say Hangup"),
        (IvrStep(None, False, Then.HANG_UP), "Hangup"),
    ],
)
def test_a_key_is_listened_for_while_it_may_end_the_prompt_or_afterwards(step: IvrStep, expected: str) -> None:
    assert shape(made(step, HELLO if step.prompt else None)) == expected


@pytest.mark.parametrize(
    ("then", "seconds", "otherwise"),
    [(Then.GO_ON, "1", "played"), (Then.LISTEN, "10", "no_key"), (Then.GLANCE, "1", "no_key")],
)
def test_one_key_of_all_twelve_is_taken_and_without_one_the_call_goes_on(
    then: Then, seconds: str, otherwise: str
) -> None:
    response = made(IvrStep(MAIN, True, then), HELLO)
    gather, redirect = response

    assert {**gather.attrib, "action": ""} == {
        "numDigits": "1", "finishOnKey": "", "timeout": seconds, "action": "", "method": "POST",
    }  # fmt: skip
    for key in KEYS:
        assert question(query_of(gather.attrib["action"]), {**FORM, "Digits": key}, ADDRESSES).event == key
    asked = question(query_of(redirect.text or ""), FORM, ADDRESSES)
    assert (asked.event, asked.state, asked.message) == (otherwise, STATE, MESSAGE)


def test_voices_are_those_of_polly_and_recordings_are_fetched_from_a_signed_address() -> None:
    say = made(IvrStep(MAIN, False, Then.HANG_UP), SpokenText("Hello", GERAINT))[0]
    assert (say.attrib, say.text) == ({"voice": "Polly.Geraint"}, "Hello")
    assert made(IvrStep(MAIN, False, Then.HANG_UP), HELLO)[0].attrib == {"voice": "Polly.Amy-Neural"}
    play = made(IvrStep(MAIN, False, Then.HANG_UP), AudioFile("prompts/ab.wav", 4000))[0]
    assert (play.tag, play.text) == ("Play", "https://files.example/prompts/ab.wav?a=1&b=2")


def test_every_voice_of_the_table_has_a_name_at_the_provider() -> None:
    for language in LANGUAGES:
        for gender in Gender:
            chosen = choose(language, gender)
            assert chosen is not None
            say = made(IvrStep(MAIN, False, Then.HANG_UP), SpokenText("x", chosen.voice))[0]
            assert say.attrib["voice"].startswith(f"Polly.{chosen.voice.name}")


def test_ssml_stands_within_say_without_its_root_and_without_the_tags_of_polly_alone() -> None:
    ssml = (
        '<?xml version="1.0"?><speak>Dam <break time="1s"/> at <prosody rate="slow" amazon:max-duration="2s">'
        '<amazon:effect name="whispered">gate <lang xml:lang="fr-FR">quatre</lang></amazon:effect></prosody> &amp; 5</speak>'
    )
    say = made(IvrStep(MAIN, False, Then.HANG_UP), SpokenSsml(ssml, AMY))[0]

    assert shape(say) == "break prosody(lang)"
    assert "".join(say.itertext()) == "Dam  at gate quatre & 5"
    assert say[1].attrib == {"rate": "slow"}
    assert say[1][0].attrib == {"{http://www.w3.org/XML/1998/namespace}lang": "fr-FR"}


@given(st.text(), st.text())
def test_no_text_brings_elements_and_every_document_can_be_read(text: str, name: str) -> None:
    as_text = made(IvrStep(MAIN, True, Then.LISTEN), SpokenText(f"</Say><Dial>{text}", AMY))
    as_ssml = made(IvrStep(MAIN, True, Then.LISTEN), SpokenSsml(f"<speak>To {written(name)}</speak>", AMY))

    for response in (as_text, as_ssml):
        assert shape(response) == "Gather(Say) Redirect"
    assert "".join(as_text.itertext()).startswith("</Say><Dial>")
    assert spoken(f"<speak>{written(name)}</speak>") == "".join(as_ssml[0].itertext())[3:]


@given(st.text(st.characters()))  # every character there is, also those that no XML may hold
def test_characters_that_no_document_may_hold_are_left_out(text: str) -> None:
    made(IvrStep(MAIN, False, Then.HANG_UP), SpokenText(text + "\x00\x1b\ud800\uffff", AMY))


def test_a_call_that_we_do_not_know_is_ended() -> None:
    assert shape(ElementTree.fromstring(hang_up())) == "Hangup"


# --- Addresses --------------------------------------------------------------------------------------------------------


@given(
    st.sampled_from([MESSAGE, None]),
    st.sampled_from(["", "key", *Signal]),
    st.sampled_from([STATE, None]),
    st.integers(0, 2**40),
)
def test_an_address_is_read_as_it_was_made_and_has_one_spelling(
    message: MessageId | None, event: str, state: DialogueState | None, dialled_at: int
) -> None:
    address = CallAddress(message, str(event), encode(state) if state else "", dialled_at)
    url = ADDRESSES.of(STEP, address, CALL if state else FORM["To"])

    assert ADDRESSES.read(STEP, query_of(url), FORM) == address
    assert ADDRESSES.of(STEP, address, bound_to(address, FORM)) == url
    assert "%" not in url


KNOWN = query_of(ADDRESSES.of(STEP, CallAddress(MESSAGE, "key", encode(STATE)), CALL))
BEGIN = query_of(ADDRESSES.of(STEP, CallAddress(MESSAGE), TO))


@pytest.mark.parametrize(
    "query",
    [
        KNOWN | {"message": str(OTHER)},
        KNOWN | {"event": "no_key"},
        KNOWN | {"state": encode(DialogueState(DialoguePlace.LISTEN, Heard.ALL))},
        KNOWN | {"dialled": "1"},
        KNOWN | {"more": "1"},
        KNOWN | {"seal": "0" * 32},
        KNOWN | {"seal": "é"},
        KNOWN | {"message": "none"},
        {name: text for name, text in KNOWN.items() if name != "seal"},
        BEGIN | {"message": str(OTHER)},
        {"message": str(MESSAGE)},
        {"state": encode(STATE)},
        {"event": "key"},
        query_of(ADDRESSES.of(STATUS, CallAddress(MESSAGE), TO)),
        query_of(VoiceAddresses("https://tocsin.example/live", "another").of(STEP, CallAddress(MESSAGE), TO)),
    ],
    ids=lambda query: urlencode(query)[:60],
)
def test_an_address_that_we_did_not_make_for_this_step_is_refused(query: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"not an address of this call|not a message id"):
        ADDRESSES.read(STEP, query, FORM)


def test_an_address_of_one_call_is_worth_nothing_in_another() -> None:
    assert ADDRESSES.read(STEP, KNOWN, FORM).message == MESSAGE
    with pytest.raises(ValueError, match="not an address of this call"):
        ADDRESSES.read(STEP, KNOWN, FORM | {"CallSid": "CA00000000000000000000000000000002"})


def test_the_address_of_the_first_question_is_for_the_receivers_phone_only() -> None:
    for to in ("+447700900899", "447700900899"):
        assert ADDRESSES.read(STEP, BEGIN, FORM | {"To": to}).message == MESSAGE
    for to in ("+447700900898", "", "sip:+447700900899@example.org"):
        with pytest.raises(ValueError, match="not an address of this call"):
            ADDRESSES.read(STEP, BEGIN, FORM | {"To": to})


# --- Questions --------------------------------------------------------------------------------------------------------


def test_the_first_question_of_a_call_out() -> None:
    asked = question(BEGIN, {**FORM, "AnsweredBy": "human"}, ADDRESSES)

    assert asked == CallQuestion(
        Signal.ANSWERED, DialogueState(), CALL, MESSAGE, inbound=False, receiver="+447700900899", line="+442079460000"
    )


@pytest.mark.parametrize("who", ["machine_start", "machine_end_beep", "machine_end_silence", "machine", "fax"])
def test_a_machine_is_told_with_the_first_question(who: str) -> None:
    assert question(BEGIN, {**FORM, "AnsweredBy": who}, ADDRESSES).machine


def test_a_call_in_comes_without_a_query_and_its_caller_may_be_withheld() -> None:
    inbound = {"CallSid": CALL, "From": "+447700900899", "To": "+442079460000", "Direction": "inbound"}
    asked = question({}, inbound, ADDRESSES)

    assert (asked.inbound, asked.message, asked.receiver, asked.line) == (True, None, "+447700900899", "+442079460000")
    for withheld in (
        "",
        "+266696687",
        "anonymous",
        "sip:desk@example.org",
        "client:alice",
        "+0123456",
        "+44770090089٩",
    ):
        assert question({}, inbound | {"From": withheld}, ADDRESSES).receiver is None
    later = ADDRESSES.of(STEP, CallAddress(None, "played", encode(STATE)), CALL)
    assert question(query_of(later), inbound, ADDRESSES).inbound


FAILED = query_of(ADDRESSES.of(STEP, CallAddress(MESSAGE, Signal.RESUME), TO))


@pytest.mark.parametrize(
    ("event", "digits", "becomes"),
    [("played", "", Signal.RESUME), ("no_key", "", Signal.RESUME), ("key", "2", "2"), ("key", "", Signal.RESUME)],
)
def test_after_a_failure_the_call_goes_on_where_it_stood_and_a_key_is_not_lost(
    event: str, digits: str, becomes: str
) -> None:
    failed = ADDRESSES.of(STEP, CallAddress(MESSAGE, event, encode(STATE)), CALL)
    asked = question(FAILED, {**FORM, "ErrorUrl": failed, "Digits": digits}, ADDRESSES)

    assert (asked.event, asked.state, asked.again) == (becomes, STATE, True)


@pytest.mark.parametrize(
    "failed",
    [
        "",
        "https://files.example/prompts/ab.wav",
        ADDRESSES.of(STEP, CallAddress(OTHER, "played", encode(STATE)), CALL),
        ADDRESSES.of(STEP, CallAddress(MESSAGE, "played", encode(STATE)), "CA2"),
    ],
)
def test_a_failure_elsewhere_does_not_begin_the_call_again(failed: str) -> None:
    with pytest.raises(ValueError, match=r"not an address of ours|another call|not an address of this call"):
        question(FAILED, {**FORM, "ErrorUrl": failed}, ADDRESSES)


@pytest.mark.parametrize(
    ("query", "form"),
    [
        (BEGIN, {}),
        (BEGIN, FORM | {"Direction": "inbound"}),
        ({}, FORM),
        (KNOWN, FORM),
        (KNOWN, FORM | {"Digits": "22"}),
        (KNOWN, FORM | {"Digits": "w"}),
        (query_of(ADDRESSES.of(STEP, CallAddress(MESSAGE, "sung", encode(STATE)), CALL)), FORM),
        (query_of(ADDRESSES.of(STEP, CallAddress(MESSAGE, "played", "1z"), CALL)), FORM),
    ],
)
def test_what_is_no_question_is_a_value_error(query: dict[str, str], form: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"of this call|not a call of ours|not a key|valid Signal|state of a dialogue"):
        question(query, form, ADDRESSES)


# --- Ends -------------------------------------------------------------------------------------------------------------

TOLD = query_of(ADDRESSES.of(STATUS, CallAddress(MESSAGE, dialled_at=int(NOON.timestamp())), TO))
OVER = {"CallStatus": "completed", "CallDuration": "34", "Timestamp": "Sun, 29 Nov 2026 12:00:44 +0000"}


def ended(form: dict[str, str], now: datetime = NOON + timedelta(minutes=3)) -> EndedCall:
    told = status(TOLD, FORM | form, ADDRESSES, now)
    assert isinstance(told, EndedCall)
    return told


def test_the_end_of_a_call_has_its_try_its_time_and_its_seconds() -> None:
    began = NOON.replace(tzinfo=UTC)
    at = began + timedelta(seconds=42)
    told = ended({**OVER, "Timestamp": f"{at:%a, %d %b %Y %T} +0000"})

    facts = CallFacts(end=CallEnd.HUNG_UP, dial_seconds=8.0, talk_seconds=34.0)
    assert told == EndedCall(CALL, at, facts, MESSAGE)


@pytest.mark.parametrize(
    ("form", "end"),
    [
        ({"CallStatus": "busy"}, CallEnd.BUSY),
        ({"CallStatus": "no-answer"}, CallEnd.NO_ANSWER),
        ({"CallStatus": "canceled"}, CallEnd.STOPPED),
        ({"CallStatus": "failed"}, CallEnd.NETWORK),
        ({"CallStatus": "failed", "SipResponseCode": "404"}, CallEnd.INVALID_NUMBER),
        ({"CallStatus": "failed", "SipResponseCode": "484"}, CallEnd.INVALID_NUMBER),
        ({"CallStatus": "failed", "SipResponseCode": "608"}, CallEnd.NUMBER_BLOCKED),
        ({"CallStatus": "failed", "SipResponseCode": "503"}, CallEnd.NETWORK),
        ({"CallStatus": "completed", "HangupSource": "callee"}, CallEnd.HUNG_UP),
        ({"CallStatus": "completed", "HangupSource": "caller"}, CallEnd.ENDED),
    ],
)
def test_every_word_of_the_provider_for_an_end(form: dict[str, str], end: CallEnd) -> None:
    facts = ended(form).facts
    assert (facts.end, facts.talk_seconds, facts.machine) == (end, None, False)


@pytest.mark.parametrize(
    "timestamp", ["", "soon", "Sun, 32 Nov 2026", "2026-11-29T23:59:59Z", "9999-12-31T23:59:59-23:59"]
)
def test_without_a_time_that_is_past_the_end_is_now(timestamp: str) -> None:
    assert ended({**OVER, "Timestamp": timestamp}, NOON).ended_at == NOON


def test_both_forms_of_a_time_are_read() -> None:
    later = datetime(2026, 11, 30, tzinfo=UTC)
    for text in ("Sun, 29 Nov 2026 12:00:44 +0000", "2026-11-29T12:00:44Z", "2026-11-29 12:00:44"):
        assert ended({**OVER, "Timestamp": text}, later).ended_at == datetime(2026, 11, 29, 12, 0, 44, tzinfo=UTC)


@pytest.mark.parametrize("said", ["queued", "initiated", "ringing", "in-progress"])
def test_a_call_that_goes_on_is_no_end(said: str) -> None:
    assert status(TOLD, FORM | {"CallStatus": said}, ADDRESSES, NOON) == CallBegan(CALL, MESSAGE)


@pytest.mark.parametrize(
    ("query", "form"),
    [
        (TOLD, FORM | {"CallStatus": "sung"}),
        (TOLD, FORM),
        (TOLD, OVER),
        (TOLD, FORM | OVER | {"CallDuration": "long"}),
        (TOLD | {"message": str(OTHER)}, FORM | OVER),
        (TOLD | {"dialled": "1"}, FORM | OVER),
        (BEGIN, FORM | OVER),
    ],
)
def test_what_is_no_news_of_a_call_is_a_value_error(query: dict[str, str], form: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"of this call|no call is named|not the end of a call|invalid literal"):
        status(query, form, ADDRESSES, NOON)


# --- Signatures -------------------------------------------------------------------------------------------------------

RECORDED = json.loads((Path(__file__).parents[1] / "events/twilio_signatures.json").read_text())
TWILIO = TwimlAccount.of(
    "twilio", base_url="https://api.twilio.com/2010-04-01", account="AC1", secret=RECORDED["token"]
)
SIGNALWIRE = TwimlAccount.of(
    "signalwire", base_url="https://a.signalwire.com/api/laml/2010-04-01", account="p", secret=f"t {RECORDED['token']}"
)
CASES = [pytest.param(case, id=case["what"]) for case in RECORDED["cases"]]


def body_of(case: dict[str, dict[str, list[str]]]) -> str:
    return urlencode(case["fields"], doseq=True)


@pytest.mark.parametrize("case", CASES)
def test_what_the_official_library_signs_is_the_providers(case: dict[str, str]) -> None:
    for account in (TWILIO, SIGNALWIRE):
        headers = {account.provider.signature: case["signature"]}
        assert is_of_provider(account, case["url"], headers, body_of(case), NOON)  # type: ignore[arg-type]


def test_the_example_in_twilios_documentation() -> None:
    account = TwimlAccount.of("twilio", base_url="https://api.twilio.com", account="AC1", secret="12345")
    fields = {"CallSid": "CA1234567890ABCDE", "Caller": "+14158675309", "Digits": "1234", "From": "+14158675309"}
    body, url = urlencode(fields | {"To": "+18005551212"}), "https://mycompany.com/myapp.php?foo=1&bar=2"

    assert is_of_provider(account, url, {"x-twilio-signature": "RSOYDt4T1cUTdK1PDd93/VVr8B8="}, body, NOON)


@pytest.mark.parametrize("case", CASES)
def test_whatever_is_altered_is_not_the_providers(case: dict[str, str]) -> None:
    url, signature, body = case["url"], case["signature"], body_of(case)  # type: ignore[arg-type]
    header = TWILIO.provider.signature
    for altered_url, headers, altered in (
        (url + "0", {header: signature}, body),
        (url, {header: signature}, f"{body}&Digits=5"),
        (url, {header: signature[:-1]}, body),
        (url, {header: ""}, body),
        (url, {header: "ü"}, body),
        (url, {}, body),
        (url, {"x-signalwire-signature": signature}, body),
    ):
        assert not is_of_provider(TWILIO, altered_url, headers, altered, NOON)
    another = TwimlAccount.of("twilio", base_url="https://api.twilio.com", account="AC1", secret="0" * 32)
    assert not is_of_provider(another, url, {header: signature}, body, NOON)


def test_more_fields_than_a_provider_sends_are_not_read() -> None:
    assert not is_of_provider(TWILIO, "https://a.example/", {}, "&".join(f"a{n}=1" for n in range(200)), NOON)


def test_telnyx_signs_time_and_body() -> None:
    private = Ed25519PrivateKey.generate()
    public = b64encode(private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
    account = TwimlAccount.of(
        "telnyx", base_url="https://api.telnyx.com/v2/texml", account="acc", application="app", secret=f"KEY {public}"
    )
    body, at = urlencode(FORM), int(NOON.timestamp())

    def headers(signed: str, timestamp: int = at) -> dict[str, str]:
        signature = b64encode(private.sign(f"{at}|{signed}".encode())).decode()
        return {"telnyx-signature-ed25519": signature, "telnyx-timestamp": str(timestamp)}

    url = "https://tocsin.example/live/voice/step"
    assert is_of_provider(account, url, headers(body), body, NOON + timedelta(minutes=4))
    assert not is_of_provider(account, url, headers(body), body, NOON + timedelta(minutes=6))
    assert not is_of_provider(account, url, headers(body), body + "&Digits=2", NOON)
    assert not is_of_provider(account, url, headers(body, at + 1), body, NOON)
    assert not is_of_provider(account, url, {"telnyx-timestamp": str(at)}, body, NOON)
    assert not is_of_provider(account, url, {**headers(body), "telnyx-timestamp": "now"}, body, NOON)
    assert not is_of_provider(account, url, {**headers(body), "telnyx-signature-ed25519": "?"}, body, NOON)


def test_no_account_shows_its_secrets() -> None:
    for provider in PROVIDERS:
        assert "hidden" not in repr(
            TwimlAccount.of(provider, base_url="https://a.example", account="AC1", secret="hidden hidden-too")
        )
