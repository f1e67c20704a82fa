"""The public route `/l/{code}`: a visit gets a page or a redirect, and the button of the page posts to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chalice.app import Blueprint, Response

from links.pages import Page, rendered
from tocsin.entrypoint.http.app import Call
from tocsin.entrypoint.process import observability
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.short_links.application.follow import Followed, FollowLink
from tocsin.short_links.application.linked_message import Visit

_PRIVATE = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


def link_routes(follow: FollowLink) -> Blueprint:
    """Return the route of short links."""
    routes = Blueprint(__name__)

    # By default, Chalice rejects all types but JSON: that of the form, and any that a client sends without a body.
    @routes.route("/l/{code}", methods=["GET", "HEAD", "POST"], content_types=["*/*"])
    def get_link(code: str) -> Response:
        call = Call(routes.current_request)
        response = _answered(call, lambda: follow(code, _visit(call)))
        observability.note(**call.notes)
        return response

    return routes


def _visit(call: Call) -> Visit:
    form = call.form() if call.method == "POST" else {}
    return Visit(call.method, call.headers, call.source_ip, call.request_id, form)


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
    call.notes["reason"] = followed.reason
    if followed.classification is not None:
        call.notes["classification"] = followed.classification.value
        observability.count("LinksFollowed", 1, classification=followed.classification.value)
    if followed.token is not None:
        return _page(call, Page.AGAIN if followed.again else Page.CONFIRM, 200, token=followed.token)
    if followed.url is None:
        return _page(call, Page.THANKS, 200)
    status = 303 if call.method == "POST" else 302
    return Response("", {**_PRIVATE, "Content-Type": "text/plain", "Location": followed.url}, status)


def _page(call: Call, page: Page, status: int, more: Mapping[str, str] | None = None, *, token: str = "") -> Response:
    found = rendered(page, token)
    html = "" if call.method == "HEAD" else found.html
    headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": found.policy}
    return Response(html, {**_PRIVATE, **headers, **(more or {})}, status)
