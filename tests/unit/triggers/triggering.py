"""Alerts that wait for a keyword, people who write one, and everything that happens then, over fakes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from tests.builders import KEY, TENANT, an_acceptance, number
from tests.fakes.account_notices import FakeAccountNotices
from tests.fakes.conversations import FakeConversations, FakeTwoWayNumbers
from tests.fakes.event_publisher import FakeEventPublisher
from tests.fakes.messages import FakeMessageRows
from tests.fakes.responses import FakeResponses
from tests.fakes.results import FakeResultEvents
from tests.fakes.sealer import FakeSealer
from tests.fakes.short_links import FakeShortLinks, FakeVisitorPresses
from tests.fakes.subject_references import FakeSubjectReferences
from tests.fakes.suppressions import FakeSuppressions
from tests.fakes.timers import FakeTimerQueue, FakeTimers, FakeWakeUpScheduler
from tests.fakes.triggers import FakeTriggers
from tests.unit.alerts.desk import Desk, a_key
from tests.unit.inbound.answering import BELIEVED
from tocsin.adapters.inbound_mail.organization import organization_of
from tocsin.alerts.application.check_later import CheckLater
from tocsin.alerts.domain.alert import Alert, ChunkKey
from tocsin.alerts.domain.features import TriggerKind, TriggerOptions, TriggerWord
from tocsin.content.domain.content import LookupTerms, SmsContent
from tocsin.entrypoint.alert_body.alert import read_stored
from tocsin.idempotency.domain.claim import IdempotencyClaim
from tocsin.identity.domain.api_key import ApiKey
from tocsin.inbound.application.listen_to_mail import ListenToMail
from tocsin.inbound.application.our_mails import OurMails
from tocsin.inbound.application.receive_mail import MailResult, ReceiveMail
from tocsin.inbound.application.receive_text import ReceiveText, TextResult
from tocsin.inbound.domain.mail import InboundMail
from tocsin.inbound.domain.mail_receipt import MailReceipt
from tocsin.inbound.domain.text import IncomingText
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, StoreId, time_ordered_uuid
from tocsin.responses.application.record_reply import RecordReply
from tocsin.responses.application.reply_addresses import ReplyAddresses
from tocsin.responses.domain.two_way import TwoWayNumber
from tocsin.results.domain.result_event import ResultEvent
from tocsin.short_links.application.follow import Followed, FollowLink
from tocsin.short_links.application.linked_message import FindMessage, Visit
from tocsin.short_links.application.presses import RecentPresses
from tocsin.short_links.domain.short_link import ShortLink
from tocsin.stored_content.domain.stored_content import ContentType, StoreRef
from tocsin.suppressions.application.suppress import Suppress
from tocsin.timers.application.run import RunTimer
from tocsin.timers.application.sweep import SweepTimers
from tocsin.timers.domain.timer import TimerKind
from tocsin.triggers.application.activate import ActivateTrigger
from tocsin.triggers.application.end import EndTrigger
from tocsin.triggers.application.fire import FireTrigger
from tocsin.triggers.application.places import TriggerMailboxes, TriggerPlaces
from tocsin.triggers.application.send import SendTriggered
from tocsin.triggers.domain.answer import TriggerResult
from tocsin.triggers.domain.trigger import Trigger, TriggerRun

OURS, THEIRS = number(50), number(60)
ANA, BOB = number(1), number(2)
DOMAIN = "alerts.example"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
PHONE = {"user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"}


def by_text(keyword: str = "FIRE", tag: str = "drill") -> TriggerWord:
    return TriggerWord(TriggerKind.SMS, keyword, tag)


def by_mail(keyword: str = "FIRE", tag: str = "drill") -> TriggerWord:
    return TriggerWord(TriggerKind.EMAIL, keyword, tag)


def by_link(keyword: str = "go-7", tag: str = "drill") -> TriggerWord:
    return TriggerWord(TriggerKind.SHORTLINK, keyword, tag)


def asked(
    *words: TriggerWord, every: timedelta = MINUTE, at_most: int = 0, store: StoreRef | None = None
) -> TriggerOptions:
    return TriggerOptions(words or (by_text(),), every, at_most, store)


def body(*to: str, text: str = "Leave the building", **fields: Any) -> str:
    """Return the text of a store with one sms element."""
    element = {"alertType": "sms", "tag": "s", "sender": "Tocsin", "content": text, "recipients": list(to or (BOB,))}
    return json.dumps({"clientRef": "drill-1", "alert": [element], **fields})


class Triggering:
    """One platform with KEY, to which people write at OURS, and another key at THEIRS."""

    def __init__(self) -> None:
        self.desk = Desk()
        self.clock, self.key = self.desk.clock, self.desk.key
        self.other = a_key("k2")
        self.desk.keys.add(self.other, {})
        self.alerts, self.stores = self.desk.alerts, self.desk.stores
        self.timers, self.timer_queue = FakeTimers(), FakeTimerQueue()
        self.triggers = FakeTriggers(self.alerts, self.stores, self.timers)
        self.numbers = FakeTwoWayNumbers(TwoWayNumber(OURS, TENANT, KEY), TwoWayNumber(THEIRS, TENANT, ApiKeyId("k2")))
        self.messages = FakeAccountNotices()
        self.results = FakeResultEvents()
        self.event_publisher = FakeEventPublisher(self.results)
        self.responses, self.links = FakeResponses(), FakeShortLinks()
        sealer = FakeSealer()
        self.mailboxes = TriggerMailboxes(DOMAIN, sealer)
        places = TriggerPlaces(self.numbers, self.mailboxes)
        send, clock = self.desk.send_alert, self.clock
        self.activate_trigger = ActivateTrigger(
            CheckLater(send.prepare),
            send,
            self.alerts,
            self.stores,
            self.triggers,
            places,
            read_stored,
            clock,
            self.desk.rng,
        )
        self.end_trigger = EndTrigger(self.triggers, self.stores, clock)
        self.fire = FireTrigger(self.triggers, self.timer_queue, self.messages, clock)
        self.send_triggered = SendTriggered(
            self.triggers,
            self.desk.keys,
            self.stores,
            self.alerts,
            send,
            read_stored,
            self.event_publisher,
            self.messages,
        )
        record = RecordReply(self.responses, self.event_publisher)
        suppress = Suppress(FakeSuppressions(), sealer)
        self.conversations, self.rows = FakeConversations(), FakeMessageRows()
        self.receive_text = ReceiveText(
            self.numbers, FakeConversations(), self.alerts, FakeMessageRows(), record, suppress, self.fire
        )
        self.receive_mail = ReceiveMail(
            self.alerts,
            FakeSubjectReferences(self.alerts),
            ReplyAddresses(DOMAIN, sealer),
            record,
            self.conversations,
            self.rows,
            organization_of,
            ListenToMail(
                self.desk.keys,
                self.mailboxes,
                self.fire,
                OurMails(self.conversations, self.rows, DOMAIN),
                self.event_publisher,
            ),
        )
        self.follow_link = FollowLink(
            FindMessage(self.links, self.alerts),
            self.responses,
            self.event_publisher,
            sealer,
            clock,
            RecentPresses(FakeVisitorPresses()),
            self.fire,
        )
        scheduler = FakeWakeUpScheduler(self.timer_queue)
        actions = {TimerKind.TRIGGER: self.send_triggered}
        self.run_timer = RunTimer(self.timers, self.timer_queue, scheduler, actions, clock)
        self.sweep = SweepTimers(self.timers, self.timer_queue, clock, limit=100)
        self._count = 0

    # --- the client -----------------------------------------------------------------------------------------------

    def arm(
        self,
        trigger: TriggerOptions | None = None,
        text: str | None = None,
        key: ApiKey | None = None,
        claim: IdempotencyClaim | None = None,
        **changes: Any,
    ) -> TriggerResult:
        """Make a call with a trigger."""
        text = text or body()
        request = replace(read_stored(text, None, self.clock()), text=text, trigger=trigger or asked(), **changes)
        return self.activate_trigger(key or self.key, request, claim)

    def activated(self, *words: TriggerWord, **terms: Any) -> StoreId:
        """Arm a trigger and return its store."""
        store = self.arm(asked(*words, **terms)).store_id
        assert store is not None
        return store

    def store(self, text: str | None = None, name: str | None = None) -> StoreRef:
        return self.desk.store(ContentType.ALERT, text or body(), name=name)

    def trigger(self, store: StoreId) -> Trigger:
        found = self.triggers.get(TENANT, KEY, store)
        assert found is not None
        return found

    # --- people ---------------------------------------------------------------------------------------------------

    def text(self, said: str, *, to: str = OURS, by: str = ANA, id: str | None = None) -> TextResult:
        """Let somebody send a text message, and let whatever is due then happen."""
        self._count += 1
        result = self.receive_text(IncomingText(id or f"in-{self._count}", to, by, said, None, self.clock()))
        self.run_due()
        return result

    def mail(
        self,
        subject: str,
        *,
        to: str | None = None,
        id: str | None = None,
        receipt: MailReceipt | None = BELIEVED,
        **facts: Any,
    ) -> MailResult:
        """Let a mail come in to the trigger mailbox."""
        self._count += 1
        mail = InboundMail("ana@example.org", (to or self.mailboxes(TENANT, KEY),), subject)
        result = self.receive_mail(id or f"mail-{self._count}", replace(mail, **facts), self.clock(), receipt)
        self.run_due()
        return result

    def link(self, reference: str = "go-7", key: ApiKey | None = None) -> str:
        """Send an alert with a short link and return the link's code."""
        self._count += 1
        ref = AlertRef(time_ordered_uuid(self.clock(), self._count.to_bytes(10, "big")))
        terms = LookupTerms(reference, frozenset(), True, None)
        item = (SmsContent("Tocsin", "{shortlink}"), (ANA,), "l")
        accepted = an_acceptance(item, at=self.clock(), ref=ref, lifetime=30 * DAY, lookups=terms)
        self.alerts.accept(replace(accepted, alert=replace(accepted.alert, key_id=(key or self.key).id)))
        code = f"code{self._count:08}"
        self.links.add([ShortLink(code, ChunkKey(TENANT, ref, 0, 0), 0, self.clock(), None)])
        return code

    def visit(self, code: str, *, source: str = "203.0.113.7", **headers: str) -> Followed | None:
        """Let somebody follow a link."""
        self._count += 1
        followed = self.follow_link(code, Visit("GET", PHONE | headers, source, f"r{self._count}"))
        self.run_due()
        return followed

    def press(self, code: str, *, source: str = "203.0.113.7") -> Followed | None:
        """Let somebody follow a link and press the button of its page, which is what fires a trigger."""
        shown = self.visit(code, source=source)
        assert shown is not None
        assert shown.token is not None
        self.wait(timedelta(seconds=2))
        self._count += 1
        form = {"token": shown.token}
        followed = self.follow_link(code, Visit("POST", PHONE, source, f"r{self._count}", form))
        self.run_due()
        return followed

    # --- time -----------------------------------------------------------------------------------------------------

    def run_due(self) -> None:
        """Work off the orders that have arrived."""
        for order in self.timer_queue.take(self.clock()):
            self.run_timer(order)

    def wait(self, by: timedelta) -> None:
        self.clock.advance(by)

    # --- what came of it ------------------------------------------------------------------------------------------

    def sent(self) -> list[Alert]:
        """Return what triggers sent, in order."""
        return [alert for _, alert in sorted(self.alerts.alerts.items()) if alert.cause is not None]

    def firings(self) -> list[TriggerRun]:
        return sorted(self.triggers.firings.values(), key=lambda trigger_run: trigger_run.at)

    def told(self, alert: Alert) -> list[ResultEvent]:
        return list(self.results.collect(alert.tenant, alert.key_id, alert.ref, 100, self.clock()))

    def notices(self) -> list[str]:
        """Return the codes of what the key's owner was told."""
        return [message.code for message in sorted(self.messages.told.values(), key=lambda each: each.at)]

    def expiry(self, store: StoreId) -> datetime | None:
        found = self.stores.find(TENANT, KEY, store, self.clock())
        assert found is not None
        return found.expires_at
