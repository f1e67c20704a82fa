"""Pages that are the same for contact groups and other stored content: delete, rename, copy."""

from __future__ import annotations

from collections.abc import Collection

from chalice.app import Blueprint, Response

from console.composing.prefill import called
from console.faults import FaultsShown
from console.site import Site
from console.stores import AccountStores, name_of
from console.visit import Visit
from tocsin.identity.domain.permissions import Permission
from tocsin.kernel.domain.errors import InvalidRequest
from tocsin.stored_content.domain.stored_content import ContentType


def store_routes(site: Site, stores: AccountStores, to: str, kinds: Collection[ContentType]) -> Blueprint:
    """Return the routes below one store.

    Args:
        to: the list that the stores are in, "groups" or "content".
        kinds: the types of that list.
    """
    routes = Blueprint(f"{__name__}.{to}")

    @site.page(routes, f"{to}/{{store_id}}/delete", Permission.ALERTS_SEND, posts=True)
    def delete(visit: Visit, store_id: str) -> Response:
        store, post = stores.one(visit, store_id, kinds), visit.call.method == "POST"
        if post:
            waiting = stores.delete(visit, store, end_waiting=visit.form.ticked("end_waiting"))
            if not waiting:
                return visit.go(to, said="deleted")
        else:
            waiting = stores.waiting(visit, store)
        values = {"store": store, "name": name_of(store), "waiting": waiting, "to": to}
        return site.show(visit, "stores/delete", 409 if post else 200, **values)

    @site.page(routes, f"{to}/{{store_id}}/rename", Permission.ALERTS_SEND, posts=True)
    def rename(visit: Visit, store_id: str) -> Response:
        store, faults = stores.one(visit, store_id, kinds), FaultsShown()
        typed = visit.form.get("name", name_of(store))
        if visit.call.method == "POST":
            try:
                stores.rename_to(visit, store, typed)
                return visit.go(f"{to}/{store_id}", said="saved")
            except InvalidRequest as error:
                faults = FaultsShown(error.faults)
        values = {"store": store, "name": name_of(store), "typed": typed, "faults": faults, "to": to}
        return site.show(visit, "stores/rename", 422 if faults.all else 200, **values)

    @site.page(routes, f"{to}/{{store_id}}/copy", Permission.ALERTS_SEND, posts=True)
    def copy(visit: Visit, store_id: str) -> Response:
        if visit.call.method == "GET":
            return visit.go(to)
        _, store = stores.of_key(visit, visit.form.get("key"), store_id, kinds)
        made = stores.copy(visit, store, called(store, "Copy"), visit.form.get("once"))
        return visit.go(f"{to}/{made}", said="copied")

    return routes
