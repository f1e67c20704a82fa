"""The page behind the link of an invitation: whoever does not know the account stops its mails by one button."""

from __future__ import annotations

from chalice.app import Blueprint, Response

from console.rendering import ROOT, link
from console.routes.signing_in import browser_of
from console.site import ForeignForm, Site, form_of, from_own_page, path_of
from tocsin.entrypoint.http.app import Call
from tocsin.entrypoint.http.cookies import Cookies
from tocsin.sign_in.application.not_me import NotMe

PAGE = "not-me"


def not_me_routes(site: Site, use: NotMe, cookies: Cookies) -> Blueprint:
    """Return the route. It is public: the token in the link is the credential. GET shows, POST acts."""
    routes = Blueprint(__name__)

    def shown(call: Call) -> Response:
        token = call.parameters.get("token", "")
        asked = use.read(token)
        return site.plain(call, "not_me", 404 if asked is None else 200, token=token, asked=asked, to=PAGE, fault="")

    def pressed(call: Call) -> Response:
        token = form_of(call).get("token")
        if not from_own_page(call):
            raise ForeignForm("the form was not sent by the page of this link")
        use.stop(token, browser_of(call, cookies))
        to = link(path_of(call), PAGE, {"token": token})
        return Response("", {"Location": to, "Content-Type": "text/plain"}, 303)

    @routes.route(f"/{ROOT}/{PAGE}", methods=["GET", "POST"], content_types=["*/*"], name=PAGE)
    def not_me() -> Response:
        call = Call(routes.current_request)
        return site.guarded(call, lambda: shown(call) if call.method == "GET" else pressed(call))

    return routes
