"""Find who hears of an event, by the directory and the settings of now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tocsin.directory.application.find_by_name import FindByName
from tocsin.directory.domain.things import Group, Kind, Line
from tocsin.directory.ports import Directory
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.ids import TenantId, UserId
from tocsin.personal_notices.application.people_book import PeopleBook
from tocsin.personal_notices.domain.concern import Concern
from tocsin.personal_notices.domain.notice import Addressee
from tocsin.personal_notices.domain.who_hears import CalledSide, author_named, called_side, people_named, who_hears
from tocsin.preferences.ports import PreferencesStore
from tocsin.telephony.domain.event import TelephonyEvent

MayFollow = Callable[[User, Line, Sequence[Group]], bool]
"""Whether a person may follow a line, as both are now; the groups are those of the account."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """What an event is about, and who hears of it, whether they want to or not."""

    side: CalledSide
    people: Sequence[Addressee]


@dataclass(frozen=True, slots=True)
class HearEvent:
    """Finds them. Raises StorageUnavailable.

    Attributes:
        people: says who may follow a line; their settings are read again.
    """

    directory: Directory
    settings: PreferencesStore
    people: PeopleBook
    may_follow: MayFollow

    def __call__(self, tenant: TenantId, event: TelephonyEvent, concern: Concern) -> Hearing:
        """Return who hears of an event."""
        find = FindByName(self.directory, tenant)
        side = called_side(event, concern, find)
        followers = {line.id: self._followers(find, line) for line in side.lines}
        people = who_hears(concern, side, lambda line: followers[line])
        return Hearing(side, _each_once([*self._named(find, event, concern), *people]))

    def _followers(self, find: FindByName, line: Line) -> Sequence[UserId]:
        noted = self.people.settings(find.tenant).followers.get(line.id, ())
        if not noted:
            return ()
        settings = self.settings.get_many(find.tenant, noted)
        asked = [user for user in noted if line.id in settings[user].lines]
        groups = [each for each in self.directory.all(find.tenant, Kind.GROUP) if isinstance(each, Group)]
        return [person.id for person in find.people(asked) if self.may_follow(person, line, groups)]

    def _named(self, find: FindByName, event: TelephonyEvent, concern: Concern) -> Sequence[Addressee]:
        """Return the people whom the event names, but for who did it: a name may be an id of ours or of the source."""
        named = [(found, why) for name, why in people_named(event, concern) if (found := find.user(name)) is not None]
        by = author_named(event)
        author = find.user(by) if named and by else None
        return [Addressee(user.id, why) for user, why in named if author is None or user.id != author.id]


def _each_once(people: Iterable[Addressee]) -> Sequence[Addressee]:
    found: dict[UserId, Addressee] = {}
    for each in people:
        found.setdefault(each.user, each)
    return list(found.values())
