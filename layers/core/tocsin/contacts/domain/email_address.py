"""Email addresses: exactly one mailbox, in the one form it is kept and sent to.

The standard library's parsers accept far more than a mailbox (two addresses, IP literals, zero-width characters), so
this is a strict parser of its own.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from tocsin.contacts.domain.written_address import plain_address

MAX_LENGTH = 254
"""Characters of a whole address (RFC 5321, 4.5.3.1.3: a path is 256 with its angle brackets)."""

_MORE_THAN_ONE = re.compile(r'[\s<>,;"()]')
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+(?=[a-z0-9-]*[a-z]){_LABEL}")

_DEVIATIONS = frozenset("\u00df\u03c2")
_JOINERS = frozenset("\u200c\u200d")
"""ß, ς, and the two joiners in a domain that is not ASCII: IDNA 2003 and 2008 make different domains of them, so the
receiver is uncertain. Source: UTS #46, section 7."""


class EmailFault(StrEnum):
    """Why a text is not an email address; the values are stable."""

    EMPTY = "EMAIL_EMPTY"  # nothing there
    NOT_ONE_ADDRESS = "EMAIL_NOT_ONE_ADDRESS"  # no "@", a list, or a display name around it
    TOO_LONG = "EMAIL_TOO_LONG"  # more than 254 characters, or more than 64 before the "@"
    LOCAL_PART = "EMAIL_LOCAL_PART"  # not plain ASCII letters, digits and signs: SES sends to nothing else
    DOMAIN = "EMAIL_DOMAIN"  # not a full domain name, or one that cannot be encoded


_SENTENCES = {
    EmailFault.EMPTY: "an email address is missing",
    EmailFault.NOT_ONE_ADDRESS: "an email address must be exactly one name@domain, without a display name",
    EmailFault.TOO_LONG: "an email address has at most 254 characters, 64 of them before the @",
    EmailFault.LOCAL_PART: "the part before the @ may hold ASCII letters, digits, dots between them and common signs",
    EmailFault.DOMAIN: "the part after the @ must be a full domain name; write special letters in their xn-- form",
}


class InvalidEmail(ValueError):
    """The text is not an email address. `code` is stable; the sentence never repeats the text."""

    def __init__(self, code: EmailFault) -> None:
        self.code = code
        super().__init__(_SENTENCES[code])


def parse_email(text: str) -> str:
    """Return the address with its domain in ASCII lower case (IDNA); the part before the @ keeps its case.

    It may be dressed as `plain_address` says.

    Raises:
        InvalidEmail: not exactly one address that a mail server would take.
    """
    plain = plain_address(text)
    if not plain:
        raise InvalidEmail(EmailFault.EMPTY)
    if len(plain) > MAX_LENGTH:
        raise InvalidEmail(EmailFault.TOO_LONG)
    local, _, domain = plain.partition("@")
    if not (local and domain) or "@" in domain or _MORE_THAN_ONE.search(plain):
        raise InvalidEmail(EmailFault.NOT_ONE_ADDRESS)
    if not domain.isascii() and _JOINERS.intersection(text):
        raise InvalidEmail(EmailFault.DOMAIN)
    # `=?utf-8?q?…?=` is a legal local part and an encoded word: some mail libraries would decode it into a header.
    if "=?" in local or not _LOCAL.fullmatch(local):
        raise InvalidEmail(EmailFault.LOCAL_PART)
    canonical = f"{local}@{domain.lower() if domain.isascii() else _ascii_domain(domain)}"
    if len(canonical) > MAX_LENGTH or len(local) > 64:
        raise InvalidEmail(EmailFault.TOO_LONG)
    if not _DOMAIN.fullmatch(canonical, len(local) + 1):
        raise InvalidEmail(EmailFault.DOMAIN)
    return canonical


def _ascii_domain(domain: str) -> str:
    composed = unicodedata.normalize("NFC", domain)
    # Ligatures, circled letters and other dots would silently become another domain.
    odd = any(not c.isascii() and unicodedata.category(c)[0] not in "LMN" for c in composed)
    if odd or unicodedata.normalize("NFKC", composed) != composed or _DEVIATIONS.intersection(composed):
        raise InvalidEmail(EmailFault.DOMAIN)
    try:
        return composed.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise InvalidEmail(EmailFault.DOMAIN) from error


def mailbox_key(address: str) -> str:
    """Return what two spellings of one mailbox have in common.

    The standard leaves the case of the part before the @ to the receiving server; none in use minds it, and a person
    who is listed as `Ana@…` and `ana@…` wants one mail.
    """
    return address.lower()
