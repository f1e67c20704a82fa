"""What a check of `doctor` asks, and what it comes to."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

Clients = Callable[[str], Any]
"""Returns boto3's client of a service."""


class Status(StrEnum):
    """The result of a check."""

    OK = "ok"
    WARN = "warn"  # works, but less than one may expect
    FAIL = "fail"  # people get no messages, an alarm is not heard, or data can be lost
    UNKNOWN = "unknown"  # AWS did not say


Result = tuple[Status, str]
"""What a check found, with a cure unless it is OK."""
