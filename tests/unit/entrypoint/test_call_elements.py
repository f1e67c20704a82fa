"""The call elements of a request, as the use case takes them (004, 1.3 and 1.10; decided 7.12, 7.13, 7.18)."""

from __future__ import annotations

from typing import Any

import pytest

from tocsin.alerts.domain.elements import Element, PromptSource
from tocsin.content.domain.options import LookupOptions, VoiceOptions
from tocsin.entrypoint.alert_body.call_elements import CallElement, InboundCallElement
from tocsin.entrypoint.http.wire import WireModel, read
from tocsin.kernel.domain.errors import InvalidRequest
from tocsin.stored_content.domain.stored_content import StoreRef
from tocsin.voice.domain.recording import AudioForm
from tocsin.voice.domain.script import PromptName, Replay, Simple
from tocsin.voice.domain.speech import SpeechOptions
from tocsin.voice.domain.voices import LANGUAGES, Gender

OURS, THEIRS = "+442079460018", "+447700900001"
STORE = "019aa3c4-5d00-7c8f-9b3a-2f6d1e4c7a90"
REPLAY = {"ivrType": "replay"}
TEXT = {"content": "hello", "contentEncoding": "utf8", "voiceFormat": "tts"}
PROMPTS = [{"contentTag": tag, **TEXT} for tag in ("pre", "post", "done")]


def body(channel: str = "call", **more: Any) -> dict[str, Any]:
    number = {"sender": OURS} if channel == "call" else {"telephoneNumber": OURS}
    good = {
        "alertType": channel,
        "tag": "t",
        **number,
        "recipients": [THEIRS],
        "content": "hello",
        "voiceFormat": "tts",
    }
    return {name: value for name, value in {**good, **more}.items() if value is not ...}


def element(channel: str = "call", **more: Any) -> Element:
    model: type[WireModel] = CallElement if channel == "call" else InboundCallElement
    return read(model, body(channel, **more)).element()  # type: ignore[attr-defined,no-any-return]


def options(channel: str = "call", **more: Any) -> VoiceOptions:
    found = element(channel, **more).options
    assert isinstance(found, VoiceOptions)
    return found


def faults(channel: str = "call", **more: Any) -> dict[str, str]:
    with pytest.raises(InvalidRequest) as caught:
        element(channel, **more)
    return {fault.pointer: fault.code for fault in caught.value.faults}


def warned(channel: str = "call", **more: Any) -> list[tuple[str, str]]:
    return [(warning.pointer, warning.code.value) for warning in element(channel, **more).ignored]


def test_ah_100_without_ivr_control_a_call_is_simple_and_made_once() -> None:
    assert options() == VoiceOptions(OURS, SpeechOptions(), Simple(), 1)


def test_ah_101_102_103_every_option_of_simple_is_taken() -> None:
    control = {"ivrAttempts": 3, "ivrRequireFullPlay": True, "ivrRequireResponse": True}
    found = options(ivrControl={"ivrType": "simple", **control})
    assert (found.script, found.attempts) == (Simple(require_full_play=True, require_response=True), 3)


def test_ah_105_the_keys_of_replay_have_defaults() -> None:
    assert options(ivrControl=REPLAY, additionalContent=PROMPTS).script == Replay("1", "2", "*")


def test_ah_106_107_108_every_option_of_replay_is_taken() -> None:
    keys = {"ivrSayAgainDigits": "13", "ivrAmOkDigits": "2#", "ivrAmNotOkDigits": "0"}
    more = {"ivrDigitsStopPlay": True, "ivrRepeatPrePrompt": True, "ivrAttempts": 10}
    found = options(ivrControl={**REPLAY, **keys, **more}, additionalContent=PROMPTS)
    assert (found.script, found.attempts) == (Replay("13", "2#", "0", barge_in=True, repeat_pre=True), 10)


@pytest.mark.parametrize("kind", ["simple", "replay"])
@pytest.mark.parametrize(("attempts", "code"), [(0, "OUT_OF_RANGE"), (11, "OUT_OF_RANGE"), ("2", "WRONG_TYPE")])
def test_decided_7_5_attempts_are_1_to_10(kind: str, attempts: object, code: str) -> None:
    more: dict[str, Any] = {"additionalContent": PROMPTS} if kind == "replay" else {}
    control = {"ivrType": kind, "ivrAttempts": attempts}
    assert faults(ivrControl=control, **more) == {"/ivrControl/ivrAttempts": code}


@pytest.mark.parametrize("form", list(AudioForm))
def test_a_recording_is_taken_in_its_form(form: AudioForm) -> None:
    found = element(content="SU\nQz", contentEncoding="base64", voiceFormat=form.value)
    assert (found.content, found.options) == ("SUQz", VoiceOptions(OURS, SpeechOptions(form)))


