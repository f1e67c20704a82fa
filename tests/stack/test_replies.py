"""What people answer, by text and by mail, through topic, bucket, queue and function of the deployed system."""

from __future__ import annotations

import json
import re

from infra.local.provider_events import inbound_text
from tests.stack.system import System, email, sms

OURS = "+447700900050"


def _text(system: System, by: str, text: str, id: str) -> None:
    """Let somebody text our number."""
    content = json.dumps(inbound_text(by, OURS, text, id))
    system.aws.client("sns").publish(TopicArn=system.stack.outputs["SmsInboundTopicArn"], Message=content)


def _mail(system: System, by: str, to: str, subject: str, text: str, id: str) -> None:
    """Be our mail server: put a mail where it puts them."""
    raw = f"From: {by}\r\nTo: {to}\r\nSubject: {subject}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    bucket = system.stack.outputs["MailBucketName"]
    system.aws.client("s3").put_object(Bucket=bucket, Key=f"inbound/{id}", Body=raw.encode())


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
