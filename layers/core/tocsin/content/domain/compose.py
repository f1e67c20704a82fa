"""What an element says, put together from its options, its text and the store the text may come from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tocsin.content.domain.content import EmailContent, SmsContent
from tocsin.content.domain.content_type import body_type
from tocsin.content.domain.mime import MailTemplate
from tocsin.content.domain.options import EmailOptions, SmsOptions
from tocsin.content.domain.subject_reference import with_reference
from tocsin.kernel.domain.plain_text import composed

_ANY_DOMAIN = "example.org"
"""The platform's domain is the sender's business; whether a mail can be built does not depend on it."""


def sms_content(options: SmsOptions, text: str) -> SmsContent:
    """Return the text message every receiver of the element gets; composed, for an accent of its own costs a part."""
    return SmsContent(options.sender, composed(text))


def email_content(options: EmailOptions, body: str, extras: Mapping[str, Any], reference: str) -> EmailContent:
    """Return the email every receiver of the element gets.

    Args:
        extras: what a store says about its body under the wire's names; what the element itself says comes first.
        reference: appended to the subject.

    Raises:
        UnsafeMail: no mail can be built of it. Better now than when the first receiver's turn has come.
    """
    boundary, declared = options.boundary, options.content_type
    if boundary is None and declared is None:
        boundary, declared = body_form(extras)
    content = EmailContent(
        subject=with_reference(options.subject, reference),
        body=body,
        content_type=body_type(declared, boundary, body),
        sender=options.sender,
        reply_to=options.reply_to,
        to=options.to,
    )
    check_mail(content)
    return content


def check_mail(content: EmailContent) -> None:
    """Raise UnsafeMail if no mail can be built of the content."""
    MailTemplate.compile(content, _ANY_DOMAIN)


def body_form(extras: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Return boundary and content type that the extras of a stored email name; of a multipart body only the first."""
    if extras.get("emailBodyIsMultipart"):
        return extras.get("multipartBoundary") or "", None
    return None, extras.get("emailBodyContentType")
