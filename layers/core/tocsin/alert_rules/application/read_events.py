"""Read the telephony events of an account, as far as a caller's data scopes let them.

Owners and admins read all events. Others read events about things that their rules could use: managers those of their
companies, queue managers those of their queues, users those of their own lines, custom roles by their data scopes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tocsin.alert_rules.application.account import Account, ReadAccount, sight_of_caller
from tocsin.alert_rules.domain.facts import facts_of, thing_named
from tocsin.identity.domain.permissions import Permission, Reach
from tocsin.identity.domain.principal import Principal
from tocsin.kernel.application.signed_cursor import open_cursor, sign_cursor
from tocsin.kernel.domain.errors import Forbidden, NotFound
from tocsin.kernel.ports import Clock, Sealer
from tocsin.telephony.domain.named_things import named_things
from tocsin.telephony.domain.numbers import normal_number
from tocsin.telephony.domain.stored_event import EVENT_KEPT, StoredEvent
from tocsin.telephony.ports.event_rows import EventRows

EVENTS_LOOKED_AT = 500
"""Most events that are looked at for one page."""

HOURS_LOOKED_AT = 48
"""Most hours that are looked at for one page; each takes some reads, also an empty one."""

DEFAULT_SPAN = timedelta(hours=24)

_HOUR = timedelta(hours=1)
_MOMENT = timedelta(milliseconds=1)
"""Places are exact to it."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events: all conditions hold, and None = any.

    Attributes:
        since, until: of the receipt; `since` is included, `until` is not. None = the last 24 hours.
        type: as the vocabulary names it.
        line: id, extension or alias of a line.
        number: of a party or of the account, as people dial it.
    """

    since: datetime | None = None
    until: datetime | None = None
    type: str | None = None
    line: str | None = None
    number: str | None = None


@dataclass(frozen=True, slots=True)
class EventPage:
    """Events, newest first. A page may be short, or empty. `next` is opaque, None on the last page.

    Attributes:
        since, until: what was looked through.
    """

    events: Sequence[StoredEvent]
    since: datetime
    until: datetime
    next: str | None


@dataclass(frozen=True, slots=True)
class ReadEvents:
    """Reads events for a caller.

    Raises:
        Forbidden: the caller reads no events, or not this one. API keys read none.
    """

    rows: EventRows
    account: ReadAccount
    sealer: Sealer
    clock: Clock

    def check_may_read(self, caller: Principal) -> None:
        """Raise Forbidden if the caller reads no events at all."""
        if caller.key is not None:
            raise Forbidden("API keys read no events")
        caller.need(Permission.RULES_OWN)

    def page(self, caller: Principal, filter: EventFilter, limit: int, cursor: str | None = None) -> EventPage:
        """Return a page of events. Raises InvalidRequest for a cursor of another list."""
        self.check_may_read(caller)
        sight = _Sight(caller, self.account)
        now = self.clock()
        until = filter.until or now
        since = max(filter.since or until - DEFAULT_SPAN, now - EVENT_KEPT)
        given = f"{filter.since}|{filter.until}|{filter.type}|{filter.line}|{filter.number}"
        query = f"events|{caller.actor}|" + self.sealer.fingerprint(caller.tenant, "query", given.encode()).hex()
        # Without `until` the list begins at the first call; the next pages go on from there, whatever time it is.
        before = open_cursor(self.sealer, caller.tenant, query, cursor) if cursor else _place(until + _MOMENT)
        found: list[StoredEvent] = []
        looked, hours = 0, 0
        hour = _hour(_time(before) - _MOMENT)
        while hour + _HOUR > since:
            if hours == HOURS_LOOKED_AT:
                return self._page(caller, found, since, until, query, before)
            hours += 1
            for stored in self._of_hour(caller, hour, before, now):
                if stored.event.received_at < since:
                    return EventPage(found, since, until, None)
                if len(found) == limit or looked == EVENTS_LOOKED_AT:
                    return self._page(caller, found, since, until, query, before)
                before, looked = stored.place, looked + 1
                if _before(stored, filter.until) and sight.sees(stored) and sight.holds(stored, filter):
                    found.append(stored)
            before, hour = _place(hour), hour - _HOUR
        return EventPage(found, since, until, None)

    def one(self, caller: Principal, id: str) -> StoredEvent:
        """Return an event by our id of it.

        Raises:
            NotFound: the account has no such event, or it is not kept any more.
        """
        self.check_may_read(caller)
        sight = _Sight(caller, self.account)
        stored = self.rows.read(caller.tenant, [id], self.clock()).get(id)
        if stored is None:
            raise NotFound("event")
        if not sight.sees(stored):
            raise Forbidden("account owners, admins and those whose data scopes have the line, group or number read it")
        return stored

    def _of_hour(self, caller: Principal, hour: datetime, before: str, now: datetime) -> Iterator[StoredEvent]:
        """Yield the events of an hour before a place, newest first."""
        size = 100
        while True:
            found = self.rows.of_hour(caller.tenant, hour, size, now, before)
            yield from found
            if len(found) < size:
                return
            before = found[-1].place

    def _page(
        self, caller: Principal, found: list[StoredEvent], since: datetime, until: datetime, query: str, place: str
    ) -> EventPage:
        return EventPage(found, since, until, sign_cursor(self.sealer, caller.tenant, query, place))


class _Sight:
    """What a caller may read of events."""

    def __init__(self, caller: Principal, account: ReadAccount) -> None:
        self._all = caller.reach(Permission.ACCOUNT) is Reach.ALL
        self._account: Account = account(caller.tenant)
        self._things = None if self._all else sight_of_caller(self._account, caller)

    def sees(self, stored: StoredEvent) -> bool:
        """Whether the caller may read an event. One that names nothing is read by owners and admins only."""
        if self._all:
            return True
        if not named_things(stored.event).any:
            return False
        return self._things is None or not self._things.isdisjoint(self._named(stored))

    def holds(self, stored: StoredEvent, filter: EventFilter) -> bool:
        """Whether an event is about what a filter names, whatever its times."""
        names, named = self._account.names, named_things(stored.event)
        if filter.type is not None and filter.type != stored.event.type:
            return False
        if filter.line is not None:
            known = names.lines
            wanted = known.get(filter.line.casefold(), filter.line)
            if wanted not in {known.get(line.casefold(), line) for line in named.lines}:
                return False
        if filter.number is None:
            return True
        number = normal_number(filter.number, names.country)
        return number in {normal_number(each, names.country) for each in named.numbers}

    def _named(self, stored: StoredEvent) -> set[str]:
        names, named = self._account.names, named_things(stored.event)
        found = {thing_named("line", names.lines.get(line.casefold(), line)) for line in named.lines}
        found |= {thing_named("group", names.groups.get(group.casefold(), group)) for group in named.groups}
        numbers = {normal_number(number, names.country) for number in named.numbers}
        found |= {thing_named("number", number) for number in numbers if number in names.own_numbers}
        facts = facts_of(stored.event, names)  # of a text also whose it is
        return found | set(facts.things() if facts else ())


def _before(stored: StoredEvent, until: datetime | None) -> bool:
    return until is None or stored.event.received_at < until


def _place(at: datetime) -> str:
    """Return what is before the places of all events that were received from then on."""
    return f"{(at - _EPOCH) // _MOMENT:014}#"


def _time(place: str) -> datetime:
    """Return the first instant whose events are at a place or behind it."""
    at, _, name = place.partition("#")
    return _EPOCH + _MOMENT * (int(at) + bool(name))


def _hour(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
