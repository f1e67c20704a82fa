"""What every SourcePulses promises: to the second when a source was heard, and one writer at a time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.contract.alert_path import ACME, NOON, OTHER, AlertPath
from tests.fakes.telephony import FakeSourcePulses
from tocsin.adapters.dynamodb.telephony.source_pulses import DynamoDbSourcePulses
from tocsin.telephony.domain.silence import KeptPulse
from tocsin.telephony.ports.source_pulses import PULSE_KEPT, SourcePulses

SOURCE = "acme-abcd1234"
MINUTE = timedelta(minutes=1)
BEGAN = NOON - timedelta(days=7)


def office_week() -> KeptPulse:
    """Return what a source that is heard each minute of a week leaves: more it cannot leave."""
    kept = KeptPulse()
    for minute in range(0, 7 * 24 * 60 + 1, 7):
        kept = kept.heard(BEGAN + minute * MINUTE + timedelta(seconds=minute % 60, microseconds=5))
    return KeptPulse(kept.pulse, version=1)


@pytest.fixture
def pulses(world: AlertPath) -> SourcePulses:
    return FakeSourcePulses() if world.engine == "fake" else DynamoDbSourcePulses(world.table)


def test_what_is_learnt_is_found_as_it_was_written_last(pulses: SourcePulses) -> None:
    assert pulses.find(ACME, SOURCE, NOON) == KeptPulse()
    one = office_week()
    assert len(one.pulse.hours) == 169
    assert pulses.save(ACME, SOURCE, one)
    assert pulses.find(ACME, SOURCE, NOON) == one
    assert one.pulse.last is not None
    told = one.with_told(one.pulse.last)
    assert pulses.save(ACME, SOURCE, told)
    assert pulses.find(ACME, SOURCE, NOON) == told
    assert pulses.save(ACME, SOURCE, told.with_told(None))
    assert pulses.find(ACME, SOURCE, NOON).told is None


def test_of_two_writers_the_second_reads_again(pulses: SourcePulses) -> None:
    first, second = KeptPulse().heard(NOON), KeptPulse().heard(NOON + MINUTE)
    assert pulses.save(ACME, SOURCE, first)
    assert pulses.save(ACME, SOURCE, first)  # the response was lost
    assert not pulses.save(ACME, SOURCE, second)
    assert pulses.find(ACME, SOURCE, NOON) == first


def test_s1_a_pulse_is_that_of_the_tenant_and_the_source(pulses: SourcePulses) -> None:
    pulses.save(ACME, SOURCE, KeptPulse().heard(NOON))
    assert pulses.find(OTHER, SOURCE, NOON) == pulses.find(ACME, "acme-abcd1235", NOON) == KeptPulse()


def test_a_source_that_is_never_heard_is_forgotten_by_the_clock(pulses: SourcePulses) -> None:
    kept = KeptPulse().heard(NOON)
    pulses.save(ACME, SOURCE, kept)
    assert pulses.find(ACME, SOURCE, NOON + PULSE_KEPT - MINUTE) == kept
    assert pulses.find(ACME, SOURCE, NOON + PULSE_KEPT) == KeptPulse()
    with pytest.raises(ValueError, match="never heard"):
        pulses.save(ACME, SOURCE, KeptPulse(version=1))
