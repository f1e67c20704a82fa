"""A recording that a client gave, as calls play it, and why one cannot be played."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from tocsin.voice.domain.unusable import UnusableSpeech

LONGEST = 240
"""Seconds that a recording may last. Connect plays less than 300."""

LARGEST = 1_048_576
"""Bytes of a recording as it is given."""


class AudioForm(StrEnum):
    """The forms in which recordings are given; the values are those of `voiceFormat`."""

    MP3 = "mp3"
    WAV = "wav"
    AIFF = "aiff"


_ID3 = b"ID3"


def audio_form(raw: bytes) -> AudioForm | None:
    """Return the form that a file begins like; None if it is none of them.

    Sources: RIFF and AIFF headers; of mp3 a tag, or a frame of layer 3 (ISO/IEC 11172-3, 2.4.1.3), perhaps after zeros.
    """
    if raw[:4] == b"RIFF" and raw[8:12] == b"WAVE":
        return AudioForm.WAV
    if raw[:4] == b"FORM" and raw[8:12] in (b"AIFF", b"AIFC"):
        return AudioForm.AIFF
    raw = raw.lstrip(b"\0")
    if raw[:3] == _ID3 or (len(raw) > 1 and raw[0] == 0xFF and raw[1] & 0xE6 == 0xE2):
        return AudioForm.MP3
    return None


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording that can be played.

    Attributes:
        wav: a WAV file: µ-law, 8 kHz, mono.
        milliseconds: its length.
    """

    wav: bytes
    milliseconds: int

    @property
    def sha256(self) -> str:
        """The hash of the file in 64 hex digits, for the name of its object."""
        return hashlib.sha256(self.wav).hexdigest()


class RecordingFault(StrEnum):
    """Why a recording cannot be played."""

    NOT_AUDIO = "not_audio"
    NO_SOUND = "no_sound"
    TOO_LONG = "too_long"
    TOO_LARGE = "too_large"
    SHAPE = "shape"
    COMPRESSED = "compressed"


_TOLD = {
    RecordingFault.NOT_AUDIO: ("NOT_AUDIO", "is no {form} file that can be played"),
    RecordingFault.NO_SOUND: ("EMPTY", "has no sound: record it again"),
    RecordingFault.TOO_LONG: ("TOO_LONG", f"must last at most {LONGEST} seconds: shorten it"),
    RecordingFault.TOO_LARGE: (
        "TOO_LONG",
        f"must have at most {LARGEST:,} bytes: save it as mono mp3, 32 kbit/s: 1 MB is four minutes",
    ),
    RecordingFault.SHAPE: (
        "AUDIO_UNSUPPORTED",
        "must have 1 to 8 channels and 4,000 to 192,000 samples a second: save it as mono, 16,000",
    ),
    RecordingFault.COMPRESSED: ("AUDIO_UNSUPPORTED", "is compressed: save it as plain AIFF"),
}


class UnusableRecording(UnusableSpeech):
    """A recording that cannot be played."""

    def __init__(self, fault: RecordingFault, form: AudioForm) -> None:
        self.fault = fault
        code, sentence = _TOLD[fault]
        super().__init__(code, sentence.format(form=form.value))
