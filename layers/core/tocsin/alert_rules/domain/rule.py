"""An alert rule: who is told, how, and of which events."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from tocsin.alert_rules.domain.actions import RuleAction, WebhookAction, copied
from tocsin.alert_rules.domain.triggers import RuleTrigger, RuleType
from tocsin.identity.domain.visibility import BY_NO_PERSON, Made
from tocsin.kernel.domain.errors import WrongState
from tocsin.kernel.domain.ids import TenantId, UserId

COUNTS_AFTER = timedelta(seconds=5)
"""A rule counts so long after it was made or enabled: by then every process knows it."""

MAX_AGE = timedelta(hours=1)
"""How old an event may be when it comes, if the rule does not say: a telephone system that was cut off for a night
must not call everybody at dawn."""


KEPT_FOR = timedelta(days=90)
"""How long a deleted rule, an earlier version and a run are kept."""


class ThrottleBy(StrEnum):
    """What is counted apart; the values are words of the API."""

    RULE = "rule"
    LINE = "line"
    CALLER = "caller"
    NUMBER = "number"  # of the account
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class RuleThrottle:
    """At most `most` messages in each window of `per`, 1 minute to 24 hours, for each value of `by`."""

    most: int
    per: timedelta
    by: ThrottleBy = ThrottleBy.RULE


@dataclass(frozen=True, slots=True)
class RuleOptions:
    """When a rule speaks, beside its triggers.

    Attributes:
        throttle: None = each match is told.
        digest: mails are collected for so long from the first match on; None = each is sent at once.
        hold: how long a line must stay offline before it is told; None = told at once.
        max_age: an event that comes later than this after it happened is not told.
        urgent: its messages go before those of broadcasts.
    """

    throttle: RuleThrottle | None = None
    digest: timedelta | None = None
    hold: timedelta | None = None
    max_age: timedelta = MAX_AGE
    urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule:
    """A rule of a tenant.

    Attributes:
        owner: whose rule it is.
        made: who made it, and for which company; it never changes.
        counts_from: an event that was received before never fires the rule.
        sight: the things of the account that the rule may see, as `facts.thing_named` writes them, also where a filter
            is not set; None = everything.
        version: for If-Match; each change of the rule or of a part adds one.
        deleted_at: None = it is not deleted. A deleted rule is disabled, has no secrets, and is kept for its history.
    """

    tenant: TenantId
    id: str
    name: str
    type: RuleType
    owner: UserId
    created_at: datetime
    counts_from: datetime
    description: str = ""
    enabled: bool = True
    options: RuleOptions = RuleOptions()
    triggers: tuple[RuleTrigger, ...] = ()
    actions: tuple[RuleAction, ...] = ()
    made: Made = BY_NO_PERSON
    sight: frozenset[str] | None = None
    version: int = 1
    deleted_at: datetime | None = None


def counts_from(now: datetime) -> datetime:
    """Return from when on a rule counts that is made or enabled now."""
    return now + COUNTS_AFTER


@dataclass(frozen=True, slots=True)
class RuleCopy:
    """A copy, and by notification the names of what the copier must write anew before it is enabled."""

    rule: AlertRule
    secret_missing: Mapping[str, tuple[str, ...]]


def copied_rule(rule: AlertRule, id: str, *, owner: UserId, made: Made, now: datetime, with_secrets: bool) -> RuleCopy:
    """Return a copy of a rule: the same parts with the same ids, no history, and the copier as its owner (AL-12).

    The copy sees what the original sees, until `data_scopes.scoped` cuts it to the scopes of its owner.

    Args:
        with_secrets: whether the copier may edit the original.
    """
    parts = [copied(action, with_secrets=with_secrets) for action in rule.actions]
    copy = replace(
        rule,
        id=id,
        owner=owner,
        made=made,
        created_at=now,
        counts_from=counts_from(now),
        actions=tuple(part.action for part in parts),
        version=1,
    )
    return RuleCopy(copy, {part.action.id: part.secret_missing for part in parts if part.secret_missing})


def unknown_actions(rule: AlertRule, ids: Iterable[str]) -> list[str]:
    """Return those ids that are no notifications of the rule."""
    known = {action.id for action in rule.actions}
    return [id for id in ids if id not in known]


def toggled(rule: AlertRule, ids: Collection[str], *, enabled: bool) -> AlertRule:
    """Return a rule with some notifications enabled or disabled, all or none (AL-16).

    Raises:
        WrongState: a webhook among them lacks a secret, and cannot be enabled before it has one.
    """
    chosen = [action for action in rule.actions if action.id in ids]
    for action in chosen:
        if enabled and isinstance(action, WebhookAction) and action.secret_missing:
            raise WrongState("a webhook is without the value of a header; write it, or remove the header")
    actions = (replace(action, enabled=enabled) if action.id in ids else action for action in rule.actions)
    return replace(rule, actions=tuple(actions), version=rule.version + 1)


def without_actions(rule: AlertRule, ids: Collection[str]) -> AlertRule:
    """Return a rule without some notifications (AL-16)."""
    actions = tuple(action for action in rule.actions if action.id not in ids)
    return replace(rule, actions=actions, version=rule.version + 1)


def deleted(rule: AlertRule, now: datetime) -> AlertRule:
    """Return a rule that is deleted: it matches nothing, and its secrets are gone (AL-41)."""
    bare = without_secrets(rule)
    return replace(bare, enabled=False, version=rule.version + 1, deleted_at=now)


def without_secrets(rule: AlertRule) -> AlertRule:
    """Return a rule whose webhooks have header names without values."""
    actions = (
        replace(action, headers=tuple(replace(header, secret=None) for header in action.headers))
        if isinstance(action, WebhookAction)
        else action
        for action in rule.actions
    )
    return replace(rule, actions=tuple(actions))
