"""The mails about events, and what became of them."""

from __future__ import annotations

from chalice.app import Blueprint, Response

from settings_api.caller import Caller
from tocsin.entrypoint.http.app import Call, Shape, answer, answers
from tocsin.entrypoint.http.paging import page_limit
from tocsin.entrypoint.mail_body.mails import STATES, mail_listed
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.tenant_mail.application.read_mails import ReadMails

_PER_PAGE = 50


def mail_message_routes(caller: Caller, mails: ReadMails) -> Blueprint:
    """Return the route."""
    routes = Blueprint(__name__)

    @routes.route("/tenant/notification/messages", methods=["GET"])
    @answers(routes, Shape.PROBLEM)
    def messages(call: Call) -> Response:
        who = caller(call)
        mails.check_may_read(who)
        query = call.query("state", "limit", "cursor")
        state = query.get("state")
        if state is not None and state not in STATES:
            raise InvalidRequest([Fault("/state", "NOT_ALLOWED", f"must be one of {', '.join(STATES)}")])
        page = mails.page(who, state, page_limit(query, _PER_PAGE), query.get("cursor"))
        return answer({"items": [mail_listed(each) for each in page.messages], "next_cursor": page.next})

    return routes
