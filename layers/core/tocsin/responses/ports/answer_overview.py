"""Port of the overview of the answers to an alert."""

from __future__ import annotations

from typing import Protocol

from tocsin.kernel.domain.ids import AlertRef, TenantId


class AnswerOverview(Protocol):
    """Which receivers of an alert have answered."""

    def answered(self, tenant: TenantId, alert: AlertRef) -> int:
        """Return how many receivers of the alert have given an answer that counts; eventually consistent.

        A person who is a receiver of two elements, and answered both messages, counts twice.
        """
        ...
