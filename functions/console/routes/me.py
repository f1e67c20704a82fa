"""A person's own sign-in: password, authenticator app, sessions, a fresh proof, and the look of the pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chalice.app import Blueprint, Response

from console.routes.signing_in import SENTENCES, browser_of, entered, with_cookies
from console.site import Site
from console.visit import Visit
from tocsin.entrypoint.http.cookies import Cookie, Cookies
from tocsin.identity.domain.permissions import Permission, Reach
from tocsin.identity.domain.session import Proof
from tocsin.identity.domain.user import User
from tocsin.sign_in.application.app_off import TurnAppOff
from tocsin.sign_in.application.own_address import OwnAddress
from tocsin.sign_in.application.passwords import Passwords
from tocsin.sign_in.application.sign_in import SignIn
from tocsin.sign_in.application.sign_out import OwnSessions
from tocsin.sign_in.domain.steps import Asked, Denial, Denied, Opened, SignInAnswer, SignInStep

_A_YEAR = 365 * 86_400
_DENIED = {
    **SENTENCES,
    Denial.WRONG: "That is not your password.",
    Denial.HAS_APP: "An authenticator app is set up already. Turn it off first.",
    Denial.REQUIRED: "An account of yours asks for the app, so it stays on.",
}


@dataclass(frozen=True, slots=True)
class OwnPages:
    """What these pages need.

    Attributes:
        console_url: where people reach the console, as `Call.address_by` reads it.
    """

    sign_in: SignIn
    sessions: OwnSessions
    passwords: Passwords
    turn_app_off: TurnAppOff
    address: OwnAddress
    cookies: Cookies
    console_url: str


def own_routes(site: Site, use: OwnPages) -> Blueprint:
    """Return the routes of a person's own settings."""
    routes = Blueprint(__name__)

    @site.page(routes, "me/security", Permission.SELF, posts=True)
    def security(visit: Visit) -> Response:
        if visit.call.method == "GET":
            return security_page(site, visit)
        browser = browser_of(visit.call, use.cookies)
        answer = use.passwords.change(
            visit.session,
            _person(visit),
            visit.form.text("present"),
            visit.form.text("password"),
            browser,
            revoke_tokens=visit.form.ticked("tokens"),
        )
        if isinstance(answer, Denied):
            return security_page(site, visit, password_fault=_sentence(answer), status=422)
        return entered(visit.call, use.cookies, answer, "me/security", said="password")

    @site.page(routes, "me/app", Permission.SELF, posts=True)
    def app(visit: Visit) -> Response:
        if visit.call.method == "GET":
            return visit.go("me/security")
        browser, code = browser_of(visit.call, use.cookies), visit.form.get("code")
        if code:
            cookie = use.cookies.read(visit.call.header("cookie") or "", Cookie.SIGN_IN)
            done = use.sign_in.set_up_app(cookie, code, browser)
            if isinstance(done, Opened):
                return entered(visit.call, use.cookies, done, "me/security", said="app-on")
            secret = visit.form.get("shown")
            return site.show(visit, "me_app", 422, app_code="", app_secret=secret, fault=_sentence(done))
        asked = use.sign_in.begin_app(visit.session, _person(visit), visit.form.text("password"), browser)
        if not isinstance(asked, Asked):
            return security_page(site, visit, app_fault=_sentence(asked), status=422)
        response = site.show(visit, "me_app", app_code=asked.app_code, app_secret=asked.app_secret, fault="")
        return with_cookies(response, use.cookies.set(Cookie.SIGN_IN, asked.state))

    @site.page(routes, "me/app/off", Permission.SELF, posts=True)
    def app_off(visit: Visit) -> Response:
        if visit.call.method == "GET":
            return visit.go("me/security")
        denied = use.turn_app_off(visit.session, _person(visit), browser_of(visit.call, use.cookies))
        if denied is None:
            return visit.go("me/security", said="app-off")
        if denied.reason is Denial.NEEDS_PROOF:
            return visit.go("prove", next="me/security")
        return security_page(site, visit, app_fault=_sentence(denied), status=422)

    @site.page(routes, "me/sessions", Permission.SELF, posts=True)
    def sessions(visit: Visit) -> Response:
        person, browser = _person(visit), browser_of(visit.call, use.cookies)
        if visit.call.method == "GET":
            return site.show(visit, "me_sessions", sessions=use.sessions.list(person), own=visit.session.id)
        if visit.form.get("end") != "all":
            use.sessions.end(person, visit.form.get("end"), browser)
            return visit.go("me/sessions", said="ended")
        answer = use.sessions.sign_out_everywhere(visit.session, person, browser)
        if isinstance(answer, Denied):
            return visit.go("prove", next="me/sessions")
        return entered(visit.call, use.cookies, answer, "me/sessions", said="ended")

    return routes


