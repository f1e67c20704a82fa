"""What every SourceSamples promises: the last twenty payloads of a source, for three days."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from tests.contract.alert_path import ACME, NOON, OTHER, AlertPath
from tests.fakes.sealer import FakeSealer
from tests.fakes.telephony import FakeSourceSamples
from tocsin.adapters.dynamodb.telephony.source_samples import DynamoDbSourceSamples
from tocsin.kernel.domain.ids import time_ordered_uuid
from tocsin.telephony.ports.source_samples import LONGEST_SAMPLE, SAMPLE_KEPT, SampledEvent, SourceSample, SourceSamples

SOURCE = "acme-abcd1234"
SECOND = timedelta(seconds=1)


@pytest.fixture
def samples(world: AlertPath) -> SourceSamples:
    return FakeSourceSamples() if world.engine == "fake" else DynamoDbSourceSamples(world.table, FakeSealer())


def sample(n: int) -> SourceSample:
    at = NOON + n * SECOND
    events = (SampledEvent("call.ended", "ab" * 16, "accepted"), SampledEvent("call.leg", None, "refused"))
    id = time_ordered_uuid(at, n.to_bytes(10, "big"))
    return SourceSample(id, at, f'{{"n": {n}, "name": "Zoë"}}', events[: n % 3], "id_missing" if n % 2 else None)


def test_the_last_twenty_are_found_newest_first(samples: SourceSamples) -> None:
    assert samples.last(ACME, SOURCE, NOON) == []
    samples.keep(ACME, SOURCE, [])
    samples.keep(ACME, SOURCE, [sample(0)])
    assert samples.last(ACME, SOURCE, NOON) == [sample(0)]
    for first in (1, 8, 15):
        samples.keep(ACME, SOURCE, [sample(n) for n in range(first, first + 7)])
    assert samples.last(ACME, SOURCE, NOON) == [sample(n) for n in range(21, 1, -1)]
    samples.keep(ACME, SOURCE, [sample(n) for n in range(30, 50)])
    assert samples.last(ACME, SOURCE, NOON) == [sample(n) for n in range(49, 29, -1)]


def test_s1_samples_are_those_of_the_tenant_and_the_source(samples: SourceSamples) -> None:
    samples.keep(ACME, SOURCE, [sample(1)])
    samples.keep(ACME, "acme-abcd1235", [sample(2)])
    assert samples.last(OTHER, SOURCE, NOON) == []
    assert samples.last(ACME, SOURCE, NOON) == [sample(1)]


def test_a_sample_is_kept_for_three_days_by_the_clock(samples: SourceSamples) -> None:
    samples.keep(ACME, SOURCE, [sample(0)])
    assert samples.last(ACME, SOURCE, NOON + SAMPLE_KEPT - timedelta(milliseconds=1)) == [sample(0)]
    assert samples.last(ACME, SOURCE, NOON + SAMPLE_KEPT) == []


def test_the_longest_payload_fits_whatever_its_characters(samples: SourceSamples) -> None:
    letters = Random(1)
    payload = "".join(chr(letters.randrange(0x10000, 0x110000)) for _ in range(LONGEST_SAMPLE))
    longest = replace(sample(0), payload=payload)
    samples.keep(ACME, SOURCE, [longest])
    assert samples.last(ACME, SOURCE, NOON) == [longest]
