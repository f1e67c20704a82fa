"""The inbox: what the person was told, unread ones first to be seen, marks by forms."""

from __future__ import annotations

from chalice.app import Blueprint, Response

from console.inbox.unread import UnreadCounts
from console.rendering import ROOT
from console.site import Site
from console.visit import Visit
from tocsin.identity.domain.permissions import Permission
from tocsin.inbox.domain.inbox_notice import InboxNotice
from tocsin.kernel.domain.errors import NotFound
from tocsin.personal_notices.application.own_inbox import OwnInbox, person_of

_PAGE = "me/inbox"
_PER_PAGE = 50
_EVERY = 10
"""Seconds until the next check."""


def inbox_routes(site: Site, own: OwnInbox, counts: UnreadCounts) -> Blueprint:
    """Return the routes of the inbox."""
    routes = Blueprint(__name__)

    @site.page(routes, _PAGE, Permission.SELF, posts=True)
    def inbox(visit: Visit) -> Response:
        if visit.call.method == "POST":
            return _mark(own, counts, visit)
        show = "unread" if visit.query.get("show") == "unread" else "all"
        cursor = visit.query.get("cursor") or None
        page = own.page(visit.principal, _PER_PAGE, cursor, unread=show == "unread")
        values = {
            "rows": [(notice, _target(visit, notice)) for notice in page.notices],
            "next": page.next,
            "show": show,
            "cursor": cursor or "",
            "count": own.unread(visit.principal),
        }
        return site.show_live(visit, "me_inbox", 0 if cursor else _EVERY, values)

    return routes


def _mark(own: OwnInbox, counts: UnreadCounts, visit: Visit) -> Response:
    form, said = visit.form, "inbox-all"
    if form.ticked("all"):
        own.mark_all(visit.principal)
    else:
        read = form.ticked("read")
        said = "inbox-read" if read else "inbox-unread"
        try:
            own.mark(visit.principal, form.get("read" if read else "unread"), read=read)
        except NotFound:
            said = ""  # it is thirty days old meanwhile
    user = person_of(visit.principal)
    counts.forget(user.tenant, user.id)
    return visit.go(_PAGE, show=form.get("show"), cursor=form.get("cursor"), said=said)


def _target(visit: Visit, notice: InboxNotice) -> str:
    """Return where a notice leads: a page of ours, another site, an event that the person may read; "" = nowhere."""
    if notice.url is not None and notice.url.startswith(f"/{ROOT}/"):
        to, _, query = notice.url.removeprefix(f"/{ROOT}/").partition("?")
        return visit.link(to) + (f"?{query}" if query else "")
    if notice.url is not None and notice.url.startswith(("https://", "http://")):
        return notice.url
    if notice.event is not None and visit.may(Permission.RULES_OWN):
        return visit.link(f"events/{notice.event}")
    return ""
