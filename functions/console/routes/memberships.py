"""The accounts of a person: accept or decline an invitation by a further account, and switch."""

from __future__ import annotations

from dataclasses import dataclass

from chalice.app import Blueprint, Response

from console.routes.signing_in import browser_of, entered
from console.site import Site
from console.visit import Visit
from tocsin.entrypoint.http.cookies import Cookies
from tocsin.identity.domain.permissions import Permission
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.errors import AlreadyExists
from tocsin.kernel.domain.ids import TenantId
from tocsin.sign_in.application.own_accounts import OwnAccounts
from tocsin.sign_in.application.switch_account import SwitchAccount
from tocsin.sign_in.domain.steps import Denial, Denied

PAGE = "me/accounts"

_NOT_SWITCHED = {
    Denial.EXPIRED: "That account has ended all sign-ins. Sign out, then sign in again to enter it.",
    Denial.NOT_A_MEMBER: "You are not a member of that account any more.",
}
_TAKEN = "Another person of that account has your address. Tell its administrator."


@dataclass(frozen=True, slots=True)
class MembershipPages:
    """What this page needs."""

    accounts: OwnAccounts
    switch: SwitchAccount
    cookies: Cookies


def membership_routes(site: Site, use: MembershipPages) -> Blueprint:
    """Return the route of a person's accounts."""
    routes = Blueprint(__name__)

    @site.page(routes, PAGE, Permission.SELF, posts=True)
    def accounts(visit: Visit) -> Response:
        person = visit.principal.user
        assert person is not None  # a session is always that of a person
        form = visit.form
        if visit.call.method == "POST" and form.get("switch"):
            return _switch(site, use, visit, person, TenantId(form.get("switch")))
        if visit.call.method == "POST":
            return _answer(site, use, visit, person)
        return site.show(visit, "me_accounts", fault="", own=person.tenant)

    return routes


def _answer(site: Site, use: MembershipPages, visit: Visit, person: User) -> Response:
    browser = browser_of(visit.call, use.cookies)
    if tenant := visit.form.get("decline"):
        use.accounts.decline(person, TenantId(tenant), browser)
        return visit.go(PAGE, said="declined")
    try:
        use.accounts.accept(person, TenantId(visit.form.get("accept")), browser)
    except AlreadyExists:
        return site.show(visit, "me_accounts", 409, fault=_TAKEN, own=person.tenant)
    return visit.go(PAGE, said="accepted")


def _switch(site: Site, use: MembershipPages, visit: Visit, person: User, tenant: TenantId) -> Response:
    answer = use.switch(visit.session, person, tenant, browser_of(visit.call, use.cookies))
    if not isinstance(answer, Denied):
        return entered(visit.call, use.cookies, answer)
    if answer.reason is Denial.REQUIRED:
        # A code makes this session one with a second factor; a person without an app sets it up first.
        return visit.go("prove", next=PAGE) if person.mfa else visit.go("me/security", said="app-first")
    fault = _NOT_SWITCHED.get(answer.reason, "That did not work.")
    return site.show(visit, "me_accounts", 422, fault=fault, own=person.tenant)
