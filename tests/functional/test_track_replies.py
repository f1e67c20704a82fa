"""S14, AH-91: what people send, from the SQS event to what the client is told."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.local.outside.answers import Envelope, received_mail
from infra.local.provider_events import inbound_text, notification, stored_object
from receive_mails.handler import Mails
from receive_texts.handler import texts
from tests.builders import email, number
from tests.canaries import CANARIES, find_canaries
from tests.fakes.time import NOON
from tests.functional.events import Context, sqs_event
from tests.unit.inbound.answering import ANA, DOMAIN, OURS, Answering
from tocsin.adapters.bounded_process.caller import Budget
from tocsin.adapters.end_user_messaging.inbound import read_text
from tocsin.adapters.inbound_mail.bounded_reader import BoundedReader
from tocsin.adapters.inbound_mail.parser import addressed_to, parse_mail
from tocsin.adapters.ses.received_mail import read_record
from tocsin.alerts.domain.alert import Alert, ChunkKey
from tocsin.entrypoint.process import observability
from tocsin.entrypoint.queue.inbound import Inbound, Source
from tocsin.inbound.application.receive_texts import ReceiveTexts
from tocsin.inbound.domain.mail import InboundMail, UnreadableMail, UnreadableReason
from tocsin.inbound.domain.text import IncomingText
from tocsin.kernel.domain.ids import TenantId

TOPIC = "arn:aws:sns:eu-west-2:123456789012:tocsin-sms-inbound"
RECORDS = "arn:aws:sns:eu-west-2:123456789012:tocsin-mail-received"
BUCKET = "tocsin-inbound"
PASSED = Envelope("ana@example.org")
MAILS = Path(__file__).parents[1] / "events" / "mails"
ALL_WELL: dict[str, Any] = {"batchItemFailures": []}


class FakeMailbox:
    """Raw mails in memory."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.for_a_day: set[str] = set()

    def read(self, bucket: str, key: str) -> bytes | None:
        return self.objects.get(key)

    def delete(self, bucket: str, key: str) -> None:
        self.objects.pop(key, None)

    def keep_for_record(self, bucket: str, key: str) -> None:
        self.for_a_day.add(key)

    def set_aside(self, bucket: str, key: str, why: str) -> str:
        aside = f"unreadable/{why}/{key.rpartition('/')[2]}"
        self.objects[aside] = self.objects.pop(key)
        return aside


def read(raw: bytes) -> InboundMail | UnreadableMail:
    """Parse a mail here, without limits."""
    return parse_mail(raw) or UnreadableMail(UnreadableReason.MALFORMED, addressed_to(raw))


class Lambda(Answering):
    """The functions with everything behind them in memory."""

    def __init__(self, read: Callable[[bytes], InboundMail | UnreadableMail] = read) -> None:
        super().__init__()
        observability.configure("track_test")
        self.mailbox, self.events = FakeMailbox(), list[list[str]]()
        mails = Mails(self.mailbox, read, read_record, self.receive_mail, BUCKET, lambda: self.now)
        self.handler = Inbound(
            "track_test",
            {TOPIC: Source.SMS_INBOUND, RECORDS: Source.EMAIL_RECORDS},
            {
                Source.EMAIL_INBOUND: mails.of_object,
                Source.EMAIL_RECORDS: mails.of_record,
            },
            BUCKET,
            together={Source.SMS_INBOUND: texts(read_text, ReceiveTexts(self.receive_text, self.tell_events))},
        )

    def tell_events(self, tenant: TenantId, texts: Sequence[IncomingText]) -> None:
        self.events.append([text.text for text in texts])

    def __call__(self, *bodies: str) -> dict[str, Any]:
        return dict(self.handler(sqs_event(bodies), Context()))

    def put(self, key: str, mail: bytes) -> str:
        """Be the mail server: put a mail into the bucket, and return its record, in which everything passed."""
        self.mailbox.objects[key] = mail
        return self.record(key)

    def record(self, key: str, at: datetime | None = None, envelope: Envelope = PASSED) -> str:
        """Return the mail service's record of a mail that it received now, published `at`."""
        return notification(RECORDS, received_mail(BUCKET, key, self.now, envelope), at or self.now)

    def object(self, key: str) -> str:
        """Return S3's event of a mail that is in the bucket, half a minute old."""
        return stored_object(BUCKET, key, 7, self.now - timedelta(seconds=30))


