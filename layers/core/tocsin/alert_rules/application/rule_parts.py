"""Triggers and notifications of an alert rule, as resources of their own. The ETag is the rule's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from tocsin.alert_rules.application.account import Account
from tocsin.alert_rules.application.change_rule import ChangeRule
from tocsin.alert_rules.domain import limits
from tocsin.alert_rules.domain.actions import (
    ACTION_TYPE,
    NoSecret,
    RuleAction,
    SavedWebhook,
    WebhookAction,
    with_kept_secrets,
)
from tocsin.alert_rules.domain.fields import action_fields, action_of, check_same_type, trigger_fields, trigger_of
from tocsin.alert_rules.domain.rule import AlertRule, toggled, unknown_actions, without_actions
from tocsin.alert_rules.domain.triggers import RuleTrigger, RuleType
from tocsin.directory.domain.versions import merged
from tocsin.identity.domain.principal import Principal
from tocsin.kernel.domain.errors import Fault, InvalidRequest, NotFound, NotPossible

Fields = Mapping[str, Any]
Part = TypeVar("Part", RuleTrigger, RuleAction)


@dataclass(frozen=True, slots=True)
class SavedTrigger:
    """A trigger after a change, and its rule."""

    rule: AlertRule
    trigger: RuleTrigger


@dataclass(frozen=True, slots=True)
class SavedAction:
    """A notification after a change, its rule, and the names of headers whose value was cleared."""

    rule: AlertRule
    action: RuleAction
    cleared: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class RuleParts:
    """Changes parts of a rule for a caller. Every method raises what `ChangeRule.edit` raises.

    Attributes:
        read_trigger: returns the fields of a trigger of a rule of a type. Raises InvalidRequest.
        read_action: the same for a notification.
    """

    change: ChangeRule
    read_trigger: Callable[[RuleType, Mapping[str, Any]], Fields]
    read_action: Callable[[Mapping[str, Any]], Fields]

    # --- triggers -------------------------------------------------------------------------------------------------

    def trigger(self, caller: Principal, rule: str, id: str) -> SavedTrigger:
        """Return a trigger. Raises Forbidden, NotFound."""
        found = self.change.read.one(caller, rule)
        return SavedTrigger(found, _part(found.triggers, id, "trigger"))

    def add_trigger(
        self,
        caller: Principal,
        rule: str,
        body: Mapping[str, Any],
        *,
        id: str | None = None,
        if_match: str | None = None,
    ) -> SavedTrigger:
        """Add a trigger.

        Args:
            id: the same for every repeat of the call. None = a new one.

        Raises:
            NotPossible: the rule has the most triggers.
        """
        new = id or self.change.part_id()

        def changed(before: AlertRule, account: Account) -> AlertRule:
            if any(each.id == new for each in before.triggers):
                return before
            return _with_one_more(before, self._trigger(before, new, body, account))

        after = self.change.edit(caller, rule, changed, if_match)
        return SavedTrigger(after, _part(after.triggers, new, "trigger"))

    def patch_trigger(
        self, caller: Principal, rule: str, id: str, patch: Mapping[str, Any], if_match: str | None = None
    ) -> SavedTrigger:
        """Apply a JSON merge patch to a trigger; what comes of it is judged."""

        def changed(before: AlertRule, account: Account) -> AlertRule:
            present = _part(before.triggers, id, "trigger")
            trigger = self._trigger(before, id, merged(trigger_fields(present), patch), account)
            if replace(trigger, out_of_scope=present.out_of_scope) == present:
                return before
            return replace(before, triggers=_replaced(before.triggers, trigger))

        after = self.change.edit(caller, rule, changed, if_match)
        return SavedTrigger(after, _part(after.triggers, id, "trigger"))

    def delete_trigger(self, caller: Principal, rule: str, id: str, if_match: str | None = None) -> AlertRule:
        """Delete a trigger."""

        def changed(before: AlertRule, account: Account) -> AlertRule:
            gone = _part(before.triggers, id, "trigger")
            return replace(before, triggers=tuple(each for each in before.triggers if each is not gone))

        return self.change.edit(caller, rule, changed, if_match)

    def with_trigger(self, caller: Principal, rule: str, id: str, body: Mapping[str, Any]) -> AlertRule:
        """Return a rule as a new or changed trigger would make it, for a backtest. Nothing is written.

        Args:
            id: of the trigger that `body` replaces; if the rule has none such, it would be added.

        Raises:
            Forbidden, NotFound, InvalidRequest, NotPossible: as if it were saved.
        """

        def changed(before: AlertRule, account: Account) -> AlertRule:
            trigger = self._trigger(before, id, body, account)
            if any(each.id == id for each in before.triggers):
                return replace(before, triggers=_replaced(before.triggers, trigger))
            return _with_one_more(before, trigger)

        return self.change.draft(caller, rule, changed)

    def _trigger(self, rule: AlertRule, id: str, body: Mapping[str, Any], account: Account) -> RuleTrigger:
        return trigger_of(rule.type, id, self.read_trigger(rule.type, body), account.names)

    # --- notifications --------------------------------------------------------------------------------------------

    def action(self, caller: Principal, rule: str, id: str) -> SavedAction:
        """Return a notification. Raises Forbidden, NotFound."""
        found = self.change.read.one(caller, rule)
        return SavedAction(found, _part(found.actions, id, "notification"))

    def add_action(
        self,
        caller: Principal,
        rule: str,
        body: Mapping[str, Any],
        *,
        id: str | None = None,
        if_match: str | None = None,
    ) -> SavedAction:
        """Add a notification; `id` as for triggers.

        Raises:
            NotPossible: the rule has the most notifications.
        """
        new = id or self.change.part_id()

        def changed(before: AlertRule, account: Account) -> AlertRule:
            if any(each.id == new for each in before.actions):
                return before
            action = self.new_action(self.read_action(body), id=new)
            if len(before.actions) >= limits.ACTIONS:
                raise NotPossible(f"a rule has at most {limits.ACTIONS} notifications")
            return replace(before, actions=(*before.actions, action))

        after = self.change.edit(caller, rule, changed, if_match)
        return SavedAction(after, _part(after.actions, new, "notification"))

    def patch_action(
        self, caller: Principal, rule: str, id: str, patch: Mapping[str, Any], if_match: str | None = None
    ) -> SavedAction:
        """Apply a JSON merge patch to a notification. Secrets that it does not write stay, unless its host changes.

        Raises:
            Immutable: the patch changes the type.
        """
        cleared: tuple[str, ...] = ()

        def changed(before: AlertRule, account: Account) -> AlertRule:
            nonlocal cleared
            present = _part(before.actions, id, "notification")
            check_same_type(ACTION_TYPE[type(present)], patch)
            action = action_of(id, self.read_action(merged(action_fields(present), patch)))
            if isinstance(action, WebhookAction) and isinstance(present, WebhookAction):
                saved = _with_secrets(present, action)
                action, cleared = saved.action, saved.cleared
            return replace(before, actions=_replaced(before.actions, action))

        after = self.change.edit(caller, rule, changed, if_match)
        return SavedAction(after, _part(after.actions, id, "notification"), cleared)

    def toggle(
        self, caller: Principal, rule: str, ids: Sequence[str], *, enabled: bool, if_match: str | None = None
    ) -> AlertRule:
        """Enable or disable some notifications, all or none.

        Raises:
            WrongState: a webhook among them lacks a secret.
        """

        def changed(before: AlertRule, account: Account) -> AlertRule:
            _check_ids(before, ids)
            return toggled(before, ids, enabled=enabled)

        return self.change.edit(caller, rule, changed, if_match)

    def delete_actions(
        self, caller: Principal, rule: str, ids: Sequence[str], if_match: str | None = None
    ) -> AlertRule:
        """Delete some notifications, all or none."""

        def changed(before: AlertRule, account: Account) -> AlertRule:
            _check_ids(before, ids)
            return without_actions(before, ids)

        return self.change.edit(caller, rule, changed, if_match)

    def new_action(self, fields: Fields, pointer: str = "", id: str | None = None) -> RuleAction:
        """Return a new notification. Raises InvalidRequest for a mask in the place of a secret."""
        action = action_of(id or self.change.part_id(), fields)
        return _with_secrets(None, action, pointer).action if isinstance(action, WebhookAction) else action


def _with_secrets(before: WebhookAction | None, after: WebhookAction, pointer: str = "") -> SavedWebhook:
    try:
        return with_kept_secrets(before, after)
    except NoSecret as error:
        said = "there is no value to keep; write it"
        raise InvalidRequest([Fault(f"{pointer}/headers/{error.index}", "REQUIRED", said)]) from error


def _part(parts: Sequence[Part], id: str, what: str) -> Part:
    found = next((part for part in parts if part.id == id), None)
    if found is None:
        raise NotFound(what)
    return found


def _with_one_more(rule: AlertRule, trigger: RuleTrigger) -> AlertRule:
    if len(rule.triggers) >= limits.TRIGGERS:
        raise NotPossible(f"a rule has at most {limits.TRIGGERS} triggers")
    return replace(rule, triggers=(*rule.triggers, trigger))


def _replaced(parts: tuple[Part, ...], part: Part) -> tuple[Part, ...]:
    return tuple(part if each.id == part.id else each for each in parts)


def _check_ids(rule: AlertRule, ids: Sequence[str]) -> None:
    if not ids:
        raise InvalidRequest([Fault("/ids", "REQUIRED", "name at least one notification")])
    if unknown := unknown_actions(rule, ids):
        raise NotFound("notification " + ", ".join(unknown))
