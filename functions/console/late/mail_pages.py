"""Pages of tenant mail.

Each function imports what its pages need.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalice.app import Blueprint

    from console.blueprints import Parts


def mail(parts: Parts) -> list[Blueprint]:
    """Return the pages of the mail server."""
    from console.mail.routes import MailPages, mail_routes

    return [mail_routes(parts.site, MailPages(parts.mail.settings, lambda: parts.mail.test))]
