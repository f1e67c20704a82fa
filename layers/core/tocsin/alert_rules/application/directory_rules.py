"""What alert rules say of the directory: who is in use, and rules that go to another person with everything else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tocsin.alert_rules.application.account import Account, names_of
from tocsin.alert_rules.application.manage_rules import ManageRules
from tocsin.alert_rules.application.stop_triggers import check_confirmed, narrowed, stopped_triggers
from tocsin.alert_rules.domain.references import names
from tocsin.alert_rules.domain.rights import RuleOperation, check_may
from tocsin.directory.application.rules_of_directory import Narrowed
from tocsin.directory.domain.things import AnyThing
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.role import Role
from tocsin.identity.domain.user import User


@dataclass(frozen=True, slots=True)
class DirectoryRules:
    """The `RulesOfDirectory` of the directory."""

    manage: ManageRules

    def naming(self, thing: AnyThing) -> Sequence[str]:
        """Return the ids of the rules that name a thing, or that a person owns."""
        return [rule.id for rule in self.manage.change.rules.all(thing.tenant) if names(rule, thing)]

    def transfer(
        self, caller: Principal, user: User, to: User, moved: Sequence[AnyThing], confirm: str | None
    ) -> Callable[[], None]:
        """Return what gives all rules of a person to another. It may be called again.

        Raises:
            Forbidden: the caller may not give one of the rules to another person.
            NotPossible: the other person has no room for them, or has no rules by their role.
            ConfirmFirst: triggers of the rules name what the other person may not use; they would be stopped.
        """
        change = self.manage.change
        owned = [rule for rule in change.rules.all(user.tenant) if rule.owner == user.id]
        if not owned:
            return lambda: None
        for rule in owned:
            check_may(caller, RuleOperation.GIVE, rule)
        owner = change.account.owner(user.tenant, to.id)
        self.manage.check_room_for(owner, owned)
        account = _with(change.account(user.tenant), moved)
        after = [self.manage.given(caller, rule, owner, account) for rule in owned]
        changes = list(zip(owned, after, strict=True))
        check_confirmed(changes, confirm, "triggers of rules name what the other person may not use, and would stop")

        def given() -> None:
            for rule in owned:
                change(
                    caller,
                    rule.id,
                    lambda it: it if it.owner != user.id else self.manage.given(caller, it, owner, account),
                    operation=RuleOperation.VIEW,
                    verb="given",
                )
            self.manage.tell_stopped(caller, changes)

        return given

    def narrow(self, caller: Principal, after: Sequence[AnyThing]) -> Narrowed:
        """Return what cuts all rules to the data scopes of their owners, once things have changed.

        A role or a person that changes may use less, and a line, group or number that changes may belong to another
        person. A process may die between the change and the cut: the repeated call finds the same rules.

        Args:
            after: the things as they will be; at most one of them is a role.
        """
        change = self.manage.change
        rules = change.rules.all(caller.tenant)
        if not rules:
            return Narrowed()
        account = _with(change.account(caller.tenant), after)
        role = next((thing for thing in after if isinstance(thing, Role)), None)
        changes = narrowed(change.account, account, rules, role)

        def cut() -> None:
            done = []
            for rule, _ in changes:
                done += change.follow(
                    caller, rule, lambda it: next((cut for _, cut in narrowed(change.account, account, [it], role)), it)
                )
            self.manage.tell_stopped(caller, done)

        return Narrowed(stopped_triggers(changes), cut)


def _with(account: Account, moved: Sequence[AnyThing]) -> Account:
    """Return the account as it will be once these things have changed."""
    after = {(type(thing), thing.id): thing for thing in moved}
    things = [after.get((type(thing), thing.id), thing) for thing in account.things]
    return replace(account, things=things, names=names_of(things))
