"""Processes the recordings of clients: each is decoded in a process of its own, under a budget of time and memory."""

from __future__ import annotations

import json

from tocsin.adapters.bounded_process.caller import BoundedProcess, Budget, ProcessEnded, ProcessUnavailable
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.voice.domain.recording import LARGEST, AudioForm, Recording, RecordingFault, UnusableRecording

BUDGET = Budget(cpu_seconds=2.0, memory=256 * 2**20, wall_seconds=10.0)
"""Four minutes of mp3 take 0.4 s of CPU."""


class AudioIntake:
    """Decodes recordings, one at a time. Nothing is started before the first one. Call `close` to end its process."""

    def __init__(self, budget: Budget = BUDGET) -> None:
        self.process = BoundedProcess("tocsin.adapters.audio.decoding_process", budget)

    def __call__(self, raw: bytes, form: AudioForm) -> Recording:
        """Return a recording as calls play it.

        Raises:
            UnusableRecording: it cannot be played, or needs more time or memory than any sound recording.
            StorageUnavailable: the machine was too slow; the call may be repeated.
        """
        if len(raw) > LARGEST:
            raise UnusableRecording(RecordingFault.TOO_LARGE, form)
        try:
            (answer,) = self.process.ask(form.value.encode() + b"\n" + raw, 1)
        except ProcessEnded as error:
            raise UnusableRecording(RecordingFault.NOT_AUDIO, form) from error
        except ProcessUnavailable as error:
            raise StorageUnavailable("decode audio") from error
        head, _, wav = answer.partition(b"\n")
        found = json.loads(head)
        if "fault" in found:
            raise UnusableRecording(RecordingFault(found["fault"]), form)
        return Recording(wav, found["milliseconds"])

    def close(self) -> None:
        """End the process, if there is one."""
        self.process.close()
