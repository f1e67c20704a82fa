"""Canaries: values of one made-up tenant that must not be found where they do not belong, in whatever clothes.

Send them through the system, then give everything it wrote down (rows, objects, queue bodies, logs) to
`find_canaries`. A hit names the canary and its disguise.
"""

from __future__ import annotations

import base64
import html
import json
import re
import urllib.parse
import zlib
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

CANARIES: Mapping[str, str] = {
    "phone": "+447700900417",
    "second phone": "+4915112345608",
    "email": "wilhelmina.canary@nest.example.org",
    "name": "Wilhelmina Kanarienvogel",
    "lookup": "gate-B17-sesame",
    "sms text": "The yellow bird has left Oxnard",
    "email subject": "Feathers at Rotherhithe",
    "email body": "Nobody but Tweety reads this line, zur Brücke",
    "stored text": "Stored seeds, do not show: Quibberon",
    "store name": "perch at Dunquin",
    "tag": "plumage-tag-7731",
    "client reference": "clientref-moult-2291",
    "callback secret": "hook-token-Vx91kkPz3",
    "group name": "Aviary of Ballyvaughan",
    "reply by text": "Seventeen budgerigars and a ladder",
    "reply by mail": "I hid the cage behind Ludlow station",
}
"""What each is, and its value. None is a part of another, and none is a word that turns up by itself."""

_DIGITS_WORTH_FINDING = 9
_WINDOW = 3


def encodings(value: str) -> set[bytes]:
    """Return the byte strings that give `value` away, wherever they stand in a blob.

    Clear in UTF-8, UTF-16 and upper or lower case; hex; base64 at each of its three alignments, both alphabets;
    percent-encoded; escaped for JSON and HTML; and, of a number, its digits alone.
    """
    clear = value.encode()
    found = {clear, value.upper().encode(), value.lower().encode()}
    found |= {value.encode("utf-16-le"), value.encode("utf-16-be")}
    found |= {clear.hex().encode(), clear.hex().upper().encode()}
    for text in (clear, value.encode("utf-16-le")):
        found |= _base64_windows(text)
    found |= {
        urllib.parse.quote(value).encode(),
        urllib.parse.quote(value, safe="").encode(),
        urllib.parse.quote_plus(value).encode(),
        json.dumps(value)[1:-1].encode(),
        html.escape(value).encode(),
    }
    digits = re.sub(r"\D", "", value)
    if len(digits) >= _DIGITS_WORTH_FINDING:
        # Without the country code too: that is how people write it.
        found |= {digits.encode(), digits[2:].encode(), digits.encode("utf-16-le")}
    return found


def find_canaries(blob: bytes) -> list[str]:
    """Return what gives itself away in `blob`, as "phone: b'...'", sorted; empty if nothing does.

    Looks into deflated and gzipped values too, when the whole blob is one.
    """
    hits = {f"{name}: {disguise!r}" for name, disguises in _disguises() for disguise in disguises if disguise in blob}
    for bits in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):
        try:
            inside = zlib.decompress(blob, bits)
        except zlib.error:
            continue
        hits |= {f"deflated, {hit}" for hit in find_canaries(inside)}
    return sorted(hits)


def blobs_of(value: Any) -> Iterable[bytes]:
    """Yield every string and byte string in a structure of dicts and lists, keys included: a row, an event, a log."""
    match value:
        case bytes() | bytearray():
            yield bytes(value)
        case str():
            yield value.encode("utf-8", "surrogatepass")
        case dict():
            for name, inner in value.items():
                yield from blobs_of(name)
                yield from blobs_of(inner)
        case list() | tuple() | set() | frozenset():
            for inner in value:
                yield from blobs_of(inner)
        case None:
            return
        case _:
            yield str(value).encode()


@cache
def _disguises() -> list[tuple[str, frozenset[bytes]]]:
    return [(name, frozenset(encodings(value))) for name, value in CANARIES.items()]


def _base64_windows(text: bytes) -> set[bytes]:
    """Return what base64 makes of `text` at each alignment, without the characters that its neighbours decide."""
    windows = set()
    for before in range(_WINDOW):
        encoded = base64.b64encode(b"\0" * before + text)
        first = -(-before * 4 // 3)
        last = (before + len(text)) * 8 // 6
        windows.add(encoded[first:last])
    return windows | {window.translate(bytes.maketrans(b"+/", b"-_")) for window in windows}
