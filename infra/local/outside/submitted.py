"""Reads the texts of this run as the engine appends them (`noted_texts`)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from infra.local.captured import Text, text_of


class SubmittedTexts:
    """A reader with a place of its own in the file. For one thread.

    Args:
        noted: the file that the engine appends texts to.
        start: the place of the first byte to read.
    """

    def __init__(self, noted: Path, start: int = 0) -> None:
        self._noted = noted
        self._read = start

    def new(self) -> Iterator[Text]:
        """Yield the texts that were appended since the last call; the last line may be incomplete."""
        with suppress(FileNotFoundError), self._noted.open("rb") as file:
            file.seek(self._read)
            for line in file:
                if line.endswith(b"\n"):
                    self._read += len(line)
                    yield text_of(json.loads(line))
