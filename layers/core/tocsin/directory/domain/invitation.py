"""The invitation of a person: first password, subject and text of the mail."""

from __future__ import annotations

import base64


def new_password(entropy: bytes) -> str:
    """Return a first password of 26 letters and digits from 16 random bytes, in groups that are easy to type."""
    text = base64.b32encode(entropy).decode().rstrip("=").lower()
    return "-".join(text[at : at + 5] for at in range(0, len(text), 5))


def invitation(tenant: str, console: str, password: str | None) -> tuple[str, str]:
    """Return subject and text of the mail.

    Args:
        tenant: display name of the account.
        console: URL of the console.
        password: the first password; None = the person signs in with the password they have.
    """
    subject = f"{tenant} has added you to Tocsin"
    if password is None:
        return subject, f"{tenant} has added you.\n\nSign in with your own password and accept: {console}\n"
    return subject, (
        f"{tenant} has added you.\n\nSign in: {console}\nPassword: {password}\n\n"
        "The password is valid for 7 days and is replaced at the first sign-in.\n"
    )
