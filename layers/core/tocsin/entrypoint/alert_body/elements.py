"""The entries of the `alert` array, one shape per channel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field
from pydantic import Tag as Branch

from tocsin.alerts.domain.elements import Element
from tocsin.contacts.domain.channel import Channel
from tocsin.content.domain.options import EmailOptions, SmsOptions
from tocsin.entrypoint.alert_body import limits
from tocsin.entrypoint.alert_body.call_elements import CallElement, InboundCallElement
from tocsin.entrypoint.alert_body.element_fields import ElementFields, shortlink_faults
from tocsin.entrypoint.alert_body.features import Lookups
from tocsin.entrypoint.alert_body.receivers import (
    store_ref,
)
from tocsin.entrypoint.alert_body.words import (
    Boundary,
    ContentTypeHeader,
    MailName,
    SmsSender,
    Subject,
    decoded,
    text_fault,
)
from tocsin.entrypoint.http.wire import by_kind
from tocsin.kernel.domain.errors import Fault

ALERT_TYPES = tuple(channel.value for channel in Channel)


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
        yield from shortlink_faults(raw, "content")

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
        yield from shortlink_faults(raw, "content", "subject")

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


AlertElement = Annotated[
    Annotated[SmsElement, Branch("<sms>")]
    | Annotated[EmailElement, Branch("<email>")]
    | Annotated[CallElement, Branch("<call>")]
    | Annotated[InboundCallElement, Branch("<inboundCall>")],
    by_kind("alertType"),
]
