"""AIFF, which the decoding library does not read: uncompressed samples, put into a WAV file.

Sources: Apple, "Audio Interchange File Format" 1.3 (COMM and SSND chunks), and AIFF-C (compression types).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

_SIGNED_BYTE = bytes((value + 128) % 256 for value in range(256))
"""AIFF has samples of 8 bits with sign, WAV without."""


class CompressedAiff(ValueError):
    """The samples are compressed, or are no whole numbers."""


def as_wav(raw: bytes) -> bytes:
    """Return the same samples as a WAV file.

    Raises:
        ValueError: this is no AIFF file.
        CompressedAiff: it is, and only other programs can read it.
    """
    if raw[:4] != b"FORM" or raw[8:12] not in (b"AIFF", b"AIFC"):
        raise ValueError("no AIFF file")
    chunks = _chunks(raw)
    common, sound = chunks.get(b"COMM", b""), chunks.get(b"SSND", b"")
    if len(common) < 18:
        raise ValueError("no COMM chunk")
    channels, _, bits, exponent, mantissa = struct.unpack(">hIhHQ", common[:18])
    kind = common[18:22] if raw[8:12] == b"AIFC" else b"NONE"
    if kind not in (b"NONE", b"twos", b"sowt"):
        raise CompressedAiff(kind)
    if not (1 <= bits <= 32 and channels > 0 and 16383 <= exponent < 16383 + 31):
        raise ValueError("no samples")
    rate = mantissa >> 63 - (exponent - 16383)  # 80 bits: 1 sign, 15 exponent, 64 mantissa with its leading one
    width = (bits + 7) // 8  # fewer bits stand at the upper end of their bytes
    begin = 8 + int.from_bytes(sound[:4])
    return _wav(channels, rate, width, _little_endian(sound[begin:], width, swapped=kind != b"sowt"))


def _chunks(raw: bytes) -> Mapping[bytes, bytes]:
    found, at = dict[bytes, bytes](), 12
    while at + 8 <= len(raw):
        size = int.from_bytes(raw[at + 4 : at + 8])
        found.setdefault(raw[at : at + 4], raw[at + 8 : at + 8 + size])
        at += 8 + size + size % 2
    return found


def _little_endian(samples: bytes, width: int, *, swapped: bool) -> bytes:
    samples = samples[: len(samples) - len(samples) % width]
    if width == 1:
        return samples.translate(_SIGNED_BYTE)
    if not swapped:
        return samples
    turned = bytearray(samples)
    for place in range(width):
        turned[place::width] = samples[width - 1 - place :: width]
    return bytes(turned)


def _wav(channels: int, rate: int, width: int, samples: bytes) -> bytes:
    align = channels * width
    form = struct.pack("<HHIIHH", 1, channels, rate, (rate * align) & 0xFFFFFFFF, align, 8 * width)
    head = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(samples))
    return b"RIFF" + struct.pack("<I", len(head) + len(samples)) + head + samples
