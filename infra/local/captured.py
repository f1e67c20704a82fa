"""The texts and mails that the engine's SNS and SES have accepted."""

from __future__ import annotations

import json
import urllib.request
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from infra.local.engine import ACCOUNT


@dataclass(frozen=True, slots=True)
class Captured:
    """One submitted message.

    Attributes:
        channel: `sms` or `email`.
        to: the receiver's address.
        text: the text, or the subject of a mail.
    """

    channel: str
    to: str
    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """One submitted text message.

    Attributes:
        id: SNS's MessageId.
        sender: a number, or an alphanumeric sender.
        at: when it was submitted; None for a text of an earlier run.
    """

    id: str
    sender: str
    to: str
    text: str
    at: datetime | None = None


def captured(engine: str) -> list[Captured]:
    """Return every text message and mail of the engine, of this run and earlier ones, oldest first."""
    mails = _read(f"{engine}/_ministack/ses/messages?account={ACCOUNT}")["messages"].get(ACCOUNT, [])
    return [Captured("sms", text.to, text.text) for text in texts(engine)] + [
        Captured("email", to, mail["Subject"]) for mail in mails for to in mail["To"]
    ]


def texts(engine: str) -> list[Text]:
    """Return every text message of the engine, of this run and earlier ones; for each receiver, oldest first."""
    sms = _read(f"{engine}/_ministack/sns/sms-messages?account={ACCOUNT}")["sms_messages"]
    return [text_of(record) for records in sms.values() for record in records]


def text_of(record: dict[str, Any]) -> Text:
    """Return the text message of one of the engine's records."""
    sender = _sender(record["MessageAttributes"])
    at = datetime.fromisoformat(record["At"]) if "At" in record else None
    return Text(record["MessageId"], sender, record["PhoneNumber"], record["Message"], at)


def _sender(attributes: dict[str, Any]) -> str:
    for name in ("AWS.MM.SMS.OriginationNumber", "AWS.SNS.SMS.SenderID"):
        if name in attributes:
            value: str = attributes[name].get("StringValue") or attributes[name].get("Value") or ""
            return value
    return ""


def _read(address: str) -> Any:
    with urllib.request.urlopen(address, timeout=30) as reply:
        return json.load(reply)
