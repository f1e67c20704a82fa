"""Things with good defaults: a test names only what matters to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from tests.fakes.directory import FakeDirectory
from tests.fakes.time import NOON
from tocsin.alerts.domain.alert import CHUNK_SIZE, Alert, AlertItem, Lane, lane_for
from tocsin.alerts.domain.headline import SenderKind, SentBy, title_of
from tocsin.alerts.domain.link import Link
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.alerts.ports.alerts import Acceptance
from tocsin.calendar.domain.account_clock import PLAIN, AccountClock
from tocsin.calendar.domain.quiet_hours import QuietChoice
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.recipient import Recipient
from tocsin.content.domain.content import Content, EmailContent, LookupTerms, SmsContent
from tocsin.delivery.application.guards import Claimed
from tocsin.delivery.domain.message import Message, MessageState
from tocsin.egress.domain.callback_url import Callback
from tocsin.identity.application.principals import KeyPrincipal
from tocsin.identity.domain.api_key import ApiKey
from tocsin.identity.domain.notification import NotificationMode
from tocsin.identity.domain.principal import Principal
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, TenantId, time_ordered_uuid
from tocsin.voice.domain.call_content import CallContent
from tocsin.voice.domain.script import PromptName, Script, Simple, SpokenText, Voice
from tocsin.voice.domain.speech import Said

TENANT = TenantId("acme")
KEY = ApiKeyId("k1")


def number(n: int) -> str:
    """Return one of the numbers Ofcom keeps for drama."""
    return f"+447700{900000 + n}"


def key_caller(key: ApiKey) -> Principal:
    """Return who calls with a key of a system role, or of none."""
    return KeyPrincipal(FakeDirectory())(key)


def sms(
    *to: str, text: str = "trunk 7 is down", tag: str = "t", sender: str = "Tocsin"
) -> tuple[SmsContent, tuple[str, ...], str]:
    """Describe an sms item."""
    return SmsContent(sender, text), to, tag


def email(*to: str, body: str = "trunk 7 is down", tag: str = "t") -> tuple[EmailContent, tuple[str, ...], str]:
    """Describe an email item."""
    return EmailContent("Trunk 7 [r1]", body, "text/plain; charset=us-ascii"), to, tag


def a_call(
    *to: str,
    script: Script | None = None,
    prompts: Mapping[PromptName, Said] | None = None,
    attempts: int = 2,
    tag: str = "t",
    sender: str = number(900),
) -> tuple[CallContent, tuple[str, ...], str]:
    """Describe a call item; by default it says one text and needs no key."""
    script = script or Simple()
    said = {name: SpokenText(f"{name}: trunk 7 is down", Voice("Amy", "neural")) for name in script.prompts}
    return CallContent(sender, script, {**said, **(prompts or {})}, attempts), to, tag


def claimed(to: Recipient, position: int = 0) -> Claimed:
    """Return a message that was claimed for somebody, as a guard sees it."""
    return Claimed(Message(position, MessageState.SENDING, 1, 1, ()), to)


_CHANNELS = {SmsContent: Channel.SMS, EmailContent: Channel.EMAIL, CallContent: Channel.CALL}


def an_acceptance(
    *items: tuple[Content, tuple[str, ...], str],
    at: datetime = NOON,
    tenant: TenantId = TENANT,
    lifetime: timedelta = timedelta(hours=4),
    notification: NotificationMode = NotificationMode.POLL,
    sandbox: bool = False,
    ref: AlertRef | None = None,
    lookups: LookupTerms | None = None,
    own: Mapping[str, Mapping[str, str]] | None = None,
    callback: Callback | None = None,
    account: AccountClock = PLAIN,
    urgent: bool = False,
    quiet: Mapping[str, QuietChoice] | None = None,
    lives: timedelta = timedelta(days=30),
    link: Link | None = None,
    except_responded: frozenset[ResponseKind] = frozenset(),
    key_id: ApiKeyId = KEY,
    lane: Lane | None = None,
) -> Acceptance:
    """Return an alert as `/sendalert` would commit it; without items it is one text message to one phone.

    Args:
        lookups: how every item's keywords are read.
        own: the lookup values of contacts, by address.
        quiet: what contacts say about their quiet hours, by address.
        lives: until its results are gone.
        except_responded: of every item.
        lane: None = by the number of receivers.
    """
    items = items or (sms(number(1)),)
    accepted = []
    for index, (content, to, tag) in enumerate(items):
        channel = _CHANNELS[type(content)]
        item = AlertItem(
            index, channel, tag, content, len(to), len(to), lookups=lookups, except_responded=except_responded
        )
        accepted.append(item)
    alert = Alert(
        tenant=tenant,
        ref=ref or AlertRef(time_ordered_uuid(at, b"0123456789")),
        key_id=key_id,
        sandbox=sandbox,
        client_ref="ref-1",
        accepted_at=at,
        send_before=at + lifetime,
        expires_at=at + lives,
        lane=lane or lane_for(sum(len(to) for _, to, _ in items)),
        notification=NotificationMode.CALLBACK if callback else notification,
        items=tuple(accepted),
        callback=callback,
        account=account,
        urgent=urgent,
        link=link,
        title=title_of((content for content, _, _ in items), "[r1]"),
        sent_by=SentBy(SenderKind.KEY, KEY, "Control room"),
    )
    chunks = {}
    for batch in alert.batches():
        first = batch.key.chunk * CHUNK_SIZE
        to = items[batch.key.item][1][first : first + CHUNK_SIZE]
        chunks[batch.key] = tuple(
            Recipient(address, f"c{n}", (own or {}).get(address, {}), (quiet or {}).get(address))
            for n, address in enumerate(to, start=first)
        )
    return Acceptance(alert, chunks)
