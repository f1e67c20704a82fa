"""The message of the dispatch queues: it asks a worker to process one batch. It has ids only, no personal data."""

from __future__ import annotations

import json
from dataclasses import dataclass

from tocsin.alerts.domain.alert import Batch, ChunkKey, Lane
from tocsin.contacts.domain.channel import Channel
from tocsin.kernel.domain.ids import AlertRef, TenantId

_VERSION = 1


@dataclass(frozen=True, slots=True)
class DispatchJob:
    """A job for a worker: process a batch, or some positions of it.

    Attributes:
        positions: positions inside the chunk; None = the whole batch.
    """

    batch: Batch
    channel: Channel
    lane: Lane
    positions: tuple[int, ...] | None = None

    def encode(self) -> str:
        """Return the body of the SQS message: one line of JSON, about 150 bytes."""
        key = self.batch.key
        body = {
            "v": _VERSION,
            "t": key.tenant,
            "a": key.alert,
            "i": key.item,
            "c": key.chunk,
            "s": [self.batch.number, self.batch.first, self.batch.count],
            "ch": self.channel.value,
            "l": self.lane.value,
        }
        if self.positions is not None:
            body["p"] = list(self.positions)
        return json.dumps(body, separators=(",", ":"))

    @staticmethod
    def decode(text: str) -> DispatchJob:
        """Return the job from the body of an SQS message.

        Raises:
            ValueError: the body is not a dispatch job of a known version.
        """
        try:
            body = json.loads(text)
            if body["v"] != _VERSION:
                raise ValueError("a dispatch job of another version")
            number, first, count = body["s"]
            key = ChunkKey(TenantId(body["t"]), AlertRef(body["a"]), body["i"], body["c"])
            positions = tuple(body["p"]) if "p" in body else None
            return DispatchJob(Batch(key, number, first, count), Channel(body["ch"]), Lane(body["l"]), positions)
        except (KeyError, TypeError) as error:
            raise ValueError("not a dispatch job") from error
