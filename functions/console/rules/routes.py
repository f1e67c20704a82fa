"""Routes of alert rules: the lists, a new rule, one rule, its copy, its owner and its end."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chalice.app import Blueprint, Response

from console.faults import FaultsShown
from console.rules import head_form
from console.rules.listing import EXPORTS, list_page, menu_of_rule
from console.rules.past import PastDays
from console.rules.refusals import REFUSALS, differences, faults_of
from console.rules.words import ACTIONS, TYPES, names_of_things, shown_action, shown_trigger
from console.site import Site
from console.visit import Form, Visit
from tocsin.alert_rules.application.manage_rules import ManageRules
from tocsin.alert_rules.application.read_rules import ReadRules
from tocsin.alert_rules.domain.payload import entity
from tocsin.alert_rules.domain.rights import RuleOperation, check_may, may_edit
from tocsin.alert_rules.domain.rule import AlertRule
from tocsin.directory.domain.things import Kind
from tocsin.identity.domain.permissions import Permission
from tocsin.identity.domain.role import Scope, ScopeKind
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.errors import ConfirmFirst, Fault, InvalidRequest, PreconditionFailed, StaleWrite

NEW_LABELS = {"name": "Name", "description": "Description", "type": "Type", "owner": "Owner"}

_OWN = Permission.RULES_OWN


@dataclass(frozen=True, slots=True)
class RulePages:
    """What these pages need of the core."""

    manage: ManageRules
    past: PastDays

    @property
    def read(self) -> ReadRules:
        """Reads rules."""
        return self.manage.change.read


def rule_routes(site: Site, use: RulePages) -> Blueprint:
    """Return the routes of rules."""
    routes = Blueprint(__name__)

    @site.page(routes, "rules", _OWN)
    def rules(visit: Visit) -> Response:
        return list_page(site, use.read, visit)

    @site.page(routes, "rules/new", _OWN, posts=True)
    def new_rule(visit: Visit) -> Response:
        return _make(site, use, visit) if visit.call.method == "POST" else _new(site, use, visit, Form())

    @site.page(routes, "rules/{rule_id}", _OWN, posts=True)
    def rule(visit: Visit, rule_id: str) -> Response:
        found = use.read.one(visit.principal, rule_id)
        if visit.call.method == "GET" and visit.query.get("past"):
            check_may(visit.principal, RuleOperation.BACKTEST, found)
            return _rule(site, use, visit, found, past=use.past.of(found, visit.now))
        if visit.call.method == "GET":
            return _rule(site, use, visit, found)
        if visit.form.get("act") in ("on", "off", "delete"):
            return _act_on_selected(site, use, visit, found)
        return _save(site, use, visit, found)

    @site.page(routes, "rules/{rule_id}/copy", _OWN, posts=True)
    def copy_rule(visit: Visit, rule_id: str) -> Response:
        found = use.read.one(visit.principal, rule_id, RuleOperation.COPY)
        if visit.call.method == "GET":
            return _copy(site, visit, found)
        try:
            made = use.manage.copy(visit.principal, found.id, seed=visit.seed)
        except REFUSALS as error:
            return _copy(site, visit, found, faults_of(error, {}))
        return visit.go(f"rules/{made.rule.id}", said="rule-copied")

    @site.page(routes, "rules/{rule_id}/owner", _OWN, posts=True)
    def switch_owner(visit: Visit, rule_id: str) -> Response:
        found = use.read.one(visit.principal, rule_id, RuleOperation.GIVE)
        return _give(site, use, visit, found) if visit.call.method == "POST" else _owner(site, use, visit, found)

    @site.page(routes, "rules/{rule_id}/delete", _OWN, posts=True)
    def delete_rule(visit: Visit, rule_id: str) -> Response:
        found = use.read.one(visit.principal, rule_id, RuleOperation.DELETE)
        if visit.call.method == "GET":
            return site.show(visit, "rules/delete", it=found, moved=False)
        try:
            use.manage.delete(visit.principal, found.id, f'"{visit.form.get("version")}"')
        except (PreconditionFailed, StaleWrite):
            now = use.read.one(visit.principal, found.id, RuleOperation.DELETE)
            return site.show(visit, "rules/delete", 409, it=now, moved=True)
        return visit.go("rules", said="deleted")

    return routes


def _new(site: Site, use: RulePages, visit: Visit, form: Form, faults: Sequence[Fault] = ()) -> Response:
    role = visit.principal.role
    return site.show(
        visit,
        "rules/new",
        422 if faults else 200,
        form=form,
        once=form.get("once") or secrets.token_hex(16),
        types=[(type.value, word) for type, word in TYPES.items()],
        for_others=visit.may(Permission.RULES_ALL),
        edits_others=role is not None and all(role.scopes.get(kind) is Scope.ALL for kind in ScopeKind),
        faults=FaultsShown(faults),
    )


def _make(site: Site, use: RulePages, visit: Visit) -> Response:
    """Make a rule. The form's own `once` makes a second click find the rule of the first."""
    form = visit.form
    body = {
        "name": " ".join(form.get("name").split()),
        "description": form.text("description").strip(),
        "type": form.get("type"),
    }
    try:
        if form.get("owner"):
            body["owner"] = _person(use, visit, form.get("owner")).id
        made = use.manage.create(visit.principal, body, visit.seed)
    except REFUSALS as error:
        return _new(site, use, visit, form, faults_of(error, NEW_LABELS))
    return visit.go(f"rules/{made.id}", said="made")


