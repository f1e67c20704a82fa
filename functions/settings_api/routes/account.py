"""The settings of the account."""

from __future__ import annotations

from chalice.app import Blueprint, Response

from settings_api.caller import Caller
from tocsin.entrypoint.account_body.account import account_etag, account_shown, patched
from tocsin.entrypoint.http.app import Call, Shape, answer, answers
from tocsin.identity.application.manage_account import ManageAccount
from tocsin.identity.domain.tenant import Tenant
from tocsin.kernel.domain.errors import PreconditionFailed
from tocsin.personal_notices.application.text_numbers import notice_sender


def account_routes(caller: Caller, manage: ManageAccount) -> Blueprint:
    """Return the routes."""
    routes = Blueprint(__name__)

    @routes.route("/account", methods=["GET", "PATCH"])
    @answers(routes, Shape.PROBLEM)
    def account(call: Call) -> Response:
        patch, who = call.json() if call.method == "PATCH" else {}, caller(call)
        if call.method == "GET":
            found = manage.get(who)
            call.query()
            return shown(found)
        manage.check_may_change(who)
        call.query()
        if_match = call.header("if-match")

        def changed(before: Tenant) -> Tenant:
            given = {"*"} if if_match is None else {each.strip() for each in if_match.split(",")}
            if not {"*", account_etag(before)} & given:
                raise PreconditionFailed
            return patched(before, patch)

        return shown(manage.save(who, changed))

    def shown(tenant: Tenant) -> Response:
        sender = notice_sender(tenant.notice_sender, manage.change.numbers(tenant.id))
        return answer(account_shown(tenant, sender), headers={"ETag": account_etag(tenant)})

    return routes
