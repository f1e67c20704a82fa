"""Mail templates: the defaults, and the account's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from chalice.app import Blueprint, Response

from settings_api.caller import Caller
from settings_api.routes.answering import repeatable
from tocsin.directory.domain.versions import check_match, etag
from tocsin.entrypoint.directory_body.shapes import NothingBody
from tocsin.entrypoint.http.app import Call, Shape, answer, answers
from tocsin.entrypoint.http.wire import read
from tocsin.entrypoint.mail_body.settings import tested_shown
from tocsin.entrypoint.mail_body.templates import (
    TemplateTestBody,
    default_shown,
    default_with_variables,
    given_words,
    new_template,
    preview_shown,
    template_shown,
    words_to_preview,
)
from tocsin.idempotency.application.idempotent_call import IdempotentCall
from tocsin.tenant_mail.application.manage_settings import check_may_change_mail, check_may_read_mail
from tocsin.tenant_mail.application.manage_templates import ManageTemplates
from tocsin.tenant_mail.application.send_test_mail import SendTestMail
from tocsin.tenant_mail.domain.mail_variables import TEMPLATES
from tocsin.tenant_mail.domain.template_words import MailTemplateRow

_DEFAULTS, _OWN = "/default_email_templates", "/custom_email_templates"


def mail_template_routes(
    caller: Caller, manage: ManageTemplates, test: Callable[[], SendTestMail], answers_kept: IdempotentCall
) -> Blueprint:
    """Return the routes.

    Args:
        test: returns what sends test mails; it is made with the first one.
    """
    routes = Blueprint(__name__)

    @routes.route(_DEFAULTS, methods=["GET"])
    @answers(routes, Shape.PROBLEM)
    def defaults(call: Call) -> Response:
        check_may_read_mail(caller(call))
        call.query()
        return answer({"items": [default_shown(kind) for kind in TEMPLATES.values()]})

    @routes.route(f"{_DEFAULTS}/{{name}}", methods=["GET"])
    @answers(routes, Shape.PROBLEM)
    def default(call: Call, name: str) -> Response:
        kind = manage.kind(caller(call), name)
        call.query()
        return answer(default_with_variables(kind))

    @routes.route(_OWN, methods=["GET", "POST"])
    @answers(routes, Shape.PROBLEM)
    def all_own(call: Call) -> Response:
        body, who = call.json() if call.method == "POST" else {}, caller(call)
        if call.method == "GET":
            found = manage.all(who)
            call.query()
            return answer({"items": [template_shown(each) for each in found]})
        check_may_change_mail(who)
        call.query()

        def created(seed: bytes | None) -> Mapping[str, Any]:
            made = manage.create(who, *new_template(body))
            return {"id": made.name, **template_shown(made)}

        made = repeatable(call, answers_kept, who, "custom_email_templates", body, created)
        headers = {"Location": f"custom_email_templates/{made['id']}", "ETag": f'"{made["version"]}"'}
        return answer(made, 201, headers)

    @routes.route(f"{_OWN}/{{name}}", methods=["GET", "POST"])
    @answers(routes, Shape.PROBLEM)
    def own(call: Call, name: str) -> Response:
        body, who = call.json() if call.method == "POST" else {}, caller(call)
        if call.method == "GET":
            found = manage.get(who, name)
            call.query()
            return answer(template_shown(found), headers={"ETag": etag(found)})
        check_may_change_mail(who)
        call.query()
        if_match = call.header("if-match")

        def words(before: MailTemplateRow) -> Mapping[str, str | None]:
            check_match(if_match, before)
            return given_words(body)

        return answer({}, headers={"ETag": etag(manage.change(who, name, words))})

    @routes.route(f"{_OWN}/{{name}}/destroy", methods=["POST"])
    @answers(routes, Shape.PROBLEM)
    def destroy(call: Call, name: str) -> Response:
        body, who = call.json(), caller(call)
        check_may_change_mail(who)
        call.query()
        if_match = call.header("if-match")

        def check(template: MailTemplateRow) -> None:
            check_match(if_match, template)
            read(NothingBody, body)

        manage.destroy(who, name, check)
        return answer({})

    @routes.route(f"{_OWN}/{{name}}/preview", methods=["POST"])
    @answers(routes, Shape.PROBLEM)
    def preview(call: Call, name: str) -> Response:
        body, who = call.json(), caller(call)
        kind = manage.kind(who, name)
        call.query()
        words, values = words_to_preview(kind, body)
        return answer(preview_shown(manage.preview(who, name, words, values)))

    @routes.route(f"{_OWN}/{{name}}/test", methods=["POST"])
    @answers(routes, Shape.PROBLEM)
    def send_sample(call: Call, name: str) -> Response:
        body, who = call.json(), caller(call)
        check_may_change_mail(who)
        call.query()
        manage.kind(who, name)
        recipient = read(TemplateTestBody, body).recipient

        def sent(seed: bytes | None) -> Mapping[str, Any]:
            return tested_shown(test()(who, recipient, manage.sample(who, name)))

        return answer(repeatable(call, answers_kept, who, f"custom_email_templates/{name}/test", body, sent))

    return routes
