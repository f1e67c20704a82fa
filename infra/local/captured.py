"""What the engine's SNS and SES were asked to deliver: the local stand-in for phones and mailboxes."""

from __future__ import annotations

import json
import urllib.request
from dataclasses import dataclass
from typing import Any

from infra.local.engine import ACCOUNT


@dataclass(frozen=True, slots=True)
class Captured:
    """One message that left the system.

    Attributes:
        channel: `sms` or `email`.
        to: the receiver.
        text: of an email the subject line.
    """

    channel: str
    to: str
    text: str


def captured(engine: str) -> list[Captured]:
    """Return every text message and email the engine took, of this run and those before it, oldest first."""
    sms = _read(f"{engine}/_ministack/sns/sms-messages?account={ACCOUNT}")["sms_messages"]
    mails = _read(f"{engine}/_ministack/ses/messages?account={ACCOUNT}")["messages"].get(ACCOUNT, [])
    return [Captured("sms", to, record["Message"]) for to, records in sms.items() for record in records] + [
        Captured("email", to, mail["Subject"]) for mail in mails for to in mail["To"]
    ]


def _read(address: str) -> Any:
    with urllib.request.urlopen(address, timeout=30) as reply:
        return json.load(reply)
