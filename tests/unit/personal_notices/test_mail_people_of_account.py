"""Mails about the account go to people as they are now, by mail whatever they have chosen, once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builders import TENANT
from tests.fakes.time import NOON
from tests.unit.personal_notices.desk import NoticeDesk, a_notice, a_person, wants
from tocsin.alerts.domain.cause import Cause, CauseKind
from tocsin.content.domain.compose import check_mail
from tocsin.content.domain.content import EmailContent
from tocsin.content.domain.mail_alternative import text_and_html
from tocsin.identity.domain.user import UserState
from tocsin.kernel.domain.errors import Superseded
from tocsin.kernel.domain.ids import UserId
from tocsin.personal_notices.application.mail_people_of_account import MailPeopleOfAccount
from tocsin.personal_notices.domain.account_mail import AccountMail
from tocsin.personal_notices.domain.notice_run import NoticeRun, NoticeRunWritten

WRITTEN = NoticeRunWritten(NoticeRun(a_notice(), (), NOON))
"""Stands for what is written beside a mail."""


@pytest.fixture
def desk() -> NoticeDesk:
    desk = NoticeDesk()
    desk.directory.add(
        a_person(),
        a_person("ben", state=UserState.INVITED),
        a_person("cleo", state=UserState.DISABLED),
        a_person("dan", not_me_at=NOON),
    )
    return desk


def a_mail(*to: str) -> AccountMail:
    cause = Cause(CauseKind.REPORT, "daily_activity", "2026-11-22", NOON)
    everybody = to or ("ana", "ben", "cleo", "dan", "gone", "ana")
    ids = [UserId(id) for id in everybody]
    return AccountMail(tenant=TENANT, cause=cause, subject="Yesterday", text="12 calls", to=ids, participants=[WRITTEN])


def test_up_10_people_get_a_mail_whatever_channels_they_have(desk: NoticeDesk) -> None:
    desk.preferences.add(wants(email_on=False))
    mailed = MailPeopleOfAccount(desk.directory, desk.send)(a_mail())
    (alert,) = desk.alerts
    assert list(mailed) == ["ana", "ben"]
    (batch,) = alert.batches()
    assert [who.address for who in desk.desk.alerts.recipients(batch.key)] == ["ana@example.org", "ben@example.org"]
    assert (alert.title, alert.account.quiet, alert.cause) == ("Yesterday", None, a_mail().cause)
    assert len(desk.runs.kept) == 1


def test_a_repeat_sends_nothing(desk: NoticeDesk) -> None:
    mail = MailPeopleOfAccount(desk.directory, desk.send)
    mail(a_mail())
    assert list(mail(a_mail("ana", "ben"))) == ["ana", "ben"]
    assert len(desk.alerts) == 1


def test_nothing_is_sent_if_what_is_beside_cannot_be_written(desk: NoticeDesk) -> None:
    desk.runs.write(WRITTEN)
    with pytest.raises(Superseded):
        MailPeopleOfAccount(desk.directory, desk.send)(a_mail())
    assert desk.alerts == []


def test_if_nobody_is_left_what_is_beside_is_written_alone(desk: NoticeDesk) -> None:
    written: list[object] = []
    mail = MailPeopleOfAccount(desk.directory, lambda alert: written.append(alert))
    assert list(mail(a_mail("cleo"))) == []
    assert list(mail(replace(a_mail("cleo"), participants=()))) == []
    (alert,) = written
    assert (getattr(alert, "messages", None), getattr(alert, "participants", None)) == ([], [WRITTEN])


def test_a_mail_may_be_text_and_html() -> None:
    plain = text_and_html("Yesterday", "12 calls", None)
    assert plain == EmailContent("Yesterday", "12 calls", "text/plain; charset=utf-8")
    both = text_and_html("Yesterday", "12 calls, {öäü}", "<p>12 calls, {öäü}</p>")
    check_mail(both)
    assert both.content_type.startswith('multipart/alternative; boundary="=_a')
    assert both.body.index("12 calls, {öäü}") < both.body.index("<p>12 calls, {öäü}</p>")
