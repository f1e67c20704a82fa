"""Whether a raw mail mentions a person. The mail may be broken, so no parser of mails is used."""

from __future__ import annotations

import base64
import quopri
import re

from tocsin.privacy.domain.erasure import Person

_ENCODED = re.compile(rb"(?:[A-Za-z0-9+/=]{16,}\r?\n?)+")
"""Lines that may be base64. Linear: no two repetitions can match the same character in two ways within a line."""


def mentions(raw: bytes, person: Person) -> bool:
    """Whether an address of the person is in the headers or the body, plain, quoted-printable or in base64."""
    wanted = [address.lower().lstrip("+").encode() for address in person.addresses]
    if not wanted:
        return False
    texts = [raw, quopri.decodestring(raw), *_decoded(raw)]
    return any(address in text.lower() for text in texts for address in wanted)


def _decoded(raw: bytes) -> list[bytes]:
    found = []
    for block in _ENCODED.findall(raw):
        joined = b"".join(block.split())
        try:
            found.append(base64.b64decode(joined[: len(joined) // 4 * 4]))
        except ValueError:
            continue
    return found
