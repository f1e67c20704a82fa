"""The composition roots: each worker as Lambda imports it, over moto, with one alert through it."""

from __future__ import annotations

import importlib
import re
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

from infra.local.outside.answers import Envelope, received_mail
from infra.local.provider_events import inbound_text, notification, ses_event
from tests.builders import KEY, TENANT, an_acceptance, email, number, sms
from tests.contract.aws_session import close
from tests.contract.cloud import DYNAMODB_LOCAL, REGION, Cloud, cloud, tenants_guarded
from tests.contract.partiql import MotoWithPartiQl
from tests.functional.events import Context, scheduled_event, sqs_event
from tests.functional.gateway import Gateway
from tocsin.alert_rules.application.deleted_rules import StopDeletedRules
from tocsin.alerts.domain.dispatch_job import DispatchJob
from tocsin.alerts.domain.link import Link, LinkKey
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.alerts.ports.alerts import Acceptance
from tocsin.bootstrap.storage import Storage
from tocsin.content.domain.content import LookupTerms
from tocsin.delivery.application.last_look import LastLook
from tocsin.delivery.domain.message import MessageState
from tocsin.delivery.domain.progress import total
from tocsin.egress.domain.callback_url import Callback
from tocsin.entrypoint.process.clock import utc_now
from tocsin.escalation.application.stop import StopEscalated
from tocsin.kernel.domain.errors import Restoring
from tocsin.kernel.domain.ids import AlertRef, TenantId, time_ordered_uuid
from tocsin.limits.application.limit_guard import LimitGuard
from tocsin.linked_alerts.application.skip_answered import SkipAnswered
from tocsin.responses.domain.two_way import TwoWayNumber
from tocsin.responses.ports.responses import ResponseCounts
from tocsin.webhooks.domain.callback_order import PackOrder, decode

TOPICS = "arn:aws:sns:eu-west-1:123456789012:tocsin"


