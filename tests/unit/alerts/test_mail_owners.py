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
from tocsin.limits.application.record_mail_outcome import NotifyOfPause, RecordMailOutcome
from tocsin.limits.application.sending_limit import Throttle
from tocsin.limits.domain.sending_limits import Pause, SendingLimits
from tocsin.notices.domain.owner_notification import OwnerNotification

ANA, BOB = "ana@owner.example", "bob@owner.example"
CAPPED = SendingLimits(number_rate=None, daily_spend=0)
_HOURS, _DAY = timedelta(hours=2), timedelta(days=1)


class Office(Stand):
    """A stand whose keys have owners; `again()` is another process."""

    def __init__(self, *items: object) -> None:
        super().__init__(*(items or (sms(number(1)),)))
        self.keys = FakeApiKeyRepository()
        self.owners = FakeKeyOwners(self.keys)
        self.again()

    def again(self) -> None:
        self.mail_owners = MailOwners(self.owners, self.alerts, self.queue, self.clock)
        self.throttle = Throttle(
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
        self.throttle(self.alert, self.alert.items[0], [claimed(Recipient(number(1)))])

    def bounce(self, times: int = 20) -> None:
        for _ in range(times):
            self.note(TENANT, complaint=False)


def news(office: Office, change: str = "c1") -> OwnerNotification:
    return OwnerNotification(change, office.clock(), "Something happened", "Something happened to größe.")


def test_the_same_change_is_one_alert_whoever_says_it() -> None:
    office = Office()
    office.add("k1", ANA)
    for _ in range(3):
        office.again()
        office.mail_owners.of_key(TENANT, KEY, news(office))
    assert office.mailed() == [[ANA]]
    office.mail_owners.of_key(TENANT, KEY, news(office, "c2"))
    assert office.mailed() == [[ANA], [ANA]]


def test_what_a_process_saw_through_it_does_not_ask_for_again() -> None:
    office = Office()
    office.add("k1", None)
    for _ in range(3):
        office.mail_owners.of_key(TENANT, KEY, news(office))
        office.mail_owners.of_tenant(TENANT, news(office, "other"))
    assert office.owners.asked == 2
    assert office.mailed() == []


def test_a_key_that_is_gone_has_no_owner() -> None:
    office = Office()
    office.mail_owners.of_key(TENANT, KEY, news(office))
    assert office.mailed() == []


def test_of_a_tenant_every_live_owner_is_mailed_in_one_alert_and_each_mailbox_once() -> None:
    office = Office()
    office.add("k1", ANA)
    office.add("k2", "ANA@owner.example")
    office.add("k3", BOB)
    office.add("k4", "sandbox@owner.example", kind=KeyKind.SANDBOX)
    office.add("k5", "gone@owner.example", enabled=False)
    office.add("k6", None)

    office.mail_owners.of_tenant(TENANT, news(office))

    assert office.mailed() == [["ANA@owner.example", BOB]]


def test_a_mail_that_could_not_be_accepted_is_tried_again() -> None:
    office = Office()
    office.add("k1", ANA)
    office.alerts.outage.failing = 1
    with pytest.raises(StorageUnavailable):
        office.mail_owners.of_key(TENANT, KEY, news(office))
    office.mail_owners.of_key(TENANT, KEY, news(office))
    assert office.mailed() == [[ANA]]


def test_a_queue_that_does_not_answer_is_the_sweepers_business() -> None:
    office = Office()
    office.add("k1", ANA)
    office.queue.outage.failing = 1
    office.mail_owners.of_key(TENANT, KEY, news(office))
    assert office.mailed() == [[ANA]]


def test_it_is_a_mail_that_can_be_built_stands_in_no_list_and_tells_nobody_else() -> None:
    office = Office()
    office.add("k1", ANA)
    office.mail_owners.of_key(TENANT, KEY, news(office))
    (alert,) = office.system()
    content = alert.items[0].content
    assert isinstance(content, EmailContent)
    mime = MailTemplate.compile(content, "tocsin.test").addressed(ANA, "id-1", office.clock())
    assert b"From: alerts@tocsin.test\r\n" in mime
    assert b"Subject: [Tocsin] Something happened\r\n" in mime
    assert b"Auto-Submitted: auto-generated\r\n" in mime
    listed = office.alerts.newest(TENANT, sandbox=False, limit=10, after=None, now=office.clock()).alerts
    assert [one.ref for one in listed] == [office.alert.ref]
    assert alert.notification.value == "none"


def test_no_brake_holds_what_tells_of_the_brake_and_it_counts_for_nothing() -> None:
    office = Office()
    office.add("k1", ANA)
    office.sending_limits.pause(TENANT, Channel.EMAIL, Pause(office.clock(), "too_many_bounces"))
    office.mail_owners.of_key(TENANT, KEY, news(office))
    (alert,) = office.system()

    assert office.throttle(alert, alert.items[0], [claimed(Recipient(ANA))]) == {}
    assert not office.counters.counters
    theirs = office.accept(email(BOB), ref=AlertRef("0192aaab-0000-7000-8000-000000000000"))
    assert list(office.throttle(theirs, theirs.items[0], [claimed(Recipient(BOB))])) == [0]


# --- the day's money ------------------------------------------------------------------------------------------


def test_s15_owners_are_mailed_once_a_day_when_the_money_is_spent() -> None:
    office = Office()
    office.add("k1", ANA)
    office.add("k2", BOB)
    office.sending_limits.books[TENANT] = CAPPED
    for _ in range(3):
        office.hit_the_cap()
        office.again()
        office.clock.advance(_HOURS)
    assert office.mailed() == [[ANA, BOB]]

    office.clock.advance(_DAY)
    office.hit_the_cap()

    assert office.mailed() == [[ANA, BOB]] * 2


def test_s15_the_cap_holds_although_nobody_can_be_mailed_and_the_mail_comes_later() -> None:
    office = Office()
    office.add("k1", ANA)
    office.sending_limits.books[TENANT] = CAPPED
    office.owners.outage.failing = 1
    office.hit_the_cap()
    assert office.mailed() == []
    office.hit_the_cap()
    assert office.mailed() == [[ANA]]


# --- a good name ----------------------------------------------------------------------------------------------


def test_a_pause_is_told_to_every_live_key_and_mailed_to_its_owners_once() -> None:
    office = Office()
    office.add("k1", ANA)
    office.add("k2", None)
    office.add("k3", "sandbox@owner.example", kind=KeyKind.SANDBOX)

    office.bounce(30)

    assert office.mailed() == [[ANA]]
    assert [(one.key_id, one.code) for one in office.told.told.values()] == [
        ("k1", "email_paused"),
        ("k2", "email_paused"),
    ]
    assert [pause.reason for pause in office.paused] == ["too_many_bounces"]


def test_each_pause_is_told_and_a_repeat_is_not() -> None:
    office = Office()
    office.add("k1", ANA)
    office.bounce()
    office.again()
    office.note.again(TENANT)
    assert (len(office.mailed()), len(office.told.told)) == (1, 1)

    office.sending_limits.resume(TENANT, Channel.EMAIL)
    office.note.again(TENANT)
    office.clock.advance(_HOURS)
    office.bounce(1)

    assert (len(office.mailed()), len(office.told.told)) == (2, 2)


@pytest.mark.parametrize("failing", ["owners", "alerts", "told"])
def test_a_worker_that_failed_after_the_pause_is_made_up_for(failing: str) -> None:
    office = Office()
    office.add("k1", ANA)
    office.bounce(19)
    getattr(office, failing).outage.failing = 1
    with pytest.raises(StorageUnavailable):
        office.bounce(1)

    office.again()
    office.note.again(TENANT)

    assert (len(office.mailed()), len(office.told.told)) == (1, 1)


def test_an_operators_pause_is_nobodys_news() -> None:
    office = Office()
    office.add("k1", ANA)
    office.sending_limits.pause(TENANT, Channel.EMAIL, Pause(office.clock(), "operator"))
    office.note.again(TENANT)
    assert (office.mailed(), office.told.told) == ([], {})
