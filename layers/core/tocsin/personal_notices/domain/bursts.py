"""Bursts: more than fifteen texts from one contact to one number within thirty seconds (UP-19 … UP-24).

Texts of one contact to one of our numbers fall into runs, by their times: a run goes on while texts follow within SPAN.
A run is a burst if MANY of its texts lie within SPAN, both ends in. A burst is told once, however
its texts come: in any order, repeatedly, and one at a time or many at once.
"""

from __future__ import annotations

import hashlib
from bisect import insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tocsin.telephony.domain.event import TelephonyEvent

MANY = 16
SPAN = timedelta(seconds=30)
TOO_LATE_AFTER = timedelta(minutes=15)
"""No person is told of a burst later than this after the text that made it one."""

REMEMBERED = timedelta(minutes=10)
"""Before the newest text: older texts that come late are not counted."""

BURSTS_KEPT = timedelta(hours=1)
"""After the last text: how long the texts of a contact are remembered."""


@dataclass(frozen=True, slots=True, order=True)
class CountedText:
    """A text: when it was received, and a hash of its source and id."""

    at: datetime
    id: str

    @classmethod
    def of(cls, event: TelephonyEvent) -> CountedText:
        """Return the text of an event `sms.received`."""
        named = f"{event.source}\0{event.data['messageId']}".encode("utf-8", "surrogatepass")
        return cls(event.at, hashlib.sha256(named).hexdigest()[:16])


@dataclass(frozen=True, slots=True)
class ToldBurst:
    """A burst that is told. Its texts are not remembered one by one.

    Attributes:
        first, last: times of its first and last text so far.
        event: name of the event with which it was told, and the key of its notice.
        at: when that event's text was received.
    """

    first: datetime
    last: datetime
    event: str
    at: datetime

    def holds(self, at: datetime) -> bool:
        """Whether a text of this time goes on with the burst."""
        return self.first - SPAN <= at <= self.last + SPAN


@dataclass(frozen=True, slots=True)
class TextsOfContact:
    """What is remembered of the texts of one contact to one number.

    Attributes:
        texts: those that are in no burst, by time.
        bursts: by time.
        version: counts writes; 0 = nothing is kept.
    """

    texts: tuple[CountedText, ...] = ()
    bursts: tuple[ToldBurst, ...] = ()
    version: int = 0

    def burst_of(self, event: str) -> ToldBurst | None:
        """Return the burst that an event told; None = it told none."""
        return next((burst for burst in self.bursts if burst.event == event), None)

    def after(self, text: CountedText, event: str) -> TextsOfContact:
        """Return what is remembered after a text; itself if it changes nothing, as a repeat does.

        Args:
            event: name of the event that told the text.
        """
        newest = max((text.at, *(each.at for each in self.texts), *(burst.last for burst in self.bursts)))
        if text.at < newest - REMEMBERED or any(each.id == text.id for each in self.texts):
            return self
        texts = list(self.texts)
        insort(texts, text)
        bursts = list(self.bursts)
        if not any(burst.holds(text.at) for burst in bursts):
            made = next((run for run in _runs(texts) if text in run and _is_burst(run)), None)
            if made is not None:
                bursts.append(ToldBurst(made[0].at, made[-1].at, event, text.at))
        left, bursts = _joined(texts, bursts)
        after = replace(
            self,
            texts=tuple(each for each in left if each.at >= newest - REMEMBERED),
            bursts=tuple(each for each in bursts if each.last >= newest - BURSTS_KEPT),
        )
        return self if after == self else replace(after, version=self.version + 1)


def _runs(texts: Sequence[CountedText]) -> Iterator[Sequence[CountedText]]:
    """Yield the runs of texts that are in order."""
    first = 0
    for n in range(1, len(texts) + 1):
        if n == len(texts) or texts[n].at - texts[n - 1].at > SPAN:
            yield texts[first:n]
            first = n


def _is_burst(run: Sequence[CountedText]) -> bool:
    return any(run[n + MANY - 1].at - run[n].at <= SPAN for n in range(len(run) - MANY + 1))


def _joined(texts: Sequence[CountedText], bursts: Sequence[ToldBurst]) -> tuple[list[CountedText], list[ToldBurst]]:
    """Let bursts take the texts that go on with them, and the bursts that they reach; return what is left of both."""
    left, grown = list(texts), sorted(bursts, key=lambda each: each.first)
    changed = True
    while changed:
        changed = False
        for n, burst in enumerate(grown):
            taken = [each.at for each in left if burst.holds(each.at)]
            if taken:
                first, last = min(burst.first, *taken), max(burst.last, *taken)
                grown[n] = replace(burst, first=first, last=last)
                left = [each for each in left if not first <= each.at <= last]
                changed = True
    whole: list[ToldBurst] = []
    for burst in grown:
        if whole and whole[-1].holds(burst.first):
            # Two were told before the texts between them came: the first goes on, and holds both.
            whole[-1] = replace(whole[-1], last=max(whole[-1].last, burst.last))
        else:
            whole.append(burst)
    return left, whole
