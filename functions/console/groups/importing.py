"""People from a table: paste it, see what it adds and changes, then take it over."""

from __future__ import annotations

from chalice.app import Blueprint, Response

from console.groups.people_csv import TablePlan, plan_of
from console.groups.routes import GROUPS, GroupPages
from console.site import Site
from console.stores import name_of
from console.visit import Visit
from tocsin.identity.domain.permissions import Permission
from tocsin.kernel.domain.errors import PreconditionFailed, RequestTooLarge
from tocsin.stored_content.application.edit_group import MAX_CONTACTS, group_version
from tocsin.stored_content.application.read_stores import group_of
from tocsin.stored_content.domain.stored_content import StoredContent

SHOWN = 100
"""Most added people, and most changes, that the plan lists; it counts all."""


def import_routes(site: Site, use: GroupPages) -> Blueprint:
    """Return the route of the import."""
    routes = Blueprint(__name__)

    @site.page(routes, "groups/{store_id}/import", Permission.ALERTS_SEND, posts=True)
    def import_people(visit: Visit, store_id: str) -> Response:
        store = use.stores.one(visit, store_id, GROUPS)
        if visit.call.method == "GET":
            return _page(site, visit, store, "", None)
        table, group = visit.form.text("table"), group_of(store)
        plan = plan_of(table, group)
        if len(group.contacts) + len(plan.added) > MAX_CONTACTS:
            raise RequestTooLarge(MAX_CONTACTS, "people of a group", len(group.contacts) + len(plan.added))
        if plan.faults or visit.form.get("part") != "apply":
            return _page(site, visit, store, table, plan, status=422 if plan.faults else 200)
        version = visit.form.get("version")
        if plan.contacts and version != group_version(group):
            return _page(site, visit, store, table, plan, moved=True, status=412)
        if plan.contacts:
            use.stores.changed(visit, store, "imported", added=len(plan.added), changed=plan.changed)
            try:
                use.edit.put_contacts(visit.key(), store.store_id, plan.contacts, version)
            except PreconditionFailed:
                return _page(site, visit, store, table, plan, moved=True, status=412)
        return visit.go(f"groups/{store_id}", said="imported")

    return routes


def _page(
    site: Site,
    visit: Visit,
    store: StoredContent,
    table: str,
    plan: TablePlan | None,
    *,
    moved: bool = False,
    status: int = 200,
) -> Response:
    return site.show(
        visit,
        "groups/import",
        status,
        store=store,
        group=name_of(store),
        table=table,
        plan=plan,
        shown=SHOWN,
        moved=moved,
        version=group_version(group_of(store)),
    )
