"""Routes of the mail server of the account."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalice.app import Blueprint, Response

from console.faults import FaultsShown
from console.mail.form import body_of, standing
from console.mail.trying import TriedMail, tried
from console.mail.words import AUTHS, LABELS, SERVER_STATES, TRANSPORTS, TYPES, UNKNOWNS, flag_word, reason_word
from console.rules.refusals import REFUSALS, differences, faults_of
from console.site import Site
from console.visit import Form, Visit
from tocsin.content.domain.content import EmailContent
from tocsin.directory.domain.versions import check_match
from tocsin.entrypoint.http.wire import read
from tocsin.entrypoint.mail_body.settings import TestMailBody, given_settings
from tocsin.identity.domain.permissions import Permission, Reach
from tocsin.kernel.domain.errors import Fault, InvalidRequest, PreconditionFailed
from tocsin.tenant_mail.application.manage_settings import MailView, ManageMailSettings
from tocsin.tenant_mail.application.send_test_mail import SendTestMail
from tocsin.tenant_mail.domain.changed_settings import SECRETS
from tocsin.tenant_mail.domain.mail_settings import MOST_RECIPIENTS, MailFlag, MailSettings

NEEDS = (Permission.MAIL, Reach.ALL)
_TEST_LABELS = {"recipient": "To", "subject": "Subject", "content": "Text"}
_SHOWN_LABELS = {name: word for name, word in LABELS.items() if name not in SECRETS}


@dataclass(frozen=True, slots=True)
class MailPages:
    """What these pages need of the core.

    Attributes:
        test: returns what sends test mails; it is made with the first one.
    """

    manage: ManageMailSettings
    test: Callable[[], SendTestMail]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """What a page shows beside the settings as they stand."""

    typed: Form | None = None
    faults: Sequence[Fault] = ()
    lost: bool = False
    test: Form | None = None
    outcome: TriedMail | None = None

    @property
    def status(self) -> int:
        if self.lost:
            return 409
        return 422 if self.faults else self.outcome.status if self.outcome else 200


def mail_routes(site: Site, use: MailPages) -> Blueprint:
    """Return the route of settings, test mails and the end of a connection."""
    routes = Blueprint(__name__)

    @site.page(routes, "mail", NEEDS[0], posts=True, reach=NEEDS[1])
    def mail(visit: Visit) -> Response:
        if visit.call.method == "GET":
            return _settings(site, use, visit, _Shown())
        match visit.form.get("act"):
            case "test":
                return _try(site, use, visit)
            case "disconnect":
                use.manage.disconnect(visit.principal)
                return visit.go("mail", said="disconnected")
        return _save(site, use, visit)

    return routes


def _settings(site: Site, use: MailPages, visit: Visit, shown: _Shown) -> Response:
    view = use.manage.get(visit.principal)
    settings, stands, typed = view.settings, standing(view.settings), shown.typed
    user = visit.principal.user
    return site.show(
        visit,
        "mail/settings",
        shown.status,
        server=_server(view),
        secrets={name: getattr(settings.secrets, name) is not None for name in SECRETS},
        form=stands if typed is None else typed,
        types=_options(TYPES),
        auths=_options(AUTHS),
        unknowns=_options(UNKNOWNS),
        transports=_options(TRANSPORTS),
        flags=[(flag.value, flag_word(flag)) for flag in MailFlag],
        most=MOST_RECIPIENTS,
        version=settings.version if shown.lost or typed is None else typed.get("version"),
        lost=differences(_SHOWN_LABELS, stands, typed) if shown.lost and typed is not None else None,
        faults=FaultsShown(shown.faults),
        test=shown.test or Form({"recipient": [user.email if user else ""], "subject": ["Test"], "content": ["Test"]}),
        outcome=shown.outcome,
    )


def _server(view: MailView) -> dict[str, Any]:
    """Return what is known of the server that mails go by."""
    glyph, word = SERVER_STATES[view.state.state]
    return {
        "own": view.settings.has_own_server,
        "system": view.system_allowed,
        "mailbox": view.settings.username if view.connected else "",
        "glyph": glyph,
        "word": word,
        "since": view.state.since,
        "reason": reason_word(view.state.reason),
        "said": view.state.said,
    }


def _options(words: Mapping[Any, str]) -> list[tuple[str, str]]:
    return [(value.value, word) for value, word in words.items()]


def _save(site: Site, use: MailPages, visit: Visit) -> Response:
    form, match = visit.form, f'"{visit.form.get("version")}"'
    stood: list[MailSettings] = []

    def given(before: MailSettings) -> Mapping[str, Any]:
        check_match(match, before)
        stood.append(before)
        return given_settings(body_of(form, before))

    try:
        view = use.manage.save(visit.principal, given)
    except REFUSALS as error:
        lost = isinstance(error, PreconditionFailed)
        return _settings(site, use, visit, _Shown(typed=form, faults=faults_of(error, LABELS), lost=lost))
    return visit.go("mail", said="secret-gone" if _lost_a_secret(form, stood[-1], view.settings) else "saved")


def _lost_a_secret(form: Form, before: MailSettings, after: MailSettings) -> bool:
    """Whether a secret was forgotten although the form did not ask for it."""
    return any(
        getattr(before.secrets, name) and not getattr(after.secrets, name) and not form.ticked(f"forget_{name}")
        for name in SECRETS
    )


def _try(site: Site, use: MailPages, visit: Visit) -> Response:
    form = visit.form
    try:
        mail = read(TestMailBody, {name: form.text(name) for name in _TEST_LABELS})
    except InvalidRequest as error:
        return _settings(site, use, visit, _Shown(test=form, faults=faults_of(error, _TEST_LABELS)))
    content = EmailContent(mail.subject, mail.content, "text/plain; charset=utf-8")
    outcome = tried(lambda: use.test()(visit.principal, mail.recipient, content))
    return _settings(site, use, visit, _Shown(test=form, outcome=outcome))
