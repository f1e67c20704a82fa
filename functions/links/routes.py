"""The public route `/l/{code}`. A visit gets a page or a redirect, and does not acknowledge an alert by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chalice.app import Blueprint, Response

from links.pages import Page, rendered
from tocsin.entrypoint.http.app import Call
from tocsin.entrypoint.process import observability
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.short_links.application.follow import Followed, FollowLink, Visit

_PRIVATE = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


def link_routes(follow: FollowLink) -> Blueprint:
    """Return the route of short links."""
    routes = Blueprint(__name__)

    # Some clients send a Content-Type without a body; by default, Chalice rejects all types but JSON.
    @routes.route("/l/{code}", methods=["GET", "HEAD"], content_types=["*/*"])
    def get_link(code: str) -> Response:
        call = Call(routes.current_request)
        response = _answered(call, lambda: follow(code, _visit(call)))
        observability.note(**call.notes)
        return response

    return routes


def _visit(call: Call) -> Visit:
    return Visit(call.method, call.headers, call.source_ip, call.request_id)


def _answered(call: Call, follow: Callable[[], Followed | None]) -> Response:
    try:
        followed = follow()
    except StorageUnavailable as error:
        observability.logger().error("a visit was not recorded", exc_info=error)
        return _page(call, Page.LATER, 503, {"Retry-After": "2"})
    except Exception as error:
        observability.logger().error("a call failed", exc_info=error)
        return _page(call, Page.LATER, 500)
    if followed is None:
        return _page(call, Page.NOWHERE, 404)
    call.notes.update(classification=followed.classification.value, reason=followed.reason)
    observability.count("LinksFollowed", 1, classification=followed.classification.value)
    if followed.url is None:
        return _page(call, Page.THANKS, 200)
    return Response("", {**_PRIVATE, "Content-Type": "text/plain", "Location": followed.url}, 302)


def _page(call: Call, page: Page, status: int, more: Mapping[str, str] | None = None) -> Response:
    found = rendered(page)
    html = "" if call.method == "HEAD" else found.html
    headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": found.policy}
    return Response(html, {**_PRIVATE, **headers, **(more or {})}, status)
