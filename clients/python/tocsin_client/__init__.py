"""Client of the Tocsin alerting API. `Tocsin` makes calls, `parse_webhook` verifies what Tocsin posts to you."""

from tocsin_client import types
from tocsin_client.errors import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    Fault,
    InternalServerError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    TocsinError,
    UnprocessableEntityError,
    WebhookVerificationError,
)
from tocsin_client.operations import Tocsin
from tocsin_client.transport import VERSION as __version__
from tocsin_client.transport import Pages
from tocsin_client.webhooks import parse_webhook, verify_signature

__all__ = [
    "APIConnectionError",
    "APIStatusError",
    "APITimeoutError",
    "AuthenticationError",
    "BadRequestError",
    "ConflictError",
    "Fault",
    "InternalServerError",
    "NotFoundError",
    "Pages",
    "PermissionDeniedError",
    "RateLimitError",
    "Tocsin",
    "TocsinError",
    "UnprocessableEntityError",
    "WebhookVerificationError",
    "__version__",
    "parse_webhook",
    "types",
    "verify_signature",
]
