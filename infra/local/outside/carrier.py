"""The carrier: takes the texts that the engine's SNS lets out, and reports what became of each.

It reports the way End User Messaging does (a configuration set that publishes to `sms-events`): that is how texts are
reported in production, and SNS's own delivery log names no message of ours. See `provider_ids`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import islice
from time import monotonic
from typing import Any

from infra.local.aws import Aws
from infra.local.captured import Text, texts
from infra.local.outside.fates import text_fate
from infra.local.outside.provider_ids import sent_messages
from infra.local.provider_events import text_event

PATIENCE = 30.0
"""Seconds until the sender must have noted that it sent; a worker that died before has not, and never will."""

AT_ONCE = 25
"""Texts of earlier runs that are reported in one go: what is sent now must not wait for all of them."""


class MessageChannel:
    """Takes texts out of the engine's SNS and reports on them. Belongs to one thread."""

    def __init__(self, aws: Aws, outputs: Mapping[str, str]) -> None:
        self._aws = aws
        self._table = outputs["TableName"]
        self._topic = outputs["SmsEventsTopicArn"]
        self._done: set[str] = set()
        self._since: dict[str, float] = {}
        self._earlier: set[str] | None = None

    def work(self) -> None:
        """Report on whatever is new, and on some of what earlier runs left unreported."""
        waiting = {text.id: text for text in texts(self._aws.endpoint) if text.id not in self._done}
        if self._earlier is None:
            self._earlier = set(waiting)
        if not waiting:
            return
        known = sent_messages(self._aws.client("dynamodb"), self._table)
        now = monotonic()
        for id in waiting.keys() - self._earlier:
            if id in known:
                self._report(waiting[id], known[id])
            elif now - self._since.setdefault(id, now) > PATIENCE:
                self._done.add(id)
        self._done |= self._earlier - known.keys()  # it was reported then
        self._earlier &= known.keys()
        for id in islice(tuple(self._earlier), AT_ONCE):
            self._report(waiting[id], known[id])
            self._earlier.discard(id)

    def _report(self, text: Text, message: str) -> None:
        for kind in text_fate(text.to):
            self._tell(text_event(kind, message, text.to, _now(), provider_id=text.id, sender=text.sender))
        self._done.add(text.id)
        self._since.pop(text.id, None)

    def _tell(self, event: Mapping[str, Any]) -> None:
        self._aws.client("sns").publish(TopicArn=self._topic, Message=json.dumps(event))


def _now() -> datetime:
    return datetime.now(UTC)
