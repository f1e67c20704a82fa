"""Who may read the page and press its buttons: the person in whose browser it is open, and no other website.

The page has no sign-in, because every process of this machine reaches the engine anyway. A website in the same browser
must not: it could send requests here, frame the page, or let its name resolve to this machine (DNS rebinding).
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `headers`: names in lower case; `query` and `form`: the last value of each name."""

    method: str
    path: str
    headers: Mapping[str, str]
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Guard:
    """The rules of one run.

    Attributes:
        hosts: `127.0.0.1:8643` and `localhost:8643`: what a browser says in Host.
        token: a secret of this run; every form carries it.
    """

    hosts: frozenset[str]
    token: str

    def refusal(self, request: Request) -> str | None:
        """Return why a request is refused, None if it is good."""
        if request.headers.get("host") not in self.hosts:
            return "This page answers under 127.0.0.1 and localhost only."
        site = request.headers.get("sec-fetch-site")
        if request.method != "POST":
            own = site in (None, "same-origin", "none")
            followed = request.headers.get("sec-fetch-mode") == "navigate" and (
                request.headers.get("sec-fetch-dest") == "document"
            )
            return None if own or followed else "Another website asked for this page."
        origin = request.headers.get("origin")
        ours = {f"http://{host}" for host in self.hosts}
        if site not in (None, "same-origin") or (origin is None and site is None):
            return "Another website sent this form."
        if origin is not None and origin not in ours:
            return "Another website sent this form."
        if not hmac.compare_digest(request.form.get("token", "").encode(), self.token.encode()):
            return "This page was too old. The local engine has been started anew since."
        return None
