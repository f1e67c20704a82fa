"""BrakeBook: one tenant's settings, and what is stopped."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.contract.alert_path import ACME, NOON, OTHER, AlertPath
from tests.fakes.brakes import FakeBrakeBook
from tocsin.adapters.dynamodb.limits import DynamoDbBrakeBook
from tocsin.contacts.domain.channel import Channel
from tocsin.limits.domain.brakes import Brakes, Pause, Rate
from tocsin.limits.ports import BrakeBook

TIGHT = Brakes(
    countries=frozenset({"GB", "+33"}),
    special_numbers=True,
    number_rate=Rate(1, timedelta(minutes=1)),
    tenant_rate=Rate(1000, timedelta(hours=1)),
    daily_spend=5_000_000,
)
OFF = Brakes(countries=None, number_rate=None, tenant_rate=None, daily_spend=None)


@pytest.fixture
def book(world: AlertPath) -> BrakeBook:
    return FakeBrakeBook() if world.engine == "fake" else DynamoDbBrakeBook(world.table)


def test_a_tenant_without_settings_has_the_defaults(book: BrakeBook) -> None:
    assert book.get(ACME) == Brakes()
    assert book.get(ACME).daily_spend


@pytest.mark.parametrize("brakes", [TIGHT, OFF], ids=["tight", "off"])
def test_settings_read_back_and_belong_to_one_tenant(book: BrakeBook, brakes: Brakes) -> None:
    book.set(ACME, brakes)
    assert book.get(ACME) == brakes
    assert book.get(OTHER) == Brakes()


def test_a_channel_is_stopped_once_and_new_settings_do_not_start_it(book: BrakeBook) -> None:
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
