"""Header lines of a mail: what may stand in one, how it is written, and the last look before it goes.

Nothing here trusts the standard library's `email` package: on Python 3.10-3.12 it decodes an encoded line break in a
header value and writes it out as a real one (CVE-2024-6923). What people typed is refused if it could break a line in
any reader's eyes; what is left is encoded by us (RFC 2047), and the finished bytes are read back before they leave.
"""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Iterator, Sequence

_LINE_BREAKERS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_ADDRESS = re.compile(
    r"(?=.{3,254}\Z)(?=[^@]{1,64}@)"
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+(?=[0-9-]*[A-Za-z])[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\Z"
)
_BARE_BREAK = re.compile(rb"\r(?!\n)|(?<!\r)\n")
_FIELD = re.compile(rb"([!-9;-~]+):[ \t]")
_PRINTABLE = re.compile(rb"[\t\r\n -~]*")

_FOLD_AT = 76
"""RFC 2047 allows 76 characters on a line that holds an encoded word; RFC 5322 recommends 78 for any other."""

_LONGEST_WORD = 900
"""A word that cannot be folded must leave room for the field name in a line of 998 (RFC 5322, 2.1.1)."""

_WORD_BYTES = 39
"""UTF-8 bytes in one encoded word: 52 base64 characters, 64 with its frame, and room for `Reply-To: ` before it."""


class UnsafeMail(ValueError):
    """A mail that must not be built. `code` is stable; `field` names the part, never its value."""

    def __init__(self, code: str, field: str) -> None:
        self.code = code
        self.field = field
        super().__init__(f"{field}: {code}")


def guarded(field: str, value: str) -> str:
    """Return `value` if it may stand in a header.

    Raises:
        UnsafeMail: `CONTROL_CHARACTER`, it holds something that ends a line for some reader: C0, DEL, C1 (NEL
            among them), U+2028, U+2029, or a lone surrogate; `ENCODED_WORD`, it holds `=?…?=`, which a reader
            would decode into anything, a line break included.
    """
    if _LINE_BREAKERS.search(value):
        raise UnsafeMail("CONTROL_CHARACTER", field)
    start = value.find("=?")
    if start >= 0 and "?=" in value[start + 2 :]:
        raise UnsafeMail("ENCODED_WORD", field)
    return value


def single_address(field: str, value: str) -> str:
    """Return `value` if it is exactly one plain address: ASCII, dot-atom, a real domain name, at most 254 characters.

    Stricter than RFC 5322 on purpose: quoted local parts, comments, address literals, lists and names without a dot
    are how one field becomes two receivers. A domain in another script arrives as `xn--…`.

    Raises:
        UnsafeMail: `ADDRESS_MALFORMED`, or it fails the guard: `=?…?=` would pass for a local part.
    """
    guarded(field, value)
    if not _ADDRESS.match(value):
        raise UnsafeMail("ADDRESS_MALFORMED", field)
    return value


def mailbox(field: str, display: str, domain: str, fallback: str) -> tuple[str, str]:
    """Give a display part an address of the platform.

    Args:
        display: what people see, e.g. `All staff`; without "@".
        fallback: local part when `display` has no letter or digit that can stand in one.

    Returns:
        The header value (`"All staff" <all-staff@example.org>`, folded) and the bare address.

    Raises:
        UnsafeMail: it fails the guard, or `ADDRESS_IN_NAME`: a display part that shows another address.
    """
    guarded(field, display)
    if "@" in unicodedata.normalize("NFKC", display):
        raise UnsafeMail("ADDRESS_IN_NAME", field)
    address = f"{_local_part(display) or fallback}@{domain}"
    return shown_as(display, address), address


def shown_as(display: str, address: str) -> str:
    """Return the header value of an address with a display part that passed `mailbox`, folded."""
    if not display.strip() or display == address.partition("@")[0]:
        return address
    if display.isascii() and len(display) <= 300:
        quoted = display.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}"\r\n <{address}>' if len(quoted) + len(address) > 60 else f'"{quoted}" <{address}>'
    return "\r\n ".join([*_encoded_words(display), f"<{address}>"])


def _local_part(display: str) -> str:
    """`Café Zürich` -> `cafe-zurich`; "" if nothing is left."""
    plain = unicodedata.normalize("NFKD", display).encode("ascii", "ignore").decode().lower()
    runs = re.sub(r"[^a-z0-9._+]+", "-", plain)
    return re.sub(r"[-.]{2,}", "-", runs)[:64].strip("-.+_")


def unstructured(field: str, value: str) -> str:
    """Return a free-text value (a subject) in wire form, folded.

    ASCII in single-spaced words stays readable; anything else becomes base64 encoded words, because only those keep
    runs of spaces, edges and other scripts exactly.

    Raises:
        UnsafeMail: it fails the guard.
    """
    guarded(field, value)
    words = value.split(" ")
    if value and (not value.isascii() or "" in words or max(map(len, words)) > _LONGEST_WORD):
        return "\r\n ".join(_encoded_words(value))
    lines, line = [], f"{field}:"
    for word in words:
        if len(line) + 1 + len(word) > _FOLD_AT and line != f"{field}:":
            lines.append(line)
            line = ""
        line += f" {word}"
    return "\r\n".join([*lines, line])[len(field) + 2 :]


def _encoded_words(text: str) -> Iterator[str]:
    """Yield RFC 2047 words; each holds whole characters, as RFC 2047 section 5 asks."""
    batch = b""
    for character in text:
        encoded = character.encode()
        if len(batch) + len(encoded) > _WORD_BYTES:
            yield f"=?utf-8?b?{base64.b64encode(batch).decode()}?="
            batch = b""
        batch += encoded
    yield f"=?utf-8?b?{base64.b64encode(batch).decode()}?="


def checked_head(mail: bytes, expected: Sequence[bytes]) -> bytes:
    """Return `mail` if its header block holds exactly the expected fields, each once and in this order.

    The last check: it reads the bytes that are sent, so it does not depend on the code before it.

    Raises:
        UnsafeMail: `HEADER_MISMATCH`.
    """
    end = mail.find(b"\r\n\r\n")
    head = mail[: max(end, 0)]
    names: list[bytes] = []
    for line in head.split(b"\r\n"):
        if line[:1] in (b" ", b"\t") and names and line.strip():
            continue
        found = _FIELD.match(line)
        names.append(found[1] if found else b"")
    sound = not _BARE_BREAK.search(head) and _PRINTABLE.fullmatch(head)
    if not sound or names != list(expected):
        raise UnsafeMail("HEADER_MISMATCH", "mail")
    return mail
