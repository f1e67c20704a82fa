"""The consent of a mailbox at Microsoft or Google, as OAuth 2.0 speaks of it (RFC 6749), with PKCE (RFC 7636)."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class MailApp:
    """The app that a mailbox consents to: the operator's, or the account's own."""

    client_id: str
    client_secret: str


@dataclass(frozen=True, slots=True)
class MailTokens:
    """What a token server gave.

    Attributes:
        access: token to send by.
        good_for: how long `access` is good.
        refresh: token for the next ones; None = the one before stays good.
        mailbox: that consented, in lower case; None = not told.
    """

    access: str
    good_for: timedelta
    refresh: str | None = None
    mailbox: str | None = None


def verifier_of(random: bytes) -> str:
    """Return the secret of PKCE that stays with us, from 32 random bytes: 43 characters (RFC 7636, 4.1)."""
    return base64.urlsafe_b64encode(random).rstrip(b"=").decode()


def challenge_of(verifier: str) -> str:
    """Return what the page of consent is told of the verifier: its SHA-256 (RFC 7636, 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
