"""Clients as production makes them, towards an address of this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from botocore.client import BaseClient

from tocsin.adapters.aws.clients import AwsClients
from tocsin.adapters.aws.signed.clients import SignedClients


@contextmanager
def clients_towards(
    url: str, monkeypatch: pytest.MonkeyPatch, patience: float = 5.0, *, thin: bool = False
) -> Iterator[AwsClients]:
    """Give out clients whose endpoint is `url`; botocore reads it from the environment, as it does on the engine."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    clients = AwsClients("eu-west-1", thin=thin, provider_timeout=patience)
    try:
        yield clients
    finally:
        close(clients)


def close(clients: AwsClients) -> None:
    """Close what the clients left open; a function never does."""
    for made in vars(clients).values():
        if isinstance(made, BaseClient | SignedClients):
            made.close()
