"""The lines that a person follows, could follow, and who follows theirs: for the page of their settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tocsin.directory.domain.things import Group, Kind, Line
from tocsin.directory.ports import Directory
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.ids import TenantId, UserId
from tocsin.preferences.domain.following import may_follow
from tocsin.preferences.domain.settings import NotificationSettings
from tocsin.preferences.ports import PreferencesStore


class LineChoice(NamedTuple):
    """A line in the list of a person. `may` is False for one that is followed and may not be followed any more."""

    line: Line
    followed: bool
    may: bool


@dataclass(frozen=True, slots=True)
class ReadLines:
    """Reads lines of one account. It reads the whole directory of lines, so it is for pages only."""

    settings: PreferencesStore
    directory: Directory

    def choices(self, user: User, settings: NotificationSettings) -> Sequence[LineChoice]:
        """Return the lines that a person follows or may follow, but for their own: followed ones first."""
        groups, followed = self._groups(user.tenant), set(settings.lines)
        found = [
            LineChoice(line, line.id in followed, may_follow(user, line, groups))
            for line in self._lines(user.tenant)
            if line.user != user.id or line.id in followed
        ]
        listed = [choice for choice in found if choice.may or choice.followed]
        return sorted(listed, key=lambda choice: (not choice.followed, choice.line.extension))

    def followers(self, user: User) -> Sequence[tuple[Line, Sequence[User]]]:
        """Return who else follows each of a person's own lines; lines without followers are omitted."""
        own = [line for line in self._lines(user.tenant) if line.user == user.id]
        if not own:
            return []
        others = [each for each in self.settings.all(user.tenant) if each.user != user.id]
        wanted = {line.id: [each.user for each in others if line.id in each.lines] for line in own}
        people = {id: self._user(user.tenant, id) for ids in wanted.values() for id in ids}
        groups = self._groups(user.tenant) if people else []
        told = [(line, [who for id in wanted[line.id] if (who := people[id])]) for line in own]
        may = [(line, [who for who in those if may_follow(who, line, groups)]) for line, those in told]
        return [(line, those) for line, those in may if those]

    def _user(self, tenant: TenantId, id: UserId) -> User | None:
        found = self.directory.get(tenant, Kind.USER, id)
        return found if isinstance(found, User) else None

    def _lines(self, tenant: TenantId) -> Sequence[Line]:
        return [each for each in self.directory.all(tenant, Kind.LINE) if isinstance(each, Line)]

    def _groups(self, tenant: TenantId) -> Sequence[Group]:
        return [each for each in self.directory.all(tenant, Kind.GROUP) if isinstance(each, Group)]
