"""The frame of all pages: who visits, what they may see, forms that only our own pages can send, and error pages."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, Protocol
from urllib.parse import urlencode

from chalice.app import Blueprint, Response

from console import words
from console.menu import menu_of
from console.rendering import HEADERS, POLICY, ROOT, link, render
from console.visit import Form, Visit
from tocsin.entrypoint.http import problems
from tocsin.entrypoint.http.app import Call
from tocsin.entrypoint.process import observability
from tocsin.identity.domain.permissions import Permission, Reach
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.session import Session
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.errors import Forbidden, NotFound, StorageUnavailable
from tocsin.kernel.ports import Clock
from tocsin.sign_in.application.own_accounts import Accounts
from tocsin.sign_in.domain.session_token import form_token_matches

P = ParamSpec("P")
View = Callable[Concatenate[Visit, P], Response]

FORM_BYTES = 1_048_576
FORM_FIELDS = 20_000


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed-in person: the session, who they are, and how their account is shown."""

    session: Session
    principal: Principal
    zone: str
    tenant_name: str


class FindSigned(Protocol):
    """Finds the session of a call, by its cookie."""

    def __call__(self, call: Call) -> Signed | None:
        """Return the signed-in person; None = there is no session, or it is over."""
        ...


class ForeignForm(Exception):
    """The form was not sent by a page of this session: too old, or another site's."""


class FormTooBig(Exception):
    """A form of more than FORM_BYTES or FORM_FIELDS."""


