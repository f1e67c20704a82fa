"""Decided 4.6: a mail of the inside is tried again after 1, 5, 15, 30 minutes, then hourly, until 24 hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import an_acceptance, email
from tests.fakes.time import NOON
from tocsin.contacts.domain.recipient import Recipient
from tocsin.delivery.domain.message import MAX_ATTEMPTS, Message, MessageState, claim_message, rejected_temporarily
from tocsin.delivery.domain.outcome import recorded
from tocsin.delivery.domain.sending_terms import sending_terms
from tocsin.delivery.domain.submission import OutcomeUnknown
from tocsin.delivery.domain.tenant_mail_retry import TENANT_MAIL_ATTEMPTS, tenant_mail_delay
from tocsin.identity.domain.account_key import INSIDE

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(("attempt", "minutes"), [(1, 1), (2, 5), (3, 15), (4, 30), (5, 60), (6, 60), (39, 60)])
def test_decided_4_6_the_waits(attempt: int, minutes: int) -> None:
    assert tenant_mail_delay(attempt, 0.5) == minutes * MINUTE
    assert tenant_mail_delay(attempt, 0.0) == minutes * MINUTE * 0.8
    assert tenant_mail_delay(attempt, 0.999) < minutes * MINUTE * 1.2


def test_a_server_may_ask_for_more_and_for_at_most_an_hour() -> None:
    assert tenant_mail_delay(1, 0.5, 10 * MINUTE) == 10 * MINUTE
    assert tenant_mail_delay(1, 0.5, 5 * HOUR) == HOUR


@pytest.mark.parametrize("fraction", [0.0, 0.5, 0.999])
def test_decided_4_6_it_is_tried_for_a_day_and_then_expires(fraction: float) -> None:
    alert = replace(an_acceptance(email("ana@x.test")).alert, key_id=INSIDE, send_before=NOON + DAY)
    now, message = NOON, None
    while True:
        terms = sending_terms(alert, Recipient("ana@x.test"), now, MINUTE, message)
        after = claim_message(message, 0, now, terms)
        assert isinstance(after, Message)
        if after.state is MessageState.EXPIRED:
            break
        assert after.state is MessageState.SENDING
        message = rejected_temporarily(after, "auth_failed", now, tenant_mail_delay(after.attempt, fraction))
        assert message.due_at is not None
        now = message.due_at
    assert now >= NOON + DAY
    assert MAX_ATTEMPTS < after.attempt < TENANT_MAIL_ATTEMPTS


def test_other_messages_have_the_tries_they_had() -> None:
    alert = an_acceptance(email("ana@x.test")).alert
    assert sending_terms(alert, Recipient("ana@x.test"), NOON, MINUTE).most_attempts == MAX_ATTEMPTS


def claimed() -> Message:
    alert = an_acceptance(email("ana@x.test")).alert
    message = claim_message(None, 0, NOON, sending_terms(alert, Recipient("ana@x.test"), NOON, MINUTE))
    assert isinstance(message, Message)
    return message


def test_without_a_report_to_come_it_is_sent_again_at_once_or_never() -> None:
    once_more = recorded(claimed(), 1, OutcomeUnknown("w", reported_within=timedelta(0)), NOON, timedelta(0))
    assert once_more is not None
    assert (once_more.state, once_more.due_at) == (MessageState.UNKNOWN, NOON)
    never = recorded(claimed(), 1, OutcomeUnknown("w", resend=False), NOON, timedelta(0))
    assert never is not None
    assert (never.state, never.reason, never.terminal) == (MessageState.UNCONFIRMED, "w", True)
