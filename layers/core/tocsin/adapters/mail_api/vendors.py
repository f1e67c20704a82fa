"""What Microsoft and Google call things.

Sources: Microsoft identity platform "OAuth 2.0 authorization code flow"; Microsoft Graph "user: sendMail", MIME format;
Exchange "Authenticate an IMAP, POP or SMTP connection using OAuth"; Google "Using OAuth 2.0 for Web Server
Applications"; Gmail API "users.messages.send", media upload; Gmail "OAuth 2.0 Mechanism". Not tried against vendors.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tocsin.tenant_mail.domain.mail_settings import MailServerType


@dataclass(frozen=True, slots=True, kw_only=True)
class MailVendor:
    """One of them. Addresses are without `https://`.

    Attributes:
        authorize, token, send: the page of consent, the token server, and where a mail is posted.
        scopes: what is asked for to send by the API; `smtp_scopes`: by SMTP.
        mailbox_claim: what names the mailbox in an id token.
        page: further parameters of the page of consent.
        encoded: whether a mail is posted in base64.
        took: status of a mail that was accepted.
        smtp: host and port.
    """

    authorize: str
    token: str
    send: str
    scopes: str
    smtp_scopes: str
    mailbox_claim: str
    content_type: str
    took: int
    smtp: tuple[str, int]
    encoded: bool = False
    page: Mapping[str, str] = field(default_factory=dict)


VENDORS: Mapping[MailServerType, MailVendor] = {
    MailServerType.MS365: MailVendor(
        authorize="login.microsoftonline.com/organizations/oauth2/v2.0/authorize",
        token="login.microsoftonline.com/organizations/oauth2/v2.0/token",  # noqa: S106 - an address
        send="graph.microsoft.com/v1.0/me/sendMail",
        scopes="openid profile offline_access https://graph.microsoft.com/Mail.Send",
        smtp_scopes="openid profile offline_access https://outlook.office.com/SMTP.Send",
        mailbox_claim="preferred_username",
        content_type="text/plain",
        encoded=True,
        took=202,
        smtp=("smtp.office365.com", 587),
    ),
    MailServerType.GMAIL: MailVendor(
        authorize="accounts.google.com/o/oauth2/v2/auth",
        token="oauth2.googleapis.com/token",  # noqa: S106 - an address
        send="gmail.googleapis.com/upload/gmail/v1/users/me/messages/send?uploadType=media",
        scopes="openid email https://www.googleapis.com/auth/gmail.send",
        smtp_scopes="openid email https://mail.google.com/",
        mailbox_claim="email",
        content_type="message/rfc822",
        took=200,
        smtp=("smtp.gmail.com", 465),
        page={"access_type": "offline", "prompt": "consent"},  # else there is no refresh token
    ),
}

SMTP_HOSTS = {type: vendor.smtp for type, vendor in VENDORS.items()}


def address(place: str, simulated: str) -> str:
    """Return the URL of an address in the table.

    Args:
        simulated: URL of a server that plays both vendors, each host a folder; on the local engine only, else empty.
    """
    return f"{simulated}/{place}" if simulated else f"https://{place}"
