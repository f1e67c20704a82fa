"""Checks tokens of a user pool by its published keys. PyJWT is imported when the first token comes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tocsin.adapters.cognito.http import PoolPages
from tocsin.identity.ports.tokens import AccessProof
from tocsin.kernel.domain.errors import ProviderUnavailable
from tocsin.kernel.ports import Clock

if TYPE_CHECKING:
    from jwt import PyJWK

FRESH = timedelta(hours=1)
"""How long the keys are used before they are fetched again."""

AGAIN = timedelta(minutes=1)
"""Least time between two fetches because of an unknown key."""

_SECONDS = 2.0
_LEEWAY = 30


class PoolKeys:
    """The signing keys of a pool by id. Use it from one thread only.

    Args:
        url: of the JSON web key set; on the local engine it is not below the issuer.
    """

    def __init__(self, pages: PoolPages, url: str, clock: Clock) -> None:
        self._pages = pages
        self._url = url
        self._clock = clock
        self._keys: dict[str, PyJWK] = {}
        self._read_at: datetime | None = None

    def find(self, key_id: str) -> PyJWK | None:
        """Return a key; None: the pool has none of this id. Raises ProviderUnavailable if they cannot be read."""
        now = self._clock()
        age = None if self._read_at is None else now - self._read_at
        if age is None or not timedelta(0) <= age < FRESH or (key_id not in self._keys and age >= AGAIN):
            self._fetch()
            self._read_at = now
        return self._keys.get(key_id)

    def _fetch(self) -> None:
        from jwt import PyJWK
        from jwt.exceptions import PyJWKError

        try:
            answer = self._pages.get(self._url, _SECONDS)
            keys = [PyJWK(key) for key in json.loads(answer.body)["keys"]]
        except (ValueError, KeyError, TypeError, PyJWKError) as error:
            raise ProviderUnavailable("the keys of the pool cannot be read") from error
        self._keys = {str(key.key_id): key for key in keys}


class PoolTokens:
    """Tokens of one pool and one client."""

    def __init__(self, keys: PoolKeys, issuer: str, client_id: str, clock: Clock) -> None:
        self._keys = keys
        self._issuer = issuer
        self._client_id = client_id
        self._clock = clock

    def id_claims(self, token: str) -> dict[str, Any] | None:
        """Return what an id token says; None unless it is signed by the pool (RS256), for this client, and in time."""
        return self._claims(token, "id", "aud")

    def access(self, token: str) -> AccessProof | None:
        """Return what an access token proves; None unless it is signed by the pool, for this client, and in time."""
        claims = self._claims(token, "access", "client_id")
        if claims is None:
            return None
        try:
            signed_in_at = datetime.fromtimestamp(int(claims["auth_time"]), UTC)
        except (KeyError, TypeError, ValueError):
            return None
        return AccessProof(str(claims["sub"]), signed_in_at, by_password=claims.get("username") == claims["sub"])

    def _claims(self, token: str, use: str, client: str) -> dict[str, Any] | None:
        """Return the claims of a token for one use; `client` is the claim that names the client."""
        import jwt

        try:
            header = jwt.get_unverified_header(token)
            key = self._keys.find(str(header.get("kid", "")))
            if key is None:
                return None
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=["RS256"],
                issuer=self._issuer,
                options={
                    "require": ["exp", "iat", "sub", "iss", client],
                    "verify_exp": False,
                    "verify_iat": False,
                    "verify_aud": False,  # access tokens name their client otherwise: see below
                },
            )
        except jwt.PyJWTError:
            return None
        in_time = self._clock().timestamp() < int(claims["exp"]) + _LEEWAY
        ours = claims[client] == self._client_id and claims.get("token_use") == use
        return claims if in_time and ours else None
