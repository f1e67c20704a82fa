"""Entries of the event bus: whose they are, what becomes of them, and which come again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.functional.ingest_events.conftest import ACME, RIVAL, IngestWorld, bus_entry, event
from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.domain.event_sender import EventSender, EventSenderKind

OURS = "111122223333"
INSTANCE = "arn:aws:connect:eu-west-2:111122223333:instance/0e1f4a3c-1111-2222-3333-444455556666"


def allow(world: IngestWorld, tenant: TenantId = ACME, account: str = OURS, source: str = "") -> None:
    world.senders.allow(EventSender(EventSenderKind.BUS, f"{account}/{source or f'tocsin.tenant.{tenant}'}"), tenant)


def a_call(id: str, instance: str = INSTANCE, **detail: Any) -> dict[str, Any]:
    """Return the end of a call that waited in a queue and reached no agent."""
    return {
        "version": "0",
        "id": f"entry-{id}",
        "detail-type": "Amazon Connect Contact Event",
        "source": "aws.connect",
        "account": OURS,
        "time": "2026-11-23T11:59:58Z",
        "region": "eu-west-2",
        "resources": [],
        "detail": {
            "eventType": "DISCONNECTED",
            "contactId": id,
            "channel": "VOICE",
            "instanceArn": instance,
            "initiationMethod": "INBOUND",
            "initiationTimestamp": "2026-11-23T11:59:00Z",
            "disconnectTimestamp": "2026-11-23T11:59:58Z",
            "queueInfo": {"queueArn": f"{instance}/queue/q1", "queueType": "STANDARD"},
        }
        | detail,
    }


def test_the_detail_is_the_data_and_type_id_and_time_are_those_of_the_entry(world: IngestWorld) -> None:
    allow(world)
    assert world.entries(bus_entry("e1")) == []
    (stored,) = world.rows.kept.values()
    assert (stored.event.id, stored.event.source) == ("e1", "tocsin.tenant.acme")
    assert stored.event.data["status"] == "missed"


def test_the_detail_may_be_a_cloud_event_with_an_id_of_its_own(world: IngestWorld) -> None:
    allow(world)
    assert world.entries(bus_entry("e1", detail=event("own")), bus_entry("e2", detail=event("own"))) == []
    assert world.stored() == ["own"]


def test_s1_account_and_source_say_whose_an_entry_is(world: IngestWorld) -> None:
    allow(world)
    allow(world, RIVAL, "444455556666")
    sent = [
        bus_entry("a"),
        bus_entry("b", "444455556666", "tocsin.tenant.rival"),
        bus_entry("c", "444455556666"),  # another account with the first tenant's source
        bus_entry("d", OURS, "tocsin.tenant.rival"),
        bus_entry("e", OURS, "tocsin.tenant.acme.more"),
    ]
    # what no tenant has is kept among the dead letters until the operator allows it
    assert world.entries(*sent) == ["2", "3", "4"]
    assert (world.stored(ACME), world.stored(RIVAL)) == (["a"], ["b"])
    allow(world, ACME, OURS, "tocsin.tenant.acme.more")
    assert world.entries(sent[4]) == []
    assert world.stored(ACME) == ["a", "e"]


@pytest.mark.parametrize("poison", ["", "{", "[]", "{}", json.dumps({"source": 1}), '{"a": 1e999}', "\ud800"])
def test_poison_fails_alone(world: IngestWorld, poison: str) -> None:
    allow(world)
    assert world.entries(poison, bus_entry("a"), poison) == ["0", "2"]
    assert world.stored() == ["a"]


def test_an_entry_with_faults_is_dropped_and_holds_no_other_up(world: IngestWorld) -> None:
    allow(world)
    assert world.entries(bus_entry("a", detail={"callId": "c"}), bus_entry("b")) == []
    assert world.stored() == ["b"]


def test_an_entry_that_is_delivered_twice_is_one_event(world: IngestWorld) -> None:
    allow(world)
    world.a_rule()
    entry = bus_entry("a", time=world.clock().isoformat())
    assert world.entries(entry, entry) == []
    assert world.entries(entry) == []
    assert len(world.rows.kept) == 1
    # it is ordered again, as long as it is owed: the first order may be lost
    assert [len(order.names) for order in world.owed.queued] == [1, 1]


def test_while_the_store_is_out_entries_of_that_tenant_come_again(world: IngestWorld) -> None:
    allow(world)
    allow(world, RIVAL)
    world.rows.outage.failing = 1
    assert world.entries(bus_entry("a"), bus_entry("b", source="tocsin.tenant.rival")) == ["0"]
    assert (world.stored(ACME), world.stored(RIVAL)) == ([], ["b"])
    world.senders.outage.failing = 1
    assert world.entries(bus_entry("a")) == ["0"]
    assert world.entries(bus_entry("a")) == []


def test_calls_of_a_contact_centre_are_those_of_the_tenant_that_has_its_instance(world: IngestWorld) -> None:
    sender = EventSender.connect(INSTANCE)
    assert sender is not None
    world.senders.allow(sender, RIVAL)
    other = INSTANCE.replace("0e1f", "ffff")
    # contacts of an instance that no tenant has, and what is no end of a call, are dropped
    assert world.entries(a_call("c1"), a_call("c2", other), a_call("c3", eventType="QUEUED")) == []
    assert world.stored(ACME) == []
    found = {each.event.type: each.event.data for each in world.rows.kept.values()}
    assert set(found) == {"call.ended", "queue.call_lost"}
    assert found["call.ended"]["status"] == "abandoned"
    assert {each.event.source for each in world.rows.kept.values()} == {INSTANCE}
    assert world.entries(a_call("c1")) == []
    assert len(world.rows.kept) == 2
