"""Settings of the alerts API from environment variables."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.entrypoint.process.environment import AcceptingSettings


@dataclass(frozen=True, slots=True)
class Settings(AcceptingSettings):
    """One field, one environment variable, beside those of a function that accepts alerts.

    Attributes:
        user_pool_id, user_pool_client_id: the pool that makes access tokens, and the client that they are for.
        token_issuer, token_keys_url: what the pool's tokens name, and where their keys are.
    """

    user_pool_id: str = ""
    user_pool_client_id: str = ""
    token_issuer: str = ""
    token_keys_url: str = ""
