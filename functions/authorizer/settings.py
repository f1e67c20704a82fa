"""Settings of the authorizer from environment variables."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.entrypoint.process.environment import Environment


@dataclass(frozen=True, slots=True)
class Settings(Environment):
    """One field, one environment variable.

    Attributes:
        key_id: the KMS key that encrypts the tenants' data keys.
    """

    table_name: str
    key_id: str
