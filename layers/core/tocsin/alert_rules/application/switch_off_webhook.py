"""Switch the webhook of a rule off, because its receiver wants no more."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from tocsin.alert_rules.domain.rule import AlertRule
from tocsin.alert_rules.ports.rules import AlertRules, RuleChange
from tocsin.audit.domain.actor import SYSTEM, Via
from tocsin.audit.domain.entry import AuditEntry, Thing
from tocsin.kernel.domain.errors import StaleWrite
from tocsin.kernel.domain.ids import TenantId, time_ordered_uuid
from tocsin.kernel.ports import Clock
from tocsin.webhooks.domain.callback import RuleOrigin

_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class SwitchOffWebhook:
    """Disables one action of a rule; the audit trail says that the system did it."""

    rules: AlertRules
    clock: Clock

    def __call__(self, tenant: TenantId, origin: RuleOrigin, request_id: str) -> None:
        """Switch the webhook of a rule off; one that is off, or gone, stays so.

        Args:
            request_id: id of the delivery that shows why, for the audit trail.

        Raises:
            StorageUnavailable, StaleWrite: it may be on; repeat the call.
        """
        for _ in range(_ROUNDS):
            before = self.rules.get(tenant, origin.rule)
            if before is None or before.deleted_at is not None:
                return
            actions = tuple(
                replace(action, enabled=False) if action.id == origin.action else action for action in before.actions
            )
            if actions == before.actions:
                return
            after = replace(before, actions=actions, version=before.version + 1)
            try:
                self.rules.commit(RuleChange(before, after, self._entry(after, origin, request_id)))
            except StaleWrite:
                continue
            return
        raise StaleWrite("other calls kept changing this alert rule")

    def _entry(self, after: AlertRule, origin: RuleOrigin, request_id: str) -> AuditEntry:
        now = self.clock()
        natural = f"{after.id}\0{after.version}\0{request_id}"
        return AuditEntry(
            tenant=after.tenant,
            id=time_ordered_uuid(now, hashlib.sha256(natural.encode()).digest()),
            at=now,
            who=SYSTEM,
            via=Via.SYSTEM,
            action="alert_rule.updated",
            thing=Thing("alert_rule", after.id, after.name),
            before={f"notifications.{origin.action}.enabled": True},
            after={f"notifications.{origin.action}.enabled": False},
            request_id=request_id,
        )
