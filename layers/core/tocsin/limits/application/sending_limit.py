"""Ask the brakes: before an alert is accepted, and again after a claim, before money is spent."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from tocsin.alerts.application.mail_owners import MailOwners
from tocsin.alerts.application.prepare_elements import Prepared
from tocsin.alerts.domain.alert import Alert, AlertItem
from tocsin.alerts.domain.capacity import PreparedElement
from tocsin.alerts.domain.exclusion import Exclusion, ExclusionReason, named_places
from tocsin.alerts.domain.request import SendRequest
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.phone_region import region_of
from tocsin.contacts.domain.recipient import Recipient
from tocsin.content.domain.content import SmsContent
from tocsin.content.domain.sms_text import measure
from tocsin.delivery.application.guards import Claimed, Objection
from tocsin.delivery.domain.message import RETRY_CAP
from tocsin.delivery.domain.outcome import Suppressed
from tocsin.delivery.domain.submission import Rejected
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.errors import StorageUnavailable, TocsinError
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock, Sealer
from tocsin.limits.domain.news import spend_cap_notification
from tocsin.limits.domain.sending_limits import REFUSAL_REASONS, Rate, SendingLimit, SendingLimits, judge_number
from tocsin.limits.domain.sms_prices import estimated_price
from tocsin.limits.ports import Counters, LimitSettings
from tocsin.notices.domain.account_notice import Category, Severity, notice_about
from tocsin.notices.ports.account_notices import AccountNotices
from tocsin.stored_content.application.call_stores import CallStores

FRESH = timedelta(seconds=15)
"""Settings are heeded this long after they were made, at the latest."""

NOTIFIED_ONCE_PER = timedelta(hours=1)
"""A brake that keeps biting is told of once in each hour."""

_KEPT = 64
_SENTENCES = {
    SendingLimit.NUMBER_RATE: "text messages wait: one receiver got as many as the account allows in a short time",
    SendingLimit.TENANT_RATE: "text messages wait: the account sent as many as it may in a short time",
    SendingLimit.SPEND_CAP: "text messages were not sent: the estimated cost of today's reached the account's daily limit",
    SendingLimit.PAUSED: "messages wait: sending on this channel is paused for the account",
    SendingLimit.UNREADABLE: "messages wait: what the account may send cannot be looked up just now",
}
_log = logging.getLogger(__name__)


class RecentLimits:
    """The settings of the last tenants served, at most FRESH old. Belongs to one thread."""

    def __init__(self, book: LimitSettings, clock: Clock) -> None:
        self._book = book
        self._clock = clock
        self._seen: dict[TenantId, tuple[datetime, SendingLimits]] = {}

    def get(self, tenant: TenantId) -> SendingLimits:
        """Return the settings of a tenant. Raises StorageUnavailable."""
        now = self._clock()
        read_at, sending_limits = self._seen.get(tenant, (None, None))
        if read_at is None or sending_limits is None or not timedelta(0) <= now - read_at <= FRESH:
            sending_limits = self._book.get(tenant)
            if len(self._seen) >= _KEPT:
                self._seen.clear()
            self._seen[tenant] = (now, sending_limits)
        return sending_limits


class RefuseNumbers:
    """A filter: take off receivers in countries and ranges that the tenant does not send to, and log how many."""

    def __init__(self, book: LimitSettings, clock: Clock) -> None:
        self._recent = RecentLimits(book, clock)

    def __call__(
        self, key: ApiKey, request: SendRequest, prepared: Sequence[Prepared], stores: CallStores
    ) -> list[Prepared]:
        """See ElementFilter. The `detail` of whom it takes off is the brake."""
        exceeded: Counter[SendingLimit] = Counter()
        kept = []
        for each in prepared:
            element, refused = self._without_refused(key.tenant, each.element)
            exceeded.update(refused)
            kept.append(replace(each, element=element))
        for sending_limit, count in exceeded.items():
            facts = {"tenant": key.tenant, "key": key.id, "reason": sending_limit.value, "count": count}
            _log.warning("limit_exceeded", extra=facts)
        return kept

    def _without_refused(
        self, tenant: TenantId, element: PreparedElement
    ) -> tuple[PreparedElement, Mapping[SendingLimit, int]]:
        """Return the element without them, its failure reason saying so, and how many each brake took."""
        if element.channel is not Channel.SMS or not element.recipients:
            return element, {}
        sending_limits = self._recent.get(tenant)
        exceeded: dict[SendingLimit, list[Exclusion]] = {}
        free: list[Recipient] = []
        for recipient in element.recipients:
            sending_limit = judge_number(recipient.address, sending_limits)
            if sending_limit is None:
                free.append(recipient)
            else:
                who = Exclusion(
                    recipient.contact_id,
                    recipient.address,
                    ExclusionReason.SENDING_LIMIT,
                    sending_limit.value,
                    recipient.place,
                )
                exceeded.setdefault(sending_limit, []).append(who)
        if not exceeded:
            return element, {}
        why = "; ".join(
            f"{len(held)} {REFUSAL_REASONS[sending_limit]} ({sending_limit.value}){named_places(held)}"
            for sending_limit, held in exceeded.items()
        )
        if free:
            reason = f"{element.failure_reason}; {why}" if element.failure_reason else f"receivers refused: {why}"
        else:
            reason = f"nobody can be reached: {why}"
        excluded = (*element.excluded, *(who for held in exceeded.values() for who in held))
        kept = replace(element, recipients=tuple(free), failure_reason=reason, excluded=excluded)
        return kept, {sending_limit: len(held) for sending_limit, held in exceeded.items()}


class Throttle:
    """A guard: which claimed messages the tenant's brakes hold back. Belongs to one thread, like its dispatcher."""

    def __init__(
        self,
        book: LimitSettings,
        counters: Counters,
        messages: AccountNotices,
        sealer: Sealer,
        clock: Clock,
        mail_owners: MailOwners | None = None,
    ) -> None:
        self._recent = RecentLimits(book, clock)
        self._book = book
        self._counters = counters
        self._messages = messages
        self._sealer = sealer
        self._clock = clock
        self._mail_owners = mail_owners

    def __call__(self, alert: Alert, item: AlertItem, claimed: Sequence[Claimed]) -> dict[int, Objection]:
        """See Guard. Asked last, of what would go out otherwise.

        What may go out is counted: the money as spent, the receivers' tokens as taken. Sandbox alerts cost nothing,
        and no brake holds what tells owners of the brakes.
        """
        if alert.sandbox or alert.system:
            return {}
        now = self._clock()
        receivers = {message.position: recipient for message, recipient in claimed}
        try:
            sending_limits = self._recent.get(alert.tenant)
            held = self._held(alert, item, receivers, sending_limits, now)
        except StorageUnavailable:
            held = dict.fromkeys(receivers, (SendingLimit.UNREADABLE, timedelta(0)))
        if held:
            self._tell(alert, item, Counter(sending_limit for sending_limit, _ in held.values()), now)
        return {position: _objection(sending_limit, wait) for position, (sending_limit, wait) in held.items()}

    def _held(
        self,
        alert: Alert,
        item: AlertItem,
        claimed: Mapping[int, Recipient],
        sending_limits: SendingLimits,
        now: datetime,
    ) -> dict[int, tuple[SendingLimit, timedelta]]:
        if item.channel in sending_limits.paused:
            return dict.fromkeys(claimed, (SendingLimit.PAUSED, RETRY_CAP))
        if item.channel is Channel.EMAIL:
            self._counters.add(alert.tenant, day_counter(now, "mail_sent"), len(claimed), forgotten_at(now))
        if not isinstance(item.content, SmsContent):
            return {}
        held: dict[int, tuple[SendingLimit, timedelta]] = {}
        free = list(claimed)
        if sending_limits.tenant_rate:
            begin, end = sending_limits.tenant_rate.window(now)
            counter = f"rate#{begin:%Y%m%d%H%M%S}"
            taken = self._counters.consume(
                alert.tenant, counter, [1] * len(free), sending_limits.tenant_rate.count, end
            )
            held |= dict.fromkeys(free[taken:], (SendingLimit.TENANT_RATE, end - now))
            free = free[:taken]
        if sending_limits.number_rate:
            held |= self._without_tokens(
                alert, {position: claimed[position] for position in free}, sending_limits.number_rate, now
            )
            free = [position for position in free if position not in held]
        if sending_limits.daily_spend is not None:
            segments = measure(item.content.text).segments
            costs = [_cost(claimed[position], segments) for position in free]
            spent = self._counters.consume(
                alert.tenant, day_counter(now, "spend"), costs, sending_limits.daily_spend, forgotten_at(now)
            )
            held |= dict.fromkeys(free[spent:], (SendingLimit.SPEND_CAP, timedelta(0)))
        return held

    def _without_tokens(
        self, alert: Alert, free: Mapping[int, Recipient], rate: Rate, now: datetime
    ) -> dict[int, tuple[SendingLimit, timedelta]]:
        prints = [self._sealer.fingerprint(alert.tenant, "rate", who.address.encode()) for who in free.values()]
        wait = rate.window(now)[1] - now
        tokens = self._counters.tokens(alert.tenant, prints, rate, now)
        return {
            position: (SendingLimit.NUMBER_RATE, wait)
            for position, token in zip(free, tokens, strict=True)
            if not token
        }

    def _tell(self, alert: Alert, item: AlertItem, exceeded: Mapping[SendingLimit, int], now: datetime) -> None:
        for sending_limit, count in exceeded.items():
            facts = {"tenant": alert.tenant, "alert": alert.ref, "reason": sending_limit.value, "count": count}
            _log.warning("limit_exceeded", extra=facts)
            lost = sending_limit is SendingLimit.SPEND_CAP
            message = notice_about(
                alert.tenant,
                alert.key_id,
                item.channel.value,
                now,
                Severity.ERROR if lost else Severity.WARNING,
                Category.GENERAL,
                sending_limit.value,
                _SENTENCES[sending_limit],
                alert=alert.ref,
                once_per=NOTIFIED_ONCE_PER,
            )
            try:
                if lost and self._mail_owners is not None:
                    self._mail_owners.of_tenant(alert.tenant, spend_cap_notification(now))
                self._messages.notify(message)
            except TocsinError:
                # The claims of this slice must not lapse because somebody could not be told.
                _log.warning("message_not_kept", extra=facts)


def spent_today(counters: Counters, tenant: TenantId, now: datetime) -> int:
    """Return the estimated cost of today's text messages, in millionths of a US dollar."""
    return counters.read(tenant, day_counter(now, "spend"))


def _objection(sending_limit: SendingLimit, wait: timedelta) -> Objection:
    if sending_limit is SendingLimit.SPEND_CAP:
        return Suppressed(sending_limit.value)
    return Rejected(sending_limit.value, permanent=False, retry_after=wait)


def _cost(recipient: Recipient, segments: int) -> int:
    place = region_of(recipient.address)
    return estimated_price(place.region if place else None, segments)


def day_counter(now: datetime, name: str) -> str:
    """Return the name of a meter of the UTC day."""
    return f"{name}#{now:%Y%m%d}"


def forgotten_at(now: datetime) -> datetime:
    """Return when a meter of the day is of no use any more."""
    return now + timedelta(days=35)
