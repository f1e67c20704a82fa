"""Whether a raw mail mentions a person. The mail may be broken, so no parser of mails is used."""

from __future__ import annotations

import base64
import html
import quopri
import re

from tocsin.privacy.domain.erasure import Person, mentioned_in

_ENCODED = re.compile(rb"(?:[A-Za-z0-9+/=]{16,}\r?\n?)+")
"""Lines that may be base64. Linear: no two repetitions can match the same character in two ways within a line."""


def mentions(raw: bytes, person: Person) -> bool:
    """Whether an address of the person is in the headers or the body, in any form in which it is written.

    The mail is read plain, as quoted-printable and as base64, in character sets whose ASCII is ASCII and in UTF-16, and
    as HTML.
    """
    if not person.addresses:
        return False
    for part in (raw, quopri.decodestring(raw), *_decoded(raw)):
        text = part.replace(b"\0", b"").decode("latin-1")
        if mentioned_in(text, person) or mentioned_in(html.unescape(text), person):
            return True
    return False


def _decoded(raw: bytes) -> list[bytes]:
    found = []
    for block in _ENCODED.findall(raw):
        joined = b"".join(block.split())
        try:
            found.append(base64.b64decode(joined[: len(joined) // 4 * 4]))
        except ValueError:
            continue
    return found
