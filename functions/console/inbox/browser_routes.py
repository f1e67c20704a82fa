"""The person's browsers that are pushed to, and the service worker that shows pushes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from chalice.app import Blueprint, Response

from console.assets import ASSETS
from console.rendering import ROOT
from console.site import Site
from console.visit import Visit
from tocsin.browser_push.application.own_browsers import NewBrowser, OwnBrowsers
from tocsin.browser_push.domain.vapid import base64url, bytes_of
from tocsin.identity.domain.permissions import Permission
from tocsin.kernel.domain.errors import InvalidRequest, NotFound

_PAGE = "me/browsers"
_FAULT = "The browser's push service is not one that Tocsin can push by."


def browser_routes(site: Site, own: Callable[[], OwnBrowsers]) -> Blueprint:
    """Return the routes of browsers."""
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
        return visit.go(_PAGE, said="browser-on")

    return routes


def worker_routes() -> Blueprint:
    """Return the route of the service worker. Its scope is its folder: the console, under any prefix."""
    routes = Blueprint(f"{__name__}.worker")

    @routes.route(f"/{ROOT}/sw.js", methods=["GET"])
    def worker() -> Response:
        headers: dict[str, str | list[str]] = {
            "Content-Type": "text/javascript; charset=utf-8",
            "Cache-Control": "no-cache",
            "Content-Security-Policy": "default-src 'none'",
        }
        return Response(ASSETS["sw.js"].text, headers, 200)

    return routes


def _page(
    site: Site, own: OwnBrowsers, visit: Visit, faults: list[tuple[str, str]] | None = None, status: int = 200
) -> Response:
    values = {"browsers": own.list(visit.principal), "push_key": base64url(own.key(visit.principal))}
    return site.show(visit, "me_browsers", status, faults=faults or [], **values)


def _new(visit: Visit) -> NewBrowser:
    form = visit.form
    return NewBrowser(
        endpoint=form.get("endpoint"),
        public_key=_bytes(form.get("p256dh")),
        auth=_bytes(form.get("auth")),
        details=form.ticked("details"),
        device=form.get("device"),
    )


def _bytes(text: str) -> bytes:
    try:
        return bytes_of(text)
    except ValueError:
        return b""
