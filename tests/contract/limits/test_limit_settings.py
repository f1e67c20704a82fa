"""LimitSettings: one tenant's settings, and what is stopped."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.contract.alert_path import ACME, NOON, OTHER, AlertPath
from tests.fakes.sending_limits import FakeLimitSettings
from tocsin.adapters.dynamodb.limits import DynamoDbLimitSettings
from tocsin.contacts.domain.channel import Channel
from tocsin.limits.domain.sending_limits import Pause, Rate, SendingLimits
from tocsin.limits.ports import LimitSettings

TIGHT = SendingLimits(
    countries=frozenset({"GB", "+33"}),
    special_numbers=True,
    number_rate=Rate(1, timedelta(minutes=1)),
    tenant_rate=Rate(1000, timedelta(hours=1)),
    daily_spend=5_000_000,
    call_rate=Rate(3, timedelta(hours=2)),
)
OFF = SendingLimits(countries=None, number_rate=None, tenant_rate=None, daily_spend=None, call_rate=None)


@pytest.fixture
def book(world: AlertPath) -> LimitSettings:
    return FakeLimitSettings() if world.engine == "fake" else DynamoDbLimitSettings(world.table)


def test_a_tenant_without_settings_has_the_defaults(book: LimitSettings) -> None:
    assert book.get(ACME) == SendingLimits()
    assert book.get(ACME).daily_spend


@pytest.mark.parametrize("sending_limits", [TIGHT, OFF], ids=["tight", "off"])
def test_settings_read_back_and_belong_to_one_tenant(book: LimitSettings, sending_limits: SendingLimits) -> None:
    book.set(ACME, sending_limits)
    assert book.get(ACME) == sending_limits
    assert book.get(OTHER) == SendingLimits()


def test_a_channel_is_stopped_once_and_new_settings_do_not_start_it(book: LimitSettings) -> None:
    first = Pause(NOON, "too_many_bounces")
    assert book.pause(ACME, Channel.EMAIL, first)
    assert not book.pause(ACME, Channel.EMAIL, Pause(NOON + timedelta(hours=1), "operator"))
    assert book.pause(ACME, Channel.SMS, Pause(NOON, "operator"))

    book.set(ACME, TIGHT)

    assert book.get(ACME).paused == {Channel.EMAIL: first, Channel.SMS: Pause(NOON, "operator")}
    book.resume(ACME, Channel.SMS)
    book.resume(ACME, Channel.CALL)
    assert book.get(ACME).paused == {Channel.EMAIL: first}
    assert book.get(ACME).countries == TIGHT.countries


def test_what_is_sent_is_counted_from_the_first_wish_until_no_one_wants_it(book: LimitSettings) -> None:
    assert book.get(ACME).counted_since is None
    book.count(ACME, NOON)
    book.count(ACME, NOON + timedelta(days=1))
    book.set(ACME, TIGHT)
    assert book.get(ACME) == replace(TIGHT, counted_since=NOON)
    assert book.get(OTHER).counted_since is None
    book.count(ACME, None)
    book.count(ACME, None)
    assert book.get(ACME) == TIGHT
    book.count(ACME, NOON + timedelta(days=2))
    assert book.get(ACME).counted_since == NOON + timedelta(days=2)
