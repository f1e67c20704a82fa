"""Sign-in by managed login, for company accounts and passkeys: the browser goes there, and comes back to one route."""

from __future__ import annotations

from collections.abc import Callable

from chalice.app import Blueprint, Response

from console.rendering import ROOT
from console.routes.signing_in import SigningInPages, browser_of, next_page, with_cookies
from console.site import Site
from console.visit import Visit
from tocsin.entrypoint.http.app import Call
from tocsin.entrypoint.http.cookies import Cookie
from tocsin.identity.domain.permissions import Permission
from tocsin.kernel.domain.errors import NotFound
from tocsin.sign_in.application.company_sign_in import Away, CompanySignIn


def company_routes(site: Site, use: SigningInPages) -> Blueprint:
    """Return the routes. Without managed login they are not there."""
    routes = Blueprint(__name__)

    def public(path: str, view: Callable[[Call, CompanySignIn], Response]) -> None:
        def answer() -> Response:
            call = Call(routes.current_request)
            return site.guarded(call, lambda: view(call, _company(use, call)))

        answer.__name__ = path.replace("/", "_")
        routes.route(f"/{ROOT}/{path}", methods=["GET"], name=path)(answer)

    def away(call: Call, company: CompanySignIn) -> Response:
        back = call.parameters.get("next", "")
        return _sent(use, company.begin(call.parameters.get("email", ""), f"/{ROOT}/{back}" if back else ""))

    def back(call: Call, company: CompanySignIn) -> Response:
        cookie = use.cookies.read(call.header("cookie") or "", Cookie.SIGN_IN)
        given = call.parameters
        answer = company.finish(cookie, given.get("code", ""), given.get("state", ""), browser_of(call, use.cookies))
        return next_page(site, use, call, answer)

    public("signin/company", away)
    public("signin/callback", back)

    @site.page(routes, "prove/company", Permission.SELF)
    def prove(visit: Visit) -> Response:
        company, to = _company(use, visit.call), visit.query.get("next", "")
        person = visit.principal.user
        assert person is not None  # a session is always that of a person
        return _sent(use, company.begin(person.email, f"/{ROOT}/{to}" if to else "", visit.session))

    return routes


def _company(use: SigningInPages, call: Call) -> CompanySignIn:
    company = use.company_of(call)
    if company is None:
        raise NotFound("company sign-in")
    return company


def _sent(use: SigningInPages, away: Away) -> Response:
    response = Response("", {"Location": away.page, "Content-Type": "text/plain"}, 303)
    return with_cookies(response, use.cookies.set(Cookie.SIGN_IN, away.state))
