"""Port of voice."""

from __future__ import annotations

from typing import Protocol

from tocsin.voice.domain.recording import AudioForm, Recording


class DecodeAudio(Protocol):
    """Turns the recordings of clients into what calls play."""

    def __call__(self, raw: bytes, form: AudioForm) -> Recording:
        """Return a recording as calls play it.

        Raises:
            UnusableRecording: it cannot be played.
            StorageUnavailable: it could not be looked at; the call may be repeated.
        """
        ...
