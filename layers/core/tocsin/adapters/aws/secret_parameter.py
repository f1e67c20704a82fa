"""A secret of a provider, kept as a parameter of Systems Manager (SecureString)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.ports import Clock

KEPT_FOR = timedelta(minutes=5)
"""How long a value is used before it is read again, so that a new one needs no deployment."""


class SecretParameter:
    """Reads one parameter.

    Args:
        ssm: the client of Systems Manager, as `AwsClients` has it.
        name: the parameter's name, with its path.
    """

    def __init__(self, ssm: Any, name: str, clock: Clock) -> None:
        self._ssm = ssm
        self._name = name
        self._clock = clock
        self._kept: tuple[str, datetime] | None = None

    def __call__(self) -> str:
        """Return the value. If it cannot be read again, the last one is used. Raises StorageUnavailable."""
        now = self._clock()
        if self._kept is not None and now < self._kept[1]:
            return self._kept[0]
        try:
            value = str(self._ssm.get_parameter(Name=self._name, WithDecryption=True)["Parameter"]["Value"])
        except (BotoCoreError, ClientError, KeyError) as error:
            if self._kept is None:
                raise StorageUnavailable("the secret of a provider cannot be read") from error
            value = self._kept[0]
        self._kept = value, now + KEPT_FOR
        return value
