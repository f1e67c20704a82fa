"""Alerts of the inside: accepted once with their participants, whatever becomes of their receivers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import time, timedelta

import pytest

from tests.builders import TENANT, number
from tests.fakes.callbacks import FakeCallbackQueue, FakeWebhookDeliveries
from tests.fakes.schedules import FakeCommitTogether, FakeSchedules
from tests.fakes.stores import FakeStoredContentRepository
from tests.fakes.timers import FakeTimerQueue, FakeTimers
from tests.unit.alerts.desk import Desk
from tocsin.alerts.application.send_inside import ParticipantSuperseded, SendInside
from tocsin.alerts.domain.alert import Alert, Lane
from tocsin.alerts.domain.cause import Cause, CauseKind
from tocsin.alerts.domain.internal.inside_alert import (
    InsideAlert,
    InsideMessage,
    InsideMessageSent,
    InsideReceiver,
    InsideSent,
)
from tocsin.alerts.domain.participants import Participant
from tocsin.calendar.domain.account_clock import AccountClock
from tocsin.calendar.domain.quiet_hours import QuietHours, parse_quiet_hours
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.recipient import Recipient
from tocsin.content.domain.content import EmailContent, LookupTerms, SmsContent
from tocsin.delivery.domain.delivery_terms import delivery_terms
from tocsin.identity.application.account_clocks import AccountClocks
from tocsin.identity.domain.account_key import INSIDE
from tocsin.identity.domain.notification import NotificationMode
from tocsin.kernel.domain.errors import StorageUnavailable, Superseded
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.limits.domain.sending_limits import SendingLimits
from tocsin.responses.domain.two_way import TwoWayNumber
from tocsin.webhooks.application.endpoints import enqueue_owed
from tocsin.webhooks.domain.callback import RuleOrigin
from tocsin.webhooks.domain.callback_order import DeliveryOrder
from tocsin.webhooks.domain.rule_delivery import DeliveryOwed, rule_delivery

OURS = "+447700900100"
HOOK = "https://hooks.example.org/a"
PLAIN_TEXT = "text/plain; charset=utf-8"


@dataclass
class InsideDesk:
    """`SendInside` over fakes."""

    desk: Desk = field(default_factory=Desk)

    def __post_init__(self) -> None:
        self.deliveries, self.callbacks = FakeWebhookDeliveries(), FakeCallbackQueue()
        self.desk.alerts.writes(DeliveryOwed, self.deliveries)
        self.desk.numbers.add(TwoWayNumber(OURS, TENANT, ApiKeyId("k1")))
        self.exceeded: list[tuple[str, object]] = []
        together = FakeCommitTogether(self.desk.alerts, FakeSchedules(), FakeStoredContentRepository(), FakeTimers())
        self.send = SendInside(
            alerts=self.desk.alerts,
            together=together,
            stores=self.desk.stores,
            filters=self.desk.filters,
            clocks=AccountClocks(self.desk.tenants, self.desk.clock),
            queue=self.desk.queue,
            timers=FakeTimerQueue(),
            clock=self.desk.clock,
            after_commit=(lambda participants: enqueue_owed(self.callbacks, participants),),
            notify_refusals=lambda key, exceeded, alert, now: self.exceeded.append((key.id, dict(exceeded))),
        )

    def inside(
        self, *messages: InsideMessage, run: str = "run1", participants: Sequence[Participant] = ()
    ) -> InsideAlert:
        cause = Cause(CauseKind.RULE, "r1", run, self.desk.clock())
        return InsideAlert(
            tenant=TENANT, cause=cause, title="Missed calls", messages=messages, participants=tuple(participants)
        )

    def owed(self, run: str = "run1") -> DeliveryOwed:
        origin = RuleOrigin("r1", "hook")
        return DeliveryOwed(
            rule_delivery(TENANT, origin, run, endpoint_url=HOOK, url=HOOK, body="{}", now=self.desk.clock())
        )

    def stored(self, sent: InsideSent) -> Alert:
        alert = self.desk.alerts.get(TENANT, sent.ref)
        assert alert is not None
        return alert


@pytest.fixture
def inside() -> InsideDesk:
    return InsideDesk()


def a_mail(*to: str, tag: str = "mail") -> InsideMessage:
    content = EmailContent("A call was missed", "by 2010", PLAIN_TEXT, sender="Missed calls by Acme", reply_to="desk")
    return InsideMessage(tag, to, content)


def a_text(*to: str, tag: str = "text", sender: str = OURS) -> InsideMessage:
    return InsideMessage(tag, to, SmsContent(sender, "A call was missed"))


def test_al_31_mails_and_texts_are_accepted_and_queued(inside: InsideDesk) -> None:
    alert = inside.inside(a_mail("ana@example.org"), a_text(number(1), number(2)))

    sent = inside.send(alert)

    assert sent == InsideSent(alert.ref, (InsideMessageSent("mail", 1), InsideMessageSent("text", 2)))
    stored = inside.stored(sent)
    assert (stored.key_id, stored.cause, stored.title, stored.lane) == (
        INSIDE,
        alert.cause,
        "Missed calls",
        Lane.URGENT,
    )
    assert (stored.notification, stored.urgent, stored.sandbox) == (NotificationMode.NONE, False, False)
    assert [job.batch.key.item for job in inside.desk.queue.orders] == [0, 1]


def test_a_mail_of_the_inside_has_the_given_sender_and_expects_no_answer(inside: InsideDesk) -> None:
    stored = inside.stored(inside.send(inside.inside(a_mail("ana@example.org"))))

    content = stored.items[0].content
    assert content == EmailContent("A call was missed", "by 2010", PLAIN_TEXT, sender="Missed calls by Acme")
    assert stored.email_subject_ref is None
    assert not stored.answerable


def test_decided_4_6_an_alert_may_know_no_quiet_hours_and_have_times_of_its_own(inside: InsideDesk) -> None:
    quiet = QuietHours(time(22), time(6))
    inside.desk.tenants.set_clock(TENANT, AccountClock("Europe/London", quiet))
    usual = inside.inside(a_mail("ana@example.org"))
    hour = timedelta(hours=1)
    own = replace(
        inside.inside(a_mail("ana@example.org"), run="run2"),
        has_quiet_hours=False,
        sent_within=24 * hour,
        kept_for=48 * hour,
    )

    def terms(alert: InsideAlert) -> tuple[object, timedelta, timedelta]:
        stored = inside.stored(inside.send(alert))
        assert stored.expires_at is not None
        accepted_at = stored.accepted_at
        return stored.account, stored.send_before - accepted_at, stored.expires_at - accepted_at

    assert terms(usual) == (AccountClock("Europe/London", quiet), 4 * hour, 90 * 24 * hour)
    assert terms(own) == (AccountClock("Europe/London", None), 24 * hour, 48 * hour)


def test_an_alert_of_the_inside_uses_no_capacity_and_is_in_no_list(inside: InsideDesk) -> None:
    inside.desk.alerts.capacities[TENANT, INSIDE] = {}
    sent = inside.send(inside.inside(a_text(number(1))))
    assert not inside.stored(sent).listed
    page = inside.desk.alerts.newest(TENANT, sandbox=False, limit=10, after=None, now=inside.desk.clock())
    assert list(page.alerts) == []


def test_a_repeat_finds_the_alert_and_writes_nothing(inside: InsideDesk) -> None:
    alert = inside.inside(a_text(number(1)), participants=[inside.owed()])
    first = inside.send(alert)
    accepted_at = inside.stored(first).accepted_at
    inside.desk.clock.advance(timedelta(minutes=3))

    assert inside.send(alert) == first
    assert inside.stored(first).accepted_at == accepted_at
    assert len(inside.deliveries.history[inside.owed().delivery.key]) == 1


def test_al_35_no_accepted_receiver_leaves_an_alert_that_says_why(inside: InsideDesk) -> None:
    sent = inside.send(inside.inside(a_text("not a number"), a_mail("nobody"), participants=[inside.owed()]))

    assert [(message.tag, message.accepted) for message in sent.messages] == [("text", 0), ("mail", 0)]
    reasons = [reason for message in sent.messages for _, reason in message.refused]
    assert len(reasons) == 2
    assert inside.stored(sent).recipients == 0
    assert inside.desk.alerts.excluded(TENANT, sent.ref)[0][0].reason == reasons[0]
    assert inside.desk.queue.orders == []
    assert inside.owed().delivery.key in inside.deliveries.rows


@pytest.mark.parametrize("sender", ["+447700900101", "+447700900102", "Acme"])
def test_decided_3_15_texts_go_from_numbers_of_the_account_only(inside: InsideDesk, sender: str) -> None:
    # given a number of another account, one of no account, and a name
    inside.desk.numbers.add(TwoWayNumber("+447700900101", TenantId("other"), ApiKeyId("k1")))
    sent = inside.send(inside.inside(a_text(number(1), sender=sender)))
    assert sent.messages == (InsideMessageSent("text", 0, ((number(1), "sender_not_allowed"),)),)


def test_sending_limits_hold_and_are_told_to_the_account(inside: InsideDesk) -> None:
    inside.desk.sending_limits.set(TENANT, SendingLimits(countries=frozenset({"DE"})))
    sent = inside.send(inside.inside(a_text(number(1))))
    assert sent.messages == (InsideMessageSent("text", 0, ((number(1), "country_not_allowed"),)),)
    assert inside.exceeded == [(INSIDE, {(Channel.SMS, "country_not_allowed"): 1})]


def test_who_was_erased_since_the_rule_was_saved_gets_nothing(inside: InsideDesk) -> None:
    saved = inside.desk.clock()
    inside.desk.clock.advance(timedelta(minutes=1))
    inside.desk.erase(number(1))
    alert = replace(inside.inside(a_text(number(1), number(2))), stored_at=saved)
    sent = inside.send(alert)
    assert sent.messages == (InsideMessageSent("text", 1, (("", "erased"),)),)


def test_a_mail_that_cannot_be_built_is_refused(inside: InsideDesk) -> None:
    bad = InsideMessage("mail", ["ana@example.org"], EmailContent("A\r\nBcc: x@example.org", "by 2010", PLAIN_TEXT))
    sent = inside.send(inside.inside(bad))
    assert sent.messages == (InsideMessageSent("mail", 0, (("ana@example.org", "unsafe_mail_control_character"),)),)


def test_quiet_hours_are_those_of_the_account(inside: InsideDesk) -> None:
    tenant = inside.desk.tenants.get(TENANT)
    assert tenant is not None
    quiet = parse_quiet_hours("22:00-07:00")
    inside.desk.tenants.tenants[TENANT] = replace(tenant, quiet=quiet)
    assert inside.stored(inside.send(inside.inside(a_text(number(1))))).account.quiet == quiet


def test_decided_3_11_a_sandbox_event_and_an_urgent_rule_mark_their_alert(inside: InsideDesk) -> None:
    alert = replace(inside.inside(a_text(number(1))), sandbox=True, urgent=True)
    stored = inside.stored(inside.send(alert))
    assert (stored.sandbox, stored.urgent) == (True, True)


def test_over_a_hundred_receivers_go_with_the_broadcasts(inside: InsideDesk) -> None:
    texts = [a_text(*(number(each) for each in range(first, first + 50)), tag=f"n{first}") for first in (0, 50, 101)]
    assert inside.stored(inside.send(inside.inside(*texts))).lane is Lane.BULK


def test_without_messages_the_participants_alone_are_written(inside: InsideDesk) -> None:
    alert = inside.inside(participants=[inside.owed()])

    assert inside.send(alert) == InsideSent(alert.ref)
    assert inside.desk.alerts.get(TENANT, alert.ref) is None
    assert list(inside.deliveries.rows) == [inside.owed().delivery.key]
    (order,) = inside.callbacks.orders
    assert isinstance(order, DeliveryOrder)
    assert order.event_ids == (inside.owed().delivery.key.event_id,)


@pytest.mark.parametrize("messages", [(), (a_text(number(1)),)])
def test_a_participant_that_holds_no_more_keeps_everything_from_being_written(
    inside: InsideDesk, messages: tuple[InsideMessage, ...]
) -> None:
    inside.deliveries.add(inside.owed().delivery)
    with pytest.raises(ParticipantSuperseded) as raised:
        inside.send(inside.inside(*messages, participants=[inside.owed("run2"), inside.owed()]))
    assert isinstance(raised.value, Superseded)
    assert raised.value.participant == inside.owed()
    assert len(inside.deliveries.rows) == 1
    assert inside.desk.queue.orders == []
    assert inside.callbacks.orders == []


def test_al_32_a_queue_that_fails_is_no_fault_of_the_alert(inside: InsideDesk) -> None:
    inside.desk.queue.outage.failing = 1
    inside.callbacks.outage.failing = 1
    sent = inside.send(inside.inside(a_text(number(1)), participants=[inside.owed()]))
    assert inside.stored(sent).recipients == 1  # the sweeper finds both rows


def test_a_store_that_fails_is_told(inside: InsideDesk) -> None:
    inside.desk.alerts.outage.failing = 1
    with pytest.raises(StorageUnavailable):
        inside.send(inside.inside(a_text(number(1))))


def test_each_receiver_may_have_words_and_quiet_hours_of_their_own(inside: InsideDesk) -> None:
    night = QuietHours(time(22), time(6))
    ana = InsideReceiver("ana@example.org", night, {"why": "it is your line"})
    content = EmailContent("A call was missed", "by 2010, {why}", PLAIN_TEXT)
    message = InsideMessage(
        "mail", [ana, InsideReceiver("ben@example.org", None, {"why": "{datetime--HH:mm}"})], content
    )

    sent = inside.send(inside.inside(message))
    all_day = replace(inside.inside(message, run="run2"), has_quiet_hours=False)

    first, second = inside.desk.alerts.recipients(next(iter(inside.stored(sent).batches())).key)
    assert (first.quiet, first.lookups) == (night, {"why": "it is your line"})
    assert (second.quiet, second.lookups) == (None, {"why": "{datetime--HH:mm}"})
    assert inside.stored(sent).items[0].lookups == LookupTerms("tocsin", frozenset({"why"}))
    undisturbed = inside.stored(inside.send(all_day))
    assert [who.quiet for who in inside.desk.alerts.recipients(next(iter(undisturbed.batches())).key)] == [None, None]


def test_decided_5_10_texts_of_notices_may_come_from_a_name(inside: InsideDesk) -> None:
    named = replace(inside.inside(a_text(number(1), sender="Acme")), from_a_name=True)
    foreign = replace(inside.inside(a_text(number(1), sender="+447700900101"), run="run2"), from_a_name=True)
    assert inside.send(named).messages == (InsideMessageSent("text", 1),)
    assert inside.send(foreign).messages == (InsideMessageSent("text", 0, ((number(1), "sender_not_allowed"),)),)


def test_decided_5_7_an_alert_may_end_at_an_instant_that_quiet_hours_do_not_move(inside: InsideDesk) -> None:
    at = inside.desk.clock() + timedelta(minutes=15)
    stored = inside.stored(inside.send(replace(inside.inside(a_mail("ana@example.org")), not_after=at)))
    quiet = QuietHours(time(12, 10), time(12, 20))  # noon is the hour of this test
    terms = delivery_terms(
        stored, Recipient("ana@example.org", quiet=quiet), inside.desk.clock() + timedelta(minutes=12)
    )
    assert (terms.send_before, terms.why) == (at, "quiet_hours_outlast_alert")
