"""A new address of one's own sign-in: asked for on the security page, confirmed by a button behind the mailed link."""

from __future__ import annotations

from chalice.app import Blueprint, Response

from console.routes.me import OwnPages, security_page
from console.routes.signing_in import browser_of
from console.site import Site
from console.visit import Visit
from tocsin.contacts.domain.email_address import InvalidEmail, parse_email
from tocsin.identity.domain.permissions import Permission
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.errors import TooManyRequests
from tocsin.sign_in.application.own_address import NotMoved

PAGE = "me/address"
_SECURITY = "me/security"


def address_routes(site: Site, use: OwnPages) -> Blueprint:
    """Return the route. The link of the mail shows a button; only the button, in a session of the person, acts."""
    routes = Blueprint(__name__)

    @site.page(routes, PAGE, Permission.SELF, posts=True)
    def address(visit: Visit) -> Response:
        person = visit.principal.user
        assert person is not None  # a session is always that of a person
        if visit.call.method == "GET":
            token = visit.query.get("token", "")
            wanted = use.address.wanted(person, token)
            return site.show(visit, "me_address", 200 if wanted else 404, token=token, wanted=wanted, fault="")
        if token := visit.form.get("token"):
            return _confirm(site, use, visit, person, token)
        if not visit.session.is_proved(visit.now):
            return visit.go("prove", next=_SECURITY)
        return _ask(site, use, visit, person)

    return routes


def _ask(site: Site, use: OwnPages, visit: Visit, person: User) -> Response:
    try:
        email = parse_email(visit.form.get("email"))
        console = visit.console(use.console_url)
        use.address.ask(person, email, console, request_id=visit.call.request_id)
    except InvalidEmail:
        return security_page(site, visit, address_fault="That is not an email address.", status=422)
    except TooManyRequests:
        fault = "Five mails went out within a day. Try again tomorrow."
        return security_page(site, visit, address_fault=fault, status=422)
    return visit.go(_SECURITY, said="address-asked")


def _confirm(site: Site, use: OwnPages, visit: Visit, person: User, token: str) -> Response:
    answer = use.address.confirm(person, token, browser_of(visit.call, use.cookies))
    if answer is NotMoved.VOID:
        return site.show(visit, "me_address", 404, token="", wanted=None, fault="")
    if answer is NotMoved.TAKEN:
        fault = "Another person signs in with this address."
        return site.show(visit, "me_address", 409, token=token, wanted=person.new_email, fault=fault)
    return visit.go(_SECURITY, said="address")
