"""What a mail about a sign-in promises, as the fake and as a system alert."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from tests.fakes.alerts import FakeAlertRepository
from tests.fakes.dispatch_queue import FakeDispatchQueue
from tests.fakes.system_mail import FakeSystemMail
from tests.fakes.time import NOON, VirtualClock
from tests.fakes.work import FakeDispatchProgress
from tocsin.alerts.application.mail_person import MailPerson
from tocsin.content.domain.content import EmailContent
from tocsin.kernel.domain.ids import TenantId
from tocsin.sign_in.domain.personal_mail import PersonalMail
from tocsin.sign_in.ports.system_mail import SystemMail

MAIL = PersonalMail(
    tenant=TenantId("acme"),
    change="invitation u1 2",
    dated=NOON,
    subject="Acme invites you",
    to="ana@people.example",
    text="Password: quiet-harbour-lamp",
)
World = tuple[SystemMail, Callable[[], Sequence[tuple[str, str]]]]


@pytest.fixture(params=["fake", "alerts"])
def world(request: pytest.FixtureRequest) -> World:
    """A mailer, and the subjects and texts that it accepted."""
    if request.param == "fake":
        fake = FakeSystemMail()
        return fake, lambda: [(mail.subject, mail.text) for mail in fake.sent]
    alerts, queue = FakeAlertRepository(FakeDispatchProgress()), FakeDispatchQueue()

    def accepted() -> Sequence[tuple[str, str]]:
        contents = [item.content for alert in alerts.alerts.values() for item in alert.items]
        return [(c.subject, c.body) for c in contents if isinstance(c, EmailContent)]

    return MailPerson(alerts, queue, VirtualClock()), accepted


def test_a_mail_is_accepted_once_for_each_change(world: World) -> None:
    mailer, accepted = world
    mailer.send(MAIL)
    mailer.send(MAIL)
    assert accepted() == [(MAIL.subject, MAIL.text)]
    mailer.send(replace(MAIL, change="invitation u1 3"))
    mailer.send(replace(MAIL, tenant=TenantId("rival")))
    assert len(accepted()) == 3
