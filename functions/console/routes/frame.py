"""What belongs to no page: who visits, the first page, sign-out, assets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chalice.app import Blueprint, Response

from console.assets import BY_NAME
from console.menu import first_page
from console.rendering import ROOT
from console.routes.signing_in import SigningInPages, browser_of
from console.site import Signed, Site
from console.visit import Visit
from tocsin.audit.domain.actor import Via
from tocsin.entrypoint.http.app import Call
from tocsin.entrypoint.http.cookies import Cookie, Cookies
from tocsin.identity.application.principals import PersonPrincipal
from tocsin.identity.domain.permissions import Permission
from tocsin.identity.domain.session import Proof, Session
from tocsin.identity.domain.user import User
from tocsin.identity.ports.keys import TenantRepository
from tocsin.kernel.domain.errors import NotFound
from tocsin.sign_in.application.sign_out import OwnSessions

_A_YEAR = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class FindPerson:
    """Finds the person behind the session's cookie, as they are now."""

    read_session: Callable[[str], tuple[Session, User] | None]
    principal: PersonPrincipal
    tenants: TenantRepository
    cookies: Cookies

    def __call__(self, call: Call) -> Signed | None:
        """Return the signed-in person; None = there is no session, or it is over."""
        found = self.read_session(self.cookies.read(call.header("cookie") or "", Cookie.SESSION))
        if found is None:
            return None
        session, user = found
        tenant = self.tenants.get(user.tenant)
        if tenant is None:
            return None
        principal = self.principal(user, Via.CONSOLE, call.request_id, session.proved_at)
        return Signed(session, principal, user.zone or tenant.zone, tenant.name)


def frame_routes(site: Site, sessions: OwnSessions, use: SigningInPages) -> Blueprint:
    """Return the routes of the frame."""
    cookies = use.cookies
    routes = Blueprint(__name__)

    @site.page(routes, "", Permission.SELF)
    def first(visit: Visit) -> Response:
        return visit.go(first_page(visit.principal))

    @site.page(routes, "signout", Permission.SELF, posts=True)
    def sign_out(visit: Visit) -> Response:
        if visit.call.method == "POST" and visit.principal.user is not None:
            sessions.sign_out(visit.session, visit.principal.user, browser_of(visit.call, cookies))
            response = visit.go("signin", said="signed-out")
            company = use.company_of(visit.call)
            if company is not None and visit.session.proof is Proof.COMPANY:
                response.headers["Location"] = company.sign_out_page()  # and from there to the form
            response.headers["Set-Cookie"] = cookies.clear(Cookie.SESSION)
            return response
        return visit.go("")

    @site.page(routes, "{page+}", Permission.SELF)
    def no_page(visit: Visit) -> Response:
        raise NotFound("page")

    @routes.route(f"/{ROOT}/assets/{{name}}", methods=["GET"])
    def asset(name: str) -> Response:
        call = Call(routes.current_request)

        def found() -> Response:
            if name not in BY_NAME:
                raise NotFound("asset")
            return Response(BY_NAME[name].text, {"Content-Type": BY_NAME[name].type, "Cache-Control": _A_YEAR}, 200)

        return site.guarded(call, found)

    return routes
