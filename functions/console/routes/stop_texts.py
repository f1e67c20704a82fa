"""The page behind the link of the first text to a number: its holder ends these texts by one button."""

from __future__ import annotations

from chalice.app import Blueprint, Response

from console.rendering import ROOT, link
from console.site import ForeignForm, Site, form_of, from_own_page, path_of
from tocsin.entrypoint.http.app import Call
from tocsin.personal_notices.application.stop_texts import StopTexts

PAGE = "stop-texts"


def stop_texts_routes(site: Site, use: StopTexts) -> Blueprint:
    """Return the route. It is public: the token in the link is the credential. GET shows, POST acts."""
    routes = Blueprint(__name__)

    def shown(call: Call) -> Response:
        token = call.parameters.get("token", "")
        asked = use.read(token)
        return site.plain(
            call, "stop_texts", 404 if asked is None else 200, token=token, asked=asked, to=PAGE, fault=""
        )

    def pressed(call: Call) -> Response:
        token = form_of(call).get("token")
        if not from_own_page(call):
            raise ForeignForm("the form was not sent by the page of this link")
        use.stop(token, call.request_id)
        to = link(path_of(call), PAGE, {"token": token})
        return Response("", {"Location": to, "Content-Type": "text/plain"}, 303)

    @routes.route(f"/{ROOT}/{PAGE}", methods=["GET", "POST"], content_types=["*/*"], name=PAGE)
    def stop_texts() -> Response:
        call = Call(routes.current_request)
        return site.guarded(call, lambda: shown(call) if call.method == "GET" else pressed(call))

    return routes
