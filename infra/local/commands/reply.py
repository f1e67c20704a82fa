"""`make reply TO=+44… TEXT="…"`: reply to the last message of a receiver.

The reply is a text to the message's sender, or a mail to its Reply-To, and arrives by the usual topic or bucket. The
command then shows the API's view of the reply. It collects no events and no notices, because those are for the client.

TO may also be our number, or a mailbox for keywords. Then a stranger writes there, and the command shows which trigger
fired, or why no trigger fired.

A mail may be forged (`forgery.py`). With FROM it goes to the sender of our mail: a forger knows no reply address.
"""

from __future__ import annotations

import argparse
import json
import re
import secrets
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from botocore.exceptions import BotoCoreError, ClientError

from infra.local.api import Api
from infra.local.aws import Aws, forget_own_settings
from infra.local.captured import texts
from infra.local.commands.arrival import await_newest_alert
from infra.local.commands.effects import (
    WITHIN,
    WITHOUT_EFFECT,
    effects_of_reply,
    events_waiting,
    responses_of,
    why_a_stranger,
)
from infra.local.commands.forgery import AS_WRITTEN, Forged, chosen_forgery, offer
from infra.local.commands.keywords import fired_by
from infra.local.commands.running import noted
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
"""The sender of a text or a mail to our own addresses: a person who got no message."""


@dataclass(frozen=True, slots=True)
class Running:
    """The running system: its clients and its stack's outputs. `number`: its two-way number."""

    api: Api
    aws: Aws
    outputs: Mapping[str, str]
    number: str = ""


def find(places: Places) -> Running:
    """Return the system of `make run`.

    Raises:
        Complaint: no system runs here.
    """
    found = noted(places)
    aws = Aws(found["engine"])
    try:
        stack = aws.client("cloudformation").describe_stacks(StackName=NAME)["Stacks"][0]
    except (ClientError, BotoCoreError) as error:
        raise Complaint(f"there is no stack in {found['engine']}: start it with make run") from error
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    return Running(Api(found["api"], found["apiKey"]), aws, outputs, found["number"])


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply that can be sent.

    Attributes:
        to: our id of the answered message; None if its row has expired.
        go: sends the reply.
    """

    to: str | None
    go: Callable[[], None]


def answer_by_text(running: Running, phone: str, words: str) -> Answer:
    """Return a reply to the last text to a phone.

    Raises:
        Complaint: the phone got no text, or the last text has an alphanumeric sender.
    """
    last = next((text for text in reversed(texts(running.aws.endpoint)) if text.to == phone), None)
    if last is None:
        raise Complaint(f"{phone} got no text that can be answered")
    if not last.sender.startswith("+"):
        raise Complaint(f'the last text to {phone} came from "{last.sender}", which takes no replies')
    topic, told = running.outputs["SmsInboundTopicArn"], json.dumps(text_answer(last, words))
    id = message_named(running.aws.client("dynamodb"), running.outputs["TableName"], last.id)
    return Answer(id, lambda: running.aws.client("sns").publish(TopicArn=topic, Message=told))


def answer_by_mail(
    running: Running,
    folder: MailFolder,
    mailbox: str,
    words: str,
    forged: Forged = AS_WRITTEN,
    *,
    automatic: bool = False,
) -> Answer:
    """Return a reply to the last mail to a mailbox. `automatic`: its auto-responder replies.

    Raises:
        Complaint: the mailbox got no mail.
    """
    last = folder.newest(mailbox)
    if last is None:
        raise Complaint(f"{mailbox} got no mail that can be answered (see {shown(folder.folder)})")
    sender = forged.sender or mailbox
    envelope = forged.envelope(sender)
    now, by_subject = datetime.now(UTC), bool(forged.sender)
    mail = mail_answer(last, sender, words, now, automatic=automatic, by_subject=by_subject, envelope=envelope)
    return Answer(our_id(last), lambda: put_answer(running.aws, running.outputs, mail, envelope))


def write_to_us(running: Running, to: str, words: str, forged: Forged = AS_WRITTEN) -> None:
    """Send a stranger's text to our number, or a stranger's mail to our address with the words as its subject."""
    if "@" in to:
        sender = forged.sender or STRANGERS_MAILBOX
        mail = first_mail(to, sender, words, datetime.now(UTC), forged.envelope(sender))
        put_answer(running.aws, running.outputs, mail, forged.envelope(sender))
        return
    told = json.dumps(inbound_text(STRANGER, to, words, secrets.token_hex(16)))
    running.aws.client("sns").publish(TopicArn=running.outputs["SmsInboundTopicArn"], Message=told)


def main(words: Sequence[str] | None = None) -> int:
    """Reply as the command line says. Returns the exit code."""
    arguments = argparse.ArgumentParser(prog="make reply", description='TO=+44… TEXT="…"')
    arguments.add_argument("to", help="who replies: a number with its +, or a mailbox")
    arguments.add_argument("text", help="the text of the reply")
    offer(arguments)
    chosen = arguments.parse_args(words)
    forget_own_settings()
    try:
        return _reply(Places(chosen_home()), chosen.to.strip(), chosen.text, chosen_forgery(chosen))
    except Complaint as complaint:
        print(f"tocsin: {complaint}", file=sys.stderr)
        return 1


def _reply(places: Places, to: str, words: str, forged: Forged) -> int:
    if not to or not words.strip():
        raise Complaint('give a receiver and a text: make reply TO=+447700900101 TEXT="On my way"')
    running = find(places)
    if to == running.number or is_trigger_mailbox(to):
        return _write(running, to, words, forged)
    await_newest_alert(running.api)
    if "@" in to:
        answer = answer_by_mail(running, MailFolder(places.mail), to, words, forged)
    else:
        answer = answer_by_text(running, to, words)
    ref = answer.to.split(".")[1] if answer.to else ""
    before, waited = responses_of(running.api, ref) if ref else [], events_waiting(running.api)
    answer.go()
    print(f"{to} answers: {words}")
    if not ref:
        raise Complaint("the answered message has expired; POST /collectevents may have an event about the reply")
    stranger = why_a_stranger(running.api, ref, forged.sender) if forged.sender and "@" in to else None
    within = WITHOUT_EFFECT if stranger else WITHIN
    responses, more = effects_of_reply(running.api, ref, before, waited, within=within)
    print(f"\nGET /alerts/{ref}/responses")
    for response in responses:
        print("  " + json.dumps(response, ensure_ascii=False))
    if responses:
        return 0
    if more <= 0 and stranger:
        raise Complaint(stranger)
    if more <= 0:
        raise Complaint(
            f"no response and no event within {WITHIN:.0f} s: the alert may have expired, may be another key's, "
            "or a client has collected the event"
        )
    print("  none: the text is a carrier keyword such as STOP, START or HELP. POST /collectevents has its event")
    return 0


def is_trigger_mailbox(address: str) -> bool:
    """Whether the address is a mailbox for keywords, as in the responses of `/sendalert` and `/getinfo`."""
    return re.fullmatch(r"t\+[a-z0-9]+\.[a-z0-9]+\.[a-z2-7]{16}@.+", address) is not None


def _write(running: Running, to: str, words: str, forged: Forged) -> int:
    print(f"{STRANGERS_MAILBOX if '@' in to else STRANGER} writes to {to}: {words}")
    lines = fired_by(running.api, words, lambda: write_to_us(running, to, words, forged))
    print("\nPOST /getinfo  (getKeywordInfo), GET /alerts")
    for line in lines:
        print("  " + line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
