"""What every store of refused mails promises."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.contract.alert_path import ACME, NOON, OTHER, AlertPath
from tests.fakes.sealer import FakeSealer
from tests.fakes.tenant_mail import FakeRefusedMails
from tocsin.adapters.dynamodb.tenant_mail.refused_mails import DynamoDbRefusedMails
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.delivery.domain.message_id import MessageId
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.tenant_mail.domain.refused_mail import WAITS_KEPT, WORDS_KEPT, WaitingMail
from tocsin.tenant_mail.ports import RefusedMails

MILLISECOND = timedelta(milliseconds=1)


@pytest.fixture
def refused(world: AlertPath) -> RefusedMails:
    return FakeRefusedMails() if world.engine == "fake" else DynamoDbRefusedMails(world.table, FakeSealer())


def a_mail(alert: str = "a1", position: int = 0, tenant: TenantId = ACME, attempt: int = 1) -> MessageId:
    return MessageId(ChunkKey(tenant, AlertRef(alert), 0, 1), position, attempt)


def test_the_last_words_about_each_message_are_kept(refused: RefusedMails) -> None:
    first, second, other = a_mail(), a_mail(position=249), a_mail("a2")
    refused.note(first, "451 later", NOON, waits=True)
    refused.note(a_mail(attempt=2), "550 never: unbekannt – é", NOON, waits=False)
    refused.note(second, "552 full", NOON, waits=False)
    refused.note(other, "", NOON, waits=True)
    places = [(id.key, id.position) for id in (first, second, other, a_mail("a3"))]
    assert refused.said(ACME, places, NOON) == {places[0]: "550 never: unbekannt – é", places[1]: "552 full"}
    assert refused.said(ACME, [], NOON) == {}


def test_words_are_kept_for_90_days(refused: RefusedMails) -> None:
    refused.note(a_mail(), "451 later", NOON, waits=True)
    place = (a_mail().key, 0)
    assert refused.said(ACME, [place], NOON + WORDS_KEPT - MILLISECOND) == {place: "451 later"}
    assert refused.said(ACME, [place], NOON + WORDS_KEPT) == {}


def test_an_alert_waits_until_it_is_forgotten_or_too_old(refused: RefusedMails) -> None:
    for n, alert in enumerate(("a2", "a1", "a3")):
        refused.note(a_mail(alert), "", NOON + n * MILLISECOND, waits=True)
    refused.note(a_mail("a9"), "550 never", NOON, waits=False)
    refused.note(a_mail("a0", tenant=OTHER), "", NOON, waits=True)
    first, second, third = refused.waiting(ACME, 9, NOON)
    assert [each.alert for each in (first, second, third)] == ["a1", "a2", "a3"]
    assert refused.waiting(ACME, 2, NOON) == [first, second]
    assert refused.waiting(ACME, 9, second.at + WAITS_KEPT) == [first, third]
    refused.forget(ACME, second)
    refused.forget(ACME, second)
    assert refused.waiting(ACME, 9, NOON) == [first, third]


def test_a_mail_that_was_refused_since_is_not_forgotten(refused: RefusedMails) -> None:
    refused.note(a_mail(), "", NOON, waits=True)
    (seen,) = refused.waiting(ACME, 9, NOON)
    refused.note(a_mail(position=1), "", NOON + MILLISECOND, waits=True)
    refused.forget(ACME, seen)
    assert refused.waiting(ACME, 9, NOON) == [WaitingMail(AlertRef("a1"), NOON + MILLISECOND)]
