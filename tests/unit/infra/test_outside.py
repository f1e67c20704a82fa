"""The outside of the one-machine runner, piece by piece; all of it together is in tests/stack/test_round_trips.py."""

from __future__ import annotations

import base64
import email.policy
import json
import smtplib
import threading
import urllib.error
import urllib.request
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.parser import BytesParser
from pathlib import Path
from typing import Any, cast

import pytest

from infra.local.aws import Aws
from infra.local.captured import Text
from infra.local.ministack.noted_texts import note_texts
from infra.local.ministack.whole_mails import whole
from infra.local.outside import mail_folder
from infra.local.outside.answers import mail_answer, text_answer
from infra.local.outside.callbacks import CallbackReceiver
from infra.local.outside.mail_folder import MailFolder
from infra.local.outside.mail_server import MailServer
from infra.local.outside.mailboxes import our_id
from infra.local.outside.outcomes import TEXT_OUTCOMES, mail_outcome, text_outcome
from infra.local.outside.submitted import SubmittedTexts
from infra.local.outside.topics import publish
from infra.local.provider_events import text_event
from tocsin.adapters.end_user_messaging import receipts
from tocsin.adapters.end_user_messaging.inbound import read_text
from tocsin.adapters.inbound_mail.parser import parse_mail
from tocsin.delivery.ports.receipts import ProviderReport
from tocsin.inbound.domain.automatic import automatic
from tocsin.inbound.domain.text import IncomingText

AT = datetime(2026, 11, 21, 8, 14, tzinfo=UTC)

RAW = (
    "To: ana@example.org\r\nMessage-ID: <acme.alert.1.0.0.1\r\n @alerts.example>\r\n"
    "Reply-To: Control room <r+acme.token@alerts.example>\r\nFrom: alerts@alerts.example\r\n"
    "Subject: =?utf-8?q?Gro=C3=9Fe?= Lage [TX-3EQ0W5QV8N]\r\nContent-Type: text/plain; charset=utf-8\r\n"
    "Content-Transfer-Encoding: 8bit\r\n\r\nMessage-ID: this line is text\r\n.\r\n..two dots\r\nZoë\r\n"
).encode()
CALL = {
    "Content": {"Raw": {"Data": base64.b64encode(RAW).decode()}},
    "EmailTags": [{"Name": "message", "Value": "acme_alert_1_0_0_1"}],
    "ConfigurationSetName": "tocsin",
}


def _relayed() -> bytes:
    mail = whole(CALL, "Subject: x\nMessage-ID: <new@email.amazonses.com>\n\nrebuilt")
    assert isinstance(mail, bytes)
    return mail


def test_a_relayed_mail_is_the_one_that_was_submitted_with_the_ids_of_ses() -> None:
    mail = _relayed()

    read = BytesParser(policy=email.policy.default).parsebytes(mail)
    assert read.get_all("Message-ID") == ["<new@email.amazonses.com>"]
    assert str(read["Reply-To"]) == "Control room <r+acme.token@alerts.example>"
    assert mail.partition(b"\r\n\r\n")[2] == RAW.partition(b"\r\n\r\n")[2]
    assert our_id(mail) == "acme.alert.1.0.0.1"
    assert our_id(RAW) is None


def test_a_mail_that_was_not_submitted_raw_is_relayed_as_the_engine_has_it() -> None:
    assert whole({"Content": {"Simple": {}}}, "rebuilt") == "rebuilt"


def test_the_mail_server_takes_mails_as_they_are(socket_enabled: None) -> None:
    arrived: list[tuple[Sequence[str], bytes]] = []
    server = MailServer(lambda receivers, mail: arrived.append((receivers, mail)))
    server.start()
    try:
        host, port = server.address.split(":")
        with smtplib.SMTP(host, int(port), timeout=5) as client:
            for to in ("ana@example.org", "bob+tag@example.org"):
                client.sendmail("alerts@alerts.example", [to], RAW)
            assert client.docmd("DATA")[0] == 503  # to nobody
    finally:
        server.stop()

    assert [tuple(receivers) for receivers, _ in arrived] == [("ana@example.org",), ("bob+tag@example.org",)]
    assert {mail for _, mail in arrived} == {RAW}


