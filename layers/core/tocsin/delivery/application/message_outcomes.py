"""What became of the messages of several alerts, by element and receiver."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tocsin.alerts.domain.alert import Alert, ChunkKey
from tocsin.alerts.domain.exclusion import Exclusion
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.recipient import Recipient
from tocsin.delivery.domain.message import Message, MessageState, Step
from tocsin.delivery.ports.messages import MessageRows
from tocsin.kernel.domain.ids import AlertRef, TenantId

EXCLUDED = "excluded"
"""State of a receiver whom acceptance refused: there is no message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageOutcome:
    """What became of one message, or why there is none.

    Attributes:
        tag: of the element; for an alert of a rule, the id of the action.
        address: canonical; of an excluded receiver as written. Personal data.
        state: a `MessageState`, or EXCLUDED.
        reason: stable word for the state, None if the state says enough.
        attempts: tries that were begun.
        provider_id: the provider's message id of the latest accepted try.
        possible_duplicate: it was sent again although the first try may have arrived.
        updated_at: of the latest change of state; the acceptance while it is queued.
        waits_until: the end of the wait that state and reason name, None if it does not wait.
        log: its states with times and reasons, oldest first.
        place: chunk and position of the message; None for an excluded receiver.
    """

    tag: str
    channel: Channel
    address: str
    state: str
    reason: str | None = None
    attempts: int = 0
    provider_id: str | None = None
    possible_duplicate: bool = False
    accepted_at: datetime
    updated_at: datetime
    waits_until: datetime | None = None
    log: tuple[Step, ...] = ()
    place: tuple[ChunkKey, int] | None = None


@dataclass(frozen=True, slots=True)
class ReadMessageOutcomes:
    """Reads what became of the messages of a page of alerts, with a few batch reads for all of them."""

    alerts: AlertRepository
    messages: MessageRows

    def __call__(self, tenant: TenantId, refs: Sequence[AlertRef]) -> Mapping[AlertRef, Sequence[MessageOutcome]]:
        """Return the outcomes by alert, in the order of elements and receivers; alerts that do not exist are absent.

        Raises:
            StorageUnavailable: nothing could be read.
        """
        alerts = self.alerts.without_contents(tenant, refs)
        chunks = [chunk for alert in alerts.values() for chunk in alert.chunks()]
        recipients = self.alerts.recipients_of(chunks) if chunks else {}
        messages = self.messages.load_chunks({chunk: len(recipients.get(chunk, ())) for chunk in chunks})
        return {ref: self._of(alert, recipients, messages) for ref, alert in alerts.items()}

    def _of(
        self,
        alert: Alert,
        recipients: Mapping[ChunkKey, Sequence[Recipient]],
        messages: Mapping[ChunkKey, Mapping[int, Message]],
    ) -> list[MessageOutcome]:
        excluded = self.alerts.excluded(alert.tenant, alert.ref) if alert.excluded else {}
        chunks = list(alert.chunks())
        found: list[MessageOutcome] = []
        for item in alert.items:
            for chunk in chunks:
                if chunk.item == item.index:
                    rows = messages.get(chunk, {})
                    found += (
                        _of_message(alert, item.tag, item.channel, who, (chunk, position), rows.get(position))
                        for position, who in enumerate(recipients.get(chunk, ()))
                    )
            found += (_of_excluded(alert, item.tag, item.channel, who) for who in excluded.get(item.index, ()))
        return found


def _of_message(
    alert: Alert, tag: str, channel: Channel, who: Recipient, place: tuple[ChunkKey, int], message: Message | None
) -> MessageOutcome:
    if message is None:
        at = alert.accepted_at
        state = MessageState.QUEUED.value
        return MessageOutcome(
            tag=tag, channel=channel, address=who.address, state=state, accepted_at=at, updated_at=at, place=place
        )
    waits = message.state in (MessageState.HELD, MessageState.RETRY_WAIT)
    return MessageOutcome(
        tag=tag,
        channel=channel,
        address=who.address,
        state=message.state.value,
        reason=message.reason,
        attempts=message.attempt,
        provider_id=message.provider_id,
        possible_duplicate=message.possible_duplicate,
        accepted_at=alert.accepted_at,
        updated_at=message.log[-1].at if message.log else alert.accepted_at,
        waits_until=message.due_at if waits else None,
        log=message.log,
        place=place,
    )


def _of_excluded(alert: Alert, tag: str, channel: Channel, who: Exclusion) -> MessageOutcome:
    at = alert.accepted_at
    return MessageOutcome(
        tag=tag,
        channel=channel,
        address=who.address,
        state=EXCLUDED,
        reason=who.reason,
        accepted_at=at,
        updated_at=at,
    )
