"""The console's cookies: their names, the header lines that set them, and what a browser sends back.

On AWS each is `__Host-…; Secure`, so that no other host and no plain connection can set it. Safari keeps no such cookie
of `http://127.0.0.1`, so on the local engine the names have no prefix and no `Secure`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

_VALUE = re.compile(r"[A-Za-z0-9._~-]{1,4000}")


class Cookie(StrEnum):
    """What is kept in a browser."""

    SESSION = "tocsin"
    SIGN_IN = "tocsin-sign-in"  # the sealed state of a begun sign-in
    KNOWN = "tocsin-known"  # by which a browser is known


SECONDS = {Cookie.SESSION: 43_200, Cookie.SIGN_IN: 600, Cookie.KNOWN: 31_536_000}
"""How long a browser keeps each; the session itself ends sooner without use."""


@dataclass(frozen=True, slots=True)
class Cookies:
    """Reads and writes them. `local`: on the local engine."""

    local: bool = False

    def name(self, cookie: Cookie) -> str:
        """Return the name that the browser knows."""
        return cookie.value if self.local else f"__Host-{cookie.value}"

    def set(self, cookie: Cookie, value: str) -> str:
        """Return the value of a `Set-Cookie` line.

        Raises:
            ValueError: the value would break the line.
        """
        if not _VALUE.fullmatch(value):
            raise ValueError(f"not a value of {cookie.value}")
        return self._line(cookie, value, SECONDS[cookie])

    def clear(self, cookie: Cookie) -> str:
        """Return the value of the `Set-Cookie` line that makes the browser forget it."""
        return self._line(cookie, "", 0)

    def read(self, header: str, cookie: Cookie) -> str:
        """Return the value in a `Cookie` header; "" if there is none, or several that differ."""
        name = self.name(cookie)
        pairs = (part.strip().partition("=") for part in header.split(";"))
        found = {value for given, _, value in pairs if given == name}
        value = found.pop() if len(found) == 1 else ""
        return value if _VALUE.fullmatch(value) else ""

    def _line(self, cookie: Cookie, value: str, seconds: int) -> str:
        secure = "" if self.local else "; Secure"
        return f"{self.name(cookie)}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"
