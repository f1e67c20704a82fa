"""Notification settings in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tests.fakes.directory import FakeAuditTrail
from tests.fakes.outage import Outage
from tocsin.audit.domain.entry import AuditEntry
from tocsin.kernel.domain.ids import TenantId, UserId
from tocsin.preferences.domain.settings import NotificationSettings


class FakePreferencesStore:
    """`kept` may be inspected. The entries of changes go to `trail`."""

    def __init__(self, trail: FakeAuditTrail | None = None) -> None:
        self.kept: dict[tuple[TenantId, UserId], NotificationSettings] = {}
        self.versions: dict[TenantId, int] = {}
        self.trail = trail or FakeAuditTrail()
        self.outage = Outage()

    def add(self, *settings: NotificationSettings) -> None:
        """Keep settings without an audit entry, for a test's beginning."""
        for each in settings:
            self.kept[each.tenant, each.user] = each
            self.versions[each.tenant] = self.versions.get(each.tenant, 0) + 1

    def get(self, tenant: TenantId, user: UserId) -> NotificationSettings:
        self.outage.check()
        return self.kept.get((tenant, user)) or NotificationSettings(tenant=tenant, user=user)

    def get_many(self, tenant: TenantId, users: Iterable[UserId]) -> Mapping[UserId, NotificationSettings]:
        return {user: self.get(tenant, user) for user in users}

    def all(self, tenant: TenantId) -> Sequence[NotificationSettings]:
        self.outage.check()
        return [settings for (owner, _), settings in sorted(self.kept.items()) if owner == tenant]

    def version(self, tenant: TenantId) -> int:
        self.outage.check()
        return self.versions.get(tenant, 0)

    def save(self, settings: NotificationSettings, entry: AuditEntry | None = None) -> bool:
        standing = self.get(settings.tenant, settings.user)
        if standing == settings:
            return True
        if standing.version != settings.version - 1:
            return False
        self.add(settings)
        if entry is not None:
            self.trail.record([entry])
        return True

    def forget(self, tenant: TenantId, user: UserId) -> None:
        """Do what the deletion of a person does to the settings."""
        self.kept.pop((tenant, user), None)
        self.versions[tenant] = self.versions.get(tenant, 0) + 1
