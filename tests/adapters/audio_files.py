"""Recordings of a known tone, in every form that clients may send."""

from __future__ import annotations

import math
import struct
from array import array
from collections.abc import Iterable
from typing import Literal

import lameenc

HERTZ = 400
AMPLITUDE = 0.5
_PERIODS = 0.04
"""Seconds with whole periods, and with whole samples at every rate that is tried."""


def tone(rate: int, seconds: float = 0.48, *, silent: bool = False) -> list[float]:
    """Return samples from -1 to 1."""
    size = round(rate * _PERIODS)
    once = [0.0 if silent else AMPLITUDE * math.sin(2 * math.pi * HERTZ * n / rate) for n in range(size)]
    return once * round(seconds / _PERIODS)


def _frames(samples: Iterable[float], bits: int, channels: int, *, big: bool = False, unsigned: bool = False) -> bytes:
    top, width = (1 << bits - 1) - 1, (bits + 7) // 8
    order: Literal["big", "little"] = "big" if big else "little"
    shift = width * 8 - bits
    known: dict[float, bytes] = {}
    for sample in samples:
        if sample not in known:
            value = (round(sample * top) << shift) + (128 if unsigned else 0)
            known[sample] = value.to_bytes(width, order, signed=not unsigned)
    return b"".join(known[sample] * channels for sample in samples)


def wav(samples: list[float], rate: int, bits: int = 16, channels: int = 1) -> bytes:
    return riff(_frames(samples, bits, channels, unsigned=bits == 8), rate, bits, channels, 1)


def float_wav(samples: list[float], rate: int) -> bytes:
    return riff(array("f", samples).tobytes(), rate, 32, 1, 3)


def riff(data: bytes, rate: int, bits: int, channels: int, form: int, extra: bytes = b"") -> bytes:
    align = channels * bits // 8
    head = struct.pack("<HHIIHH", form, channels, rate, rate * align & 0xFFFFFFFF, align, bits)
    body = b"WAVE" + extra + b"fmt " + struct.pack("<I", 16) + head + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def aiff(samples: list[float], rate: int, bits: int = 16, channels: int = 1, kind: bytes = b"") -> bytes:
    """`kind`: the compression type of an AIFF-C file; "" makes a plain AIFF file."""
    sound = b"\0" * 8 + _frames(samples, bits, channels, big=kind != b"sowt")
    exponent = rate.bit_length() - 1
    common = struct.pack(">hIhHQ", channels, len(samples), bits, 16383 + exponent, rate << 63 - exponent)
    common += kind + (b"\x0enot compressed\0" if kind else b"")
    # A chunk that readers skip stands between; its odd size has a byte of padding.
    chunks = (("COMM", common), ("ANNO", b"odd"), ("SSND", sound))
    body = (b"AIFC" if kind else b"AIFF") + b"".join(
        name.encode() + struct.pack(">I", len(data)) + data + b"\0" * (len(data) % 2) for name, data in chunks
    )
    return b"FORM" + struct.pack(">I", len(body)) + body


def mp3(samples: list[float], rate: int, channels: int = 1, kilobits: int = 64) -> bytes:
    encoder = lameenc.Encoder()
    encoder.silence()
    encoder.set_bit_rate(kilobits)
    encoder.set_in_sample_rate(rate)
    encoder.set_channels(channels)
    encoder.set_quality(7)
    return bytes(encoder.encode(_frames(samples, 16, channels)) + encoder.flush())
