"""Pages of tenant mail.

Each function imports what its pages need.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalice.app import Blueprint

    from console.blueprints import Parts


def mail(parts: Parts) -> list[Blueprint]:
    """Return the pages of the mail server, its templates, and what became of mails."""
    from console.mail.message_routes import message_routes
    from console.mail.routes import MailPages, mail_routes
    from console.mail.template_routes import TemplatePages, template_routes

    use = parts.mail
    return [
        mail_routes(parts.site, MailPages(use.settings, lambda: use.test)),
        message_routes(parts.site, parts.rules.read_mails),
        template_routes(parts.site, TemplatePages(use.templates, use.settings, lambda: use.test)),
    ]
