"""Which URLs a short link may redirect to: http and https URLs that every browser reads in the same way."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

_WEB = re.compile(r"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?(?:[/?#][\x21-\x5b\x5d-\x7e]*)?")


_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_DEVIATIONS = frozenset("ßς")
_AUTHORITY = re.compile(r"[^/?#]*")


def parse_web_url(text: str) -> str:
    """Return the URL.

    Raises:
        ValueError: not http or https, with a user name or an impossible port, or with characters that browsers correct
            differently.
    """
    found = _WEB.fullmatch(text)
    if not found:
        raise ValueError("must be a URL that begins with https:// or http://, without user name, blank or backslash")
    if found[1] and not 0 < int(found[1]) < 65_536:
        raise ValueError("must be a URL of http or https whose port is from 1 to 65535")
    return text


def web_url(text: str) -> str:
    """Return the URL that is meant by one with letters of any script, or a scheme in capitals.

    Its host is put into the form of DNS (IDNA), other characters outside of ASCII are percent-encoded (RFC 3987, 3.1).

    Raises:
        ValueError: see `parse_web_url`; or its host has no such form.
    """
    text = with_plain_scheme(text)
    scheme = _SCHEME.match(text)
    if text.isascii() or scheme is None:
        return parse_web_url(text)
    authority = _AUTHORITY.match(text, scheme.end())
    assert authority is not None  # it matches nothing, too
    rest = "".join(char if char.isascii() else quote(char, safe="") for char in text[authority.end() :])
    return parse_web_url(f"{scheme[0]}{_ascii_host(authority[0])}{rest}")


def with_plain_scheme(text: str) -> str:
    """Return a URL with `https` or `http` in small letters, anything else as it is."""
    return _SCHEME.sub(lambda found: found[0].lower(), text, count=1) if _SCHEME.match(text) else text


def _ascii_host(host: str) -> str:
    if host.isascii():
        return host
    composed = unicodedata.normalize("NFC", host)
    # Dots and blanks of other scripts, and invisible characters, would silently become another host. IDNA 2003 and 2008
    # make different hosts of ß and ς (UTS #46, section 7).
    odd = any(not char.isascii() and unicodedata.category(char)[0] not in "LMN" for char in composed)
    if odd or _DEVIATIONS.intersection(composed):
        raise ValueError("must be a URL of http or https whose host is a domain name")
    try:
        return composed.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise ValueError("must be a URL of http or https whose host is a domain name") from error


def with_query(url: str, facts: Iterable[tuple[str, str]]) -> str:
    """Return the URL with fields added to its query.

    Args:
        facts: name and value of each field; existing fields stay.

    Raises:
        ValueError: the URL is not allowed (`parse_web_url`).
    """
    parts = urlsplit(parse_web_url(url))
    added = urlencode(list(facts), quote_via=quote, safe="")
    query = f"{parts.query}&{added}" if parts.query else added
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, parts.fragment))
