"""Triggers: the words that send a stored alert, where people write them, how often they did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chalice.app import Blueprint, Response

from console.composing.prefill import headline
from console.entries import Record
from console.site import Site
from console.stores import KEYS_LISTED, AccountStores
from console.visit import Visit
from tocsin.alerts.domain.features import TriggerKind
from tocsin.audit.domain.entry import Thing
from tocsin.identity.domain.api_key import ApiKey
from tocsin.identity.domain.permissions import Permission
from tocsin.kernel.domain.ids import StoreId
from tocsin.triggers.application.end import EndTrigger
from tocsin.triggers.application.list_triggers import ListTriggers

_HOW = {TriggerKind.SMS: "by text", TriggerKind.EMAIL: "in the subject of a mail", TriggerKind.SHORTLINK: "by a link"}


@dataclass(frozen=True, slots=True)
class TriggerPages:
    """What the page needs."""

    list_triggers: ListTriggers
    end: EndTrigger
    stores: AccountStores
    record: Record


def trigger_routes(site: Site, use: TriggerPages) -> Blueprint:
    """Return the route of triggers. Those of API keys are shown to who reaches the whole account."""
    routes = Blueprint(__name__)

    @site.page(routes, "triggers", Permission.ALERTS_SEND, posts=True)
    def triggers(visit: Visit) -> Response:
        own = visit.key()
        if visit.call.method == "POST":
            store_id = StoreId(visit.form.get("store"))
            if any(each.store_id == store_id for each in use.list_triggers(own, visit.now).triggers):
                use.record(visit, "trigger.ended", Thing("trigger", store_id))
                use.end.of_store(own, store_id)
            return visit.go("triggers", said="ended")
        rows = _rows(use, visit, own, own=True)
        for key in use.stores.api_keys(visit)[:KEYS_LISTED]:
            rows += _rows(use, visit, key, own=False)
        return site.show(visit, "triggers", rows=rows)

    return routes


def _rows(use: TriggerPages, visit: Visit, key: ApiKey, *, own: bool) -> list[dict[str, Any]]:
    found = use.list_triggers(key, visit.now)
    titles = [headline(use.stores, visit, each.store_id, None if own else key) for each in found.triggers]
    return [
        {
            "store": trigger.store_id,
            "title": title or "Its alert is gone",
            "alert_there": title is not None,
            "key": None if own else key,
            "words": [(word.keyword, _HOW[word.kind], list(found.places[word.kind])) for word in trigger.words],
            "fired": trigger.fired,
            "at_most": trigger.at_most,
            "last_at": trigger.last_at,
            "expires_at": trigger.expires_at,
        }
        for trigger, title in zip(found.triggers, titles, strict=True)
    ]
