"""The ways in which a person can answer."""

from __future__ import annotations

from enum import StrEnum


class ResponseKind(StrEnum):
    """How the person answered; the values are the words of `previouslySeen`."""

    SMS = "sms"
    EMAIL = "email"
    CALL = "call"
    SHORTLINK = "shortlink"
