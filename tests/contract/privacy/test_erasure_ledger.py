"""ErasureLedger: who was erased, and since when."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.contract.alert_path import ACME, NOON, OTHER, AlertPath
from tests.fakes.erasures import FakeErasureLedger
from tocsin.adapters.dynamodb.privacy.erasure_ledger import DynamoDbErasureLedger
from tocsin.privacy.ports import ErasureLedger

ANA, BOB = b"a" * 32, b"b" * 32
TICK = timedelta(milliseconds=1)


@pytest.fixture
def ledger(world: AlertPath) -> ErasureLedger:
    return FakeErasureLedger() if world.engine == "fake" else DynamoDbErasureLedger(world.table)


def test_nobody_was_erased_at_first(ledger: ErasureLedger) -> None:
    assert not ledger.since(ACME, NOON)


def test_an_erasure_counts_for_what_was_accepted_before_it_or_at_the_same_moment(ledger: ErasureLedger) -> None:
    ledger.enter(ACME, [ANA, BOB], NOON)
    ledger.enter(ACME, [BOB], NOON + TICK)
    ledger.enter(ACME, [], NOON)

    assert set(ledger.since(ACME, NOON - TICK)) == {ANA, BOB}
    assert set(ledger.since(ACME, NOON)) == {ANA, BOB}
    assert set(ledger.since(ACME, NOON + TICK)) == {BOB}
    assert not ledger.since(ACME, NOON + 2 * TICK)
    assert not ledger.since(OTHER, NOON)
