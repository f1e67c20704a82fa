"""What every EventSources promises: a source is found as it was written last, and no writer overwrites another."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.contract.alert_path import ACME, OTHER, AlertPath
from tests.fakes.sealer import FakeSealer
from tests.fakes.telephony import FakeEventSources
from tocsin.adapters.dynamodb.telephony.event_sources import DynamoDbEventSources
from tocsin.kernel.domain.errors import StaleWrite
from tocsin.telephony.domain.event_source import EventSource, ExpectEvery, Refreshes
from tocsin.telephony.ports.event_sources import EventSources

MAPPING = {"emit": [{"type": "call.ended", "id": [{"at": "uid"}], "data": {"callId": {"at": "uid"}}}]}
SOURCE = EventSource(
    ACME, "acme-abcd1234", "Head office, Zürich", "generic", "CH", "Europe/Zurich", ("2XXX", "3XX"),
    timedelta(seconds=12.5), Refreshes.KEEP, MAPPING, ("ab" * 32, "cd" * 32), "didww", ("k2", "k1"), enabled=False,
    expect_every=timedelta(hours=2),
)  # fmt: skip
PLAIN = EventSource(ACME, "acme-00000000", "PBX", "freeswitch")
UNWATCHED = EventSource(ACME, "acme-00000001", "PBX", "freeswitch", expect_every=ExpectEvery.OFF)


@pytest.fixture
def sources(world: AlertPath) -> EventSources:
    return FakeEventSources() if world.engine == "fake" else DynamoDbEventSources(world.table, FakeSealer())


def test_a_source_is_found_as_it_was_written(sources: EventSources) -> None:
    sources.add(SOURCE)
    sources.add(PLAIN)
    sources.add(UNWATCHED)
    assert sources.get(ACME, SOURCE.id) == SOURCE
    assert sources.all(ACME) == [PLAIN, UNWATCHED, SOURCE]


def test_a_source_is_written_over_the_version_before_it_only(sources: EventSources) -> None:
    sources.add(SOURCE)
    renamed = replace(SOURCE, name="Zürich", version=2)
    sources.save(renamed)
    sources.save(renamed)  # the response was lost
    with pytest.raises(StaleWrite):
        sources.save(replace(SOURCE, name="Basel", version=2))
    with pytest.raises(StaleWrite):
        sources.save(replace(PLAIN, version=2))  # it is not there
    assert sources.all(ACME) == [renamed]


def test_an_id_is_given_once(sources: EventSources) -> None:
    sources.add(SOURCE)
    sources.add(SOURCE)
    with pytest.raises(StaleWrite):
        sources.add(replace(SOURCE, name="another"))
    assert sources.all(ACME) == [SOURCE]


def test_s1_a_source_is_its_tenants_alone(sources: EventSources) -> None:
    sources.add(SOURCE)
    assert sources.get(OTHER, SOURCE.id) is None
    assert sources.all(OTHER) == []
    assert not sources.delete(OTHER, SOURCE.id)
    assert sources.get(ACME, SOURCE.id) == SOURCE


def test_a_source_that_is_deleted_is_gone(sources: EventSources) -> None:
    sources.add(SOURCE)
    assert sources.delete(ACME, SOURCE.id)
    assert not sources.delete(ACME, SOURCE.id)
    assert sources.get(ACME, SOURCE.id) is None
