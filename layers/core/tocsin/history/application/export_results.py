"""Export the results of an alert as CSV: a line for each receiver of each element and step, excluded ones last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tocsin.alerts.domain.alert import Alert, AlertItem, ChunkKey
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.delivery.ports.messages import MessageRows
from tocsin.history.application.incident import ReadIncident
from tocsin.history.application.read_excluded import EXCLUDED
from tocsin.history.domain.message_facts import MessageFacts
from tocsin.history.domain.people import Place
from tocsin.history.domain.seen_alert import SeenAlert
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.application.signed_cursor import open_cursor, sign_cursor
from tocsin.kernel.domain.csv_table import BYTE_ORDER_MARK, MOST_BYTES, CsvPart, csv_line
from tocsin.kernel.domain.ids import AlertRef
from tocsin.kernel.domain.wire_time import wire_time
from tocsin.kernel.ports import Clock, Sealer
from tocsin.responses.domain.response import Response
from tocsin.responses.ports.answer_overview import AnswerMark, AnswerOverview
from tocsin.results.domain.reasons import reason_text

COLUMNS = (
    "step", "alert_ref", "element", "channel", "tag", "contact_id", "address", "state", "reason", "reason_text",
    "attempts", "provider_id", "possible_duplicate", "updated_at", "answered_at", "answer_kind", "answer",
    "calls", "keys", "talk_seconds",
)  # fmt: skip

ANSWERS_READ = 1_000
"""Answers of each step whose texts are in the table, the newest."""


@dataclass(frozen=True, slots=True)
class _Said:
    """The answers to one alert: the first of each receiver, and the latest with its text."""

    marks: Mapping[tuple[ChunkKey, int], AnswerMark]
    latest: Mapping[tuple[ChunkKey, int], Response]


@dataclass(frozen=True, slots=True)
class ExportResults:
    """Exports the results of an alert and all steps of its escalation: three reads for 250 receivers.

    A part is cut between two chunks of receivers.
    """

    incident: ReadIncident
    alerts: AlertRepository
    messages: MessageRows
    answers: AnswerOverview
    sealer: Sealer
    clock: Clock

    def __call__(self, key: ApiKey, ref: AlertRef, cursor: str | None = None) -> CsvPart:
        """Return the table, or the part of it that fits into one response.

        Raises:
            Forbidden: the key may not read alerts.
            NotFound: no such alert for this key, or its lifetime is over.
            InvalidRequest: the cursor is not from this table.
        """
        look = self.incident.look(key, ref)
        query = f"export|{look.first.ref}"
        start = Place.of(open_cursor(self.sealer, key.tenant, query, cursor)) if cursor else None
        parts = [BYTE_ORDER_MARK + csv_line(COLUMNS)]
        size = len(parts[0])
        received = look.received
        for place, lines in self._chunks(look.alerts if received is None else (received.whole,), received):
            if start is not None and place < start:
                continue
            if size >= MOST_BYTES:
                return CsvPart("".join(parts), sign_cursor(self.sealer, key.tenant, query, str(place)))
            parts.append("".join(csv_line(line) for line in lines))
            size += len(parts[-1].encode())
        return CsvPart("".join(parts), None)

    def _chunks(
        self, alerts: tuple[Alert | None, ...], received: SeenAlert | None
    ) -> Iterator[tuple[Place, Iterator[tuple[str, ...]]]]:
        """Yield the place and the lines of each chunk; the lines are read when they are asked for."""
        for step, alert in enumerate(alerts):
            if alert is None:
                continue
            said = _Said(self.answers.answer_marks(alert.tenant, alert.ref), self._texts(alert))
            for key in alert.chunks():
                yield Place(step, key.item, key.chunk, 0), self._receivers(step, alert, key, said, received)
        for step, alert in enumerate(alerts):
            if alert is not None and alert.excluded and received is None:
                yield Place(len(alerts), step, 0, 0), self._excluded(step, alert)

    def _receivers(
        self, step: int, alert: Alert, key: ChunkKey, said: _Said, received: SeenAlert | None
    ) -> Iterator[tuple[str, ...]]:
        item = alert.item(key.item)
        assert item is not None
        recipients = self.alerts.recipients(key)
        messages = self.messages.load(key, range(len(recipients)))
        for position, recipient in enumerate(recipients):
            if received is not None and not received.shows(key, position):
                continue
            facts, mark = MessageFacts.of(alert, messages.get(position)), said.marks.get((key, position))
            answer = said.latest.get((key, position))
            yield (
                *_element(step, alert, item),
                recipient.contact_id or "",
                recipient.address,
                facts.state,
                facts.reason or "",
                reason_text(facts.reason) if facts.reason else "",
                str(facts.attempts),
                facts.provider_id or "",
                "yes" if facts.possible_duplicate else "no",
                wire_time(facts.updated_at),
                wire_time(mark.at) if mark else "",
                mark.kind if mark else "",
                answer.text if answer else "",
                *_calls(facts),
            )

    def _excluded(self, step: int, alert: Alert) -> Iterator[tuple[str, ...]]:
        excluded = self.alerts.excluded(alert.tenant, alert.ref)
        for item in alert.items:
            for who in excluded.get(item.index, ()):
                said = (who.reason, reason_text(who.reason), "0", "", "no", wire_time(alert.accepted_at))
                yield (*_element(step, alert, item), who.contact_id or "", who.address, EXCLUDED, *said, *[""] * 6)

    def _texts(self, alert: Alert) -> Mapping[tuple[ChunkKey, int], Response]:
        """Return the latest answer that counts, by the place of its receiver."""
        newest = self.answers.newest(alert.tenant, alert.ref, ANSWERS_READ, self.clock())
        return {(one.key, one.position): one for one in reversed(newest) if one.counted}


def _calls(facts: MessageFacts) -> tuple[str, str, str]:
    """Return how many calls were placed, and of the last one, or of a call back, the keys and the seconds of talk."""
    if not facts.calls:
        return "", "", ""
    last = facts.calls[-1].facts
    placed = sum(not call.facts.called_back for call in facts.calls)
    return str(placed), last.keys, "" if last.talk_seconds is None else f"{last.talk_seconds:.1f}"


def _element(step: int, alert: Alert, item: AlertItem) -> tuple[str, ...]:
    return str(step), alert.ref, str(item.index), item.channel.value, item.tag
