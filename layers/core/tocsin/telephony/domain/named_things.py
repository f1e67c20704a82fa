"""What of an account an event names: who may read the event, and by what it is found, hangs on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tocsin.telephony.domain.event import TelephonyEvent


@dataclass(frozen=True, slots=True)
class NamedThings:
    """Lines, groups and numbers of an event, as the event writes them: ids, extensions, other aliases; each once.

    Attributes:
        lines, groups: a mailbox stands in both, because it is a line's or a group's.
        numbers: those of both parties and the account's own; E.164, extensions, or texts like `anonymous`.
    """

    lines: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()

    @property
    def any(self) -> bool:
        """Whether there are some; an event that names none is read by owners and administrators only."""
        return bool(self.lines or self.groups or self.numbers)


def named_things(event: TelephonyEvent) -> NamedThings:
    """Return what an event names. Of an unknown type this is nothing: what its fields mean is not known.

    Args:
        event: valid in the vocabulary.
    """
    data = event.known
    mailbox = data.get("mailbox")
    groups = (data.get("group"), data.get("queue"), *data.get("groups", ()))
    parties = (data.get("from"), data.get("to"))
    return NamedThings(
        lines=_each_once((data.get("line"), *data.get("lines", ()), mailbox)),
        groups=_each_once((*(group and group["id"] for group in groups), mailbox)),
        numbers=_each_once((*(party and party["number"] for party in parties), data.get("phoneNumber"))),
    )


def _each_once(names: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))
