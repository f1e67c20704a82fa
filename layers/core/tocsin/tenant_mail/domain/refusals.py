"""Why a test mail was not sent, beside the errors of `kernel/domain/errors.py`."""

from __future__ import annotations

from tocsin.kernel.domain.errors import TocsinError


class MailNotSent(TocsinError):
    """Base of these errors.

    Attributes:
        said: the server's own words, without secrets; "" = it said nothing, or its words are not shown.
        reason: a stable word; "" = the code says enough.
    """

    code = "MAIL_NOT_SENT"

    def __init__(self, reason: str = "", said: str = "") -> None:
        self.reason, self.said = reason, said
        super().__init__(self.sentence)


class MailNotConfigured(MailNotSent):
    """The account has no mail server of its own, and may not use the system's."""

    code = "MAIL_NOT_CONFIGURED"
    sentence = "the account has no mail server; save `server`, or connect Microsoft 365 or Gmail"


class MailPortNotAllowed(MailNotSent):
    """No mail is sent by the port that is stored."""

    code = "MAIL_PORT_NOT_ALLOWED"
    sentence = "mails are sent by the ports 465, 587 and 2525 only"


class MailServerUnreachable(MailNotSent):
    """The name has no public address, or nothing answers there. Which of them is not told."""

    code = "MAIL_SERVER_UNREACHABLE"
    sentence = "no mail server was reached under this name and port"


class MailServerRefused(MailNotSent):
    """The server, or its TLS, stands against this mail."""

    code = "MAIL_SERVER_REFUSED"

    def __init__(self, reason: str, said: str = "") -> None:
        self.sentence = f"the mail server did not take the mail: {reason.replace('_', ' ')}"
        super().__init__(reason, said)


class MailServerTimeout(MailNotSent):
    """It is unknown whether the server took the mail. It is not sent again."""

    code = "MAIL_SERVER_TIMEOUT"
    sentence = "the mail server did not answer in time; the mail may have arrived"
