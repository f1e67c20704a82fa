"""What a call says is read and judged when it is accepted (voice, section 8; decided 7.12, 7.13, 7.18)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.builders import KEY, TENANT
from tests.fakes.audio import FakeDecodeAudio, a_sound
from tests.fakes.time import NOON
from tests.unit.alerts.desk import Desk, a_request
from tocsin.alerts.application.preparation import Preparation, Prepared
from tocsin.alerts.application.prepare_elements import prepare_elements
from tocsin.alerts.domain.elements import Element, PromptSource, Receivers
from tocsin.alerts.domain.response_kind import Answered, ResponseKind
from tocsin.calendar.domain.quiet_hours import Reachable
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.contact import Contact, ContactGroup
from tocsin.contacts.domain.recipient import ANYBODY, Recipient
from tocsin.content.domain.options import LookupOptions, VoiceOptions
from tocsin.content.domain.rendering import CallRendering
from tocsin.kernel.domain.errors import InvalidRequest
from tocsin.kernel.domain.ids import AlertRef
from tocsin.responses.domain.two_way import TwoWayNumber
from tocsin.stored_content.application.call_stores import CallStores
from tocsin.stored_content.domain.store_request import StoreElement
from tocsin.stored_content.domain.stored_content import ContentType, StoreRef
from tocsin.voice.domain.call_content import CallContent
from tocsin.voice.domain.recording import AudioForm, Recording
from tocsin.voice.domain.script import PromptName, Replay, Script, Simple, SpokenSsml, SpokenText
from tocsin.voice.domain.speech import SPOKEN_CHARACTERS, SpeechOptions
from tocsin.voice.domain.voices import Gender

OURS, ANA, BOB = "+442079460018", "+447700900101", "+447700900102"
MAIN, PRE, POST, DONE = PromptName.MAIN, PromptName.PRE, PromptName.POST, PromptName.DONE
TEXT, SSML = SpeechOptions(), SpeechOptions(ssml=True)
UNIQUE = LookupOptions(unique=True)


def a_call(
    content: str | None = "the gate is open",
    speech: SpeechOptions | None = TEXT,
    *,
    channel: Channel = Channel.CALL,
    script: Script | None = None,
    lookups: LookupOptions | None = None,
    stored: StoreRef | None = None,
    prompts: dict[PromptName, PromptSource] | None = None,
    receivers: Receivers | None = None,
) -> Element:
    options = VoiceOptions(OURS, speech, script or Simple(), 2)
    who = receivers or Receivers(recipients=(ANA, BOB))
    return Element(channel, "c", who, options, content, stored, lookups, prompts=prompts or {})


def prompt(at: int, content: str, speech: SpeechOptions = TEXT) -> PromptSource:
    return PromptSource(f"/additionalContent/{at}", content, speech)


class CallDesk(Desk):
    """A desk that serves the voice channel."""

    def __init__(self) -> None:
        super().__init__()
        self.audio = FakeDecodeAudio()
        self.store_content = replace(self.store_content, decode=self.audio)
        self.numbers.add(TwoWayNumber(OURS, TENANT, KEY))

    def prepared(self, *elements: Element, group: ContactGroup | None = None) -> Sequence[Prepared]:
        prepare = replace(self.send_alert.prepare, decode=self.audio)
        return prepare(self.key, a_request(*elements, group=group), NOON).prepared

    def content(self, element: Element, group: ContactGroup | None = None) -> CallContent:
        (found,) = self.prepared(element, group=group)
        assert isinstance(found.element.content, CallContent), found.element.failure_reason
        return found.element.content

    def faults(self, *elements: Element, group: ContactGroup | None = None) -> dict[str, str]:
        with pytest.raises(InvalidRequest) as caught:
            self.prepared(*elements, group=group)
        return {fault.pointer: fault.code for fault in caught.value.faults}

    def stored_as(self, kind: ContentType, content: str, name: str = "gate", **extras: object) -> StoreRef:
        self.store_content(self.key, [StoreElement(kind, "t", content, name, extras=extras)])
        return StoreRef(name=name)


@pytest.fixture
def desk() -> CallDesk:
    return CallDesk()


def test_a_text_a_document_and_a_recording_are_said(desk: CallDesk) -> None:
    replay = Replay(ok="5")
    prompts = {
        PRE: prompt(0, "<speak>Hello</speak>", SpeechOptions(language="de-DE", gender=Gender.MALE, ssml=True)),
        POST: prompt(1, "press 5"),
        DONE: prompt(2, a_sound(1_500), SpeechOptions(AudioForm.MP3)),
    }
    found = desk.content(a_call(script=replay, prompts=prompts))
    assert list(found.prompts) == [PRE, MAIN, POST, DONE]
    assert (found.number, found.script, found.attempts) == (OURS, replay, 2)
    assert isinstance(pre := found.prompts[PRE], SpokenSsml)
    assert (pre.ssml, pre.voice.name) == ("<speak>Hello</speak>", "Daniel")
    assert isinstance(main := found.prompts[MAIN], SpokenText)
    assert (main.text, main.voice.name) == ("the gate is open", "Amy")
    assert found.prompts[DONE] == Recording(b"wav of sound 1500", 1_500)


def test_what_cannot_be_said_refuses_the_whole_request_with_every_pointer(desk: CallDesk) -> None:
    bad = SpeechOptions(AudioForm.WAV)
    prompts = {
        PRE: prompt(0, "<p>no speak</p>", SSML),
        POST: prompt(1, "<speak> <break/> </speak>", SSML),
        DONE: prompt(2, "bm8=", bad),
    }
    long = a_call("x" * (SPOKEN_CHARACTERS + 1))
    calls = [
        a_call(script=Replay(), prompts=prompts),
        a_call("bm8=", bad),
        long,
        a_call(f"<speak>{'<s>x</s>' * 800}</speak>", SSML),
    ]
    assert desk.faults(*calls) == {
        "/alert/0/additionalContent/0/content": "BAD_SSML",
        "/alert/0/additionalContent/1/content": "EMPTY",
        "/alert/0/additionalContent/2/content": "NOT_AUDIO",
        "/alert/1/content": "NOT_AUDIO",
        "/alert/2/content": "TOO_LONG",
        "/alert/3/content": "TOO_LONG",
    }


def test_3000_spoken_characters_pass_whatever_their_tags(desk: CallDesk) -> None:
    assert desk.content(a_call("x" * SPOKEN_CHARACTERS)).words == "x" * SPOKEN_CHARACTERS
    assert desk.content(a_call(f"<speak>{'<s>xxxxxx</s>' * 460}</speak>", SSML)).words == "xxxxxx" * 460


@pytest.mark.parametrize(
    ("speech", "warned"),
    [
        (SpeechOptions(language="en-JM"), ["/tts/language"]),
        (SpeechOptions(language="hi-IN", gender=Gender.MALE), ["/tts/gender"]),
        (SpeechOptions(language="de-LI", gender=Gender.MALE), ["/tts/language"]),
        (SpeechOptions(language="fr"), []),
    ],
)
def test_decided_7_13_another_voice_than_asked_for_is_a_warning(
    desk: CallDesk, speech: SpeechOptions, warned: list[str]
) -> None:
    prompts = {PRE: prompt(4, "hi", speech), POST: prompt(5, "hi"), DONE: prompt(6, "hi")}
    (found,) = desk.prepared(a_call("hi", speech, script=Replay(), prompts=prompts))
    pointers = [*warned, *(f"/additionalContent/4{pointer}" for pointer in warned)]
    assert [(w.pointer, w.code.value) for w in found.element.warnings] == [(p, "OTHER_VOICE") for p in pointers]


def test_a_stored_recording_is_decoded_once_and_said_as_it_was_kept(desk: CallDesk) -> None:
    ref = desk.stored_as(ContentType.CALL, a_sound(900), voiceFormat="mp3")
    for _ in range(2):
        found = desk.content(a_call(None, None, stored=ref))
        assert found.prompts[MAIN] == Recording(b"wav of sound 900", 900)
    assert desk.audio.decoded == [AudioForm.MP3]


def test_a_stored_text_has_its_own_voice(desk: CallDesk) -> None:
    ref = desk.stored_as(ContentType.CALL, "Tor drei", voiceFormat="tts", tts={"language": "de-DE", "gender": "MALE"})
    assert isinstance(main := desk.content(a_call(None, None, stored=ref)).prompts[MAIN], SpokenText)
    assert (main.text, main.voice.name) == ("Tor drei", "Daniel")


def test_decided_7_13_a_prompt_is_a_store_of_type_call_and_an_inbound_call_takes_both(desk: CallDesk) -> None:
    outward = desk.stored_as(ContentType.CALL, "out", "out", voiceFormat="tts")
    inward = desk.stored_as(ContentType.INBOUND_CALL, "in", "in", voiceFormat="tts")
    said = [
        desk.content(a_call(None, None, channel=Channel.INBOUND_CALL, stored=ref)).words for ref in (outward, inward)
    ]
    assert said == ["out", "in"]
    assert desk.content(a_call(None, None, stored=outward)).words == "out"
    prompts = {name: PromptSource("/additionalContent/0", stored=inward) for name in (PRE, POST, DONE)}
    for call in (a_call(None, None, stored=inward), a_call(script=Replay(), prompts=prompts)):
        (found,) = desk.prepared(call)
        assert found.element.failure_reason == "there is no stored call of this id or name"
        assert found.element.failure_code == "store_unusable"


def test_the_stores_that_a_call_uses_are_known(desk: CallDesk) -> None:
    ref = desk.stored_as(ContentType.CALL, "out", voiceFormat="tts")
    prompts = {PRE: PromptSource("/additionalContent/0", stored=ref), POST: prompt(1, "x"), DONE: prompt(2, "x")}
    (found,) = desk.prepared(a_call(script=Replay(), prompts=prompts))
    assert found.uses == ((ref, ContentType.CALL),)


@pytest.mark.parametrize(
    ("content", "extras", "code"),
    [
        ("bm8=", {"voiceFormat": "wav"}, "NOT_AUDIO"),
        ("no speak", {"voiceFormat": "tts", "tts": {"enhancedTts": True}}, "BAD_SSML"),
        ("x" * 3_001, {"voiceFormat": "tts"}, "TOO_LONG"),
    ],
)
def test_what_cannot_be_said_is_not_stored_and_nothing_of_the_call_is(
    desk: CallDesk, content: str, extras: dict[str, object], code: str
) -> None:
    good = StoreElement(ContentType.CALL, "good", "fine", "good", extras={"voiceFormat": "tts"})
    with pytest.raises(InvalidRequest) as caught:
        desk.store_content(
            desk.key, [good, StoreElement(ContentType.INBOUND_CALL, "bad", content, "bad", extras=extras)]
        )
    assert {fault.pointer: fault.code for fault in caught.value.faults} == {"/content/1/content": code}
    assert desk.stores.list(desk.key.tenant, desk.key.id, None, NOON) == []


# --- lookups --------------------------------------------------------------------------------------------------------


def a_group(**names: str) -> ContactGroup:
    phones = {"ana": ANA, "bob": BOB}
    contacts = {who: Contact(who, call=phones[who], lookups={"name": name}) for who, name in names.items()}
    return ContactGroup("crew", contacts, {})


EVERYBODY = Receivers(sets=("all",))


def heard(content: CallContent, element: Prepared, who: Recipient) -> CallContent:
    item = element.element
    return CallRendering.of(content, item.lookups, AlertRef("a1"), item.channel).to(
        who, NOON, lambda: "https://t.example/x"
    )


def test_decided_7_12_lookups_hold_in_the_message_and_in_every_prompt(desk: CallDesk) -> None:
    prompts = {
        PRE: prompt(0, "<speak>Hello {name}</speak>", SSML),
        POST: prompt(1, "from {sender} to {recipient} by {type} at {datetime--HH:mm}"),
        DONE: prompt(2, a_sound(10), SpeechOptions(AudioForm.WAV)),
    }
    call = a_call("{name}, gate 3", script=Replay(), prompts=prompts, lookups=UNIQUE, receivers=EVERYBODY)
    (found,) = desk.prepared(call, group=a_group(ana="Ana <& 'co'>", bob="Bob"))
    assert isinstance(found.element.content, CallContent)
    ana = heard(found.element.content, found, found.element.recipients[0])
    assert ana.words == "Ana <& 'co'>, gate 3"
    assert isinstance(pre := ana.prompts[PRE], SpokenSsml)
    assert pre.ssml == "<speak>Hello Ana &lt;&amp; &apos;co&apos;&gt;</speak>"
    assert isinstance(post := ana.prompts[POST], SpokenText)
    assert post.text == "from 4 4 2 0 7 9 4 6 0 0 1 8 to 4 4 7 7 0 0 9 0 0 1 0 1 by call at 12:00"


def test_a_value_brings_no_tags(desk: CallDesk) -> None:
    call = a_call("<speak>Hello {name}</speak>", SSML, lookups=UNIQUE, receivers=EVERYBODY)
    (found,) = desk.prepared(call, group=a_group(ana="</speak><audio src='x'/>"))
    assert isinstance(found.element.content, CallContent)
    assert heard(found.element.content, found, found.element.recipients[0]).words == "Hello </speak><audio src='x'/>"


@pytest.mark.parametrize(("content", "speech"), [("{name} {name}", TEXT), ("<speak>{name} {name}</speak>", SSML)])
def test_decided_7_12_over_3000_characters_fails_that_receiver_only(
    desk: CallDesk, content: str, speech: SpeechOptions
) -> None:
    call = a_call(content, speech, lookups=UNIQUE, receivers=EVERYBODY)
    (found,) = desk.prepared(call, group=a_group(ana="x" * 1_500, bob="x" * 1_400))
    assert [who.contact_id for who in found.element.recipients] == ["bob"]
    assert [(who.contact_id, who.reason) for who in found.element.excluded] == [("ana", "speech_too_long")]


def test_decided_7_12_a_recording_with_lookups_fails_the_element(desk: CallDesk) -> None:
    ref = desk.stored_as(ContentType.CALL, a_sound(900), voiceFormat="mp3")
    (found,) = desk.prepared(a_call(None, None, stored=ref, lookups=UNIQUE))
    assert found.element.failure_reason == "a recording cannot hold lookups"
    assert found.element.failure_code == "lookup_unusable"


def test_a_keyword_that_may_not_be_used_is_a_fault_where_it_stands(desk: CallDesk) -> None:
    plain = LookupOptions()
    prompts = {PRE: prompt(0, "hi {recipient}"), POST: prompt(1, "x"), DONE: prompt(2, "x")}
    call = a_call("to {recipient}", script=Replay(), prompts=prompts, lookups=plain)
    assert desk.faults(call) == {
        "/alert/0/content": "UNIQUE_LOOKUPS_MISSING",
        "/alert/0/additionalContent/0/content": "UNIQUE_LOOKUPS_MISSING",
    }


def test_ah_37_contacts_are_called_on_their_number_for_calls(desk: CallDesk) -> None:
    (found,) = desk.prepared(a_call(receivers=EVERYBODY), group=a_group(ana="a", bob="b"))
    assert [who.address for who in found.element.recipients] == [ANA, BOB]


def test_without_a_decoder_the_channel_is_not_served_and_nothing_is_judged(desk: CallDesk) -> None:
    found = desk.send(a_call("<p>no", SSML), a_call("bm8=", SpeechOptions(AudioForm.MP3)))
    assert {item.failure_reason for item in found.items} == {"the voice channel is not available yet"}


def test_a_call_is_as_long_as_its_prompts(desk: CallDesk) -> None:
    sound = a_call(a_sound(2_500), SpeechOptions(AudioForm.WAV))
    assert desk.content(sound).seconds == 2.5
    assert desk.content(a_call("x" * 120)).seconds == 10


# --- calls in -------------------------------------------------------------------------------------------------------

NOBODY = Receivers()


def test_decided_7_1_without_receivers_a_call_in_is_open_to_anybody(desk: CallDesk) -> None:
    (found,) = desk.prepared(a_call(channel=Channel.INBOUND_CALL, receivers=NOBODY))
    assert (found.element.recipients, found.element.requested) == ((ANYBODY,), 0)
    assert [(w.pointer, w.code.value) for w in found.element.warnings] == [("/telephoneNumber", "OPEN_TO_ANYBODY")]
    named = desk.prepared(a_call(channel=Channel.INBOUND_CALL))
    assert named[0].element.warnings == ()


def test_decided_7_1_receivers_that_come_to_nobody_open_nothing(desk: CallDesk) -> None:
    call = a_call(channel=Channel.INBOUND_CALL, receivers=Receivers(sets=("night",)))
    (found,) = desk.prepared(call, group=ContactGroup("crew", {}, {"night": ()}))
    assert (found.element.recipients, found.element.requested) == ((), 0)
    assert found.element.failure_reason == "no receiver can be reached: the lists are empty"


def test_decided_7_1_who_has_answered_is_judged_when_the_call_comes_in(desk: CallDesk) -> None:
    element = replace(
        a_call(channel=Channel.INBOUND_CALL, receivers=EVERYBODY), except_responded=frozenset({ResponseKind.SMS})
    )
    answered = {"ana": frozenset({ResponseKind.SMS})}
    assert len(found_by(desk, element, answered)) == 2
    assert len(found_by(desk, replace(element, channel=Channel.CALL), answered)) == 1


def found_by(desk: CallDesk, element: Element, answered: Answered) -> Sequence[Recipient]:
    terms = Preparation(AlertRef("a1"), NOON, "r", "https://t.example/x", answered=answered, decode=desk.audio)
    request = a_request(element, group=a_group(ana="a", bob="b"))
    (found,) = prepare_elements(request, CallStores(desk.stores, desk.key, NOON), terms)
    return found.element.recipients


def test_a_call_in_that_fails_excludes_nobody_if_it_was_open(desk: CallDesk) -> None:
    element = a_call(None, None, channel=Channel.INBOUND_CALL, receivers=NOBODY, stored=StoreRef(name="gone"))
    (found,) = desk.prepared(element)
    assert (found.element.requested, found.element.excluded, found.element.failure_code) == (0, (), "store_unusable")


def test_a_message_for_callers_knows_no_quiet_hours(desk: CallDesk) -> None:
    (found,) = desk.prepared(a_call(channel=Channel.INBOUND_CALL))
    assert {who.quiet for who in found.element.recipients} == {Reachable.ALWAYS}
    (found,) = desk.prepared(a_call())
    assert {who.quiet for who in found.element.recipients} == {None}
