"""The process in which recordings are decoded, one at a time. Its limits are those of `bounded_process`.

    python -m tocsin.adapters.audio.decoding_process CPU_SECONDS MEMORY_BYTES

A question is a line with the form, then the file. It has one answer: a line of JSON with what was found, then the WAV
file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from tocsin.adapters.audio.decoder import decode
from tocsin.adapters.bounded_process.server import serve
from tocsin.voice.domain.recording import AudioForm, UnusableRecording


def decode_recording(question: bytes) -> Iterator[bytes]:
    """Yield the answer to a recording."""
    form, _, raw = question.partition(b"\n")
    try:
        recording = decode(raw, AudioForm(form.decode()))
    except UnusableRecording as error:
        yield json.dumps({"fault": error.fault}).encode() + b"\n"
    else:
        yield json.dumps({"milliseconds": recording.milliseconds}).encode() + b"\n" + recording.wav


if __name__ == "__main__":
    serve(decode_recording)
