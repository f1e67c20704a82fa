"""The entries of the `alert` array, one shape per channel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field
from pydantic import Tag as Branch

from tocsin.alerts.domain.elements import Element
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.calendar.domain.time_window import TimeWindow
from tocsin.contacts.domain.channel import Channel
from tocsin.content.domain.options import EmailOptions, SmsOptions, VoiceOptions
from tocsin.entrypoint.alert_body import limits
from tocsin.entrypoint.alert_body.features import LinkedAlertModifiers, Lookups, Window
from tocsin.entrypoint.alert_body.receivers import (
    CONTACT_FORMS,
    RECIPIENT_FORMS,
    ReceiverFields,
    StoredRef,
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
    Boundary,
    ContentTypeHeader,
    Encoding,
    MailName,
    SmsSender,
    Subject,
    Tag,
    decoded,
    text_fault,
)
from tocsin.entrypoint.http.wire import by_kind, one_of, set_in
from tocsin.kernel.domain.errors import Fault
from tocsin.voice.domain.script import PromptName, Simple
from tocsin.voice.domain.speech import SpeechOptions

ALERT_TYPES = tuple(channel.value for channel in Channel)


class ElementFields(ReceiverFields):
    """Fields that elements of all channels have."""

    tag: Annotated[Tag, Field(description="your own name for this element; it comes back in answers and events")]
    content: Annotated[str | None, Field(description="the text; this or `storedContent`")] = None
    content_encoding: Annotated[Encoding | None, Field(description="how `content` is written; default utf8")] = None
    stored_content: Annotated[StoredRef | None, Field(description="a store of this type; this or `content`")] = None
    linked_alert_modifiers: LinkedAlertModifiers | None = None
    time_windows: Annotated[
        list[Window] | None,
        Field(max_length=limits.TIME_WINDOWS, description="the element is skipped unless one of them is open"),
    ] = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        """An element has a receiver and a content."""
        yield from one_of(raw, "content", "storedContent")
        yield from receiver_faults(raw)

    def features(self) -> Iterable[str]:
        """Yield the requested features that are not available yet."""
        return ()

    def windows(self) -> tuple[TimeWindow, ...]:
        """Return the windows in which the element may go out; empty = no restriction."""
        return tuple(self.time_windows or ())

    def except_responded(self) -> frozenset[ResponseKind]:
        """Return the ways of answering that exclude a contact."""
        return self.linked_alert_modifiers.except_responded() if self.linked_alert_modifiers else frozenset()

    def element(self) -> Element:
        """Return the element as the use case takes it."""
        raise NotImplementedError

    def text(self) -> str | None:
        """Return the inline content, decoded."""
        return None if self.content is None else decoded(self.content, self.content_encoding)


def _shortlink_faults(raw: Mapping[str, Any], *fields: str) -> Iterable[Fault]:
    """Yield a fault if a text contains `{shortlink}` and no short link is defined: receivers would read the braces."""
    lookups = raw.get("lookups")
    if isinstance(lookups, dict) and set_in(lookups, "shortlink"):
        return
    for field in fields:
        value = raw.get(field)
        if field == "content" and isinstance(value, str):
            try:
                value = decoded(value, raw.get("contentEncoding"))
            except ValueError:
                continue
        if isinstance(value, str) and "{shortlink}" in value:
            message = "holds `{shortlink}`, but the element has no `lookups` with a `shortlink`"
            yield Fault(f"/{field}", "SHORTLINK_MISSING", message)


class SmsElement(ElementFields):
    """A text message."""

    alert_type: Literal["sms"]
    sender: Annotated[SmsSender, Field(description="a number people can reply to, or a name they cannot")]
    lookups: Lookups | None = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        """A text of bounded length."""
        yield from super().rules(raw)
        if fault := text_fault(raw.get("content"), raw.get("contentEncoding")):
            yield fault
        elif (
            isinstance(raw.get("content"), str)
            and len(decoded(raw["content"], raw.get("contentEncoding"))) > limits.SMS_CHARACTERS
        ):
            yield Fault("/content", "TOO_LONG", f"must have at most {limits.SMS_CHARACTERS} characters")
        yield from _shortlink_faults(raw, "content")

    def element(self) -> Element:
        """Return the element as the use case takes it."""
        return Element(
            Channel.SMS,
            self.tag,
            self.receivers(),
            SmsOptions(self.sender),
            self.text(),
            store_ref(self.stored_content),
            self.lookups.to_options() if self.lookups else None,
            self.except_responded(),
            self.windows(),
        )


class EmailElement(ElementFields):
    """An email."""

    alert_type: Literal["email"]
    to: Annotated[MailName | None, Field(description="shown as receiver, without the domain")] = None
    sender: Annotated[MailName | None, Field(description="shown as sender, without the domain")] = None
    reply_to: Annotated[MailName | None, Field(description="answers go there, without the domain")] = None
    subject: Annotated[Subject | None, Field(description="a reference is added to it")] = None
    email_body_is_multipart: Annotated[bool, Field(description="`content` is a multipart body")] = False
    email_body_content_type: Annotated[
        ContentTypeHeader | None,
        Field(description="type of a body that is not multipart; default `text/plain; charset=us-ascii`"),
    ] = None
    multipart_boundary: Annotated[Boundary | None, Field(description="starts each part; required for multipart")] = None
    lookups: Lookups | None = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        """A multipart body has a boundary."""
        yield from super().rules(raw)
        yield from body_faults(raw)
        yield from _shortlink_faults(raw, "content", "subject")

    def element(self) -> Element:
        """Return the element as the use case takes it."""
        multipart = self.email_body_is_multipart
        options = EmailOptions(
            to=self.to,
            sender=self.sender,
            reply_to=self.reply_to,
            subject=self.subject,
            content_type=None if multipart else self.email_body_content_type,
            boundary=self.multipart_boundary if multipart else None,
        )
        return Element(
            Channel.EMAIL,
            self.tag,
            self.receivers(),
            options,
            self.text(),
            store_ref(self.stored_content),
            self.lookups.to_options() if self.lookups else None,
            self.except_responded(),
            self.windows(),
        )


def body_faults(raw: Mapping[str, Any]) -> Iterable[Fault]:
    """Yield what is wrong with an email's inline body and its labels."""
    if raw.get("emailBodyIsMultipart") is True and raw.get("multipartBoundary") is None:
        yield Fault("/multipartBoundary", "REQUIRED", "is required with `emailBodyIsMultipart`")
    if fault := text_fault(raw.get("content"), raw.get("contentEncoding")):
        yield fault


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
        yield from _shortlink_faults(raw, "content")


