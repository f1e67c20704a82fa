"""The people of an incident: who is the same person in several elements and steps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tocsin.contacts.domain.recipient import ERASED_ADDRESS, Recipient, person


class Place(NamedTuple):
    """A message of an incident: step, element, chunk, and position inside the chunk. Places sort by the time of asking.

    Attributes:
        step: 0 = the first alert.
    """

    step: int
    item: int
    chunk: int
    position: int

    def __str__(self) -> str:
        return ".".join(map(str, self))

    @staticmethod
    def of(text: str) -> Place:
        """Return the place that a text stands for."""
        return Place(*map(int, text.split(".")))


class IncidentPeople:
    """Who is the same person, by place: a contact of one id, or a plain receiver of one address.

    Holds hashes in place of addresses and ids, so that a process may keep it. The hashes differ between processes.

    Args:
        receivers: every message of the incident, in the order of places.
    """

    def __init__(self, receivers: Iterable[tuple[Place, Recipient]]) -> None:
        self._who: dict[Place, int] = {}
        self._places: dict[int, list[Place]] = {}
        for place, recipient in receivers:
            erased = recipient.address == ERASED_ADDRESS
            who = hash(place) if erased else hash(person(recipient))
            self._who[place] = who
            self._places.setdefault(who, []).append(place)

    def __len__(self) -> int:
        """Return the number of different people."""
        return len(self._places)

    @property
    def messages(self) -> int:
        """The number of messages."""
        return len(self._who)

    def places(self, place: Place) -> Sequence[Place]:
        """Return all places of the person at `place`, in order; at least `place` itself."""
        return self._places[self._who[place]]


class Strangers:
    """The people of an incident with one element and no steps: each message has another person."""

    def __init__(self, messages: int) -> None:
        self.messages = messages

    def __len__(self) -> int:
        """Return the number of different people."""
        return self.messages

    def places(self, place: Place) -> Sequence[Place]:
        """Return the place."""
        return (place,)


class OneReceiver:
    """The one person who sees an alert because they received it.

    Args:
        own: the places of the person, in order.
    """

    def __init__(self, own: Sequence[Place]) -> None:
        self.messages = len(own)
        self._own = own

    def __len__(self) -> int:
        """Return the number of different people."""
        return 1

    def places(self, place: Place) -> Sequence[Place]:
        """Return all places of the person."""
        return self._own
