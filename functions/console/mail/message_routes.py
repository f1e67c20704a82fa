"""Routes of mails about events: what became of each."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint, Response

from console.mail.routes import NEEDS
from console.mail.words import MAIL_STATES, TEMPLATE_WORDS, reason_word
from console.site import Site
from console.visit import Visit
from tocsin.tenant_mail.application.read_mails import MailedMessage, ReadMails
from tocsin.tenant_mail.domain.mail_run import RUN_KEPT

_PER_PAGE = 50


def message_routes(site: Site, mails: ReadMails) -> Blueprint:
    """Return the route of the list."""
    routes = Blueprint(__name__)

    @site.page(routes, "mail/messages", NEEDS[0], reach=NEEDS[1])
    def messages(visit: Visit) -> Response:
        state = visit.query.get("state", "")
        known = state if state in MAIL_STATES else ""
        page = mails.page(visit.principal, known or None, _PER_PAGE, visit.query.get("cursor") or None)
        return site.show(
            visit,
            "mail/messages",
            rows=[_row(each) for each in page.messages],
            next=page.next,
            state=known,
            states=[("", "any"), *((word, said) for word, (_, said) in MAIL_STATES.items())],
            days=RUN_KEPT.days,
        )

    return routes


def _row(mail: MailedMessage) -> dict[str, Any]:
    run, message = mail.run, mail.message
    return {
        "event": run.event,
        "at": run.at,
        "template": TEMPLATE_WORDS[run.template],
        "custom": run.custom,
        "to": message.address if message else "",
        "state": MAIL_STATES[mail.state],
        "reason": reason_word(message.reason if message else run.outcome.value if run.alert is None else None),
        "said": mail.said,
        "attempts": message.attempts if message else 0,
        "next": message.waits_until if message else None,
    }
