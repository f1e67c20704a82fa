"""Acting on an alert through everything that runs: the API, the timers and the senders, on one table and its queues."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.functional.alerts_api.conftest import sms
from tests.functional.events import Context, sqs_event
from tests.functional.gateway import Answer, Gateway
from tests.functional.test_run_timers import Plant
from tests.functional.test_worker_wiring import Stack, stack
from tocsin.identity.application.create_api_key import CreateApiKey
from tocsin.identity.domain.api_key import KeyKind, Right
from tocsin.kernel.domain.ids import TenantId

__all__ = ["stack"]

GOOD, BAD = "+447700900000", "+447700900002"
"""Numbers of the sandbox: one takes every text, one none."""


class Client:
    """A client with a sandbox key, and the workers that serve it."""

    def __init__(self, stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
        self.stack, self.timers = stack, Plant(stack, monkeypatch)
        api, self.sender = stack.start("alerts_api.app"), stack.start("dispatch_sms.app")
        self.gateway = Gateway(api.app)
        keys = CreateApiKey(api.storage.api_keys, api.storage.sealer, api.storage.randomness)
        self.token = keys(TenantId("acme"), KeyKind.SANDBOX, "one", rights=frozenset({Right.READ_ALERTS})).token

    def send(self, *to: str, **more: Any) -> str:
        body = {
            "version": "latest",
            "apiKey": self.token,
            "clientRef": "r",
            "alert": [sms(recipients=list(to))],
            **more,
        }
        answer = self.gateway.post("/sendalert", body)
        assert answer.status == 200, answer.text
        self.work()
        ref: str = answer.json["alertRef"]
        return ref

    def act(self, ref: str, verb: str, body: dict[str, Any]) -> Answer:
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": f"{verb}-{ref}"}
        answer = self.gateway.post(f"/alerts/{ref}/{verb}", body, headers)
        assert self.gateway.post(f"/alerts/{ref}/{verb}", body, headers).json == answer.json or answer.status > 200
        self.work()
        return answer

    def get(self, path: str) -> Any:
        return self.gateway.get(path, {"Authorization": f"Bearer {self.token}"}).json

    def until(self, done: Callable[[], bool]) -> None:
        """Let the workers work until something has happened: a timer is due within a second."""
        for _ in range(50):
            if done():
                return
            time.sleep(0.2)
            self.work()
        raise AssertionError("it does not happen")

    def work(self) -> None:
        """Let the workers do what is queued."""
        for _ in range(3):
            if orders := self.stack.bodies("TIMERS"):
                assert self.timers.work_off(*orders) == []
            if jobs := self.stack.bodies("SMS_URGENT"):
                assert self.sender.handler(sqs_event(jobs), Context(60_000)) == {"batchItemFailures": []}


@pytest.fixture
def client(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Client:
    return Client(stack, monkeypatch)


@pytest.mark.parametrize("padding", [0, 26], ids=["one row", "many rows"])
def test_decided_2_18_what_failed_is_tried_again_and_what_arrived_is_not(client: Client, padding: int) -> None:
    ref = client.send(BAD, GOOD, *(f"+4477009001{n:02}" for n in range(padding)))
    assert client.get(f"/alerts/{ref}")["counts"]["failed"] == 1

    answer = client.act(ref, "resend", {})

    assert (answer.status, answer.json["counts"]["retry_wait"]) == (200, 1)
    bad, *others = client.get(f"/alerts/{ref}/recipients")["items"]
    assert (bad["state"], bad["attempts"], bad["reason"]) == ("failed", 2, "sandbox_permanent_failure")
    assert {(one["state"], one["attempts"]) for one in others} == {("sent", 1)}
    assert client.get(f"/alerts/{ref}")["counts"]["failed"] == 1
    story = client.get(f"/alerts/{ref}/explain/{BAD}")
    assert "a client sends it again" in str(story)


def test_decided_2_18_a_step_is_sent_now_a_mark_counts_and_a_stop_tells_everybody(client: Client) -> None:
    all_clear = {"alert": [{name: value for name, value in sms().items() if name != "recipients"}]}
    steps = [{"after": "1h", "alert": [sms(recipients=[number])]} for number in ("+447700900101", "+447700900102")]
    block = {"steps": steps, "stopWhen": {"count": 3}, "onStopped": all_clear}
    ref = client.send(GOOD, escalation=block)

    assert client.act(ref, "escalate", {"step": 1}).status == 200
    client.until(lambda: client.get(f"/alerts/{ref}")["escalation"]["step"] == 1)
    assert client.act(ref, "acknowledge", {"recipient": "+447700900101", "note": "called me"}).status == 200
    shown = client.get(f"/alerts/{ref}")["escalation"]
    assert (shown["step"], shown["answered"], shown["state"]) == (1, 1, "active")
    assert client.act(ref, "stop", {"all_clear": True}).status == 200
    client.until(lambda: len(client.get("/alerts")["items"]) == 3)

    shown = client.get(f"/alerts/{ref}")["escalation"]
    assert (shown["state"], len(shown["step_alert_refs"])) == ("cancelled", 2)
    newest = client.get("/alerts")["items"][0]
    assert (newest["cause"]["kind"], newest["recipient_count"]) == ("all_clear", 2)
    assert client.get(f"/alerts/{shown['step_alert_refs'][1]}")["state"] == "cancelled"
    events = client.gateway.post(
        "/collectevents", {"version": "latest", "apiKey": client.token, "alertId": ref, "options": {"peek": True}}
    ).json["events"]
    assert {(one["event"], one.get("by")) for one in events if "by" in one} == {
        ("escalated", f"key:{newest['sender']}"),
        ("cancelled", f"key:{newest['sender']}"),
    }
