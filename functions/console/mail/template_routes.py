"""Routes of mail templates: the list, one with its preview, and the way back to the default."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalice.app import Blueprint, Response

from console.events.words import type_word
from console.faults import FaultsShown
from console.mail.routes import NEEDS
from console.mail.trying import TriedMail, tried
from console.mail.words import TEMPLATE_WORDS
from console.rules.refusals import REFUSALS, differences, faults_of
from console.site import Site
from console.visit import Form, Visit
from console.words import sentence
from tocsin.directory.domain.versions import check_match
from tocsin.entrypoint.http.wire import read
from tocsin.entrypoint.mail_body.templates import TemplateTestBody, given_words, preview_shown
from tocsin.kernel.domain.errors import (
    AlreadyExists,
    Fault,
    InvalidRequest,
    NotFound,
    PreconditionFailed,
    RequestTooLarge,
    StaleWrite,
)
from tocsin.tenant_mail.application.manage_settings import ManageMailSettings
from tocsin.tenant_mail.application.manage_templates import ManageTemplates
from tocsin.tenant_mail.application.send_test_mail import SendTestMail
from tocsin.tenant_mail.domain.mail_settings import MailSettings
from tocsin.tenant_mail.domain.mail_variables import TEMPLATES, TENANT_NAME, TemplateKind
from tocsin.tenant_mail.domain.mailed_events import MAILED, is_wanted
from tocsin.tenant_mail.domain.template_text import warnings_of
from tocsin.tenant_mail.domain.template_words import MailTemplateRow, default_template, words_of

PREVIEW_POLICY = (
    "sandbox; default-src 'none'; img-src data: https:; style-src 'unsafe-inline'; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'self'"
)
"""Content-Security-Policy of a preview: its HTML is the account's, so it has an origin of its own and no scripts."""

_LABELS = {"from": "From", "subject": "Subject", "body": "Text or HTML", "recipient": "To"}
_WORDS = ("from", "subject", "body")


@dataclass(frozen=True, slots=True)
class TemplatePages:
    """What these pages need of the core.

    Attributes:
        settings: with the switches of templates.
        test: returns what sends test mails; it is made with the first one.
    """

    manage: ManageTemplates
    settings: ManageMailSettings
    test: Callable[[], SendTestMail]

    def own(self, visit: Visit, name: str) -> MailTemplateRow | None:
        """Return the account's own template, None if it has none of this name."""
        try:
            return self.manage.get(visit.principal, name)
        except NotFound:
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Beside:
    """What a page shows beside the template as it stands."""

    typed: Form | None = None
    faults: Sequence[Fault] = ()
    lost: bool = False
    outcome: TriedMail | None = None

    @property
    def status(self) -> int:
        if self.lost:
            return 409
        return 422 if self.faults else self.outcome.status if self.outcome else 200


def template_routes(site: Site, use: TemplatePages) -> Blueprint:
    """Return the routes of templates."""
    routes = Blueprint(__name__)

    @site.page(routes, "mail/templates", NEEDS[0], reach=NEEDS[1])
    def templates(visit: Visit) -> Response:
        own = {each.name for each in use.manage.all(visit.principal)}
        settings = use.settings.get(visit.principal).settings
        rows = [
            (name, TEMPLATE_WORDS[name], name in own, type_word(kind.event), _switch(kind, settings))
            for name, kind in TEMPLATES.items()
        ]
        return site.show(visit, "mail/templates", rows=rows)

    @site.page(routes, "mail/templates/{name}", NEEDS[0], posts=True, reach=NEEDS[1])
    def template(visit: Visit, name: str) -> Response:
        kind = use.manage.kind(visit.principal, name)
        if visit.call.method == "GET":
            return _template(site, use, visit, kind, _Beside())
        if visit.form.get("act") == "test":
            return _sample(site, use, visit, kind)
        return _save(site, use, visit, kind)

    @site.page(routes, "mail/templates/{name}/preview", NEEDS[0], posts=True, reach=NEEDS[1])
    def preview(visit: Visit, name: str) -> Response:
        kind = use.manage.kind(visit.principal, name)
        try:
            words = given_words(_typed(visit.form, kind)) if visit.call.method == "POST" else {}
            shown, faults = preview_shown(use.manage.preview(visit.principal, kind.name, words, {})), []
        except InvalidRequest as error:
            shown, faults = None, [each.message for each in faults_of(error, _LABELS)]
        except RequestTooLarge as error:
            shown, faults = None, [sentence(str(error))]
        policy = {"Content-Security-Policy": PREVIEW_POLICY}
        return site.show_part(visit, "mail/preview", policy, word=TEMPLATE_WORDS[name], mail=shown, faults=faults)

    @site.page(routes, "mail/templates/{name}/default", NEEDS[0], posts=True, reach=NEEDS[1])
    def default(visit: Visit, name: str) -> Response:
        kind = use.manage.kind(visit.principal, name)
        found, match = use.manage.get(visit.principal, kind.name), f'"{visit.form.get("version")}"'
        shown: dict[str, Any] = {"name": name, "word": TEMPLATE_WORDS[name], "version": found.version}
        if visit.call.method == "GET":
            return site.show(visit, "mail/default", moved=False, **shown)
        try:
            use.manage.destroy(visit.principal, name, lambda own: check_match(match, own))
        except (PreconditionFailed, StaleWrite):
            return site.show(visit, "mail/default", 409, moved=True, **shown)
        return visit.go(f"mail/templates/{name}", said="default-again")

    return routes


