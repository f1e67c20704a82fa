"""What alert rules say of the directory: who is in use, and rules that go to another person with everything else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tocsin.alert_rules.application.account import Account, names_of
from tocsin.alert_rules.application.manage_rules import ManageRules
from tocsin.alert_rules.application.stop_triggers import check_confirmed, narrowed
from tocsin.alert_rules.domain.references import names
from tocsin.alert_rules.domain.rights import RuleOperation, check_may
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

    def narrow(self, caller: Principal, after: AnyThing, confirm: str | None) -> Callable[[], None]:
        """Return what cuts all rules to the data scopes of their owners, once a thing has changed.

        A role or a person that changes may use less, and a line, group or number that changes may belong to another
        person. A process may die between the change and the cut: the repeated call finds the same rules.

        Raises:
            ConfirmFirst: triggers name what their owners may not use any more; they would be stopped.
        """
        change = self.manage.change
        rules = change.rules.all(after.tenant)
        if not rules:
            return lambda: None
        account, role = _with(change.account(after.tenant), [after]), after if isinstance(after, Role) else None
        changes = narrowed(change.account, account, rules, role)
        check_confirmed(
            changes, confirm, "triggers of rules name what their owners could not use any more, and would stop"
        )

        def cut() -> None:
            done = []
            for rule, _ in changes:
                done += change.follow(
                    caller, rule, lambda it: next((cut for _, cut in narrowed(change.account, account, [it], role)), it)
                )
            self.manage.tell_stopped(caller, done)

        return cut


def _with(account: Account, moved: Sequence[AnyThing]) -> Account:
    """Return the account as it will be once these things have changed."""
    after = {(type(thing), thing.id): thing for thing in moved}
    things = [after.get((type(thing), thing.id), thing) for thing in account.things]
    return replace(account, things=things, names=names_of(things))
