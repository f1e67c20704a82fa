"""A mail to one person about their sign-in, and the texts of such mails."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from tocsin.kernel.domain.ids import TenantId

FIRST_PASSWORD_DAYS = 7
"""How long a first password is valid; `infra/identity.yaml` says the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalMail:
    """A mail to one person.

    Attributes:
        change: id of what it is about, unique in the tenant and equal for each repeat.
        dated: when that happened; equal for each repeat.
        text: may hold a first password, so it is never logged.
    """

    tenant: TenantId
    change: str
    dated: datetime
    subject: str
    to: str = field(repr=False)
    text: str = field(repr=False)


def invitation_text(company: str, console: str, email: str, password: str, not_me: str) -> str:
    """Return the mail to a person who has never signed in.

    Args:
        not_me: link for a receiver who does not know the company.
    """
    return _INVITATION.format(
        company=company, console=console, email=email, password=password, days=FIRST_PASSWORD_DAYS, not_me=not_me
    )


def added_text(company: str, console: str, not_me: str) -> str:
    """Return the mail to a person who signs in elsewhere already: without a password, which is theirs."""
    return _ADDED.format(company=company, console=console, not_me=not_me)


_INVITATION = """{company} has invited you to Tocsin, which alerts people by text message and email.

Sign in here:

{console}/signin

Email: {email}
Password: {password}

You are asked for a password of your own at once. This one is valid for {days} days.

If you do not know {company}, stop all mails from there:

{not_me}
"""

_ADDED = """{company} has added you to Tocsin.

Sign in with the password that you have, and press "accept" if you agree:

{console}/signin

Until then nothing changes for you. If you do not know {company}, stop all mails from there:

{not_me}
"""
