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
from tocsin.alerts.domain.left_out import LeftOut, LeftOutBecause
from tocsin.alerts.domain.request import SendRequest
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.phone_region import region_of
from tocsin.contacts.domain.recipient import Recipient
from tocsin.content.domain.content import SmsContent
from tocsin.content.domain.sms_text import measure
from tocsin.delivery.application.guards import Claimed, Objection
from tocsin.delivery.domain.handover import Refused
from tocsin.delivery.domain.message import RETRY_CAP
from tocsin.delivery.domain.outcome import Suppressed
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.errors import StorageUnavailable, TocsinError
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock, Sealer
from tocsin.limits.domain.brakes import REFUSED_BECAUSE, Brake, Brakes, Rate, judge_number
from tocsin.limits.domain.news import spend_cap_news
from tocsin.limits.domain.sms_prices import estimated_price
from tocsin.limits.ports import BrakeBook, Meters
from tocsin.notices.domain.client_message import Category, Severity, message_about
from tocsin.notices.ports.client_messages import ClientMessages
from tocsin.stored_content.application.call_stores import CallStores

FRESH = timedelta(seconds=15)
"""Settings are heeded this long after they were made, at the latest."""

TOLD_ONCE_PER = timedelta(hours=1)
"""A brake that keeps biting is told of once in each hour."""

_KEPT = 64
_SENTENCES = {
    Brake.NUMBER_RATE: "text messages wait: one receiver got as many as the account allows in a short time",
    Brake.TENANT_RATE: "text messages wait: the account sent as many as it may in a short time",
    Brake.SPEND_CAP: "text messages were not sent: the estimated cost of today's reached the account's daily limit",
    Brake.PAUSED: "messages wait: sending on this channel is paused for the account",
    Brake.UNREADABLE: "messages wait: what the account may send cannot be looked up just now",
}
_log = logging.getLogger(__name__)


class RecentBrakes:
    """The settings of the last tenants served, at most FRESH old. Belongs to one thread."""

    def __init__(self, book: BrakeBook, clock: Clock) -> None:
        self._book = book
        self._clock = clock
        self._seen: dict[TenantId, tuple[datetime, Brakes]] = {}

    def get(self, tenant: TenantId) -> Brakes:
        """Return the settings of a tenant. Raises StorageUnavailable."""
        now = self._clock()
        read_at, brakes = self._seen.get(tenant, (None, None))
        if read_at is None or brakes is None or not timedelta(0) <= now - read_at <= FRESH:
            brakes = self._book.get(tenant)
            if len(self._seen) >= _KEPT:
                self._seen.clear()
            self._seen[tenant] = (now, brakes)
        return brakes


class RefuseNumbers:
    """A filter: take off receivers in countries and ranges that the tenant does not send to, and log how many."""

    def __init__(self, book: BrakeBook, clock: Clock) -> None:
        self._recent = RecentBrakes(book, clock)

    def __call__(
        self, key: ApiKey, request: SendRequest, prepared: Sequence[Prepared], stores: CallStores
    ) -> list[Prepared]:
        """See ElementFilter. The `detail` of whom it takes off is the brake."""
        bitten: Counter[Brake] = Counter()
        kept = []
        for each in prepared:
            element, refused = self._without_refused(key.tenant, each.element)
            bitten.update(refused)
            kept.append(replace(each, element=element))
        for brake, count in bitten.items():
            facts = {"tenant": key.tenant, "key": key.id, "reason": brake.value, "count": count}
            _log.warning("brake_bit", extra=facts)
        return kept

    def _without_refused(
        self, tenant: TenantId, element: PreparedElement
    ) -> tuple[PreparedElement, Mapping[Brake, int]]:
        """Return the element without them, its failure reason saying so, and how many each brake took."""
        if element.channel is not Channel.SMS or not element.recipients:
            return element, {}
        brakes = self._recent.get(tenant)
        bitten: Counter[Brake] = Counter()
        free: list[Recipient] = []
        held: list[LeftOut] = []
        for recipient in element.recipients:
            brake = judge_number(recipient.address, brakes)
            if brake is None:
                free.append(recipient)
            else:
                bitten[brake] += 1
                held.append(LeftOut(recipient.contact_id, recipient.address, LeftOutBecause.BRAKED, brake.value))
        if not bitten:
            return element, {}
        why = "; ".join(f"{count} {REFUSED_BECAUSE[brake]}" for brake, count in bitten.items())
        if free:
            reason = f"{element.failure_reason}; {why}" if element.failure_reason else f"receivers refused: {why}"
        else:
            reason = f"nobody can be reached: {why}"
        left_out = (*element.left_out, *held)
        return replace(element, recipients=tuple(free), failure_reason=reason, left_out=left_out), bitten


