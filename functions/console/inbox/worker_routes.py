"""The service worker that shows pushes, and what it sends when its subscription is another one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from chalice.app import Blueprint, Response

from console.assets import ASSETS
from console.inbox.browser_routes import key_of
from console.rendering import ROOT
from console.site import ForeignForm, FormTooBig, form_of, from_own_page
from console.visit import Form
from tocsin.browser_push.application.own_browsers import NewBrowser
from tocsin.browser_push.application.renew_browser import FormerBrowser, RenewBrowser
from tocsin.entrypoint.http.app import Call
from tocsin.entrypoint.process import observability
from tocsin.kernel.domain.errors import InvalidRequest, NotFound, StorageUnavailable
from tocsin.kernel.domain.ids import TenantId, UserId

_WHO = re.compile(r"(?P<tenant>[a-z0-9]{4,20})\.(?P<user>[a-z0-9]{1,40})")
_STATUS: Mapping[type[Exception], int] = {
    ForeignForm: 403,
    NotFound: 404,
    FormTooBig: 413,
    InvalidRequest: 422,
    StorageUnavailable: 503,
}


def worker_routes(renew: Callable[[], RenewBrowser]) -> Blueprint:
    """Return the routes of the service worker. Its scope is its folder: the console, under any prefix.

    Who renews is not signed in: the secrets of the former subscription are the credential.
    """
    routes = Blueprint(__name__)

    @routes.route(f"/{ROOT}/sw.js", methods=["GET"])
    def worker() -> Response:
        headers: dict[str, str | list[str]] = {
            "Content-Type": "text/javascript; charset=utf-8",
            "Cache-Control": "no-cache",
            "Content-Security-Policy": "default-src 'none'; connect-src 'self'",
        }
        return Response(ASSETS["sw.js"].text, headers, 200)

    @routes.route(f"/{ROOT}/renew-push", methods=["POST"], content_types=["*/*"])
    def renewed() -> Response:
        call, status = Call(routes.current_request), 204
        try:
            if not from_own_page(call):
                raise ForeignForm("the browser is renewed by its service worker only")
            form = form_of(call)
            renew()(_former(form), _new(form))
        except (ForeignForm, NotFound, FormTooBig, InvalidRequest, StorageUnavailable) as error:
            status = _STATUS[type(error)]
            call.notes["outcome"] = type(error).__name__
        observability.note(**call.notes)
        return Response("", {"Content-Type": "text/plain"}, status)

    return routes


def _former(form: Form) -> FormerBrowser:
    who = _WHO.fullmatch(form.get("who"))
    if who is None:
        raise NotFound("push subscription")
    return FormerBrowser(
        tenant=TenantId(who["tenant"]),
        user=UserId(who["user"]),
        endpoint=form.get("former"),
        auth=key_of(form.get("secret")),
    )


def _new(form: Form) -> NewBrowser:
    return NewBrowser(
        endpoint=form.get("endpoint"), public_key=key_of(form.get("p256dh")), auth=key_of(form.get("auth"))
    )