def _rule(
    site: Site,
    use: RulePages,
    visit: Visit,
    rule: AlertRule,
    typed: Form | None = None,
    faults: Sequence[Fault] = (),
    *,
    lost: bool = False,
    past: dict[str, Any] | None = None,
) -> Response:
    names = names_of_things(use.manage.change.account(rule.tenant).things)
    stands = head_form.standing(rule)
    form = stands if typed is None else typed
    menu = menu_of_rule(visit.principal, rule)
    edits = may_edit(visit.principal, rule)
    return site.show(
        visit,
        "rules/one",
        409 if lost else 422 if faults else 200,
        it={"id": rule.id, "name": rule.name, "type": TYPES[rule.type], "kind": rule.type.value, "on": rule.enabled,
            "description": rule.description, "created_at": rule.created_at, "owner": names.get(rule.owner, "")},
        triggers=[shown_trigger(each, place, names) for place, each in enumerate(rule.triggers, 1)],
        actions=[shown_action(action) for action in rule.actions],
        kinds=list(ACTIONS.items()),
        # A form with a fault stays a form of the version that it was opened with: a change in between is still told.
        version=rule.version if lost or typed is None else typed.get("version"),
        form=form,
        spans=head_form.span_choices(form),
        throttled_by=head_form.throttled_by(),
        selected=visit.form.all("selected"),
        lost=differences(head_form.LABELS, stands, form) if lost else None,
        past=past,
        acts=[act for act in menu.acts if act[0] != "Edit"],
        absent=menu.absent,
        exports=EXPORTS,
        may_change=edits,
        faults=FaultsShown(faults),
    )  # fmt: skip


def _save(site: Site, use: RulePages, visit: Visit, rule: AlertRule) -> Response:
    form = visit.form
    try:
        patch = head_form.patch_of(form, rule.type)
        use.manage.patch(visit.principal, rule.id, patch, f'"{form.get("version")}"')
    except REFUSALS as error:
        now = use.read.one(visit.principal, rule.id)
        lost = isinstance(error, PreconditionFailed)
        return _rule(site, use, visit, now, form, faults_of(error, head_form.LABELS), lost=lost)
    return visit.go(f"rules/{rule.id}", said="saved")


def _act_on_selected(site: Site, use: RulePages, visit: Visit, rule: AlertRule) -> Response:
    """Turn the selected notifications on or off, or delete them: all or none."""
    parts, selected, act = use.manage.parts, visit.form.all("selected"), visit.form.get("act")
    match = f'"{visit.form.get("version")}"'
    try:
        if act == "delete":
            parts.delete_actions(visit.principal, rule.id, selected, match)
            return visit.go(f"rules/{rule.id}", said="deleted")
        parts.toggle(visit.principal, rule.id, selected, enabled=act == "on", if_match=match)
    except InvalidRequest:
        faults = [Fault("selected", "REQUIRED", "Tick at least one notification first.")]
        return _rule(site, use, visit, rule, None, faults)
    except REFUSALS as error:
        now = use.read.one(visit.principal, rule.id)
        return _rule(site, use, visit, now, None, faults_of(error, {}))
    return visit.go(f"rules/{rule.id}", said=f"turned-{act}")


def _copy(site: Site, visit: Visit, rule: AlertRule, faults: Sequence[Fault] = ()) -> Response:
    return site.show(
        visit,
        "rules/copy",
        422 if faults else 200,
        it=rule,
        with_values=may_edit(visit.principal, rule),
        once=secrets.token_hex(16),
        faults=FaultsShown(faults),
    )


def _owner(
    site: Site,
    use: RulePages,
    visit: Visit,
    rule: AlertRule,
    faults: Sequence[Fault] = (),
    stopped: Sequence[str] = (),
    confirm: str = "",
) -> Response:
    owner = use.read.directory.get(rule.tenant, Kind.USER, rule.owner)
    return site.show(
        visit,
        "rules/owner",
        422 if faults else 200,
        it=rule,
        owner=owner.name if isinstance(owner, User) else "one who is gone",
        form=visit.form,
        stopped=stopped,
        confirm=confirm,
        faults=FaultsShown(faults),
    )


def _give(site: Site, use: RulePages, visit: Visit, rule: AlertRule) -> Response:
    form = visit.form
    try:
        to = _person(use, visit, form.get("owner"))
        use.manage.give(visit.principal, rule.id, to.id, form.get("confirm") or None)
    except ConfirmFirst as error:
        stopped = [entity(trigger, rule) for trigger in rule.triggers if trigger.id in error.ids]
        return _owner(site, use, visit, rule, (), stopped, error.confirm)
    except REFUSALS as error:
        return _owner(site, use, visit, rule, faults_of(error, NEW_LABELS))
    return visit.go("rules", said="owner")


def _person(use: RulePages, visit: Visit, typed: str) -> User:
    found: Any = use.read.directory.by_natural_key(visit.principal.tenant, Kind.USER, typed) if typed else None
    if not isinstance(found, User):
        said = f"no person of the account has the address “{typed}”" if typed else "say whose it will be"
        raise InvalidRequest([Fault("/owner", "NO_SUCH_THING", said)])
    return found
