"""Owners of keys hear of a change by mail: once per change and mailbox, past every brake, in nobody's list."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.builders import KEY, TENANT, claimed, email, number, sms
from tests.fakes.api_keys import FakeApiKeyRepository
from tests.fakes.key_owners import FakeKeyOwners
from tests.fakes.sealer import FakeSealer
from tests.unit.alerts.desk import a_key
from tests.unit.delivery.stand import Stand
from tocsin.alerts.application.mail_owners import MailOwners
from tocsin.alerts.domain.alert import Alert
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.recipient import Recipient
from tocsin.content.domain.content import EmailContent
from tocsin.content.domain.mime import MailTemplate
from tocsin.identity.domain.api_key import KeyKind
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import AlertRef
from tocsin.limits.application.limit_guard import LimitGuard
from tocsin.limits.application.record_mail_outcome import NotifyOfPause, RecordMailOutcome
from tocsin.limits.domain.sending_limits import Pause, SendingLimits
from tocsin.notices.domain.owner_notification import OwnerNotification

ANA, BOB = "ana@owner.example", "bob@owner.example"
CAPPED = SendingLimits(number_rate=None, daily_spend=0)
_HOURS, _DAY = timedelta(hours=2), timedelta(days=1)


class OperatorContext(Stand):
    """A stand whose keys have owners; `again()` is another process."""

    def __init__(self, *items: object) -> None:
        super().__init__(*(items or (sms(number(1)),)))
        self.keys = FakeApiKeyRepository()
        self.owners = FakeKeyOwners(self.keys)
        self.again()

    def again(self) -> None:
        self.mail_owners = MailOwners(self.owners, self.alerts, self.queue, self.clock)
        self.limit_guard = LimitGuard(
            self.sending_limits, self.counters, self.told, FakeSealer(), self.clock, self.mail_owners
        )
        tell = NotifyOfPause(self.owners, self.told, self.mail_owners)
        self.paused: list[Pause] = []
        self.note = RecordMailOutcome(self.sending_limits, self.counters, self.clock, tell, self.paused.append)

    def add(self, key_id: str, owner: str | None, **more: object) -> None:
        key = a_key(key_id, owner_email=owner, **more)  # type: ignore[arg-type]
        self.keys.add(key, {})

    def system(self) -> list[Alert]:
        return [alert for alert in self.alerts.alerts.values() if alert.system]

    def mailed(self) -> list[list[str]]:
        """Return the receivers of every mail."""
        return [[who.address for who in self.alerts.chunks[batch.key]] for a in self.system() for batch in a.batches()]

    def hit_the_cap(self) -> None:
        self.limit_guard(self.alert, self.alert.items[0], [claimed(Recipient(number(1)))])

    def bounce(self, times: int = 20) -> None:
        for _ in range(times):
            self.note(TENANT, complaint=False)


def news(context: OperatorContext, change: str = "c1") -> OwnerNotification:
    return OwnerNotification(change, context.clock(), "Something happened", "Something happened to größe.")


def test_the_same_change_is_one_alert_the_worker_that_says_it() -> None:
    context = OperatorContext()
    context.add("k1", ANA)
    for _ in range(3):
        context.again()
        context.mail_owners.of_key(TENANT, KEY, news(context))
    assert context.mailed() == [[ANA]]
    context.mail_owners.of_key(TENANT, KEY, news(context, "c2"))
    assert context.mailed() == [[ANA], [ANA]]


def test_what_a_process_saw_through_it_does_not_ask_for_again() -> None:
    context = OperatorContext()
    context.add("k1", None)
    for _ in range(3):
        context.mail_owners.of_key(TENANT, KEY, news(context))
        context.mail_owners.of_tenant(TENANT, news(context, "other"))
    assert context.owners.asked == 2
    assert context.mailed() == []


def test_a_key_that_is_gone_has_no_owner() -> None:
    context = OperatorContext()
    context.mail_owners.of_key(TENANT, KEY, news(context))
    assert context.mailed() == []


def test_of_a_tenant_every_live_owner_is_mailed_in_one_alert_and_each_mailbox_once() -> None:
    context = OperatorContext()
    context.add("k1", ANA)
    context.add("k2", "ANA@owner.example")
    context.add("k3", BOB)
    context.add("k4", "sandbox@owner.example", kind=KeyKind.SANDBOX)
    context.add("k5", "gone@owner.example", enabled=False)
    context.add("k6", None)

    context.mail_owners.of_tenant(TENANT, news(context))

    assert context.mailed() == [["ANA@owner.example", BOB]]


def test_a_mail_that_could_not_be_accepted_is_tried_again() -> None:
    context = OperatorContext()
    context.add("k1", ANA)
    context.alerts.outage.failing = 1
    with pytest.raises(StorageUnavailable):
        context.mail_owners.of_key(TENANT, KEY, news(context))
    context.mail_owners.of_key(TENANT, KEY, news(context))
    assert context.mailed() == [[ANA]]


def test_a_queue_that_does_not_answer_is_the_sweepers_business() -> None:
    context = OperatorContext()
    context.add("k1", ANA)
    context.queue.outage.failing = 1
    context.mail_owners.of_key(TENANT, KEY, news(context))
    assert context.mailed() == [[ANA]]


def test_it_is_a_mail_that_can_be_built_stands_in_no_list_and_tells_nobody_else() -> None:
    context = OperatorContext()
    context.add("k1", ANA)
    context.mail_owners.of_key(TENANT, KEY, news(context))
    (alert,) = context.system()
    content = alert.items[0].content
    assert isinstance(content, EmailContent)
    mime = MailTemplate.compile(content, "tocsin.test").addressed(ANA, "id-1", context.clock())
    assert b"From: alerts@tocsin.test\r\n" in mime
    assert b"Subject: [Tocsin] Something happened\r\n" in mime
    assert b"Auto-Submitted: auto-generated\r\n" in mime
    listed = context.alerts.newest(TENANT, sandbox=False, limit=10, after=None, now=context.clock()).alerts
    assert [one.ref for one in listed] == [context.alert.ref]
    assert alert.notification.value == "none"


def test_no_limit_holds_what_tells_of_the_limit_and_it_counts_for_nothing() -> None:
    context = OperatorContext()
    context.add("k1", ANA)
    context.sending_limits.pause(TENANT, Channel.EMAIL, Pause(context.clock(), "too_many_bounces"))
    context.mail_owners.of_key(TENANT, KEY, news(context))
    (alert,) = context.system()

    assert context.limit_guard(alert, alert.items[0], [claimed(Recipient(ANA))]) == {}
    assert not context.counters.counters
    theirs = context.accept(email(BOB), ref=AlertRef("0192aaab-0000-7000-8000-000000000000"))
    assert list(context.limit_guard(theirs, theirs.items[0], [claimed(Recipient(BOB))])) == [0]


# --- the day's money ------------------------------------------------------------------------------------------


def test_s15_owners_are_mailed_once_a_day_when_the_money_is_spent() -> None:
    context = OperatorContext()
    context.add("k1", ANA)
    context.add("k2", BOB)
    context.sending_limits.books[TENANT] = CAPPED
    for _ in range(3):
        context.hit_the_cap()
        context.again()
        context.clock.advance(_HOURS)
    assert context.mailed() == [[ANA, BOB]]

    context.clock.advance(_DAY)
    context.hit_the_cap()

    assert context.mailed() == [[ANA, BOB]] * 2


def test_s15_the_cap_holds_although_nobody_can_be_mailed_and_the_mail_comes_later() -> None:
    context = OperatorContext()
    context.add("k1", ANA)
    context.sending_limits.books[TENANT] = CAPPED
    context.owners.outage.failing = 1
    context.hit_the_cap()
    assert context.mailed() == []
    context.hit_the_cap()
    assert context.mailed() == [[ANA]]


# --- a good name ----------------------------------------------------------------------------------------------


def test_a_pause_is_told_to_every_live_key_and_mailed_to_its_owners_once() -> None:
    context = OperatorContext()
    context.add("k1", ANA)
    context.add("k2", None)
    context.add("k3", "sandbox@owner.example", kind=KeyKind.SANDBOX)

    context.bounce(30)

    assert context.mailed() == [[ANA]]
    assert [(one.key_id, one.code) for one in context.told.told.values()] == [
        ("k1", "email_paused"),
        ("k2", "email_paused"),
    ]
    assert [pause.reason for pause in context.paused] == ["too_many_bounces"]


def test_each_pause_is_told_and_a_repeat_is_not() -> None:
    context = OperatorContext()
    context.add("k1", ANA)
    context.bounce()
    context.again()
    context.note.notify_again(TENANT)
    assert (len(context.mailed()), len(context.told.told)) == (1, 1)

    context.sending_limits.resume(TENANT, Channel.EMAIL)
    context.note.notify_again(TENANT)
    context.clock.advance(_HOURS)
    context.bounce(1)

    assert (len(context.mailed()), len(context.told.told)) == (2, 2)


@pytest.mark.parametrize("failing", ["owners", "alerts", "told"])
def test_a_worker_that_failed_after_the_pause_is_made_up_for(failing: str) -> None:
    context = OperatorContext()
    context.add("k1", ANA)
    context.bounce(19)
    getattr(context, failing).outage.failing = 1
    with pytest.raises(StorageUnavailable):
        context.bounce(1)

    context.again()
    context.note.notify_again(TENANT)

    assert (len(context.mailed()), len(context.told.told)) == (1, 1)


def test_an_operators_pause_is_nobodys_news() -> None:
    context = OperatorContext()
    context.add("k1", ANA)
    context.sending_limits.pause(TENANT, Channel.EMAIL, Pause(context.clock(), "operator"))
    context.note.notify_again(TENANT)
    assert (context.mailed(), context.told.told) == ([], {})