def test_mails_are_private_files_found_by_address_and_the_oldest_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_folder, "MOST_MAILS", 60)
    folder = MailFolder(tmp_path / "mail")
    for number in range(101):
        kept = folder.keep("Ana@example.org", f"{number}".encode(), AT + timedelta(seconds=number))

    assert folder.newest("ana@example.org") == b"100"
    assert folder.newest("na@example.org") is None
    assert kept.stat().st_mode & 0o777 == 0o600
    assert kept.parent.stat().st_mode & 0o777 == 0o700
    assert len(list(folder.folder.iterdir())) == 60
    assert folder.keep("../../etc/passwd", b"", AT).parent == folder.folder


def test_an_answer_by_mail_is_read_as_one_to_its_reply_to(tmp_path: Path) -> None:
    mail = parse_mail(mail_answer(_relayed(), "ana@example.org", "Komme sofort, Zoë", AT))

    assert mail is not None
    assert mail.sender == "ana@example.org"
    assert "r+acme.token@alerts.example" in mail.addressed_to
    assert mail.subject == "Re: Große Lage [TX-3EQ0W5QV8N]"
    assert mail.own.text == "Komme sofort, Zoë"
    assert "> Zoë" in mail.text
    assert mail.signed_by == ("example.org",)
    assert not automatic(mail)


def test_an_answer_of_a_machine_is_known_as_one() -> None:
    mail = parse_mail(mail_answer(_relayed(), "ana@example.org", "I am away", AT, automatic=True))

    assert mail is not None
    assert automatic(mail)


def test_an_answer_by_text_goes_to_where_the_text_came_from() -> None:
    told = text_answer(Text("sns-1", "+447700900100", "+447700900101", "who can come?"), "me")

    read = read_text(told, AT)
    assert isinstance(read, IncomingText)
    assert (read.theirs, read.ours, read.text, read.answered) == ("+447700900101", "+447700900100", "me", "sns-1")


@pytest.mark.parametrize("number", [*TEXT_OUTCOMES, "+447700900123"])
def test_every_fate_of_a_text_is_one_that_we_can_read(number: str) -> None:
    for kind in text_outcome(number):
        assert isinstance(receipts.read(text_event(kind, "acme.alert.0.0.0.1", number, AT)), ProviderReport)


def test_the_simulators_mailboxes_have_their_fates_with_and_without_a_label() -> None:
    for mailbox in ("bounce", "Bounce+7"):
        assert [event.kind for event in mail_outcome(f"{mailbox}@simulator.amazonses.com").events] == ["Bounce"]
    for address in ("bounce@example.org", "success@simulator.amazonses.com"):
        assert [event.kind for event in mail_outcome(address).events] == ["Delivery"]


class FakeSns:
    """Keeps what is published together; refuses those of a name."""

    def __init__(self, refused: str = "") -> None:
        self.calls: list[list[str]] = []
        self._refused = refused

    def client(self, service: str) -> FakeSns:
        assert service == "sns"
        return self

    def publish_batch(self, TopicArn: str, PublishBatchRequestEntries: list[dict[str, str]]) -> dict[str, Any]:
        names = [json.loads(entry["Message"])["name"] for entry in PublishBatchRequestEntries]
        assert len(names) <= 10
        assert len({entry["Id"] for entry in PublishBatchRequestEntries}) == len(names)
        self.calls.append(names)
        return {"Successful": [], "Failed": [name for name in names if name == self._refused]}


def test_what_providers_tell_goes_out_in_order_and_as_much_of_it_together_as_sns_takes() -> None:
    sns = FakeSns()

    publish(cast(Aws, sns), "arn:topic", ({"name": str(number)} for number in range(23)))

    assert [len(call) for call in sns.calls] == [10, 10, 3]
    assert [name for call in sns.calls for name in call] == [str(number) for number in range(23)]


