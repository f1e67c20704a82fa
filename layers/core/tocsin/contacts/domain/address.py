"""A phone number or an email address, whichever it is."""

from __future__ import annotations

from tocsin.contacts.domain.email_address import parse_email
from tocsin.contacts.domain.phone_number import parse_phone
from tocsin.contacts.domain.written_address import plain_address


def is_mailbox(text: str) -> bool:
    """Whether it is meant as an email address."""
    return "@" in plain_address(text)


def parse_address(text: str) -> str:
    """Return the canonical form.

    Raises:
        InvalidEmail, InvalidPhone: it is neither; which of the two says what it was taken for.
    """
    return parse_email(text) if is_mailbox(text) else parse_phone(text)
