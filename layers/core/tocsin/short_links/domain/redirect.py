"""Which URLs a short link may redirect to: http and https URLs that every browser reads in the same way."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

_WEB = re.compile(r"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?(?:[/?#][\x21-\x5b\x5d-\x7e]*)?")


def parse_web_url(text: str) -> str:
    """Return the URL.

    Raises:
        ValueError: not http or https, with a user name, or with characters that browsers correct differently.
    """
    if not _WEB.fullmatch(text):
        raise ValueError("must be a URL that begins with https:// or http://, in ASCII, without user name or backslash")
    return text


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
