"""Process a mail that was sent to an address of ours.

it is to the trigger mailbox of an API key, and its sender is believed ─► a keyword in its subject fires a trigger
its address bears a token of ours ─► that message          (only Tocsin can have made it)
its subject bears a reference ─► that alert, if the sender is one of its receivers; it counts if the sender is believed
anything else, or the alert is over ─► nothing

A mail that answers a message is kept with it. It does not count if a machine wrote it, if it says nothing, or if it
cannot be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tocsin.alerts.domain.alert import CHUNK_SIZE, Alert, ChunkKey
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.email_address import mailbox_key
from tocsin.content.domain.content import EmailContent
from tocsin.content.domain.rendering import compiled
from tocsin.content.domain.subject_reference import reference_in
from tocsin.delivery.domain.message import Message
from tocsin.delivery.ports.messages import MessageRows
from tocsin.inbound.application.listen_to_mail import ListenToMail
from tocsin.inbound.application.receive_text import ATTRIBUTION_KEPT, LOOKED_AT
from tocsin.inbound.domain.answered import answered
from tocsin.inbound.domain.automatic import automatic, reports_delivery
from tocsin.inbound.domain.belief import Belief, OrganizationOf, judge_sender
from tocsin.inbound.domain.mail import InboundMail
from tocsin.inbound.domain.mail_receipt import MailReceipt
from tocsin.inbound.domain.our_text import Literals, is_ours
from tocsin.responses.application.record_reply import RecordReply
from tocsin.responses.application.reply_addresses import ReplyAddresses
from tocsin.responses.domain.attribution import Attribution, AttributionReason, Candidate, newer_alerts
from tocsin.responses.domain.reply_token import ReplyTo, reply_token_in
from tocsin.responses.domain.response import Response
from tocsin.responses.domain.two_way import BY_MAIL, Said
from tocsin.responses.ports.conversations import Conversations
from tocsin.responses.ports.subject_references import SubjectReferences
from tocsin.results.domain.uncounted import UncountedReason
from tocsin.triggers.domain.keyword import subject_words

_MOST_ADDRESSES = 50


class MailResult(StrEnum):
    """What became of it."""

    RECORDED = "recorded"  # a new answer to one alert
    TRIGGERED = "triggered"  # a keyword of a trigger, and no answer to anything
    REPEATED = "repeated"  # it was here already
    AUTOMATIC = "automatic"  # kept and not counted: a machine wrote it
    EMPTY = "empty"  # kept and not counted: neither text nor a subject of its own
    MACHINE = "machine"  # a machine wrote it, such as a bounce, and it names no alert of ours
    NOTHING_OPEN = "nothing_open"  # the alert it answers is over
    NO_REFERENCE = "no_reference"  # it names no alert of ours
    NOT_A_RECEIVER = "not_a_receiver"  # it names an alert, but its sender is not one of the receivers
    UNREADABLE = "unreadable"  # it cannot be read within the limits; with a token its alert has a response
    SENDER_NOT_BELIEVED = "sender_not_believed"  # kept and not counted: the sender is not proven


@dataclass(frozen=True, slots=True)
class ReceiveMail:
    """Act on one mail: a keyword, or the answer to an alert."""

    alerts: AlertRepository
    references: SubjectReferences
    addresses: ReplyAddresses
    record: RecordReply
    conversations: Conversations
    rows: MessageRows
    organization_of: OrganizationOf
    listen: ListenToMail | None = None

    def __call__(self, id: str, mail: InboundMail, at: datetime, receipt: MailReceipt | None = None) -> MailResult:
        """Take it in; a repeat, or one that was cut short, comes to the same.

        A mail that was not believed for lack of a record may come again with it. It then counts, or fires, once.

        Args:
            id: the mail server's id of it.
            at: when it reached us.
            receipt: the mail service's record of it, None if there is none.

        Raises:
            StorageUnavailable: take it in again.
        """
        belief = judge_sender(mail.sender, receipt, mail.signed_by, self.organization_of)
        listens = self.listen is not None and not reports_delivery(mail)
        heard = self.listen(id, mail, at, believed=belief.believed) if self.listen and listens else None
        result = self._answer(id, mail, at, receipt, belief)
        if heard is None or result in (MailResult.RECORDED, MailResult.REPEATED):
            return result
        return MailResult.TRIGGERED if heard else MailResult.SENDER_NOT_BELIEVED

    def unreadable(self, id: str, addressed_to: Sequence[str], at: datetime) -> MailResult:
        """Record a mail that cannot be read with the alert whose token it bears; the response does not count.

        Args:
            addressed_to: every address it may have been sent to.

        Raises:
            StorageUnavailable: take it in again.
        """
        found = self._by_token(addressed_to)
        if found is not None and not found[0].expired(at):
            alert, to = found
            recipient = self.alerts.recipients(to.key)[to.position]
            response = Response(
                key=to.key,
                position=to.position,
                kind=ResponseKind.EMAIL,
                natural_id=id,
                address=recipient.address,
                contact_id=recipient.contact_id,
                at=at,
                reason=UncountedReason.UNREADABLE,
                expires_at=alert.expires_at,
            )
            self.record(alert, response)
        return MailResult.UNREADABLE

    def _answer(
        self, id: str, mail: InboundMail, at: datetime, receipt: MailReceipt | None, belief: Belief
    ) -> MailResult:
        by_token = self._by_token(mail.addressed_to)
        found = by_token or self._by_subject(mail)
        if isinstance(found, MailResult):
            return MailResult.MACHINE if automatic(mail) else found
        alert, to = found
        if alert.expired(at):
            return MailResult.NOTHING_OPEN
        subject_is_ours = is_ours(subject_words(mail.subject), _subject_of(alert, to))
        text, details = answered(mail, subject_is_ours=subject_is_ours)
        not_counted = _first_reason(
            automatic(mail, subject_is_ours=subject_is_ours),
            None if by_token or belief.believed else UncountedReason.SENDER_NOT_BELIEVED,
            None if text else UncountedReason.EMPTY,
        )
        recipient = self.alerts.recipients(to.key)[to.position]
        if mail.sender and mailbox_key(mail.sender) != mailbox_key(recipient.address):
            details["from"] = mail.sender
        if not belief.believed:
            details["sender_believed"] = False
        response = Response(
            key=to.key,
            position=to.position,
            kind=ResponseKind.EMAIL,
            natural_id=id,
            address=recipient.address,
            contact_id=recipient.contact_id,
            at=at,
            text=text,
            late=self._late(id, alert, to, recipient.address, at),
            reason=not_counted,
            details={**details, **(receipt.verdicts if receipt else {})},
            expires_at=alert.expires_at,
            link=alert.link,
            escalation=alert.escalation,
        )
        # A mail that was processed before its record came counts now.
        fresh = self.record(
            alert, response, instead_of=UncountedReason.SENDER_NOT_BELIEVED if response.counted else None
        )
        if not_counted is not None:
            return _NOT_COUNTED.get(not_counted, MailResult.AUTOMATIC)
        return MailResult.RECORDED if fresh else MailResult.REPEATED

    def _late(self, id: str, alert: Alert, to: ReplyTo, mailbox: str, at: datetime) -> bool:
        """Whether a newer alert had gone to the same mailbox; a mail that is delivered again hears the same."""
        if not mailbox:
            return False  # its receiver was erased
        said = self.conversations.newest(alert.tenant, BY_MAIL, mailbox_key(mailbox), LOOKED_AT)
        newer = newer_alerts([one for one in said if one.at <= at], alert.ref, at)
        late = any(Candidate(one, self._row(one)).went_out for one in newer)
        answered = Said(to.key, to.position, alert.accepted_at, alert.expires_at)
        attribution = Attribution(AttributionReason.NAMED, (answered,), late)
        return self.conversations.decide(alert.tenant, f"mail|{id}", attribution, at + ATTRIBUTION_KEPT).late

    def _row(self, said: Said) -> Message | None:
        return self.rows.load(said.key, range(said.position, said.position + 1)).get(said.position)

    def _by_token(self, addressed_to: Sequence[str]) -> tuple[Alert, ReplyTo] | None:
        for address in addressed_to[:_MOST_ADDRESSES]:
            token = reply_token_in(address, self.addresses.domain)
            if token is None:
                continue
            # The alert first: an invented token must not create a data key for a tenant that does not exist.
            alert = self.alerts.get(token.to.key.tenant, token.to.key.alert)
            if (
                alert is not None
                and token.genuine(self.addresses.keyed)
                and alert.batch_at(token.to.key, token.to.position)
            ):
                return alert, token.to
        return None

    def _by_subject(self, mail: InboundMail) -> tuple[Alert, ReplyTo] | MailResult:
        reference = reference_in(mail.subject)
        place = self.references.find(reference) if reference else None
        alert = self.alerts.get(*place) if place else None
        if alert is None:
            return MailResult.NO_REFERENCE
        to = self._received_by(alert, mail.sender) if mail.sender else None
        if to is None:
            return MailResult.NOT_A_RECEIVER
        return alert, to

    def _received_by(self, alert: Alert, sender: str) -> ReplyTo | None:
        wanted = mailbox_key(sender)
        for item in alert.items:
            if item.channel is not Channel.EMAIL:
                continue
            for number in range(-(-item.accepted // CHUNK_SIZE)):
                key = ChunkKey(alert.tenant, alert.ref, item.index, number)
                for position, recipient in enumerate(self.alerts.recipients(key)):
                    if mailbox_key(recipient.address) == wanted:
                        return ReplyTo(key, position)
        return None


_NOT_COUNTED = {
    UncountedReason.SENDER_NOT_BELIEVED: MailResult.SENDER_NOT_BELIEVED,
    UncountedReason.EMPTY: MailResult.EMPTY,
}


def _first_reason(*reasons: UncountedReason | None) -> UncountedReason | None:
    return next((reason for reason in reasons if reason is not None), None)


def _subject_of(alert: Alert, to: ReplyTo) -> Literals:
    item = alert.item(to.key.item)
    assert item is not None  # its message was found
    if not isinstance(item.content, EmailContent):
        return ()
    return compiled(subject_words(item.content.subject), item.lookups).fixed
