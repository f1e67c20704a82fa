"""A `/sendalert` request that has passed the door: every field has its type, cross-field rules hold.

What is left to find out needs the store: which receivers the names stand for, whether stored content exists, how much
capacity is left.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tocsin.domain.alert import Channel, NotificationMode
from tocsin.domain.contact import ContactGroup
from tocsin.domain.escalation import EscalationAsked
from tocsin.domain.lifetime import Lifetime
from tocsin.domain.link_set import LinkAsked
from tocsin.domain.response_kind import ResponseKind
from tocsin.domain.schedule import ScheduleAsked
from tocsin.domain.stored_content import StoreRef
from tocsin.domain.time_window import TimeWindow
from tocsin.domain.trigger import TriggerAsked


@dataclass(frozen=True, slots=True)
class Receivers:
    """The nine receiver forms of one element, lists and CSV forms already merged and trimmed; at least one is set.

    Attributes:
        recipients: raw addresses of `recipients` and `recipientList`.
        contacts: contact ids of `contacts` and `contactList`.
        sets: set names of `contactSets` and `contactSetList`.
        stored_recipients, stored_contacts, stored_sets: stores of type recipientList, contactList, contactSetList.
    """

    recipients: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    stored_recipients: StoreRef | None = None
    stored_contacts: StoreRef | None = None
    stored_sets: StoreRef | None = None


@dataclass(frozen=True, slots=True)
class SmsOptions:
    """Fields only an sms element has."""

    sender: str


@dataclass(frozen=True, slots=True)
class EmailOptions:
    """Fields only an email element has.

    Attributes:
        to, sender, reply_to: display parts without "@".
        content_type: used when `boundary` is None; None = `text/plain; charset=us-ascii`.
        boundary: set for a multipart body.
    """

    to: str | None = None
    sender: str | None = None
    reply_to: str | None = None
    subject: str | None = None
    content_type: str | None = None
    boundary: str | None = None


@dataclass(frozen=True, slots=True)
class VoiceOptions:
    """Fields only call and inboundCall elements have. Checked at the door, not served before the voice channel."""

    number: str


@dataclass(frozen=True, slots=True)
class LookupsAsked:
    """That keywords are to be replaced, and which.

    Attributes:
        unique: keywords that differ between recipients may be used; true with a shortlink.
        shortlink: a short link is described.
        reference: what `{reference}` says; None = the call's clientRef.
        url: where short links lead; None = a page that says thank you.
    """

    unique: bool = False
    shortlink: bool = False
    reference: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Element:
    """One entry of the `alert` array.

    Attributes:
        lookups: None = braces are sent as they stand.
        content: decoded inline content; None when `stored` is set.
        stored: store of the channel's own content type; None when `content` is set.
        time_windows: it goes out only while one of them is open; none is no restriction.
        except_seen: contacts who answered the linked set in one of these ways are left out.
    """

    channel: Channel
    tag: str
    receivers: Receivers
    options: SmsOptions | EmailOptions | VoiceOptions
    content: str | None = None
    stored: StoreRef | None = None
    lookups: LookupsAsked | None = None
    except_seen: frozenset[ResponseKind] = frozenset()
    time_windows: tuple[TimeWindow, ...] = ()


@dataclass(frozen=True, slots=True)
class DeferralAsked:
    """Store the alert instead of sending it; under a name, if there is one."""

    store_name: str | None = None


@dataclass(frozen=True, slots=True)
class SendRequest:
    """One call.

    Attributes:
        group: inline group, or the store it lies in, or None.
        notification: None = the key's default.
        lifetime: None = the system's default.
        link: the linked set it belongs to.
        schedule, deferral, trigger: it is kept and sent later; at most one of them is set.
        escalation: what follows if too few answer.
        urgent: it does not wait for the end of anybody's quiet hours.
        text: the alert itself (without version, key, schedule, deferral and trigger) as JSON text, in the form in
            which it is stored; "" where it came out of a store already.
        unavailable: documented features it asks for that this version does not serve (`linkedAlerts`, …).
    """

    client_ref: str
    elements: tuple[Element, ...]
    group: ContactGroup | StoreRef | None = None
    notification: NotificationMode | None = None
    callback_url: str | None = None
    callback_encoding: str | None = None
    lifetime: Lifetime | None = None
    link: LinkAsked | None = None
    schedule: ScheduleAsked | None = None
    deferral: DeferralAsked | None = None
    trigger: TriggerAsked | None = None
    escalation: EscalationAsked | None = None
    urgent: bool = False
    text: str = ""
    unavailable: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class ItemResult:
    """What became of one element at acceptance.

    Attributes:
        requested: receivers asked for, after expansion; the same address twice counts once.
        sent: receivers accepted for sending.
        remaining: capacity left on the channel; None = unlimited.
        failure_reason: None if nothing was refused.
        segments: sms only: parts the longest text among its receivers takes.
        replaced: sms only: characters that transliteration turned into "?", in the text as it was given.
    """

    channel: Channel
    tag: str
    success: bool
    requested: int
    sent: int
    remaining: int | None
    failure_reason: str | None = None
    segments: int | None = None
    replaced: int = 0


@dataclass(frozen=True, slots=True)
class SendResult:
    """The answer to one call.

    Attributes:
        success: False only when nothing at all was accepted.
        alert_ref: None when nothing was accepted.
        email_subject_ref: set when at least one email element was accepted.
    """

    success: bool
    client_ref: str
    alert_ref: str | None
    items: tuple[ItemResult, ...]
    email_subject_ref: str | None = None
    failure_reason: str | None = None
