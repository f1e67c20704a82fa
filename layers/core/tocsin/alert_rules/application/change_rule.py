"""One change of one rule: judged, written on the version that was read, and told to the audit trail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from tocsin.alert_rules.application.account import Account, ReadAccount
from tocsin.alert_rules.application.read_rules import ReadRules
from tocsin.alert_rules.domain.data_scopes import outside, scoped
from tocsin.alert_rules.domain.fields import resource
from tocsin.alert_rules.domain.limits import ACCOUNT_TRIGGERS
from tocsin.alert_rules.domain.references import action_faults, trigger_faults
from tocsin.alert_rules.domain.rights import RuleOperation
from tocsin.alert_rules.domain.rule import AlertRule
from tocsin.alert_rules.ports.rules import AlertRules, RuleChange
from tocsin.audit.domain.entry import AuditEntry, Thing, changes
from tocsin.directory.domain.versions import check_match
from tocsin.egress.domain.url_policy import EgressPolicy
from tocsin.identity.application.audit_entry import audit_entry
from tocsin.identity.domain.principal import Principal
from tocsin.kernel.domain.counted import counted
from tocsin.kernel.domain.errors import FAULTS_LISTED, Fault, Forbidden, InvalidRequest, NotPossible, StaleWrite
from tocsin.kernel.domain.ids import TenantId, time_ordered_uuid, without_time
from tocsin.kernel.ports import Clock, Randomness

ROUNDS = 3
"""How often a change is tried that loses against others."""

_UNTOLD = ("id", "version", "created_at", "counts_from")
"""Fields that an entry of the audit trail does not repeat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRule:
    """Changes one rule for a caller."""

    rules: AlertRules
    read: ReadRules
    account: ReadAccount
    policy: EgressPolicy
    clock: Clock
    randomness: Randomness

    def __call__(
        self,
        caller: Principal,
        id: str,
        change: Callable[[AlertRule], AlertRule],
        *,
        if_match: str | None = None,
        operation: RuleOperation = RuleOperation.EDIT,
        verb: str = "updated",
    ) -> AlertRule:
        """Write what a change makes of a rule. Nothing is written if it changes nothing.

        Args:
            change: returns the rule as it will be; what it raises is raised. It may be called again.
            operation: what the caller needs the right to.
            verb: past participle for the audit trail.

        Raises:
            Forbidden, NotFound, PreconditionFailed.
            StaleWrite: the rule kept changing.
        """

        def read() -> AlertRule:
            found = self.read.one(caller, id, operation)
            check_match(if_match, found)
            return found

        return self._write(caller, read, change, verb)[1]

    def follow(
        self, caller: Principal, rule: AlertRule, change: Callable[[AlertRule], AlertRule]
    ) -> list[tuple[AlertRule, AlertRule]]:
        """Write what follows for a rule from a change that the caller may make; a right to the rule is not needed.

        Returns:
            The rule before and after; nothing if the rule is deleted, or does not change.

        Raises:
            StaleWrite: the rule kept changing.
        """

        def read() -> AlertRule:
            return self.rules.get(rule.tenant, rule.id) or rule

        before, after = self._write(caller, read, lambda it: it if it.deleted_at else change(it), "updated")
        return [] if after == before else [(before, after)]

    def _write(
        self,
        caller: Principal,
        read: Callable[[], AlertRule],
        change: Callable[[AlertRule], AlertRule],
        verb: str,
    ) -> tuple[AlertRule, AlertRule]:
        """Return the rule before and after."""
        for _ in range(ROUNDS):
            before = read()
            after = replace(change(before), version=before.version)
            if after == before:
                return before, before
            after = replace(after, version=before.version + 1)
            try:
                self.rules.commit(RuleChange(before, after, self._entry(caller, before, after, verb)))
            except StaleWrite:
                continue
            return before, after
        raise StaleWrite("another call kept changing this alert rule")

    def add(self, caller: Principal, rule: AlertRule, verb: str = "created") -> None:
        """Write a new rule. Raises StaleWrite if there is one of its id."""
        self.rules.commit(RuleChange(None, rule, self._entry(caller, None, rule, verb)))

    def edit(
        self, caller: Principal, id: str, change: Callable[[AlertRule, Account], AlertRule], if_match: str | None = None
    ) -> AlertRule:
        """Write what an edit makes of a rule. Saved by an editor, a rule sees what its owner may see (decided 3.2).

        Raises:
            Forbidden: also for a new or changed trigger that names what the owner may not use.
            NotFound, PreconditionFailed, InvalidRequest, StaleWrite.
            NotPossible: the account has the most triggers.
        """
        account = self.account(caller.tenant)
        return self(caller, id, lambda before: self._judged(before, change, account), if_match=if_match)

    def draft(self, caller: Principal, id: str, change: Callable[[AlertRule, Account], AlertRule]) -> AlertRule:
        """Return what an edit would make of a rule. Nothing is written.

        Raises:
            Forbidden, NotFound, InvalidRequest, NotPossible: as `edit`.
        """
        return self._judged(self.read.one(caller, id, RuleOperation.EDIT), change, self.account(caller.tenant))

    def _judged(
        self, before: AlertRule, change: Callable[[AlertRule, Account], AlertRule], account: Account
    ) -> AlertRule:
        after = change(before, account)
        self.check_parts(after, account, before)
        self._check_triggers(before, after)
        return self.within(after, account, self.account.sight_of_owner(account, after), before)

    def check_parts(self, rule: AlertRule, account: Account, before: AlertRule | None = None) -> None:
        """Raise InvalidRequest with every fault of new and changed parts that name what the account does not have."""
        triggers, actions = (before.triggers, before.actions) if before else ((), ())
        faults = list[Fault]()
        for index, trigger in enumerate(rule.triggers):
            if trigger not in triggers:
                faults += trigger_faults(trigger, account.known, f"/triggers/{index}" if before is None else "")
        for index, action in enumerate(rule.actions):
            if action not in actions:
                pointer = f"/notifications/{index}" if before is None else ""
                faults += action_faults(action, account.known, self.policy, pointer)
        if faults:
            raise InvalidRequest(faults[: FAULTS_LISTED + 1])

    def within(
        self, rule: AlertRule, account: Account, sight: frozenset[str] | None, before: AlertRule | None = None
    ) -> AlertRule:
        """Return a rule that sees no more than `sight`; triggers that others narrowed since are stopped.

        Raises:
            Forbidden: a new or changed trigger names more.
        """
        known = before.triggers if before else ()
        for number, trigger in enumerate(rule.triggers, 1):
            if trigger not in known and (more := outside(trigger, sight, account.names.own_numbers)):
                raise Forbidden(
                    f"trigger {number} names {counted(len(more), 'thing')} outside the data scopes of the rule"
                )
        return scoped(rule, sight, account.names.own_numbers)

    def _check_triggers(self, before: AlertRule, after: AlertRule) -> None:
        more = len(after.triggers) - len(before.triggers)
        if more > 0 and sum(len(rule.triggers) for rule in self.rules.all(after.tenant)) + more > ACCOUNT_TRIGGERS:
            raise NotPossible(f"an account has at most {ACCOUNT_TRIGGERS} triggers")

    def new_id(self, seed: bytes | None = None) -> str:
        """Return the id of a new rule; ids sort by time.

        Args:
            seed: the same for every repeat of a call; `made_by` finds the rule. None = the call is not repeated.
        """
        return time_ordered_uuid(self.clock(), seed or self.randomness.token(10))

    def made_by(self, tenant: TenantId, seed: bytes | None) -> AlertRule | None:
        """Return the rule that an earlier call with this seed made; None = there is none, or it is deleted."""
        if seed is None:
            return None
        tail = without_time(time_ordered_uuid(self.clock(), seed))
        return next((rule for rule in self.rules.all(tenant) if without_time(rule.id) == tail), None)

    def part_id(self) -> str:
        """Return the id of a new trigger or notification."""
        return self.randomness.token(6).hex()

    def _entry(self, caller: Principal, before: AlertRule | None, after: AlertRule, verb: str) -> AuditEntry:
        was, became = changes(_told(before), _told(None if after.deleted_at else after))
        thing = Thing("alert_rule", after.id, after.name)
        return audit_entry(
            caller, f"alert_rule.{verb}", thing, was, became, at=self.clock(), randomness=self.randomness
        )


def _told(rule: AlertRule | None) -> dict[str, object]:
    told = {} if rule is None else resource(rule, may_edit=False)
    return {name: value for name, value in told.items() if name not in _UNTOLD}
