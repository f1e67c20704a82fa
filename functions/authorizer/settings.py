"""Settings of the authorizer from environment variables."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.entrypoint.process.environment import Environment


@dataclass(frozen=True, slots=True)
class Settings(Environment):
    """One field, one environment variable.

    Attributes:
        key_id: the KMS key that encrypts the tenants' data keys.
        user_pool_id, user_pool_client_id: the pool that makes access tokens, and the client that they are for.
        token_issuer, token_keys_url: what the pool's tokens name, and where their keys are.
        open_egress: allow the pool to be on this machine; on the local engine only.
        trusted_ca: file of certificates that calls trust beside the public ones; on the local engine only.
    """

    table_name: str
    key_id: str
    user_pool_id: str
    user_pool_client_id: str
    token_issuer: str
    token_keys_url: str
    open_egress: bool
    trusted_ca: str = ""
