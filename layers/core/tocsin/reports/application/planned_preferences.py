"""Notification settings whose wishes for reports are planned before they are stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tocsin.audit.domain.entry import AuditEntry
from tocsin.kernel.domain.ids import TenantId, UserId
from tocsin.preferences.domain.settings import AccountTopic, NotificationSettings
from tocsin.preferences.ports import PreferencesStore
from tocsin.reports.domain.report_kind import ReportKind

_REPORTS = frozenset(AccountTopic(kind.value) for kind in ReportKind)


def asks_for_a_report(settings: NotificationSettings) -> bool:
    """Whether a report is switched on in these settings, whether or not their person may get it now."""
    return not settings.topics.isdisjoint(_REPORTS)


@dataclass(frozen=True, slots=True)
class PlannedPreferences:
    """The settings as a store keeps them. People change theirs through it, so a wish never lacks its timer.

    Attributes:
        wanted: arms the timer: `PlanReports.wanted`.
    """

    store: PreferencesStore
    wanted: Callable[[TenantId], None]

    def get(self, tenant: TenantId, user: UserId) -> NotificationSettings:
        """Return the settings of a person."""
        return self.store.get(tenant, user)

    def get_many(self, tenant: TenantId, users: Iterable[UserId]) -> Mapping[UserId, NotificationSettings]:
        """Return the settings of each of these people."""
        return self.store.get_many(tenant, users)

    def all(self, tenant: TenantId) -> Sequence[NotificationSettings]:
        """Return all settings that were ever saved."""
        return self.store.all(tenant)

    def version(self, tenant: TenantId) -> int:
        """Return a number that grows with every change."""
        return self.store.version(tenant)

    def save(self, settings: NotificationSettings, entry: AuditEntry | None = None) -> bool:
        """Store settings; if they have a report in them, the timer is armed before.

        Raises:
            StaleWrite, StorageUnavailable: nothing was stored; repeat the call.
        """
        if asks_for_a_report(settings):
            self.wanted(settings.tenant)
        return self.store.save(settings, entry)
