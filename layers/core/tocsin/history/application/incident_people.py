"""Read the people of an incident, a row for each over all elements and steps: answered, not reached, then the rest.

    answered      from the marks of who responded: who cannot come, then the order of their first answer
    not reached   from the batches whose progress counts name such messages
    the rest      in the order of asking

A page reads the rows and chunks of its own people. Who is the same person in several elements is known from all chunks,
which are read once and remembered by the process, without addresses.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from tocsin.alerts.domain.alert import BATCH_SIZE, CHUNK_SIZE, Alert, ChunkKey
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.contacts.domain.recipient import Recipient
from tocsin.delivery.domain.message import Message
from tocsin.delivery.domain.progress import BatchProgress
from tocsin.delivery.ports.messages import MessageRows
from tocsin.history.domain.incident_person import (
    IncidentPerson,
    PeoplePage,
    PeopleShown,
    PersonAnswer,
    PersonMessage,
)
from tocsin.history.domain.incident_state import NOT_REACHED
from tocsin.history.domain.message_facts import MessageFacts
from tocsin.history.domain.people import IncidentPeople, OneReceiver, Place, Strangers
from tocsin.history.domain.seen_alert import SeenAlert
from tocsin.kernel.application.signed_cursor import open_cursor, sign_cursor
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.kernel.ports import Sealer
from tocsin.responses.ports.answer_overview import AnswerMark, AnswerOverview

MOST_LOADS = 24
"""About how many chunks a page reads message rows of; it may be short after that."""

MESSAGES_REMEMBERED = 60_000
"""Messages of all incidents whose people a process remembers."""


class ReadPeople:
    """Reads pages of people. One object serves many calls."""

    def __init__(self, alerts: AlertRepository, messages: MessageRows, answers: AnswerOverview, sealer: Sealer) -> None:
        self._alerts = alerts
        self._messages = messages
        self._answers = answers
        self._sealer = sealer
        self._known: OrderedDict[tuple[tuple[TenantId, AlertRef], ...], IncidentPeople] = OrderedDict()

    def __call__(
        self,
        alerts: Sequence[Alert | None],
        progress: Mapping[AlertRef, Mapping[int, BatchProgress]],
        show: PeopleShown,
        limit: int,
        cursor: str | None,
        first: Collection[Place] = (),
    ) -> PeoplePage:
        """Return a page of the people of these alerts, one of each step.

        Args:
            progress: progress of the batches of each alert.
            limit: 1..MAX_PAGE.
            first: messages of those who have answered that they cannot come.

        Raises:
            InvalidRequest: the cursor is not from this list.
        """
        walk = _Walk(alerts, progress, self._people(alerts), self._marks(alerts), self._alerts, self._messages, first)
        tenant, query = walk.first.tenant, f"incident|{walk.first.ref}|{show}"
        start = open_cursor(self._sealer, tenant, query, cursor) if cursor else None
        rows: list[IncidentPerson] = []
        following = None
        for place, person in walk.from_place(show, start, limit):
            if len(rows) == limit or (person is None and walk.loads >= MOST_LOADS):
                following = sign_cursor(self._sealer, tenant, query, place)
                break
            if person is not None:
                rows.append(person)
        complete = show is PeopleShown.ALL and cursor is None and following is None
        unreached = sum(p.not_reached and p.answer is None for p in rows) if complete else walk.not_reached()
        return PeoplePage(tuple(rows), following, len(walk.people), len(walk.answered), unreached, complete)

    def of_receiver(self, found: SeenAlert) -> PeoplePage:
        """Return the page of a person who sees an alert because they received it: this person alone."""
        own = [Place(0, key.item, key.chunk, position) for key, position in found.own_of(None)]
        alerts = (found.whole,)
        marks = {place: mark for place, mark in self._marks(alerts).items() if place in own}
        walk = _Walk(alerts, {}, OneReceiver(own), marks, self._alerts, self._messages)
        (person,) = walk.read(own[:1])
        unreached = person.not_reached and person.answer is None
        return PeoplePage((person,), None, 1, len(walk.answered), int(unreached), complete=True)

    def _people(self, alerts: Sequence[Alert | None]) -> IncidentPeople | Strangers:
        """Return who is the same person. An incident with one list of receivers needs no chunk for that."""
        lists = [item.accepted for alert in alerts if alert is not None for item in alert.items if item.accepted]
        if len(lists) < 2:
            return Strangers(sum(lists))
        refs = tuple((alert.tenant, alert.ref) for alert in alerts if alert is not None)
        people = self._known.pop(refs, None) or IncidentPeople(self._receivers(alerts))
        self._known[refs] = people
        while len(self._known) > 1 and sum(each.messages for each in self._known.values()) > MESSAGES_REMEMBERED:
            self._known.popitem(last=False)
        return people

    def _receivers(self, alerts: Sequence[Alert | None]) -> Iterator[tuple[Place, Recipient]]:
        steps = {key: step for step, alert in enumerate(alerts) if alert is not None for key in alert.chunks()}
        chunks = self._alerts.recipients_of(list(steps))
        for key, step in steps.items():
            for position, recipient in enumerate(chunks.get(key, ())):
                yield Place(step, key.item, key.chunk, position), recipient

    def _marks(self, alerts: Sequence[Alert | None]) -> dict[Place, AnswerMark]:
        return {
            Place(step, key.item, key.chunk, position): mark
            for step, alert in enumerate(alerts)
            if alert is not None
            for (key, position), mark in self._answers.answer_marks(alert.tenant, alert.ref).items()
        }


class _Walk:
    """A walk over the people of an incident.

    Attributes:
        answered: the first place of each person who has answered: `first`, then the order of their first answers.
        loads: chunks whose message rows were read so far.
    """

    def __init__(
        self,
        alerts: Sequence[Alert | None],
        progress: Mapping[AlertRef, Mapping[int, BatchProgress]],
        people: IncidentPeople | Strangers | OneReceiver,
        marks: Mapping[Place, AnswerMark],
        repository: AlertRepository,
        messages: MessageRows,
        first: Collection[Place] = (),
    ) -> None:
        self.people = people
        self.loads = 0
        self._alerts = alerts
        self._progress = progress
        self._marks = marks
        self._repository = repository
        self._messages = messages
        by_time = sorted(marks, key=lambda place: (place not in first, marks[place].at, place))
        self.answered = list(dict.fromkeys(people.places(place)[0] for place in by_time))
        self._has_answered = frozenset(self.answered)
        self._persons: dict[Place, IncidentPerson] = {}

    @property
    def first(self) -> Alert:
        """The first alert."""
        first = self._alerts[0]
        assert first is not None
        return first

    def not_reached(self) -> int | None:
        """Return how many people were not reached, as far as progress counts tell."""
        if isinstance(self.people, IncidentPeople):
            return None
        return sum(
            count
            for progress in self._progress.get(self.first.ref, {}).values()
            for state, count in progress.counts.items()
            if state in NOT_REACHED
        )

    def from_place(
        self, show: PeopleShown, start: str | None, group: int
    ) -> Iterator[tuple[str, IncidentPerson | None]]:
        """Yield people with the place in the list where each stands; None marks a place where a page may end.

        Args:
            start: a place that was yielded; None = the beginning.
            group: how many people are read together.
        """
        section, _, place = (start or "").partition(":")
        wanted = _SECTIONS[show]
        for name in wanted[wanted.index(section) if section else 0 :]:
            if name == "answered":
                yield from self._answered(int(place) if section == name else 0)
            else:
                groups = self._suspects() if name == "not_reached" else self._everyone(group)
                yield from self._others(name, groups, Place.of(place) if section == name else _BEGIN)

    def _answered(self, start: int) -> Iterator[tuple[str, IncidentPerson | None]]:
        for offset in range(start, len(self.answered), BATCH_SIZE):
            yield f"answered:{offset}", None
            for number, person in enumerate(self.read(self.answered[offset : offset + BATCH_SIZE]), offset):
                yield f"answered:{number}", person

    def _others(
        self, section: str, groups: Iterable[Sequence[Place]], start: Place
    ) -> Iterator[tuple[str, IncidentPerson | None]]:
        """Yield people without an answer, those who were not reached or the rest, each at their first place."""
        for group in groups:
            places = [place for place in group if place >= start and self._stands_at(place)]
            if not places:
                continue
            yield f"{section}:{places[0]}", None
            for place, person in zip(places, self.read(places), strict=True):
                if person.not_reached == (section == "not_reached"):
                    yield f"{section}:{place}", person

    def _stands_at(self, place: Place) -> bool:
        first = self.people.places(place)[0]
        return first == place and first not in self._has_answered

    def _suspects(self) -> Iterator[Sequence[Place]]:
        """Yield the places of each batch in which a message did not reach its receiver."""
        for step, alert in enumerate(self._alerts):
            for batch in alert.batches() if alert is not None else ():
                counted = self._progress.get(batch.key.alert, {}).get(batch.number)
                if counted is not None and not NOT_REACHED.isdisjoint(counted.counts):
                    yield [Place(step, batch.key.item, batch.key.chunk, position) for position in batch.positions]

    def _everyone(self, group: int) -> Iterator[Sequence[Place]]:
        for step, alert in enumerate(self._alerts):
            for key in alert.chunks() if alert is not None else ():
                size = _size(alert, key)
                for begin in range(0, size, group):
                    positions = range(begin, min(begin + group, size))
                    yield [Place(step, key.item, key.chunk, position) for position in positions]

    def read(self, first_places: Sequence[Place]) -> list[IncidentPerson]:
        """Return the person who stands at each of these places; who was read before is not read again."""
        wanted: dict[ChunkKey, list[Place]] = {}
        missing = [first for first in first_places if first not in self._persons]
        for first in missing:
            for place in self.people.places(first):
                wanted.setdefault(self._chunk(place), []).append(place)
        recipients = self._repository.recipients_of(list(wanted))
        rows: dict[Place, PersonMessage] = {}
        contacts: dict[Place, str | None] = {}
        for key, places in wanted.items():
            self.loads += 1
            positions = range(min(p.position for p in places), max(p.position for p in places) + 1)
            messages = self._messages.load(key, positions)
            for place in places:
                recipient = recipients[key][place.position]
                contacts[place] = recipient.contact_id
                rows[place] = self._message(place, recipient, messages.get(place.position))
        self._persons |= {first: self._person(first, rows, contacts[first]) for first in missing}
        return [self._persons[first] for first in first_places]

    def _person(self, first: Place, rows: Mapping[Place, PersonMessage], contact_id: str | None) -> IncidentPerson:
        places = self.people.places(first)
        answered = min((place for place in places if place in self._marks), key=self._answered_at, default=None)
        answer = None
        if answered is not None:
            mark = self._marks[answered]
            answer = PersonAnswer(mark.at, mark.kind, answered.step)
        return IncidentPerson(contact_id, tuple(rows[place] for place in places), answer)

    def _answered_at(self, place: Place) -> datetime:
        return self._marks[place].at

    def _chunk(self, place: Place) -> ChunkKey:
        alert = self._alerts[place.step]
        assert alert is not None
        return ChunkKey(alert.tenant, alert.ref, place.item, place.chunk)

    def _message(self, place: Place, recipient: Recipient, message: Message | None) -> PersonMessage:
        alert = self._alerts[place.step]
        assert alert is not None
        item = alert.item(place.item)
        assert item is not None
        facts = MessageFacts.of(alert, message)
        return PersonMessage(place, alert.ref, item.channel, item.tag, recipient.address, facts)


_BEGIN = Place(0, 0, 0, 0)

_SECTIONS = {
    PeopleShown.ALL: ("answered", "not_reached", "rest"),
    PeopleShown.ANSWERED: ("answered",),
    PeopleShown.NO_ANSWER: ("not_reached", "rest"),
    PeopleShown.NOT_REACHED: ("not_reached",),
}


def _size(alert: Alert | None, key: ChunkKey) -> int:
    item = alert.item(key.item) if alert is not None else None
    return min(CHUNK_SIZE, item.accepted - key.chunk * CHUNK_SIZE) if item is not None else 0
