"""Send an alert of the inside: Tocsin sends it for an account, because of a rule or a setting.

It takes the way of a client's call from the filters on: one transaction, then the workers. It uses no capacity of a
key, no list has it, and no answer to its mails is expected. Sending limits, quiet hours, suppressions and erasures hold
as for any alert.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tocsin.alerts.application.draft import chunks_of, exceeded_of
from tocsin.alerts.application.element_filter import ElementFilter
from tocsin.alerts.application.preparation import Prepared, failed
from tocsin.alerts.application.send import NotifyRefusals, enqueue_batches, enqueue_timers
from tocsin.alerts.application.terms import MESSAGE_EXPIRY
from tocsin.alerts.domain.alert import Alert, lane_for
from tocsin.alerts.domain.capacity import CapacityReservation, PreparedElement, reserve
from tocsin.alerts.domain.elements import Element, Receivers
from tocsin.alerts.domain.exclusion import ExclusionReason
from tocsin.alerts.domain.headline import TITLE_CHARACTERS
from tocsin.alerts.domain.internal.inside_alert import (
    InsideAlert,
    InsideMessage,
    InsideMessageSent,
    InsideSent,
)
from tocsin.alerts.domain.participants import Participant
from tocsin.alerts.domain.personal_element import rendered
from tocsin.alerts.domain.receivers import RequestedReceivers, Resolved, resolve
from tocsin.alerts.domain.request import SendRequest
from tocsin.alerts.ports.alerts import Acceptance, AlertRepository, Committed, Conflict
from tocsin.alerts.ports.dispatch_queue import DispatchQueue
from tocsin.alerts.ports.together import CommitTogether, UnitOfWork
from tocsin.contacts.domain.channel import Channel
from tocsin.content.domain.compose import check_mail
from tocsin.content.domain.content import EmailContent, LookupTerms, SmsContent
from tocsin.content.domain.mail_faults import told
from tocsin.content.domain.mail_header import UnsafeMail
from tocsin.content.domain.options import EmailOptions, SmsOptions
from tocsin.identity.application.account_clocks import AccountClocks
from tocsin.identity.domain.account_key import inside_key
from tocsin.identity.domain.api_key import ApiKey
from tocsin.identity.domain.notification import NotificationMode
from tocsin.kernel.domain.errors import StorageUnavailable, Superseded
from tocsin.kernel.ports import Clock
from tocsin.stored_content.application.call_stores import CallStores
from tocsin.stored_content.ports import StoredContentRepository
from tocsin.timers.ports import TimerQueue

CLIENT_REF = "tocsin"
"""Client reference of alerts that no client sent."""

AfterCommit = Callable[[Sequence[Participant]], None]
"""Queues what was written with an alert, as far as its subject has a queue. Never raises: the sweeper does the same."""


class ParticipantSuperseded(Superseded):
    """The condition of a participant failed, and nothing was written.

    Attributes:
        participant: whose condition failed; of several the first.
    """

    def __init__(self, participant: Participant) -> None:
        super().__init__(f"{type(participant).__name__} holds no more; nothing was sent")
        self.participant = participant


@dataclass(frozen=True, slots=True)
class SendInside:
    """Accepts an alert of the inside and its participants in one transaction, and queues its batches.

    Attributes:
        together: writes participants without an alert.
        stores: for the filters; an alert of the inside uses no stored content.
        filters: those of every call.
        clocks: the accounts' time zones and quiet hours.
        timers: the queue of timers that participants set.
        after_commit: queues what participants of other subjects have written.
        notify_refusals: notifies of receivers that sending limits excluded; None = no notice.
    """

    alerts: AlertRepository
    together: CommitTogether
    stores: StoredContentRepository
    filters: Sequence[ElementFilter]
    clocks: AccountClocks
    queue: DispatchQueue
    timers: TimerQueue
    clock: Clock
    after_commit: Sequence[AfterCommit] = ()
    notify_refusals: NotifyRefusals | None = None

    def __call__(self, alert: InsideAlert) -> InsideSent:
        """Write the alert and its participants, all or nothing, and queue them.

        The alert is written also if none of its receivers is accepted, so that history shows why. Without messages,
        the participants alone are written. A repeat with the same cause finds the alert, writes nothing and is answered
        alike; a repeat without messages finds what its participants have written, and is superseded.

        Raises:
            ParticipantSuperseded: a participant's condition failed. Nothing was written.
            RequestTooLarge: a mail is larger than mails may be, or the rows are too many for one transaction.
            StorageUnavailable: it may be written or not; repeat the call.
        """
        now = self.clock()
        if not alert.messages:
            key = inside_key(alert.tenant, sandbox=alert.sandbox)
            outcome = self.together(UnitOfWork(alert.tenant, key.id, now, participants=alert.participants))
            _require_committed(outcome)
            self._queue_participants(alert, now)
            return InsideSent(alert.ref)
        return self._send(alert, now)

    def _send(self, inside: InsideAlert, now: datetime) -> InsideSent:
        key = inside_key(inside.tenant, sandbox=inside.sandbox)
        prepared = self._prepared(key, inside, now)
        reservations = tuple(reserve([each.element for each in prepared], {}))
        alert = self._alert(key, inside, reservations, now)
        acceptance = Acceptance(
            alert,
            chunks_of(alert, reservations),
            excluded={each.index: each.excluded for each in reservations if each.excluded},
            participants=inside.participants,
        )
        _require_committed(self.alerts.accept(acceptance))
        enqueue_batches(self.queue, alert)
        self._queue_participants(inside, now)
        if self.notify_refusals is not None and (exceeded := exceeded_of(prepared)):
            self.notify_refusals(key, exceeded, alert.ref, now)
        return InsideSent(alert.ref, tuple(_sent(each) for each in reservations))

    def _queue_participants(self, alert: InsideAlert, now: datetime) -> None:
        enqueue_timers(self.timers, alert.tenant, alert.participants, now)
        for queue in self.after_commit:
            queue(alert.participants)

    def _prepared(self, key: ApiKey, alert: InsideAlert, now: datetime) -> Sequence[Prepared]:
        """Return the messages as elements of a call, after all filters."""
        elements = tuple(_element(message) for message in alert.messages)
        prepared: Sequence[Prepared] = [
            _prepared(message, element, key, alert, now)
            for message, element in zip(alert.messages, elements, strict=True)
        ]
        request = SendRequest(CLIENT_REF, elements, stored_at=alert.stored_at)
        stores = CallStores(self.stores, key, now)
        for element_filter in self.filters:
            prepared = element_filter(key, request, prepared, stores)
        return prepared

    def _alert(
        self, key: ApiKey, inside: InsideAlert, reservations: Sequence[CapacityReservation], now: datetime
    ) -> Alert:
        clock = self.clocks.get(inside.tenant)
        return Alert(
            tenant=inside.tenant,
            ref=inside.ref,
            key_id=key.id,
            sandbox=inside.sandbox,
            client_ref=CLIENT_REF,
            accepted_at=now,
            send_before=inside.not_after or now + (inside.sent_within or MESSAGE_EXPIRY),
            expires_at=now + inside.kept_for,
            lane=lane_for(sum(len(each.recipients) for each in reservations)),
            notification=NotificationMode.NONE,
            items=tuple(each.item for each in reservations),
            urgent=inside.urgent,
            account=clock if inside.has_quiet_hours else replace(clock, quiet=None),
            cause=inside.cause,
            title=inside.title[:TITLE_CHARACTERS],
            ends_on_time=inside.not_after is not None,
        )


def _require_committed(outcome: object) -> None:
    match outcome:
        case Committed():
            return
        case Conflict(participant):
            raise ParticipantSuperseded(participant)
    raise StorageUnavailable("an alert of the inside was not written")


def _element(message: InsideMessage) -> Element:
    receivers = Receivers(recipients=message.addresses)
    match message.content:
        case SmsContent(sender=sender):
            return Element(Channel.SMS, message.tag, receivers, SmsOptions(sender))
        case EmailContent():
            return Element(Channel.EMAIL, message.tag, receivers, EmailOptions())


def _prepared(message: InsideMessage, element: Element, key: ApiKey, alert: InsideAlert, now: datetime) -> Prepared:
    content = message.content
    asked = RequestedReceivers(message.addresses)
    resolved = resolve(element.channel, asked, None)
    assert isinstance(resolved, Resolved)  # only contacts and sets are looked for
    resolved, terms = _personal(resolved, message, quiet=alert.has_quiet_hours)
    if isinstance(content, SmsContent) and not (content.sender.startswith("+") or alert.from_a_name):
        reason = ExclusionReason.FOREIGN_SENDER
        return failed(element, "its From is no number of this account", resolved, reason, "sender_not_allowed")
    if isinstance(content, EmailContent):
        content = replace(content, reply_to=None)
        try:
            check_mail(content)
        except UnsafeMail as error:
            detail = f"unsafe_mail_{error.code.lower()}"
            return failed(element, told(error), resolved, ExclusionReason.UNSENDABLE, detail)
    result = rendered(content, terms, resolved, alert.ref, now, "", gsm_only=False, mail_bytes=key.mail_bytes)
    return Prepared(
        PreparedElement(
            element.channel,
            element.tag,
            result.resolved.recipients,
            resolved.requested,
            result.content,
            result.resolved.failure_reason,
            result.terms,
            segments=result.segments,
            excluded=result.resolved.excluded,
        ),
        (),
    )


def _personal(resolved: Resolved, message: InsideMessage, *, quiet: bool) -> tuple[Resolved, LookupTerms | None]:
    """Return the receivers with what is their own, and how keywords are replaced; None = there are none."""
    own = {f"recipients[{number}]": who for number, who in enumerate(message.receivers)}
    custom = frozenset(name for who in own.values() for name in who.words)
    recipients = tuple(
        replace(each, lookups=own[each.place].words, quiet=own[each.place].quiet if quiet else None)
        for each in resolved.recipients
    )
    return replace(resolved, recipients=recipients), LookupTerms(CLIENT_REF, custom) if custom else None


def _sent(reservation: CapacityReservation) -> InsideMessageSent:
    refused = tuple((who.address, who.reason) for who in reservation.excluded)
    return InsideMessageSent(reservation.element.tag, len(reservation.recipients), refused)
