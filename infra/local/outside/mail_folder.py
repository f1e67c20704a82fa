"""The delivered mails as `.eml` files, which any mail program opens. The oldest are deleted."""

from __future__ import annotations

import os
import re
import threading
from datetime import datetime
from itertools import count
from pathlib import Path

MOST_MAILS = 1000
MOST_BYTES = 200_000_000


class MailFolder:
    """One folder with mode 0700. Files are named by time and receiver, `20261121-194501-123456-0001-ana@….eml`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = count(1)
        self._tidying = threading.Lock()

    def keep(self, to: str, mail: bytes, at: datetime) -> Path:
        """Store a mail; delete the oldest above MOST_MAILS or MOST_BYTES."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        number = next(self._numbers)
        path = self.folder / f"{at:%Y%m%d-%H%M%S-%f}-{number % 10_000:04}-{_in_a_name(to)}.eml"
        unfinished = path.with_suffix(".part")
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(mail)
        unfinished.replace(path)
        if number % 50 == 1:
            self._forget_the_oldest()
        return path

    def newest(self, to: str) -> bytes | None:
        """Return the last stored mail to an address, None if there is none."""
        wanted = f"-{_in_a_name(to)}.eml"
        names = [path.name for path in self.folder.glob("*.eml") if path.name[27:] == wanted]
        return (self.folder / max(names)).read_bytes() if names else None

    def paths(self) -> list[Path]:
        """Return the stored mails, oldest first. One may be deleted any time."""
        return sorted(self.folder.glob("*.eml"))

    def _forget_the_oldest(self) -> None:
        with self._tidying:
            room = MOST_BYTES
            for place, path in enumerate(reversed(self.paths())):
                room -= path.stat().st_size
                if place >= MOST_MAILS or room < 0:
                    path.unlink(missing_ok=True)


def _in_a_name(address: str) -> str:
    return re.sub(r"[^a-z0-9.@+_-]", "_", address.lower())[:120]
