"""Telling the system something by one of its topics, as providers do."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from infra.local.aws import Aws

TOGETHER = 10
"""Messages of one call, by Amazon SNS, "Amazon SNS message batching". Each call costs the engine the same."""


def publish(aws: Aws, topic: str, events: Iterable[Mapping[str, Any]]) -> None:
    """Publish events to a topic, by its ARN, in their order.

    Raises:
        RuntimeError: some were refused; those before them have been told.
    """
    left = iter(events)
    while some := list(islice(left, TOGETHER)):
        entries = [{"Id": str(place), "Message": json.dumps(event)} for place, event in enumerate(some)]
        refused = aws.client("sns").publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)["Failed"]
        if refused:
            raise RuntimeError(f"{topic} took all but {len(refused)} of {len(some)} messages")
