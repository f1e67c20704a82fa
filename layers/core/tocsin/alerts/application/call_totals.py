"""What a call and the steps of its escalation amount to together; counted before anything is made of it."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.alerts.domain.alert import CALL_BYTES, STORED_BYTES
from tocsin.kernel.domain.errors import RequestTooLarge


@dataclass(slots=True)
class CallTotals:
    """Counts so far.

    Attributes:
        mails: bytes of all mails, see CALL_BYTES.
        stored: bytes of stored texts, see STORED_BYTES.
    """

    mails: int = 0
    stored: int = 0

    def add_mails(self, octets: int) -> None:
        """Count the mails of an element. Raises RequestTooLarge over the limit."""
        self.mails += octets
        if self.mails > CALL_BYTES:
            raise RequestTooLarge(CALL_BYTES, "bytes in all emails of the call", self.mails)

    def add_stored(self, octets: int) -> None:
        """Count a stored text before it is read. Raises RequestTooLarge over the limit."""
        self.stored += octets
        if self.stored > STORED_BYTES:
            raise RequestTooLarge(STORED_BYTES, "bytes of stored texts in all elements", self.stored)
