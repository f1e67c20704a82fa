"""Port of the recordings that the provider of calls plays."""

from __future__ import annotations

from typing import Protocol


class PromptFiles(Protocol):
    """The bucket from which the provider plays recordings. A lifecycle rule removes them."""

    def put(self, key: str, wav: bytes) -> None:
        """Store a recording: WAV, µ-law, 8 kHz, mono. A repeat changes nothing.

        Args:
            key: its key, as an `AudioFile` names it.

        Raises:
            StorageUnavailable: it is not stored.
        """
        ...
