"""What one prompt says: a text, a document in SSML, or a recording. It is judged at acceptance, or when stored."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tocsin.voice.domain import ssml
from tocsin.voice.domain.recording import AudioForm, Recording, RecordingFault, UnusableRecording
from tocsin.voice.domain.script import SpokenSsml, SpokenText
from tocsin.voice.domain.unusable import UnusableSpeech
from tocsin.voice.domain.voices import DEFAULT_LANGUAGE, LANGUAGES, Gender, choose

SPOKEN_CHARACTERS = 3_000
SSML_CHARACTERS = 6_000
"""Limits of one prompt: characters that are spoken, and all with their tags (Connect: billed, and in all)."""

MILLISECONDS = "milliseconds"
"""The extra of a stored recording that says how long it is, and that it is as calls play it."""

Said = SpokenText | SpokenSsml | Recording
Decode = Callable[[bytes, AudioForm], Recording]
"""Returns a recording as calls play it; raises UnusableRecording."""


@dataclass(frozen=True, slots=True)
class SpeechOptions:
    """How content is said.

    Attributes:
        form: the form of a recording; None = a text that is read out.
        ssml: the text is a document in SSML.
    """

    form: AudioForm | None = None
    language: str = DEFAULT_LANGUAGE
    gender: Gender = Gender.FEMALE
    ssml: bool = False

    @staticmethod
    def of_store(extras: Mapping[str, Any]) -> SpeechOptions:
        """Return the options that were stored with a content, under their names in the API."""
        kind, tts = extras.get("voiceFormat", "tts"), extras.get("tts") or {}
        return SpeechOptions(
            None if kind == "tts" else AudioForm(kind),
            tts.get("language", DEFAULT_LANGUAGE),
            Gender(tts.get("gender", Gender.FEMALE)),
            bool(tts.get("enhancedTts")),
        )


def said(content: str, options: SpeechOptions, decode: Decode) -> Said:
    """Return what a content says.

    Args:
        content: a text; of a recording, its file in base64.

    Raises:
        UnusableSpeech: it cannot be said.
    """
    if options.form is not None:
        try:
            return decode(base64.b64decode(content, validate=True), options.form)
        except binascii.Error as error:
            raise UnusableRecording(RecordingFault.NOT_AUDIO, options.form) from error
    chosen = choose(options.language, options.gender)
    if chosen is None:
        raise UnusableSpeech("NOT_ALLOWED", unknown_language())
    found = SpokenSsml(content, chosen.voice) if options.ssml else SpokenText(content, chosen.voice)
    check_spoken(found)
    return found


def stored_said(content: str, extras: Mapping[str, Any], decode: Decode) -> Said:
    """Return what stored content says; a recording was decoded when it was stored, unless an earlier version did.

    Raises:
        UnusableSpeech: it cannot be said.
    """
    if (milliseconds := extras.get(MILLISECONDS)) is not None:
        return Recording(base64.b64decode(content), milliseconds)
    return said(content, SpeechOptions.of_store(extras), decode)


def to_store(content: str, extras: Mapping[str, Any], decode: Decode) -> tuple[str, Mapping[str, Any]]:
    """Return content and extras of a store: a recording as calls play it, anything else as it is. A repeat is harmless.

    Raises:
        UnusableSpeech: it cannot be said.
    """
    if MILLISECONDS in extras:
        return content, extras
    found = said(content, SpeechOptions.of_store(extras), decode)
    if not isinstance(found, Recording):
        return content, extras
    kept = {**extras, "voiceFormat": AudioForm.WAV.value, MILLISECONDS: found.milliseconds}
    return base64.b64encode(found.wav).decode(), kept


def check_spoken(speech: SpokenText | SpokenSsml) -> None:
    """Look at the form and the length of what is read out.

    Raises:
        UnusableSpeech: it cannot be read out.
    """
    words = spoken_words(speech)
    if not words.strip():
        raise UnusableSpeech("EMPTY", "must not be blank")
    if len(words) > SPOKEN_CHARACTERS:
        raise UnusableSpeech("TOO_LONG", f"must have at most {SPOKEN_CHARACTERS:,} characters that are spoken")


def spoken_words(speech: SpokenText | SpokenSsml) -> str:
    """Return the words that are spoken.

    Raises:
        UnusableSpeech: the document is too long, or none that the speech engine reads.
    """
    if isinstance(speech, SpokenText):
        return speech.text
    if len(speech.ssml) > SSML_CHARACTERS:
        raise UnusableSpeech("TOO_LONG", f"must have at most {SSML_CHARACTERS:,} characters with its tags")
    return ssml.spoken(speech.ssml)


def unknown_language() -> str:
    """Return the sentence for a language that no voice speaks."""
    return f"must be a language that is spoken: {', '.join(LANGUAGES)}"
