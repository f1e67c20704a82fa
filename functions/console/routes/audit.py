"""The audit log: who did what, when, and what was different before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from chalice.app import Blueprint, Response

from console.audit_words import ACTIONS, KINDS, told
from console.faults import FaultsShown
from console.site import Site
from console.visit import Visit
from tocsin.audit.application.export_audit import ExportAudit
from tocsin.audit.domain.entry import AuditEntry
from tocsin.audit.ports import AuditPage, AuditQuery, AuditTrail
from tocsin.identity.domain.permissions import Permission, Reach
from tocsin.kernel.domain.errors import Fault
from tocsin.kernel.domain.ids import TenantId

PAGE = 50

_FILTERS = ("person", "thing", "action", "from", "to")
_MORE_ACTIONS = ("user.updated", "user.deleted", "role.created", "role.updated", "role.deleted")


@dataclass(frozen=True, slots=True)
class AuditPages:
    """What these pages need of the core.

    Attributes:
        roles: names of the account's own roles, by id.
    """

    trail: AuditTrail
    export: ExportAudit
    roles: Callable[[TenantId], Mapping[str, str]]


def audit_routes(site: Site, use: AuditPages) -> Blueprint:
    """Return the routes of the audit log."""
    routes = Blueprint(__name__)

    @site.page(routes, "audit", Permission.AUDIT, reach=Reach.ALL)
    def audit(visit: Visit) -> Response:
        query, faults = _query(visit)
        tenant = visit.principal.tenant
        page = AuditPage([], None)
        if not faults:
            page = use.trail.read(tenant, query, PAGE, visit.query.get("cursor") or None, visit.now)
        roles = use.roles(tenant) if page.entries else {}
        given = {name: visit.query.get(name, "") for name in _FILTERS}
        return site.show(
            visit,
            "audit",
            rows=[_row(entry, roles) for entry in page.entries],
            next=page.next,
            given=given,
            only=_only(query, page.entries[0] if page.entries else None, roles),
            kinds=[(kind, _kind(kind)) for kind in sorted(KINDS, key=_kind)],
            actions=[(action, _action(action)) for action in sorted([*ACTIONS, *_MORE_ACTIONS])],
            faults=FaultsShown(faults),
        )

    @site.page(routes, "audit/export.csv", Permission.AUDIT, reach=Reach.ALL)
    def export(visit: Visit) -> Response:
        query, faults = _query(visit)
        if faults:
            return visit.go("audit", **{name: visit.query.get(name) for name in _FILTERS})
        table = use.export(visit.principal.tenant, query, visit.query.get("cursor") or None)
        headers: dict[str, str | list[str]] = {
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": f'attachment; filename="audit-{visit.now:%Y-%m-%d}.csv"',
        }
        if table.next is not None:
            given = {name: visit.query.get(name) for name in _FILTERS}
            headers["Link"] = f'<{visit.link("audit/export.csv", **given, cursor=table.next)}>; rel="next"'
        return Response(table.text, headers, 200)

    return routes


def _query(visit: Visit) -> tuple[AuditQuery, list[Fault]]:
    """Return the filter of the address. Days are whole days in the person's zone, both included."""
    since, until, faults = visit.span()
    query = AuditQuery(
        person=visit.query.get("person") or None,
        thing=visit.query.get("thing") or None,
        action=visit.query.get("action") or None,
        since=since,
        until=until,
    )
    return query, faults


def _row(entry: AuditEntry, roles: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": entry.id,
        "at": entry.at,
        "person": str(entry.who),
        "thing": f"{entry.thing.kind}:{entry.thing.id}",
        "via": entry.via.value,
        "told": told(entry, roles),
    }


def _only(query: AuditQuery, first: AuditEntry | None, roles: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the filters that come from links: name of the filter, and what it means in words."""
    found = []
    if query.person is not None:
        found.append(("person", told(first, roles).who if first else query.person))
    if query.thing is not None and ":" in query.thing:
        found.append(("thing", first.thing.name or first.thing.id if first else query.thing))
    return found


def _kind(kind: str) -> str:
    return {"": "people"}.get(KINDS[kind], KINDS[kind].removeprefix("the ") + "s").capitalize()


def _action(action: str) -> str:
    if action in ACTIONS:
        return ACTIONS[action].replace("{}", f"a {_one(action)}").capitalize()
    return f"{_one(action)} {action.partition('.')[2]}".capitalize()


def _one(action: str) -> str:
    kind = action.partition(".")[0]
    return {"user": "person", "api_key": "key", "phone_number": "number"}.get(kind, kind)
