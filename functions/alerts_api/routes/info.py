"""The sections of `/getinfo`: one reader for each field of the request that asks for a section."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from alerts_api.schemas.callbacks import callbacks_answer
from alerts_api.schemas.info import GetInfoBody
from alerts_api.schemas.info_answers import (
    InfoSections,
    account_section,
    capacities_answer,
    limits_answer,
    message_answer,
    schedule_section,
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

InfoReader = Callable[[ApiKey, GetInfoBody, datetime], InfoSections]
"""Reads one section of a key's information as it is at an instant."""


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
    """Return the readers by field of `GetInfoBody`, in the order in which they read."""

    def keywords(key: ApiKey, _: GetInfoBody, now: datetime) -> InfoSections:
        found = triggers(key, now)
        return {"keywords": keyword_entries(found), "keywordPlaces": keyword_places(found)}

    def notices(key: ApiKey, parsed: GetInfoBody, now: datetime) -> InfoSections:
        found = messages(key.tenant, key.id, parsed.messages_wanted(), now)
        return {"messages": [message_answer(message) for message in found]}

    return {
        "get_capacity_info": lambda key, _, now: {"capacities": capacities_answer(capacities(key))},
        "get_stored_content_info": lambda key, _, now: {"stored": [stored_answer(each) for each in stores(key, now)]},
        "get_scheduled_alert_info": lambda key, _, now: schedule_section(schedules(key, now), now),
        "get_keyword_info": keywords,
        "get_sending_limit_info": lambda key, _, now: {"sendingLimits": sending_limits_answer(limits(key, now))},
        "get_limit_info": lambda key, _, now: {"limits": limits_answer(key)},
        "get_stats": lambda key, _, now: {"stats": {"eventsWaiting": events.waiting(key, now)}},
        "get_callback_info": lambda key, parsed, now: {
            "callbacks": callbacks_answer(callbacks(key, parsed.deliveries_wanted(), now))
        },
        # Last: if a later reader failed, notices that this one marked as reported would be lost.
        "get_messages": notices,
    }


@dataclass(frozen=True, slots=True)
class GetInfo:
    """Read the sections that a call of `/getinfo` asks for, and the clock of the key's account."""

    clocks: AccountClocks
    readers: Mapping[str, InfoReader]
    clock: Clock

    def __call__(self, key: ApiKey, parsed: GetInfoBody) -> InfoSections:
        """Return the sections. The clock of the account may be up to 30 s old.

        Raises:
            InvalidRequest: the cursor is of another list.
            StorageUnavailable: a store did not answer; messages may be marked as reported.
        """
        now = self.clock()
        sections = account_section(self.clocks.get(key.tenant))
        for word, read in self.readers.items():
            if getattr(parsed, word):
                sections |= read(key, parsed, now)
        return sections
