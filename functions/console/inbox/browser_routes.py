"""The person's browsers that are pushed to."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from chalice.app import Blueprint, Response

from console.site import Site
from console.visit import Visit
from tocsin.browser_push.application.own_browsers import NewBrowser, OwnBrowsers
from tocsin.browser_push.domain.vapid import base64url, bytes_of
from tocsin.identity.domain.permissions import Permission
from tocsin.kernel.domain.errors import InvalidRequest, NotFound
from tocsin.preferences.application.manage_settings import ME, ManagePreferences

_PAGE = "me/browsers"
_ON = {"channels": {"browser": True}}
_FAULT = "The browser's push service is not one that Tocsin can push by."


def browser_routes(site: Site, own: Callable[[], OwnBrowsers], preferences: ManagePreferences) -> Blueprint:
    """Return the routes of browsers. Who adds one switches pushes on, also if they were off."""
    routes = Blueprint(__name__)

    @site.page(routes, _PAGE, Permission.SELF, posts=True)
    def browsers(visit: Visit) -> Response:
        if visit.call.method == "GET":
            return _page(site, own(), visit)
        if id := visit.form.get("remove"):
            with suppress(NotFound):  # a second click, or its push service removed it
                own().remove(visit.principal, id)
            return visit.go(_PAGE, said="removed")
        try:
            own().add(visit.principal, _new(visit))
        except InvalidRequest:
            return _page(site, own(), visit, [("", _FAULT)], 422)
        preferences.change(visit.principal, ME, _ON, lambda settings: None)
        return visit.go(_PAGE, said="browser-on")

    return routes


def _page(
    site: Site, own: OwnBrowsers, visit: Visit, faults: list[tuple[str, str]] | None = None, status: int = 200
) -> Response:
    values = {
        "browsers": own.list(visit.principal),
        "push_key": base64url(own.key(visit.principal)),
        "who": f"{visit.principal.tenant}.{visit.principal.actor.id}",
    }
    return site.show(visit, "me_browsers", status, faults=faults or [], **values)


def _new(visit: Visit) -> NewBrowser:
    form = visit.form
    return NewBrowser(
        endpoint=form.get("endpoint"),
        public_key=key_of(form.get("p256dh")),
        auth=key_of(form.get("auth")),
        details=form.ticked("details"),
        device=form.get("device"),
    )


def key_of(text: str) -> bytes:
    """Return a key as a browser writes it; empty if it is none."""
    try:
        return bytes_of(text)
    except ValueError:
        return b""
