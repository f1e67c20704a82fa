"""Find those who administer an account and want to hear of a topic of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.directory.application.administrators import administrators
from tocsin.directory.ports import Directory
from tocsin.kernel.domain.ids import TenantId, UserId
from tocsin.preferences.domain.settings import AccountTopic
from tocsin.preferences.domain.visibility import wants
from tocsin.preferences.ports import PreferencesStore


@dataclass(frozen=True, slots=True)
class AdministratorsWhoWant:
    """The `WhoWants`: finds them, as roles and settings are at that moment (UP-8, UP-9, UP-13)."""

    directory: Directory
    preferences: PreferencesStore

    def __call__(self, tenant: TenantId, topic: AccountTopic) -> Sequence[UserId]:
        """Return owners and admins, but for those who are disabled or said "this is not me"."""
        people = administrators(self.directory, tenant)
        settings = self.preferences.get_many(tenant, [person.id for person in people])
        return [person.id for person in people if wants(settings[person.id], person, topic)]
