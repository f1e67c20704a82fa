"""What every last look sees: whatever was committed before it, of its own alert and tenant."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.contract.alert_path import ACME, NOON, OTHER, AlertPath, an_acceptance
from tests.fakes.alerts import FakeAlertRepository
from tests.fakes.erasures import FakeErasureLedger
from tests.fakes.last_looks import FakeLastLooks
from tests.fakes.suppressions import FakeSuppressions
from tocsin.adapters.dynamodb.delivery.last_looks import DynamoDbLastLooks
from tocsin.adapters.dynamodb.privacy.erasure_ledger import DynamoDbErasureLedger
from tocsin.adapters.dynamodb.suppressions import DynamoDbSuppressions
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.ports.last_looks import LastLooks, Look
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.privacy.ports import ErasureLedger
from tocsin.suppressions.domain.suppression import Suppression, SuppressionReason
from tocsin.suppressions.ports import Suppressions

PRINTS = [bytes([n]) * 32 for n in range(25)]


@pytest.fixture
def stores(world: AlertPath) -> tuple[LastLooks, Suppressions, ErasureLedger]:
    if isinstance(world.alerts, FakeAlertRepository):
        suppressions, erasures = FakeSuppressions(), FakeErasureLedger()
        return FakeLastLooks(world.alerts, suppressions, erasures), suppressions, erasures
    return DynamoDbLastLooks(world.table), DynamoDbSuppressions(world.table), DynamoDbErasureLedger(world.table)


def _suppressed(fingerprint: bytes, tenant: TenantId = ACME) -> Suppression:
    made = Suppression(tenant, Channel.SMS, fingerprint).with_reason(SuppressionReason.STOP, NOON)
    assert made is not None
    return made


@pytest.mark.parametrize("size", [1, 60])
def test_a_look_sees_a_cancellation_and_suppressions_at_once(
    world: AlertPath, stores: tuple[LastLooks, Suppressions, ErasureLedger], size: int
) -> None:
    # given an alert of either layout
    looks, suppressions, _ = stores
    acceptance = an_acceptance(size)
    world.alerts.accept(acceptance)
    alert = acceptance.alert
    assert looks.look(ACME, alert.ref, Channel.SMS, PRINTS) == Look(False, {})

    # when it is cancelled, and three people say STOP
    world.alerts.cancel(ACME, alert.ref, NOON)
    rows = {fingerprint: _suppressed(fingerprint) for fingerprint in PRINTS[:3]}
    assert all(suppressions.save(row) for row in rows.values())

    # then the next look sees both, or what it asks for
    assert looks.look(ACME, alert.ref, Channel.SMS, PRINTS) == Look(True, rows)
    assert looks.look(ACME, None, Channel.SMS, PRINTS[1:]) == Look(False, {p: rows[p] for p in PRINTS[1:3]})
    assert looks.look(ACME, alert.ref, Channel.SMS, []) == Look(True, {})


def test_a_look_sees_nothing_of_others(world: AlertPath, stores: tuple[LastLooks, Suppressions, ErasureLedger]) -> None:
    looks, suppressions, _ = stores
    mine, other = an_acceptance(60), an_acceptance(60)
    for acceptance in (mine, other):
        world.alerts.accept(acceptance)
    world.alerts.cancel(ACME, other.alert.ref, NOON)
    suppressions.save(_suppressed(PRINTS[0]))
    suppressions.save(_suppressed(PRINTS[1], OTHER))

    assert looks.look(ACME, mine.alert.ref, Channel.EMAIL, PRINTS) == Look(False, {})
    assert looks.look(ACME, mine.alert.ref, Channel.SMS, PRINTS[1:]) == Look(False, {})
    assert looks.look(ACME, AlertRef("nowhere"), Channel.SMS, []) == Look(False, {})


def test_s8_a_look_sees_when_somebody_of_the_tenant_was_erased_last(
    world: AlertPath, stores: tuple[LastLooks, Suppressions, ErasureLedger]
) -> None:
    looks, _, ledger = stores

    def seen(tenant: TenantId) -> datetime | None:
        return looks.look(tenant, None, Channel.SMS, PRINTS).last_erasure

    # given nobody, or an erasure that found no address
    assert seen(ACME) is None
    ledger.enter(ACME, [], NOON)
    assert seen(ACME) is None

    # when people are erased, the second entry being the older one
    ledger.enter(ACME, PRINTS[:2], NOON)
    ledger.enter(ACME, PRINTS[2:3], NOON - timedelta(hours=1))

    # then the look tells the newest time, and entries of other tenants stay theirs
    assert seen(ACME) == NOON
    assert seen(OTHER) is None
    assert set(ledger.since(ACME, NOON - timedelta(days=1))) == set(PRINTS[:3])
