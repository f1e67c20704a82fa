"""Reads the addresses in a header value of a stranger."""

from __future__ import annotations

import re
from email.errors import HeaderParseError, InvalidHeaderDefect
from email.headerregistry import AddressHeader, HeaderRegistry

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_COMMENT = re.compile(r"\([^()]*\)")
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"@]{1,64}@[^\s<>()\[\],;:\"@]{1,255}")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f<>]")

_HEADERS = HeaderRegistry()


def addresses(value: str) -> list[str]:
    """Return the addresses in a header value, except those inside quoted display names."""
    return [found[0] for found in _ADDRESS.finditer(_QUOTED.sub("", value))]


def one_address(value: str) -> str:
    """Return the address in From if it names one mailbox, "" if it names none or several.

    The value is read by RFC 5322. One that breaks the grammar, such as `panel@site.example <panel@site.example>`, names
    a mailbox only if all addresses outside of quotes and comments are equal.
    """
    try:
        header = _HEADERS("From", value)
        assert isinstance(header, AddressHeader)
        named = [address.addr_spec for address in header.addresses]
        broken = any(isinstance(defect, InvalidHeaderDefect) for defect in header.defects)
    except (RecursionError, HeaderParseError, ValueError, IndexError, AttributeError, TypeError):
        return ""
    if broken:
        plain = _COMMENT.sub("", _QUOTED.sub("", value))
        named = [found[0] for found in _ADDRESS.finditer(plain)]
        if plain.count("@") != len(named):
            return ""  # such as a@b@c: which part is the domain cannot be known
    different = {address.lower() for address in named}
    if len(different) != 1 or _UNSAFE.search(named[0]) or not all(named[0].rpartition("@")):
        return ""
    return named[0]
