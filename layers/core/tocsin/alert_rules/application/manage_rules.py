"""Create, change, copy, give away and delete alert rules.

Each call is judged in this order: right, existence, ownership, version, body, state.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tocsin.alert_rules.application.account import Account, sight_of_caller
from tocsin.alert_rules.application.change_rule import ChangeRule
from tocsin.alert_rules.application.rule_parts import RuleParts
from tocsin.alert_rules.application.stop_triggers import RuleChanges
from tocsin.alert_rules.domain.data_scopes import both, scoped
from tocsin.alert_rules.domain.fields import check_same_type, head_fields, options_of, trigger_of
from tocsin.alert_rules.domain.rights import RuleOperation, check_may, check_room, is_owner, may_edit
from tocsin.alert_rules.domain.rule import AlertRule, RuleCopy, copied_rule, counts_from, deleted
from tocsin.alert_rules.domain.triggers import RuleType
from tocsin.directory.domain.import_plan import confirmation
from tocsin.directory.domain.versions import merged
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.user import User
from tocsin.identity.domain.visibility import Made
from tocsin.kernel.domain.errors import ConfirmFirst, Fault, InvalidRequest
from tocsin.kernel.domain.ids import UserId

Fields = Mapping[str, Any]
"""Fields of a rule or part, complete and valid in themselves; `entrypoint/rule_body` returns them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManageRules:
    """Changes rules for a caller. Every method may be repeated.

    Attributes:
        read_rule: returns the fields of a new rule. Raises InvalidRequest.
        read_head: the same for what a patch of a rule sets.
        tell_stopped: gets rules before and after a change that may have stopped triggers: `TellStopped`.
    """

    change: ChangeRule
    parts: RuleParts
    read_rule: Callable[[Mapping[str, Any]], Fields]
    read_head: Callable[[RuleType, Mapping[str, Any]], Fields]
    tell_stopped: Callable[[Principal, RuleChanges], None] = lambda caller, changes: None

    def create(self, caller: Principal, body: Mapping[str, Any], seed: bytes | None = None) -> AlertRule:
        """Create a rule with its parts, all or nothing.

        Args:
            seed: the same for every repeat of the call; a repeat gets what was created. None = it is not repeated.

        Raises:
            Forbidden: the caller may not create rules, or not for others, or a trigger names what it may not use.
            InvalidRequest: with every fault.
            NotPossible: the owner or the account has the most rules, or people with the owner's role have none.
        """
        check_may(caller, RuleOperation.CREATE)
        if earlier := self.change.made_by(caller.tenant, seed):
            return earlier
        owner, rule = self._drafted(caller, body, seed)
        self._check_room(owner, rule)
        self.change.add(caller, rule)
        return rule

    def draft(self, caller: Principal, body: Mapping[str, Any]) -> AlertRule:
        """Return the rule that `create` would create, for a backtest. Nothing is written.

        Raises:
            Forbidden, InvalidRequest, NotPossible: as `create`; that there is room for a rule is not judged.
        """
        check_may(caller, RuleOperation.CREATE)
        return self._drafted(caller, body, None)[1]

    def _drafted(self, caller: Principal, body: Mapping[str, Any], seed: bytes | None) -> tuple[User, AlertRule]:
        """Return a new rule and its owner."""
        fields = self.read_rule(body)
        owner = self._owner(caller, fields.get("owner"))
        account, now = self.change.account(caller.tenant), self.change.clock()
        type = RuleType(fields["type"])
        triggers = [trigger_of(type, self.change.part_id(), each, account.names) for each in fields["triggers"]]
        actions = [
            self.parts.new_action(each, f"/notifications/{index}") for index, each in enumerate(fields["notifications"])
        ]
        rule = AlertRule(
            tenant=caller.tenant,
            id=self.change.new_id(seed),
            name=fields["name"],
            description=fields["description"],
            type=type,
            owner=owner.id,
            created_at=now,
            counts_from=counts_from(now),
            enabled=fields["enabled"],
            options=options_of(fields["options"]),
            triggers=tuple(triggers),
            actions=tuple(actions),
            made=_made(caller),
        )
        self.change.check_parts(rule, account)
        return owner, self.change.within(rule, account, self._sight(caller, rule, account))

    def patch(self, caller: Principal, id: str, patch: Mapping[str, Any], if_match: str | None = None) -> AlertRule:
        """Apply a JSON merge patch to name, description, enabled and options; what comes of it is judged.

        Raises:
            Forbidden, NotFound, PreconditionFailed, InvalidRequest, StaleWrite.
            Immutable: the patch changes the type.
        """

        def changed(rule: AlertRule, account: Account) -> AlertRule:
            check_same_type(rule.type.value, patch)
            others = {name: value for name, value in patch.items() if name != "type"}
            fields = self.read_head(rule.type, merged(head_fields(rule), others))
            after = replace(
                rule,
                name=fields["name"],
                description=fields["description"],
                enabled=fields["enabled"],
                options=options_of(fields["options"]),
            )
            if after.enabled and not rule.enabled:
                after = replace(after, counts_from=counts_from(self.change.clock()))
            return after

        return self.change.edit(caller, id, changed, if_match)

    def copy(self, caller: Principal, id: str, owner: str | None = None, seed: bytes | None = None) -> RuleCopy:
        """Copy a rule that the caller may see. Without the right to edit it, secrets stay behind.

        Args:
            owner: of the copy; None = the caller.
            seed: as for `create`.

        Raises:
            Forbidden, NotFound, InvalidRequest, NotPossible.
        """
        rule = self.change.read.one(caller, id, RuleOperation.COPY)
        check_may(caller, RuleOperation.CREATE)
        person = self._owner(caller, owner)
        account, now = self.change.account(caller.tenant), self.change.clock()
        with_secrets = may_edit(caller, rule)
        copy = copied_rule(
            rule, self.change.new_id(seed), owner=person.id, made=_made(caller), now=now, with_secrets=with_secrets
        )
        if earlier := self.change.made_by(caller.tenant, seed):
            return replace(copy, rule=earlier)
        made = scoped(copy.rule, self._sight(caller, copy.rule, account), account.names.own_numbers)
        self._check_room(person, made)
        self.change.add(caller, made, "copied")
        return replace(copy, rule=made)

    def give(
        self, caller: Principal, id: str, to: str, confirm: str | None = None, if_match: str | None = None
    ) -> AlertRule:
        """Switch the owner of a rule. Triggers, notifications and history stay.

        Args:
            confirm: says that the list of triggers that the new owner's data scopes stop was seen.

        Raises:
            Forbidden, NotFound, PreconditionFailed, StaleWrite.
            InvalidRequest: there is no such person.
            NotPossible: the new owner has the most rules, or people with their role have none.
            ConfirmFirst: triggers name what the new owner may not use; they would be stopped.
        """

        def changed(rule: AlertRule) -> AlertRule:
            if rule.owner == to:
                return rule
            owner = self.change.account.owner(caller.tenant, to)
            account = self.change.account(caller.tenant)
            self._check_room(owner, rule)
            after = self.given(caller, rule, owner, account)
            before = {trigger.id for trigger in rule.triggers if trigger.out_of_scope}
            stopped = [each.id for each in after.triggers if each.out_of_scope and each.id not in before]
            if stopped and confirm != (token := confirmation(stopped)):
                raise ConfirmFirst("triggers name what the new owner may not use, and would be stopped", stopped, token)
            given[:] = [rule]
            return after

        given: list[AlertRule] = []
        after = self.change(caller, id, changed, if_match=if_match, operation=RuleOperation.GIVE, verb="given")
        self.tell_stopped(caller, [(rule, after) for rule in given])
        return after

    def given(self, caller: Principal, rule: AlertRule, owner: User, account: Account) -> AlertRule:
        """Return a rule with another owner. Triggers that name what this one may not use are stopped."""
        after = replace(rule, owner=owner.id)
        return scoped(after, self._sight(caller, after, account), account.names.own_numbers)

    def check_room_for(self, owner: User, rules: Sequence[AlertRule]) -> None:
        """Raise NotPossible if a person has no room for rules that another person owns."""
        owned = sum(each.owner == owner.id for each in self.change.rules.all(owner.tenant))
        check_room(owner.role, owned + len(rules) - 1, 0, 0)

    def delete(self, caller: Principal, id: str, if_match: str | None = None) -> None:
        """Delete a rule. Its history stays for 90 days. Raises Forbidden, NotFound, PreconditionFailed, StaleWrite."""
        self.change(
            caller,
            id,
            lambda rule: deleted(rule, self.change.clock()),
            if_match=if_match,
            operation=RuleOperation.DELETE,
            verb="deleted",
        )

    def _owner(self, caller: Principal, named: str | None) -> User:
        """Return the owner of a new rule; a caller needs a right to name another person."""
        mine = None if caller.user is None else caller.user.id
        if named is None and mine is None:
            raise InvalidRequest([Fault("/owner", "REQUIRED", "an API key owns no rules; name a person")])
        if named is not None and named != mine:
            check_may(caller, RuleOperation.CREATE_FOR)
        return self.change.account.owner(caller.tenant, named or str(mine))

    def _sight(self, caller: Principal, rule: AlertRule, account: Account) -> frozenset[str] | None:
        """Return what a rule sees that a caller makes or gives away: what the caller and its owner both may see."""
        theirs = self.change.account.sight_of_owner(account, rule)
        return theirs if is_owner(caller, rule) else both(theirs, sight_of_caller(account, caller))

    def _check_room(self, owner: User, rule: AlertRule) -> None:
        """Raise NotPossible if the owner or the account has no room for a rule, with it."""
        others = [each for each in self.change.rules.all(rule.tenant) if each.id != rule.id]
        owned = sum(each.owner == owner.id for each in others)
        triggers = sum(len(each.triggers) for each in (*others, rule))
        check_room(owner.role, owned, len(others) + 1, triggers)


def _made(caller: Principal) -> Made:
    """Return who makes a rule, and for which company: that of a caller who has exactly one."""
    (company,) = caller.companies if len(caller.companies) == 1 else (None,)
    return Made(UserId(caller.user.id) if caller.user else None, company)
