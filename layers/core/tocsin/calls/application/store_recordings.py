"""Store the recordings of calls where the provider of calls finds them."""

from __future__ import annotations

from tocsin.alerts.domain.alert import Alert, AlertItem
from tocsin.calls.domain.prompts import recordings
from tocsin.calls.ports.prompt_files import PromptFiles
from tocsin.delivery.domain.submission import Rejected
from tocsin.kernel.domain.errors import StorageUnavailable

_NO_RECORDINGS = Rejected("recordings_unavailable", permanent=False, by_us=True)
_STORED = 64  # items whose recordings are known to be stored


class StoreRecordings:
    """Stores the recordings of an item once in the life of its process; a lifecycle rule keeps them long enough."""

    def __init__(self, files: PromptFiles) -> None:
        self._files = files
        self._stored: dict[frozenset[str], None] = {}

    def __call__(self, alert: Alert, item: AlertItem) -> Rejected | None:
        """Store what the calls of an item play. Return why that failed, if it did. No caller hears a sandbox alert."""
        wavs = {} if alert.sandbox else recordings(alert, item)
        keys = frozenset(wavs)
        if not wavs or keys in self._stored:
            return None
        try:
            for key, wav in wavs.items():
                self._files.put(key, wav)
        except StorageUnavailable:
            return _NO_RECORDINGS
        self._stored[keys] = None
        if len(self._stored) > _STORED:
            del self._stored[next(iter(self._stored))]
        return None