@dataclass(slots=True)
class Site:
    """Makes pages of functions that take a Visit. A page that names no permission cannot be made: default deny.

    Attributes:
        find_signed: finds the session of a request.
        accounts: reads the accounts of a person, for the menu that switches.
        unread: counts the unread notices of a person, for the menu; 100 = so many or more.
        simulator: address of the simulator page of the local engine; "" on AWS.
        sign_out_at: address of managed login, to which the form of the sign-out leads on; "" = there is none.
    """

    find_signed: FindSigned
    clock: Clock
    accounts: Callable[[User], Accounts] = lambda user: Accounts()
    unread: Callable[[User], int] = lambda user: 0
    simulator: str = ""
    sign_out_at: str = ""

    def page(
        self, routes: Blueprint, path: str, permission: Permission, *, posts: bool = False, reach: Reach = Reach.OWN
    ) -> Callable[[View[P]], Callable[P, Response]]:
        """Make a page below the console.

        Args:
            path: below `/console/`, with placeholders as in API Gateway.
            permission, reach: what the visitor needs, and how far at least.
            posts: whether the page takes a form as well.
        """
        methods = ["GET", "POST"] if posts else ["GET"]

        def decorate(view: View[P]) -> Callable[P, Response]:
            def wrapped(*args: P.args, **named: P.kwargs) -> Response:
                call = Call(routes.current_request)
                response = self._answer(call, permission, reach, lambda visit: view(visit, *args, **named))
                observability.note(**call.notes)
                return response

            wrapped.__name__ = view.__name__
            wrapped.needs = permission, reach  # type: ignore[attr-defined]  # the tests try every role on every page
            routes.route(f"/{ROOT}/{path}".rstrip("/"), methods=methods, content_types=["*/*"], name=path or "first")(
                wrapped
            )
            return wrapped

        return decorate

    def show(self, visit: Visit, name: str, /, status: int = 200, **values: Any) -> Response:
        """Return a page in the frame with menu and name."""
        said = words.SAID.get(visit.query.get("said", ""), "")
        user = visit.principal.user
        unread = 0 if user is None else self.unread(user)
        frame = {
            "person": user,
            "unread": unread,
            "unread_word": "99+" if unread > 99 else str(unread),
            "role": visit.principal.role and words.ROLES.get(visit.principal.role.id, visit.principal.role.name),
            "tenant": visit.tenant_name,
            "menu": menu_of(visit.principal),
            "may_send": visit.may(Permission.ALERTS_SEND),
            "accounts": self._accounts(visit),
            "here": visit.path.strip("/").removeprefix(f"{ROOT}/"),
            "csrf": visit.csrf,
            "said": said,
            "simulator": self.simulator,
            "session_ends": visit.session.ends_at(),
            "theme": theme_of(visit.call),
        }
        return self.html(render(name, visit.path, visit.zone, visit.now, frame | values), status)

    def show_part(self, visit: Visit, name: str, headers: Mapping[str, str] | None = None, **values: Any) -> Response:
        """Return a part of a page, which the page's script puts in its place."""
        shown = {"csrf": visit.csrf, **values}
        return self.html(render(name, visit.path, visit.zone, visit.now, shown), 200, headers)

    def show_live(self, visit: Visit, name: str, every: int, values: Mapping[str, Any], etag: str = "") -> Response:
        """Return a page that watches, or its moving part if the page's script asks for that.

        Args:
            name: of the page; the part is the template `<name>_live`.
            every: seconds until the script asks again; 0 = nothing moves any more.
            etag: version of what is shown; "" = the digest of the part.
        """
        moving = {**values, "next_look": every, "etag": etag, "csrf": visit.csrf}
        if visit.query.get("part") != "live":
            return self.show(visit, name, **moving)
        text = render(f"{name}_live", visit.path, visit.zone, visit.now, moving)
        etag = etag or f'"{hashlib.sha256(text.encode()).hexdigest()[:24]}"'
        headers = {"X-Next": str(every), "ETag": etag}
        if visit.call.header("if-none-match") == etag:
            return Response("", {**headers, "Content-Type": "text/plain"}, 304)
        return self.html(text, 200, headers)

    def html(self, text: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
        """Return a page as a response."""
        policy = POLICY.replace("form-action 'self'", f"form-action 'self' {self.sign_out_at}".rstrip())
        return Response(text, {**HEADERS, "Content-Security-Policy": policy, **(headers or {})}, status)

    def plain(self, call: Call, name: str, status: int = 200, **values: Any) -> Response:
        """Return a page without the frame: for visitors who are not signed in."""
        path = path_of(call)
        said = words.SAID.get(call.parameters.get("said", ""), "")
        shown = {"said": said, "theme": theme_of(call), **values}
        return self.html(render(name, path, "UTC", self.clock(), shown), status)

    def guarded(self, call: Call, view: Callable[[], Response]) -> Response:
        """Return what a public page answers, and an error page if it fails."""
        try:
            response = view()
        except Exception as error:
            response = self._failed(call, None, error)
        observability.note(**call.notes)
        return response

    def _accounts(self, visit: Visit) -> Accounts:
        """Return the person's accounts; none if they cannot be read now: the page itself stands."""
        user = visit.principal.user
        try:
            return Accounts() if user is None else self.accounts(user)
        except StorageUnavailable:
            return Accounts()

    def _answer(self, call: Call, permission: Permission, reach: Reach, view: Callable[[Visit], Response]) -> Response:
        visit: Visit | None = None
        try:
            signed = self.find_signed(call)
            if signed is None:
                return self._to_sign_in(call)
            visit = self._visit(call, signed)
            call.notes.update(tenant=visit.principal.tenant, user=visit.principal.actor.id)
            visit.principal.need(permission, reach)
            if call.method == "POST":
                self._check_form(call, visit)
            return view(visit)
        except Exception as error:
            return self._failed(call, visit, error)

    def _visit(self, call: Call, signed: Signed) -> Visit:
        form = form_of(call) if call.method == "POST" else Form()
        return Visit(
            call,
            path_of(call),
            signed.principal,
            signed.session,
            self.clock(),
            signed.zone,
            signed.tenant_name,
            call.parameters,
            form,
        )

    def _check_form(self, call: Call, visit: Visit) -> None:
        if not from_own_page(call) or not form_token_matches(visit.session.form_secret, visit.form.get("csrf")):
            raise ForeignForm("the form was not sent by a page of this session")

    def _to_sign_in(self, call: Call) -> Response:
        """Send a visitor to the sign-in, and back to this page afterwards."""
        path = path_of(call)
        back = path.removeprefix(f"/{ROOT}/") if path.startswith(f"/{ROOT}/") else ""
        kept = {name: value for name, value in call.parameters.items() if name not in ("part", "said")}
        back += f"?{urlencode(kept)}" if back and kept else ""
        query = {"next": back if call.method == "GET" else "", "said": "" if call.method == "GET" else "expired"}
        to = link(path, "signin", query)
        return Response("", {"Location": to, "Content-Type": "text/plain"}, 303)

    def _failed(self, call: Call, visit: Visit | None, error: Exception) -> Response:
        failure = problems.failure_of(error)
        status = (
            403 if isinstance(error, ForeignForm) else 413 if isinstance(error, FormTooBig) else failure.problem.status
        )
        call.notes["outcome"] = getattr(error, "code", failure.code)
        if status >= 500:
            observability.logger().error("a page failed", exc_info=error)
        values = {
            "http_status": status,
            "sentence": failure.sentence,
            "request_id": call.request_id,
            "old_form": isinstance(error, ForeignForm),
            "missing": error.right if isinstance(error, Forbidden) else "",
            "gone": isinstance(error, NotFound),
            "kept": _kept(visit) if visit is not None and call.method == "POST" else [],
        }
        if visit is None:
            return self.plain(call, "failed", status, **values)
        return self.show(visit, "error", status, **values)


def path_of(call: Call) -> str:
    """Return the path of the page, without stage or prefix."""
    return call.path[max(0, call.path.find(f"/{ROOT}")) :]


def theme_of(call: Call) -> str:
    """Return "light" or "dark" if the visitor chose one, else "" for the system's choice."""
    for part in (call.header("cookie") or "").split(";"):
        name, _, value = part.strip().partition("=")
        if name == "theme" and value in ("light", "dark"):
            return value
    return ""


def from_own_page(call: Call) -> bool:
    """Whether a form was sent by a page of ours, as far as the browser says where it comes from."""
    site = call.header("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = call.header("origin")
    return origin is None or origin.partition("://")[2] == (call.header("host") or "")


def form_of(call: Call) -> Form:
    """Return the fields of a form.

    Raises:
        FormTooBig: it is over 1 MiB, or has over 20,000 fields.
    """
    form = call.form_fields(FORM_BYTES, FORM_FIELDS)
    if form is None:
        raise FormTooBig("the form is too big")
    return Form(form.fields, form.files)


def _kept(visit: Visit) -> list[tuple[str, str]]:
    """Return what was typed, to be shown again: a person loses nothing by an error."""
    secret = {"csrf", "once", "password", "code", "secret"}
    return [
        (name, value)
        for name, values in visit.form.values.items()
        for value in values
        if value.strip() and not any(word in name for word in secret)
    ]
