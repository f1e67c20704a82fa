"""What people answer, by text and by mail, through topic, bucket, queue and function of the deployed system."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

from infra.local.outside.answers import Envelope, received_mail
from infra.local.provider_events import inbound_text
from tests.stack.system import System, email, sms
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.contacts.domain.channel import Channel
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.responses.application.reply_addresses import ReplyAddresses
from tocsin.suppressions.application.suppress import Suppress

OURS = "+447700900050"


def _text(system: System, by: str, text: str, id: str) -> None:
    """Let somebody text our number."""
    content = json.dumps(inbound_text(by, OURS, text, id))
    system.aws.client("sns").publish(TopicArn=system.stack.outputs["SmsInboundTopicArn"], Message=content)


def _mail(system: System, by: str, to: str, subject: str, text: str, id: str, kind: str = "plain") -> None:
    """Be our mail server: put a mail where it puts them."""
    head = f"From: {by}\r\nTo: {to}\r\nSubject: {subject}\r\nContent-Type: text/{kind}; charset=utf-8\r\n"
    raw = f"{head}\r\n{text}\r\n"
    bucket, key = system.stack.outputs["MailBucketName"], f"inbound/{id}"
    system.aws.client("s3").put_object(Bucket=bucket, Key=key, Body=raw.encode())
    system.publish("MailReceivedTopicArn", received_mail(bucket, key, datetime.now(UTC), Envelope(by)))


def _replies(system: System, ref: str, number: int) -> list[dict[str, object]]:
    found = system.events("live", ref, number)
    return sorted((event for event in found if event["event"] == "reply"), key=lambda event: str(event["reply"]))


def test_people_answer_by_text_and_by_mail(system: System) -> None:
    # given a number that people can answer to, and an alert from it by text and mail
    (key,) = {json.loads(line)["key"] for line in system.operator.run("key", "list", "--tenant", "acme").splitlines()
              if json.loads(line)["name"] == "live"}  # fmt: skip
    system.operator.run("number", "add", "--tenant", "acme", "--key", key, "--number", OURS)
    (phone,), (mailbox, other) = system.phones(1), system.mailboxes(2)
    ref = system.sent("live", sms([phone], sender=OURS), email([mailbox, other]))
    system.settled("live", ref)
    (reference,) = {re.findall(r"\[TX-\w+\]", message.text)[-1] for message in system.received([mailbox])}

    # when one of them texts back, twice delivered, and two write mails, one by the token in Reply-To
    for _ in range(2):
        _text(system, phone, "on my way", f"in-{ref}")
    _mail(system, f"Ana <{mailbox}>", "alerts@alerts.example", f"Re: North gate {reference}", "closed it", f"a-{ref}")
    _mail(system, "eve@example.net", "alerts@alerts.example", f"Re: North gate {reference}", "open it", f"b-{ref}")

    # then their client hears of each once, and of nobody else
    replies = _replies(system, ref, 5)
    assert [(event["type"], event["alertees"], event["reply"]) for event in replies] == [
        ("email", [mailbox], "closed it"),
        ("sms", [phone], "on my way"),
    ]
    answered = system.callers["live"].get(f"/alerts/{ref}/responses").body["items"]
    assert sorted(one["reply"] for one in answered) == ["closed it", "on my way"]
    assert system.callers["live"].get(f"/alerts/{ref}").body["responses"] == 2

    # and a STOP keeps the next text away
    _text(system, phone, "STOP", f"stop-{ref}")
    (stop,) = _replies(system, ref, 1)
    assert stop["keyword"] == "stop"
    again = system.sent("live", sms([phone], sender=OURS))
    assert [(one["state"], one["reason"]) for one in system.settled("live", again)] == [("suppressed", "stop")]


def test_thirty_stops_around_three_poison_mails_are_known_within_15_s(system: System) -> None:
    # given our number, and an alert by mail
    (key,) = {json.loads(line)["key"] for line in system.operator.run("key", "list", "--tenant", "acme").splitlines()
              if json.loads(line)["name"] == "live"}  # fmt: skip
    system.operator.run("number", "add", "--tenant", "acme", "--key", key, "--number", OURS)
    phones, (mailbox,) = system.phones(30), system.mailboxes(1)
    ref = system.sent("live", email([mailbox]))
    system.settled("live", ref)
    tenant = TenantId("acme")
    token = ReplyAddresses("alerts.example", system.storage.sealer)(ChunkKey(tenant, AlertRef(ref), 0, 0), 0)

    # when people text STOP, and mails come between that would take minutes to read
    for place, phone in enumerate(phones):
        if place % 10 == 5:
            to = token if place == 15 else "anybody@alerts.example"
            _mail(system, "eve@example.net", to, "", "<a " * 60_000, f"poison-{place}-{ref}", "html")
        _text(system, phone, "STOP", f"stop-{phone}-{ref}")

    # then every STOP is known
    known = Suppress(system.storage.suppressions, system.storage.sealer).known
    open_ = set(phones)

    def unknown() -> set[str]:
        open_.difference_update([phone for phone in open_ if known(tenant, Channel.SMS, phone).reason])
        return open_

    assert system.awaited(unknown, lambda left: not left, 15) == set()

    # and the mails are listed as unreadable, and one is told to its alert
    def listed() -> list[dict[str, object]]:
        lines = system.operator.run("mail", "unreadable").splitlines()
        return [mail for mail in map(json.loads, lines) if ref in mail["object"]]

    mails = system.awaited(listed, lambda found: len(found) >= 3, 30)
    assert sorted((str(mail["object"]), mail["reason"]) for mail in mails) == [
        (f"unreadable/time/poison-{place}-{ref}", "time") for place in (15, 25, 5)
    ]
    (told,) = _replies(system, ref, 2)
    assert (told["reply"], told["counted"], told["reason"]) == ("", False, "unreadable")
    assert system.callers["live"].get(f"/alerts/{ref}").body["responses"] == 0
