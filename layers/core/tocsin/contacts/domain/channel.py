"""The channels on which people are reached."""

from __future__ import annotations

from enum import StrEnum


class Channel(StrEnum):
    """How a person is reached; the values are the wire's `alertType`."""

    SMS = "sms"
    EMAIL = "email"
    CALL = "call"
    INBOUND_CALL = "inboundCall"
