"""The inbox of the caller."""

from __future__ import annotations

from chalice.app import Blueprint, Response

from settings_api.caller import Caller
from tocsin.entrypoint.http.app import Call, Shape, answer, answers
from tocsin.entrypoint.http.paging import Truth, choice, page_limit
from tocsin.entrypoint.http.wire import read
from tocsin.entrypoint.inbox_body.notifications import MarkBody, shown
from tocsin.personal_notices.application.own_inbox import OwnInbox, check_may_change, person_of

_PER_PAGE = 50
_ROUTE = "/users/me/notifications"


def notification_routes(caller: Caller, inbox: OwnInbox) -> Blueprint:
    """Return the routes of inboxes."""
    routes = Blueprint(__name__)

    @routes.route(_ROUTE, methods=["GET"])
    @answers(routes, Shape.PROBLEM)
    def notifications(call: Call) -> Response:
        who = caller(call)
        person_of(who)
        query = call.query("unread", "limit", "cursor")
        unread = choice(Truth, query, "unread") is Truth.TRUE
        page = inbox.page(who, page_limit(query, _PER_PAGE), query.get("cursor"), unread=unread)
        items = [shown(notice) for notice in page.notices]
        return answer({"items": items, "next_cursor": page.next, "unread": inbox.unread(who)})

    @routes.route(f"{_ROUTE}/{{notification_id}}", methods=["PATCH"])
    @answers(routes, Shape.PROBLEM)
    def notification(call: Call, notification_id: str) -> Response:
        body = call.json()
        who = caller(call)
        check_may_change(who)
        call.query()
        return answer(shown(inbox.mark(who, notification_id, read=read(MarkBody, body).read)))

    @routes.route(f"{_ROUTE}/read_all", methods=["POST"])
    @answers(routes, Shape.PROBLEM)
    def read_all(call: Call) -> Response:
        who = caller(call)
        check_may_change(who)
        call.query()
        return answer({"marked": inbox.mark_all(who)})

    return routes