@dataclass
class Stack:
    """Table, keys and queues, and a way to start a function on them."""

    cloud: Cloud
    queues: dict[str, str]
    start: Callable[[str], Any]

    @property
    def storage(self) -> Storage:
        """The table's repositories, with nothing remembered."""
        c = self.cloud
        return Storage(c, table_name=c.table_name, key_id=c.key_id, bucket_name=c.bucket)

    def accept(self, *items: Any, **options: Any) -> Acceptance:
        acceptance = an_acceptance(*items, **options)
        self.storage.alerts.accept(acceptance)
        return acceptance

    def counts(self, tenant: TenantId, ref: AlertRef) -> dict[MessageState, int]:
        return total(self.storage.dispatch_progress.of_alert(tenant, ref).values())

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
        names = [
            "SMS_URGENT",
            "SMS_BULK",
            "EMAIL_URGENT",
            "EMAIL_BULK",
            "VOICE_URGENT",
            "VOICE_BULK",
            "WEBHOOK_URGENT",
            "WEBHOOK",
            "WEBHOOK_SLOW",
            "TIMERS",
            "EVENTS_OWED",
        ]
        queues = {name: sqs.create_queue(QueueName=name.lower())["QueueUrl"] for name in names}
        environment = {
            **{f"{name}_QUEUE_URL": url for name, url in queues.items()},
            "RESULTS_BUS_NAME": "results",
            "STAGE": "dev",
            "TABLE_NAME": c.table_name,
            "BUCKET_NAME": c.bucket,
            "KEY_ID": c.key_id,
            "EMAIL_DOMAIN": "t.example",
            "SMS_CONFIGURATION_SET": "",
            "SMS_EVENTS_TOPIC_ARN": f"{TOPICS}:sms-events",
            "SMS_INBOUND_TOPIC_ARN": f"{TOPICS}:sms-inbound",
            "EMAIL_EVENTS_TOPIC_ARN": f"{TOPICS}:ses-events",
            "MAIL_BUCKET_NAME": "mails",
            "MAIL_RECEIVED_TOPIC_ARN": f"{TOPICS}:mail-received",
            "LINK_BASE_URL": "https://t.example",
            "VOICE_LINES": "10",
            "IVR_FUNCTION_NAME": "ivr",
            "SEND_CONCURRENCY": "1",  # moto cannot be called from several threads
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
            executor = getattr(app, "executor", None) or (
                getattr(app, "dispatch", None) and app.dispatch._submit._executor
            )
            if executor:
                executor.shutdown()


def orders(acceptance: Acceptance) -> list[str]:
    alert = acceptance.alert
    channels = {item.index: item.channel for item in alert.items}
    return [DispatchJob(batch, channels[batch.key.item], alert.lane).encode() for batch in alert.batches()]


@pytest.mark.parametrize(
    "worker", ["act_on_events", "dispatch_sms", "dispatch_email", "run_timers", "deliver_webhook", "sweep"]
)
def test_no_worker_starts_on_a_restored_table_before_it_is_settled(
    stack: Stack, worker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TIMERS_QUEUE_ARN", "TIMERS_DEAD_LETTERS_ARN", "TIMER_WAKE_UP_GROUP", "TIMER_WAKE_UP_ROLE_ARN"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("OPEN_EGRESS", "false")
    monkeypatch.setenv("RESTORED_TABLE", "core-restored")
    with pytest.raises(Restoring):
        stack.start(f"{worker}.app")

    stack.storage.restore_ledger.record(utc_now(), utc_now())

    assert callable(stack.start(f"{worker}.app").handler)


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
    assert _waiting(stack, "SMS_URGENT") == 2  # the retry, and the one whose receipt is awaited


@pytest.mark.parametrize("name", ["dispatch_sms", "dispatch_email"])
def test_both_workers_ask_every_guard_in_this_order(stack: Stack, name: str) -> None:
    guards = stack.start(f"{name}.app").dispatch.guards
    order = [SkipAnswered, LastLook, StopEscalated, StopDeletedRules, LimitGuard]
    assert [type(guard) for guard in guards] == order


def _waiting(stack: Stack, queue: str) -> int:
    sqs = boto3.Session("testing", "testing", region_name=REGION).client("sqs")
    found = sqs.get_queue_attributes(QueueUrl=stack.queues[queue], AttributeNames=["All"])["Attributes"]
    return int(found["ApproximateNumberOfMessages"]) + int(found["ApproximateNumberOfMessagesDelayed"])


def test_the_page_of_a_short_link_that_the_sms_worker_sent_counts_and_leads_on(stack: Stack) -> None:
    gate = LookupTerms("gate", shortlink=True, url="https://x.test/go", confirm=True)
    acceptance = stack.accept(sms(number(1), text="see {shortlink}"), at=utc_now(), lookups=gate)
    stack.start("dispatch_sms.app").handler(sqs_event(orders(acceptance)), Context())
    ((_, text),) = sns_backends[DEFAULT_ACCOUNT_ID][REGION].sms_messages.values()
    path = text.removeprefix("see https://t.example")
    agent = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Safari/604.1"}
    links = stack.start("links.app")
    with tenants_guarded(links.clients.dynamodb):
        page = Gateway(links.app).call("GET", path, None, agent)
        # a press within a second of its page is asked for once more
        for _ in range(2):
            (token,) = re.findall(r'name="token" value="([^"]+)"', page.text)
            form = {**agent, "Content-Type": "application/x-www-form-urlencoded"}
            page = Gateway(links.app).call("POST", path, f"token={token}", form)
        nowhere = Gateway(links.app).call("GET", "/l/" + "x" * 12, None, agent)

    assert page.status == 303
    assert page.headers["Location"].startswith("https://x.test/go?reference=gate&alertid=")
    assert nowhere.status == 404
    alert, storage = acceptance.alert, stack.storage
    told = storage.waiting_events.collect(alert.tenant, alert.key_id, alert.ref, 10, utc_now())
    assert [event.event for event in told] == ["sent", "shortlinkClick", "shortlinkClick"]
    assert [event.details.get("evidence") for event in told] == [None, "opened", "confirmed"]
    assert storage.responses.count(alert.tenant, alert.ref, utc_now()) == ResponseCounts(1, 0)


def test_the_sms_worker_can_be_told_to_use_end_user_messaging(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMS_PROVIDER", "eum")
    app = stack.start("dispatch_sms.app")
    assert type(app.channel._live.sender).__name__ == "EumSmsSender"


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
    queued = [*stack.bodies("SMS_URGENT"), *stack.bodies("EMAIL_URGENT")]
    assert [DispatchJob.decode(body).batch for body in queued] == list(acceptance.alert.batches())


def test_what_ses_tells_moves_the_message_and_holds_back_the_next_mail(stack: Stack) -> None:
    acceptance = stack.accept(email("ana@x.example", "bob@x.example"), at=utc_now())
    alert = acceptance.alert
    stack.start("dispatch_email.app").handler(sqs_event(orders(acceptance)), Context())
    track = stack.start("track_events.app").handler
    told = [
        ses_event("Delivery", f"acme.{alert.ref}.0.0.1.1", "bob@x.example", utc_now()),
        ses_event("Bounce", f"acme.{alert.ref}.0.0.0.1", "ana@x.example", utc_now(), type="Permanent"),
        ses_event("Complaint", f"acme.{alert.ref}.0.0.1.1", "bob@x.example", utc_now(), type="abuse"),
    ]

    bodies = [notification(f"{TOPICS}:ses-events", event, utc_now()) for event in told]
    assert track(sqs_event(bodies), Context()) == {"batchItemFailures": []}

    assert stack.counts(alert.tenant, alert.ref) == {MessageState.FAILED: 1, MessageState.DELIVERED: 1}
    again = stack.accept(
        email("Ana@x.example", "bob@x.example", "cat@x.example"),
        at=utc_now(),
        ref=AlertRef("019ab1c2-0000-7000-8000-000000000000"),
    )
    stack.start("dispatch_email.app").handler(sqs_event(orders(again)), Context())
    assert stack.counts(again.alert.tenant, again.alert.ref) == {MessageState.SUPPRESSED: 2, MessageState.SENT: 1}


# --- what people answer ---------------------------------------------------------------------------------------


@pytest.fixture
def tracker(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Any]:
    """Start the functions of answers; the result gives one of them what its queue would contain."""
    monkeypatch.setenv("MAIL_BUCKET_NAME", stack.cloud.bucket)
    texts, mails = stack.start("receive_texts.app"), stack.start("receive_mails.app")

    def give(body: str) -> Any:
        return (mails if "mail-received" in body else texts).handler(sqs_event([body]), Context(5_000))

    return give


def told(stack: Stack, acceptance: Acceptance) -> list[tuple[str, str, str]]:
    """Return what the client is told of answers: event, who and what."""
    alert = acceptance.alert
    waiting = stack.storage.waiting_events.collect(alert.tenant, alert.key_id, alert.ref, 100, utc_now())
    return [(event.event, event.alertee, event.details["reply"]) for event in waiting if "reply" in event.details]


def test_a_text_to_a_number_of_ours_finds_the_alert_that_was_sent_from_it(
    stack: Stack, tracker: Callable[[str], Any]
) -> None:
    ours = number(50)
    stack.storage.two_way_numbers.add(TwoWayNumber(ours, TENANT, KEY))
    acceptance = stack.accept(sms(number(1), number(2), sender=ours), at=utc_now())
    stack.start("dispatch_sms.app").handler(sqs_event(orders(acceptance)), Context())

    body = notification(f"{TOPICS}:sms-inbound", inbound_text(number(2), ours, "on my way", "in-1"), utc_now())
    for _ in range(2):
        assert tracker(body) == {"batchItemFailures": []}

    assert told(stack, acceptance) == [("reply", number(2), "on my way")]


def test_ah_57_ah_63_who_answered_a_linked_text_gets_none_of_the_next_texts_and_mails(
    stack: Stack, tracker: Callable[[str], Any]
) -> None:
    # given a linked alert, and somebody who answers it by text
    ours, now = number(50), utc_now()
    stack.storage.two_way_numbers.add(TwoWayNumber(ours, TENANT, KEY))
    link = Link(LinkKey.of(TENANT, KEY, "fire-7"), AlertRef("first"), now + timedelta(days=1))
    first = stack.accept(sms(number(1), number(2), sender=ours), at=now, link=link)
    stack.start("dispatch_sms.app").handler(sqs_event(orders(first)), Context())
    body = notification(f"{TOPICS}:sms-inbound", inbound_text(number(1), ours, "on my way", "in-1"), utc_now())
    assert tracker(body) == {"batchItemFailures": []}

    # when the next alert of the link was accepted before that
    by_sms = frozenset({ResponseKind.SMS})
    for worker, item in (
        ("dispatch_sms.app", sms(number(1), number(2), text="again")),
        ("dispatch_email.app", email("ana@x.example", "bob@x.example")),
    ):
        ref = AlertRef(time_ordered_uuid(now, worker[6:16].encode()))
        later = stack.accept(item, at=now, ref=ref, link=link, except_responded=by_sms)
        stack.start(worker).handler(sqs_event(orders(later)), Context())

        # then they are left in peace, on every channel
        counts = stack.counts(TENANT, later.alert.ref)
        assert counts == {MessageState.SKIPPED: 1, MessageState.SENT: 1}, worker

    texts = [to for to, text in sns_backends[DEFAULT_ACCOUNT_ID][REGION].sms_messages.values() if text == "again"]
    assert texts == [number(2)]


def test_ah_126_an_answer_to_an_alert_that_is_called_back_is_ordered_to_be_called_back(
    stack: Stack, tracker: Callable[[str], Any]
) -> None:
    # given an alert with callbacks whose own orders have gone
    ours = number(50)
    stack.storage.two_way_numbers.add(TwoWayNumber(ours, TENANT, KEY))
    hook = Callback("https://hooks.example.org/in")
    acceptance = stack.accept(sms(number(1), sender=ours), at=utc_now(), callback=hook)
    stack.start("dispatch_sms.app").handler(sqs_event(orders(acceptance)), Context())
    stack.bodies("WEBHOOK_URGENT")

    # when somebody answers, and the answer comes twice
    body = notification(f"{TOPICS}:sms-inbound", inbound_text(number(1), ours, "on my way", "in-1"), utc_now())
    for _ in range(2):
        assert tracker(body) == {"batchItemFailures": []}

    # then it is ordered once, and waits for no poll
    (order,) = map(decode, stack.bodies("WEBHOOK_URGENT"))
    assert isinstance(order, PackOrder)
    assert (order.pack.alert, order.pack.name[:6]) == (acceptance.alert.ref, "X#evt_")
    assert told(stack, acceptance) == []


def test_a_mail_to_the_reply_address_of_a_mail_finds_its_alert(stack: Stack, tracker: Callable[[str], Any]) -> None:
    acceptance = stack.accept(email("ana@x.example"), at=utc_now())
    stack.start("dispatch_email.app").handler(sqs_event(orders(acceptance)), Context())
    (sent,) = ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages
    (address,) = re.findall(r"\r\nReply-To: (\S+)\r\n", sent.raw_data)
    assert address.endswith("@t.example")

    mail = f"From: ana@x.example\r\nTo: {address}\r\nSubject: Re: anything\r\n\r\non my way\r\n".encode()
    stack.cloud.s3.put_object(Bucket=stack.cloud.bucket, Key="inbound/a b", Body=mail)
    record = received_mail(stack.cloud.bucket, "inbound/a b", utc_now(), Envelope("ana@x.example"))
    body = notification(f"{TOPICS}:mail-received", record, utc_now())
    for _ in range(2):
        assert tracker(body) == {"batchItemFailures": []}

    assert told(stack, acceptance) == [("reply", "ana@x.example", "on my way")]
