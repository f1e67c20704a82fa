"""Integrations of an account, for callers of the API and the console: list, create, change, delete, report.

Owners and admins reach all of them, managers those of their companies. API keys change none; with the right
`canSendEvents` they report.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from tocsin.audit.domain.entry import AuditEntry, Thing, changes
from tocsin.directory.domain.things import Company, Kind
from tocsin.directory.ports import Directory
from tocsin.identity.application.audit_entry import audit_entry
from tocsin.identity.domain.api_key import Right
from tocsin.identity.domain.permissions import Permission, Reach
from tocsin.identity.domain.principal import Principal
from tocsin.integrations.application.incidents_on_bus import IncidentsOnBus
from tocsin.integrations.application.report_status import ROUNDS, Reporter, ReportStatus
from tocsin.integrations.domain.incident import IntegrationIncident
from tocsin.integrations.domain.integration import Integration
from tocsin.integrations.domain.report import StatusReport
from tocsin.integrations.ports import IntegrationChange, Integrations
from tocsin.kernel.domain.errors import Fault, Forbidden, InvalidRequest, NotFound, NotPossible, StaleWrite
from tocsin.kernel.domain.ids import CompanyId, time_ordered_uuid
from tocsin.kernel.ports import Clock, Randomness

MOST_INTEGRATIONS = 200
"""Of an account."""


@dataclass(frozen=True, slots=True)
class SeenIntegration:
    """An integration with the incident that goes on; None = there is none."""

    integration: Integration
    incident: IntegrationIncident | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ManageIntegrations:
    """Integrations of the caller's account.

    Raises:
        Forbidden: the caller's role has no right to integrations, or this one is not of the caller's companies.
        NotFound: the account has no such integration.

    Attributes:
        report_status: returns the use case for an address of the console, which mails name.
        on_bus: what a change of an incident owes the event bus.
    """

    integrations: Integrations
    directory: Directory
    report_status: Callable[[str], ReportStatus]
    clock: Clock
    randomness: Randomness
    on_bus: IncidentsOnBus = field(default_factory=IncidentsOnBus)

    def check_may_read(self, caller: Principal) -> None:
        """Raise Forbidden unless the caller may see integrations."""
        caller.need(Permission.INTEGRATIONS, Reach.COMPANIES)

    def check_may_change(self, caller: Principal) -> None:
        """Raise Forbidden unless the caller may create and change integrations."""
        self.check_may_read(caller)
        if caller.read_only:
            raise Forbidden("this token reads only")
        if caller.key is not None:
            raise Forbidden("API keys report the status of integrations, and change nothing else of them")

    def check_may_report(self, caller: Principal) -> None:
        """Raise Forbidden unless the caller may report the status of some integrations."""
        if caller.key is None:
            self.check_may_change(caller)
        elif Right.SEND_EVENTS not in caller.key.rights:
            raise Forbidden(Right.SEND_EVENTS.value)
        elif caller.key.sandbox:
            raise Forbidden("a sandbox key changes no integration")

    def list(self, caller: Principal) -> Sequence[SeenIntegration]:
        """Return the integrations that the caller reaches, by their ids."""
        self.check_may_read(caller)
        incidents = {each.id: each for each in self.integrations.incidents(caller.tenant)}
        return [
            SeenIntegration(each, incidents.get(each.incident or ""))
            for each in self.integrations.all(caller.tenant)
            if _reaches(caller, each.company)
        ]

    def get(self, caller: Principal, id: str) -> SeenIntegration:
        """Return one integration."""
        self.check_may_read(caller)
        return self.seen(self._found(caller, id))

    def history(self, caller: Principal, id: str) -> Sequence[IntegrationIncident]:
        """Return the incidents of an integration, newest first: the one that goes on, and those of 90 days."""
        found = self.get(caller, id).integration
        mine = [each for each in self.integrations.incidents(caller.tenant) if each.integration == found.id]
        return sorted(mine, key=lambda incident: incident.id, reverse=True)

    def seen(self, integration: Integration) -> SeenIntegration:
        """Return an integration with its incident."""
        if integration.incident is None:
            return SeenIntegration(integration, None)
        incident = self.integrations.incident(integration.tenant, integration.id, integration.incident)
        return SeenIntegration(integration, incident)

    def create(
        self, caller: Principal, name: str, kind: str, company: CompanyId | None, id: str | None = None
    ) -> Integration:
        """Create an integration, which is disabled. What managers make has a company, theirs if they have one only.

        Args:
            id: the same for every repeat of the call; a repeat gets what was created. None = a new one.

        Raises:
            InvalidRequest: there is no such company, or a manager of several names none.
            NotPossible: the account has MOST_INTEGRATIONS.
        """
        self.check_may_change(caller)
        if id is not None and (earlier := self.integrations.get(caller.tenant, id)) is not None:
            return earlier
        company = self._company(caller, company)
        if len(self.integrations.all(caller.tenant)) >= MOST_INTEGRATIONS:
            raise NotPossible(f"an account has at most {MOST_INTEGRATIONS} integrations")
        now = self.clock()
        made = Integration(
            tenant=caller.tenant,
            id=id or time_ordered_uuid(now, self.randomness.token(10)).replace("-", ""),
            name=name,
            kind=kind,
            company=company,
            created_at=now,
            since=now,
        )
        self.integrations.commit(
            IntegrationChange(before=None, after=made, entries=[self._entry(caller, None, made, "created", now)])
        )
        return made

    def change(self, caller: Principal, id: str, change: Callable[[Integration], Integration]) -> Integration:
        """Write what a change makes of an integration. Nothing is written if it changes nothing.

        Args:
            change: what it raises is raised. It may be called again.

        Raises:
            StaleWrite: the integration kept changing.
        """
        self.check_may_change(caller)
        for _ in range(ROUNDS):
            before = self._found(caller, id)
            after = change(before)
            if after == before:
                return before
            after = replace(after, version=before.version + 1)
            entry = self._entry(caller, before, after, "updated", self.clock())
            try:
                self.integrations.commit(IntegrationChange(before=before, after=after, entries=[entry]))
            except StaleWrite:
                continue
            return after
        raise StaleWrite("another call kept changing this integration")

    def delete(self, caller: Principal, id: str, check: Callable[[Integration], None]) -> None:
        """Delete an integration. Its incident is over, and no reminder follows.

        Args:
            check: judges the integration as it stands; what it raises is raised.

        Raises:
            StaleWrite: the integration kept changing.
        """
        self.check_may_change(caller)
        for _ in range(ROUNDS):
            before = self._found(caller, id)
            check(before)
            now, incident = self.clock(), self.seen(before).incident
            over = incident and replace(incident, ended_at=now)
            change = IntegrationChange(
                before=before,
                after=None,
                incident=over,
                ends=None if incident is None else incident.timer_key,
                entries=[self._entry(caller, before, None, "deleted", now)],
                owed=self.on_bus(before, incident, over, now, deleted=True),
            )
            try:
                self.integrations.commit(change)
            except StaleWrite:
                continue
            self.on_bus.enqueue(change.owed)
            return
        raise StaleWrite("another call kept changing this integration")

    def report(
        self, caller: Principal, id: str, report: StatusReport, check: Callable[[Integration], None], console: str = ""
    ) -> Integration:
        """Report a status; return the integration as it is now.

        Args:
            console: address of the console, for the mail; "" = as it is known otherwise.
            check: judges the integration as it stands; what it raises is raised.

        Raises:
            StaleWrite: the integration kept changing.
        """
        self.check_may_report(caller)

        def judged(integration: Integration) -> None:
            _check_reach(caller, integration)
            check(integration)

        return self.report_status(console)(caller.tenant, id, report, Reporter.of(caller), judged)

    def check_exists(self, caller: Principal, id: str) -> None:
        """Raise NotFound, or Forbidden, unless the caller may report the status of this integration."""
        self.check_may_report(caller)
        self._found(caller, id)

    def _found(self, caller: Principal, id: str) -> Integration:
        found = self.integrations.get(caller.tenant, id)
        if found is None:
            raise NotFound("integration")
        _check_reach(caller, found)
        return found

    def _company(self, caller: Principal, company: CompanyId | None) -> CompanyId | None:
        if company is None:
            if _everywhere(caller):
                return None
            if len(caller.companies) != 1:
                raise InvalidRequest([Fault("/company", "REQUIRED", "name one of your companies")])
            return next(iter(caller.companies))
        if not isinstance(self.directory.get(caller.tenant, Kind.COMPANY, company), Company):
            raise InvalidRequest([Fault("/company", "NO_SUCH_THING", "there is no such company", (company,))])
        if not _reaches(caller, company):
            raise Forbidden("this company is not yours")
        return company

    def _entry(
        self, caller: Principal, before: Integration | None, after: Integration | None, verb: str, now: datetime
    ) -> AuditEntry:
        thing = after or before
        assert thing is not None
        was, became = changes(*(_told(each) for each in (before, after)))
        return audit_entry(
            caller, f"integration.{verb}", Thing("integration", thing.id, thing.name), was, became,
            at=now, randomness=self.randomness,
        )  # fmt: skip


def _told(integration: Integration | None) -> dict[str, str | None]:
    if integration is None:
        return {}
    return {"name": integration.name, "kind": integration.kind, "company": integration.company}


def _everywhere(caller: Principal) -> bool:
    if caller.key is not None:
        return caller.key.company is None
    return caller.reach(Permission.INTEGRATIONS) is Reach.ALL


def _reaches(caller: Principal, company: CompanyId | None) -> bool:
    return _everywhere(caller) or company in caller.companies


def _check_reach(caller: Principal, integration: Integration) -> None:
    if not _reaches(caller, integration.company):
        raise Forbidden("this integration is not of your companies")
