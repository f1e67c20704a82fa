"""A mail to one person about their sign-in or their account, and texts about the sign-in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from tocsin.kernel.domain.ids import TenantId

FIRST_PASSWORD_DAYS = 7
"""How long a first password is valid; `infra/identity.yaml` says the same."""

NEW_ADDRESS_HOURS = 24
"""How long a person can confirm an address that they want to sign in with."""


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


def invitation_text(company: str, signin: str, email: str, password: str, not_me: str) -> str:
    """Return the mail to a person who has never signed in.

    Args:
        signin: link to the sign-in.
        not_me: link for a receiver who does not know the company.
    """
    return _INVITATION.format(
        company=company, signin=signin, email=email, password=password, days=FIRST_PASSWORD_DAYS, not_me=not_me
    )


def added_text(company: str, signin: str, not_me: str) -> str:
    """Return the mail to a person who signs in elsewhere already: without a password, which is theirs."""
    return _ADDED.format(company=company, signin=signin, not_me=not_me)


def app_reset_text(company: str, signin: str) -> str:
    """Return the mail to a person whose authenticator app was turned off by an administrator."""
    return _APP_RESET.format(company=company, signin=signin)


def address_moved_text(company: str, old: str, new: str) -> str:
    """Return the mail to both addresses, after an administrator or the person changed the address of a sign-in."""
    return _ADDRESS_MOVED.format(company=company, old=old, new=new)


def asked_only_text(company: str, what: str) -> str:
    """Return the mail to a person whom an account wanted to change that they are not a member of.

    Args:
        what: for example `turn your authenticator app off`.
    """
    return _ASKED_ONLY.format(company=company, what=what)


def new_address_text(company: str, link: str) -> str:
    """Return the mail to an address that a person wants to sign in with."""
    return _NEW_ADDRESS.format(company=company, link=link, hours=NEW_ADDRESS_HOURS)


_APP_RESET = """An administrator of {company} has turned your authenticator app off.

If you asked for that, sign in with your password, and set the app up again:

{signin}

If you did not ask for it, tell your administrator at once.
"""

_ADDRESS_MOVED = """The address of your sign-in at {company} has changed.

Before: {old}
Now:    {new}

Your password stays. If you did not expect this, tell your administrator at once.
"""

_ASKED_ONLY = """{company} asked us to {what}. You have not accepted to be a member there, so nothing has changed.

If you do not know {company}, you need do nothing.
"""

_NEW_ADDRESS = """A person who is signed in to {company} wants to sign in with this address from now on.

If that is you, open this page where you are signed in, and press the button there:

{link}

The link is good for {hours} hours. If it is not you, ignore this mail: nothing changes.
"""

_INVITATION = """{company} has invited you to Tocsin, which alerts people by text message and email.

Sign in here:

{signin}

Email: {email}
Password: {password}

You are asked for a password of your own at once. This one is valid for {days} days.

If you do not know {company}, stop all mails from there:

{not_me}
"""

_ADDED = """{company} has added you to Tocsin.

Sign in with the password that you have, and press "accept" if you agree:

{signin}

Until then nothing changes for you. If you do not know {company}, stop all mails from there:

{not_me}
"""
