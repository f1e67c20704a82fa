"""Whether the system may send: sending is switched on, and a restored table is settled."""

from __future__ import annotations

from tocsin.kernel.domain.errors import Restoring
from tocsin.restore.ports import RestoreLedger


class MaySend:
    """Asks the ledger at most until the table is settled. A table that is not restored costs no call.

    Args:
        sending: whether sending is switched on.
        restored: whether the table comes from a backup.
    """

    def __init__(self, ledger: RestoreLedger, *, sending: bool, restored: bool) -> None:
        self._ledger = ledger
        self._sending = sending
        self._unsettled = restored

    def __call__(self) -> None:
        """Return if the system may send.

        Raises:
            Restoring: it may not.
            StorageUnavailable: the ledger cannot be read.
        """
        if not self._sending or (self._unsettled and not self._ledger.settled()):
            raise Restoring
        self._unsettled = False
