"""ResultBus: what is put is on the bus, and what is not taken has a code."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws

from tests.contract.cloud import REGION
from tests.fakes.callbacks import FakeResultBus
from tocsin.adapters.eventbridge.result_bus import EventBridgeResultBus
from tocsin.webhooks.domain.bus_entry import BusEntry
from tocsin.webhooks.ports.bus import ResultBus

ENTRY = BusEntry(
    "evt_0",
    "tocsin.result.reply",
    datetime(2026, 11, 21, 9, 0, 7, tzinfo=UTC),
    "tocsin:acme:alert/0192",
    '{"reply":"größe"}',
)


@dataclass
class Made:
    """A bus, what stands on it (kind, detail), and a way to make it refuse."""

    bus: ResultBus
    entries: Callable[[], list[tuple[str, str]]]
    refuse: Callable[[str], None]


class Recorded:
    """A client of EventBridge: notes the entries that were taken, and refuses the second one if a test says so.

    moto cannot lead them to a queue without another package; tests/stack does.
    """

    def __init__(self, events: Any) -> None:
        self._events = events
        self.code = ""
        self.taken: list[dict[str, Any]] = []

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:
        """Put, or refuse the second entry."""
        results = self._events.put_events(Entries=Entries[:1] if self.code else Entries)["Entries"]
        assert all(result["EventId"] for result in results)
        self.taken += Entries[: len(results)]
        refused = [{"ErrorCode": self.code, "ErrorMessage": "no"}] if self.code else []
        return {"FailedEntryCount": len(refused), "Entries": [*results, *refused]}


@pytest.fixture(params=["fake", "moto"])
def made(request: pytest.FixtureRequest) -> Iterator[Made]:
    if request.param == "fake":
        fake = FakeResultBus()

        def refuse(code: str) -> None:
            fake.refuses = lambda entry: code if entry.event_id == "evt_1" else None

        yield Made(fake, lambda: [(entry.kind, entry.detail) for entry in fake.taken], refuse)
        return
    with mock_aws():
        events = boto3.Session("testing", "testing", region_name=REGION).client("events")
        events.create_event_bus(Name="tocsin-results")
        client = Recorded(events)
        yield Made(
            EventBridgeResultBus(client, name="tocsin-results", source="tocsin.prod"),
            lambda: [(entry["DetailType"], entry["Detail"]) for entry in client.taken],
            lambda code: setattr(client, "code", code),
        )


def test_an_entry_names_bus_source_time_and_resource() -> None:
    with mock_aws():
        client = Recorded(boto3.Session("testing", "testing", region_name=REGION).client("events"))
        EventBridgeResultBus(client, name="default", source="tocsin.prod").put([ENTRY])
    (entry,) = client.taken
    assert (entry["EventBusName"], entry["Source"]) == ("default", "tocsin.prod")
    assert entry["Resources"] == ["tocsin:acme:alert/0192"]
    assert datetime.fromtimestamp(entry["Time"], UTC) == ENTRY.at


def test_what_is_put_is_on_the_bus(made: Made) -> None:
    assert made.bus.put([ENTRY]) == {}
    assert made.entries() == [("tocsin.result.reply", '{"reply":"größe"}')]


def test_an_entry_may_be_put_again(made: Made) -> None:
    for _ in range(2):
        assert made.bus.put([ENTRY]) == {}
    assert len(made.entries()) == 2


def test_what_is_refused_has_its_code_and_its_neighbour_is_on_the_bus(made: Made) -> None:
    made.refuse("ThrottlingException")
    assert made.bus.put([ENTRY, replace(ENTRY, event_id="evt_1")]) == {"evt_1": "ThrottlingException"}
    assert len(made.entries()) == 1


@dataclass
class Failing:
    """EventBridge of which every call fails."""

    error: Exception

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:
        """Fail."""
        raise self.error


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (
            ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "PutEvents"),
            "AccessDeniedException",
        ),
        (EndpointConnectionError(endpoint_url="https://events.invalid"), "EndpointConnectionError"),
    ],
)
def test_a_call_that_fails_leaves_every_entry_to_be_put_again(error: Exception, code: str) -> None:
    bus = EventBridgeResultBus(Failing(error), name="b", source="s")
    later = replace(ENTRY, event_id="evt_1", at=ENTRY.at + timedelta(seconds=1))
    assert bus.put([ENTRY, later]) == {"evt_0": code, "evt_1": code}
