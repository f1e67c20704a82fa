"""What every EventSenders promises: a sender sends for one tenant, until that tenant's row is removed."""

from __future__ import annotations

import pytest

from tests.contract.alert_path import ACME, OTHER, AlertPath
from tests.fakes.telephony import FakeEventSenders
from tocsin.adapters.dynamodb.telephony.event_senders import DynamoDbEventSenders
from tocsin.telephony.domain.event_sender import EventSender, EventSenderKind
from tocsin.telephony.ports.event_senders import EventSenders

ROLE = EventSender(EventSenderKind.ROLE, "111122223333/Pbx")
BUS = EventSender(EventSenderKind.BUS, "111122223333/tocsin.tenant.acme#1")


@pytest.fixture
def senders(world: AlertPath) -> EventSenders:
    return FakeEventSenders() if world.engine == "fake" else DynamoDbEventSenders(world.table)


def test_s1_a_sender_sends_for_the_tenant_that_it_was_allowed_for_first(senders: EventSenders) -> None:
    assert senders.tenant_of(ROLE) is None
    assert [senders.allow(ROLE, ACME), senders.allow(ROLE, ACME), senders.allow(ROLE, OTHER)] == [ACME] * 3
    assert senders.allow(BUS, ACME) == ACME
    assert senders.tenant_of(ROLE) == ACME
    assert senders.of_tenant(ACME) == [BUS, ROLE]
    assert senders.of_tenant(OTHER) == []


def test_s1_only_its_own_tenant_removes_a_sender(senders: EventSenders) -> None:
    senders.allow(ROLE, ACME)
    assert not senders.remove(ROLE, OTHER)
    assert senders.remove(ROLE, ACME)
    assert not senders.remove(ROLE, ACME)
    assert senders.tenant_of(ROLE) is None
    assert senders.allow(ROLE, OTHER) == OTHER
