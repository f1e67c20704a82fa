"""The form of short URLs."""

from __future__ import annotations

import re

CODE_CHARACTERS = 12
"""Base 62: 71 bits. At 100 guesses a second and 10^8 live links the first hit takes 10,000 years."""


PATH = "/l/"


_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


_CODE = re.compile(rf"[0-9A-Za-z]{{{CODE_CHARACTERS}}}")


_USUAL_BASE = "https://abcdefghij.execute-api.ap-southeast-2.amazonaws.com/production"
"""As long as the address of an API without a domain of its own gets; counted where the real one is not known."""


def code_of(fingerprint: bytes) -> str:
    """Return the code that a keyed hash (32 bytes) of the message's place stands for."""
    number = int.from_bytes(fingerprint, "big")
    code = ""
    for _ in range(CODE_CHARACTERS):
        number, digit = divmod(number, len(_ALPHABET))
        code += _ALPHABET[digit]
    return code


def is_code(text: str) -> bool:
    """Whether it has the form of a code."""
    return _CODE.fullmatch(text) is not None


def code_in(text: str) -> str | None:
    """Return the code at the beginning of the last part of a path, None if there is none.

    Programs that find links in a text often include the full stop, quotation mark or bracket behind a link, encoded or
    not. A character that is no letter or digit of a code ends the code; the rest is ignored.
    """
    code, behind = text[:CODE_CHARACTERS], text[CODE_CHARACTERS : CODE_CHARACTERS + 1]
    return code if is_code(code) and (not behind or behind not in _ALPHABET) else None


def link(base: str, code: str) -> str:
    """Return the short URL. `base` may end with a slash."""
    return f"{base.rstrip('/')}{PATH}{code}"


def sample_link(base: str) -> str:
    """Return a short URL as long as every one that begins with `base`; "" is taken for the usual address of an API."""
    return link(base or _USUAL_BASE, "x" * CODE_CHARACTERS)
