"""Who hears of an event: from the event, and the things of the directory that it names.

    incoming     the line, the lines and the groups that the event names; if it names none that is known, where the
                 number leads that was called
    internal     the called side
    outgoing     no person
    text         as an incoming call, and the person whose conversation it is
    voicemail    the mailbox, which is a line's or a group's
    fax          who has the line as their own

Of a line hear its user and those who follow it; of a group its members. Each person hears for one reason: their own
line, else a group, else a line that they follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from tocsin.directory.domain.things import Group, GroupKind, Line
from tocsin.kernel.domain.ids import UserId
from tocsin.personal_notices.domain.concern import Concern
from tocsin.personal_notices.domain.notice import Addressee
from tocsin.telephony.domain.event import TelephonyEvent

MOST_PEOPLE = 500
"""Who hear of one event."""

FollowersOf = Callable[[str], Iterable[UserId]]
"""From the id of a line to those who follow it, and may."""


class DirectoryNames(Protocol):
    """Things of an account's directory by the names that events give them; None = there is none."""

    def line(self, name: str, /) -> Line | None:
        """Return the line with this id, extension or alias."""
        ...

    def group(self, name: str, /) -> Group | None:
        """Return the group with this id, number or alias."""
        ...

    def target(self, number: str, /) -> Line | Group | None:
        """Return the line or group that calls to a number of the account go to."""
        ...


@dataclass(frozen=True, slots=True)
class CalledSide:
    """The lines and groups that an event is about, each once. `fisher`: the call is offered to all of them at once."""

    lines: tuple[Line, ...] = ()
    groups: tuple[Group, ...] = ()
    fisher: bool = False

    @property
    def ids(self) -> frozenset[str]:
        """Ids of both."""
        return frozenset((*(line.id for line in self.lines), *(group.id for group in self.groups)))

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.lines or self.groups)


def called_side(event: TelephonyEvent, concern: Concern, names: DirectoryNames) -> CalledSide:
    """Return which lines and groups an event is about. Things that the directory does not know are omitted."""
    data = event.known
    match concern:
        case Concern.CALL_RINGS | Concern.CALL_ENDED:
            return _of_call(data, names)
        case Concern.VOICEMAIL:
            return _of_call(data, names) if "direction" in data else _of_mailbox(data, names)
        case Concern.TEXT:
            return _named(data, names) or _by_numbers(data, names)
        case Concern.FAX:
            line = names.line(data["line"]) if data.get("line") else None
            return CalledSide((line,) if line and line.user else ())
    return CalledSide()


def who_hears(concern: Concern, side: CalledSide, followers: FollowersOf) -> tuple[Addressee, ...]:
    """Return who hears of a call, text, voicemail or fax, and why; at most MOST_PEOPLE."""
    reasons: dict[UserId, str] = {}
    for line in side.lines:
        if line.user is not None:
            reasons.setdefault(line.user, f"own line {line.extension}")
    if concern is not Concern.FAX:
        for group in side.groups:
            word = "queue" if group.kind is GroupKind.QUEUE else "ring group"
            for member in group.members:
                reasons.setdefault(member, f"{word} {group.name}")
        for line in side.lines:
            for follower in followers(line.id):
                reasons.setdefault(follower, f"line {line.extension} you follow")
    return tuple(Addressee(user, why) for user, why in list(reasons.items())[:MOST_PEOPLE])


def people_named(event: TelephonyEvent, concern: Concern) -> tuple[tuple[str, str], ...]:
    """Return the people whom an event names itself, as it names them, and why each hears of it.

    Who mentions themselves, or takes a contact themselves, does not hear of it. A sequence and the API always tell.
    """
    data = event.known
    match concern:
        case Concern.MENTION:
            named = [name for name in data["userIds"] if name != data.get("byUserId")]
            return tuple((name, "you were mentioned") for name in dict.fromkeys(named))
        case Concern.CONTACT:
            user = data.get("userId")
            by_oneself = data["by"] == "person" and data.get("actorId") == user
            if not user or by_oneself or user == data.get("previousUserId"):
                return ()
            return ((user, "the contact is yours now"),)
        case Concern.REMINDER:
            return ((data["userId"], "the reminder is for you"),)
        case Concern.TEXT:
            return ((data["userId"], "the conversation is yours"),) if data.get("userId") else ()
    return ()


def author_named(event: TelephonyEvent) -> str | None:
    """Return who did what an event tells, as the event names them: they do not hear of it."""
    data = event.known
    if event.type == "mention":
        return data.get("byUserId")
    if event.type == "contact.assigned" and data["by"] == "person":
        return data.get("actorId")
    return None


def _of_call(data: Mapping[str, Any], names: DirectoryNames) -> CalledSide:
    match data["direction"]:
        case "incoming":
            side = _named(data, names) or _by_numbers(data, names)
        case "internal":
            side = _internal(data, names)
        case _:
            return CalledSide()
    if not (data.get("fisher") or any(line.fisher_mode for line in side.lines)):
        return side
    # Offered to everybody who may take it: also to the group that the called number leads to, if only a line is named.
    offered = _by_numbers(data, names)
    return CalledSide(_each_once(side.lines, offered.lines), _each_once(side.groups, offered.groups), fisher=True)


def _internal(data: Mapping[str, Any], names: DirectoryNames) -> CalledSide:
    """A telephone system names the line of the caller too; it is not called."""
    caller = names.line(data["from"]["number"])
    named, called = _named(data, names), _by_numbers(data, names)
    lines = _each_once(named.lines, called.lines)
    return CalledSide(
        tuple(line for line in lines if caller is None or line.id != caller.id),
        _each_once(named.groups, called.groups),
    )


def _named(data: Mapping[str, Any], names: DirectoryNames) -> CalledSide:
    lines = (names.line(name) for name in dict.fromkeys([data.get("line"), *data.get("lines", ())]) if name)
    groups = (names.group(each["id"]) for each in (data.get("group"), *data.get("groups", ())) if each)
    return CalledSide(_each_once(lines), _each_once(groups))


def _by_numbers(data: Mapping[str, Any], names: DirectoryNames) -> CalledSide:
    """Return where the called number leads: a number of the account, an extension, or the number of a group."""
    to = data.get("to") or {}
    for number in (data.get("phoneNumber"), to.get("number")):
        if not number:
            continue
        found = names.target(number) if number.startswith("+") else names.line(number)
        found = found or names.group(number)
        if isinstance(found, Line):
            return CalledSide((found,))
        if isinstance(found, Group):
            return CalledSide((), (found,))
    return CalledSide()


def _of_mailbox(data: Mapping[str, Any], names: DirectoryNames) -> CalledSide:
    """A mailbox has the name of its line, else of its group."""
    line = names.line(data["mailbox"])
    if line is not None:
        return CalledSide((line,))
    group = names.group(data["mailbox"])
    return CalledSide((), (group,)) if group is not None else _named(data, names)


def _each_once(*found: Iterable[Any]) -> tuple[Any, ...]:
    def things() -> Iterator[Any]:
        for some in found:
            yield from (thing for thing in some if thing is not None)

    return tuple({thing.id: thing for thing in things()}.values())
