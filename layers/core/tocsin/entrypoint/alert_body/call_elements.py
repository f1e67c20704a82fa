"""The elements that are spoken: calls out and calls in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from tocsin.alerts.domain.elements import Element
from tocsin.contacts.domain.channel import Channel
from tocsin.content.domain.options import VoiceOptions
from tocsin.entrypoint.alert_body.element_fields import ElementFields, shortlink_faults
from tocsin.entrypoint.alert_body.features import Lookups
from tocsin.entrypoint.alert_body.receivers import (
    CONTACT_FORMS,
    RECIPIENT_FORMS,
    receiver_faults,
    store_ref,
)
from tocsin.entrypoint.alert_body.voice import (
    AdditionalContent,
    IvrControl,
    TextToSpeech,
    VoiceFormat,
    ignored,
    ivr_faults,
    speech_options,
    spoken_content,
    voice_faults,
)
from tocsin.entrypoint.alert_body.words import (
    E164,
)
from tocsin.entrypoint.http.wire import one_of, set_in
from tocsin.kernel.domain.errors import Fault
from tocsin.voice.domain.script import PromptName, Simple
from tocsin.voice.domain.speech import SpeechOptions


class SpokenFields(ElementFields):
    """What calls in both directions have."""

    voice_format: Annotated[VoiceFormat | None, Field(description="required with `content`")] = None
    tts: Annotated[TextToSpeech | None, Field(description="only with `voiceFormat` `tts`")] = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        """What is spoken has a format."""
        yield from super().rules(raw)
        yield from voice_faults(raw)

    def text(self) -> str | None:
        """Return the inline content: text to read out, or recorded voice in base64."""
        return self.content and spoken_content(self.content, self.content_encoding, self.voice_format)

    def speech(self) -> SpeechOptions | None:
        """Return how the inline content is said."""
        return None if self.content is None else speech_options(self.voice_format, self.tts)


def _spoken_lookup_faults(raw: Mapping[str, Any]) -> Iterable[Fault]:
    """Yield the faults between keywords and what is said."""
    if raw.get("lookups") is not None and raw.get("voiceFormat") != "tts" and not set_in(raw, "storedContent"):
        yield Fault("/lookups", "CONFLICT", "only goes with `voiceFormat` `tts`")
    if raw.get("voiceFormat") == "tts":
        yield from shortlink_faults(raw, "content")


class CallElement(SpokenFields):
    """A call to each receiver."""

    alert_type: Literal["call"]
    sender: Annotated[E164, Field(description="the number that calls, which the receiver sees; one of yours")]
    ivr_control: Annotated[IvrControl | None, Field(description="the dialogue; default `simple`")] = None
    additional_content: Annotated[list[AdditionalContent] | None, Field(description="prompts of a replay dialogue")] = (
        None
    )
    lookups: Annotated[Lookups | None, Field(description="only for texts that are read out")] = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        """The dialogue has its prompts; keywords need a text."""
        yield from super().rules(raw)
        yield from ivr_faults(raw)
        yield from _spoken_lookup_faults(raw)

    def element(self) -> Element:
        """Return the element as the use case takes it."""
        ivr = self.ivr_control
        prompts = {f"/additionalContent/{n}": prompt for n, prompt in enumerate(self.additional_content or ())}
        return Element(
            Channel.CALL,
            self.tag,
            self.receivers(),
            VoiceOptions(self.sender, self.speech(), ivr.script() if ivr else Simple(), ivr.ivr_attempts if ivr else 1),
            self.text(),
            store_ref(self.stored_content),
            self.lookups.to_options() if self.lookups else None,
            self.except_responded(),
            self.windows(),
            {PromptName(prompt.content_tag): prompt.source(pointer) for pointer, prompt in prompts.items()},
            (*ignored(self), *(warned for pointer, prompt in prompts.items() for warned in ignored(prompt, pointer))),
        )


class InboundCallElement(SpokenFields):
    """A message for people who call a number, as long as the alert lives.

    Without any receiver field, every caller hears it, and the answer warns `OPEN_TO_ANYBODY`.
    """

    alert_type: Literal["inboundCall"]
    telephone_number: Annotated[E164, Field(description="the number that is called; one of yours")]
    lookups: Annotated[
        Lookups | None, Field(description="only for texts that are read out, and only with receivers")
    ] = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        """An element has a content; receivers are optional."""
        yield from one_of(raw, "content", "storedContent")
        yield from voice_faults(raw)
        yield from _spoken_lookup_faults(raw)
        if set_in(raw, *RECIPIENT_FORMS, *CONTACT_FORMS):
            yield from receiver_faults(raw)  # a list that names no receiver opens nothing
        elif raw.get("lookups") is not None:
            yield Fault("/lookups", "CONFLICT", "needs receivers: without them anybody may call")

    def element(self) -> Element:
        """Return the element as the use case takes it."""
        return Element(
            Channel.INBOUND_CALL,
            self.tag,
            self.receivers(),
            VoiceOptions(self.telephone_number, self.speech()),
            self.text(),
            store_ref(self.stored_content),
            self.lookups.to_options() if self.lookups else None,
            self.except_responded(),
            self.windows(),
            ignored=tuple(ignored(self)),
        )
