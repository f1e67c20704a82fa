"""Why no access token is given out, in the words of OAuth 2.0 (RFC 6749, 5.2)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class GrantError(StrEnum):
    """The values are words of the protocol, but for `mfa_required`, which many servers use."""

    INVALID_REQUEST = "invalid_request"
    INVALID_GRANT = "invalid_grant"
    UNAUTHORIZED_CLIENT = "unauthorized_client"
    UNSUPPORTED_GRANT_TYPE = "unsupported_grant_type"
    MFA_REQUIRED = "mfa_required"


@dataclass(frozen=True, slots=True)
class NotGranted:
    """A refusal. `retry_after`: seconds until another try is worth it; None = any time."""

    error: GrantError
    sentence: str
    retry_after: int | None = None
