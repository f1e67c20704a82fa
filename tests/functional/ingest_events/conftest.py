"""The function of telephony events on fakes, composed as in production, behind the gateway."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from ingest_events.handler import EventsFunction, bus_worker
from ingest_events.routes import event_routes
from tests.fakes.alert_rules import FakeAlertRules
from tests.fakes.directory import FakeDirectory
from tests.fakes.preferences import FakePreferencesStore
from tests.fakes.randomness import SeededRandomness
from tests.fakes.sealer import FakeSealer
from tests.fakes.sending_limits import FakeCounters
from tests.fakes.telephony import (
    FakeEventRows,
    FakeEventSenders,
    FakeEventSources,
    FakeOwedEvents,
    FakeSourcePulses,
    FakeSourceSamples,
)
from tests.fakes.tenants import FakeTenantRepository
from tests.fakes.time import NOON, VirtualClock
from tests.fakes.timers import FakeTimerQueue, FakeTimers
from tests.functional.gateway import Answer, Gateway
from tests.unit.alert_rules.rules_world import RulesWorld
from tocsin.audit.domain.actor import Actor, ActorKind
from tocsin.bootstrap.storage import Storage, StoreClients
from tocsin.bootstrap.telephony.ingesting import IngestUseCases
from tocsin.entrypoint.http.app import create_app
from tocsin.entrypoint.http.authorized import context_of
from tocsin.identity.domain.api_key import ApiKey, KeyKind, Right
from tocsin.identity.domain.permissions import SystemRole
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.role import Role, system_role
from tocsin.identity.domain.tenant import Tenant
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.ids import ApiKeyId, RoleId, TenantId, UserId

ACME, RIVAL = TenantId("acme"), TenantId("rival")
ALL = frozenset({Right.SEND_EVENTS})


def event(id: str, type: str = "call.ended", at: datetime = NOON, **data: Any) -> dict[str, Any]:
    """Return a CloudEvent of a missed call, or of the type that is given."""
    call = {
        "callId": f"c-{id}",
        "direction": "incoming",
        "status": "missed",
        "from": {"number": "+447700900123"},
        "to": {"number": "2001"},
        "line": "2001",
        "durationSeconds": 18,
    }
    return {
        "specversion": "1.0",
        "id": id,
        "source": "pbx",
        "type": type,
        "time": at.isoformat(),
        "data": (call if type == "call.ended" else {}) | data,
    }


class IngestWorld:
    """Two tenants; calls are made with the key of the first unless `as_…` says otherwise."""

    def __init__(self) -> None:
        self.rules_world = RulesWorld()
        self.clock: VirtualClock = self.rules_world.clock
        self.tenants, self.counters, self.sealer = FakeTenantRepository(), FakeCounters(), FakeSealer()
        for tenant in (ACME, RIVAL):
            self.tenants.add(Tenant(tenant, tenant.title(), self.clock()))
        self.rules: FakeAlertRules = self.rules_world.rules
        self.directory: FakeDirectory = self.rules_world.directory
        self.rows, self.owed, self.senders = FakeEventRows(), FakeOwedEvents(), FakeEventSenders()
        self.sources, self.samples, self.pulses = FakeEventSources(), FakeSourceSamples(), FakeSourcePulses()
        storage: Any = Storage(
            StoreClients(None), table_name="", key_id="", clock=self.clock, randomness=SeededRandomness()
        )
        storage.tenants, storage.counters, storage.sealer = self.tenants, self.counters, self.sealer
        storage.alert_rules, storage.directory = self.rules, self.directory
        storage.event_rows, storage.event_senders = self.rows, self.senders
        storage.source_pulses, storage.timers = self.pulses, FakeTimers()
        storage.preferences = FakePreferencesStore()
        storage.event_sources, storage.source_samples = self.sources, self.samples
        queues: Any = SimpleNamespace(owed_events=self.owed, timers=FakeTimerQueue())
        use = IngestUseCases(storage, queues)
        http = create_app("ingest_events")
        http.register_blueprint(event_routes(use.take_events, use.take_payload, self.senders.tenant_of))
        self.gateway = Gateway(http)
        self.function = EventsFunction(http, bus_worker("ingest_events", use.take_bus_events))
        self.as_key()

    # --- who calls ------------------------------------------------------------------------------------------------

    def as_key(self, tenant: TenantId = ACME, kind: KeyKind = KeyKind.LIVE, rights: frozenset[Right] = ALL) -> None:
        key = ApiKey(tenant, ApiKeyId("k1"), kind, "PBX", "", rights=rights)
        self._as(Principal(tenant, Actor(ActorKind.KEY, "k1", "PBX"), None, key=key))

    def as_person(self, role: Role, **more: Any) -> None:
        user = User(ACME, UserId("u1"), "ana@example.com", "Ana", RoleId(str(role.id)), self.clock())
        self._as(Principal(ACME, Actor(ActorKind.USER, "u1", "Ana"), role, user=user, **more))

    def as_role(self, role: SystemRole, **more: Any) -> None:
        self.as_person(system_role(ACME, role), **more)

    def _as(self, principal: Principal) -> None:
        self.gateway.authorizer = context_of(principal)

    # --- calls ----------------------------------------------------------------------------------------------------

    def post(self, body: Any, **headers: str) -> Answer:
        """POST /events; in the names of headers `_` stands for `-`."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.gateway.call("POST", "/events", json.dumps(body), {"content-type": "application/json", **given})

    def iam(self, body: Any, arn: str | None) -> Answer:
        """POST /iam/events as the role of a session; None = the gateway has checked no signature."""
        self.gateway.authorizer = None
        message = self.gateway.event("POST", "/iam/events", "/iam/events", json.dumps(body), {}, {}, {})
        message["requestContext"]["identity"]["userArn"] = arn
        answer = self.function(message, None)
        return Answer(answer["statusCode"], answer["headers"], answer["body"])

    def entries(self, *bodies: Any) -> list[str]:
        """Deliver entries of EventBridge in one batch; return the numbers of those that failed."""
        records = [
            {"messageId": str(n), "body": body if isinstance(body, str) else json.dumps(body)}
            for n, body in enumerate(bodies)
        ]
        context: Any = SimpleNamespace(aws_request_id="r1")
        return [each["itemIdentifier"] for each in self.function({"Records": records}, context)["batchItemFailures"]]

    # --- what came of it --------------------------------------------------------------------------------------------

    def stored(self, tenant: TenantId = ACME) -> list[str]:
        return [each.event.id for (owner, _), each in self.rows.kept.items() if owner == tenant]

    def a_rule(self, **given: Any) -> str:
        """Make a rule of the first tenant that is told of missed calls; it counts at once."""
        id = self.rules_world.create("admin", **given)
        self.clock.advance(timedelta(minutes=2))
        return id

    def now(self, id: str, **more: Any) -> dict[str, Any]:
        """Return an event of this moment."""
        return event(id, at=self.clock(), **more)


@pytest.fixture
def world() -> IngestWorld:
    return IngestWorld()


def statuses(answer: Answer) -> Sequence[str]:
    """Return what became of each event."""
    return [item["status"] for item in answer.json["items"]]


def bus_entry(
    id: str, account: str = "111122223333", source: str = "tocsin.tenant.acme", **more: Any
) -> Mapping[str, Any]:
    """Return an entry as EventBridge delivers it: its own id and time, the data as detail."""
    call = event(id)
    return {
        "version": "0",
        "id": id,
        "detail-type": call["type"],
        "source": source,
        "account": account,
        "time": call["time"],
        "region": "eu-west-2",
        "resources": [],
        "detail": call["data"],
    } | more
