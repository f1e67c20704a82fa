"""The day that the scripted telephone system plays: what happens, and when. Equal seeds give equal days.

The day is compressed: it has 24 hours on its own clock, and is played in `LASTS` seconds. Lengths of calls, rests
between texts and the like are real seconds.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LASTS = 288
"""Seconds that the whole day takes: 300 times as fast as a day."""

CALLS = 1_500
_HOURS = (0, 0, 0, 0, 0, 1, 2, 5, 12, 18, 20, 17, 12, 14, 18, 17, 14, 10, 5, 3, 2, 1, 1, 0)
"""How many calls an hour has, as a share of all."""

OFFICE = ("2001", "2002", "2003", "2004", "2005", "2006")
DEPOT = ("2007", "2008", "2009", "2010")
GATE = ("2011", "2012")
DEPOT_GROUP = "2101"
QUEUE = "2200"
NUMBERS = {"office": "+441632960001", "queue": "+441632960002", "depot": "+441632960003", "texts": "+447700900100"}
_NAMES = ("Ana Lee", "Ben Okoro", "Chloe Marsh", "Dev Patel", "Ed Frost", "", "")


@dataclass(frozen=True, slots=True)
class DayCall:
    """A call that has ended.

    Attributes:
        at: real seconds from the beginning of the day to the end of the call.
        inside: the extension that was called or that calls.
        outcome: answered, missed, voicemail, abandoned or busy.
        ring, talk: seconds.
        phones: extensions that ring together, beside `inside`.
        queue: number of the queue; "" = none.
        number: of the account, that was called or is shown.
    """

    at: float
    id: int
    site: str
    direction: str
    outside: str
    name: str
    inside: str
    outcome: str
    ring: int
    talk: int
    phones: tuple[str, ...] = ()
    queue: str = ""
    number: str = ""
    transferred: bool = False

    @property
    def seconds(self) -> int:
        """From the first ring to the end."""
        return self.ring + self.talk


@dataclass(frozen=True, slots=True)
class DayRegistration:
    """A telephone tells that it is there (`registered`, `refreshed`), or is gone (`unregistered`, `expired`)."""

    at: float
    id: int
    site: str
    inside: str
    event: str


@dataclass(frozen=True, slots=True)
class DayText:
    """A text to the account's number."""

    at: float
    id: int
    outside: str
    text: str


@dataclass(frozen=True, slots=True)
class DayTrunk:
    """A trunk is lost, or is back."""

    at: float
    id: int
    name: str
    up: bool


DayPart = DayCall | DayRegistration | DayText | DayTrunk


def day(seed: int = 1) -> list[DayPart]:
    """Return what happens in the day, in order."""
    chance = random.Random(seed)  # noqa: S311 - a script, no secret
    parts = (_calls(chance), _overflow(chance), _registrations(), _texts(chance), _trunk())
    return sorted((each for part in parts for each in part), key=lambda each: (each.at, each.id))


def clock(hours: float) -> float:
    """Return the real second at which the clock of the day shows a time."""
    return hours / 24 * LASTS


def _calls(chance: random.Random) -> Iterator[DayCall]:
    for id in range(CALLS):
        hour = chance.choices(range(24), _HOURS)[0]
        at = clock(hour + chance.random())
        site = chance.choices(("office", "depot", "gate"), (6, 3, 1))[0]
        extensions: Sequence[str] = {"office": OFFICE, "depot": DEPOT, "gate": GATE}[site]
        direction = chance.choices(("incoming", "outgoing", "internal"), (6, 3, 1))[0]
        outcome = chance.choices(("answered", "missed", "voicemail", "busy"), (70, 18, 8, 4))[0]
        if outcome == "voicemail" and direction != "incoming":
            outcome = "missed"
        answered = outcome in ("answered", "voicemail")
        inside = chance.choice(extensions)
        group = site == "depot" and direction == "incoming" and outcome in ("answered", "missed")
        yield DayCall(
            at=at,
            id=id,
            site=site,
            direction=direction,
            outside=chance.choice([each for each in extensions if each != inside])
            if direction == "internal"
            else f"+4477009003{chance.randrange(100):02}",
            name=chance.choice(_NAMES),
            inside=inside,
            outcome=outcome,
            ring=2 if outcome == "busy" else chance.randrange(4, 25),
            talk=chance.randrange(8, 240) if answered else 0,
            phones=tuple(each for each in DEPOT if each != inside) if group else (),
            number=NUMBERS["depot" if site == "depot" else "office"],
            transferred=outcome == "answered" and site == "office" and chance.random() < 0.05,
        )


def _overflow(chance: random.Random) -> Iterator[DayCall]:
    """At eleven the queue overflows: 25 callers give up within ten minutes."""
    for place in range(25):
        yield DayCall(
            at=clock(11 + place / 150),
            id=CALLS + place,
            site="office",
            direction="incoming",
            outside=f"+4477009003{chance.randrange(100):02}",
            name="",
            inside=QUEUE,
            outcome="abandoned",
            ring=0,
            talk=chance.randrange(20, 90),
            queue=QUEUE,
            number=NUMBERS["queue"],
        )


def _registrations() -> Iterator[DayRegistration]:
    """All telephones come at six and refresh. Two lose their connection for a moment, and one for good."""
    story: list[tuple[float, str, str, str]] = []
    for site, extensions in (("office", OFFICE), ("depot", DEPOT), ("gate", GATE)):
        for place, inside in enumerate(extensions):
            story.append((6 + place / 60, site, inside, "registered"))
            if site != "gate":  # Yeastar does not tell
                story += [(hour + place / 60, site, inside, "refreshed") for hour in (8, 10, 12, 14)]
    for hour in (9, 11, 13, 15, 16.5):
        for site, inside in (("office", "2005"), ("depot", "2008")):
            story += [(hour, site, inside, "unregistered"), (hour + 0.7, site, inside, "registered")]
    story.append((17.5, "office", "2006", "expired"))
    for id, (hour, site, inside, event) in enumerate(sorted(story)):
        yield DayRegistration(clock(hour), id, site, inside, event)


def _texts(chance: random.Random) -> Iterator[DayText]:
    """Some texts through the day, and at three 20 of one person, a second apart."""
    words = ("Is anybody there?", "Call me back, please", "The gate is open", "Thanks", "When do you close?")
    times = sorted((clock(chance.uniform(8, 19)), False) for _ in range(40))
    times += [(clock(15) + second, True) for second in range(20)]
    for id, (at, burst) in enumerate(times):
        outside = "+447700900390" if burst else f"+4477009003{chance.randrange(90):02}"
        yield DayText(at, id, outside, chance.choice(words))


def _trunk() -> Iterator[DayTrunk]:
    yield DayTrunk(clock(12.25), 0, "BT", up=False)
    yield DayTrunk(clock(12.5), 1, "BT", up=True)