def texted(text: str, *, id: str = "in-1", by: str = ANA, answering: Alert | None = None) -> str:
    previous = f"p-{answering.ref}" if answering else None
    return notification(TOPIC, inbound_text(by, OURS, text, id, previous=previous), NOON)


def outcomes(output: str) -> list[tuple[str, str]]:
    """Return source and outcome of everything that was counted."""
    lines = [json.loads(line) for line in output.splitlines() if '"outcome"' in line]
    return [(line["source"], line["outcome"]) for line in lines]


def test_texts_of_a_batch_find_their_alerts(capsys: pytest.CaptureFixture[str]) -> None:
    function = Lambda()
    alert = function.send()

    answer = function(
        texted("on my way", answering=alert),
        texted("me too", id="in-2", by=number(2)),
        texted("who is this?", id="in-3", by=number(9)),
        texted("STOP", id="in-4"),
    )

    assert answer == ALL_WELL
    assert sorted(event.details["reply"] for event in function.told(alert)) == ["STOP", "me too", "on my way"]
    assert outcomes(capsys.readouterr().out) == [
        ("sms_inbound", "keyword"),
        ("sms_inbound", "nothing_open"),
        ("sms_inbound", "recorded"),
    ]


def test_a_text_that_sns_delivers_again_is_one_answer(capsys: pytest.CaptureFixture[str]) -> None:
    function = Lambda()
    alert = function.send()
    function(texted("ok"), texted("ok"))
    function(texted("ok"))
    assert (len(function.kept(alert)), len(function.told(alert))) == (1, 1)


