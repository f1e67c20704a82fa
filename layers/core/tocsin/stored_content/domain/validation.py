"""Validation of content before it is stored, so that its alert does not fail later."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from tocsin.contacts.domain.contact_group_json import contact_group_of
from tocsin.contacts.domain.email_address import InvalidEmail, parse_email
from tocsin.contacts.domain.phone_number import InvalidPhone, parse_phone
from tocsin.content.domain.compose import body_form, email_content
from tocsin.content.domain.content_type import parse_boundary, parse_content_type
from tocsin.content.domain.mail_header import UnsafeMail
from tocsin.content.domain.options import EmailOptions
from tocsin.kernel.domain.csv_list import parse_list
from tocsin.kernel.domain.errors import InvalidRequest
from tocsin.stored_content.domain.stored_content import ContentType

RECORDED = frozenset({"mp3", "wav", "aiff"})
"""Values of `voiceFormat` for audio content. The content of `tts` is text to be read aloud."""


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
        return f"no email can be built of it ({error})"
    return None


def _why_not_a_voice_text(content: str, extras: Mapping[str, Any]) -> str | None:
    if extras.get("voiceFormat") not in RECORDED:
        return None if content.strip() else "a call needs a text to read out"
    try:
        return None if base64.b64decode(content, validate=True) else "the recording is empty"
    except (binascii.Error, ValueError):
        return "a recording must be valid base64"


def _why_not_recipients(content: str) -> str | None:
    entries = parse_list(content)
    if not entries:
        return "the list is empty"
    wrong = sum(not _is_address(entry) for entry in entries)
    return f"{wrong} of {len(entries)} entries are neither an E.164 number nor an email address" if wrong else None


def _is_address(entry: str) -> bool:
    try:
        parse_email(entry) if "@" in entry else parse_phone(entry)
    except (InvalidEmail, InvalidPhone):
        return False
    return True


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
