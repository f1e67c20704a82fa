"""Plan a send: decide it as it would be decided, and tell it instead of committing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tocsin.application.ports import ApiKeyRepository, Clock
from tocsin.application.prepare_send import PrepareSend, Ready
from tocsin.application.read_alerts import segments_of
from tocsin.application.suppress import Suppress
from tocsin.domain.alert import Alert, AlertItem, Channel, ChunkKey, Recipient
from tocsin.domain.api_key import ApiKey
from tocsin.domain.errors import NotYetAvailable
from tocsin.domain.plan import PlannedMessage, Segments, left_out_of, messages_of
from tocsin.domain.send_request import SendRequest, SendResult
from tocsin.domain.short_link import sample_link

_ASKED_AT_ONCE = 100
"""Addresses of one look at the list of those who must not be contacted."""


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One alert that would be made.

    Attributes:
        number: 0 is the alert itself.
        at: when it would be accepted.
        result: how its call would be answered.
    """

    number: int
    at: datetime
    result: SendResult
    messages: tuple[PlannedMessage, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a call would do. It assumes that nobody answers."""

    client_ref: str
    made_at: datetime
    steps: tuple[PlannedStep, ...]

    @property
    def cost(self) -> int:
        """Estimate of all text messages together, in millionths of a US dollar."""
        return sum(message.cost for step in self.steps for message in step.messages)


@dataclass(frozen=True, slots=True)
class PlanSend:
    """See the module. Writes nothing and sends nothing.

    Attributes:
        suppress: who must not be contacted.
    """

    prepare: PrepareSend
    keys: ApiKeyRepository
    suppress: Suppress
    clock: Clock

    def __call__(self, key: ApiKey, request: SendRequest) -> Plan:
        """Return what this call would do if it were made now.

        Raises:
            NotYetAvailable, Forbidden, InvalidRequest, RequestTooLarge, Superseded, StorageUnavailable: as the call.
        """
        if request.unavailable:
            raise NotYetAvailable(", ".join(request.unavailable))
        now = self.clock()
        draft = self.prepare(key, request, now)
        left = self.keys.remaining(key.tenant, key.id) if draft.limited else {}
        ready = draft.ready({channel: left.get(channel, 0) for channel in draft.limited})
        return Plan(request.client_ref, now, (self._step(0, now, ready),))

    def _step(self, number: int, at: datetime, ready: Ready) -> PlannedStep:
        messages = list(left_out_of(ready.allotments, at))
        if ready.acceptance is not None:
            alert = ready.acceptance.alert
            for item in alert.items:
                who = _receivers(item, ready.acceptance.chunks)
                suppressed = self._suppressed(alert, item.channel, who)
                messages += messages_of(alert, item, who, self._segments(alert), suppressed)
        messages.sort(key=lambda message: (message.item, message.at))
        return PlannedStep(number, at, ready.result, tuple(messages))

    def _segments(self, alert: Alert) -> Segments:
        link = sample_link(self.prepare.link_base)
        return lambda item: segments_of(alert, item, link)

    def _suppressed(self, alert: Alert, channel: Channel, who: Sequence[Recipient]) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for first in range(0, 0 if alert.sandbox else len(who), _ASKED_AT_ONCE):
            addresses = [recipient.address for recipient in who[first : first + _ASKED_AT_ONCE]]
            standing = self.suppress.standing(alert.tenant, channel, addresses)
            found |= {address: reason.value for address, reason in standing.items()}
        return found


def _receivers(item: AlertItem, chunks: Mapping[ChunkKey, Sequence[Recipient]]) -> list[Recipient]:
    return [who for key, part in sorted(chunks.items(), key=_place) if key.item == item.index for who in part]


def _place(chunk: tuple[ChunkKey, Sequence[Recipient]]) -> tuple[int, int]:
    return chunk[0].item, chunk[0].chunk
