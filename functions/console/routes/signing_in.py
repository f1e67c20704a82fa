"""The pages before there is a session: sign-in in steps, and forgotten passwords."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import parse_qsl

from chalice.app import Blueprint, Response

from console.rendering import ROOT, link
from console.site import ForeignForm, Site, form_of, from_own_page, path_of
from console.visit import Form
from tocsin.entrypoint.http.app import Call
from tocsin.entrypoint.http.cookies import Cookie, Cookies
from tocsin.kernel.domain.ids import TenantId
from tocsin.short_links.domain.click import describe
from tocsin.sign_in.application.company_sign_in import CompanySignIn
from tocsin.sign_in.application.sign_in import SignIn
from tocsin.sign_in.application.sign_in_states import form_token_of, form_token_of_matches
from tocsin.sign_in.domain.steps import Asked, Browser, Denial, Denied, Opened, SignInAnswer, SignInStep

SENTENCES = {
    Denial.WRONG: "That address and password do not fit together.",
    Denial.WRONG_CODE: "That code is not right. The app shows a new one every 30 seconds.",
    Denial.EXPIRED: "That took too long. Begin again.",
    Denial.WEAK_PASSWORD: "A password has 12 to 256 characters, and no blank at its ends.",
    Denial.COMPANY: "The other sign-in did not confirm who you are. Try again, or use your password.",
    Denial.NOT_A_MEMBER: "You are not a member of an account yet. Ask your administrator.",
}
"""What a page says when a step was refused."""

_PAGE = {
    SignInStep.CODE: "signin/code",
    SignInStep.NEW_PASSWORD: "signin/password",
    SignInStep.MFA_SETUP: "signin/app",
    SignInStep.TENANT: "signin/account",
}
"""Where each step is asked for."""


class ForgottenPasswords(Protocol):
    """What the pages of forgotten passwords need."""

    def forgot(self, email: str, browser: Browser) -> None:
        """Mail a code."""
        ...

    def reset(self, email: str, code: str, password: str, browser: Browser, *, revoke_tokens: bool) -> Denied | None:
        """Set a new password by the code; delete the person's tokens too, if they say so."""
        ...


@dataclass(frozen=True, slots=True)
class SigningInPages:
    """What these pages need.

    Attributes:
        company: the use case of managed login, for an address of the console; None = there is no managed login.
        console_url: where people reach the console, as `Call.address_by` reads it.
    """

    sign_in: SignIn
    passwords: ForgottenPasswords
    cookies: Cookies
    company: Callable[[str], CompanySignIn] | None = None
    console_url: str = ""

    def company_of(self, call: Call) -> CompanySignIn | None:
        """Return the use case of managed login that comes back to the address of this call."""
        return None if self.company is None else self.company(call.address_by(self.console_url))


def sign_in_routes(site: Site, use: SigningInPages) -> Blueprint:
    """Return the routes of the sign-in. They are public: no one is signed in yet."""
    routes = Blueprint(__name__)

    def page(path: str, view: Callable[[Call, Form], Response], shown: Callable[[Call], Response]) -> None:
        """Serve a form: GET shows it, POST takes it, if a page of ours sent it."""

        def answer() -> Response:
            call = Call(routes.current_request)
            return site.guarded(call, lambda: shown(call) if call.method == "GET" else view(call, _own_form(call, use)))

        answer.__name__ = path.replace("/", "_")
        routes.route(f"/{ROOT}/{path}", methods=["GET", "POST"], content_types=["*/*"], name=path)(answer)

    def signin(call: Call) -> Response:
        cookie = use.sign_in.begin(_below(call.parameters.get("next", "")))
        response = _asks(site, use, call, "signin", cookie, email="", next=call.parameters.get("next", ""))
        return with_cookies(response, use.cookies.set(Cookie.SIGN_IN, cookie))

    def password(call: Call, form: Form) -> Response:
        email = form.get("email")
        answer = use.sign_in.password(_begun(call, use), email, form.text("password"), browser_of(call, use.cookies))
        return _next(site, use, call, answer, "signin", email=email)

    def code(call: Call, form: Form) -> Response:
        answer = use.sign_in.code(_begun(call, use), form.get("code"), browser_of(call, use.cookies))
        return _next(site, use, call, answer, "signin_code")

    def own_password(call: Call, form: Form) -> Response:
        answer = use.sign_in.new_password(_begun(call, use), form.text("password"), browser_of(call, use.cookies))
        return _next(site, use, call, answer, "signin_password")

    def app(call: Call, form: Form) -> Response:
        answer = use.sign_in.set_up_app(_begun(call, use), form.get("code"), browser_of(call, use.cookies))
        return _next(site, use, call, answer, "signin_app", app_secret=form.get("shown"), app_code="")

    def account(call: Call, form: Form) -> Response:
        answer = use.sign_in.choose(_begun(call, use), TenantId(form.get("tenant")), browser_of(call, use.cookies))
        return _next(site, use, call, answer, "signin_account", tenants=())

    def forgot(call: Call, form: Form) -> Response:
        use.passwords.forgot(form.get("email"), browser_of(call, use.cookies))
        return _asks(site, use, call, "forgot_code", _begun(call, use), email=form.get("email"))

    def reset(call: Call, form: Form) -> Response:
        browser = browser_of(call, use.cookies)
        denied = use.passwords.reset(
            form.get("email"),
            form.get("code"),
            form.text("password"),
            browser,
            revoke_tokens=form.ticked("tokens"),
        )
        if denied is None:
            return _go(call, "signin", {"said": "reset"})
        return _denied(site, use, call, denied, "forgot_code", email=form.get("email"))

    def forgot_form(call: Call) -> Response:
        cookie = _begun(call, use) or use.sign_in.begin("")
        response = _asks(site, use, call, "forgot", cookie, email="")
        return with_cookies(response, use.cookies.set(Cookie.SIGN_IN, cookie))

    def again(call: Call) -> Response:
        return _go(call, "signin", {})

    page("signin", password, signin)
    page("signin/code", code, lambda call: _asks(site, use, call, "signin_code", _begun(call, use)))
    page("signin/password", own_password, lambda call: _asks(site, use, call, "signin_password", _begun(call, use)))
    page("signin/app", app, again)
    page("signin/account", account, again)
    page("forgot", forgot, forgot_form)
    page("forgot/code", reset, again)
    return routes


