"""The webhook endpoints of an API key, and the deliveries to one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.identity.domain.api_key import ApiKey
from tocsin.webhooks.application.endpoints import CallbackDeliveries, ListCallbackDeliveries, ListCallbackEndpoints
from tocsin.webhooks.domain.delivery import KEPT_FOR
from tocsin.webhooks.domain.endpoint import Endpoint


@dataclass(frozen=True, slots=True)
class DeliveriesWanted:
    """Which deliveries a client asks for, newest first.

    Attributes:
        endpoint: `EndpointKey.hash`.
        maximum: 1..100.
        after: `next` of the previous page; None = the first.
    """

    endpoint: str
    maximum: int
    after: str | None


@dataclass(frozen=True, slots=True)
class Callbacks:
    """All endpoints of a key, oldest first. `page`: deliveries to one of them, None if not requested."""

    endpoints: Sequence[Endpoint]
    page: CallbackDeliveries | None = None


@dataclass(frozen=True, slots=True)
class ReadCallbacks:
    """Reads what a key's owner may see of its webhooks."""

    list_endpoints: ListCallbackEndpoints
    list_deliveries: ListCallbackDeliveries

    def __call__(self, key: ApiKey, wanted: DeliveriesWanted | None, now: datetime) -> Callbacks:
        """Return the endpoints and the requested page.

        Raises:
            InvalidRequest: `after` belongs to another list.
            StorageUnavailable: nothing could be read.
        """
        endpoints = self.list_endpoints(key)
        if wanted is None:
            return Callbacks(endpoints)
        since, until = now - KEPT_FOR, now + timedelta(seconds=1)
        page = self.list_deliveries(
            key, wanted.endpoint, since, until, limit=wanted.maximum, after=wanted.after, with_answers=True
        )
        return Callbacks(endpoints, page)
