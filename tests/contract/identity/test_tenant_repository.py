"""What every repository of tenants promises."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time

import pytest

from tests.contract.cloud import DYNAMODB_LOCAL, cloud, tenants_guarded
from tests.fakes.tenants import FakeTenantRepository
from tocsin.adapters.dynamodb.identity.tenants import DynamoDbTenantRepository
from tocsin.adapters.dynamodb.telephony.event_senders import DynamoDbEventSenders
from tocsin.calendar.domain.account_clock import AccountClock
from tocsin.calendar.domain.quiet_hours import QuietHours
from tocsin.identity.domain.tenant import BusTopic, Tenant
from tocsin.identity.ports.keys import TenantRepository
from tocsin.kernel.domain.errors import NotFound
from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.domain.event_sender import EventSender, EventSenderKind

ACME = Tenant(TenantId("acme"), "Acme Ltd", datetime(2026, 11, 21, tzinfo=UTC))


@pytest.fixture(params=["fake", "moto", DYNAMODB_LOCAL])
def tenants(request: pytest.FixtureRequest) -> Iterator[TenantRepository]:
    if request.param == "fake":
        yield FakeTenantRepository()
        return
    with cloud(request.param) as c, tenants_guarded(c.dynamodb):
        yield DynamoDbTenantRepository(c.table)


def test_a_tenant_comes_back_as_it_was_added(tenants: TenantRepository) -> None:
    assert tenants.get(ACME.id) is None

    assert tenants.add(ACME) == ACME

    assert tenants.get(ACME.id) == ACME
    assert tenants.get(TenantId("acme2")) is None


@pytest.fixture(params=["fake", "moto", DYNAMODB_LOCAL])
def unguarded(request: pytest.FixtureRequest) -> Iterator[TenantRepository]:
    """For what operators do: they read across tenants."""
    if request.param == "fake":
        yield FakeTenantRepository()
        return
    with cloud(request.param) as c:
        yield DynamoDbTenantRepository(c.table)


def test_every_tenant_is_listed_by_id(unguarded: TenantRepository) -> None:
    tenants = unguarded
    assert tenants.all() == []
    zeta = replace(ACME, id=TenantId("zeta"), zone="Asia/Tokyo")
    for tenant in (zeta, ACME):
        tenants.add(tenant)

    assert tenants.all() == [ACME, zeta]


@pytest.mark.parametrize("store", ["moto", DYNAMODB_LOCAL])
def test_a_sender_of_telephony_events_is_no_tenant(store: str) -> None:
    with cloud(store) as c:
        tenants = DynamoDbTenantRepository(c.table)
        tenants.add(ACME)
        DynamoDbEventSenders(c.table).allow(EventSender(EventSenderKind.ROLE, "111122223333/CallLog"), ACME.id)

        assert tenants.all() == [ACME]


@pytest.mark.parametrize(
    "clock",
    [
        AccountClock("Europe/London"),
        AccountClock("UTC", QuietHours(time(22), time(7))),
        AccountClock("Asia/Tokyo", QuietHours(time(0, 30), time(6, 45), frozenset({1, 5}))),
        AccountClock(),
    ],
)
def test_a_tenants_clock_can_be_given_and_changed(tenants: TenantRepository, clock: AccountClock) -> None:
    tenants.add(replace(ACME, zone="Africa/Cairo"))

    tenants.set_clock(ACME.id, clock)

    assert tenants.get(ACME.id) == replace(ACME, zone=clock.zone, quiet=clock.quiet)


def test_a_tenant_that_is_not_there_has_no_clock_to_set(tenants: TenantRepository) -> None:
    with pytest.raises(NotFound):
        tenants.set_clock(TenantId("nobody"), AccountClock("Europe/London"))

    assert tenants.get(TenantId("nobody")) is None


def test_a_tenant_that_exists_stays_as_it_is(tenants: TenantRepository) -> None:
    tenants.add(ACME)

    assert tenants.add(Tenant(ACME.id, "Somebody else", datetime(2027, 1, 1, tzinfo=UTC))) == ACME

    assert tenants.get(ACME.id) == ACME


def test_a_tenant_takes_passwords_of_programs_or_not(tenants: TenantRepository) -> None:
    with pytest.raises(NotFound):
        tenants.allow_password_grant(ACME.id, allowed=True)
    tenants.add(ACME)
    for allowed in (True, False):
        tenants.allow_password_grant(ACME.id, allowed=allowed)
        assert tenants.get(ACME.id) == replace(ACME, password_grant=allowed)


def test_a_tenant_has_the_country_of_its_national_numbers_or_none(tenants: TenantRepository) -> None:
    with pytest.raises(NotFound):
        tenants.set_country(ACME.id, "GB")
    tenants.add(ACME)
    for country in ("GB", None):
        tenants.set_country(ACME.id, country)
        assert tenants.get(ACME.id) == replace(ACME, country=country)


def test_a_tenant_says_what_its_notices_come_from_and_where_its_telephone_system_is(tenants: TenantRepository) -> None:
    with pytest.raises(NotFound):
        tenants.set_notice_sender(ACME.id, "Acme")
    with pytest.raises(NotFound):
        tenants.set_pbx(ACME.id, {})
    tenants.add(ACME)
    for sender, pbx in (("+447700900100", {"web_domain": "pbx.acme.example", "udp_port": "5060"}), (None, {})):
        tenants.set_notice_sender(ACME.id, sender)
        tenants.set_pbx(ACME.id, pbx)
        assert tenants.get(ACME.id) == replace(ACME, notice_sender=sender, pbx=pbx)


def test_a_tenant_may_use_the_mail_server_of_the_system_or_not(tenants: TenantRepository) -> None:
    with pytest.raises(NotFound):
        tenants.allow_system_mail(ACME.id, allowed=False)
    tenants.add(ACME)
    for allowed in (False, True):
        tenants.allow_system_mail(ACME.id, allowed=allowed)
        assert tenants.get(ACME.id) == replace(ACME, system_mail=allowed)


def test_a_tenant_requires_the_app_or_not(tenants: TenantRepository) -> None:
    with pytest.raises(NotFound):
        tenants.require_mfa(ACME.id, required=True)
    tenants.add(ACME)
    for required in (True, False):
        tenants.require_mfa(ACME.id, required=required)
        assert tenants.get(ACME.id) == replace(ACME, mfa_required=required)


def test_a_tenant_keeps_its_events_for_so_many_days(tenants: TenantRepository) -> None:
    with pytest.raises(NotFound):
        tenants.keep_events(ACME.id, 30)
    tenants.add(ACME)
    tenants.keep_events(ACME.id, 366)
    assert tenants.get(ACME.id) == replace(ACME, events_kept_days=366)


def test_a_tenant_says_what_it_has_on_the_event_bus(tenants: TenantRepository) -> None:
    with pytest.raises(NotFound):
        tenants.set_bus(ACME.id, {BusTopic.RULES})
    tenants.add(ACME)
    for topics in (frozenset(BusTopic), frozenset({BusTopic.EVENTS}), frozenset()):
        tenants.set_bus(ACME.id, topics)
        assert tenants.get(ACME.id) == replace(ACME, bus=topics)


def test_a_tenant_gets_another_name(tenants: TenantRepository) -> None:
    with pytest.raises(NotFound):
        tenants.rename(ACME.id, "Northwater")
    tenants.add(ACME)
    tenants.rename(ACME.id, "Northwater")
    assert tenants.get(ACME.id) == replace(ACME, name="Northwater")
