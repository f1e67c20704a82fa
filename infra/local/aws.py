"""AWS clients of the local engine, signed as the root of its account."""

from __future__ import annotations

import os
from typing import Any

import boto3
from botocore.config import Config

from infra.local.engine import ACCOUNT, REGION


def forget_own_settings() -> None:
    """Remove the user's AWS settings from this process, so that no call reaches a real account."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
    os.environ["AWS_EC2_METADATA_DISABLED"] = "true"


class Aws:
    """boto3 clients by service name, each created once."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self._session = boto3.session.Session(
            aws_access_key_id=ACCOUNT,
            aws_secret_access_key="unchecked",  # noqa: S106 - the engine checks no signature
            region_name=REGION,
        )
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        """Return the boto3 client of a service."""
        if service not in self._clients:
            self._clients[service] = self._session.client(  # type: ignore[call-overload]
                service,
                endpoint_url=self.endpoint,
                config=Config(retries={"max_attempts": 2}, connect_timeout=5, read_timeout=60),
            )
        return self._clients[service]
