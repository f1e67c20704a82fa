"""The people of a notice, as they are at that moment: who they are, and what they want."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from tocsin.directory.domain.things import Kind
from tocsin.directory.ports import Directory
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.ids import TenantId, UserId
from tocsin.personal_notices.domain.notice import Addressee
from tocsin.personal_notices.domain.person_decision import is_told_at_all
from tocsin.preferences.domain.settings import NotificationSettings
from tocsin.preferences.domain.text_number import texts_go_to
from tocsin.preferences.ports import PreferencesStore

NumbersAmong = Callable[[TenantId, Sequence[str]], Collection[str]]
"""Returns those of some E.164 numbers that are special: the account's own, or such that said STOP."""


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """An addressee, and what is known of the person; `user` None = they are gone."""

    addressee: Addressee
    user: User | None
    settings: NotificationSettings

    @property
    def number(self) -> str | None:
        """The number that texts would go to; None = texts are off, or there is none."""
        if self.user is None or not is_told_at_all(self.user) or not self.settings.text_on:
            return None
        return texts_go_to(self.settings, self.user)


@dataclass(frozen=True, slots=True)
class ReadNoticePeople:
    """Reads people and their settings, strongly consistent."""

    directory: Directory
    preferences: PreferencesStore

    def __call__(self, tenant: TenantId, addressees: Sequence[Addressee]) -> Sequence[KnownPerson]:
        """Return each of them once, in their order; who stands twice, with the first reason."""
        each_once: dict[UserId, Addressee] = {}
        for each in addressees:
            each_once.setdefault(each.user, each)
        things = self.directory.get_many(tenant, [(Kind.USER, user) for user in each_once])
        users: Mapping[UserId, User] = {each.id: each for each in things if isinstance(each, User)}
        settings = self.preferences.get_many(tenant, users)
        return [
            KnownPerson(each, users.get(user), settings.get(user, NotificationSettings(tenant=tenant, user=user)))
            for user, each in each_once.items()
        ]
