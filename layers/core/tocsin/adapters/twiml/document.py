"""Our answer to the provider: a TwiML document.

    a key may end it         <Gather><Say/></Gather> <Redirect/>
    nothing ends it          <Say/> <Redirect/>
    then the call listens    <Say/> <Gather/> <Redirect/>
    the end                  <Say/> <Hangup/>

A `Gather` takes one key, and calls an address with it. Without a key the provider goes on to `Redirect`, which reports
that the prompt ended, or that no key came. The provider keeps no keys: one that is pressed outside a `Gather` is lost.

Sources: Twilio, "TwiML for Programmable Voice: Gather, Say, Play, Redirect" and "Text-to-speech: Amazon Polly voices".
"""

from __future__ import annotations

from collections.abc import Callable
from xml.etree.ElementTree import Element, SubElement, TreeBuilder, tostring
from xml.parsers import expat

from tocsin.adapters.twiml.addresses import STEP, CallAddress, VoiceAddresses
from tocsin.adapters.twiml.requests import KEY
from tocsin.calls.domain.call_question import CallAnswer, CallQuestion
from tocsin.voice.domain.dialogue import LISTEN_SECONDS, Signal, Then
from tocsin.voice.domain.dialogue_state import encode
from tocsin.voice.domain.script import AudioFile, Prompt, SpokenSsml, SpokenText, Voice
from tocsin.voice.domain.ssml import without_forbidden_characters

_SHORTEST = 1
"""Seconds that a `Gather` waits at least, at every provider: the pause behind a prompt that a key may end."""


def document(
    asked: CallQuestion, answer: CallAnswer, addresses: VoiceAddresses, file_url: Callable[[str], str]
) -> bytes:
    """Return the document that does what `answer` says.

    Args:
        file_url: returns where the provider gets a recording, by its key.
    """

    def here(event: str) -> str:
        return addresses.of(STEP, CallAddress(asked.message, event, encode(answer.state)), asked.call_id)

    step, response = answer.step, Element("Response")
    said = [_said(answer.prompt, file_url)] if answer.prompt else []
    if step.then is Then.HANG_UP:
        response.extend([*said, Element("Hangup")])
        return _text(response)
    a_key_ends_it = step.barge_in or step.keys_first
    listens = step.then in LISTEN_SECONDS
    if not a_key_ends_it:
        response.extend(said)
    if listens or (said and a_key_ends_it):
        seconds = LISTEN_SECONDS.get(step.then, _SHORTEST)
        limits = {"numDigits": "1", "finishOnKey": "", "timeout": str(seconds)}
        gather = SubElement(response, "Gather", {**limits, "action": here(KEY), "method": "POST"})
        gather.extend(said if a_key_ends_it else [])
    SubElement(response, "Redirect", {"method": "POST"}).text = here(Signal.NO_KEY if listens else Signal.PLAYED)
    return _text(response)


def hang_up() -> bytes:
    """Return the document that ends a call."""
    response = Element("Response")
    SubElement(response, "Hangup")
    return _text(response)


def _text(response: Element) -> bytes:
    text: bytes = tostring(response, encoding="utf-8", xml_declaration=True)
    return text


def _said(prompt: Prompt, file_url: Callable[[str], str]) -> Element:
    match prompt:
        case SpokenText(text=text, voice=voice):
            say = Element("Say", {"voice": _polly(voice)})
            say.text = without_forbidden_characters(text)
            return say
        case SpokenSsml(ssml=ssml, voice=voice):
            return _say_ssml(ssml, voice)
        case AudioFile(key=key):
            play = Element("Play")
            play.text = file_url(key)
            return play


def _polly(voice: Voice) -> str:
    """Return the provider's name of a voice of Amazon Polly."""
    return f"Polly.{voice.name}{'-Neural' if voice.engine == 'neural' else ''}"


def _say_ssml(ssml: str, voice: Voice) -> Element:
    """Return a document in SSML as content of `Say`, which stands for its `speak`.

    Tags of Polly's own (`amazon:…`) are dropped, and what they enclose is said: the providers have none of them.
    """
    builder, parser = TreeBuilder(), expat.ParserCreate()  # ElementTree's own parser wants `amazon:` declared

    def begin(name: str, attributes: dict[str, str]) -> None:
        if name == "speak":
            builder.start("Say", {"voice": _polly(voice)})
        elif _is_kept(name):
            builder.start(name, {known: text for known, text in attributes.items() if _is_kept(known)})

    def end(name: str) -> None:
        if _is_kept(name):
            builder.end("Say" if name == "speak" else name)

    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.Parse(ssml, True)
    return builder.close()


def _is_kept(name: str) -> bool:
    return ":" not in name or name.startswith("xml:")