def test_what_a_topic_refuses_is_not_passed_over() -> None:
    with pytest.raises(RuntimeError, match="rejected 1 of 2"):
        publish(cast(Aws, FakeSns(refused="1")), "arn:topic", ({"name": str(number)} for number in range(2)))


class FakeEngineSns:
    """Keeps a record of each text, as the engine does."""

    def __init__(self) -> None:
        self.kept: dict[str, list[dict[str, Any]]] = {}

    def _p(self, params: dict[str, str], key: str) -> str:
        return params.get(key, "")

    def _sms_log_for(self, phone: str) -> list[dict[str, Any]]:
        return self.kept.setdefault(phone, [])

    def _publish(self, params: dict[str, str]) -> str:
        if phone := params.get("PhoneNumber"):
            record = {"MessageId": f"id-{len(self.kept)}", "PhoneNumber": phone, "Message": params["Message"]}
            self._sms_log_for(phone).append({**record, "MessageAttributes": {}})
        return "answered"


def test_each_text_is_noted_once_for_the_carrier_and_nobody_else(tmp_path: Path) -> None:
    # given an engine that has noted texts of an earlier run
    file = tmp_path / "texts.jsonl"
    file.write_text("of an earlier run\n")
    sns = FakeEngineSns()
    note_texts(sns, file)

    # when two texts and something else are published
    for params in (
        {"PhoneNumber": "+447700900101", "Message": "first\nline two"},
        {"TopicArn": "arn:topic", "Message": "an event"},
        {"PhoneNumber": "+447700900102", "Message": "second, Zoë"},
    ):
        assert sns._publish(params) == "answered"

    # then a reader finds each of them once, with its time, and waits for the rest of an unfinished line
    reader = SubmittedTexts(file)
    noted = list(reader.new())
    assert [(text.to, text.text) for text in noted] == [
        ("+447700900101", "first\nline two"),
        ("+447700900102", "second, Zoë"),
    ]
    assert all(text.at and text.at.tzinfo for text in noted)
    third = file.read_text().splitlines(keepends=True)[0]
    for part, found in ((third[:30], 0), (third[30:], 1), ("", 0)):
        with file.open("a") as end:
            end.write(part)
        assert len(list(reader.new())) == found
    assert list(SubmittedTexts(tmp_path / "nothing").new()) == []
    new = tmp_path / "new.jsonl"
    note_texts(FakeEngineSns(), new)
    assert new.stat().st_mode & 0o777 == 0o600


def test_callbacks_are_kept_as_they_came_and_answered_as_the_path_says(tmp_path: Path, socket_enabled: None) -> None:
    receiver = CallbackReceiver(tmp_path / "callbacks.jsonl")
    receiver.start()
    try:
        calls = [threading.Thread(target=_post, args=(receiver.url,)) for _ in range(5)]
        for call in calls:
            call.start()
        for call in calls:
            call.join()
        with pytest.raises(urllib.error.HTTPError, match="503"):
            _post(receiver.url.replace("/callbacks", "/status/503"))
    finally:
        receiver.stop()

    kept = [json.loads(line) for line in receiver.file.read_text().splitlines()]
    assert sorted((call["path"], call["status"]) for call in kept) == [("/callbacks", 204)] * 5 + [("/status/503", 503)]
    assert {call["body"] for call in kept} == {'{"reply": "Zoë"}'}
    assert {call["headers"]["webhook-id"] for call in kept} == {"evt_1"}
    assert receiver.file.stat().st_mode & 0o777 == 0o600


def _post(url: str) -> None:
    request = urllib.request.Request(url, data='{"reply": "Zoë"}'.encode(), headers={"Webhook-Id": "evt_1"})
    urllib.request.urlopen(request, timeout=5).close()
