"""Managed login in memory."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit

from tocsin.kernel.domain.errors import ProviderUnavailable
from tocsin.sign_in.ports.managed_login import Proven


@dataclass
class FakeManagedLogin:
    """`visit` plays a person who proves who they are on the page.

    Attributes:
        failing: how many of the next exchanges get no answer.
    """

    codes: dict[str, tuple[Proven, str, str]] = field(default_factory=dict)
    issued: int = 0
    failing: int = 0

    def page(self, state: str, nonce: str, challenge: str, provider: str = "", *, anew: bool = False) -> str:
        asked = {"state": state, "nonce": nonce, "code_challenge": challenge, "identity_provider": provider}
        asked |= {"prompt": "login"} if anew else {}
        return f"https://login.example/oauth2/authorize?{urlencode(asked)}"

    def exchange(self, code: str, verifier: str, nonce: str) -> Proven | None:
        if self.failing:
            self.failing -= 1
            raise ProviderUnavailable("a test said so")
        proven, challenge, expected = self.codes.get(code, (None, "", ""))
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        if proven is None or digest != challenge:
            return None
        del self.codes[code]
        return proven if nonce == expected else None

    def sign_out_page(self) -> str:
        return "https://login.example/logout"

    def visit(self, page: str, proven: Proven) -> tuple[str, str]:
        """Return the code and the state of the callback."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(page).query).items()}
        self.issued += 1
        code = f"code-{self.issued}"
        self.codes[code] = (proven, asked["code_challenge"], asked["nonce"])
        return code, asked["state"]
