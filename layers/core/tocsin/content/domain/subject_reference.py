"""The reference in the subject of every email of an alert, `[TX-7F3K9Q2MXB]`, by which a reply finds its alert."""

from __future__ import annotations

import re

ENTROPY_BYTES = 7
"""Random bytes a reference is made of: 50 of their 56 bits, a guess at 10^6 live alerts takes 10^9 tries."""

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
_MISREAD = str.maketrans("ILO", "110")
_FOUND = re.compile(r"(?<![0-9A-Za-z])TX-([0-9A-TV-Z]{10})(?![0-9A-Za-z])", re.IGNORECASE)


def subject_reference(entropy: bytes) -> str:
    """Return the reference, brackets included, that ENTROPY_BYTES of chance stand for."""
    bits = int.from_bytes(entropy[:ENTROPY_BYTES], "big")
    return f"[TX-{''.join(_ALPHABET[bits >> shift & 31] for shift in range(45, -5, -5))}]"


def with_reference(subject: str | None, reference: str) -> str:
    """Return the subject with the reference at its end, or the reference alone."""
    return f"{subject.rstrip()} {reference}" if subject and subject.strip() else reference


def reference_in(subject: str) -> str | None:
    """Return the reference in a reply's subject, brackets included, None if there is none.

    Ours stands at the end, so the last one counts when the text before it quotes another. Brackets that a mailing
    list took away, lower case, and I, L or O typed for 1 and 0 are forgiven.
    """
    found = _FOUND.findall(subject)
    return f"[TX-{found[-1].upper().translate(_MISREAD)}]" if found else None
