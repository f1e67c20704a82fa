"""A test mail by a page: the mail server's own words stand on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from console.words import sentence
from tocsin.kernel.domain.errors import Restoring, TooManyRequests
from tocsin.suppressions.domain.suppression import SuppressionReason
from tocsin.tenant_mail.domain.refusals import MailNotSent


@dataclass(frozen=True, slots=True)
class TriedMail:
    """What became of a test mail.

    Attributes:
        glyph: of its state.
        said: the server's own words; "" = none.
    """

    glyph: str
    word: str
    said: str = ""

    @property
    def status(self) -> int:
        """The status of the page that shows it."""
        return 422 if self.glyph == "bad" else 200


def tried(send: Callable[[], SuppressionReason | None]) -> TriedMail:
    """Send a test mail, and return what became of it."""
    try:
        suppressed = send()
    except MailNotSent as error:
        return TriedMail("bad", sentence(str(error)), error.said)
    except (Restoring, TooManyRequests) as error:
        return TriedMail("bad", sentence(str(error)))
    if suppressed is not None:
        return TriedMail("warn", "The mail server took it. Other mails are not sent to this address.")
    return TriedMail("ok", "The mail server took it.")
