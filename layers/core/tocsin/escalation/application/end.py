"""Follow up the end of an escalation.

    acknowledged   event for the client; messages without a submission are skipped; all-clear to the contacted people
    exhausted      event for the client; a notice for the key, and a mail to its owner
    cancelled      event for the client; messages without a submission are cancelled; all-clear if it was asked for

The escalation's timer runs the follow-up after the end was written. Safe to repeat: every effect has a derived id.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tocsin.alerts.application.draft import Origin
from tocsin.alerts.application.mail_owners import MailOwners
from tocsin.alerts.application.read_alert import ReadAlert
from tocsin.alerts.application.send import SendAlert
from tocsin.alerts.domain.alert import Alert, ChunkKey
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.alerts.ports.dispatch_queue import DispatchQueue
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.email_address import mailbox_key
from tocsin.contacts.domain.recipient import ERASED_ADDRESS, Recipient
from tocsin.delivery.application.end_soon import end_soon, open_batches
from tocsin.delivery.domain.message import Message, MessageState
from tocsin.delivery.ports.messages import DispatchProgress, MessageRows
from tocsin.escalation.application.prepare import all_clear_request
from tocsin.escalation.domain.escalation import Escalation, EscalationPolicy, EscalationState
from tocsin.escalation.domain.events import ended, exhausted_notice, exhausted_notification
from tocsin.escalation.ports import Escalations
from tocsin.identity.ports.keys import ApiKeyRepository
from tocsin.kernel.domain.errors import Forbidden, InvalidRequest, RequestTooLarge, Superseded
from tocsin.notices.ports.account_notices import AccountNotices
from tocsin.results.ports import EventPublisher

IN_FLIGHT_WAIT = timedelta(seconds=15)
"""The time until the next check while messages are claimed: their results decide who gets the all-clear."""

UNSENDABLE = (Forbidden, InvalidRequest, RequestTooLarge)
"""Errors for an alert that was valid when it was stored and may no longer be sent."""

_SUBMITTED = frozenset(
    {
        MessageState.CALLING,
        MessageState.SENT,
        MessageState.DELIVERED,
        MessageState.UNKNOWN,
        MessageState.UNCONFIRMED,
    }
)

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Contacted:
    """The people who were contacted.

    Attributes:
        receivers: by channel, and then by `mailbox_key` of the address. Personal data.
        in_flight: at least one message is claimed and has no result yet.
    """

    receivers: dict[Channel, dict[str, Recipient]] = field(default_factory=dict)
    in_flight: bool = False


@dataclass(frozen=True, slots=True)
class EndEscalation:
    """Follow up the end of one escalation.

    `mail_owners`: None = owners get no mail. `queue`: None = this installation makes no calls.
    """

    escalations: Escalations
    alerts: AlertRepository
    rows: MessageRows
    dispatch_progress: DispatchProgress
    event_publisher: EventPublisher
    notices: AccountNotices
    keys: ApiKeyRepository
    send: SendAlert
    read: ReadAlert
    mail_owners: MailOwners | None = None
    queue: DispatchQueue | None = None

    def __call__(self, escalation: Escalation, first: Alert, now: datetime) -> datetime | None:
        """Do the follow-up; return the time of the next attempt, None = all is done.

        Raises:
            StorageUnavailable: repeat the call.
            ValueError: the escalation has not ended.
        """
        match escalation.state:
            case EscalationState.ACKNOWLEDGED:
                return self._acknowledged(escalation, first, now)
            case EscalationState.EXHAUSTED:
                self.event_publisher.publish(first, ended(first, escalation))
                self.notices.notify(exhausted_notice(first, escalation))
                if self.mail_owners is not None:
                    self.mail_owners.of_key(first.tenant, first.key_id, exhausted_notification(first, escalation))
            case EscalationState.CANCELLED:
                self.event_publisher.publish(first, ended(first, escalation))
                alerts = list(self._alerts(escalation))
                for alert in alerts:
                    self.alerts.cancel(alert.tenant, alert.ref, escalation.ended_at or now)
                    self._end_soon(alert, now)
                if escalation.with_all_clear:
                    return self._all_clear_to(alerts, escalation, first, now)
            case EscalationState.ACTIVE:
                raise ValueError("an active escalation has not ended")
        return None

    def _acknowledged(self, escalation: Escalation, first: Alert, now: datetime) -> datetime | None:
        alerts = list(self._alerts(escalation))
        for alert in alerts:
            self.alerts.stop(alert.tenant, alert.ref, escalation.ended_at or now)
            self._end_soon(alert, now)
        self._publish_acknowledged(escalation, first, alerts)
        return self._all_clear_to(alerts, escalation, first, now)

    def _all_clear_to(
        self, alerts: list[Alert], escalation: Escalation, first: Alert, now: datetime
    ) -> datetime | None:
        """Send the all-clear to everybody whom the alerts reached; return the next check, None = all is done."""
        policy = self.escalations.policy(escalation.key)
        if policy is None or policy.on_stopped is None:
            return None
        contacted = self._contacted(alerts)
        if contacted.in_flight:
            return now + IN_FLIGHT_WAIT
        self._all_clear(escalation, policy, contacted, first)
        return None

    def _alerts(self, escalation: Escalation) -> Iterator[Alert]:
        for ref in escalation.alerts:
            alert = None if ref is None else self.alerts.get(escalation.key.link.tenant, ref)
            if alert is not None:
                yield alert

    def _end_soon(self, alert: Alert, now: datetime) -> None:
        batches = open_batches(alert, self.dispatch_progress)
        end_soon(alert, batches, now, self.dispatch_progress, self.queue)

    def _publish_acknowledged(self, escalation: Escalation, first: Alert, alerts: list[Alert]) -> None:
        by = escalation.by
        assert by is not None
        answered = next((alert for alert in alerts if alert.ref == by.key.alert), first)
        recipients = self.alerts.recipients(by.key)
        address = recipients[by.position].address if by.position < len(recipients) else ERASED_ADDRESS
        self.event_publisher.publish(first, ended(first, escalation, answered.item(by.key.item), address))

    def _contacted(self, alerts: list[Alert]) -> _Contacted:
        found = _Contacted()
        for alert in alerts:
            for item, key, size in _chunks(alert):
                rows = self.rows.load(key, range(size))
                recipients = self.alerts.recipients(key)
                for position, row in rows.items():
                    found.in_flight |= row.state is MessageState.SENDING
                    who = recipients[position]
                    if _was_submitted(row) and who.address != ERASED_ADDRESS:
                        found.receivers.setdefault(item, {}).setdefault(mailbox_key(who.address), who)
        return found

    def _all_clear(self, escalation: Escalation, policy: EscalationPolicy, contacted: _Contacted, first: Alert) -> None:
        key = self.keys.get(escalation.key.link.tenant, escalation.key.link.key_id)
        if key is None or not key.enabled:
            return
        receivers = {channel: who.values() for channel, who in contacted.receivers.items()}
        try:
            request = all_clear_request(policy, escalation.key.link, receivers, self.read, escalation.began_at)
            if request is not None:
                request = replace(request, click_counts=first.click_counts)
                self.send(key.on_behalf(first.made, first.sender.name), request, origin=Origin(escalation.all_clear))
        except Superseded:
            return  # the all-clear was sent before, or the linked set was cancelled
        except UNSENDABLE as error:
            facts = {"tenant": key.tenant, "alert": escalation.key.first, "code": error.code}
            _log.warning("all_clear_unsendable", extra=facts)


def _was_submitted(row: Message) -> bool:
    return row.provider_id is not None or row.state in _SUBMITTED


def _chunks(alert: Alert) -> Iterator[tuple[Channel, ChunkKey, int]]:
    """Yield channel, key and number of recipients of each chunk."""
    sizes: dict[ChunkKey, int] = {}
    for batch in alert.batches():
        sizes[batch.key] = batch.positions.stop
    for key, size in sizes.items():
        item = alert.item(key.item)
        assert item is not None
        yield item.channel, key, size
