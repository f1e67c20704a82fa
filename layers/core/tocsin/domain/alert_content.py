"""What an element says, put together from its options, its text and the store the text may come from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tocsin.domain.alert import EmailContent, SmsContent
from tocsin.domain.mail_text import begins_a_part, multipart_type, single_part_type
from tocsin.domain.send_request import EmailOptions, SmsOptions
from tocsin.domain.subject_reference import with_reference

NO_PART = "no line of the content begins with -- and the multipartBoundary"


def sms_content(options: SmsOptions, text: str) -> SmsContent:
    """Return the text message every receiver of the element gets."""
    return SmsContent(options.sender, text)


def email_content(options: EmailOptions, body: str, extras: Mapping[str, Any], reference: str) -> EmailContent:
    """Return the email every receiver of the element gets.

    Args:
        extras: what a store says about its body under the wire's names; what the element itself says comes first.
        reference: appended to the subject.

    Raises:
        ValueError: the body is declared to have parts and has none.
    """
    boundary, declared = options.boundary, options.content_type
    if boundary is None and declared is None:
        if extras.get("emailBodyIsMultipart"):
            boundary = extras.get("multipartBoundary")
        else:
            declared = extras.get("emailBodyContentType")
    if boundary is not None and not begins_a_part(boundary, body):
        raise ValueError(NO_PART)
    return EmailContent(
        subject=with_reference(options.subject, reference),
        body=body,
        content_type=single_part_type(declared, body) if boundary is None else multipart_type(boundary),
        sender=options.sender,
        reply_to=options.reply_to,
        to=options.to,
    )
