"""Composition of the use cases of event sources and telephony events, for the settings API and the console.

Each use case is made, and its modules are imported, with its first use; see `Storage`.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from tocsin.alert_rules.application.account import ReadAccount
    from tocsin.alert_rules.application.explain_events import ExplainEvents
    from tocsin.alert_rules.application.read_events import ReadEvents
    from tocsin.alert_rules.application.read_rules import ReadRules
    from tocsin.bootstrap.storage import Storage
    from tocsin.kernel.domain.ids import TenantId
    from tocsin.telephony.application.manage_sources import ManageSources


class TelephonyUseCases:
    """The use cases of event sources and telephony events, and of what rules made of events."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    @cached_property
    def manage_sources(self) -> ManageSources:
        """Sources of events."""
        from tocsin.telephony.application.manage_sources import ManageSources

        return ManageSources(
            sources=self._storage.event_sources,
            samples=self._storage.source_samples,
            trail=self._storage.audit_trail,
            sealer=self._storage.sealer,
            clock=self._storage.clock,
            randomness=self._storage.randomness,
        )

    @cached_property
    def read_events(self) -> ReadEvents:
        """Events, one or many."""
        from tocsin.alert_rules.application.read_events import ReadEvents

        return ReadEvents(self._storage.event_rows, self._account, self._storage.sealer, self._storage.clock)

    @cached_property
    def explain_events(self) -> ExplainEvents:
        """What rules made of events."""
        from tocsin.alert_rules.application.explain_events import ExplainEvents

        return ExplainEvents(
            events=self.read_events,
            read=self._read_rules,
            rules=self._storage.alert_rules,
            runs=self._storage.rule_runs,
            lines=self._storage.line_states,
            account=self._account,
            trail=self._storage.audit_trail,
            zone=self._zone,
            clock=self._storage.clock,
        )

    @cached_property
    def _account(self) -> ReadAccount:
        from tocsin.alert_rules.application.account import ReadAccount
        from tocsin.directory.application.references import References

        return ReadAccount(self._storage.directory, References(self._storage.directory))

    @cached_property
    def _read_rules(self) -> ReadRules:
        from tocsin.alert_rules.application.read_rules import ReadRules

        return ReadRules(
            self._storage.alert_rules, self._storage.rule_runs, self._storage.directory, self._storage.clock
        )

    def _zone(self, tenant: TenantId) -> ZoneInfo:
        found = self._storage.tenants.get(tenant)
        return ZoneInfo("UTC" if found is None else found.zone)
