"""`make reply TO=+44… TEXT="…"`: answer, as somebody who got a message, to the last one they got.

By text to the number it came from, or by mail to its Reply-To; through topic or bucket, like anybody's answer. Then
shows what the API says of it. TO may be an address of ours, too, the number or a mailbox for keywords: then somebody
who got nothing writes there, and what that sets off is shown.
"""

from __future__ import annotations

import argparse
import json
import re
import secrets
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.local.api import Api
from infra.local.aws import Aws, forget_own_settings
from infra.local.captured import texts
from infra.local.complaint import Complaint
from infra.local.outside.answers import first_mail, mail_answer, text_answer
from infra.local.outside.mail_folder import MailFolder
from infra.local.outside.mailboxes import our_id, put_answer
from infra.local.outside.provider_ids import message_named
from infra.local.places import Places, chosen_home, shown
from infra.local.provider_events import inbound_text
from infra.local.stack import NAME

STRANGER = "+447700900199"
STRANGERS_MAILBOX = "stranger@example.org"
"""Who writes to us when nobody is named: they have got nothing, and answer nothing."""

WITHIN = 20.0
"""Seconds until the answer must show; it takes one or two."""


@dataclass(frozen=True, slots=True)
class Running:
    """A system that runs: its clients and what its stack says. `number` is the one that people can write to."""

    api: Api
    aws: Aws
    outputs: Mapping[str, str]
    number: str = ""


