"""Tones, as an upload of ours becomes a recording."""

from __future__ import annotations

import io
import math
import wave
from array import array

from tocsin.adapters.audio.decoder import decode
from tocsin.voice.domain.recording import AudioForm

RATE = 16_000


def tone_wav(seconds: float, hertz: float) -> bytes:
    """Return a recording of a tone that climbs, so that no two pieces are alike."""
    samples = array(
        "h",
        (int(12_000 * math.sin(2 * math.pi * (hertz + 90 * n / RATE) * n / RATE)) for n in range(int(seconds * RATE))),
    )
    file = io.BytesIO()
    with wave.open(file, "wb") as upload:
        upload.setnchannels(1)
        upload.setsampwidth(2)
        upload.setframerate(RATE)
        upload.writeframes(samples.tobytes())
    return decode(file.getvalue(), AudioForm.WAV).wav


def without_head(wav: bytes) -> bytes:
    """Return the µ-law of a recording."""
    return wav[wav.index(b"data") + 8 :]
