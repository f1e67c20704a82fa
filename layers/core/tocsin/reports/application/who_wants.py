"""Who wants a report at this moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.directory.application.administrators import administrators
from tocsin.directory.ports import Directory
from tocsin.kernel.domain.ids import TenantId, UserId
from tocsin.preferences.domain.settings import AccountTopic
from tocsin.preferences.ports import PreferencesStore
from tocsin.reports.domain.report_kind import ReportKind


@dataclass(frozen=True, slots=True)
class WhoWantsReports:
    """Reads owners, admins and their settings. It is a `WhoWants`."""

    directory: Directory
    preferences: PreferencesStore

    def __call__(self, tenant: TenantId, kind: ReportKind) -> Sequence[UserId]:
        """Return who wants a report, by their ids. Raises StorageUnavailable."""
        people = sorted(person.id for person in administrators(self.directory, tenant))
        settings = self.preferences.get_many(tenant, people)
        topic = AccountTopic(kind.value)
        return [person for person in people if person in settings and topic in settings[person].topics]
