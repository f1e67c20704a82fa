"""The mail settings of the account: read, save, test, disconnect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from chalice.app import Blueprint, Response

from settings_api.caller import Caller
from settings_api.routes.answering import repeatable
from tocsin.content.domain.content import EmailContent
from tocsin.directory.domain.versions import check_match, etag
from tocsin.entrypoint.directory_body.shapes import NothingBody
from tocsin.entrypoint.http.app import Call, Shape, answer, answers
from tocsin.entrypoint.http.wire import read
from tocsin.entrypoint.mail_body.settings import TestMailBody, given_settings, settings_shown, tested_shown
from tocsin.idempotency.application.idempotent_call import IdempotentCall
from tocsin.tenant_mail.application.manage_settings import MailView, ManageMailSettings, check_may_change_mail
from tocsin.tenant_mail.application.send_test_mail import SendTestMail
from tocsin.tenant_mail.domain.mail_settings import MailSettings

_PATH = "/tenant/notification"


def mail_routes(
    caller: Caller, manage: ManageMailSettings, test: Callable[[], SendTestMail], answers_kept: IdempotentCall
) -> Blueprint:
    """Return the routes.

    Args:
        test: returns what sends test mails; it is made with the first one.
    """
    routes = Blueprint(__name__)

    @routes.route(_PATH, methods=["GET", "POST"])
    @answers(routes, Shape.PROBLEM)
    def settings(call: Call) -> Response:
        body, who = call.json() if call.method == "POST" else {}, caller(call)
        if call.method == "GET":
            found = manage.get(who)
            call.query()
            return _shown(found)
        check_may_change_mail(who)
        call.query()
        if_match = call.header("if-match")

        def given(before: MailSettings) -> Mapping[str, Any]:
            check_match(if_match, before)
            return given_settings(body)

        return _shown(manage.save(who, given))

    @routes.route(f"{_PATH}/test_email", methods=["POST"])
    @answers(routes, Shape.PROBLEM)
    def test_email(call: Call) -> Response:
        body, who = call.json(), caller(call)
        check_may_change_mail(who)
        call.query()
        mail = read(TestMailBody, body)
        content = EmailContent(mail.subject, mail.content, "text/plain; charset=utf-8")

        def sent(seed: bytes | None) -> Mapping[str, Any]:
            return tested_shown(test()(who, mail.recipient, content))

        return answer(repeatable(call, answers_kept, who, "tenant/notification/test_email", body, sent))

    @routes.route(f"{_PATH}/disconnect", methods=["POST"])
    @answers(routes, Shape.PROBLEM)
    def disconnect(call: Call) -> Response:
        body, who = call.json(), caller(call)
        check_may_change_mail(who)
        call.query()
        read(NothingBody, body)
        return _shown(manage.disconnect(who))

    return routes


def _shown(view: MailView) -> Response:
    return answer(settings_shown(view), headers={"ETag": etag(view.settings)})
