"""`make reply TO=+44… TEXT="…"`: answer, as somebody who got a message, to the last one they got.

By text to the number it came from, or by mail to its Reply-To; through topic or bucket, like anybody's answer. Then
shows what the API says of it, by calls that take nothing away: events and notices are for the client. TO may be
an address of ours, too, the number or a mailbox for keywords: then somebody who got nothing writes there, and what that
sets off is shown, or why it sets nothing off.
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
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.local.api import Api
from infra.local.aws import Aws, forget_own_settings
from infra.local.captured import texts
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
"""Who writes to us when nobody is named: they have got nothing, and answer nothing."""

WITHIN = 20.0
"""Seconds until the answer must show; it takes one or two."""

RESPONSE_WITHIN = 3.0
"""Seconds from an event to the response, if there is to be one: they are written together."""


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


def what_was_fire(api: Api, words: str, write: Callable[[], None]) -> list[str]:
    """Write to us and wait for what a keyword in it sends, without taking any event or notice from the client.

    Returns:
        Lines to show: the triggers that ran and the alerts they sent, or why none did.

    Raises:
        Complaint: nothing waits for any of the words, or nothing came of one that something waits for.
    """
    before = _keywords(api)
    alerts = _alerts(api)
    write()
    deadline = time.monotonic() + WITHIN
    while True:
        ran = [word for id, word in _keywords(api).items() if word["firedCount"] != before.get(id, word)["firedCount"]]
        sent = [alert for ref, alert in _alerts(api).items() if ref not in alerts]
        if (ran and sent) or time.monotonic() > deadline:
            break
        if refused := _why_not(before, words):
            raise Complaint(refused)
        time.sleep(0.2)
    if not ran and not sent:
        raise Complaint(f"nothing came of it within {WITHIN:.0f} s; the notices of POST /getinfo may say why")
    return [json.dumps(found, ensure_ascii=False) for found in (*ran, *sent)]


def _why_not(keywords: Mapping[str, Mapping[str, Any]], words: str) -> str | None:
    """Return why words send nothing, None if they should send something."""
    said = [word for word in keywords.values() if word["keyword"].casefold() in words.casefold()]
    if not said:
        waiting = ", ".join(sorted({word["keyword"] for word in keywords.values()})) or "nothing"
        return f"no alert waits for a keyword in that; what is waited for: {waiting}"
    waits = [(until, word) for word in said if (until := _not_before(word)) > datetime.now(UTC)]
    if len(waits) < len(said):
        return None
    until, word = min(waits, key=lambda wait: wait[0])
    return (
        f"{word['keyword']} came too soon: it ran at {word['lastFiredAt']}, its minimumRepeatInterval is "
        f"{word['minimumRepeatIntervalSeconds']} s, and the next may come at {until:%H:%M:%S} UTC"
    )


def _not_before(word: Mapping[str, Any]) -> datetime:
    if "lastFiredAt" not in word:
        return datetime.min.replace(tzinfo=UTC)
    return datetime.fromisoformat(word["lastFiredAt"]) + timedelta(seconds=word["minimumRepeatIntervalSeconds"])


def _keywords(api: Api) -> dict[str, dict[str, Any]]:
    answer = api.post("/getinfo", {"version": "latest", "getKeywordInfo": True})
    found: Sequence[dict[str, Any]] = answer.body["info"].get("keywords", [])
    return {f"{word['storeId']} {word['type']} {word['keyword']}": word for word in found}


def _alerts(api: Api) -> dict[str, dict[str, Any]]:
    return {alert["alert_ref"]: alert for alert in api.get("/alerts?limit=20").body["alerts"]}


def what_the_api_says(
    api: Api,
    ref: str,
    before: Sequence[Mapping[str, Any]],
    waited: int,
    response_within: float = RESPONSE_WITHIN,
) -> tuple[list[dict[str, Any]], int]:
    """Wait for something to come of an answer, without taking any event from the client.

    Args:
        before: the alert's responses before the answer.
        waited: events that waited for the client before it.
        response_within: seconds.

    Returns:
        The new responses, and how many more events wait: words such as STOP make an event, and no response.
    """
    deadline = time.monotonic() + WITHIN
    while True:
        new = [response for response in responses_of(api, ref) if response not in before]
        more = events_waiting(api) - waited
        if more > 0:
            deadline = min(deadline, time.monotonic() + response_within)
        if new or time.monotonic() > deadline:
            return new, more
        time.sleep(0.2)


def responses_of(api: Api, ref: str) -> list[dict[str, Any]]:
    """Return the responses of an alert; none if it is not this key's."""
    answer = api.get(f"/alerts/{ref}/responses")
    found: list[dict[str, Any]] = answer.body["responses"] if answer.status == 200 else []
    return found


def events_waiting(api: Api) -> int:
    """Return how many events wait to be collected."""
    answer = api.post("/getinfo", {"version": "latest", "getStats": True})
    waiting: int = answer.body["info"]["stats"]["eventsWaiting"]
    return waiting


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
    before, waited = responses_of(running.api, ref) if ref else [], events_waiting(running.api)
    answer.go()
    print(f"{to} answers: {words}")
    if not ref:
        raise Complaint("what was answered is gone; whatever comes of it is in /collectevents")
    responses, more = what_the_api_says(running.api, ref, before, waited)
    print(f"\nGET /alerts/{ref}/responses")
    for response in responses:
        print("  " + json.dumps(response, ensure_ascii=False))
    if responses:
        return 0
    if more <= 0:
        raise Complaint(
            f"nothing came of it within {WITHIN:.0f} s: the alert may be over, or another key's, "
            "or whoever collects its events has them"
        )
    print("  none: it was taken for a word such as STOP, START or HELP. POST /collectevents has an event about it")
    return 0


def is_trigger_mailbox(address: str) -> bool:
    """Whether it is a mailbox for keywords, as `/sendalert` and `/getinfo` give them."""
    return re.fullmatch(r"t\+[a-z0-9]+\.[a-z0-9]+\.[a-z2-7]{16}@.+", address) is not None


def _write(running: Running, to: str, words: str) -> int:
    print(f"{STRANGERS_MAILBOX if '@' in to else STRANGER} writes to {to}: {words}")
    lines = what_was_fire(running.api, words, lambda: write_to_us(running, to, words))
    print("\nPOST /getinfo  (getKeywordInfo), GET /alerts")
    for line in lines:
        print("  " + line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