class CallElement(SpokenFields):
    """A call to each receiver."""

    alert_type: Literal["call"]
    sender: Annotated[E164, Field(description="the number that calls")]
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

    def features(self) -> Iterable[str]:
        """Yield the requested features that are not available yet."""
        yield from super().features()
        if self.lookups is not None and self.lookups.to_options():
            yield "lookups"

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
    """A message for people who call a number. Receivers are optional: if given, only calls from them count."""

    alert_type: Literal["inboundCall"]
    telephone_number: Annotated[E164, Field(description="the number that is called")]
    lookups: Annotated[
        Lookups | None, Field(description="only for texts that are read out, and only with receivers")
    ] = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        """An element has a content; receivers are optional."""
        yield from one_of(raw, "content", "storedContent")
        yield from voice_faults(raw)
        yield from _spoken_lookup_faults(raw)
        if raw.get("lookups") is not None and not set_in(raw, *RECIPIENT_FORMS, *CONTACT_FORMS):
            yield Fault("/lookups", "CONFLICT", "needs receivers: without them anybody may call")

    def features(self) -> Iterable[str]:
        """Yield the requested features that are not available yet."""
        yield from super().features()
        if self.lookups is not None and self.lookups.to_options():
            yield "lookups"

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


AlertElement = Annotated[
    Annotated[SmsElement, Branch("<sms>")]
    | Annotated[EmailElement, Branch("<email>")]
    | Annotated[CallElement, Branch("<call>")]
    | Annotated[InboundCallElement, Branch("<inboundCall>")],
    by_kind("alertType"),
]
