"""Port of responses."""

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
    """A page of responses. `next`: the id of its last response, None at the end."""

    responses: Sequence[Response]
    next: str | None


class Responses(Protocol):
    """Responses of each alert, and which receivers have responded."""

    def add(self, response: Response) -> bool:
        """Store a response and, if it is matched, mark its receiver as responded, in one transaction.

        Returns:
            False: the same response is stored already; nothing was changed.
        """
        ...

    def count_anew(self, response: Response, reason: str) -> bool:
        """Replace a response that is stored with `reason` by this one, which counts, and mark its receiver.

        Returns:
            Whether it counts by this call or by an earlier one. False: none is stored with that reason.
        """
        ...

    def of_alert(self, tenant: TenantId, alert: AlertRef, limit: int, after: str | None, now: datetime) -> ResponsePage:
        """Return up to `limit` unexpired responses, ordered by id.

        A client that follows the pages gets each response once, also when others arrive meanwhile.

        Args:
            after: id of the last response of the previous page, None for the first page.
        """
        ...

    def count(self, tenant: TenantId, alert: AlertRef, now: datetime) -> int:
        """Return the number of unexpired matched responses; eventually consistent."""
        ...

    def responded(self, key: ChunkKey, positions: range) -> Mapping[int, datetime]:
        """Return when each receiver in the range first responded, by position; others are not in the mapping."""
        ...
