"""The composition roots: each worker as Lambda imports it, over moto, with one alert through it."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import boto3
import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends
from moto.sns.models import sns_backends

from tests.builders import an_acceptance, email, number, sms
from tests.contract.aws_session import close
from tests.contract.cloud import DYNAMODB_LOCAL, REGION, Cloud, cloud
from tests.contract.partiql import MotoWithPartiQl
from tests.functional.events import Context, scheduled_event, sqs_event
from tocsin.adapters.dynamodb.alerts import DynamoDbAlertRepository
from tocsin.adapters.dynamodb.work import DynamoDbWorkLedger
from tocsin.adapters.kms.sealer import KmsSealer
from tocsin.application.ports import Acceptance
from tocsin.domain.ids import AlertRef, TenantId
from tocsin.domain.message import MessageState
from tocsin.domain.slice_order import SliceOrder
from tocsin.domain.work import total
from tocsin.entrypoint.clock import utc_now
from tocsin.entrypoint.randomness import SystemRandomness


@dataclass
class Stack:
    """Table, keys and queues, and a way to start a function on them."""

    cloud: Cloud
    queues: dict[str, str]
    start: Callable[[str], Any]

    def accept(self, *items: Any, **options: Any) -> Acceptance:
        c = self.cloud
        sealer = KmsSealer(c.kms, c.dynamodb, c.table_name, c.key_id, utc_now, SystemRandomness())
        repository = DynamoDbAlertRepository(c.dynamodb, c.table_name, sealer, c.s3, c.bucket)
        acceptance = an_acceptance(*items, **options)
        repository.accept(acceptance)
        return acceptance

    def counts(self, tenant: TenantId, ref: AlertRef) -> dict[MessageState, int]:
        return total(DynamoDbWorkLedger(self.cloud.dynamodb, self.cloud.table_name).tallies(tenant, ref).values())

    def bodies(self, queue: str) -> list[str]:
        sqs = boto3.Session("testing", "testing", region_name=REGION).client("sqs")
        got = sqs.receive_message(QueueUrl=self.queues[queue], MaxNumberOfMessages=10)
        return [message["Body"] for message in got.get("Messages", [])]


@pytest.fixture(params=["moto", DYNAMODB_LOCAL])
def stack(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    with cloud(request.param) as c:
        session = boto3.Session("testing", "testing", region_name=REGION)
        sqs = session.client("sqs")
        session.client("sesv2").create_email_identity(EmailIdentity="t.example")
        names = ["SMS_URGENT", "SMS_BULK", "EMAIL_URGENT", "EMAIL_BULK", "WEBHOOK", "WEBHOOK_SLOW"]
        queues = {name: sqs.create_queue(QueueName=name.lower())["QueueUrl"] for name in names}
        environment = {
            **{f"{name}_QUEUE_URL": url for name, url in queues.items()},
            "TABLE_NAME": c.table_name,
            "BUCKET_NAME": c.bucket,
            "KEY_ID": c.key_id,
            "EMAIL_DOMAIN": "t.example",
            "SMS_CONFIGURATION_SET": "",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
        }
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        if request.param == "ddblocal":
            monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", c.dynamodb.meta.endpoint_url)
        started: list[Any] = []

        def start(name: str) -> Any:
            """Import the function anew, as a cold start does."""
            monkeypatch.delitem(sys.modules, name, raising=False)
            app = importlib.import_module(name)
            monkeypatch.delitem(sys.modules, name)
            if request.param == "moto":
                client = app.clients.dynamodb
                monkeypatch.setattr(client, "batch_execute_statement", MotoWithPartiQl(client).batch_execute_statement)
            started.append(app)
            return app

        yield Stack(c, queues, start)
        for app in started:
            close(app.clients)
            if hasattr(app, "dispatch"):
                app.dispatch._hands.shutdown()


def orders(acceptance: Acceptance) -> list[str]:
    alert = acceptance.alert
    channels = {item.index: item.channel for item in alert.items}
    return [SliceOrder(piece, channels[piece.key.item], alert.lane).encode() for piece in alert.slices()]


def test_the_sms_worker_sends_by_sns(stack: Stack) -> None:
    acceptance = stack.accept(sms(number(1), number(2)), at=utc_now())
    answer = stack.start("dispatch_sms.app").handler(sqs_event(orders(acceptance)), Context())
    assert answer == {"batchItemFailures": []}
    sent = sns_backends[DEFAULT_ACCOUNT_ID][REGION].sms_messages.values()
    assert sorted(sent) == [(number(1), "trunk 7 is down"), (number(2), "trunk 7 is down")]
    assert stack.counts(acceptance.alert.tenant, acceptance.alert.ref) == {MessageState.SENT: 2}


def test_the_sms_worker_of_a_sandbox_alert_sends_to_nobody_and_queues_a_retry(stack: Stack) -> None:
    numbers = ["+447700900000", "+447700900002", "+447700900004", "+447700900005"]
    acceptance = stack.accept(sms(*numbers), at=utc_now(), sandbox=True)
    stack.start("dispatch_sms.app").handler(sqs_event(orders(acceptance)), Context())
    assert sns_backends[DEFAULT_ACCOUNT_ID][REGION].sms_messages == {}
    assert stack.counts(acceptance.alert.tenant, acceptance.alert.ref) == {
        MessageState.SENT: 1,
        MessageState.FAILED: 1,
        MessageState.UNKNOWN: 1,
        MessageState.RETRY_WAIT: 1,
    }
    assert _waiting(stack, "SMS_URGENT") == 1


def _waiting(stack: Stack, queue: str) -> int:
    sqs = boto3.Session("testing", "testing", region_name=REGION).client("sqs")
    found = sqs.get_queue_attributes(QueueUrl=stack.queues[queue], AttributeNames=["All"])["Attributes"]
    return int(found["ApproximateNumberOfMessages"]) + int(found["ApproximateNumberOfMessagesDelayed"])


def test_the_sms_worker_can_be_told_to_use_end_user_messaging(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMS_PROVIDER", "eum")
    app = stack.start("dispatch_sms.app")
    assert type(app.carrier._live.sender).__name__ == "EumSmsSender"


def test_the_email_worker_sends_by_ses(stack: Stack) -> None:
    acceptance = stack.accept(email("ana@x.example"), at=utc_now())
    answer = stack.start("dispatch_email.app").handler(sqs_event(orders(acceptance)), Context())
    assert answer == {"batchItemFailures": []}
    (sent,) = ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages
    assert sent.source == "alerts@t.example"
    assert "Subject: Trunk 7 [r1]\r\n" in sent.raw_data
    assert f"Message-ID: <acme.{acceptance.alert.ref}.0.0.0.1@t.example>\r\n" in sent.raw_data
    assert stack.counts(acceptance.alert.tenant, acceptance.alert.ref) == {MessageState.SENT: 1}


def test_the_sweeper_finds_what_never_reached_a_queue(stack: Stack) -> None:
    acceptance = stack.accept(sms(number(1)), email("ana@x.example"), at=utc_now() - timedelta(minutes=5))
    facts = stack.start("sweep.app").handler(scheduled_event(), Context(50_000))
    assert facts["requeued"] == 2
    assert [*stack.bodies("SMS_URGENT"), *stack.bodies("EMAIL_URGENT")] == orders(acceptance)
