"""Routes of connecting a mailbox: begin, come back from the provider, confirm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chalice.app import Blueprint, Response

from console.rendering import link
from console.site import Site, path_of
from console.visit import Visit
from tocsin.entrypoint.http.app import Call
from tocsin.identity.domain.permissions import Permission, Reach
from tocsin.tenant_mail.application.connect_mailbox import (
    ConnectedMailbox,
    ConnectMailbox,
    ConnectOver,
    OtherMailbox,
    ToConfirm,
)
from tocsin.tenant_mail.domain.mail_settings import MailServerType

NEEDS = (Permission.MAIL, Reach.ALL)
PROVIDERS = {MailServerType.GMAIL: "Google", MailServerType.MS365: "Microsoft"}

OVER, OTHER = 400, 409
"""Status of a page that connects nothing: the attempt is over, or another mailbox consented."""


@dataclass(frozen=True, slots=True)
class ConnectingPages:
    """What these pages need of the core.

    Attributes:
        connect: returns the use case; it is made with the first page.
        console_url: where people reach the console, as `Call.address_by` reads it.
    """

    connect: Callable[[], ConnectMailbox]
    console_url: str = ""


def connecting_routes(site: Site, use: ConnectingPages) -> Blueprint:
    """Return the routes. That of the provider is public: state and session say whether it stores anything."""
    routes = Blueprint(__name__)

    @site.page(routes, "mail/connect", NEEDS[0], posts=True, reach=NEEDS[1])
    def begin(visit: Visit) -> Response:
        names = {type.value: name for type, name in PROVIDERS.items()}
        chosen = visit.form.get("type") if visit.call.method == "POST" else ""
        if chosen not in names:
            return site.show(visit, "connecting/begin", providers=names, name="", page="")
        address = visit.call.address_by(use.console_url)
        begun = use.connect().begin(visit.principal, MailServerType(chosen), address, in_console=True)
        return site.show(visit, "connecting/begin", providers=names, name=names[chosen], page=begun.page)

    @routes.route("/oauth/{provider}/callback", methods=["GET"], name="mail_consent")
    def came_back(provider: str) -> Response:
        call = Call(routes.current_request)
        return site.guarded(call, lambda: _came_back(site, use, call, provider))

    @site.page(routes, "mail/connect/{attempt}", NEEDS[0], posts=True, reach=NEEDS[1])
    def confirm(visit: Visit, attempt: str) -> Response:
        try:
            if visit.call.method == "GET":
                shown = use.connect().look(visit.principal, attempt)
                return site.show(visit, "connecting/confirm", id=shown.id, mailbox=shown.mailbox)
            answer = use.connect().confirm(visit.principal, attempt)
        except ConnectOver:
            return site.show(visit, "connecting/told", OVER, what="over")
        told, status = _told(answer, visit.tenant_name)
        return site.show(visit, "connecting/told", status, **told)

    return routes


def _came_back(site: Site, use: ConnectingPages, call: Call, provider: str) -> Response:
    signed = site.find_signed(call)
    state, code = call.parameters.get("state", ""), call.parameters.get("code", "")
    try:
        answer = use.connect().came_back(provider, state, code, signed.principal if signed else None)
    except ConnectOver:
        return site.plain(call, "connecting/outside", OVER, what="over")
    if isinstance(answer, ToConfirm):
        to = f"mail/connect/{answer.id}"
        if signed is None:
            return site.plain(call, "connecting/outside", what="confirm", to=to)
        return Response("", {"Location": link(path_of(call), to), "Content-Type": "text/plain"}, 303)
    assert signed is not None  # nothing else connects a mailbox at once
    told, status = _told(answer, signed.tenant_name)
    return site.plain(call, "connecting/outside", status, **told)


def _told(answer: ConnectedMailbox | OtherMailbox, account: str) -> tuple[dict[str, Any], int]:
    """Return what the page says of a finished connection, and its status."""
    if isinstance(answer, OtherMailbox):
        return {"what": "other", "answer": answer, "account": account}, OTHER
    return {"what": "connected", "answer": answer, "account": account}, 200
