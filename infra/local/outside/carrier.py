"""The simulated carrier: gets the texts that the engine's SNS accepts, and publishes a receipt for each.

Receipts have the form of End User Messaging events (a configuration set that publishes to `sms-events`), as in
production. SNS's own delivery log contains no id of ours, so `provider_ids` finds the message.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from time import monotonic

from infra.local.aws import Aws
from infra.local.captured import Text, texts
from infra.local.outside.phones import Phones
from infra.local.outside.provider_ids import sent_messages
from infra.local.outside.submitted import SubmittedTexts
from infra.local.outside.topics import TOGETHER, publish
from infra.local.provider_events import text_event

PATIENCE = 30.0
"""Seconds until a worker must have recorded its submission. A worker that stopped before never records it."""

AT_ONCE = 25
"""Texts of earlier runs that are reported in one round, so that new texts do not wait for all of them."""


class Carrier:
    """Reads texts of the engine's SNS and publishes receipts. For one thread.

    Args:
        noted: the file that the engine appends texts to.
        phones: what becomes of each text.
    """

    def __init__(self, aws: Aws, outputs: Mapping[str, str], noted: Path, phones: Phones) -> None:
        self._aws = aws
        self._table = outputs["TableName"]
        self._topic = outputs["SmsEventsTopicArn"]
        self._phones = phones
        self._submitted = SubmittedTexts(noted, noted.stat().st_size if noted.exists() else 0)
        self._waiting: dict[str, Text] | None = None
        self._earlier: set[str] = set()
        self._since: dict[str, float] = {}

    def work(self) -> None:
        """Publish receipts for all new texts, and for some unreported texts of earlier runs."""
        if self._waiting is None:
            self._waiting = {text.id: text for text in texts(self._aws.endpoint)}
            self._earlier = set(self._waiting)
        waiting = self._waiting
        for text in self._submitted.new():
            waiting.setdefault(text.id, text)
        if not waiting:
            return
        known = sent_messages(self._aws.client("dynamodb"), self._table)
        now = monotonic()
        self._report([(known[id], text) for id, text in waiting.items() if id in known and id not in self._earlier])
        for id in waiting.keys() - self._earlier - known.keys():
            if now - self._since.setdefault(id, now) > PATIENCE:
                self._forget(id)
        for id in self._earlier - known.keys():
            self._forget(id)  # an earlier run reported it
        self._report([(known[id], waiting[id]) for id in islice(self._earlier, AT_ONCE)])

    def _report(self, texts: Sequence[tuple[str, Text]]) -> None:
        """Publish receipts for texts, each with our id of the message."""
        for some in (texts[place : place + TOGETHER] for place in range(0, len(texts), TOGETHER)):
            events = (
                text_event(kind, message, text.to, _now(), provider_id=text.id, sender=text.sender)
                for message, text in some
                for kind in self._phones.receive(text.to, text.id)
            )
            publish(self._aws, self._topic, events)
            for _, text in some:
                self._forget(text.id)

    def _forget(self, id: str) -> None:
        if self._waiting is not None:
            self._waiting.pop(id, None)
        self._earlier.discard(id)
        self._since.pop(id, None)


def _now() -> datetime:
    return datetime.now(UTC)
