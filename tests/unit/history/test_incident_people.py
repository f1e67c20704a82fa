"""The people of an incident in pages: each once, in order, however many there are (console 4.2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.fakes.escalations import FakeEscalations
from tests.fakes.sealer import FakeSealer
from tests.unit.history.test_read_alerts import READER, Hall
from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.delivery.domain.message import Message, accepted, rejected_permanently
from tocsin.history.application.incident import ReadIncident
from tocsin.history.application.incident_people import ReadPeople
from tocsin.history.domain.incident_person import IncidentPerson, PeopleShown
from tocsin.kernel.domain.errors import InvalidRequest
from tocsin.responses.domain.response import Response


class Room(Hall):
    """A hall in which incidents are read."""

    def __init__(self) -> None:
        super().__init__()
        people = ReadPeople(self.desk.alerts, self.messages, self.responses, FakeSealer())
        self.incident = ReadIncident(
            self.desk.alerts, self.desk.work, self.responses, FakeEscalations(), people, self.desk.clock
        )

    def answer(self, alert: Alert, position: int, chunk: int = 0) -> None:
        self.desk.clock.advance(timedelta(seconds=1))
        key = next(key for key in alert.chunks() if key.chunk == chunk)
        natural_id = f"in-{chunk}-{position}"
        self.responses.add(Response(key, position, ResponseKind.SMS, natural_id, "", None, self.desk.clock(), "yes"))

    def pages(
        self, alert: Alert, limit: int = 100, show: PeopleShown = PeopleShown.ALL
    ) -> list[tuple[IncidentPerson, ...]]:
        found: list[tuple[IncidentPerson, ...]] = []
        cursor = None
        while not found or cursor is not None:
            page = self.incident.show(self.incident.look(READER, alert.ref), show, limit, cursor).people
            assert len(page.rows) <= limit
            found.append(page.rows)
            cursor = page.next
        return found


def addresses(pages: list[tuple[IncidentPerson, ...]]) -> list[str]:
    return [person.messages[0].address for page in pages for person in page]


class Noted:
    """A store whose calls of one method are noted."""

    def __init__(self, store: Any, method: str) -> None:
        self._store = store
        self._method = method
        self.calls: list[Any] = []

    def __getattr__(self, name: str) -> Any:
        called = getattr(self._store, name)
        if name != self._method:
            return called

        def noted(*args: Any) -> Any:
            self.calls.append(args)
            return called(*args)

        return noted


@pytest.fixture
def room() -> Room:
    return Room()


def failed(message: Message, now: datetime) -> Message:
    return rejected_permanently(message, "phone_off", now)


def sent(message: Message, now: datetime) -> Message:
    return accepted(message, "p-1", now)


@pytest.mark.parametrize("limit", [1, 7, 100])
def test_console_4_2_pages_have_everybody_once_answered_first_then_not_reached(room: Room, limit: int) -> None:
    alert = room.alert(texts=320)
    room.work(alert, failed, every=40)
    for chunk, position in ((1, 60), (0, 3), (0, 9)):
        room.answer(alert, position, chunk)

    pages = room.pages(alert, limit)

    found = addresses(pages)
    everybody = [f"+4477{n:08}" for n in range(320)]
    assert sorted(found) == everybody
    assert found[:3] == [everybody[310], everybody[3], everybody[9]]  # in the order of their answers
    states = [person.not_reached for page in pages for person in page]
    assert states == [False] * 3 + [True] * sum(states) + [False] * (len(states) - 3 - sum(states))
    assert sorted(found[3:12]) == [everybody[n] for n in (0, 40, 80, 120, 160, 200, 240, 250, 290)]
    assert found[12:] == [each for each in everybody if each not in set(found[:12])]


def test_console_4_2_each_tab_shows_its_people(room: Room) -> None:
    alert = room.alert(texts=10)
    room.work(alert, failed, every=5)
    room.answer(alert, 1)

    def people(show: PeopleShown) -> list[int]:
        return [int(address[-2:]) for address in addresses(room.pages(alert, 3, show))]

    assert people(PeopleShown.ANSWERED) == [1]
    assert people(PeopleShown.NOT_REACHED) == [0, 5]
    assert people(PeopleShown.NO_ANSWER) == [0, 5, 2, 3, 4, 6, 7, 8, 9]
    assert people(PeopleShown.ALL) == [1, 0, 5, 2, 3, 4, 6, 7, 8, 9]
    page = room.incident.show(room.incident.look(READER, alert.ref), PeopleShown.ANSWERED).people
    assert (page.total, page.answered, page.not_reached) == (10, 1, 2)


def test_a_cursor_is_for_its_tab_and_incident(room: Room) -> None:
    alert, other = room.alert(texts=5), room.alert(texts=5)
    cursor = room.incident.show(room.incident.look(READER, alert.ref), PeopleShown.ALL, 2).people.next
    assert cursor is not None
    for ref, show in ((other.ref, PeopleShown.ALL), (alert.ref, PeopleShown.NO_ANSWER)):
        with pytest.raises(InvalidRequest):
            room.incident.show(room.incident.look(READER, ref), show, 2, cursor)


def test_a_version_changes_when_messages_move_and_when_a_person_answers(room: Room) -> None:
    alert = room.alert(texts=3)
    before = room.incident.look(READER, alert.ref).version
    room.work(alert, sent)
    moved = room.incident.look(READER, alert.ref).version
    assert moved != before
    key = next(alert.chunks())
    room.responses.add(Response(key, 1, ResponseKind.SMS, "in-1", "", None, room.desk.clock(), "yes"))
    assert room.incident.look(READER, alert.ref).version not in (before, moved)


def test_console_4_2_a_page_of_ten_thousand_people_reads_its_own_rows_only(room: Room) -> None:
    alert = room.alert(texts=10_000)
    messages, alerts = Noted(room.messages, "load"), Noted(room.desk.alerts, "recipients_of")
    room.incident = replace(room.incident, people=ReadPeople(alerts, messages, room.responses, FakeSealer()))

    page = room.incident.show(room.incident.look(READER, alert.ref)).people

    assert (len(page.rows), page.total) == (100, 10_000)
    assert [len(positions) for _, positions in messages.calls] == [100]
    assert [len(keys) for (keys,) in alerts.calls] == [1]
