"""Check a tenant's sending limits after the claim of messages and before their submission."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from tocsin.alerts.application.mail_owners import MailOwners
from tocsin.alerts.domain.alert import Alert, AlertItem
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.phone_region import region_of
from tocsin.contacts.domain.recipient import Recipient
from tocsin.content.domain.content import SmsContent
from tocsin.content.domain.sms_text import measure
from tocsin.delivery.application.guards import Claimed, Objection
from tocsin.delivery.domain.delivery_terms import delivery_terms
from tocsin.delivery.domain.message import RETRY_CAP
from tocsin.delivery.domain.outcome import Suppressed
from tocsin.delivery.domain.submission import Rejected, Waits
from tocsin.kernel.domain.errors import StorageUnavailable, TocsinError
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock, Sealer
from tocsin.limits.application.recent_limits import RecentLimits
from tocsin.limits.application.warn_of_spend import WarnOfSpend
from tocsin.limits.domain.call_prices import RESERVED_SECONDS, estimated_call_price
from tocsin.limits.domain.day_counters import counter_expires_at, day_counter
from tocsin.limits.domain.notifications import spend_cap_notification
from tocsin.limits.domain.sending_limits import Rate, SendingLimit, SendingLimits
from tocsin.limits.domain.sending_totals import CALL_COST, CALLS, SEGMENTS, TEXT_COST, TEXTS, refused
from tocsin.limits.domain.sms_prices import estimated_price
from tocsin.limits.ports import Counters, LimitSettings, SendingTotals
from tocsin.notices.domain.account_notice import Category, Severity, notice_about
from tocsin.notices.ports.account_notices import AccountNotices
from tocsin.voice.domain.call_content import CallContent

NOTIFIED_ONCE_PER = timedelta(hours=1)
"""An exceeded limit makes at most one notice in each hour."""

_SENTENCES = {
    SendingLimit.NUMBER_RATE: "texts or calls wait: one receiver got as many as the account allows in a short time",
    SendingLimit.TENANT_RATE: "text messages wait: the account sent as many as it may in a short time",
    SendingLimit.SPEND_CAP: "messages were not sent: today's estimated cost of texts and calls reached the daily limit",
    SendingLimit.PAUSED: "messages wait: sending on this channel is paused for the account",
    SendingLimit.UNREADABLE: "messages wait: the account's sending limits cannot be read just now",
}
_log = logging.getLogger(__name__)

Price = Callable[[str | None], int]
"""Returns the estimated cost of a message to a country, in millionths of a US dollar."""

_CALLS = "call_rate"
_CALL_PRICE: Price = partial(estimated_call_price, seconds=RESERVED_SECONDS)

_Throttled = dict[int, tuple[SendingLimit, timedelta]]
"""The exceeded limit and the wait until the next try, by position."""


class LimitGuard:
    """A `Guard`: objects to messages that exceed a sending limit. Belongs to one thread, like its dispatcher.

    Args:
        mail_owners: None = owners get no mail.
        count_spend: counts the estimated cost of what passes, in millionths of a US dollar; None = no count.
        warn: warns the account of its spend; None = no warning.
        totals: counts, for reports, what passes and what limits stop; None = no count.
    """

    def __init__(
        self,
        settings: LimitSettings,
        counters: Counters,
        notices: AccountNotices,
        sealer: Sealer,
        clock: Clock,
        mail_owners: MailOwners | None = None,
        count_spend: Callable[[int], None] | None = None,
        totals: SendingTotals | None = None,
        warn: WarnOfSpend | None = None,
    ) -> None:
        self._recent = RecentLimits(settings, clock)
        self._counters = counters
        self._notices = notices
        self._sealer = sealer
        self._clock = clock
        self._mail_owners = mail_owners
        self._count_spend = count_spend
        self._totals = totals
        self._warn = warn

    def __call__(self, alert: Alert, item: AlertItem, claimed: Sequence[Claimed]) -> dict[int, Objection]:
        """Return objections by position. Must be the last guard, because it counts every message that it lets pass.

        A message that passes consumes money and tokens; a try that is repeated under its number did so before. Sandbox
        alerts cost nothing, and a system alert may report an exceeded limit, so neither is limited. If the limits
        cannot be read, all messages wait.
        """
        if alert.sandbox or alert.system:
            return {}
        now = self._clock()
        receivers = {one.position: one.recipient for one in claimed if not one.message.repeated}
        if not receivers:
            return {}
        try:
            sending_limits = self._recent.get(alert.tenant)
            throttled = self._throttled(alert, item, receivers, sending_limits, now)
        except StorageUnavailable:
            throttled = dict.fromkeys(receivers, (SendingLimit.UNREADABLE, timedelta(0)))
        self._add_to_totals(
            alert, item, [who for place, who in receivers.items() if place not in throttled], throttled, now
        )
        if throttled:
            self._notify(alert, item, Counter(sending_limit for sending_limit, _ in throttled.values()), now)
        return {
            one.position: _objection(alert, item, one, *exceeded, now)
            for one in claimed
            if (exceeded := throttled.get(one.position))
        }

    def give_back(self, alert: Alert, item: AlertItem, claimed: Sequence[Claimed]) -> None:
        """Give back what calls have consumed that passed and were not placed. Never raises.

        What cannot be given back stays counted.
        """
        if alert.sandbox or alert.system or item.channel is not Channel.CALL or not claimed:
            return
        now = self._clock()
        try:
            sending_limits = self._recent.get(alert.tenant)
            if sending_limits.call_rate is not None:
                prints = self._prints(alert, [one.recipient for one in claimed], _CALLS)
                self._counters.give_back(alert.tenant, prints, sending_limits.call_rate, now)
            if sending_limits.daily_spend is not None:
                costs = _costs([one.recipient for one in claimed], _CALL_PRICE)
                self._counters.add(alert.tenant, day_counter(now, "spend"), -sum(costs), counter_expires_at(now))
        except StorageUnavailable:
            _log.warning("limits_not_given_back", extra={"tenant": alert.tenant, "alert": alert.ref})
        self._add_to_totals(alert, item, [one.recipient for one in claimed], {}, now, sign=-1)

    def _add_to_totals(
        self, alert: Alert, item: AlertItem, passed: Sequence[Recipient], throttled: _Throttled, now: datetime,
        sign: int = 1,
    ) -> None:  # fmt: skip
        """Count a batch if the account wants reports: one write. What cannot be counted is sent all the same."""
        if self._totals is None or not self._is_counted(alert.tenant):
            return
        amounts = Counter(refused(item.channel, sending_limit) for sending_limit, _ in throttled.values())
        match item.content:
            case SmsContent(text=text):
                segments = measure(text).segments
                amounts[TEXTS] += sign * len(passed)
                amounts[SEGMENTS] += sign * len(passed) * segments
                amounts[TEXT_COST] += sign * sum(_costs(passed, partial(estimated_price, segments=segments)))
            case CallContent() if item.channel is Channel.CALL:
                amounts[CALLS] += sign * len(passed)
                amounts[CALL_COST] += sign * sum(_costs(passed, _CALL_PRICE))
            case _:
                return
        try:
            self._totals.add(alert.tenant, now, amounts)
        except StorageUnavailable:
            _log.warning("totals_not_counted", extra={"tenant": alert.tenant, "alert": alert.ref})

    def _is_counted(self, tenant: TenantId) -> bool:
        try:
            return self._recent.get(tenant).counted_since is not None
        except StorageUnavailable:
            return False

    def _throttled(
        self,
        alert: Alert,
        item: AlertItem,
        claimed: Mapping[int, Recipient],
        sending_limits: SendingLimits,
        now: datetime,
    ) -> _Throttled:
        if item.channel in sending_limits.paused:
            return dict.fromkeys(claimed, (SendingLimit.PAUSED, RETRY_CAP))
        if item.channel is Channel.EMAIL:
            self._counters.add(alert.tenant, day_counter(now, "mail_sent"), len(claimed), counter_expires_at(now))
        throttled: _Throttled = {}
        price: Price
        match item.content:
            case SmsContent(text=text):
                price = partial(estimated_price, segments=measure(text).segments)
                throttled = self._over_tenant_rate(alert, claimed, sending_limits.tenant_rate, now)
                rate, counted = sending_limits.number_rate, "rate"
            case CallContent() if item.channel is Channel.CALL:
                price = _CALL_PRICE
                rate, counted = sending_limits.rate_of_calls(urgent=alert.urgent), _CALLS
            case _:
                return {}
        free = {position: who for position, who in claimed.items() if position not in throttled}
        if rate:
            throttled |= self._without_tokens(alert, free, rate, counted, now)
            free = {position: who for position, who in free.items() if position not in throttled}
        return throttled | self._over_daily_spend(alert, free, price, sending_limits.daily_spend, now)

    def _over_tenant_rate(
        self, alert: Alert, free: Mapping[int, Recipient], rate: Rate | None, now: datetime
    ) -> _Throttled:
        if rate is None:
            return {}
        begin, end = rate.window(now)
        counter = f"rate#{begin:%Y%m%d%H%M%S}"
        taken = self._counters.consume(alert.tenant, counter, [1] * len(free), rate.count, end)
        return dict.fromkeys(list(free)[taken:], (SendingLimit.TENANT_RATE, end - now))

    def _without_tokens(
        self, alert: Alert, free: Mapping[int, Recipient], rate: Rate, counted: str, now: datetime
    ) -> _Throttled:
        prints = self._prints(alert, free.values(), counted)
        wait = rate.window(now)[1] - now
        tokens = self._counters.tokens(alert.tenant, prints, rate, now)
        return {
            position: (SendingLimit.NUMBER_RATE, wait)
            for position, token in zip(free, tokens, strict=True)
            if not token
        }

    def _over_daily_spend(
        self, alert: Alert, free: Mapping[int, Recipient], price: Price, cap: int | None, now: datetime
    ) -> _Throttled:
        costs = _costs(free.values(), price)
        spent = len(costs)
        if cap is not None:
            until = counter_expires_at(now)
            spent, value = self._counters.draw(alert.tenant, day_counter(now, "spend"), costs, cap, until)
            if self._warn is not None and costs:
                self._warn.spent(alert.tenant, value, cap, refused=spent < len(costs), now=now)
        if self._count_spend is not None:
            self._count_spend(sum(costs[:spent]))
        return dict.fromkeys(list(free)[spent:], (SendingLimit.SPEND_CAP, timedelta(0)))

    def _prints(self, alert: Alert, receivers: Iterable[Recipient], counted: str) -> list[bytes]:
        return [self._sealer.fingerprint(alert.tenant, counted, who.address.encode()) for who in receivers]

    def _notify(self, alert: Alert, item: AlertItem, exceeded: Mapping[SendingLimit, int], now: datetime) -> None:
        for sending_limit, count in exceeded.items():
            facts = {"tenant": alert.tenant, "alert": alert.ref, "reason": sending_limit.value, "count": count}
            _log.warning("limit_exceeded", extra=facts)
            lost = sending_limit is SendingLimit.SPEND_CAP
            notice = notice_about(
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
                self._notices.notify(notice)
            except TocsinError:
                # A failed notice must not let the claims of the whole batch expire.
                _log.warning("message_not_kept", extra=facts)


def _costs(receivers: Iterable[Recipient], price: Price) -> list[int]:
    places = [region_of(who.address) for who in receivers]
    return [price(place.region if place else None) for place in places]


def _objection(
    alert: Alert, item: AlertItem, one: Claimed, sending_limit: SendingLimit, wait: timedelta, now: datetime
) -> Objection:
    if sending_limit is SendingLimit.SPEND_CAP:
        return Suppressed(sending_limit.value)
    if item.channel is Channel.CALL and sending_limit is SendingLimit.NUMBER_RATE:
        # The client is told at once, no attempt is used up, and the wait is not longer than the message may.
        ends = delivery_terms(alert, one.recipient, now, one.message.resent_at).send_before
        return Waits(sending_limit.value, min(now + wait, ends))
    by_us = sending_limit is SendingLimit.UNREADABLE
    return Rejected(sending_limit.value, permanent=False, retry_after=wait, by_us=by_us)
