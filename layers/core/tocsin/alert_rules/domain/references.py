"""What a rule names of the account: lines, groups, people and the number that texts come from."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from tocsin.alert_rules.domain.actions import RuleAction, SmsAction, WebhookAction
from tocsin.alert_rules.domain.rule import AlertRule
from tocsin.alert_rules.domain.triggers import FilterName, RuleTrigger
from tocsin.directory.domain.things import AnyThing, Group, Line, PhoneNumber
from tocsin.egress.domain.callback_url import url_faults
from tocsin.egress.domain.url_policy import EgressPolicy
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.errors import Fault


@dataclass(frozen=True, slots=True)
class KnownThings:
    """Ids of the directory that rules may name, and numbers of the account from which texts can be sent."""

    lines: Collection[str]
    groups: Collection[str]
    users: Collection[str]
    sms_numbers: Collection[str]


def trigger_faults(trigger: RuleTrigger, known: KnownThings, pointer: str = "") -> Iterator[Fault]:
    """Yield a fault for each filter that names what the directory does not have, with all such ids."""
    kinds = {FilterName.LINES: known.lines, FilterName.GROUPS: known.groups, FilterName.USERS: known.users}
    for name, ids in kinds.items():
        unknown = tuple(sorted(id for id in trigger.filters.values.get(name, ()) if id not in ids))
        if unknown:
            said = f"there are no such {name.value} in the directory: {len(unknown)}"
            yield Fault(f"{pointer}/filters/{name.value}", "NO_SUCH_THING", said, unknown)


def action_faults(action: RuleAction, known: KnownThings, policy: EgressPolicy, pointer: str = "") -> Iterator[Fault]:
    """Yield what is wrong with where an action sends from or to."""
    match action:
        case SmsAction() if action.sender not in known.sms_numbers:
            yield Fault(f"{pointer}/from", "NOT_ALLOWED", "must be a number of the account that can send texts")
        case WebhookAction():
            yield from url_faults(action.url, f"{pointer}/url", policy)


def names(rule: AlertRule, thing: AnyThing) -> bool:
    """Whether a rule names a thing of its account. A person is named by the rules that are theirs, too."""

    def filtered(name: FilterName, value: str) -> bool:
        return any(value in trigger.filters.values.get(name, ()) for trigger in rule.triggers)

    match thing:
        case Line():
            return filtered(FilterName.LINES, thing.id)
        case Group():
            return filtered(FilterName.GROUPS, thing.id)
        case User():
            return rule.owner == thing.id or filtered(FilterName.USERS, thing.id)
        case PhoneNumber():
            sends = any(isinstance(action, SmsAction) and action.sender == thing.e164 for action in rule.actions)
            return sends or filtered(FilterName.NUMBERS, thing.e164)
    return False
