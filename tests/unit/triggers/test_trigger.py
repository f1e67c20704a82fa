"""Whether a word sets a trigger off, and the mailbox words are written to."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import KEY, TENANT
from tests.fakes.time import NOON
from tocsin.alerts.domain.features import TriggerKind, TriggerWord
from tocsin.contacts.domain.channel import Channel
from tocsin.kernel.domain.ids import ApiKeyId, StoreId, TenantId
from tocsin.triggers.domain.mailbox import mailbox_address, mailbox_in
from tocsin.triggers.domain.trigger import (
    LATEST,
    MAIL_WINDOW,
    MAX_ANSWERS_TO_OURS,
    OFTEN,
    NotFiredReason,
    Trigger,
    TriggerRun,
    TriggerRunId,
    duplicate_words,
    trigger_run_id,
)

MINUTE, YEAR = timedelta(minutes=1), timedelta(days=365)
WORD = TriggerWord(TriggerKind.SMS, "FIRE", "t")
ACTIVE = Trigger(TENANT, KEY, StoreId("s"), "a1", (WORD,), MINUTE, 2, NOON, NOON + YEAR)
FIRED = replace(ACTIVE, fired=1, last_at=NOON)


@pytest.mark.parametrize(
    ("trigger", "after", "reason"),
    [
        (ACTIVE, timedelta(0), None),
        (FIRED, timedelta(0), NotFiredReason.TOO_SOON),
        (FIRED, MINUTE - timedelta(milliseconds=1), NotFiredReason.TOO_SOON),
        (FIRED, MINUTE, None),
        (FIRED, -MINUTE, NotFiredReason.TOO_SOON),
        (replace(FIRED, fired=2), MINUTE, NotFiredReason.USED_UP),
        (replace(FIRED, fired=2), timedelta(0), NotFiredReason.USED_UP),
        (replace(FIRED, fired=99, at_most=0), MINUTE, None),
        (ACTIVE, YEAR, NotFiredReason.OVER),
        (ACTIVE, YEAR - MINUTE, None),
    ],
)
def test_a_word_sets_off_what_is_due(trigger: Trigger, after: timedelta, reason: NotFiredReason | None) -> None:
    assert trigger.why_not(NOON + after, NOON + after) == reason


def test_a_word_that_was_long_under_way_sets_nothing_off() -> None:
    assert ACTIVE.why_not(NOON, NOON + LATEST) is None
    assert ACTIVE.why_not(NOON, NOON + LATEST + MINUTE) is NotFiredReason.TOO_LATE


def test_words_are_the_same_in_any_case_and_different_of_another_kind() -> None:
    words = [WORD, replace(WORD, kind=TriggerKind.EMAIL), replace(WORD, keyword="fire"), replace(WORD, keyword="x")]
    assert duplicate_words(words) == [2]
    assert ACTIVE.word(TriggerKind.SMS, "fire") == WORD
    assert ACTIVE.word(TriggerKind.EMAIL, "fire") is None


def test_a_run_is_known_by_its_message() -> None:
    assert trigger_run_id(TENANT, TriggerKind.SMS, "in-1") == trigger_run_id(TENANT, TriggerKind.SMS, "in-1")
    others = {
        trigger_run_id(TENANT, TriggerKind.SMS, "in-2"),
        trigger_run_id(TENANT, TriggerKind.EMAIL, "in-1"),
        trigger_run_id(TenantId("other"), TriggerKind.SMS, "in-1"),
        trigger_run_id(TENANT, TriggerKind.SMS, "in\ud800"),
    }
    assert len(others) == 4
    assert trigger_run_id(TENANT, TriggerKind.SMS, "in-1") not in others


def keyed(tenant: TenantId, named: bytes) -> bytes:
    return hashlib.sha256(b"secret" + tenant.encode() + named).digest()


def test_s14_a_mailbox_names_its_key_and_cannot_be_made_up() -> None:
    address = mailbox_address(TENANT, KEY, "alerts.example", keyed)
    mailbox = mailbox_in(address.upper(), "Alerts.Example")
    assert mailbox is not None
    assert (mailbox.tenant, mailbox.key_id) == (TENANT, KEY)
    assert mailbox.genuine(keyed)

    for forged in (address.replace("acme", "evil"), address.replace(".k1.", ".k2."), address.replace(".k1.", ".k1.a")):
        found = mailbox_in(forged, "alerts.example")
        assert found is None or not found.genuine(keyed)
    assert mailbox_in(address, "other.example") is None
    assert mailbox_in("t+acme.k1@alerts.example", "alerts.example") is None
    assert mailbox_in(address.replace("t+", "r+"), "alerts.example") is None


def test_a_mailbox_is_an_address_every_mail_program_takes() -> None:
    address = mailbox_address(TenantId("a" * 20), ApiKeyId("k" * 12), "alerts.example", keyed)
    assert len(address.partition("@")[0]) <= 64


@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), max_size=60))
def test_decided_8_7_no_hour_has_more_than_five_runs_by_answers_to_ours(mails: list[tuple[int, bool]]) -> None:
    trigger, now = replace(ACTIVE, every=timedelta(0), at_most=0), NOON
    ran: list[tuple[datetime, bool]] = []
    word = replace(WORD, kind=TriggerKind.EMAIL)
    for minutes, answers_ours in mails:
        now += timedelta(minutes=minutes)
        reason = trigger.why_not(now, now, answers_ours=answers_ours)
        window = [at for at, ours in ran if ours and at > now - MAIL_WINDOW]
        assert reason is (NotFiredReason.LOOP if answers_ours and len(window) >= MAX_ANSWERS_TO_OURS else None)
        if reason is None:
            run = TriggerRun(TriggerRunId("r"), TENANT, KEY, StoreId("s"), word, "", None, Channel.EMAIL, now)
            trigger = trigger.after(replace(run, answers_ours=answers_ours))
            ran.append((now, answers_ours))
            assert trigger.often_by_mail(now) is (len([at for at, _ in ran if at > now - MAIL_WINDOW]) >= OFTEN)
    assert trigger.fired == len(ran)
