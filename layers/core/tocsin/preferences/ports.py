"""Port of notification settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from tocsin.audit.domain.entry import AuditEntry
from tocsin.kernel.domain.ids import TenantId, UserId
from tocsin.preferences.domain.settings import AccountTopic, NotificationSettings

WhoWants = Callable[[TenantId, AccountTopic], Sequence[UserId]]
"""Returns those who want to hear of a topic and may, as settings and roles are then. Raises StorageUnavailable."""


class PreferencesStore(Protocol):
    """The notification settings of people. Who never saved any has no row.

    The settings of a person who is deleted go in the transaction of the deletion (`Directory.commit`).
    """

    def get(self, tenant: TenantId, user: UserId) -> NotificationSettings:
        """Return the settings of a person, strongly consistent; the defaults if they were never saved."""
        ...

    def get_many(self, tenant: TenantId, users: Iterable[UserId]) -> Mapping[UserId, NotificationSettings]:
        """Return the settings of each of these people, strongly consistent."""
        ...

    def all(self, tenant: TenantId) -> Sequence[NotificationSettings]:
        """Return all settings that were ever saved."""
        ...

    def version(self, tenant: TenantId) -> int:
        """Return a number that grows with every change of anybody's settings in the account; 0 = none was saved.

        A change that was committed within the last second may not be in it. `all`, read afterwards, has that change.
        """
        ...

    def save(self, settings: NotificationSettings, entry: AuditEntry | None = None) -> bool:
        """Store settings over the version before their own, with the audit entry.

        Returns:
            False: another writer was first, and nothing was written.
        """
        ...
