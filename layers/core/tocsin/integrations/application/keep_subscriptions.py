"""Keep subscriptions and integrations as the directory's changes want them.

    before the directory's change   a role that may receive again: what is left of an earlier role is dropped
    after it                        a role that may not receive, or a deleted person: their subscriptions are dropped
                                    admin to manager: cut to the companies; a deleted company: taken from all

Nothing depends on the second half: who may not receive gets no mail, whatever stands. A worker that dies before it
leaves rows that no list shows, and that are dropped before they could count again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tocsin.audit.application.new_entry import new_entry
from tocsin.audit.domain.entry import AuditEntry, Thing
from tocsin.directory.domain.things import Company
from tocsin.directory.ports import DirectoryChange
from tocsin.identity.domain.user import User
from tocsin.integrations.application.report_status import ROUNDS
from tocsin.integrations.domain.rights import Party, party_of
from tocsin.integrations.domain.subscription import IntegrationAlert
from tocsin.integrations.domain.upkeep import after_change, concerns
from tocsin.integrations.ports import AlertChange, IntegrationAlerts, IntegrationChange, Integrations
from tocsin.kernel.domain.errors import AlreadyExists, StaleWrite, StorageUnavailable
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock, Randomness

_log = logging.getLogger(__name__)

Kept = Callable[[IntegrationAlert], IntegrationAlert | None]
"""Returns a subscription as it will be; None = it is dropped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepSubscriptions:
    """The port `DirectoryWatch`. Every method may be repeated."""

    alerts: IntegrationAlerts
    integrations: Integrations
    clock: Clock
    randomness: Randomness

    def before(self, changes: Sequence[DirectoryChange]) -> None:
        """Drop what is left of earlier roles of people who may receive from now on. Raises StorageUnavailable."""
        for change in changes:
            was, user = change.before, change.after
            if (
                isinstance(was, User)
                and isinstance(user, User)
                and party_of(was) is Party.OTHER
                and concerns(was, user)
            ):
                self._each(self.alerts.of_user(user.tenant, user.id), _dropped, change.entry)

    def after(self, changes: Sequence[DirectoryChange]) -> None:
        """Drop and cut subscriptions. Never raises StorageUnavailable: what is left then does not count."""
        try:
            self._follow(changes)
        except StorageUnavailable:
            _log.warning("subscriptions_left", extra={"tenant": changes[0].entry.tenant})

    def _follow(self, changes: Sequence[DirectoryChange]) -> None:
        for change in changes:
            was, becomes = change.before, change.after
            if isinstance(was, User) and concerns(was, becomes if isinstance(becomes, User) else None):
                self._person_moved(was, becomes if isinstance(becomes, User) else None, change.entry)
            elif isinstance(was, Company) and becomes is None:
                self._company_gone(was, change.entry)

    def _person_moved(self, was: User, becomes: User | None, because: AuditEntry) -> None:
        self._each(self.alerts.of_user(was.tenant, was.id), lambda it: after_change(it, was, becomes), because)

    def _company_gone(self, company: Company, because: AuditEntry) -> None:
        self._each(self.alerts.all(company.tenant), lambda it: it.without(company.id), because)
        for integration in self.integrations.all(company.tenant):
            if integration.company != company.id:
                continue
            after = replace(integration, company=None, version=integration.version + 1)
            thing = Thing("integration", integration.id, integration.name)
            entry = self._entry(company.tenant, "integration.updated", thing, because)
            try:
                self.integrations.commit(IntegrationChange(before=integration, after=after, entries=[entry]))
            except StaleWrite:
                continue  # it keeps the id of a company that is gone, which no person has

    def _each(self, found: Sequence[IntegrationAlert], kept: Kept, because: AuditEntry) -> None:
        for alert in found:
            self._one(alert, kept, because)

    def _one(self, alert: IntegrationAlert | None, kept: Kept, because: AuditEntry) -> None:
        """Write what becomes of a subscription. One that would be the same as another of the person is dropped."""
        for _ in range(ROUNDS):
            if alert is None or (after := kept(alert)) == alert:
                return
            verb = "deleted" if after is None else "updated"
            thing = Thing("integration_alert", alert.id)
            entry = self._entry(alert.tenant, f"integration_alert.{verb}", thing, because)
            try:
                self.alerts.commit(AlertChange(alert, after, entry))
            except StaleWrite:
                alert = self.alerts.get(alert.tenant, alert.id)
                continue
            except AlreadyExists:
                kept = _dropped
                continue
            return

    def _entry(self, tenant: TenantId, action: str, thing: Thing, because: AuditEntry) -> AuditEntry:
        return new_entry(
            tenant, because.who, because.via, action, thing,
            at=self.clock(), randomness=self.randomness, request_id=because.request_id,
        )  # fmt: skip


def _dropped(alert: IntegrationAlert) -> None:
    return None
