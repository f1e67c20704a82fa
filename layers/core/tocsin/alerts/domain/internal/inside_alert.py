"""Alerts of the inside: Tocsin sends them for an account because of a rule or a setting, without a client's call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tocsin.alerts.domain.cause import Cause
from tocsin.alerts.domain.participants import Participant
from tocsin.calendar.domain.quiet_hours import QuietChoice
from tocsin.content.domain.content import EmailContent, SmsContent
from tocsin.kernel.domain.ids import AlertRef, TenantId

INSIDE_KEPT_FOR = timedelta(days=90)
"""How long an alert of the inside is kept: as long as the runs of rules that show it."""


@dataclass(frozen=True, slots=True)
class InsideReceiver:
    """A receiver who is not like all others of a message.

    Attributes:
        quiet: their own quiet hours, none at all, or None = as the account says.
        words: what keywords in braces of the content stand for in their message; every receiver has the same keywords.
    """

    address: str
    quiet: QuietChoice = None
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InsideMessage:
    """One element of an alert of the inside.

    Attributes:
        tag: what the element is for, for example the id of a notification: 1..64 characters.
        to: addresses of one channel, canonical or not. An address that stands twice is one receiver, the first.
        content: as it is sent, but for keywords in braces, if receivers have words; braces mean nothing else.
            A mail has no reply mailbox, and no reference in its subject.
    """

    tag: str
    to: Sequence[str | InsideReceiver]
    content: EmailContent | SmsContent

    @property
    def receivers(self) -> tuple[InsideReceiver, ...]:
        """The receivers, in their order."""
        return tuple(InsideReceiver(who) if isinstance(who, str) else who for who in self.to)

    @property
    def addresses(self) -> tuple[str, ...]:
        """Their addresses as given."""
        return tuple(who.address for who in self.receivers)


@dataclass(frozen=True, slots=True, kw_only=True)
class InsideAlert:
    """An alert of the inside before it is accepted.

    Attributes:
        cause: the reference of the alert is made of it, so a repeat finds the alert.
        title: one line, for notices and lists.
        messages: none, if the participants are all that is to be written.
        participants: written in the same transaction; if one of them cannot be written, nothing is.
        urgent: the messages go before those of broadcasts. Up to 100 receivers.
        sandbox: the messages go to the faked provider.
        stored_at: when the addresses were stored, for example with a rule: who was erased since then gets nothing.
            None = they are of now.
        sent_within: no message is submitted later than this after the acceptance; None = as long as a client's.
        not_after: no message is submitted at or after this time, not even after quiet hours; None = see `sent_within`.
        has_quiet_hours: quiet hours of the account or of the receiver hold the messages.
        from_a_name: its texts may come from a name instead of a number of the account.
        kept_for: how long the alert is kept, from its acceptance; at least `sent_within`.
    """

    tenant: TenantId
    cause: Cause
    title: str
    messages: Sequence[InsideMessage]
    participants: Sequence[Participant] = field(default=())
    urgent: bool = False
    sandbox: bool = False
    stored_at: datetime | None = None
    sent_within: timedelta | None = None
    not_after: datetime | None = None
    has_quiet_hours: bool = True
    from_a_name: bool = False
    kept_for: timedelta = INSIDE_KEPT_FOR

    @property
    def ref(self) -> AlertRef:
        """The reference that the alert has once it is accepted."""
        return self.cause.alert_ref(self.tenant)


@dataclass(frozen=True, slots=True)
class InsideMessageSent:
    """What acceptance decided about one message of an alert of the inside.

    Attributes:
        accepted: number of receivers who get it.
        refused: the address as written and a stable reason, for each receiver who does not. Personal data.
    """

    tag: str
    accepted: int
    refused: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class InsideSent:
    """What was decided about an alert of the inside.

    Attributes:
        ref: of the alert; without messages no alert has it.
        messages: in the order of `InsideAlert.messages`.
    """

    ref: AlertRef
    messages: tuple[InsideMessageSent, ...] = ()
