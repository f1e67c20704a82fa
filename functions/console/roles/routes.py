"""Roles: the list, one role with the people who have it, and the form of an account's own roles."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chalice.app import Blueprint, Response

from console.drafting import Drafting
from console.faults import NOTHING_STOPS, FaultsShown, Stops, at_fields, unconfirmed
from console.people_words import PERMISSIONS, SCOPES, shown_role
from console.site import Site
from console.visit import Form, Visit
from tocsin.directory.application.delete_thing import DeleteThing
from tocsin.directory.application.read_directory import ReadDirectory
from tocsin.directory.application.write_directory import WriteDirectory
from tocsin.directory.domain.authority import in_reach, may_read
from tocsin.directory.domain.fields import chosen
from tocsin.directory.domain.things import Kind
from tocsin.identity.domain.grants import exceeds
from tocsin.identity.domain.permissions import CUSTOM, Permission, Reach, SystemRole
from tocsin.identity.domain.role import Role, Scope, ScopeKind, system_role
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.errors import (
    AlreadyExists,
    ConfirmFirst,
    ExceedsYours,
    Fault,
    InUse,
    InvalidRequest,
    NotPossible,
    PreconditionFailed,
)
from tocsin.kernel.domain.ids import TenantId

PEOPLE_SHOWN = 50
"""Most people that the page of a role names."""

_NEW = "roles/new"
_CHANGE = (Permission.PEOPLE_MANAGE, Reach.ALL)
_REFUSALS = (InvalidRequest, AlreadyExists, ConfirmFirst, ExceedsYours, InUse, NotPossible, PreconditionFailed)
"""What a form is told at its fields."""


@dataclass(frozen=True, slots=True)
class RolePages:
    """What these pages need of the core."""

    read: ReadDirectory
    write: WriteDirectory
    delete: DeleteThing
    drafting: Drafting


def role_routes(site: Site, use: RolePages) -> Blueprint:
    """Return the routes of roles. Every change asks for a fresh proof."""
    routes = Blueprint(__name__)

    @site.page(routes, "roles", Permission.PEOPLE_READ)
    def roles(visit: Visit) -> Response:
        may_read(visit.principal, Kind.ROLE)
        rows = [shown_role(role) for role in roles_of(use.read, visit.principal.tenant)]
        return site.show(visit, "roles/list", rows=rows, may_change=visit.may(*_CHANGE))

    @site.page(routes, _NEW, Permission.PEOPLE_MANAGE, posts=True, reach=Reach.ALL)
    def new_role(visit: Visit) -> Response:
        if (proof := use.drafting.to_proof(visit, _NEW)) is not None:
            return proof
        if visit.call.method == "POST":
            return _make(site, use, visit)
        return _form(site, visit, use.drafting.take(visit, _NEW))

    @site.page(routes, "roles/{role_id}", Permission.PEOPLE_READ, posts=True)
    def role(visit: Visit, role_id: str) -> Response:
        found = use.read.one(visit.principal, Kind.ROLE, role_id)
        assert isinstance(found, Role)
        form = f"roles/{found.id}"
        if visit.call.method == "GET":
            return _role(site, use, visit, found, use.drafting.take(visit, form))
        visit.principal.need(*_CHANGE)
        if (proof := use.drafting.to_proof(visit, form)) is not None:
            return proof
        return _act(site, use, visit, found)

    return routes


def roles_of(read: ReadDirectory, tenant: TenantId) -> list[Role]:
    """Return the system roles, then those of the account by name."""
    own = [each for each in read.directory.all(tenant, Kind.ROLE) if isinstance(each, Role)]
    return [
        *(system_role(tenant, role) for role in SystemRole),
        *sorted(own, key=lambda role: role.name.casefold()),
    ]


def _make(site: Site, use: RolePages, visit: Visit) -> Response:
    """Make a role. The form's own `once` makes a second click find the role of the first."""
    once = hashlib.sha256(f"{visit.principal.actor}|{visit.form.get('once')}".encode()).hexdigest()[:32]
    try:
        made = use.write.create(visit.principal, Kind.ROLE, _body(visit.form), once)
    except _REFUSALS as error:
        return _form(site, visit, visit.form, _faults(error))
    return visit.go(f"roles/{made.id}", said="made")


