"""Ports of what people answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tocsin.alerts.domain.alert import ChunkKey
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.responses.domain.response import Response


@dataclass(frozen=True, slots=True)
class ResponsePage:
    """Part of a list. `next` is the id of its last response, None at the end."""

    responses: Sequence[Response]
    next: str | None


class Responses(Protocol):
    """Answers beside their alert, and who has answered."""

    def add(self, response: Response) -> bool:
        """Keep it and, if it is matched, mark its receiver as having responded, together or not at all.

        Returns:
            False: this very response is here already; nothing was changed.
        """
        ...

    def of_alert(self, tenant: TenantId, alert: AlertRef, limit: int, after: str | None, now: datetime) -> ResponsePage:
        """Return up to `limit` unexpired responses, ordered by id: a walk meets each once, whatever comes meanwhile.

        Args:
            after: id of the last response of the page before, None for the first.
        """
        ...

    def count(self, tenant: TenantId, alert: AlertRef, now: datetime) -> int:
        """Return how many unexpired matched responses there are. May lag by a moment."""
        ...

    def responded(self, key: ChunkKey, positions: range) -> Mapping[int, datetime]:
        """Return when each receiver in the range first responded, by position; those who have not are left out."""
        ...
