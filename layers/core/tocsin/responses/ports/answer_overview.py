"""Port of the overview of the answers to an alert."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tocsin.alerts.domain.alert import ChunkKey
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.responses.domain.response import Response

OUTLINED = 2_000
"""Responses of one alert that are looked at for the newest."""


@dataclass(frozen=True, slots=True)
class AnswerMark:
    """The first answer of a receiver to one message that counts."""

    at: datetime
    kind: ResponseKind


class AnswerOverview(Protocol):
    """Which receivers of an alert have answered, and what came last."""

    def answered(self, tenant: TenantId, alert: AlertRef) -> int:
        """Return how many receivers of the alert have given an answer that counts; eventually consistent.

        A person who is a receiver of two elements, and answered both messages, counts twice.
        """
        ...

    def answer_marks(self, tenant: TenantId, alert: AlertRef) -> Mapping[tuple[ChunkKey, int], AnswerMark]:
        """Return the mark of each receiver that has given an answer that counts, by chunk and position.

        Eventually consistent. It costs a read unit for every 60 of them.
        """
        ...

    def newest(self, tenant: TenantId, alert: AlertRef, limit: int, now: datetime) -> Sequence[Response]:
        """Return up to `limit` unexpired responses, newest first; eventually consistent.

        Of an alert with more than OUTLINED responses, the newest of so many are returned.
        """
        ...
