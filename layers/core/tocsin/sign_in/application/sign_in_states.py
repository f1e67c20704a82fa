"""The short cookie of a begun sign-in: sealed, and good for ten minutes."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from tocsin.identity.domain.session import Proof
from tocsin.identity.domain.tenant import SIGN_IN
from tocsin.kernel.domain.errors import SealBroken
from tocsin.kernel.ports import Sealer
from tocsin.sign_in.domain.steps import STATE_KEPT, SignInState, SignInStep

_PLACE = "sign-in state"


@dataclass(frozen=True, slots=True)
class SignInStates:
    """Seals and opens states."""

    sealer: Sealer

    def issue(self, state: SignInState, now: datetime) -> str:
        """Return the cookie's value; the ten minutes begin anew with each step."""
        ends_at = now + STATE_KEPT
        said: dict[str, Any] = {name: value for name, value in asdict(replace(state, ends_at=ends_at)).items() if value}
        said["ends_at"] = ends_at.timestamp()
        sealed = self.sealer.seal(SIGN_IN, _PLACE, json.dumps(said, separators=(",", ":")).encode())
        return base64.urlsafe_b64encode(sealed).decode().rstrip("=")

    def read(self, cookie: str, now: datetime, *steps: SignInStep) -> SignInState | None:
        """Return the state; None if it is altered, over, or of another step."""
        try:
            sealed = base64.urlsafe_b64decode(cookie + "=" * (-len(cookie) % 4))
            said = json.loads(self.sealer.open(SIGN_IN, _PLACE, sealed))
        except (SealBroken, ValueError, binascii.Error):
            return None
        ends_at = datetime.fromtimestamp(said.pop("ends_at"), tz=now.tzinfo)
        step, proof = SignInStep(said.pop("step")), Proof(said.pop("proof"))
        if now >= ends_at or step not in steps:
            return None
        return SignInState(step=step, proof=proof, ends_at=ends_at, **said)


def form_token_of(cookie: str) -> str:
    """Return the token that the forms of a sign-in carry: only who holds the short cookie can know it."""
    return hashlib.sha256(b"sign-in form|" + cookie.encode()).hexdigest()


def form_token_of_matches(cookie: str, given: str) -> bool:
    """Whether a sign-in form belongs to the short cookie, compared in constant time."""
    return bool(cookie) and hmac.compare_digest(form_token_of(cookie).encode(), given.encode())
