"""The ways in which a person can answer."""

from __future__ import annotations

from enum import StrEnum


class ResponseKind(StrEnum):
    """How a person answered. The values are the words of `previouslySeen` in the API."""

    SMS = "sms"
    EMAIL = "email"
    CALL = "call"
    SHORTLINK = "shortlink"
