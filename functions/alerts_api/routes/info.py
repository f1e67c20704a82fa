"""What `/getinfo` reads: a table with one reader for each word of the call that asks for something."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from alerts_api.schemas.callbacks import callbacks_answer
from alerts_api.schemas.info import GetInfoBody
from alerts_api.schemas.info_answers import (
    InfoPieces,
    account_batches,
    capacities_answer,
    message_answer,
    schedule_batches,
    sending_limits_answer,
    stored_answer,
)
from alerts_api.schemas.triggers import keyword_entries, keyword_places
from tocsin.identity.application.account_clocks import AccountClocks
from tocsin.identity.application.read_capacities import ReadCapacities
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.ports import Clock
from tocsin.limits.application.read_limits import ReadLimits
from tocsin.notices.application.read_notices import ReadNotices
from tocsin.results.application.collect import CollectEvents
from tocsin.schedules.application.list_schedules import ListSchedules
from tocsin.stored_content.application.list_stores import ListStores
from tocsin.triggers.application.list_triggers import ListTriggers
from tocsin.webhooks.application.read_callbacks import ReadCallbacks

InfoReader = Callable[[ApiKey, GetInfoBody, datetime], InfoPieces]
"""Reads one piece of a key's information as it stands at an instant."""


def info_readers(
    *,
    capacities: ReadCapacities,
    stores: ListStores,
    schedules: ListSchedules,
    triggers: ListTriggers,
    limits: ReadLimits,
    events: CollectEvents,
    callbacks: ReadCallbacks,
    messages: ReadNotices,
) -> Mapping[str, InfoReader]:
    """Return the readers, by the field of `GetInfoBody` that asks for their piece, in the order in which they read."""

    def keywords(key: ApiKey, _: GetInfoBody, now: datetime) -> InfoPieces:
        found = triggers(key, now)
        return {"keywords": keyword_entries(found), "keywordPlaces": keyword_places(found)}

    def told(key: ApiKey, asked: GetInfoBody, now: datetime) -> InfoPieces:
        found = messages(key.tenant, key.id, asked.messages_wanted(), now)
        return {"messages": [message_answer(message) for message in found]}

    return {
        "get_capacity_info": lambda key, _, now: {"capacities": capacities_answer(capacities(key))},
        "get_stored_content_info": lambda key, _, now: {"stored": [stored_answer(each) for each in stores(key, now)]},
        "get_scheduled_alert_info": lambda key, _, now: schedule_batches(schedules(key, now), now),
        "get_keyword_info": keywords,
        "get_sending_limit_info": lambda key, _, now: {"sendingLimits": sending_limits_answer(limits(key, now))},
        "get_stats": lambda key, _, now: {"stats": {"eventsWaiting": events.waiting(key, now)}},
        "get_callback_info": lambda key, asked, now: {
            "callbacks": callbacks_answer(callbacks(key, asked.deliveries_wanted(), now))
        },
        # Last of all: messages that are marked as reported must not be lost to a reader that fails after this one.
        "get_messages": told,
    }


@dataclass(frozen=True, slots=True)
class GetInfo:
    """Read what a call of `/getinfo` asks for, and the clock of the key's account."""

    clocks: AccountClocks
    readers: Mapping[str, InfoReader]
    clock: Clock

    def __call__(self, key: ApiKey, asked: GetInfoBody) -> InfoPieces:
        """Return the pieces. The clock of the account may be up to 30 s old.

        Raises:
            InvalidRequest: a page of another list is asked for.
            StorageUnavailable: messages that were to be marked may be marked.
        """
        now = self.clock()
        batches = account_batches(self.clocks.get(key.tenant))
        for word, read in self.readers.items():
            if getattr(asked, word):
                batches |= read(key, asked, now)
        return batches
