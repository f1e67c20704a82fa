"""The stored alerts of a key that wait to be sent, by a schedule or by a trigger, and the stores that they need."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from tocsin.alerts.application.read_alert import ReadAlert
from tocsin.alerts.domain.request import SendRequest
from tocsin.client_api.domain.used_stores import uses
from tocsin.identity.domain.api_key import ApiKey
from tocsin.identity.domain.visibility import Made
from tocsin.kernel.domain.errors import InvalidRequest, NotFound
from tocsin.kernel.domain.ids import StoreId
from tocsin.schedules.application.change import Change, ChangeSchedule
from tocsin.schedules.domain.schedule import ScheduleId
from tocsin.schedules.ports import Schedules
from tocsin.stored_content.domain.store_request import Waiting, WaitingKind
from tocsin.stored_content.domain.stored_content import ContentType, StoredContent
from tocsin.stored_content.ports import StoredContentRepository
from tocsin.triggers.application.end import EndTrigger
from tocsin.triggers.ports import Triggers

_ANY_REFERENCE = "waiting"
"""A stored alert may have no client reference of its own; that of its sends does not matter here."""


@dataclass(frozen=True, slots=True)
class WaitingAlerts:
    """Reads which stored alerts wait: those of schedules that are active or paused, and of triggers."""

    schedules: Schedules
    triggers: Triggers
    stores: StoredContentRepository
    read: ReadAlert

    def __call__(self, key: ApiKey, now: datetime) -> Iterator[tuple[Waiting, StoreId]]:
        """Yield what waits at `now`, and the stored alert of each. Raises StorageUnavailable."""
        for waiting, store_id, _ in self._every(key, now):
            yield waiting, store_id

    def _every(self, key: ApiKey, now: datetime) -> Iterator[tuple[Waiting, StoreId, Made]]:
        for schedule in self.schedules.newest(key.tenant, key.id):
            if not schedule.over and not schedule.forgotten(now):
                waiting = Waiting(WaitingKind.SCHEDULE, schedule.id, key.sees(schedule.made))
                yield waiting, schedule.store_id, schedule.made
        for trigger in self.triggers.of_key(key.tenant, key.id):
            if now < trigger.expires_at:
                waiting = Waiting(WaitingKind.TRIGGER, trigger.store_id, key.sees(trigger.made))
                yield waiting, trigger.store_id, trigger.made

    def request(self, key: ApiKey, store_id: StoreId, now: datetime) -> SendRequest | None:
        """Return a stored alert; None = its store is gone, or holds no alert. Raises StorageUnavailable."""
        store = self.stores.find(key.tenant, key.id, store_id, now)
        if store is None:
            return None
        try:
            return self.read(store.content, _ANY_REFERENCE, store.created_at)
        except InvalidRequest:
            return None

    def names_link(self, key: ApiKey, link_ref: str, now: datetime) -> bool:
        """Return whether an alert of the caller that waits belongs to a linked set. Raises StorageUnavailable."""
        stores = dict.fromkeys(store for _, store, made in self._every(key, now) if made == key.made or not key.person)
        requests = (self.request(key, store, now) for store in stores)
        return any(each is not None and each.link is not None and each.link.link_ref == link_ref for each in requests)


@dataclass(frozen=True, slots=True)
class EndWaiting:
    """Knows what waits for stores, and ends it."""

    waiting: WaitingAlerts
    change: ChangeSchedule
    end_trigger: EndTrigger

    def of_key(self, key: ApiKey, now: datetime) -> Callable[[StoredContent], Sequence[Waiting]]:
        """Return a function from a store of the key to what waits for it. Both raise StorageUnavailable.

        The alerts are read only if a store is asked for that alerts refer to.
        """
        waiting = list(self.waiting(key, now))

        @cache
        def request(store_id: StoreId) -> SendRequest | None:
            return self.waiting.request(key, store_id, now)

        def needs(store_id: StoreId, store: StoredContent) -> bool:
            if store.type is ContentType.ALERT:
                return store_id == store.store_id
            found = request(store_id)
            return found is not None and uses(found, store)

        return lambda store: [by for by, store_id in waiting if needs(store_id, store)]

    def end(self, key: ApiKey, waiting: Waiting) -> None:
        """Cancel the schedule, or end the trigger. No effect if it is over. Raises StorageUnavailable."""
        if waiting.kind is WaitingKind.TRIGGER:
            self.end_trigger.of_store(key, StoreId(waiting.id))
            return
        try:
            self.change(key, ScheduleId(waiting.id), Change.CANCEL)
        except NotFound:
            return
