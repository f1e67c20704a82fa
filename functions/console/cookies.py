"""The cookies of the console."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.entrypoint.http.app import Call

_YEAR = 365 * 86_400


@dataclass(frozen=True, slots=True)
class Cookies:
    """Names and attributes of the cookies.

    Attributes:
        secure: whether the browser reaches us over TLS. On the local engine it does not, and the prefix `__Host-`,
            which some browsers take over TLS only, is left out.
    """

    secure: bool = True

    @property
    def session(self) -> str:
        """Name of the cookie of a session."""
        return self._name("tocsin")

    @property
    def begun(self) -> str:
        """Name of the cookie that remembers a begun sign-in for ten minutes."""
        return self._name("tocsin-signin")

    @property
    def known(self) -> str:
        """Name of the cookie of a year, by which a browser is known to the person."""
        return self._name("tocsin-known")

    def read(self, call: Call, name: str) -> str:
        """Return the value of a cookie, "" if there is none."""
        for part in (call.header("cookie") or "").split(";"):
            given, _, value = part.strip().partition("=")
            if given == name:
                return value
        return ""

    def set_session(self, value: str) -> str:
        """Return the line that sets the session, until the browser is closed."""
        return self._line(self.session, value)

    def set_begun(self, value: str) -> str:
        """Return the line that sets the cookie of a begun sign-in."""
        return self._line(self.begun, value, 600)

    def set_known(self, value: str) -> str:
        """Return the line that makes the browser known."""
        return self._line(self.known, value, _YEAR)

    def end(self, name: str) -> str:
        """Return the line that takes a cookie away."""
        return self._line(name, "", 0)

    def _name(self, name: str) -> str:
        return f"__Host-{name}" if self.secure else name

    def _line(self, name: str, value: str, seconds: int | None = None) -> str:
        age = "" if seconds is None else f"; Max-Age={seconds}"
        return f"{name}={value}; Path=/; HttpOnly; SameSite=Lax{age}{'; Secure' if self.secure else ''}"