class HoldBack:
    """A guard: which claimed messages the tenant's brakes hold back. Belongs to one thread, like its dispatcher."""

    def __init__(
        self,
        book: BrakeBook,
        meters: Meters,
        messages: ClientMessages,
        sealer: Sealer,
        clock: Clock,
        mail_owners: MailOwners | None = None,
    ) -> None:
        self._recent = RecentBrakes(book, clock)
        self._book = book
        self._meters = meters
        self._messages = messages
        self._sealer = sealer
        self._clock = clock
        self._mail_owners = mail_owners

    def __call__(self, alert: Alert, item: AlertItem, claimed: Sequence[Claimed]) -> dict[int, Objection]:
        """See Guard. Asked last, of what would go out otherwise.

        What may go out is counted: the money as spent, the receivers' tokens as taken. Sandbox alerts cost nothing,
        and no brake holds what tells owners of the brakes.
        """
        if alert.sandbox or alert.house:
            return {}
        now = self._clock()
        receivers = {message.position: recipient for message, recipient in claimed}
        try:
            brakes = self._recent.get(alert.tenant)
            held = self._held(alert, item, receivers, brakes, now)
        except StorageUnavailable:
            held = dict.fromkeys(receivers, (Brake.UNREADABLE, timedelta(0)))
        if held:
            self._tell(alert, item, Counter(brake for brake, _ in held.values()), now)
        return {position: _objection(brake, wait) for position, (brake, wait) in held.items()}

    def _held(
        self, alert: Alert, item: AlertItem, claimed: Mapping[int, Recipient], brakes: Brakes, now: datetime
    ) -> dict[int, tuple[Brake, timedelta]]:
        if item.channel in brakes.paused:
            return dict.fromkeys(claimed, (Brake.PAUSED, RETRY_CAP))
        if item.channel is Channel.EMAIL:
            self._meters.add(alert.tenant, day_meter(now, "mail_sent"), len(claimed), forgotten_at(now))
        if not isinstance(item.content, SmsContent):
            return {}
        held: dict[int, tuple[Brake, timedelta]] = {}
        free = list(claimed)
        if brakes.tenant_rate:
            begin, end = brakes.tenant_rate.window(now)
            meter = f"rate#{begin:%Y%m%d%H%M%S}"
            taken = self._meters.draw(alert.tenant, meter, [1] * len(free), brakes.tenant_rate.count, end)
            held |= dict.fromkeys(free[taken:], (Brake.TENANT_RATE, end - now))
            free = free[:taken]
        if brakes.number_rate:
            held |= self._without_tokens(
                alert, {position: claimed[position] for position in free}, brakes.number_rate, now
            )
            free = [position for position in free if position not in held]
        if brakes.daily_spend is not None:
            segments = measure(item.content.text).segments
            costs = [_cost(claimed[position], segments) for position in free]
            spent = self._meters.draw(
                alert.tenant, day_meter(now, "spend"), costs, brakes.daily_spend, forgotten_at(now)
            )
            held |= dict.fromkeys(free[spent:], (Brake.SPEND_CAP, timedelta(0)))
        return held

    def _without_tokens(
        self, alert: Alert, free: Mapping[int, Recipient], rate: Rate, now: datetime
    ) -> dict[int, tuple[Brake, timedelta]]:
        prints = [self._sealer.fingerprint(alert.tenant, "rate", who.address.encode()) for who in free.values()]
        wait = rate.window(now)[1] - now
        tokens = self._meters.tokens(alert.tenant, prints, rate, now)
        return {position: (Brake.NUMBER_RATE, wait) for position, token in zip(free, tokens, strict=True) if not token}

    def _tell(self, alert: Alert, item: AlertItem, bitten: Mapping[Brake, int], now: datetime) -> None:
        for brake, count in bitten.items():
            facts = {"tenant": alert.tenant, "alert": alert.ref, "reason": brake.value, "count": count}
            _log.warning("brake_bit", extra=facts)
            lost = brake is Brake.SPEND_CAP
            message = message_about(
                alert.tenant,
                alert.key_id,
                item.channel.value,
                now,
                Severity.ERROR if lost else Severity.WARNING,
                Category.GENERAL,
                brake.value,
                _SENTENCES[brake],
                alert=alert.ref,
                once_per=TOLD_ONCE_PER,
            )
            try:
                if lost and self._mail_owners is not None:
                    self._mail_owners.of_tenant(alert.tenant, spend_cap_news(now))
                self._messages.tell(message)
            except TocsinError:
                # The claims of this slice must not lapse because somebody could not be told.
                _log.warning("message_not_kept", extra=facts)


def spent_today(meters: Meters, tenant: TenantId, now: datetime) -> int:
    """Return the estimated cost of today's text messages, in millionths of a US dollar."""
    return meters.read(tenant, day_meter(now, "spend"))


def _objection(brake: Brake, wait: timedelta) -> Objection:
    if brake is Brake.SPEND_CAP:
        return Suppressed(brake.value)
    return Refused(brake.value, for_good=False, retry_after=wait)


def _cost(recipient: Recipient, segments: int) -> int:
    place = region_of(recipient.address)
    return estimated_price(place.region if place else None, segments)


def day_meter(now: datetime, name: str) -> str:
    """Return the name of a meter of the UTC day."""
    return f"{name}#{now:%Y%m%d}"


def forgotten_at(now: datetime) -> datetime:
    """Return when a meter of the day is of no use any more."""
    return now + timedelta(days=35)
