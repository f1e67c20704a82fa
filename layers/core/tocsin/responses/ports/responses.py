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


@dataclass(frozen=True, slots=True)
class Kept:
    """A response as it is stored.

    Attributes:
        response: with the reason for which it does not count; it may differ from the given one.
        fresh: False: it was stored by an earlier call, and nothing was changed.
    """

    response: Response
    fresh: bool


@dataclass(frozen=True, slots=True)
class ResponseCounts:
    """How many responses of an alert count as answers, and how many do not."""

    counted: int
    uncounted: int


class Responses(Protocol):
    """Responses of each alert, and which receivers have responded."""

    def add(self, response: Response) -> Kept:
        """Store a response and, if it counts, mark its receiver as responded, in one transaction.

        A response to an escalation that has ended meanwhile is stored with the reason AFTER_THE_END.
        """
        ...

    def count_anew(self, response: Response, reason: str) -> Response | None:
        """Replace a response that is stored with `reason` by this one, and do what `add` does.

        Returns:
            The response as it is stored, by this call or by an earlier one. None: none is stored with that reason.
        """
        ...

    def of_alert(self, tenant: TenantId, alert: AlertRef, limit: int, after: str | None, now: datetime) -> ResponsePage:
        """Return up to `limit` unexpired responses, ordered by id.

        A client that follows the pages gets each response once, also when others arrive meanwhile.

        Args:
            after: id of the last response of the previous page, None for the first page.
        """
        ...

    def count(self, tenant: TenantId, alert: AlertRef, now: datetime) -> ResponseCounts:
        """Return the numbers of unexpired responses; eventually consistent."""
        ...

    def responded(self, key: ChunkKey, positions: range) -> Mapping[int, datetime]:
        """Return when each receiver in the range first responded, by position; others are not in the mapping."""
        ...
