"""Warnings about an element: what is done as asked, and may not be what was meant."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.alerts.domain.elements import Element
from tocsin.alerts.domain.personal_element import RenderedContent
from tocsin.contacts.domain.channel import Channel
from tocsin.content.domain.content import EmailContent, SmsContent
from tocsin.content.domain.lookup_check import placeholder_warnings
from tocsin.content.domain.options import EmailOptions
from tocsin.content.domain.sms_text import segments_warning
from tocsin.kernel.domain.warnings import Warned, WarningCode
from tocsin.voice.domain.speech import SpeechOptions
from tocsin.voice.domain.voices import choose


def element_warnings(
    element: Element, rendered: RenderedContent, custom: frozenset[str], *, click_counts: bool, short_lived: bool
) -> tuple[Warned, ...]:
    """Return the warnings about an element; their pointers begin at the element.

    Args:
        custom: lookup keys of the contact group.
        click_counts: whether visits to short links count as answers.
        short_lived: whether messages may expire on their way to the provider.
    """
    said_in = "/content" if element.stored is None else "/storedContent"
    warnings = [
        *_placeholder_warnings(element, said_in, rendered.content, custom),
        *segments_warning(said_in, rendered.segments),
    ]
    if click_counts and rendered.terms is not None and rendered.terms.shortlink:
        message = "visits to this link count as answers (`clickCounts`), although machines visit links too"
        warnings.append(Warned("/lookups/shortlink", WarningCode.CLICKS_COUNT, message))
    if short_lived:
        message = "messages may expire before they reach the carrier; give a minute at least"
        warnings.append(Warned("/options/lifetime", WarningCode.LIFETIME_SHORT, message, of_alert=True))
    return tuple(warnings)


def _placeholder_warnings(
    element: Element, said_in: str, content: SmsContent | EmailContent, custom: frozenset[str]
) -> tuple[Warned, ...]:
    if isinstance(content, SmsContent):
        return placeholder_warnings(said_in, content.text, element.lookups, custom)
    subject = element.options.subject if isinstance(element.options, EmailOptions) else None
    return (
        *placeholder_warnings("/subject", subject or "", element.lookups, custom),
        *placeholder_warnings(said_in, content.body, element.lookups, custom),
    )


def open_warnings(element: Element) -> tuple[Warned, ...]:
    """Return a warning about an inbound call without receivers."""
    if element.channel is not Channel.INBOUND_CALL or not element.receivers.none_named:
        return ()
    message = "no receivers are named: everybody who calls the number hears the message, withheld numbers too"
    return (Warned("/telephoneNumber", WarningCode.OPEN_TO_ANYBODY, message),)


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