def test_text_to_speech_has_its_voice_and_its_form() -> None:
    said = {"language": "de-AT", "gender": "MALE", "enhancedTts": True}
    assert options(tts=said).speech == SpeechOptions(None, "de-AT", Gender.MALE, ssml=True)
    assert element(content="aGk=", contentEncoding="base64").content == "hi"


@pytest.mark.parametrize("channel", ["call", "inboundCall"])
def test_decided_7_13_an_unknown_language_is_a_fault_that_lists_what_there_is(channel: str) -> None:
    assert faults(channel, tts={"language": "tlh-QO"}) == {"/tts/language": "NOT_ALLOWED"}
    with pytest.raises(InvalidRequest) as caught:
        element(channel, tts={"language": "xx"})
    assert all(language in str(caught.value.faults[0].message) for language in LANGUAGES)
    assert faults(channel, tts={"language": "en_GB"}) == {"/tts/language": "WRONG_FORM"}
    assert faults(channel, tts={"gender": "male"}) == {"/tts/gender": "NOT_ALLOWED"}


def test_decided_7_13_prompts_are_inline_or_stores_by_id_or_name() -> None:
    given = [
        {"contentTag": "pre", "storedContent": STORE},
        {"contentTag": "post", "storedContent": {"storeName": "ask"}},
        {"contentTag": "done", "content": "SUQz", "contentEncoding": "base64", "voiceFormat": "aiff"},
    ]
    assert element(ivrControl=REPLAY, additionalContent=given).prompts == {
        PromptName.PRE: PromptSource("/additionalContent/0", stored=StoreRef(STORE)),  # type: ignore[arg-type]
        PromptName.POST: PromptSource("/additionalContent/1", stored=StoreRef(name="ask")),
        PromptName.DONE: PromptSource("/additionalContent/2", "SUQz", SpeechOptions(AudioForm.AIFF)),
    }


SPOKEN_AS = {"contentEncoding": "utf8", "voiceFormat": "tts", "tts": {"gender": "MALE"}}


@pytest.mark.parametrize("channel", ["call", "inboundCall"])
@pytest.mark.parametrize("field", SPOKEN_AS)
def test_decided_7_13_how_stored_content_is_said_is_ignored_with_a_warning(channel: str, field: str) -> None:
    given = {"content": ..., "voiceFormat": ..., "storedContent": STORE, field: SPOKEN_AS[field]}
    assert warned(channel, **given) == [(f"/{field}", "IGNORED")]
    assert element(channel, **given).stored == StoreRef(STORE)  # type: ignore[arg-type]


def test_decided_7_13_of_a_prompt_too() -> None:
    given = [{"contentTag": "pre", "storedContent": STORE, **SPOKEN_AS}, *PROMPTS[1:]]
    pointers = [f"/additionalContent/0/{field}" for field in SPOKEN_AS]
    assert warned(ivrControl=REPLAY, additionalContent=given) == [(pointer, "IGNORED") for pointer in pointers]


def test_ah_14_a_voice_for_a_recording_stays_a_conflict_beside_a_store_too() -> None:
    given: dict[str, Any] = {"content": ..., "storedContent": STORE, "tts": {}, "voiceFormat": "mp3"}
    assert faults(**given) == {"/tts": "CONFLICT"}


@pytest.mark.parametrize(
    "number", ["07700900000", "+44 20 7946 0018", "442079460018", "+0442079460018", "MyCompany", "+44"]
)
def test_ah_10_ah_15_decided_7_18_our_numbers_are_strict(number: str) -> None:
    assert faults(sender=number) == {"/sender": "WRONG_FORM"}
    assert faults("inboundCall", telephoneNumber=number) == {"/telephoneNumber": "WRONG_FORM"}


LOOKUPS = {"lookups": {"performLookups": True, "uniqueLookups": True}}


@pytest.mark.parametrize("channel", ["call", "inboundCall"])
def test_decided_7_12_lookups_hold_for_texts_and_for_stores(channel: str) -> None:
    assert element(channel, **LOOKUPS).lookups == LookupOptions(unique=True)
    assert element(channel, **LOOKUPS, content=..., voiceFormat=..., storedContent=STORE).lookups is not None
    recorded = {"content": "SUQz", "contentEncoding": "base64", "voiceFormat": "mp3"}
    assert faults(channel, **LOOKUPS, **recorded) == {"/lookups": "CONFLICT"}


def test_decided_7_1_an_open_inbound_call_has_no_lookups() -> None:
    assert faults("inboundCall", **LOOKUPS, recipients=...) == {"/lookups": "CONFLICT"}
    assert element("inboundCall", recipients=...).receivers.recipients == ()


def test_a_text_with_a_link_that_is_not_described_is_refused() -> None:
    assert faults(content="see {shortlink}") == {"/content": "SHORTLINK_MISSING"}
