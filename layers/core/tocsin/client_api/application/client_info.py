"""What a client may know about its own key, and what it may change of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum

from tocsin.alerts.application.mail_owners import MailOwners
from tocsin.alerts.domain.features import TriggerKind
from tocsin.calendar.domain.account_clock import AccountClock
from tocsin.contacts.domain.channel import Channel
from tocsin.egress.domain.callback_url import url_faults
from tocsin.egress.domain.url_policy import CLOSED, EgressPolicy
from tocsin.identity.application.account_clocks import AccountClocks
from tocsin.identity.application.create_api_key import owner_of
from tocsin.identity.domain.api_key import ApiKey
from tocsin.identity.domain.notification import NotificationMode
from tocsin.identity.ports import ApiKeyRepository
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.kernel.ports import Clock
from tocsin.limits.application.brake import spent_today
from tocsin.limits.domain.brakes import Brakes
from tocsin.limits.ports import BrakeBook, Meters
from tocsin.notices.domain.client_message import MAX_MESSAGES, ClientMessage, MessageQuery
from tocsin.notices.domain.owner_news import KeyOwner, OwnerNews
from tocsin.notices.ports.client_messages import ClientMessages
from tocsin.results.ports import WaitingEvents
from tocsin.schedules.domain.schedule import Schedule
from tocsin.schedules.ports import Schedules
from tocsin.stored_content.domain.stored_content import StoredContent
from tocsin.stored_content.ports import StoredContentRepository
from tocsin.triggers.application.places import TriggerPlaces
from tocsin.triggers.domain.trigger import Trigger
from tocsin.triggers.ports import Triggers
from tocsin.webhooks.application.endpoints import ListCallbackDeliveries, ListCallbackEndpoints
from tocsin.webhooks.domain.delivery import KEPT_FOR, Delivery
from tocsin.webhooks.domain.endpoint import Endpoint
from tocsin.webhooks.ports.callbacks import WebhookDeliveries, WebhookEndpoints

CAPACITIES = (Channel.CALL, Channel.EMAIL, Channel.SMS)
"""Channels that are counted."""


SCHEDULES_SHOWN = 1_000
"""Scheduled alerts of one answer: some 250 KB, far below the 6 MB that Lambda can answer."""


@dataclass(frozen=True, slots=True)
class DeliveriesWanted:
    """Which callbacks of one endpoint a client wants to see, newest first."""

    endpoint: str
    maximum: int
    after: str | None


@dataclass(frozen=True, slots=True)
class CallbackInfo:
    """The receivers of a key's callbacks; `deliveries` of one of them if asked for, `next` if there are more.

    Attributes:
        answers: how what the receiver said to failed calls began, by event and number of the attempt.
    """

    endpoints: Sequence[Endpoint]
    deliveries: Sequence[Delivery] | None = None
    answers: Mapping[str, Mapping[int, bytes]] = field(default_factory=dict)
    next: str | None = None


@dataclass(frozen=True, slots=True)
class KeywordInfo:
    """The triggers of a key, and where keywords of each kind are written to."""

    triggers: Sequence[Trigger]
    places: Mapping[TriggerKind, Sequence[str]]


@dataclass(frozen=True, slots=True)
class InfoWanted:
    """What a client asks for beside the settings of its key."""

    capacities: bool = False
    stored: bool = False
    scheduled: bool = False
    keywords: bool = False
    brakes: bool = False
    stats: bool = False
    callbacks: bool = False
    deliveries: DeliveriesWanted | None = None
    messages: MessageQuery | None = None


@dataclass(frozen=True, slots=True)
class BrakeInfo:
    """The tenant's brakes, and what today's text messages are taken to have cost (millionths of a US dollar)."""

    brakes: Brakes
    spent: int


@dataclass(frozen=True, slots=True)
class ClientInfo:
    """The settings of a key, and what else was asked for; None where it was not.

    Attributes:
        capacities: what is left per channel, None for an unlimited one.
        scheduled: scheduled alerts that are not over, the newest SCHEDULES_SHOWN of them.
        more_scheduled: there are older ones.
        events_waiting: result events that wait to be collected.
    """

    key: ApiKey
    at: datetime
    account: AccountClock
    capacities: Mapping[Channel, int | None] | None = None
    stored: Sequence[StoredContent] | None = None
    scheduled: Sequence[Schedule] | None = None
    more_scheduled: bool = False
    keywords: KeywordInfo | None = None
    brakes: BrakeInfo | None = None
    events_waiting: int | None = None
    callbacks: CallbackInfo | None = None
    messages: Sequence[ClientMessage] | None = None


@dataclass(frozen=True, slots=True)
class ReadInfo:
    """Answer `/getinfo`."""

    keys: ApiKeyRepository
    stores: StoredContentRepository
    results: WaitingEvents
    messages: ClientMessages
    book: BrakeBook
    meters: Meters
    endpoints: WebhookEndpoints
    deliveries: WebhookDeliveries
    clocks: AccountClocks
    schedules: Schedules
    triggers: Triggers
    places: TriggerPlaces
    clock: Clock

    def __call__(self, key: ApiKey, wanted: InfoWanted) -> ClientInfo:
        """Return what is wanted. Settings of the key itself, and its account's clock, may be up to 30 s old.

        Raises:
            StorageUnavailable: messages that were to be marked may be marked.
        """
        now = self.clock()
        info = ClientInfo(key, now, self.clocks.get(key.tenant))
        if wanted.capacities:
            left = self.keys.remaining(key.tenant, key.id) if key.limited else {}
            shown = {channel: left.get(channel, 0) if channel in key.limited else None for channel in CAPACITIES}
            info = replace(info, capacities=shown)
        if wanted.stored:
            info = replace(info, stored=self.stores.list(key.tenant, key.id, None, now))
        if wanted.scheduled:
            standing = self.schedules.list(key.tenant, key.id, SCHEDULES_SHOWN + 1)
            shown_schedules = [schedule for schedule in standing if not schedule.forgotten(now)][-SCHEDULES_SHOWN:]
            more = len(standing) > SCHEDULES_SHOWN
            info = replace(info, scheduled=shown_schedules, more_scheduled=more)
        if wanted.keywords:
            info = replace(info, keywords=self._keywords(key, now))
        if wanted.brakes:
            spent = spent_today(self.meters, key.tenant, now)
            info = replace(info, brakes=BrakeInfo(self.book.get(key.tenant), spent))
        if wanted.stats:
            info = replace(info, events_waiting=self.results.remaining(key.tenant, key.id, None, now))
        if wanted.callbacks:
            info = replace(info, callbacks=self._callbacks(key, wanted.deliveries, now))
        if wanted.messages is not None:
            # Last of all: what is marked as reported must not be lost to a failure after it.
            query = replace(wanted.messages, maximum=max(1, min(wanted.messages.maximum, MAX_MESSAGES)))
            info = replace(info, messages=self.messages.read(key.tenant, key.id, query, now))
        return info

    def _keywords(self, key: ApiKey, now: datetime) -> KeywordInfo:
        standing = [each for each in self.triggers.of_key(key.tenant, key.id) if now < each.expires_at]
        return KeywordInfo(standing, {kind: self.places(key.tenant, key.id, kind) for kind in TriggerKind})

    def _callbacks(self, key: ApiKey, wanted: DeliveriesWanted | None, now: datetime) -> CallbackInfo:
        endpoints = ListCallbackEndpoints(self.endpoints)(key)
        if wanted is None:
            return CallbackInfo(endpoints)
        since, until = now - KEPT_FOR, now + timedelta(seconds=1)
        page = ListCallbackDeliveries(self.deliveries, self.clock)(
            key, wanted.endpoint, since, until, limit=wanted.maximum, after=wanted.after, with_answers=True
        )
        return CallbackInfo(endpoints, page.deliveries, page.answers, page.next)


class Unchanged(Enum):
    """A setting that a call does not speak of."""

    UNCHANGED = "unchanged"


UNCHANGED = Unchanged.UNCHANGED


@dataclass(frozen=True, slots=True)
class InfoChange:
    """What a call of `/setinfo` changes; a callback URL or an owner of None is removed."""

    name: str | None = None
    notification: NotificationMode | None = None
    callback_encoding: str | None = None
    callback_url: str | Unchanged | None = UNCHANGED
    transliterate: bool | None = None
    owner_email: str | Unchanged | None = UNCHANGED


@dataclass(frozen=True, slots=True)
class SetInfo:
    """Answer `/setinfo`: a client changes the name and the defaults of its own key.

    What it is allowed to do is not its own to change: rights, capacities, networks, whether it is enabled, and the
    brakes of its account. An operator does that.

    Attributes:
        egress: where callbacks may go.
        clock, mail_owners: to tell the owner before that there is another; without them nobody is told.
    """

    keys: ApiKeyRepository
    egress: EgressPolicy = CLOSED
    clock: Clock | None = None
    mail_owners: MailOwners | None = None

    def __call__(self, key: ApiKey, change: InfoChange) -> ApiKey:
        """Return the key as it is now; saying it twice is harmless. Other processes notice within 30 s.

        Raises:
            InvalidRequest: the URL leads nowhere it may, callbacks are to be the default and there is no URL, or the
                owner has no email address.
            NotFound: the key was disabled a moment ago.
        """
        owner, faults = (key.owner_email, []) if change.owner_email is UNCHANGED else owner_of(change.owner_email)
        changed = replace(
            key,
            name=key.name if change.name is None else change.name.strip(),
            notification=change.notification or key.notification,
            callback_encoding=change.callback_encoding or key.callback_encoding,
            callback_url=key.callback_url if change.callback_url is UNCHANGED else change.callback_url,
            transliterate=key.transliterate if change.transliterate is None else change.transliterate,
            owner_email=owner,
        )
        faults += self._faults(key, changed)
        if faults:
            raise InvalidRequest(faults)
        if key.owner_email is not None and owner != key.owner_email:
            self._tell_owner_before(key)
        self.keys.save_defaults(changed)
        return changed

    def _tell_owner_before(self, key: ApiKey) -> None:
        """Whoever took a key could otherwise silence its owner. Once a day, or it would be a way to pester people."""
        if self.clock is None or self.mail_owners is None:
            return
        midnight = self.clock().replace(hour=0, minute=0, second=0, microsecond=0)
        news = OwnerNews(
            f"owner-{key.id}-{midnight:%Y%m%d}",
            midnight,
            "You are no longer the owner of an API key",
            "Somebody who has the key gave it another owner address, or none. If that was not meant to happen, have "
            f"your operator disable the key.\nAPI key: {key.id}",
        )
        owner = KeyOwner(key.id, sandbox=key.sandbox, enabled=key.enabled, email=key.owner_email)
        self.mail_owners.to_address(key.tenant, owner, news)

    def _faults(self, key: ApiKey, changed: ApiKey) -> list[Fault]:
        url = changed.callback_url
        if url is None:
            if changed.notification is not NotificationMode.CALLBACK:
                return []
            removed = key.callback_url is not None
            message = "must stay while `defaultNotification` is `callback`" if removed else "is required for callbacks"
            return [Fault("/defaultCallbackUrl", "REQUIRED", message)]
        if url != key.callback_url:
            return url_faults(url, "/defaultCallbackUrl", self.egress)
        return []
