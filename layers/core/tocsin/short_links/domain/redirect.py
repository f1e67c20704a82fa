"""Where a short link may lead: an address of the web, and nothing that a browser could take for something else."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

_WEB = re.compile(r"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?(?:[/?#][\x21-\x5b\x5d-\x7e]*)?")


def parse_web_url(text: str) -> str:
    """Return the URL.

    Raises:
        ValueError: not http or https, a user name in it, or characters that browsers mend each in its own way.
    """
    if not _WEB.fullmatch(text):
        raise ValueError("must be a URL that begins with https:// or http://, in ASCII, without user name or backslash")
    return text


def with_query(url: str, facts: Iterable[tuple[str, str]]) -> str:
    """Return the URL with more in its query; what stands there stays.

    Raises:
        ValueError: see `parse_web_url`.
    """
    parts = urlsplit(parse_web_url(url))
    added = urlencode(list(facts), quote_via=quote, safe="")
    query = f"{parts.query}&{added}" if parts.query else added
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, parts.fragment))
