"""Rows of alert rules: what people write is sealed, and secrets of webhooks are sealed apart from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from tocsin.adapters.dynamodb.alert_rules.keys import rule_key
from tocsin.adapters.dynamodb.identity.made import made_attributes, made_of
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import expiry, key, number, time, time_of, time_or_none
from tocsin.adapters.dynamodb.table.sealing import seal, unseal
from tocsin.alert_rules.domain.actions import RuleAction, WebhookAction
from tocsin.alert_rules.domain.facts import AccountNames
from tocsin.alert_rules.domain.fields import (
    action_fields,
    action_of,
    head_fields,
    options_of,
    trigger_fields,
    trigger_of,
)
from tocsin.alert_rules.domain.rule import KEPT_FOR, AlertRule
from tocsin.alert_rules.domain.triggers import RuleTrigger, RuleType
from tocsin.kernel.domain.ids import TenantId, UserId
from tocsin.kernel.ports import Sealer

SECRETS = "keys"
"""The attribute that holds the secrets of a rule's webhooks."""

_CANONICAL = AccountNames()
"""Stored filters are in the form in which they are compared: no name is looked up again."""


def is_rule(row: Item) -> bool:
    """Whether a row holds a rule, an earlier version of one, or a backtest of one."""
    pk, sk = row["pk"]["S"], row["sk"]["S"]
    return pk.endswith(("#RULES", "#BT")) or ("#R#" in pk and sk.startswith("V#"))


def version_key(tenant: TenantId, id: str, version: int) -> Item:
    """Return the row key of an earlier version of a rule."""
    return key(one_rule_pk(tenant, id), f"V#{version:06}")


def backtest_key(tenant: TenantId, id: str) -> Item:
    """Return the row key of a backtest."""
    return key(f"T#{tenant}#BT", id)


def one_rule_pk(tenant: TenantId, id: str) -> str:
    """Return the partition of what belongs to one rule: its versions and runs."""
    return f"T#{tenant}#R#{id}"


def row_of(sealer: Sealer, rule: AlertRule, row_key: Item | None = None) -> Item:
    """Return the row of a rule. A deleted one ends after KEPT_FOR."""
    row = (row_key or rule_key(rule.tenant, rule.id)) | {
        "type": {"S": rule.type.value},
        "owner": {"S": rule.owner},
        "on": {"BOOL": rule.enabled},
        "v": number(rule.version),
        "created": time(rule.created_at),
        "since": time(rule.counts_from),
    }
    row |= made_attributes(rule.made)
    if rule.deleted_at is not None:
        row |= {"gone": time(rule.deleted_at)} | expiry(rule.deleted_at + KEPT_FOR)
    secrets = {action.id: _secrets(action) for action in _webhooks(rule) if any(_secrets(action))}
    if secrets:
        row |= seal(sealer, rule.tenant, row, secrets, SECRETS)
    return row | seal(sealer, rule.tenant, row, _written(rule))


def rule_of(sealer: Sealer, tenant: TenantId, id: str, row: Item) -> AlertRule:
    """Return the rule of a row."""
    type, written = RuleType(row["type"]["S"]), unseal(sealer, tenant, row)
    secrets = unseal(sealer, tenant, row, SECRETS) if SECRETS in row else {}
    return AlertRule(
        tenant=tenant,
        id=id,
        name=written["name"],
        description=written["description"],
        type=type,
        owner=UserId(row["owner"]["S"]),
        made=made_of(row),
        enabled=row["on"]["BOOL"],
        options=options_of(written["options"]),
        triggers=tuple(_trigger(type, each) for each in written["triggers"]),
        actions=tuple(_action(each, secrets.get(each["id"], ())) for each in written["actions"]),
        sight=None if written["sight"] is None else frozenset(written["sight"]),
        created_at=time_of(row, "created"),
        counts_from=time_of(row, "since"),
        version=int(row["v"]["N"]),
        deleted_at=time_or_none(row, "gone"),
    )


def _written(rule: AlertRule) -> dict[str, Any]:
    head = head_fields(rule)
    return {
        "name": head["name"],
        "description": head["description"],
        "options": head["options"],
        "triggers": [{"id": each.id, "out": each.out_of_scope, **trigger_fields(each)} for each in rule.triggers],
        "actions": [{"id": each.id, **action_fields(each)} for each in rule.actions],
        "sight": None if rule.sight is None else sorted(rule.sight),
    }


def _trigger(type: RuleType, written: Mapping[str, Any]) -> RuleTrigger:
    trigger = trigger_of(type, written["id"], written, _CANONICAL)
    return replace(trigger, out_of_scope=written["out"])


def _action(written: Mapping[str, Any], secrets: list[str | None]) -> RuleAction:
    action = action_of(written["id"], written)
    if not isinstance(action, WebhookAction):
        return action
    known = secrets or [None] * len(action.headers)
    headers = (replace(header, secret=secret) for header, secret in zip(action.headers, known, strict=True))
    return replace(action, headers=tuple(headers))


def _webhooks(rule: AlertRule) -> Iterator[WebhookAction]:
    return (action for action in rule.actions if isinstance(action, WebhookAction))


def _secrets(action: WebhookAction) -> list[str | None]:
    return [header.secret for header in action.headers]