def test_a_text_that_could_not_be_kept_comes_again_alone() -> None:
    function = Lambda()
    alert = function.send()
    function.responses.outage.failing = 1
    answer = function(texted("ok"), texted("and more", id="in-2"))
    assert len(answer["batchItemFailures"]) == 1
    function(texted("ok"))
    assert [response.text for response in function.kept(alert)] == ["ok", "and more"]


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ({}, "malformed"),
        ({"inboundMessageId": "1", "messageBody": 7, "originationNumber": ANA, "destinationNumber": OURS}, "malformed"),
        (inbound_text(ANA, OURS, "ok", ""), "malformed"),
        ({**inbound_text(ANA, OURS, "ok", "1"), "previousPublishedMessageId": 3}, "malformed"),
        (inbound_text("72404", OURS, "balance low", "1"), "ignored"),
        (inbound_text("Bank", OURS, "your code", "1"), "ignored"),
        (inbound_text(ANA, number(98), "ok", "1"), "number_unknown"),
    ],
)
def test_what_is_no_answer_is_named_and_dropped(
    content: dict[str, Any], word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    function = Lambda()
    function.send()
    assert function(notification(TOPIC, content, NOON)) == ALL_WELL
    assert outcomes(capsys.readouterr().out) == [("sms_inbound", word)]
    assert not function.responses.kept


@pytest.mark.parametrize(
    ("name", "reply"),
    [
        ("gmail_en.eml", "On my way, ten minutes."),
        ("apple_fr.eml", "J’arrive dans dix minutes."),
        ("thunderbird_es.eml", "Voy, diez minutos."),
        ("outlook_html_only.eml", "Coming now."),
    ],
)
def test_ah_91_a_mail_becomes_an_event_by_its_reference(name: str, reply: str) -> None:
    function = Lambda()
    alert = function.send(email("ana@example.org"), reference="[TX-7F3K9Q2MXB]")

    assert function(function.put("mail/abc", (MAILS / name).read_bytes())) == ALL_WELL

    (event,) = function.told(alert)
    assert (event.event, event.alertee, event.details["reply"]) == ("reply", "ana@example.org", reply)
    assert (event.details["spf"], event.details["dmarc"]) == ("pass", "pass")


def test_ah_91_a_mail_becomes_an_event_by_the_address_it_was_sent_to() -> None:
    function = Lambda()
    alert = function.send(email("ana@example.org"))
    address = function.addresses(ChunkKey(alert.tenant, alert.ref, 0, 0), 0)
    mail = f"From: Ana <ana@private.example>\r\nTo: Alerts <{address}>\r\nSubject: Re: your mail\r\n\r\nyes".encode()

    function(function.put("mail/abc", mail), function.put("mail/abc", mail))

    (event,) = function.told(alert)
    assert (event.alertee, event.contact_id, event.details["reply"]) == ("ana@example.org", "c0", "yes")
    assert event.details["from"] == "ana@private.example"


@pytest.mark.parametrize("name", ["vacation.eml", "outlook_vacation.eml"])
def test_decided_8_3_an_automatic_reply_is_told_as_one_and_does_not_count(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    function = Lambda()
    alert = function.send(email("ana@example.org"), reference="[TX-7F3K9Q2MXB]")
    function(function.put("mail/abc", (MAILS / name).read_bytes()))
    assert outcomes(capsys.readouterr().out) == [("email_records", "automatic")]
    assert [(event.event, event.details["counted"]) for event in function.told(alert)] == [("autoReply", False)]
    assert [one.counted for one in function.kept(alert)] == [False]


def test_decided_8_3_a_bounce_is_counted_and_nothing_more(capsys: pytest.CaptureFixture[str]) -> None:
    function = Lambda()
    alert = function.send(email("ana@example.org"), reference="[TX-7F3K9Q2MXB]")
    function(function.put("mail/abc", (MAILS / "bounce.eml").read_bytes()))
    assert outcomes(capsys.readouterr().out) == [("email_records", "machine")]
    assert function.told(alert) == []


def test_a_mail_whose_time_in_the_bucket_is_over_is_gone(capsys: pytest.CaptureFixture[str]) -> None:
    function = Lambda()
    assert function(function.object("mail/gone"), function.record("mail/gone")) == ALL_WELL
    assert outcomes(capsys.readouterr().out) == [("email_inbound", "gone"), ("email_records", "gone")]


def test_nonsense_in_the_bucket_is_dropped_without_an_alarm(capsys: pytest.CaptureFixture[str]) -> None:
    function = Lambda()
    nested = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(3000))
    assert function(function.put("inbound/x", nested.encode()), function.put("inbound/y", b"")) == ALL_WELL
    words = {word for _, word in outcomes(capsys.readouterr().out)}
    assert words <= {"unreadable", "no_reference"}


def test_no_log_line_knows_who_answered_or_what(capsys: pytest.CaptureFixture[str]) -> None:
    function = Lambda()
    function.send()
    phone, mailbox, text = CANARIES["phone"], CANARIES["email"], CANARIES["sms text"]
    function.responses.outage.failing = 1
    function(
        texted(text),
        texted("HELP", id="in-2"),
        notification(TOPIC, inbound_text(phone, OURS, text, "in-3"), NOON),
        function.put("mail/abc", f"From: {mailbox}\r\nTo: x@{DOMAIN}\r\nSubject: {text}\r\n\r\n{text}".encode()),
    )
    assert not find_canaries(capsys.readouterr().out.encode())


def test_a_mail_that_cannot_be_read_is_told_to_its_alert_and_costs_no_other_mail(
    capsys: pytest.CaptureFixture[str],
) -> None:
    # given an alert by text and mail, and mails of which one would take minutes to read
    bounded = BoundedReader(Budget(cpu_seconds=0.2, wall_seconds=30))
    function = Lambda(bounded)
    alert = function.send(email("ana@example.org"))
    token = function.addresses(ChunkKey(alert.tenant, alert.ref, 0, 0), 0)
    head = f"From: {CANARIES['email']}\r\nTo: {token}\r\n"
    bomb = f"{head}Content-Type: text/html\r\n\r\n".encode() + b"<a " * 60_000

    # when they come in one batch, the bad one first and twice
    bad = function.put("inbound/bad", bomb)
    answer = function(bad, bad, function.put("inbound/good", f"{head}\r\non my way".encode()))
    bounded.close()

    # then both are with the alert, and one of them counts
    assert answer == ALL_WELL
    assert sorted((one.natural_id, one.text, one.reason, one.counted) for one in function.kept(alert)) == [
        ("inbound/bad", "", "unreadable", False),
        ("inbound/good", "on my way", None, True),
    ]
    assert [(told.details["reply"], told.reason) for told in function.told(alert)] == [
        ("on my way", None),
        ("", "unreadable"),
    ]
    assert list(function.mailbox.objects) == ["unreadable/time/bad"]
    out = capsys.readouterr().out
    assert outcomes(out) == [("email_records", "gone"), ("email_records", "recorded"), ("email_records", "unreadable")]
    (line,) = (line for line in map(json.loads, out.splitlines()) if line.get("message") == "mail unreadable")
    assert (line["reason"], line["bytes"], line["object"]) == ("time", len(bomb), "unreadable/time/bad")
    assert not find_canaries(out.encode())


def test_an_unreadable_mail_to_no_token_of_ours_is_only_counted(capsys: pytest.CaptureFixture[str]) -> None:
    function = Lambda(lambda raw: UnreadableMail(UnreadableReason.TIME, ("alerts@t.example", f"r+{'x' * 40}@{DOMAIN}")))
    function.send()
    assert function(function.put("inbound/bad", b"?")) == ALL_WELL
    assert not function.responses.kept
    assert outcomes(capsys.readouterr().out) == [("email_records", "unreadable")]


FORGER = Envelope("dmarc=pass@attacker.example", dmarc="FAIL")


def test_d0_a_forged_mail_by_subject_reference_is_kept_and_ends_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    function = Lambda()
    alert = function.send(email("ana@example.org"), reference="[TX-7F3K9Q2MXB]")
    function.mailbox.objects["inbound/forged"] = (MAILS / "gmail_en.eml").read_bytes()

    assert function(function.record("inbound/forged", envelope=FORGER)) == ALL_WELL

    assert [(one.counted, one.reason) for one in function.kept(alert)] == [(False, "sender_not_believed")]
    assert outcomes(capsys.readouterr().out) == [("email_records", "sender_not_believed")]
    assert function.mailbox.objects == {}


def test_decided_8_2_a_mail_waits_30_s_for_its_record_and_a_later_record_lets_it_count() -> None:
    # given a mail whose record has not come
    function = Lambda()
    alert = function.send(email("ana@example.org"), reference="[TX-7F3K9Q2MXB]")
    function.mailbox.objects["inbound/m"] = (MAILS / "gmail_en.eml").read_bytes()
    event = stored_object(BUCKET, "inbound/m", 7, function.now)
    assert len(function(event)["batchItemFailures"]) == 1
    assert function.kept(alert) == []

    # when it is half a minute old, then it is kept and does not count, and the object stays for a day
    arrived = function.now
    function.now = arrived + timedelta(seconds=30)
    assert function(event) == ALL_WELL
    assert [one.counted for one in function.kept(alert)] == [False]
    assert function.mailbox.for_a_day == set(function.mailbox.objects) == {"inbound/m"}

    # when the record comes after an hour, then it counts, and nothing of the raw mail is left
    function.now = arrived
    record = function.record("inbound/m", arrived + timedelta(hours=1))
    assert function(record) == ALL_WELL
    assert [(one.counted, one.late) for one in function.kept(alert)] == [(True, True)]
    assert function.mailbox.objects == {}


def test_decided_8_2_a_record_after_a_day_or_of_another_bucket_changes_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    function = Lambda()
    alert = function.send(email("ana@example.org"), reference="[TX-7F3K9Q2MXB]")
    function.mailbox.objects["inbound/m"] = (MAILS / "gmail_en.eml").read_bytes()
    late = function.record("inbound/m", function.now + timedelta(hours=24, seconds=1))
    elsewhere = notification(RECORDS, received_mail("other", "inbound/m", function.now, PASSED), function.now)

    assert function(late, elsewhere, notification(RECORDS, {"notificationType": "x"}, NOON)) == ALL_WELL

    assert function.kept(alert) == []
    assert outcomes(capsys.readouterr().out) == [
        ("email_records", "foreign"),
        ("email_records", "too_late"),
        ("email_records", "unknown_event"),
    ]
