"""What every CallsBeingAssembled promises: one writer at a time adds to a call, and a day later it is forgotten."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.contract.alert_path import ACME, NOON, OTHER, AlertPath
from tests.fakes.sealer import FakeSealer
from tests.fakes.telephony import FakeCallsBeingAssembled
from tocsin.adapters.dynamodb.telephony.calls_being_assembled import DynamoDbCallsBeingAssembled
from tocsin.telephony.domain.call_assembly import MAX_LEGS, CallAssembly
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.ports.calls_being_assembled import ASSEMBLY_KEPT, CallsBeingAssembled

NEW = CallAssembly("pbx", "c1")


def leg(n: int, status: str = "missed") -> TelephonyEvent:
    data = {"callId": "c1", "legId": f"l{n}", "status": status, "from": {"number": "+447700900123"}, "line": f"20{n}"}
    return TelephonyEvent("pbx", f"e{n}", "call.leg", NOON + timedelta(microseconds=n), NOON, data)


@pytest.fixture
def calls(world: AlertPath) -> CallsBeingAssembled:
    return (
        FakeCallsBeingAssembled() if world.engine == "fake" else DynamoDbCallsBeingAssembled(world.table, FakeSealer())
    )


def test_an_assembly_is_found_as_it_was_written_last(calls: CallsBeingAssembled) -> None:
    assert calls.find(ACME, "pbx", "c1", NOON) == (NEW, 0)
    ringing, _ = NEW.add([leg(1), leg(2)], NOON)
    assert calls.save(ACME, ringing, 0, NOON)
    assert calls.find(ACME, "pbx", "c1", NOON) == (ringing, 1)
    settled, event = ringing.settle(NOON + timedelta(minutes=1))
    assert event is not None
    assert calls.save(ACME, settled, 1, NOON)
    assert calls.find(ACME, "pbx", "c1", NOON) == (settled, 2)
    assert settled.settled


def test_the_second_of_two_writers_reads_again(calls: CallsBeingAssembled) -> None:
    first, second = NEW.add([leg(1)], NOON)[0], NEW.add([leg(2)], NOON)[0]
    assert calls.save(ACME, first, 0, NOON)
    assert calls.save(ACME, first, 0, NOON)  # the response was lost
    assert not calls.save(ACME, second, 0, NOON)
    assert not calls.save(ACME, second, 2, NOON)
    assert calls.find(ACME, "pbx", "c1", NOON) == (first, 1)


def test_s1_a_call_is_that_of_its_tenant_and_source(calls: CallsBeingAssembled) -> None:
    calls.save(ACME, NEW.add([leg(1)], NOON)[0], 0, NOON)
    assert calls.find(OTHER, "pbx", "c1", NOON)[1] == 0
    assert calls.find(ACME, "pbx2", "c1", NOON)[1] == 0


def test_a_call_is_forgotten_a_day_after_its_last_leg(calls: CallsBeingAssembled) -> None:
    one = NEW.add([leg(1)], NOON)[0]
    calls.save(ACME, one, 0, NOON)
    assert calls.find(ACME, "pbx", "c1", NOON + ASSEMBLY_KEPT - timedelta(milliseconds=1)) == (one, 1)
    later = NOON + ASSEMBLY_KEPT
    empty, version = calls.find(ACME, "pbx", "c1", later)
    assert empty == NEW
    assert calls.save(ACME, one, version, later)  # another call with the id of the old one
    assert calls.find(ACME, "pbx", "c1", later)[0] == one


def test_a_call_of_many_long_legs_fits_into_a_row(calls: CallsBeingAssembled) -> None:
    """A telephone system may put its whole record into each leg, at any depth."""
    noise = random.Random(1).randbytes(22_000).hex()
    call = NEW
    for n in range(MAX_LEGS + 2):
        told = leg(n)
        party = {"number": "+447700900123", "name": "Ana", "record": noise[n:]}
        told = replace(
            told, data={**told.data, "from": party, "groups": [{"id": "q", "record": noise}], "record": noise}
        )
        call, _ = call.add([told], NOON)
        assert calls.save(ACME, call, n, NOON)
    settled, event = calls.find(ACME, "pbx", "c1", NOON)[0].settle(NOON + timedelta(minutes=1))
    assert settled.settled
    assert event is not None
    assert (event.data["from"], event.data["groups"]) == ({"number": "+447700900123", "name": "Ana"}, [{"id": "q"}])
