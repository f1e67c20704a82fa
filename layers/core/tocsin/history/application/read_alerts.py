"""Read one alert: its status, and its receivers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from tocsin.alerts.domain.alert import CHUNK_SIZE, Alert, AlertItem, ChunkKey
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.recipient import Recipient
from tocsin.content.domain.short_url import sample_link
from tocsin.delivery.domain.message import Message, MessageState
from tocsin.delivery.domain.progress import BatchProgress, total
from tocsin.delivery.domain.segments import segments_of
from tocsin.delivery.ports.messages import DispatchProgress, MessageRows
from tocsin.escalation.domain.escalation import Escalation, escalation_of
from tocsin.escalation.ports import Escalations
from tocsin.history.application.see_alert import own_messages, see_alert
from tocsin.history.domain.alert_state import AlertState, alert_state
from tocsin.history.domain.message_facts import MessageFacts
from tocsin.history.domain.seen_alert import SeenAlert, own_counts
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.application.signed_cursor import open_cursor, sign_cursor
from tocsin.kernel.domain.ids import AlertRef
from tocsin.kernel.ports import Clock, Sealer
from tocsin.responses.ports.responses import ResponseCounts, Responses

MAX_PAGE = 100
"""Most entries of one page."""


MAX_CHUNKS_READ = 8
"""Most chunks that are read for one page of receivers. A filter with few matches gives short pages, not slow ones."""


@dataclass(frozen=True, slots=True)
class AlertStatus:
    """The status of one alert.

    Attributes:
        counts: number of messages per state; every state is present.
        responses: number of answers to this alert that count, and that do not.
        escalation: the current escalation, if the alert is its first alert or a step.
    """

    alert: Alert
    state: AlertState
    counts: Mapping[MessageState, int]
    responses: ResponseCounts
    escalation: Escalation | None = None


@dataclass(frozen=True, slots=True)
class ReadAlertStatus:
    """Reads the status of one alert from its progress counts: three reads for any number of receivers.

    Attributes:
        escalations: costs one more read for an alert of an escalation; None = escalations are not available.
        messages: for persons who see an alert because they received it; None = they see none.
    """

    alerts: AlertRepository
    dispatch_progress: DispatchProgress
    responses: Responses
    clock: Clock
    escalations: Escalations | None = None
    messages: MessageRows | None = None

    def __call__(self, key: ApiKey, ref: AlertRef) -> AlertStatus:
        """Return the status. The counts may be a few seconds older than the messages.

        Raises:
            Forbidden: the key may not read alerts.
            NotFound: no such alert for this key, or its lifetime is over.
        """
        found = see_alert(self.alerts, key, ref, self.clock())
        return self.of_alert(found.alert) if found.own is None else self._received(found)

    def _received(self, found: SeenAlert) -> AlertStatus:
        """Return the status of what a person received of an alert."""
        assert self.messages is not None
        places = found.own_of(None)
        counts = own_counts(own_messages(self.messages, found.whole, places))
        answered = sum(
            position in self.responses.responded(key, range(position, position + 1)) for key, position in places
        )
        state = alert_state(found.alert, counts)
        return AlertStatus(found.alert, state, counts, ResponseCounts(answered, 0))

    def of_alert(self, alert: Alert) -> AlertStatus:
        """Return the status of an alert that was read just now."""
        now = self.clock()
        by_number = self.dispatch_progress.of_alert(alert.tenant, alert.ref)
        counts = counts_of(alert, by_number)
        responses = self.responses.count(alert.tenant, alert.ref, now)
        part_of = escalation_of(alert)
        escalation = self.escalations.get(part_of) if part_of and self.escalations else None
        return AlertStatus(alert, alert_state(alert, counts), counts, responses, escalation)


def counts_of(alert: Alert, by_number: Mapping[int, BatchProgress]) -> dict[MessageState, int]:
    """Return the number of messages per state; every state is present.

    Args:
        by_number: the progress of its batches, as far as there is any.
    """
    counts = total(by_number.get(batch.number) or BatchProgress.blank(batch.count) for batch in alert.batches())
    return {state: counts.get(state, 0) for state in MessageState}


@dataclass(frozen=True, slots=True)
class RecipientRow:
    """One receiver of one element, and the receiver's message.

    Attributes:
        place: the place of the receiver in the alert, for `explain`; None for an excluded receiver.
        state: a `MessageState`, or EXCLUDED.
        attempts: number of tries that were begun; 0 while the message is queued.
        updated_at: time of the latest change of state; the acceptance while the message is queued.
        segments: segments of this receiver's text; None for other channels.
        responded_at: when this receiver first answered this message, None without an answer.
        held_until: the end of the wait that `reason` names, None if the message is not held.
        pointer: of an excluded receiver, where the request names it (JSON pointer).
    """

    address: str
    contact_id: str | None
    channel: Channel
    tag: str
    state: str
    reason: str | None
    attempts: int
    provider_id: str | None
    possible_duplicate: bool
    updated_at: datetime
    segments: int | None = None
    responded_at: datetime | None = None
    place: str | None = None
    held_until: datetime | None = None
    pointer: str | None = None


@dataclass(frozen=True, slots=True)
class RecipientPage:
    """A page of receivers. It may be short or empty although `next` is set; None = the last page."""

    rows: tuple[RecipientRow, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class _Position:
    """The position in a cursor: item, chunk, and the position inside the chunk."""

    item: int
    chunk: int
    position: int

    def __str__(self) -> str:
        return f"{self.item}.{self.chunk}.{self.position}"

    @staticmethod
    def of(text: str) -> _Position:
        item, chunk, position = map(int, text.split("."))
        return _Position(item, chunk, position)


@dataclass(frozen=True, slots=True)
class ReadRecipients:
    """Reads the receivers of one alert, in element order and the order of acceptance."""

    alerts: AlertRepository
    messages: MessageRows
    responses: Responses
    sealer: Sealer
    clock: Clock
    link_base: str = ""

    def __call__(
        self,
        key: ApiKey,
        ref: AlertRef,
        *,
        state: MessageState | None = None,
        channel: Channel | None = None,
        limit: int = 100,
        cursor: str | None = None,
    ) -> RecipientPage:
        """Return a page of receivers.

        The order never changes, so a client that reads all pages gets each receiver once. The filter by state uses the
        state at the time of the read.

        Args:
            state: only messages in this state; None = all.
            channel: only elements of this channel; None = all.
            limit: entries of the page; a number outside 1..MAX_PAGE is replaced by the nearest limit.
            cursor: `next` of the previous page, None for the first page.

        Raises:
            Forbidden: the key may not read alerts.
            NotFound: no such alert for this key, or its lifetime is over.
            InvalidRequest: the cursor is not from this list.
        """
        found = see_alert(self.alerts, key, ref, self.clock())
        alert = found.whole
        if found.own is not None:
            return RecipientPage(tuple(row for row in self._own(found, channel) if state in {None, row.state}), None)
        limit = max(1, min(limit, MAX_PAGE))
        query = f"recipients|{ref}|{state or ''}|{channel or ''}"
        start = _Position.of(open_cursor(self.sealer, key.tenant, query, cursor)) if cursor else _Position(0, 0, 0)

        rows: list[RecipientRow] = []
        chunks = _chunks(alert, channel, start)
        for item, chunk, first, size in islice(chunks, MAX_CHUNKS_READ):
            if len(rows) == limit:
                return self._page(alert, query, rows, _Position(item.index, chunk, first))
            # Without a filter by state, only the positions that fit on the page are read.
            last = size if state else min(size, first + limit - len(rows))
            for position, row in self._read(alert, item, chunk, range(first, last)):
                if len(rows) == limit:
                    return self._page(alert, query, rows, _Position(item.index, chunk, position))
                if state in {None, row.state}:
                    rows.append(row)
            if last < size:
                return self._page(alert, query, rows, _Position(item.index, chunk, last))
        following = next(chunks, None)
        place = None if following is None else _Position(following[0].index, following[1], following[2])
        return self._page(alert, query, rows, place)

    def _own(self, found: SeenAlert, channel: Channel | None) -> Iterator[RecipientRow]:
        for key, position in found.own_of(channel):
            item = found.whole.item(key.item)
            assert item is not None
            yield from (row for _, row in self._read(found.whole, item, key.chunk, range(position, position + 1)))

    def _page(self, alert: Alert, query: str, rows: list[RecipientRow], place: _Position | None) -> RecipientPage:
        cursor = None if place is None else sign_cursor(self.sealer, alert.tenant, query, str(place))
        return RecipientPage(tuple(rows), cursor)

    def _read(self, alert: Alert, item: AlertItem, chunk: int, positions: range) -> Iterator[tuple[int, RecipientRow]]:
        key = ChunkKey(alert.tenant, alert.ref, item.index, chunk)
        recipients = self.alerts.recipients(key)
        messages = self.messages.load(key, positions)
        responded = self.responses.responded(key, positions)
        segments = segments_of(alert, item, sample_link(self.link_base))
        for position in positions:
            recipient = recipients[position]
            row = _row(alert, item, recipient, messages.get(position), segments(recipient))
            place = place_of(item.index, chunk, position)
            yield position, replace(row, responded_at=responded.get(position), place=place)


def place_of(item: int, chunk: int, position: int) -> str:
    """Return the name of a place in an alert. `explain` accepts it, because contact ids may be missing or repeated."""
    return f"~{item}.{chunk}.{position}"


def _chunks(alert: Alert, channel: Channel | None, start: _Position) -> Iterator[tuple[AlertItem, int, int, int]]:
    """Yield item, chunk, first position and size of each chunk from `start` on."""
    for item in alert.items:
        if item.index < start.item or channel not in {None, item.channel}:
            continue
        begin = start.chunk if item.index == start.item else 0
        for chunk in range(begin, -(-item.accepted // CHUNK_SIZE)):
            first = start.position if (item.index, chunk) == (start.item, start.chunk) else 0
            yield item, chunk, first, min(CHUNK_SIZE, item.accepted - chunk * CHUNK_SIZE)


def _row(
    alert: Alert, item: AlertItem, recipient: Recipient, message: Message | None, segments: int | None
) -> RecipientRow:
    facts = MessageFacts.of(alert, message)
    return RecipientRow(
        address=recipient.address,
        contact_id=recipient.contact_id,
        channel=item.channel,
        tag=item.tag,
        state=facts.state,
        reason=facts.reason,
        attempts=facts.attempts,
        provider_id=facts.provider_id,
        possible_duplicate=facts.possible_duplicate,
        updated_at=facts.updated_at,
        segments=segments,
        held_until=facts.held_until,
    )