def _switch(kind: TemplateKind, settings: MailSettings) -> tuple[str, str]:
    """Return glyph and word of the switch of a template."""
    mailed = MAILED[kind.event]
    if mailed.flag is None:
        return "ok", "always sent"
    return ("ok", "on") if is_wanted(mailed, settings) else ("idle", "off")


def _standing(kind: TemplateKind, own: MailTemplateRow | None) -> Form:
    """Return the form of a template as it stands; the default stands where the account has no words of its own."""
    words = words_of(kind.name, own)
    return Form({"from": [words.sender], "subject": [words.subject], "body": [words.body]})


def _typed(form: Form, kind: TemplateKind) -> dict[str, str | None]:
    """Return the words of a form as the API takes them: null where they are empty, or those of the default."""
    default = _standing(kind, None)
    typed = {name: form.text(name) for name in _WORDS}
    return {name: text if text.strip() and text != default.text(name) else None for name, text in typed.items()}


def _template(site: Site, use: TemplatePages, visit: Visit, kind: TemplateKind, beside: _Beside) -> Response:
    own = use.own(visit, kind.name)
    stands, typed = _standing(kind, own), beside.typed
    form, user = stands if typed is None else typed, visit.principal.user
    version = str(own.version if own else 0)
    return site.show(
        visit,
        "mail/template",
        beside.status,
        name=kind.name,
        word=TEMPLATE_WORDS[kind.name],
        about=type_word(kind.event),
        own=own,
        form=form,
        version=version if beside.lost or typed is None else typed.get("version"),
        warnings=_warnings(form, kind),
        variables=[
            (TENANT_NAME, visit.tenant_name),
            *((each.name, each.sample) for each in kind.variables.values()),
        ],
        default=default_template(kind.name),
        lost=differences(_LABELS, stands, typed) if beside.lost and typed is not None else None,
        faults=FaultsShown(beside.faults),
        recipient=visit.form.get("recipient") or (user.email if user else ""),
        outcome=beside.outcome,
    )


def _warnings(form: Form, kind: TemplateKind) -> list[str]:
    """Return a sentence for each unknown variable of a form."""
    found = [each for name in _WORDS for each in warnings_of(name, form.text(name), kind.known)]
    return [
        f"{_LABELS[each.field]}, line {each.line}: %%{each.variable}%% is unknown and stays as it is."
        + (f" Do you mean %%{each.suggestion}%%?" if each.suggestion else "")
        for each in found[:20]
    ]


def _save(site: Site, use: TemplatePages, visit: Visit, kind: TemplateKind) -> Response:
    form, match = visit.form, f'"{visit.form.get("version")}"'
    try:
        words = given_words(_typed(form, kind))
        if form.get("version") == "0":
            use.manage.create(visit.principal, kind.name, words)
        else:
            use.manage.change(visit.principal, kind.name, lambda own: _matched(match, own, words))
    except (AlreadyExists, NotFound):
        changed = faults_of(PreconditionFailed(), _LABELS)
        return _template(site, use, visit, kind, _Beside(typed=form, faults=changed, lost=True))
    except REFUSALS as error:
        lost = isinstance(error, PreconditionFailed)
        beside = _Beside(typed=form, faults=faults_of(error, _LABELS), lost=lost)
        return _template(site, use, visit, kind, beside)
    return visit.go(f"mail/templates/{kind.name}", said="saved")


def _matched(match: str, own: MailTemplateRow, words: Mapping[str, str | None]) -> Mapping[str, str | None]:
    """Return the words if the template has the version that was shown."""
    check_match(match, own)
    return words


def _sample(site: Site, use: TemplatePages, visit: Visit, kind: TemplateKind) -> Response:
    try:
        to = read(TemplateTestBody, {"recipient": visit.form.get("recipient")}).recipient
    except InvalidRequest as error:
        return _template(site, use, visit, kind, _Beside(faults=faults_of(error, _LABELS)))
    content = use.manage.sample(visit.principal, kind.name)
    return _template(site, use, visit, kind, _Beside(outcome=tried(lambda: use.test()(visit.principal, to, content))))
