"""The carrier: takes the texts that the engine's SNS lets out, and reports what became of each.

It reports the way End User Messaging does (a configuration set that publishes to `sms-events`): that is how texts are
reported in production, and SNS's own delivery log names no message of ours. See `provider_ids`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from infra.local.aws import Aws
from infra.local.captured import texts
from infra.local.outside.fates import text_fate
from infra.local.outside.provider_ids import sent_messages
from infra.local.provider_events import text_event

PATIENCE = 30.0
"""Seconds until the sender must have noted that it sent; a worker that died before has not, and never will."""


class Carrier:
    """See the module. Belongs to one thread."""

    def __init__(self, aws: Aws, outputs: Mapping[str, str]) -> None:
        self._aws = aws
        self._table = outputs["TableName"]
        self._topic = outputs["SmsEventsTopicArn"]
        self._done: set[str] = set()
        self._since: dict[str, float] = {}
        self._begun = False

    def work(self) -> None:
        """Report on whatever is new."""
        waiting = {text.id: text for text in texts(self._aws.endpoint) if text.id not in self._done}
        if not waiting:
            self._begun = True
            return
        known = sent_messages(self._aws.client("dynamodb"), self._table)
        now = monotonic()
        for id, text in waiting.items():
            if id in known:
                for kind in text_fate(text.to):
                    self._tell(text_event(kind, known[id], text.to, _now(), provider_id=id, sender=text.sender))
            elif self._begun and now - self._since.setdefault(id, now) < PATIENCE:
                continue
            # What is there at the first look was sent in an earlier run: reported then, or it is among the known.
            self._done.add(id)
            self._since.pop(id, None)
        self._begun = True

    def _tell(self, event: Mapping[str, Any]) -> None:
        self._aws.client("sns").publish(TopicArn=self._topic, Message=json.dumps(event))


def _now() -> datetime:
    return datetime.now(UTC)
