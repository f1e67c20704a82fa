"""Sends are refused while sending is off, and from a restored table until it is settled."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.fakes.restore import FakeRestoreLedger
from tocsin.kernel.domain.errors import Restoring
from tocsin.restore.application.may_send import MaySend

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


def test_a_table_that_was_not_restored_costs_no_question() -> None:
    ledger = FakeRestoreLedger()
    MaySend(ledger, sending=True, restored=False)()
    assert ledger.reads == 0


@pytest.mark.parametrize("restored", [False, True])
def test_nothing_is_sent_while_sending_is_off(*, restored: bool) -> None:
    ledger = FakeRestoreLedger()
    ledger.record(NOON, NOON)
    with pytest.raises(Restoring):
        MaySend(ledger, sending=False, restored=restored)()


def test_a_restored_table_sends_from_its_settlement_on_and_is_asked_once() -> None:
    ledger = FakeRestoreLedger()
    may_send = MaySend(ledger, sending=True, restored=True)
    for _ in range(2):
        with pytest.raises(Restoring):
            may_send()

    ledger.record(NOON, NOON)
    for _ in range(3):
        may_send()

    assert ledger.reads == 3
