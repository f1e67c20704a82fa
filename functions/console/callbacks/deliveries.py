"""Deliveries to one callback endpoint: a page of them, one of them, all that failed once more."""

from __future__ import annotations

import re
from datetime import datetime

from console.callbacks.words import SHOWN
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.errors import NotFound
from tocsin.webhooks.application.manage import CallbackChange, ManageCallbacks
from tocsin.webhooks.application.read_callbacks import DeliveriesWanted, ReadCallbacks
from tocsin.webhooks.domain.delivery import Delivery, DeliveryKey
from tocsin.webhooks.domain.endpoint import Endpoint
from tocsin.webhooks.ports.callbacks import WebhookDeliveries

PAGE = 50
MOST_PAGES = 5
"""Pages that a filtered list reads before it is cut short."""

MOST_ROUNDS = 10
"""Rounds of up to 100 deliveries that one form delivers again."""

_EVENT = re.compile(r"evt_[0-9a-f]{32}")


def page_of(
    read: ReadCallbacks, key: ApiKey, endpoint: Endpoint, show: str, cursor: str | None, now: datetime
) -> tuple[list[Delivery], str | None]:
    """Return a page of deliveries, newest first, and the cursor of the next. A filtered page may be short.

    Args:
        show: a name of SHOWN, "" for all.
    """
    found: list[Delivery] = []
    for _ in range(MOST_PAGES):
        page = read(key, DeliveriesWanted(endpoint.key.hash, PAGE, cursor), now).page
        assert page is not None
        found += [each for each in page.deliveries if not show or each.state in SHOWN[show][1]]
        cursor = page.next
        if cursor is None or not show or len(found) >= PAGE:
            break
    return found, cursor


def one_of(deliveries: WebhookDeliveries, endpoint: Endpoint, event_id: str, now: datetime) -> Delivery:
    """Return one delivery to an endpoint. Raises NotFound, also once it has expired."""
    key = DeliveryKey(endpoint.key.tenant, event_id)
    found = deliveries.get(key) if _EVENT.fullmatch(event_id) else None
    if found is None or found.endpoint != endpoint.key or found.expires_at <= now:
        raise NotFound("delivery")
    return found


def all_again(manage: ManageCallbacks, key: ApiKey, endpoint: Endpoint) -> int:
    """Deliver again what failed, the newest 1,000 deliveries at most, and return how many that are."""
    count, after = 0, None
    for _ in range(MOST_ROUNDS):
        changed = manage(key, CallbackChange(endpoint=endpoint.key.hash, replay_failed=True, after=after))
        count, after = count + (changed.replayed or 0), changed.next
        if after is None:
            break
    return count
