"""Reads which domains signed a mail, from the header that SES wrote. A sender may have written more of that name.

SES puts its fields on top: Return-Path, the first Received, then a block of fields whose names are in `_OURS`. The
block ends at the first other field. Source: Amazon SES, "Receiving email"; RFC 8601 for the header.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import authres
from authres.core import AuthResError

OUR_MAIL_SERVER = "amazonses.com"
"""Name of SES in Authentication-Results (its authserv-id)."""

_OURS = re.compile(r"x-ses-[a-z-]+|received-spf|authentication-results")

_RESULTS = "authentication-results"

# The beginning as SES writes it, which is not by RFC 8601. Each part takes only characters that cannot begin another
# result, so an envelope sender or a HELO with a result in it makes the header unreadable.
_SPF = re.compile(
    r"amazonses\.com;\s+spf=[a-z]{1,12} \([^()\"]{0,500}\) client-ip=[0-9a-fA-F.:]{2,45};"
    r"(?:\s+envelope-from=[\w.!#$%&'*+/=?^`{|}~-]{0,64}@?[A-Za-z0-9.-]{0,255};)?"
    r"(?:\s+helo=[A-Za-z0-9._:\[\]-]{0,255};)?\s+(?=dkim=|dmarc=)",
    re.ASCII,
)
_METHODS = frozenset({"spf", "dkim", "dmarc", "arc"})

_BARE = re.compile(r"(?:[A-Za-z0-9._+-]{0,64}@)?([A-Za-z0-9_.-]{1,255})", re.ASCII)


def signed_by(fields: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Return the domains of the valid signatures by SES's own header, none if there is no such header.

    Args:
        fields: name in lower case and unfolded value of each header, from the top.
    """
    for value in _own_results(fields):
        if value.partition(";")[0].strip().lower() == OUR_MAIL_SERVER:
            return _domains(value.strip())
    return ()


def _own_results(fields: Sequence[tuple[str, str]]) -> Sequence[str]:
    below = list(fields)
    while below and below[0][0] == "return-path":
        del below[0]
    if not below or below[0][0] != "received":
        return ()
    found = []
    for name, value in below[1:]:
        if not _OURS.fullmatch(name):
            break
        if name == _RESULTS:
            found.append(value)
    return found


def _domains(value: str) -> tuple[str, ...]:
    value = _SPF.sub("amazonses.com; ", value, count=1).rstrip("; \t")
    try:
        results = authres.AuthenticationResultsHeader.parse_value(value).results
    except (AuthResError, RecursionError, ValueError, AttributeError):
        return ()
    methods = {getattr(one, "method", "") for one in results}
    if not methods <= _METHODS:
        return ()  # such as the rest of an SPF result that has more in it than SES writes
    passed = [one for one in results if getattr(one, "method", "") == "dkim" and one.result == "pass"]
    return tuple(domain for one in passed if (domain := _domain(one.properties)))


def _domain(properties: Sequence[authres.core.AuthenticationResultProperty]) -> str | None:
    """Return the signing domain: `header.d`, else that of `header.i`, which lies in it. None if two differ."""
    for name in ("d", "i"):
        named = {(one.value or "").lower() for one in properties if (one.type, one.name) == ("header", name)}
        if named:
            found = _BARE.fullmatch(named.pop())
            return found[1] if found and not named else None
    return None
