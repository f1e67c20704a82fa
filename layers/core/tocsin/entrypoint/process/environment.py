"""Settings of a function: a frozen dataclass filled from environment variables, once, at start.

    @dataclass(frozen=True, slots=True)
    class Settings(Environment):
        table_name: str           # TABLE_NAME, required
        page_size: int = 20       # PAGE_SIZE

A dataclass and not a settings library, because every cold start imports it.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Mapping
from typing import Any, Self, get_type_hints

_TRUTH = {"true": True, "1": True, "false": False, "0": False}


class EnvironmentIncomplete(Exception):
    """The function cannot start: names every variable that is missing or malformed, never a value."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(faults))


def _truth(text: str) -> bool:
    return _TRUTH[text.strip().lower()]


_READERS: Mapping[type, tuple[Callable[[str], Any], str]] = {
    str: (str, "text"),
    int: (int, "a whole number"),
    float: (float, "a number"),
    bool: (_truth, "true or false"),
}


@dataclasses.dataclass(frozen=True, slots=True)
class Environment:
    """Base of every function's `Settings`. A field `table_name` is read from `TABLE_NAME`."""

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read all fields; an empty variable counts as absent.

        Raises:
            EnvironmentIncomplete: with every fault at once.
        """
        source = os.environ if environ is None else environ
        hints = get_type_hints(cls)
        values: dict[str, Any] = {}
        faults: list[str] = []
        for field in dataclasses.fields(cls):
            variable = field.name.upper()
            text = source.get(variable, "")
            if not text:
                if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
                    faults.append(f"{variable} is not set")
                continue
            read, wanted = _READERS[hints[field.name]]
            try:
                values[field.name] = read(text)
            except (ValueError, KeyError):
                faults.append(f"{variable} is not {wanted}")
        if faults:
            raise EnvironmentIncomplete(faults)
        return cls(**values)


@dataclasses.dataclass(frozen=True, slots=True)
class StoreSettings(Environment):
    """Base of the settings of a function that uses the stores.

    Attributes:
        table_name: the core table.
        bucket_name: the bucket of contents that are too big for a row.
        key_id: the KMS key that encrypts the tenants' data keys.
    """

    table_name: str
    bucket_name: str
    key_id: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class QueueSettings(StoreSettings):
    """Base of the settings of a function that sends to all queues of alerts and webhooks.

    Attributes:
        restored_table: the table, if it was restored from a backup.
    """

    sms_urgent_queue_url: str
    sms_bulk_queue_url: str
    email_urgent_queue_url: str
    email_bulk_queue_url: str
    voice_urgent_queue_url: str
    voice_bulk_queue_url: str
    webhook_urgent_queue_url: str
    webhook_queue_url: str
    webhook_slow_queue_url: str
    timers_queue_url: str
    restored_table: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class AcceptingSettings(QueueSettings):
    """Base of the settings of a function that accepts alerts from clients or people.

    Attributes:
        email_domain: domain of the addresses to which people mail keywords.
        open_egress: allow callbacks to loopback addresses; on the local engine only.
        trusted_ca: file of certificates that calls trust beside the public ones; on the local engine only.
        link_base_url: prefix of short links; empty for the API's own address, which the template cannot pass to it.
        sending: `on`, or `off` during a restore.
    """

    email_domain: str
    open_egress: bool
    trusted_ca: str = ""
    link_base_url: str = ""
    sending: str = "on"
