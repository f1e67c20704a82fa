"""Stop triggers that name what the owners of their rules may not use any more, and tell people of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.alert_rules.application.account import Account, ReadAccount
from tocsin.alert_rules.domain.data_scopes import both, scoped
from tocsin.alert_rules.domain.rule import AlertRule
from tocsin.alerts.application.mail_people import MailPeople
from tocsin.directory.application.administrators import administrators
from tocsin.directory.domain.import_plan import confirmation
from tocsin.directory.domain.things import Kind
from tocsin.directory.ports import Directory
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.role import Role
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.counted import counted
from tocsin.kernel.domain.errors import ConfirmFirst
from tocsin.kernel.domain.ids import UserId
from tocsin.kernel.ports import Clock
from tocsin.notices.domain.owner_notification import OwnerNotification

RuleChanges = Sequence[tuple[AlertRule, AlertRule]]
"""Rules before and after a change."""


def stopped_triggers(changes: RuleChanges) -> list[str]:
    """Return the triggers that changes stop, as `<rule>/<trigger>`."""
    return [
        f"{rule.id}/{trigger.id}"
        for before, rule in changes
        for trigger, was in zip(rule.triggers, before.triggers, strict=True)
        if trigger.out_of_scope and not was.out_of_scope
    ]


def check_confirmed(changes: RuleChanges, confirm: str | None, sentence: str) -> None:
    """Raise ConfirmFirst unless no trigger is stopped, or `confirm` says that this list of them was seen."""
    stopped = stopped_triggers(changes)
    if stopped and confirm != (token := confirmation(stopped)):
        raise ConfirmFirst(sentence, stopped, token)


def narrowed(read: ReadAccount, account: Account, rules: Sequence[AlertRule], role: Role | None) -> RuleChanges:
    """Return the rules that see more than their owners may see now, before and after they are cut.

    A rule never sees more than it did: what is added to an owner's scopes counts when the rule is saved.

    Args:
        role: as it will be; None = all roles are as they are stored.
    """
    sights: dict[UserId, frozenset[str] | None] = {}
    found = []
    for rule in rules:
        if rule.owner not in sights:
            sights[rule.owner] = read.sight_of_owner(account, rule, role)
        cut = scoped(rule, both(rule.sight, sights[rule.owner]), account.names.own_numbers)
        if cut != rule:
            found.append((rule, cut))
    return found


@dataclass(frozen=True, slots=True)
class TellStopped:
    """Mails who owns a rule whose triggers were stopped, who did it, and all admins: each of them once."""

    directory: Directory
    mail: MailPeople
    clock: Clock

    def __call__(self, caller: Principal, changes: RuleChanges) -> None:
        """Mail them, if a trigger was stopped. Raises StorageUnavailable: some may be mailed."""
        stopped = [(before, after) for before, after in changes if stopped_triggers([(before, after)])]
        if not stopped:
            return
        tenant = stopped[0][1].tenant
        informed = {person.id: person for person in administrators(self.directory, tenant)}
        if caller.user is not None:
            informed[caller.user.id] = caller.user
        self.mail(tenant, self._notification(stopped), informed.values())
        owners = {after.owner: self.directory.get(tenant, Kind.USER, after.owner) for _, after in stopped}
        for id, owner in owners.items():
            if isinstance(owner, User) and id not in informed:
                theirs = [(before, after) for before, after in stopped if after.owner == id]
                self.mail(tenant, self._notification(theirs), [owner])

    def _notification(self, stopped: RuleChanges) -> OwnerNotification:
        versions = ",".join(sorted(f"{after.id}:{after.version}" for _, after in stopped))
        lines = "\n".join(sorted(f"- {after.name}: {_count(before, after)}" for before, after in stopped))
        return OwnerNotification(
            f"triggers stopped|{versions}",
            self.clock(),
            "Triggers of alert rules have stopped",
            "These triggers name what the owner of their rule may not use any more. They match nothing from now on:"
            f"\n\n{lines}\n\nChange them, or give the rule to a person who may use all that it names.",
        )


def _count(before: AlertRule, after: AlertRule) -> str:
    stopped = len(stopped_triggers([(before, after)]))
    return f"{stopped} of {counted(len(after.triggers), 'trigger')}"
