"""The sender functions' handler, from the event SQS sends to the answer Lambda gives back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time, timedelta
from functools import partial
from typing import Any

import pytest

from tests.builders import an_acceptance, email, number, sms
from tests.canaries import CANARIES, find_canaries
from tests.fakes.alerts import FakeAlertRepository
from tests.fakes.dispatch_queue import FakeDispatchQueue
from tests.fakes.erasures import FakeErasureLedger
from tests.fakes.executor import OneHand
from tests.fakes.last_looks import FakeLastLooks
from tests.fakes.messages import FakeMessageRows
from tests.fakes.providers import Accept, Break, FakeEmailSender, FakeSmsSender, LoseReply, RefusePermanent, Throttle
from tests.fakes.randomness import SeededRandomness
from tests.fakes.results import FakeResultEvents
from tests.fakes.sealer import FakeSealer
from tests.fakes.suppressions import FakeSuppressions
from tests.fakes.time import VirtualClock
from tests.fakes.work import FakeDispatchProgress
from tests.functional.events import Context, record_id, sqs_event
from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.domain.dispatch_job import DispatchJob
from tocsin.calendar.domain.quiet_hours import QuietHours
from tocsin.contacts.domain.channel import Channel
from tocsin.content.domain.mime import MailTemplate
from tocsin.delivery.application.channels import EmailChannel, MessageChannel, SmsChannel
from tocsin.delivery.application.dispatch_batch import DispatchBatch
from tocsin.delivery.application.last_look import LastLook
from tocsin.delivery.domain.message import MessageState
from tocsin.delivery.domain.progress import total
from tocsin.entrypoint.process import observability
from tocsin.entrypoint.queue.batch_worker import BatchWorker
from tocsin.entrypoint.queue.submission_counts import CountedEmail, CountedSms, SubmissionCounts
from tocsin.privacy.application.erase_contact import HonourErasures
from tocsin.suppressions.application.suppress import Suppress
from tocsin.suppressions.domain.suppression import SuppressionReason


class Lambda:
    """A sender function with everything behind it in memory."""

    def __init__(self, channel: Channel = Channel.SMS) -> None:
        observability.configure("dispatch_test")
        self.clock = VirtualClock()
        self.dispatch_progress = FakeDispatchProgress()
        self.alerts = FakeAlertRepository(self.dispatch_progress)
        self.rows = FakeMessageRows()
        self.queue = FakeDispatchQueue()
        self.sms = FakeSmsSender(self.clock)
        self.email = FakeEmailSender(self.clock)
        suppressions, erasures = FakeSuppressions(), FakeErasureLedger()
        self.suppress = Suppress(suppressions, FakeSealer())
        progress = SubmissionCounts(self.clock)
        channels: dict[Channel, MessageChannel] = {
            Channel.SMS: SmsChannel(CountedSms(self.sms, progress), CountedSms(self.sms, progress)),
            Channel.EMAIL: EmailChannel(
                CountedEmail(self.email, progress),
                CountedEmail(self.email, progress),
                partial(MailTemplate.compile, domain="t.example"),
            ),
        }
        dispatch = DispatchBatch(
            self.alerts,
            self.rows,
            self.dispatch_progress,
            FakeResultEvents(),
            self.queue,
            channels[channel],
            [
                LastLook(
                    FakeLastLooks(self.alerts, suppressions, erasures),
                    self.rows,
                    self.suppress,
                    HonourErasures(erasures, FakeSealer()),
                )
            ],
            self.clock,
            SeededRandomness(),
            OneHand(),
        )
        self.handler = BatchWorker("dispatch_test", dispatch.dispatch_all, progress)

    def accepted(self, *items: Any, **options: Any) -> Alert:
        acceptance = an_acceptance(*items, **options)
        self.alerts.accept(acceptance)
        return acceptance.alert

    def orders(self, alert: Alert) -> list[str]:
        channels = {item.index: item.channel for item in alert.items}
        return [DispatchJob(p, channels[p.key.item], alert.lane).encode() for p in alert.batches()]


@dataclass
class Output:
    """What one invocation wrote, line by line."""

    text: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]

    @property
    def log(self) -> list[dict[str, Any]]:
        return [line for line in self.lines if "_aws" not in line]

    def metrics(self, **dimensions: str) -> dict[str, Any]:
        """Return the metrics that stand under exactly these dimensions beside the service."""
        found: dict[str, Any] = {}
        for line in self.lines:
            for directive in line.get("_aws", {}).get("CloudWatchMetrics", []):
                (names,) = directive["Dimensions"]
                if {name: line[name] for name in names} == {"service": "dispatch_test", **dimensions}:
                    found |= {metric["Name"]: line[metric["Name"]] for metric in directive["Metrics"]}
        return found


@pytest.fixture
def output(capsys: pytest.CaptureFixture[str]) -> Callable[[], Output]:
    return lambda: Output(capsys.readouterr().out)


def failed(*numbers: int) -> dict[str, list[dict[str, str]]]:
    return {"batchItemFailures": [{"itemIdentifier": record_id(n)} for n in numbers]}


def test_orders_whose_batches_could_not_be_reported_come_again_and_send_nothing_twice() -> None:
    # given a batch of two orders, and a store that fails when both are to be reported
    worker = Lambda()
    alert = worker.accepted(sms(*map(number, range(30))))
    orders = worker.orders(alert)
    worker.dispatch_progress.outage.failing = 1

    assert worker.handler(sqs_event(orders), Context()) == failed(0, 1)
    assert worker.handler(sqs_event(orders), Context()) == failed()

    assert all(len(texts) == 1 for texts in worker.sms.received.values())
    assert total(worker.dispatch_progress.of_alert(alert.tenant, alert.ref).values()) == {MessageState.SENT: 30}


def test_a_batch_is_worked_off_with_one_log_line(output: Callable[[], Output]) -> None:
    # given an alert of two slices
    worker = Lambda()
    alert = worker.accepted(sms(*map(number, range(30))))
    # when its orders arrive
    answer = worker.handler(sqs_event(worker.orders(alert)), Context())
    # then everybody has the message, and one line says so
    assert answer == failed()
    assert set(worker.sms.received) == {number(n) for n in range(30)}
    (line,) = output().log
    told = {key: line[key] for key in ("message", "queue", "orders", "jobs_failed", "sent", "failed", "retried")}
    assert told == {
        "message": "batch",
        "queue": "urgent",
        "orders": 2,
        "jobs_failed": 0,
        "sent": 30,
        "failed": 0,
        "retried": 0,
    }


def test_r7_who_must_not_be_contacted_is_counted(output: Callable[[], Output]) -> None:
    worker = Lambda()
    alert = worker.accepted(sms(number(1), number(2)))
    worker.suppress(alert.tenant, Channel.SMS, number(1), SuppressionReason.STOP, worker.clock())

    assert worker.handler(sqs_event(worker.orders(alert)), Context()) == failed()

    said = output()
    assert [(line["sent"], line["suppressed"]) for line in said.log] == [(1, 1)]
    assert said.metrics()["MessagesSuppressed"] == [1]
    assert set(worker.sms.received) == {number(2)}


def test_who_is_left_to_sleep_is_counted(output: Callable[[], Output]) -> None:
    worker = Lambda()
    quiet = {number(1): QuietHours(time(0), time(23, 59))}
    alert = worker.accepted(sms(number(1), number(2)), quiet=quiet)

    assert worker.handler(sqs_event(worker.orders(alert)), Context()) == failed()

    said = output()
    assert [(line["sent"], line["held"]) for line in said.log] == [(1, 1)]
    assert said.metrics()["MessagesHeld"] == [1]
    assert set(worker.sms.received) == {number(2)}


def test_r8_of_ten_records_with_one_poison_nine_are_done_and_only_the_poison_fails() -> None:
    worker = Lambda()
    bodies = [worker.orders(worker.accepted(sms(number(n)), at=worker.clock() + n * SECOND))[0] for n in range(10)]
    # an order for an alert whose chunk has no such recipients
    bodies[4] = bodies[4].replace('"s":[0,0,1]', '"s":[0,0,25]')
    assert worker.handler(sqs_event(bodies), Context()) == failed(4)
    assert set(worker.sms.received) == {number(n) for n in range(10) if n != 4}


@pytest.mark.parametrize(
    "body", ["", "{}", "[]", "null", "not json", '{"v":2}', '{"v":1,"t":"acme"}', "1" * 5000, "[" * 3000, '{"v":1e999}']
)
def test_r8_a_body_that_is_no_order_fails_alone(body: str) -> None:
    worker = Lambda()
    good = worker.orders(worker.accepted(sms(number(1))))
    assert worker.handler(sqs_event([body, *good]), Context()) == failed(0)
    assert set(worker.sms.received) == {number(1)}


def test_a_batch_that_fails_as_a_whole_is_still_an_answer() -> None:
    assert Lambda().handler(sqs_event(["x", "y"]), Context()) == failed(0, 1)


def test_an_order_of_another_channel_fails_alone() -> None:
    worker = Lambda(Channel.EMAIL)
    alert = worker.accepted(sms(number(1)), email("ana@x.example"))
    assert worker.handler(sqs_event(worker.orders(alert)), Context()) == failed(0)
    assert set(worker.email.received) == {"ana@x.example"}
    assert worker.sms.received == {}


def test_a_store_that_is_down_fails_the_record_and_loses_nothing() -> None:
    worker = Lambda()
    event = sqs_event(worker.orders(worker.accepted(sms(number(1)))))
    worker.alerts.outage.failing = 1
    assert worker.handler(event, Context()) == failed(0)
    assert worker.handler(event, Context()) == failed()
    assert worker.sms.received == {number(1): ["trunk 7 is down"]}


def test_an_order_there_was_no_time_for_is_queued_again() -> None:
    worker = Lambda()
    event = sqs_event(worker.orders(worker.accepted(sms(number(1)))))
    assert worker.handler(event, Context(milliseconds=1_000)) == failed()
    assert worker.sms.received == {}
    assert worker.handler(sqs_event([order.encode() for order in worker.queue.orders]), Context()) == failed()
    assert worker.sms.received == {number(1): ["trunk 7 is down"]}


def test_an_order_that_cannot_be_queued_again_comes_again_itself() -> None:
    worker = Lambda()
    event = sqs_event(worker.orders(worker.accepted(sms(number(1)))))
    worker.queue.outage.failing = 1
    assert worker.handler(event, Context(milliseconds=1_000)) == failed(0)
    assert worker.handler(event, Context()) == failed()
    assert worker.sms.received == {number(1): ["trunk 7 is down"]}


def test_metrics_tell_what_became_of_the_messages(output: Callable[[], Output]) -> None:
    worker = Lambda()
    alert = worker.accepted(sms(*map(number, range(7))))
    worker.sms.towards(number(1), Throttle())
    worker.sms.towards(number(2), RefusePermanent("opted_out"))
    worker.sms.towards(number(3), RefusePermanent("opted_out"))
    worker.sms.towards(number(4), LoseReply())
    worker.clock.advance(timedelta(seconds=2.5))
    worker.handler(sqs_event(worker.orders(alert)), Context())
    written = output()
    assert written.metrics() == {
        "MessagesSent": [3.0],
        "MessagesFailed": [2.0],
        "MessagesRetried": [1.0],
        "OutcomesUnknown": [1.0],
    }
    assert written.metrics(lane="urgent") == {"SubmissionLatency": [2500.0] * 3}
    assert written.metrics(reason="opted_out") == {"SubmissionsRejected": [2.0]}
    assert written.metrics(reason="throttled") == {"SubmissionsRejected": [1.0]}
    assert written.metrics(reason="connection_reset") == {"SubmissionsRejected": [1.0]}


def test_a_message_that_was_throttled_first_says_nothing_about_latency(output: Callable[[], Output]) -> None:
    # given a message that the provider would not take at the first try
    worker = Lambda()
    worker.sms.towards(number(1), Throttle(), Accept())
    worker.handler(sqs_event(worker.orders(worker.accepted(sms(number(1))))), Context())
    # when its second try succeeds
    worker.clock.advance(timedelta(minutes=1))
    output()
    worker.handler(sqs_event([order.encode() for order in worker.queue.orders]), Context())
    # then it is counted as sent, and its back-off not as our slowness
    written = output()
    assert written.metrics() == {"MessagesSent": [1.0]}
    assert written.metrics(lane="urgent") == {}


def test_the_latency_of_a_large_batch_is_a_sample_with_the_same_ends(output: Callable[[], Output]) -> None:
    worker = Lambda()
    alert = worker.accepted(sms(*map(number, range(250))))
    worker.handler(sqs_event(worker.orders(alert)), Context())
    latencies = output().metrics(lane="bulk")["SubmissionLatency"]
    assert len(latencies) == 99


def test_an_order_that_comes_twice_sends_once_and_counts_once(output: Callable[[], Output]) -> None:
    worker = Lambda()
    event = sqs_event(worker.orders(worker.accepted(sms(number(1)))))
    worker.handler(event, Context())
    output()
    assert worker.handler(event, Context()) == failed()
    assert worker.sms.received == {number(1): ["trunk 7 is down"]}
    assert output().metrics() == {}


def test_s7_whatever_happens_no_line_gives_anybody_away(capsys: pytest.CaptureFixture[str]) -> None:
    phone, mailbox = CANARIES["phone"], CANARIES["email"]
    for channel, to, item in (
        (Channel.SMS, phone, sms(phone, text=CANARIES["sms text"], tag=CANARIES["tag"])),
        (Channel.EMAIL, mailbox, email(mailbox, body=CANARIES["email body"], tag=CANARIES["tag"])),
    ):
        for behaviour in (Throttle(), RefusePermanent(), LoseReply(), Break(), None):
            worker = Lambda(channel)
            for network in (worker.sms, worker.email):
                if behaviour:
                    network.towards(to, behaviour)
            bodies = worker.orders(worker.accepted(item))
            worker.handler(sqs_event([*bodies, *CANARIES.values(), json.dumps(dict(CANARIES))]), Context())
    written = capsys.readouterr()
    assert written.out.count('"message":"batch"') == 10
    assert find_canaries(written.out.encode()) == []
    assert find_canaries(written.err.encode()) == []


SECOND = timedelta(seconds=1)