def browser_of(call: Call, cookies: Cookies) -> Browser:
    """Return where a call comes from."""
    return Browser(
        source=call.source_ip,
        device=describe(call.headers).words or "another browser",
        known=cookies.read(call.header("cookie") or "", Cookie.KNOWN),
        request_id=call.request_id,
    )


def entered(call: Call, cookies: Cookies, opened: Opened, to: str = "", said: str = "") -> Response:
    """Return the answer that lets a person in: the cookies, and the page they came for."""
    path, _, query = (opened.next.removeprefix(f"/{ROOT}/") if opened.next else to).partition("?")
    response = _go(call, path, {**dict(parse_qsl(query)), "said": said})
    known = [cookies.set(Cookie.KNOWN, opened.known)] if opened.known else []
    return with_cookies(response, cookies.set(Cookie.SESSION, opened.cookie), cookies.clear(Cookie.SIGN_IN), *known)


def next_page(site: Site, use: SigningInPages, call: Call, answer: SignInAnswer) -> Response:
    """Return what comes after managed login: the page the person came for, a choice, or the sign-in and why not."""
    if isinstance(answer, Denied):
        return _begin_again(site, use, call, answer)
    return _next(site, use, call, answer, "signin")


def _next(site: Site, use: SigningInPages, call: Call, answer: SignInAnswer, name: str, **values: Any) -> Response:
    match answer:
        case Opened():
            return entered(call, use.cookies, answer)
        case Denied():
            return _denied(site, use, call, answer, name, **values)
        case Asked(step=SignInStep.CODE | SignInStep.NEW_PASSWORD):
            return with_cookies(_go(call, _PAGE[answer.step], {}), use.cookies.set(Cookie.SIGN_IN, answer.state))
        case _:
            return with_cookies(_asked(site, use, call, answer), use.cookies.set(Cookie.SIGN_IN, answer.state))


def _asked(site: Site, use: SigningInPages, call: Call, answer: Asked) -> Response:
    """Show what only the answer itself knows: the secret of the app, or the accounts to choose from."""
    if answer.step is SignInStep.MFA_SETUP:
        secret, code = answer.app_secret, answer.app_code
        return _asks(site, use, call, "signin_app", answer.state, app_secret=secret, app_code=code)
    return _asks(site, use, call, "signin_account", answer.state, tenants=answer.tenants)


def _denied(site: Site, use: SigningInPages, call: Call, denied: Denied, name: str, **values: Any) -> Response:
    if denied.reason is Denial.LOCKED:
        minutes = "a minute" if denied.minutes <= 1 else f"{denied.minutes} minutes"
        return _asks(site, use, call, name, _begun(call, use), 429, fault=f"Too many tries. Wait {minutes}.", **values)
    if denied.reason is Denial.EXPIRED:
        return _begin_again(site, use, call, denied)
    sentence = SENTENCES.get(denied.reason, "That did not work.")
    return _asks(site, use, call, name, _begun(call, use), 422, fault=sentence, **values)


def _begin_again(site: Site, use: SigningInPages, call: Call, denied: Denied) -> Response:
    """Show the first form, with a short cookie of its own: the one before is used up."""
    cookie = use.sign_in.begin("")
    sentence = SENTENCES.get(denied.reason, "That did not work.")
    if denied.reason is Denial.WRONG:
        sentence = SENTENCES[Denial.NOT_A_MEMBER]  # a disabled person, whom managed login does not know as such
    response = _asks(site, use, call, "signin", cookie, 422, fault=sentence, email="")
    return with_cookies(response, use.cookies.set(Cookie.SIGN_IN, cookie))


def _asks(
    site: Site,
    use: SigningInPages,
    call: Call,
    name: str,
    cookie: str,
    status: int = 200,
    fault: str = "",
    **values: Any,
) -> Response:
    to = {"signin": "signin", "forgot": "forgot", "forgot_code": "forgot/code"}.get(name, name.replace("_", "/"))
    company = use.company is not None
    shown = {"token": form_token_of(cookie), "fault": fault, "to": to, "company": company, "next": "", **values}
    return site.plain(call, name, status, **shown)


def _own_form(call: Call, use: SigningInPages) -> Form:
    form = form_of(call)
    if not from_own_page(call) or not form_token_of_matches(_begun(call, use), form.get("token")):
        raise ForeignForm("the form was not sent by a page of this sign-in")
    return form


def _begun(call: Call, use: SigningInPages) -> str:
    return use.cookies.read(call.header("cookie") or "", Cookie.SIGN_IN)


def _below(path: str) -> str:
    return f"/{ROOT}/{path}" if path and not path.startswith("/") else ""


def _go(call: Call, to: str, query: dict[str, Any]) -> Response:
    return Response("", {"Location": link(path_of(call), to, query), "Content-Type": "text/plain"}, 303)


def with_cookies(response: Response, *lines: str) -> Response:
    """Return the response with lines that set cookies."""
    response.headers["Set-Cookie"] = list(lines)
    return response