def find(places: Places) -> Running:
    """Return the system of `make run`.

    Raises:
        Complaint: none runs here.
    """
    try:
        noted = json.loads(places.run.read_text())
        api, aws = Api(noted["api"], noted["apiKey"]), Aws(noted["engine"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Complaint(f"nothing has run here yet (see {shown(places.run)}): start it with make run") from error
    try:
        stack = aws.client("cloudformation").describe_stacks(StackName=NAME)["Stacks"][0]
    except (ClientError, BotoCoreError) as error:
        raise Complaint(f"no engine answers on {noted['engine']}: start it with make run") from error
    return Running(
        api, aws, {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}, noted.get("number", "")
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that is ready to go.

    Attributes:
        to: our id of the message it answers; None if that cannot be told any more.
    """

    to: str | None
    go: Callable[[], None]


def answer_by_text(running: Running, phone: str, words: str) -> Answer:
    """Return an answer to the last text to a phone.

    Raises:
        Complaint: it got none, or from a name.
    """
    last = next((text for text in reversed(texts(running.aws.endpoint)) if text.to == phone), None)
    if last is None:
        raise Complaint(f"{phone} has got no text to answer")
    if not last.sender.startswith("+"):
        raise Complaint(f'the last text to {phone} came from "{last.sender}", and nobody can answer to a name')
    topic, told = running.outputs["SmsInboundTopicArn"], json.dumps(text_answer(last, words))
    id = message_named(running.aws.client("dynamodb"), running.outputs["TableName"], last.id)
    return Answer(id, lambda: running.aws.client("sns").publish(TopicArn=topic, Message=told))


def answer_by_mail(running: Running, folder: MailFolder, mailbox: str, words: str) -> Answer:
    """Return an answer to the last mail to a mailbox.

    Raises:
        Complaint: it got none.
    """
    last = folder.newest(mailbox)
    if last is None:
        raise Complaint(f"{mailbox} has got no mail to answer (see {shown(folder.folder)})")
    mail = mail_answer(last, mailbox, words, datetime.now(UTC))
    return Answer(our_id(last), lambda: put_answer(running.aws, running.outputs, mail))


def write_to_us(running: Running, to: str, words: str) -> None:
    """Be somebody who texts a number of ours, or mails to an address of ours with the words as the subject."""
    if "@" in to:
        put_answer(running.aws, running.outputs, first_mail(to, STRANGERS_MAILBOX, words, datetime.now(UTC)))
        return
    told = json.dumps(inbound_text(STRANGER, to, words, secrets.token_hex(16)))
    running.aws.client("sns").publish(TopicArn=running.outputs["SmsInboundTopicArn"], Message=told)


def what_was_fire(api: Api) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Wait for an alert that a keyword sent; return its events, and what the owner of the key was told instead."""
    every = {"version": "latest", "all": True, "options": {"maximumItemsToReturn": 100}}
    new = {"unreportedOnly": True, "markReported": True}
    deadline = time.monotonic() + WITHIN
    while True:
        events = api.post("/collectevents", every).body.get("events", [])
        found = [event for event in events if event["event"] == "keyword"]
        info = api.post("/getinfo", {"version": "latest", "getMessages": True, "messageOptions": new}).body
        notices = [told for told in info["info"]["messages"] if told["code"].startswith("trigger_")]
        if found or notices or time.monotonic() > deadline:
            return found, notices
        time.sleep(0.2)


def what_the_api_says(api: Api, ref: str, before: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Wait for something to come of the answer; return the new events and all responses of the alert.

    Args:
        before: responses there were before.
    """
    events: list[dict[str, Any]] = []
    deadline = time.monotonic() + WITHIN
    while True:
        collected = api.post("/collectevents", {"version": "latest", "alertId": ref}).body
        events += collected.get("events", [])
        responses = responses_of(api, ref)
        answered = any("reply" in event for event in events)
        kept = len(responses) > before or not _is_response(events)
        if (answered and kept) or time.monotonic() > deadline:
            return events, responses
        time.sleep(0.2)


def responses_of(api: Api, ref: str) -> list[dict[str, Any]]:
    """Return the responses of an alert; none if it is not this key's."""
    answer = api.get(f"/alerts/{ref}/responses")
    found: list[dict[str, Any]] = answer.body["responses"] if answer.status == 200 else []
    return found


def _is_response(events: Sequence[Mapping[str, Any]]) -> bool:
    """Whether what was said is kept as a response: words such as STOP are only told."""
    return not any("keyword" in event for event in events if "reply" in event)


def main(words: Sequence[str] | None = None) -> int:
    """Answer as the command line says. Returns the exit code."""
    arguments = argparse.ArgumentParser(prog="make reply", description='TO=+44… TEXT="…"')
    arguments.add_argument("to", help="who answers: a number with its +, or a mailbox")
    arguments.add_argument("text", help="what they say")
    chosen = arguments.parse_args(words)
    forget_own_settings()
    try:
        return _reply(Places(chosen_home()), chosen.to.strip(), chosen.text)
    except Complaint as complaint:
        print(f"tocsin: {complaint}", file=sys.stderr)
        return 1


def _reply(places: Places, to: str, words: str) -> int:
    if not to or not words.strip():
        raise Complaint('say who answers what: make reply TO=+447700900101 TEXT="On my way"')
    running = find(places)
    if to == running.number or is_trigger_mailbox(to):
        return _write(running, to, words)
    if "@" in to:
        answer = answer_by_mail(running, MailFolder(places.mail), to, words)
    else:
        answer = answer_by_text(running, to, words)
    ref = answer.to.split(".")[1] if answer.to else ""
    before = len(responses_of(running.api, ref)) if ref else 0
    answer.go()
    print(f"{to} answers: {words}")
    if not ref:
        raise Complaint("what was answered is gone; whatever comes of it is in /collectevents")
    events, responses = what_the_api_says(running.api, ref, before)
    print(f"\nPOST /collectevents  (alert {ref})")
    for event in events:
        print("  " + json.dumps(event, ensure_ascii=False))
    print(f"\nGET /alerts/{ref}/responses")
    for response in responses:
        print("  " + json.dumps(response, ensure_ascii=False))
    if not events and len(responses) == before:
        raise Complaint(f"nothing came of it within {WITHIN:.0f} s: the alert may be over, or another key's")
    return 0


def is_trigger_mailbox(address: str) -> bool:
    """Whether it is a mailbox for keywords, as `/sendalert` and `/getinfo` give them."""
    return re.fullmatch(r"t\+[a-z0-9]+\.[a-z0-9]+\.[a-z2-7]{16}@.+", address) is not None


def _write(running: Running, to: str, words: str) -> int:
    write_to_us(running, to, words)
    print(f"{STRANGERS_MAILBOX if '@' in to else STRANGER} writes to {to}: {words}")
    events, notices = what_was_fire(running.api)
    print("\nPOST /collectevents" if events else "\nPOST /getinfo  (getMessages)")
    for found in events or notices:
        print("  " + json.dumps(found, ensure_ascii=False))
    if not events and not notices:
        raise Complaint(f"nothing came of it within {WITHIN:.0f} s: no alert waits for a keyword in that")
    return 0


if __name__ == "__main__":
    sys.exit(main())
