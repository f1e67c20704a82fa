"""What comes in from outside: from the SQS event to what the client is told and who is silenced."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from infra.local.provider_events import inbound_text, notification, ses_event, stored_object, text_event
from tests.builders import an_acceptance, email, number, sms
from tests.canaries import CANARIES, find_canaries
from tests.fakes.alerts import FakeAlertRepository
from tests.fakes.event_publisher import FakeEventPublisher
from tests.fakes.messages import FakeMessageRows
from tests.fakes.results import FakeResultEvents
from tests.fakes.sealer import FakeSealer
from tests.fakes.suppressions import FakeSuppressions
from tests.fakes.time import NOON, VirtualClock
from tests.fakes.work import FakeDispatchProgress
from tests.functional.events import Context, record_id, sqs_event
from tocsin.adapters.end_user_messaging import receipts as end_user_messaging
from tocsin.adapters.ses import receipts as ses
from tocsin.alerts.domain.alert import Alert
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.application.record_receipts import RecordReceipts
from tocsin.delivery.domain.message import Message, MessageState, Step
from tocsin.delivery.domain.message_id import MessageId
from tocsin.entrypoint.process import observability
from tocsin.entrypoint.queue.inbound import Inbound, Notice, Source
from tocsin.inbound.application.process_receipts import ProcessReceipts
from tocsin.suppressions.application.suppress import Suppress
from tocsin.suppressions.domain.suppression import SuppressionReason
from track_events.handler import receipts

ANA, MAIL = number(1), "ana@x.example"
TEXTS, MAILS, REPLIES = (f"arn:aws:sns:eu-west-2:123456789012:tocsin-{name}" for name in ("sms", "ses", "inbound"))
BUCKET = "tocsin-media"
S = MessageState
ALL_WELL: dict[str, Any] = {"batchItemFailures": []}


class Lambda:
    """The function with everything behind it in memory; a text to Ana (item 0) and a mail (item 1), both sent."""

    def __init__(self, to: tuple[str, str] = (ANA, MAIL)) -> None:
        observability.configure("track_test")
        dispatch_progress = FakeDispatchProgress()
        alerts = FakeAlertRepository(dispatch_progress)
        self.rows = FakeMessageRows()
        self.results = FakeResultEvents()
        self.suppressions = FakeSuppressions()
        self.suppress = Suppress(self.suppressions, FakeSealer())
        self.clock = VirtualClock()
        acceptance = an_acceptance(sms(to[0]), email(to[1]))
        alerts.accept(acceptance)
        self.alert: Alert = acceptance.alert
        self.ids = [MessageId(batch.key, 0, 1) for batch in self.alert.batches()]
        log = (Step(NOON, S.SENDING), Step(NOON, S.SENT))
        for id in self.ids:
            self.rows.rows[id.key, 0] = Message(0, S.SENT, 2, 1, log, provider_id="p-1")
        record = RecordReceipts(alerts, self.rows, dispatch_progress, self.results, self.clock)
        process_receipts = ProcessReceipts(record, alerts, self.suppress, FakeEventPublisher(self.results))
        self.noted: list[Notice] = []
        self.noted_fails = False
        self.handler = Inbound(
            "track_test",
            {TEXTS: Source.SMS_EVENTS, MAILS: Source.EMAIL_EVENTS, REPLIES: Source.SMS_INBOUND},
            {Source.EMAIL_INBOUND: self._note},
            BUCKET,
            {
                Source.SMS_EVENTS: receipts("track_test", Source.SMS_EVENTS, end_user_messaging.read, process_receipts),
                Source.EMAIL_EVENTS: receipts("track_test", Source.EMAIL_EVENTS, ses.read, process_receipts),
            },
        )

    def _note(self, notice: Notice) -> str:
        if self.noted_fails:
            raise ValueError("poison")
        self.noted.append(notice)
        return "noted"

    def __call__(self, *bodies: str) -> dict[str, Any]:
        return dict(self.handler(sqs_event(bodies), Context()))

    def text(self, kind: str) -> str:
        return notification(TEXTS, text_event(kind, str(self.ids[0]), ANA, NOON), NOON)

    def mail(self, kind: str, type: str = "") -> str:
        return notification(MAILS, ses_event(kind, str(self.ids[1]), MAIL, NOON, type=type), NOON)

    def states(self) -> list[MessageState]:
        return [self.rows.rows[id.key, 0].state for id in self.ids]

    def told(self) -> list[tuple[str, str]]:
        waiting = self.results.collect(self.alert.tenant, self.alert.key_id, None, 99, self.clock())
        return [(event.channel.value, event.event) for event in waiting]


def metrics(output: str) -> dict[tuple[str, ...], float]:
    """Return what was counted, by metric and dimensions other than the service."""
    counted: dict[tuple[str, ...], float] = {}
    for line in output.splitlines():
        told = json.loads(line)
        for block in told.get("_aws", {}).get("CloudWatchMetrics", []):
            dimensions = [told[name] for name in sorted(block["Dimensions"][0]) if name != "service"]
            for metric in block["Metrics"]:
                counted[metric["Name"], *dimensions] = sum(told[metric["Name"]])
    return counted


def test_ah_123_receipts_move_messages_and_are_told() -> None:
    function = Lambda()

    assert function(function.text("TEXT_DELIVERED"), function.mail("Delivery")) == ALL_WELL

    assert function.states() == [S.DELIVERED, S.DELIVERED]
    assert sorted(function.told()) == [
        ("email", "delivered"),
        ("email", "sent"),
        ("sms", "delivered"),
        ("sms", "sent"),
    ]


def test_a_bounce_and_a_complaint_suppress_the_mailbox(capsys: pytest.CaptureFixture[str]) -> None:
    function = Lambda()

    function(function.mail("Bounce", "Permanent"), function.mail("Complaint", "abuse"))

    known = function.suppress.known(function.alert.tenant, Channel.EMAIL, MAIL)
    assert set(known.standing) == {SuppressionReason.HARD_BOUNCE, SuppressionReason.COMPLAINT}
    assert function.states() == [S.SENT, S.FAILED]
    assert ("email", "bounced") in function.told()
    counted = metrics(capsys.readouterr().out)
    assert counted["ReceiptsRecorded", "email_events", "failed"] == 1
    assert counted["ComplaintsReceived",] == 1


@pytest.mark.parametrize("seed", range(20))
def test_receipts_in_any_order_and_number_come_to_the_same(seed: int) -> None:
    rng = random.Random(seed)
    function = Lambda()
    bodies = [
        *(function.text(kind) for kind in ("TEXT_QUEUED", "TEXT_SUCCESSFUL", "TEXT_DELIVERED")),
        *(function.mail(kind) for kind in ("Send", "DeliveryDelay", "Delivery")),
        function.mail("Bounce", "Permanent"),
        function.mail("Complaint", "abuse"),
    ]
    bodies += rng.choices(bodies, k=8)
    rng.shuffle(bodies)

    while bodies:
        assert function(*[bodies.pop() for _ in range(min(10, len(bodies)))]) == ALL_WELL

    assert function.states() == [S.DELIVERED, S.FAILED]
    told = function.told()
    assert len(told) == len(set(told)), "an event was told twice"
    assert {("email", "bounced"), ("email", "complaint"), ("sms", "delivered")} <= set(told)


POISON = [
    "",
    "no json",
    "[]",
    "null",
    '"text"',
    "{}",
    "[" * 100_000,
    '{"Records":[{}]}',
    '{"Records":[null]}',
    notification("arn:aws:sns:eu-west-2:666:tocsin-sms", {}, NOON),
    notification(TEXTS, "{}", NOON).replace('"Notification"', '"SubscriptionConfirmation"'),
    stored_object("somebody-elses-bucket", "inbound/m1", 7, NOON),
]


@pytest.mark.parametrize("body", POISON)
def test_r8_s13_poison_is_counted_and_dropped_and_its_neighbours_do_not_wait(
    body: str, capsys: pytest.CaptureFixture[str]
) -> None:
    function = Lambda()

    assert function(body, function.text("TEXT_DELIVERED")) == ALL_WELL

    assert function.states() == [S.DELIVERED, S.SENT]
    counted = metrics(capsys.readouterr().out)
    assert counted["EventsUnreadable",] == 1
    assert counted["InboundEventsProcessed", "foreign", "unknown"] == 1


@pytest.mark.parametrize(
    ("content", "word", "unreadable"),
    [
        ({"eventType": "TEXT_TELEPATHY"}, "unknown_event", 1),
        ({"no": "type"}, "malformed", 1),
        ("no object", "malformed", 1),
        (text_event("TEXT_DELIVERED", None, ANA, NOON), "not_ours", 0),
        (text_event("VOICE_ANSWERED", None, ANA, NOON), "ignored", 0),
    ],
)
def test_what_says_nothing_about_a_message_is_counted_and_dropped(
    content: Any, word: str, unreadable: int, capsys: pytest.CaptureFixture[str]
) -> None:
    function = Lambda()

    assert function(notification(TEXTS, content, NOON)) == ALL_WELL

    counted = metrics(capsys.readouterr().out)
    assert counted["InboundEventsProcessed", word, "sms_events"] == 1
    assert counted.get(("EventsUnreadable",), 0) == unreadable


def test_s13_a_topic_may_only_speak_of_what_it_is_for() -> None:
    function = Lambda()
    bounce = ses_event("Bounce", str(function.ids[1]), MAIL, NOON, type="Permanent")

    function(notification(TEXTS, bounce, NOON), notification(REPLIES, bounce, NOON))

    assert function.states() == [S.SENT, S.SENT]
    assert function.suppressions.rows == {}


def test_what_the_store_could_not_take_comes_again_alone() -> None:
    function = Lambda()
    function.rows.outage.failing = 1

    answer = function(function.text("TEXT_DELIVERED"), function.mail("Delivery"))

    assert answer == {"batchItemFailures": [{"itemIdentifier": record_id(0)}]}
    assert function.states() == [S.SENT, S.DELIVERED]
    assert function(function.text("TEXT_DELIVERED")) == ALL_WELL
    assert function.states() == [S.DELIVERED, S.DELIVERED]


def test_receipts_of_one_batch_are_taken_in_together_and_told_in_one_pack() -> None:
    function = Lambda()
    failed = function.mail("Bounce", "Permanent")

    assert function(function.text("TEXT_DELIVERED"), failed, function.mail("Delivery"), failed) == ALL_WELL

    assert function.states() == [S.DELIVERED, S.FAILED]
    assert len(function.results.packs) == 2  # of each item, one slice


def test_a_poisonous_mail_a_text_and_receipts_in_one_batch_do_not_wait_for_each_other() -> None:
    function = Lambda()
    function.noted_fails = True

    answer = function(stored_object(BUCKET, "inbound/m1", 7, NOON), function.text("TEXT_DELIVERED"), "no json")

    assert answer == {"batchItemFailures": [{"itemIdentifier": record_id(0)}]}
    assert function.states() == [S.DELIVERED, S.SENT]


def test_what_there_is_no_time_for_comes_again_whatever_it_is() -> None:
    function = Lambda()
    bodies = [stored_object(BUCKET, "inbound/m1", 7, NOON), function.text("TEXT_DELIVERED"), "no json"]

    answer = function.handler(sqs_event(bodies), Context(9_999))

    assert answer["batchItemFailures"] == [{"itemIdentifier": record_id(n)} for n in (0, 1)]
    assert function.states() == [S.SENT, S.SENT]
    assert function.noted == []


def test_a_source_that_nobody_handles_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    function = Lambda()

    assert function(notification(REPLIES, inbound_text(ANA, number(9), "yes", "i-1"), NOON)) == ALL_WELL

    assert metrics(capsys.readouterr().out)["InboundEventsProcessed", "unhandled", "sms_inbound"] == 1


def test_a_mail_that_came_in_is_handed_on_by_its_place() -> None:
    function = Lambda()

    function(stored_object(BUCKET, "inbound/a b+c.eml", 7, NOON))

    (notice,) = function.noted
    assert (notice.source, notice.at) == (Source.EMAIL_INBOUND, NOON)
    assert notice.content == {"bucket": BUCKET, "key": "inbound/a b+c.eml", "size": 7}


def test_the_greetings_of_a_new_deployment_are_taken_quietly(capsys: pytest.CaptureFixture[str]) -> None:
    function = Lambda()
    of_s3 = '{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"tocsin-media"}'
    of_ses = notification(MAILS, "Successfully validated SNS topic for Amazon SES event publishing.", NOON)

    assert function(of_s3, of_ses) == ALL_WELL

    assert ("EventsUnreadable",) not in metrics(capsys.readouterr().out)


def test_the_notification_that_aws_documents_is_read() -> None:
    body = (Path(__file__).parents[1] / "events" / "sqs_sns_notification.json").read_text()
    seen: list[Notice] = []
    topic = "arn:aws:sns:eu-west-2:123456789012:tocsin-sms-events"

    def note(notice: Notice) -> str:
        seen.append(notice)
        return "noted"

    Inbound("track_test", {topic: Source.SMS_EVENTS}, {Source.SMS_EVENTS: note})(sqs_event([body]), Context())

    (notice,) = seen
    assert notice.id == "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324"
    assert notice.at.isoformat() == "2026-11-23T12:00:01.012000+00:00"
    assert notice.content["eventType"] == "TEXT_DELIVERED"


def test_s7_no_address_is_in_any_line_whatever_happens(capsys: pytest.CaptureFixture[str]) -> None:
    phone, mailbox = CANARIES["phone"], CANARIES["email"]
    function = Lambda((phone, mailbox))

    def mail(kind: str, type: str = "") -> str:
        return notification(MAILS, ses_event(kind, str(function.ids[1]), mailbox, NOON, type=type), NOON)

    def text(kind: str) -> str:
        return notification(TEXTS, text_event(kind, str(function.ids[0]), phone, NOON), NOON)

    function(text("TEXT_DELIVERED"), text("TEXT_TELEPATHY"), mail("Bounce", "Permanent"), mail("Complaint", phone))
    function(text("TEXT_DELIVERED").replace(TEXTS, "arn:of:nobody"), f'{{"poison":"{phone}"', mailbox)
    function(notification(REPLIES, inbound_text(phone, number(9), "yes", "i-1"), NOON))
    function.rows.outage.failing = 9
    function(text("TEXT_DELIVERED"), mail("Delivery"))

    output = capsys.readouterr()
    assert "StorageUnavailable" in output.out
    assert find_canaries((output.out + output.err).encode()) == []
    assert find_canaries(repr(function.suppressions.rows).encode()) == []
