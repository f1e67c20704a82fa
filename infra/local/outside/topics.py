"""Publishes events to the system's topics, as providers do."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from infra.local.aws import Aws

TOGETHER = 10
"""Most messages of one call (Amazon SNS, "Amazon SNS message batching"). A call costs the same for any number."""


def publish(aws: Aws, topic: str, events: Iterable[Mapping[str, Any]]) -> None:
    """Publish events to a topic in order. `topic`: its ARN.

    Raises:
        RuntimeError: some events of a batch were rejected; earlier batches are published.
    """
    left = iter(events)
    while some := list(islice(left, TOGETHER)):
        entries = [{"Id": str(place), "Message": json.dumps(event)} for place, event in enumerate(some)]
        refused = aws.client("sns").publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)["Failed"]
        if refused:
            raise RuntimeError(f"{topic} rejected {len(refused)} of {len(some)} messages")