def proof_routes(site: Site, use: OwnPages) -> Blueprint:
    """Return the routes of a fresh proof, and of the look of the pages."""
    routes = Blueprint(f"{__name__}.proof")

    @site.page(routes, "prove", Permission.SELF, posts=True)
    def prove(visit: Visit) -> Response:
        to = visit.query.get("next", "")
        if visit.call.method == "GET":
            by_company = visit.session.proof is Proof.COMPANY
            return site.show(visit, "prove", to=to, step="password", fault="", by_company=by_company)
        browser, to = browser_of(visit.call, use.cookies), visit.form.get("next")
        if code := visit.form.get("code"):
            cookie = use.cookies.read(visit.call.header("cookie") or "", Cookie.SIGN_IN)
            answer = use.sign_in.code(cookie, code, browser)
        else:
            password = visit.form.text("password")
            answer = use.sign_in.prove(visit.session, _person(visit), password, browser, f"/console/{to}")
        match answer:
            case Opened():
                return entered(visit.call, use.cookies, answer)  # its `next` was judged
            case Asked(step=SignInStep.CODE):
                response = site.show(visit, "prove", to=to, step="code", fault="", by_company=False)
                return with_cookies(response, use.cookies.set(Cookie.SIGN_IN, answer.state))
            case _:
                step = "code" if visit.form.get("code") else "password"
                return site.show(visit, "prove", 422, to=to, step=step, fault=_sentence(answer), by_company=False)

    @site.page(routes, "me/look", Permission.SELF, posts=True)
    def look(visit: Visit) -> Response:
        response = visit.go("me/security")
        if visit.call.method == "POST":
            chosen = visit.form.get("theme")
            age = _A_YEAR if chosen in ("light", "dark") else 0
            response.headers["Set-Cookie"] = [f"theme={chosen if age else ''}; Path=/; SameSite=Lax; Max-Age={age}"]
        return response

    return routes


def security_page(site: Site, visit: Visit, status: int = 200, **faults: str) -> Response:
    """Show a person's security page.

    Args:
        faults: sentences at the forms: `password_fault`, `app_fault`, `address_fault`.
    """
    shown: dict[str, Any] = {"password_fault": "", "app_fault": "", "address_fault": ""}
    person, may_require = _person(visit), visit.may(Permission.ACCOUNT, Reach.ALL)
    shown |= {"has_app": person.mfa, "wanted": person.new_email, "may_require": may_require}
    return site.show(visit, "me_security", status, **(shown | faults))


def _person(visit: Visit) -> User:
    person = visit.principal.user
    assert person is not None  # a session is always that of a person
    return person


def _sentence(answer: SignInAnswer) -> str:
    if not isinstance(answer, Denied):
        return "That did not work. Begin again."
    if answer.reason is Denial.LOCKED:
        return f"Too many tries. Wait {'a minute' if answer.minutes <= 1 else f'{answer.minutes} minutes'}."
    return _DENIED.get(answer.reason, "That did not work. Begin again.")
