"""Begin to connect a mailbox of Microsoft 365 or Gmail. The rest happens in a browser."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from chalice.app import Blueprint, Response

from settings_api.routes.answering import SettingsCalls, repeatable
from tocsin.entrypoint.http.app import Call, Shape, answer, answers
from tocsin.entrypoint.http.wire import read
from tocsin.entrypoint.mail_body.connecting import ConnectBody, connecting_shown
from tocsin.tenant_mail.application.connect_mailbox import ConnectMailbox
from tocsin.tenant_mail.application.manage_settings import check_may_change_mail
from tocsin.tenant_mail.domain.mail_settings import MailServerType

_PATH = "tenant/notification/connect"


def mail_connect_routes(calls: SettingsCalls, connect: Callable[[], ConnectMailbox]) -> Blueprint:
    """Return the route.

    Args:
        connect: returns the use case; it is made with the first call.
    """
    routes = Blueprint(__name__)

    @routes.route(f"/{_PATH}", methods=["POST"])
    @answers(routes, Shape.PROBLEM)
    def begin(call: Call) -> Response:
        body, who = call.json(), calls.caller(call)
        check_may_change_mail(who)
        call.query()
        wanted = MailServerType(read(ConnectBody, body).type)

        def begun(seed: bytes | None) -> Mapping[str, Any]:
            address = call.address_by(calls.console_url)
            return connecting_shown(connect().begin(who, wanted, address, in_console=False))

        return answer(repeatable(call, calls.answers_kept, who, _PATH, body, begun))

    return routes
