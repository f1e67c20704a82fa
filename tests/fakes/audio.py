"""Recordings without sound: `sound 1500` lasts 1,500 ms, anything else is no recording."""

from __future__ import annotations

import base64

from tocsin.voice.domain.recording import AudioForm, Recording, RecordingFault, UnusableRecording


def a_sound(milliseconds: int) -> str:
    """Return a recording in base64, as a request has it."""
    return base64.b64encode(b"sound %d" % milliseconds).decode()


class FakeDecodeAudio:
    """Decodes what `a_sound` makes, and remembers how often."""

    def __init__(self) -> None:
        self.decoded: list[AudioForm] = []

    def __call__(self, raw: bytes, form: AudioForm) -> Recording:
        self.decoded.append(form)
        if not raw.startswith(b"sound "):
            raise UnusableRecording(RecordingFault.NOT_AUDIO, form)
        return Recording(b"wav of " + raw, int(raw.split()[1]))
