"""What is wrong with a mail that must not be built, in words, and how to mend it."""

from __future__ import annotations

from collections.abc import Mapping

from tocsin.content.domain.mail_header import UnsafeMail

SENTENCES: Mapping[str, str] = {
    "CONTROL_CHARACTER": "holds a control character, which in a header may also be a line break: take it out",
    "ENCODED_WORD": (
        "holds `=?…?=`, which mail programs decode into anything: write plain text, it is encoded on its way"
    ),
    "ADDRESS_MALFORMED": "must be one plain email address, like ana@example.org",
    "ADDRESS_IN_NAME": "shows an @, as if it were another address: give a name without it",
    "CONTENT_TYPE_NOT_ALLOWED": "is a type of whole mails, `message/…`: give the type of one part, like text/html",
    "CONTENT_TYPE_MALFORMED": "is not written as type/subtype with parameters, like text/html; charset=utf-8",
    "BOUNDARY_MALFORMED": "holds a sign that no multipart boundary may hold: use up to 70 letters and digits",
    "BOUNDARY_NOT_FOUND": (
        "has no line of `--` and the `multipartBoundary`, so that no part begins: put one before each part, or name "
        "the boundary that stands there"
    ),
    "BOUNDARY_IN_VALUE": "would end a part where a lookup value holds the multipart boundary: choose another boundary",
    "LINE_TOO_LONG": (
        "has a line of more than 998 bytes in the header of a part, or in a part of type message/…: mail servers cut "
        "such a line, so break it"
    ),
    "HEADER_MISMATCH": "makes other header fields than were asked for: tell your operator",
    "MESSAGE_ID_MALFORMED": "would get an id that no mail may have: tell your operator",
}
"""By the code of `UnsafeMail`; each goes on where "the subject" or "the content" begins."""

_WIRE_NAMES = {
    "From": "sender",
    "To": "to",
    "Reply-To": "replyTo",
    "Subject": "subject",
    "Content-Type": "emailBodyContentType",
}


def wire_field(error: UnsafeMail) -> str:
    """Return the field of an email element that is wrong."""
    return "multipartBoundary" if error.code == "BOUNDARY_MALFORMED" else _WIRE_NAMES.get(error.field, "content")


def told(error: UnsafeMail) -> str:
    """Return the sentence about an element or a store as a whole."""
    return f"no email can be built of it: its `{wire_field(error)}` {SENTENCES[error.code]} ({error.code})"
