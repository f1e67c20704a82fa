"""The worker of callbacks as Lambda imports it, over moto, calling a real receiver on this machine."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import boto3
import pytest
from standardwebhooks import Webhook

from tests.builders import number, sms
from tests.canaries import CANARIES, blobs_of, find_canaries
from tests.contract.cloud import REGION
from tests.fakes.receiver import Receiver, receiver
from tests.functional.events import Context, record_id, scheduled_event, sqs_event
from tests.functional.test_worker_wiring import Stack, orders, stack
from tocsin.egress.domain.callback_url import Callback, CallbackEncoding
from tocsin.entrypoint.process.clock import utc_now
from tocsin.identity.domain.api_key import ApiKey, KeyKind
from tocsin.identity.domain.notification import NotificationMode
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.webhooks.application.endpoints import DisableCallbackEndpoint, RotateCallbackSecret
from tocsin.webhooks.application.send_test import SendTestEvent
from tocsin.webhooks.domain.callback import EndpointKey
from tocsin.webhooks.domain.delivery import DeliveryKey, DeliveryState

__all__ = ["stack"]

KEY = ApiKey(TenantId("acme"), ApiKeyId("k1"), KeyKind.LIVE, "test", "hash")


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as one:
        yield one


class Plant:
    """The functions that an alert with callbacks goes through."""

    def __init__(self, stack: Stack, monkeypatch: pytest.MonkeyPatch, *, opened: bool = True) -> None:
        monkeypatch.setenv("OPEN_EGRESS", "true" if opened else "false")
        monkeypatch.setenv("SEND_CONCURRENCY", "10")  # its store takes one call at a time, its receivers take many
        self.stack = stack
        self.sms = stack.start("dispatch_sms.app")
        self.worker = stack.start("deliver_webhook.app")
        self.sweeper = stack.start("sweep.app")
        self.sqs = boto3.Session("testing", "testing", region_name=REGION).client("sqs")

    def close(self) -> None:
        self.worker.executor.shutdown()

    def send(self, *to: str, url: str, encoding: CallbackEncoding = CallbackEncoding.JSON, **more: Any) -> None:
        """Accept an alert and send it."""
        at = more.pop("at", utc_now())
        acceptance = self.stack.accept(sms(*to, **more), at=at, callback=Callback(url, encoding))
        assert self.sms.handler(sqs_event(orders(acceptance)), Context(60_000)) == {"batchItemFailures": []}

    def bodies(self, queue: str = "WEBHOOK_URGENT") -> list[str]:
        return self.stack.bodies(queue)

    def call_back(self, *bodies: str) -> dict[str, Any]:
        """Give orders to the worker, those named or all that wait now, and then what it has put into its queues."""
        waiting = list(bodies) or self.bodies()
        answer: dict[str, Any] = self.worker.handler(sqs_event(waiting), Context(60_000))
        while more := [*self.bodies(), *self.bodies("WEBHOOK_SLOW")]:
            assert self.worker.handler(sqs_event(more), Context(60_000)) == {"batchItemFailures": []}
        return answer

    def delivery(self, event_id: str) -> Any:
        return self.worker.storage.webhook_deliveries.get(DeliveryKey(TenantId("acme"), event_id))


@pytest.fixture
def plant(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[Plant]:
    made = Plant(stack, monkeypatch)
    yield made
    made.close()


def test_ah_126_w1_an_event_reaches_its_receiver_and_the_public_verifier_accepts_it(
    plant: Plant, hook: Receiver
) -> None:
    url = hook.url + "/tocsin?a=b"
    rotate = RotateCallbackSecret(plant.worker.storage.webhook_endpoints, utc_now, plant.worker.storage.randomness)
    secret = rotate(KEY, url).secret
    plant.send(number(1), number(2), url=url)

    assert plant.call_back() == {"batchItemFailures": []}

    assert len(hook.received) == 2
    for got in hook.received:
        event = Webhook(secret).verify(got.body, got.headers)
        assert got.path == "/tocsin?a=b"
        assert got.headers["webhook-id"] == event["eventId"]
        assert event["event"] == "sent"
        row = plant.delivery(event["eventId"])
        assert (row.state, row.attempts[-1].status) == (DeliveryState.SUCCEEDED, 200)
    assert {json.loads(got.body)["alertees"][0] for got in hook.received} == {number(1), number(2)}


def test_a_test_event_reaches_a_disabled_receiver_and_the_public_verifier_accepts_it(
    plant: Plant, hook: Receiver
) -> None:
    storage = plant.worker.storage
    url = hook.url + "/tocsin"
    rotate = RotateCallbackSecret(storage.webhook_endpoints, utc_now, storage.randomness)
    shown = rotate(KEY, url)
    disabled = DisableCallbackEndpoint(storage.webhook_endpoints, utc_now)(KEY, shown.endpoint.key.hash)
    send_test = SendTestEvent(
        storage.webhook_deliveries, plant.worker.queues.callbacks, storage.counters, utc_now, storage.randomness
    )
    before = storage.webhook_endpoints.get(disabled.key)
    name = send_test(KEY, disabled)

    assert plant.call_back(*plant.bodies("WEBHOOK_SLOW")) == {"batchItemFailures": []}

    (got,) = hook.received
    event = Webhook(shown.secret).verify(got.body, got.headers)
    assert (got.headers["webhook-id"], event["eventId"], event["event"]) == (name, name, "test")
    row = plant.delivery(name)
    assert (row.state, row.attempts[-1].status) == (DeliveryState.SUCCEEDED, 200)
    assert storage.webhook_endpoints.get(disabled.key) == before


def test_ah_127_a_form_reaches_its_receiver(plant: Plant, hook: Receiver) -> None:
    plant.send(number(1), url=hook.url + "/", encoding=CallbackEncoding.FORM)
    plant.call_back()
    (got,) = hook.received
    assert got.headers["content-type"] == "application/x-www-form-urlencoded"
    assert parse_qs(got.body.decode())["alertees"] == [number(1)]


def test_a_pack_goes_on_the_bus_and_leaves_neither_events_nor_deliveries(
    plant: Plant, capsys: pytest.CaptureFixture[str]
) -> None:
    boto3.Session("testing", "testing", region_name=REGION).client("events").create_event_bus(Name="results")
    acceptance = plant.stack.accept(sms(number(1), number(2)), at=utc_now(), notification=NotificationMode.BUS)
    assert plant.sms.handler(sqs_event(orders(acceptance)), Context(60_000)) == {"batchItemFailures": []}
    (pack,) = [row for row in plant.stack.cloud.rows() if "due" in row and "CBP" in row["due"]["S"]]  # type: ignore[index]
    capsys.readouterr()

    assert plant.call_back() == {"batchItemFailures": []}

    (metrics,) = [line for line in map(json.loads, capsys.readouterr().out.splitlines()) if "BusEventsPut" in line]
    assert (metrics["BusEventsPut"], metrics.get("BusEventsRefused")) == ([2.0], None)
    rows = plant.stack.cloud.rows()
    (after,) = [row for row in rows if (row["pk"], row["sk"]) == (pack["pk"], pack["sk"])]
    assert not {"due", "sealed"} & set(after)
    assert not [row for row in rows if "#WD#" in row["pk"]["S"]]  # type: ignore[index]


def test_an_order_that_comes_twice_calls_once(plant: Plant, hook: Receiver) -> None:
    plant.send(number(1), url=hook.url + "/")
    (body,) = plant.bodies()
    for _ in range(3):
        assert plant.call_back(body) == {"batchItemFailures": []}
    assert len(hook.received) == 1


def test_w2_w3_a_failure_is_queued_again_with_a_delay_in_the_slow_lane(plant: Plant, hook: Receiver) -> None:
    hook.statuses, hook.headers, hook.says = [503], {"Retry-After": "90"}, b"go away"
    plant.send(number(1), url=hook.url + "/")
    plant.call_back()

    (got,) = hook.received
    event = json.loads(got.body)["eventId"]
    row = plant.delivery(event)
    assert row.state is DeliveryState.RETRY_WAIT
    assert timedelta(seconds=90) <= row.due_at - row.attempts[-1].at <= timedelta(seconds=92)
    assert plant.worker.storage.webhook_deliveries.answers(row.key, utc_now()) == {1: b"go away"}
    attributes = plant.sqs.get_queue_attributes(QueueUrl=plant.stack.queues["WEBHOOK_SLOW"], AttributeNames=["All"])
    assert attributes["Attributes"]["ApproximateNumberOfMessagesDelayed"] == "1"
    endpoint = plant.worker.storage.webhook_endpoints.get(row.endpoint)
    assert endpoint.failing_since is not None


def test_r8_a_body_that_is_no_order_fails_alone(plant: Plant, hook: Receiver) -> None:
    plant.send(number(1), url=hook.url + "/")
    answer = plant.call_back("not an order", *plant.bodies(), "{}")
    assert answer == {"batchItemFailures": [{"itemIdentifier": record_id(0)}, {"itemIdentifier": record_id(2)}]}
    assert len(hook.received) == 1


def test_w6_a_receiver_that_hangs_holds_up_its_own_order_only(plant: Plant, hook: Receiver) -> None:
    hook.hangs["/slow"] = 1.5
    plant.send(number(1), url=hook.url + "/slow")
    plant.send(number(2), url=hook.url + "/quick", at=utc_now() - timedelta(seconds=2))
    bodies = plant.bodies()
    started = time.monotonic()
    plant.call_back(*bodies)
    assert [got.path for got in hook.received] == ["/quick", "/slow"]
    assert time.monotonic() - started < 5


def test_w8_where_egress_is_closed_nothing_goes_to_this_machine(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, hook: Receiver
) -> None:
    plant = Plant(stack, monkeypatch, opened=False)
    plant.send(number(1), url=hook.url.replace("http:", "https:") + "/")
    plant.call_back()
    plant.close()
    assert hook.received == []
    table = stack.cloud.rows()
    logs = [row["log"]["S"] for row in table if "#WD#" in row["pk"]["S"]]  # type: ignore[index]
    assert any(reason in logs[0] for reason in ("not_public", "port"))
    assert not [row for row in table if "#A0" in row["sk"]["S"]], "W7: a refused address answered"  # type: ignore[index]


def test_r9_the_sweeper_finds_a_pack_whose_order_was_lost(plant: Plant, hook: Receiver) -> None:
    at = utc_now() - timedelta(minutes=10)
    plant.send(number(1), url=hook.url + "/", at=at)
    plant.bodies()  # and lost
    table = plant.stack.cloud.table_name
    for row in plant.stack.cloud.rows():
        if "due" in row and "CBP" in row["due"]["S"]:  # type: ignore[index]
            key: Any = {"pk": row["pk"], "sk": row["sk"]}
            plant.stack.cloud.dynamodb.update_item(
                TableName=table,
                Key=key,
                UpdateExpression="SET duesk = :n",
                ExpressionAttributeValues={":n": {"N": "1"}},
            )
    facts = plant.sweeper.handler(scheduled_event(), Context(50_000))
    assert facts["callbacks"] == 1
    plant.call_back(*plant.bodies("WEBHOOK"))
    assert len(hook.received) == 1
    assert plant.sweeper.handler(scheduled_event(), Context(50_000))["callbacks"] == 0


def test_s6_s7_nothing_private_lies_about(plant: Plant, hook: Receiver, capsys: pytest.CaptureFixture[str]) -> None:
    # given a client whose URL carries a secret, and a receiver that repeats what it was told
    url = f"{hook.url}/?token={CANARIES['callback secret']}"
    hook.statuses, hook.says = [500], CANARIES["email body"].encode()
    plant.send(CANARIES["phone"], url=url, text=CANARIES["sms text"], tag=CANARIES["tag"])
    waiting = plant.bodies()
    plant.call_back(*waiting, "not an order " + CANARIES["phone"])
    plant.sweeper.handler(scheduled_event(), Context(50_000))

    (got,) = hook.received
    assert CANARIES["phone"] in got.body.decode()
    secret = plant.worker.storage.webhook_endpoints.get(EndpointKey.of(KEY.tenant, KEY.id, url)).secrets[0].value
    written = capsys.readouterr()
    for place, blobs in {
        "logs": [written.out.encode(), written.err.encode()],
        "queues": [*(body.encode() for body in waiting), *(b.encode() for b in plant.bodies("WEBHOOK_SLOW"))],
        "table": [blob for row in plant.stack.cloud.rows() for blob in blobs_of(row)],
    }.items():
        for blob in blobs:
            assert find_canaries(blob) == [], place
            assert secret.encode() not in blob, place
            assert b"127.0.0.1" not in blob, place
