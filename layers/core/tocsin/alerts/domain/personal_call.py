"""The calls of an element at acceptance: lookup values, and receivers to whom too much would be said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tocsin.alerts.domain.elements import Element
from tocsin.alerts.domain.personal_element import with_only, without
from tocsin.alerts.domain.receivers import Resolved
from tocsin.contacts.domain.recipient import Recipient
from tocsin.content.domain.content import LookupTerms
from tocsin.content.domain.rendering import CallRendering
from tocsin.kernel.domain.ids import AlertRef
from tocsin.kernel.domain.warnings import Warned, WarningCode
from tocsin.voice.domain.call_content import CallContent
from tocsin.voice.domain.recording import Recording
from tocsin.voice.domain.speech import SSML_CHARACTERS, SpeechOptions, check_spoken
from tocsin.voice.domain.unusable import UnusableSpeech
from tocsin.voice.domain.voices import choose

_UNSPEAKABLE = "speech_too_long"


@dataclass(frozen=True, slots=True)
class _Saying:
    """What an element says to its receivers."""

    rendering: CallRendering
    at: datetime
    link: str

    def fits(self, recipient: Recipient) -> bool:
        """Whether all prompts can be said. What is larger than a limit is never written."""
        sizes = self.rendering.characters(self.at)
        if any(size.to(recipient, self.link) > SSML_CHARACTERS for size in sizes):
            return False
        try:
            for said in self.rendering.to(recipient, self.at, lambda: self.link).prompts.values():
                if not isinstance(said, Recording):
                    check_spoken(said)
        except UnusableSpeech:
            return False
        return True


def callable_to(
    content: CallContent,
    terms: LookupTerms | None,
    resolved: Resolved,
    element: Element,
    alert: AlertRef,
    now: datetime,
    link: str,
) -> Resolved:
    """Return the receivers, each with the lookup values that the calls use, without those to whom too much is said.

    Args:
        link: a sample short link, as long as the real ones.
    """
    used = frozenset() if terms is None else terms.custom
    resolved = replace(resolved, recipients=tuple(with_only(used, r) for r in resolved.recipients))
    if terms is None:
        return resolved
    rendering = CallRendering.of(content, terms, alert, element.channel)
    saying = _Saying(rendering, now, link)
    if rendering.unique:
        fits = [saying.fits(recipient) for recipient in resolved.recipients]
    else:
        fits = [saying.fits(resolved.recipients[0])] * len(resolved.recipients) if resolved.recipients else []
    return without(resolved, fits, _UNSPEAKABLE)


def voice_warnings(element: Element, main: SpeechOptions | None) -> Sequence[Warned]:
    """Return what is to be said about the voices of the inline texts; pointers begin at the element.

    Args:
        main: how the inline content of the element is said.
    """
    given = {"": main, **{prompt.pointer: prompt.speech for prompt in element.prompts.values()}}
    return [
        warned
        for pointer, speech in given.items()
        if speech is not None and speech.form is None
        for warned in _other_voice(pointer, speech)
    ]


def _other_voice(pointer: str, speech: SpeechOptions) -> Sequence[Warned]:
    chosen = choose(speech.language, speech.gender)
    if chosen is None:
        return ()
    found = []
    if chosen.other_region:
        message = f"no voice speaks as in this region; {chosen.voice.name} reads it as {chosen.language}"
        found.append(Warned(f"{pointer}/tts/language", WarningCode.OTHER_VOICE, message))
    if chosen.other_gender:
        message = f"no voice of {chosen.language} has this gender; {chosen.voice.name} reads it"
        found.append(Warned(f"{pointer}/tts/gender", WarningCode.OTHER_VOICE, message))
    return found
