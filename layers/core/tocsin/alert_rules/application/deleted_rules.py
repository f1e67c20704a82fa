"""Deleting a rule stops the dispatch of its mails and texts at once (AL-41)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tocsin.alert_rules.ports.standing import StandingRules
from tocsin.alerts.domain.alert import Alert, AlertItem
from tocsin.alerts.domain.cause import CauseKind
from tocsin.delivery.application.guards import CHECK_FAILED, Claimed, Objection
from tocsin.delivery.domain.outcome import AlertCancelled
from tocsin.kernel.domain.errors import StorageUnavailable


@dataclass(frozen=True, slots=True)
class StopDeletedRules:
    """A guard: messages of a deleted rule are cancelled. What a disabled rule accepted before goes out."""

    rules: StandingRules

    def __call__(self, alert: Alert, item: AlertItem, claimed: Sequence[Claimed]) -> Mapping[int, Objection]:
        """Return the messages of a deleted rule as cancelled, by position; one read for each batch of a rule."""
        cause = alert.cause
        if cause is None or cause.kind not in (CauseKind.RULE, CauseKind.RULE_TEST):
            return {}
        try:
            if self.rules.stands(alert.tenant, cause.parent):
                return {}
        except StorageUnavailable:
            return {one.position: CHECK_FAILED for one in claimed}
        return {one.position: AlertCancelled() for one in claimed}
