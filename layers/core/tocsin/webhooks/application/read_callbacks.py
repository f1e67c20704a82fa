"""The receivers of an API key's callbacks, and what one of them was sent."""

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
    """Which deliveries a client wants to see, newest first.

    Attributes:
        endpoint: `EndpointKey.hash`.
        maximum: 1..100.
        after: `next` of the page before; None = the first.
    """

    endpoint: str
    maximum: int
    after: str | None


@dataclass(frozen=True, slots=True)
class Callbacks:
    """Every receiver of a key, oldest first; and a page of deliveries to one of them, None if none was asked for."""

    endpoints: Sequence[Endpoint]
    page: CallbackDeliveries | None = None


@dataclass(frozen=True, slots=True)
class ReadCallbacks:
    """Return what a key's owner may know of its callbacks."""

    list_endpoints: ListCallbackEndpoints
    list_deliveries: ListCallbackDeliveries

    def __call__(self, key: ApiKey, wanted: DeliveriesWanted | None, now: datetime) -> Callbacks:
        """Return the receivers and the wanted page.

        Raises:
            InvalidRequest: `after` is of another list.
            StorageUnavailable.
        """
        endpoints = self.list_endpoints(key)
        if wanted is None:
            return Callbacks(endpoints)
        since, until = now - KEPT_FOR, now + timedelta(seconds=1)
        page = self.list_deliveries(
            key, wanted.endpoint, since, until, limit=wanted.maximum, after=wanted.after, with_answers=True
        )
        return Callbacks(endpoints, page)
