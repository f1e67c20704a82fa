"""The registrable domain of a domain name, by the public suffix list that the library publicsuffixlist brings along."""

from __future__ import annotations

import re
from functools import cache

from publicsuffixlist import PublicSuffixList

_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?)+")


def organization_of(domain: str) -> str | None:
    """Return the registrable domain in lower case, None if the domain is a public suffix or no name.

    Names in other scripts are compared in their ASCII form (IDNA).
    """
    name = _ascii(domain.strip().removesuffix(".").lower())
    if name is None or not _NAME.fullmatch(name) or name.rpartition(".")[2].isdigit():
        return None
    found: str | None = _suffixes().privatesuffix(name)
    return found


def _ascii(name: str) -> str | None:
    if name.isascii():
        return name
    if len(name) > 253:
        return None
    try:
        return name.encode("idna").decode().lower()
    except UnicodeError:
        return None


@cache
def _suffixes() -> PublicSuffixList:
    # Read at the first mail whose sender has no DMARC: 60 ms.
    return PublicSuffixList()
