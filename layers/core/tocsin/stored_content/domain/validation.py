"""Validation of content before it is stored, so that its alert does not fail later."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from tocsin.contacts.domain.address import parse_address
from tocsin.contacts.domain.contact_group_json import contact_group_of
from tocsin.contacts.domain.email_address import InvalidEmail
from tocsin.contacts.domain.phone_number import InvalidPhone
from tocsin.content.domain.compose import body_form, email_content
from tocsin.content.domain.content_type import parse_boundary, parse_content_type
from tocsin.content.domain.mail_faults import told
from tocsin.content.domain.mail_header import UnsafeMail
from tocsin.content.domain.options import EmailOptions
from tocsin.kernel.domain.counted import counted
from tocsin.kernel.domain.csv_list import parse_list, placed_list
from tocsin.kernel.domain.errors import InvalidRequest
from tocsin.stored_content.domain.stored_content import ContentType

RECORDED = frozenset({"mp3", "wav", "aiff"})
"""Values of `voiceFormat` for audio content. The content of `tts` is text to be read aloud."""

_SHOWN = 10
"""Wrong entries of a list that are named."""


def why_unstorable(kind: ContentType, content: str, extras: Mapping[str, Any]) -> str | None:
    """Return the fault of decoded content of this type; None = the content is valid."""
    match kind:
        case ContentType.SMS:
            return None if content.strip() else "an sms needs a text"
        case ContentType.EMAIL:
            return _why_not_an_email(content, extras)
        case ContentType.CALL | ContentType.INBOUND_CALL:
            return _why_not_a_voice_text(content, extras)
        case ContentType.RECIPIENT_LIST:
            return _why_not_recipients(content)
        case ContentType.CONTACT_LIST | ContentType.CONTACT_SET_LIST:
            return None if parse_list(content) else "the list is empty"
        case ContentType.CONTACT_GROUP:
            return _why_not_a_group(content)
        case ContentType.ALERT:
            return _why_not_an_alert(content)


def _why_not_an_email(content: str, extras: Mapping[str, Any]) -> str | None:
    boundary, declared = body_form(extras)
    try:
        if boundary is not None:
            parse_boundary(boundary)
        elif declared is not None:
            parse_content_type(declared)
    except ValueError as error:
        return f"{'emailBodyContentType' if boundary is None else 'multipartBoundary'} {error}"
    try:
        email_content(EmailOptions(), content, extras, "")
    except UnsafeMail as error:
        return told(error)
    return None


def _why_not_a_voice_text(content: str, extras: Mapping[str, Any]) -> str | None:
    if extras.get("voiceFormat") not in RECORDED:
        return None if content.strip() else "a call needs a text to read out"
    try:
        return None if base64.b64decode(content, validate=True) else "the recording is empty"
    except (binascii.Error, ValueError):
        return "a recording must be valid base64"


def _why_not_recipients(content: str) -> str | None:
    entries = placed_list(content)
    if not entries:
        return "the list is empty"
    wrong = [f"{place} ({code})" for entry, place in entries if (code := _fault_of(entry))]
    if not wrong:
        return None
    more = f" and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
    named = ", ".join(wrong[:_SHOWN]) + more
    all_are = counted(len(entries), "entry is", "entries are")
    return f"{len(wrong)} of {all_are} neither an E.164 number nor an email address: {named}"


def _fault_of(entry: str) -> str | None:
    try:
        parse_address(entry)
    except (InvalidEmail, InvalidPhone) as error:
        return error.code.value
    return None


def _why_not_a_group(content: str) -> str | None:
    try:
        contact_group_of(json.loads(content), "")
    except InvalidRequest as error:
        return str(error)
    except (ValueError, RecursionError):
        return "a contactGroup must be JSON"
    return None


def _why_not_an_alert(content: str) -> str | None:
    """Check the outline of an alert only. Every field is checked when the alert is sent."""
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return "an alert must be JSON"
    if not isinstance(body, dict) or not isinstance(body.get("alert"), list) or not body["alert"]:
        return "an alert must be a JSON object with a non-empty array 'alert'"
    return None
