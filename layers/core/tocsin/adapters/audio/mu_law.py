"""G.711 µ-law: 14 bits of a sample in one byte, and its WAV file."""

from __future__ import annotations

import struct
from array import array

RATE = 8_000
"""Samples a second."""

_FORMAT = 7
"""The WAV format tag of µ-law (RFC 2361, `WAVE_FORMAT_MULAW`)."""

_BIAS = 132
"""Added to a magnitude of 15 bits, so that the place of its first bit is the segment (ITU-T G.711, table 2a)."""

_LARGEST = 1 << 15


def _codes() -> bytes:
    """Return the code of each sample, by its 16 bits read as a number without sign.

    A code is a sign, a segment of 3 bits and a step of 4 bits, all inverted. A step of segment `s` is 2^(s+3) wide.
    """
    steps = [bytes([~(segment << 4 | step) & 0xFF]) * (1 << segment + 3) for segment in range(8) for step in range(16)]
    positive = b"".join(steps)[_BIAS - (1 << 7) :]
    positive += positive[-1:] * (_LARGEST + 1 - len(positive))
    negative = bytes(code & 0x7F for code in positive)
    return positive[:_LARGEST] + negative[_LARGEST:0:-1]


_CODES = _codes()


def encoded(samples: array[int]) -> bytes:
    """Return one byte for each sample of 16 bits with sign."""
    unsigned = array("H")
    unsigned.frombytes(samples.tobytes())
    return bytes(map(_CODES.__getitem__, unsigned))


def wav_file(codes: bytes) -> bytes:
    """Return a WAV file of mono µ-law with RATE samples a second, with the `fact` chunk of all but PCM."""
    form = struct.pack("<HHIIHHH", _FORMAT, 1, RATE, RATE, 1, 8, 0)
    padding = b"\0" * (len(codes) % 2)
    chunks = (
        (b"fmt ", form, b""),
        (b"fact", struct.pack("<I", len(codes)), b""),
        (b"data", codes, padding),
    )
    body = b"WAVE" + b"".join(name + struct.pack("<I", len(data)) + data + pad for name, data, pad in chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body