def _act(site: Site, use: RolePages, visit: Visit, role: Role) -> Response:
    deletes = visit.form.get("act") == "delete"
    try:
        if not deletes:
            version = visit.form.get("version")
            confirm = visit.form.get("confirm") or None
            use.write.change(visit.principal, Kind.ROLE, role.id, _body(visit.form), f'"{version}"', confirm)
            return visit.go(f"roles/{role.id}", said="saved")
        if not visit.form.ticked("sure"):
            raise NotPossible("Nothing was deleted. Tick the box first.")
        use.delete(visit.principal, Kind.ROLE, role.id)
        return visit.go("roles", said="deleted")
    except _REFUSALS as error:
        typed = Form() if deletes else visit.form
        return _role(site, use, visit, role, typed, _faults(error), Stops.of(error))


def _faults(error: Exception) -> Sequence[Fault]:
    """Return a refusal at the fields of the form."""
    match error:
        case InvalidRequest():
            return at_fields(error.faults)
        case AlreadyExists():
            return [Fault("name", error.code, "Another role of the account has this name.")]
        case ExceedsYours():
            return [Fault("permissions", error.code, "You cannot give a permission that you do not have yourself.")]
        case PreconditionFailed():
            sentence = "The role was changed meanwhile. Look at its present state, then save again."
            return [Fault("", error.code, sentence)]
        case ConfirmFirst():
            return [unconfirmed(error)]
        case InUse():
            return [Fault("", error.code, "People have this role. Give them another one first.")]
    return [Fault("", "NOT_POSSIBLE", str(error))]


def _body(form: Form) -> dict[str, Any]:
    return {
        "name": " ".join(form.get("name").split()),
        "permissions": form.all("permission"),
        "scopes": {kind.value: form.get(f"scope-{kind}", Scope.OWN.value) for kind in ScopeKind},
    }


def _form(site: Site, visit: Visit, form: Form, faults: Sequence[Fault] = ()) -> Response:
    return site.show(
        visit,
        "roles/new",
        422 if faults else 200,
        form=form,
        once=form.get("once") or secrets.token_hex(16),
        faults=FaultsShown(faults),
        **_choices(visit),
    )


def _role(
    site: Site,
    use: RolePages,
    visit: Visit,
    role: Role,
    typed: Form,
    faults: Sequence[Fault] = (),
    stops: Stops = NOTHING_STOPS,
) -> Response:
    stands: dict[str, list[str]] = {"name": [role.name], "permission": chosen(role), "version": [str(role.version)]}
    stands |= {f"scope-{kind}": [role.scopes.get(kind, Scope.OWN).value] for kind in ScopeKind}
    people = _people_with(use, visit, role)
    beyond = bool(exceeds(visit.principal, role, frozenset()))
    return site.show(
        visit,
        "roles/one",
        422 if faults else 200,
        it=shown_role(role),
        form=typed if typed.values else Form(stands),
        version=role.version,
        people=people[:PEOPLE_SHOWN],
        more=max(0, len(people) - PEOPLE_SHOWN),
        may_change=visit.may(*_CHANGE) and not role.system and not beyond,
        beyond=beyond,
        stops=stops,
        faults=FaultsShown(faults),
        **_choices(visit),
    )


def _people_with(use: RolePages, visit: Visit, role: Role) -> list[tuple[str, str]]:
    """Return id and name of those who have a role, as far as the visitor may see people."""
    reach = may_read(visit.principal, Kind.USER)
    people = use.read.directory.all(visit.principal.tenant, Kind.USER)
    found = [
        (user.id, user.name)
        for user in people
        if isinstance(user, User) and user.role == role.id and in_reach(visit.principal, user, reach)
    ]
    return sorted(found, key=lambda row: row[1].casefold())


def _choices(visit: Visit) -> dict[str, Any]:
    """Return what the visitor can give: no permission and no scope that they do not have."""
    mine = visit.principal.role
    scopes = {} if mine is None else mine.scopes
    return {
        "permissions": [
            (permission.value, word[:1].upper() + word[1:])
            for permission, word in PERMISSIONS.items()
            if permission in CUSTOM and visit.may(permission, Reach.ALL)
        ],
        "scopes": [(f"scope-{kind}", SCOPES[kind], scopes.get(kind) is Scope.ALL) for kind in ScopeKind],
    }
