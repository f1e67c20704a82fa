"""Settings of the console from environment variables."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.entrypoint.process.environment import AcceptingSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(AcceptingSettings):
    """One field, one environment variable.

    Attributes:
        user_pool_id, user_pool_client_id: the Cognito user pool and its app client.
        secure_cookies: browsers reach the console over TLS; not on the local engine.
        simulator_url: address of the simulator page of the local engine; empty on AWS.
    """

    user_pool_id: str
    user_pool_client_id: str
    secure_cookies: bool
    simulator_url: str = ""
