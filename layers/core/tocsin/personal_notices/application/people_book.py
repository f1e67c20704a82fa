"""What a process knows of the people of an account: enough to see that no person hears of an event."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tocsin.directory.domain.things import AnyThing, Group, Kind, Line, PhoneNumber
from tocsin.directory.ports import Directory
from tocsin.kernel.domain.ids import TenantId, UserId
from tocsin.kernel.ports import Clock
from tocsin.preferences.domain.settings import AccountTopic, Communication, NotificationSettings
from tocsin.preferences.ports import PreferencesStore

ASKED_EVERY = timedelta(seconds=5)
"""How old the settings of people may be."""

NAMES_EVERY = timedelta(minutes=1)
"""How old the names of lines, groups and numbers may be, and who has them."""

BOOKS = 64
"""Most accounts that a process knows; the one that was not used for the longest time goes."""


@dataclass(slots=True)
class KnownNames:
    """Lines, groups and numbers of an account by their names. Each kind is read when it is first asked for.

    Attributes:
        read: returns all things of a kind.
    """

    read: Callable[[Kind], Sequence[AnyThing]]
    _lines: Mapping[str, Line] | None = field(default=None, init=False)
    _groups: Mapping[str, Group] | None = field(default=None, init=False)
    _numbers: Mapping[str, PhoneNumber] | None = field(default=None, init=False)

    def line(self, name: str) -> Line | None:
        """Return the line with this id, extension or alias."""
        if self._lines is None:
            found = [each for each in self.read(Kind.LINE) if isinstance(each, Line)]
            self._lines = {name.casefold(): each for each in found for name in (each.id, each.extension, *each.aliases)}
        return self._lines.get(name.casefold())

    def group(self, name: str) -> Group | None:
        """Return the group with this id, number or alias."""
        if self._groups is None:
            found = [each for each in self.read(Kind.GROUP) if isinstance(each, Group)]
            self._groups = {
                name.casefold(): each for each in found for name in (each.id, each.number, *each.aliases) if name
            }
        return self._groups.get(name.casefold())

    def target(self, number: str) -> Line | Group | None:
        """Return the line or group that calls to a number of the account go to."""
        if self._numbers is None:
            found = [each for each in self.read(Kind.PHONE_NUMBER) if isinstance(each, PhoneNumber)]
            self._numbers = {each.e164: each for each in found}
        known = self._numbers.get(number)
        if known is None or known.target is None:
            return None
        return self.line(known.target.id) if known.target.kind == "line" else self.group(known.target.id)


@dataclass(frozen=True, slots=True)
class KnownSettings:
    """The settings of people that were ever saved; everybody else has the defaults."""

    version: int = 0
    of: Mapping[UserId, NotificationSettings] = field(default_factory=dict)
    followers: Mapping[str, Sequence[UserId]] = field(default_factory=dict)
    topics: frozenset[AccountTopic] = frozenset()
    many_texts: frozenset[UserId] = frozenset()

    @classmethod
    def new(cls, version: int, saved: Sequence[NotificationSettings]) -> KnownSettings:
        """Return them by person, by followed line and by topic."""
        followers: dict[str, list[UserId]] = {}
        for each in saved:
            for line in each.lines:
                followers.setdefault(line, []).append(each.user)
        return cls(
            version,
            {each.user: each for each in saved},
            followers,
            frozenset(topic for each in saved for topic in each.topics),
            frozenset(each.user for each in saved if each.many_texts),
        )

    def wants(self, user: UserId, switch: Communication) -> bool:
        """Whether a person has a switch on."""
        settings = self.of.get(user)
        return settings is None or switch in settings.communication


@dataclass(slots=True)
class _KnownAccount:
    names: KnownNames
    named_at: datetime
    settings: KnownSettings | None = None
    asked_at: datetime | None = None


class PeopleBook:
    """What is known of accounts. One object serves one process."""

    def __init__(self, directory: Directory, settings: PreferencesStore, clock: Clock) -> None:
        self._directory, self._settings, self._clock = directory, settings, clock
        self._kept: OrderedDict[TenantId, _KnownAccount] = OrderedDict()

    def names(self, tenant: TenantId) -> KnownNames:
        """Return the names of an account's things, at most NAMES_EVERY old."""
        return self._of(tenant).names

    def settings(self, tenant: TenantId) -> KnownSettings:
        """Return the settings of an account's people, at most ASKED_EVERY old."""
        kept, now = self._of(tenant), self._clock()
        if kept.settings is None or kept.asked_at is None or now - kept.asked_at >= ASKED_EVERY:
            # The version comes first: a change in between is read at the next time again.
            version = self._settings.version(tenant)
            if kept.settings is None or version != kept.settings.version:
                kept.settings = KnownSettings.new(version, self._settings.all(tenant) if version else ())
            kept.asked_at = now
        return kept.settings

    def _of(self, tenant: TenantId) -> _KnownAccount:
        kept, now = self._kept.get(tenant), self._clock()
        if kept is None or now - kept.named_at >= NAMES_EVERY:
            names = KnownNames(lambda kind: self._directory.all(tenant, kind))
            kept = _KnownAccount(names, now, *((kept.settings, kept.asked_at) if kept else ()))
        self._kept[tenant] = kept
        self._kept.move_to_end(tenant)
        if len(self._kept) > BOOKS:
            self._kept.popitem(last=False)
        return kept
