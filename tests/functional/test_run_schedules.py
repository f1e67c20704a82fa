"""A schedule made at the API's door and run by the worker of timers, both as Lambda imports them, over moto."""

from __future__ import annotations

import importlib
import sys
from datetime import timedelta
from typing import Any

import pytest

from tests.functional.alerts_api.conftest import email, sms
from tests.functional.gateway import Gateway
from tests.functional.test_run_timers import Plant
from tests.functional.test_worker_wiring import Stack, stack
from tocsin.alerts.domain.dispatch_job import DispatchJob
from tocsin.bootstrap.storage import Storage
from tocsin.entrypoint.process.clock import utc_now
from tocsin.identity.application.create_api_key import CreateApiKey
from tocsin.identity.domain.api_key import KeyKind, Right
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.kernel.domain.wire_time import wire_time
from tocsin.timers.domain.timer import decode

__all__ = ["stack"]


class Client:
    """The API and a key of it; and the worker."""

    def __init__(self, stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("OPEN_EGRESS", "false")
        self.plant = Plant(stack, monkeypatch)
        monkeypatch.delitem(sys.modules, "alerts_api.app", raising=False)
        self.api = importlib.import_module("alerts_api.app")
        self._gateway = Gateway(self.api.app)
        storage: Storage = self.api.storage
        create = CreateApiKey(storage.api_keys, storage.sealer, storage.randomness)
        self._token = create(TenantId("acme"), KeyKind.LIVE, "one", rights=frozenset({Right.READ_ALERTS})).token
        self.key_id = ApiKeyId(self._token.split("_")[3])

    def post(self, verb: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self._gateway.post(verb, {"version": "latest", "apiKey": self._token, **body})
        assert answer.status == 200, answer.text
        found: dict[str, Any] = answer.json
        return found

    def alerts(self) -> list[dict[str, Any]]:
        found = self._gateway.get("/alerts", {"Authorization": f"Bearer {self._token}"})
        alerts: list[dict[str, Any]] = found.json["items"]
        return alerts


@pytest.fixture
def client(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Client:
    return Client(stack, monkeypatch)


def due() -> dict[str, str]:
    """Return a schedule block for a minute ago: its order does not wait for the next second."""
    return {"start": wire_time(utc_now() - timedelta(minutes=1)), "delay": "0m"}


def test_ah_124_what_is_scheduled_for_now_is_on_its_way_to_the_senders(client: Client) -> None:
    made = client.post(
        "/sendalert",
        {
            "clientRef": "ref-1",
            "alert": [sms(), email()],
            "options": {"schedule": {**due(), "repeat": "1d", "end": "2099-01-01T00:00:00Z"}},
        },
    )
    (order,) = client.plant.stack.bodies("TIMERS")
    assert client.alerts() == []

    assert client.plant.work_off(order, order) == []

    (alert,) = client.alerts()
    assert (alert["client_ref"], alert["recipient_count"]) == ("ref-1", 2)
    bodies = client.plant.stack.bodies("SMS_URGENT") + client.plant.stack.bodies("EMAIL_URGENT")
    assert {DispatchJob.decode(body).batch.key.alert for body in bodies} == {alert["alert_ref"]}
    (listed,) = client.post("/getinfo", {"getScheduledAlertInfo": True})["info"]["scheduled"]
    assert (listed["runs"], listed["lastAlertId"], listed["storedAlertId"]) == (1, alert["alert_ref"], made["storeId"])
    # and tomorrow's alarm is set
    assert len(client.plant.alarms()) == 1
    row = client.plant.timers.get(decode(order).key)
    assert row is not None
    assert (row.generation, row.due_at - decode(order).due_at) == (2, timedelta(days=1))


def test_t4_a_schedule_that_is_cancelled_while_its_order_travels_does_not_run(client: Client) -> None:
    made = client.post(
        "/sendalert",
        {"clientRef": "r", "alert": [sms()], "options": {"schedule": due()}},
    )
    (order,) = client.plant.stack.bodies("TIMERS")
    client.post("/cancelscheduledalert", {"scheduledAlertId": made["scheduledAlertId"]})
    assert client.plant.work_off(order) == []
    assert client.alerts() == []


def test_a_run_of_a_store_that_is_gone_is_told(client: Client) -> None:
    client.post("/sendalert", {"clientRef": "r", "alert": [sms()], "options": {"schedule": due()}})
    (listed,) = client.post("/getinfo", {"getScheduledAlertInfo": True})["info"]["scheduled"]
    client.api.storage.stored_content.delete(TenantId("acme"), client.key_id, listed["storedAlertId"])
    assert client.plant.work_off(*client.plant.stack.bodies("TIMERS")) == []
    (message,) = client.post("/getinfo", {"getMessages": True})["info"]["messages"]
    assert message["code"] == "schedule_store_gone"


def test_several_alerts_are_one_transaction(client: Client) -> None:
    later = {"clientRef": "later", "alert": [sms()], "options": {"schedule": {"start": "now", "delay": "10m"}}}
    answer = client.post("/sendalerts", {"alerts": [{"clientRef": "now", "alert": [sms()]}, later]})
    assert [len(client.alerts()), answer["results"][1]["clientRef"]] == [1, "later"]
    assert client.plant.stack.bodies("SMS_URGENT") != []
    paused = client.post("/pausescheduledalert", {"scheduledAlertId": answer["results"][1]["scheduledAlertId"]})
    resumed = client.post("/resumescheduledalert", {"scheduleId": paused["scheduleId"]})
    assert resumed["nextRunAt"] == answer["results"][1]["nextRunAt"]
