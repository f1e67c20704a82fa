"""Routes of the parts of a rule: one trigger, one notification, each with its form."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from chalice.app import Blueprint, Response

from console.faults import FaultsShown
from console.rules import action_form, trigger_form
from console.rules.past import PastDays
from console.rules.refusals import REFUSALS, differences, faults_of
from console.rules.words import ACTIONS, TYPES
from console.site import Site
from console.visit import Form, Visit
from tocsin.alert_rules.application.account import Account
from tocsin.alert_rules.application.manage_rules import ManageRules
from tocsin.alert_rules.application.sample_requests import SampleRequests
from tocsin.alert_rules.domain.actions import ACTION_TYPE, RuleAction, WebhookAction
from tocsin.alert_rules.domain.fields import action_of
from tocsin.alert_rules.domain.placeholders import NAMES
from tocsin.alert_rules.domain.rights import RuleOperation
from tocsin.alert_rules.domain.rule import AlertRule
from tocsin.identity.domain.permissions import Permission
from tocsin.kernel.domain.errors import Fault, InvalidRequest, NotFound, PreconditionFailed
from tocsin.kernel.domain.ids import TenantId

NEW = "new"
"""Stands in the address for a part that is not made yet."""


@dataclass(frozen=True, slots=True)
class PartPages:
    """What these pages need of the core.

    Attributes:
        account_zone: IANA name of the zone of an account.
    """

    manage: ManageRules
    sample_requests: SampleRequests
    account_zone: Callable[[TenantId], str]
    past: PastDays


def part_routes(site: Site, use: PartPages) -> Blueprint:
    """Return the routes of triggers and notifications. Only editors of a rule come here."""
    routes = Blueprint(__name__)

    @site.page(routes, "rules/{rule_id}/triggers/{trigger_id}", Permission.RULES_OWN, posts=True)
    def trigger(visit: Visit, rule_id: str, trigger_id: str) -> Response:
        rule = use.manage.change.read.one(visit.principal, rule_id, RuleOperation.EDIT)
        if visit.call.method == "GET":
            return _trigger(site, use, visit, rule, trigger_id)
        return _save_trigger(site, use, visit, rule, trigger_id)

    @site.page(routes, "rules/{rule_id}/notifications/{notification_id}", Permission.RULES_OWN, posts=True)
    def notification(visit: Visit, rule_id: str, notification_id: str) -> Response:
        rule = use.manage.change.read.one(visit.principal, rule_id, RuleOperation.EDIT)
        action = _action_of_rule(rule, notification_id)
        kind = visit.query.get("type", "") if action is None else ACTION_TYPE[type(action)]
        if kind not in ACTIONS:
            raise NotFound("kind of notification")
        if visit.call.method == "GET":
            return _notification(site, use, visit, rule, action, kind)
        if visit.form.get("part") == "plan":
            values = _example(use, rule, visit.form)
            return site.show_part(visit, "rules/example", **values)
        return _save_notification(site, use, visit, rule, action, kind)

    return routes


def _trigger(
    site: Site,
    use: PartPages,
    visit: Visit,
    rule: AlertRule,
    id: str,
    typed: Form | None = None,
    faults: Sequence[Fault] = (),
    *,
    lost: bool = False,
    past: dict[str, Any] | None = None,
) -> Response:
    present = None if id == NEW else next((each for each in rule.triggers if each.id == id), None)
    if present is None and id != NEW:
        raise NotFound("trigger")
    stands = Form() if present is None else trigger_form.standing(present)
    form = stands if typed is None else typed
    account, sight = _account_of(use, rule)
    return site.show(
        visit,
        "rules/trigger",
        409 if lost else 422 if faults else 200,
        rule=rule,
        kind=rule.type.value,
        type=TYPES[rule.type],
        id=id,
        form=form,
        pickers=trigger_form.pickers(form, rule.type, account, sight),
        hours=trigger_form.hours_rows(form),
        days=trigger_form.days(),
        zone_of_account=use.account_zone(rule.tenant),
        version=rule.version if lost or typed is None else typed.get("version"),
        stopped=present is not None and present.out_of_scope,
        lost=differences(trigger_form.LABELS, stands, form) if lost else None,
        past=past,
        faults=FaultsShown(faults),
    )


def _save_trigger(site: Site, use: PartPages, visit: Visit, rule: AlertRule, id: str) -> Response:
    form, who, parts = visit.form, visit.principal, use.manage.parts
    match = f'"{form.get("version")}"'
    try:
        if form.get("act") == "delete":
            parts.delete_trigger(who, rule.id, id, match)
            return visit.go(f"rules/{rule.id}", said="deleted")
        if form.get("act") == "try":
            tried = parts.with_trigger(who, rule.id, id, trigger_form.body_of(form, rule.type))
            return _trigger(site, use, visit, rule, id, form, past=use.past.of(tried, visit.now))
        if id == NEW:
            parts.add_trigger(who, rule.id, trigger_form.body_of(form, rule.type), if_match=match)
        else:
            parts.patch_trigger(who, rule.id, id, trigger_form.patch_of(form, rule.type), match)
    except REFUSALS as error:
        now = use.manage.change.read.one(who, rule.id, RuleOperation.EDIT)
        faults, lost = faults_of(error, trigger_form.LABELS), isinstance(error, PreconditionFailed)
        return _trigger(site, use, visit, now, id, form, faults, lost=lost)
    return visit.go(f"rules/{rule.id}", said="saved")


def _account_of(use: PartPages, rule: AlertRule) -> tuple[Account, frozenset[str] | None]:
    account = use.manage.change.account(rule.tenant)
    return account, use.manage.change.account.sight_of_owner(account, rule)


def _action_of_rule(rule: AlertRule, id: str) -> RuleAction | None:
    found = next((each for each in rule.actions if each.id == id), None)
    if found is None and id != NEW:
        raise NotFound("notification")
    return found


def _notification(
    site: Site,
    use: PartPages,
    visit: Visit,
    rule: AlertRule,
    action: RuleAction | None,
    kind: str,
    typed: Form | None = None,
    faults: Sequence[Fault] = (),
    *,
    lost: bool = False,
) -> Response:
    stands = Form({"enabled": ["on"]}) if action is None else action_form.standing(action)
    form = stands if typed is None else typed
    labels = action_form.LABELS[kind]
    return site.show(
        visit,
        "rules/notification",
        409 if lost else 422 if faults else 200,
        rule=rule,
        id=NEW if action is None else action.id,
        kind=kind,
        word=ACTIONS[kind],
        form=form,
        senders=_senders(use, rule) if kind == "sms" else [],
        headers=action_form.header_rows(form, action),
        presets=action_form.presets(),
        placeholders=sorted(NAMES),
        missing=action.secret_missing if isinstance(action, WebhookAction) else [],
        version=rule.version if lost or typed is None else typed.get("version"),
        lost=differences(labels, stands, action_form.typed(form, kind)) if lost else None,
        faults=FaultsShown(faults),
        **(_example(use, rule, form) if kind == "webhook" else {}),
        estimate=None if action is None else use.sample_requests.estimates(rule, [action]).get(action.id),
    )


def _senders(use: PartPages, rule: AlertRule) -> list[tuple[str, str]]:
    known = use.manage.change.account(rule.tenant).known.sms_numbers
    return [(number, number) for number in sorted(known)]


def _save_notification(
    site: Site, use: PartPages, visit: Visit, rule: AlertRule, action: RuleAction | None, kind: str
) -> Response:
    form, who, parts = visit.form, visit.principal, use.manage.parts
    match, said = f'"{form.get("version")}"', "saved"
    try:
        if form.get("act") == "delete" and action is not None:
            parts.delete_actions(who, rule.id, [action.id], match)
            said = "deleted"
        elif action is None:
            parts.add_action(who, rule.id, action_form.body_of(form, kind), if_match=match)
        else:
            saved = parts.patch_action(who, rule.id, action.id, action_form.body_of(form, kind), match)
            said = "values-cleared" if saved.cleared else said
    except REFUSALS as error:
        now = use.manage.change.read.one(who, rule.id, RuleOperation.EDIT)
        lost = isinstance(error, PreconditionFailed)
        present = None if action is None else _action_of_rule(now, action.id)
        faults = faults_of(error, action_form.LABELS[kind])
        return _notification(site, use, visit, now, present, kind, form, faults, lost=lost)
    return visit.go(f"rules/{rule.id}", said=said)


def _example(use: PartPages, rule: AlertRule, form: Form) -> dict[str, Any]:
    """Return the request that the webhook of the form makes of an event for which the rule waits."""
    body: dict[str, Any] = action_form.body_of(form, "webhook")
    try:
        written = action_of("", use.manage.parts.read_action(body))
    except InvalidRequest:
        return {"example": None, "example_body": None}
    assert isinstance(written, WebhookAction)
    found = use.sample_requests.of(rule, written)
    shown = None if found.body is None else json.dumps(found.body, indent=2, ensure_ascii=False)
    return {"example": found, "example_body": shown}
