"""Clients as production makes them, towards an address of this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tocsin.adapters.aws.clients import AwsClients


@contextmanager
def clients_towards(url: str, monkeypatch: pytest.MonkeyPatch, patience: float = 5.0) -> Iterator[AwsClients]:
    """Give out clients whose endpoint is `url`; botocore reads it from the environment, as it does on the engine."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    clients = AwsClients("eu-west-1", provider_timeout=patience)
    try:
        yield clients
    finally:
        for made in vars(clients).values():
            if hasattr(made, "close"):
                made.close()
