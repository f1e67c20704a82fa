"""What a call can raise. Every class is a `TocsinError`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tocsin_client.types import ErrorCode, FaultCode


class TocsinError(Exception):
    """A call that failed.

    Attributes:
        retryable: the same call may succeed later.
        retry_after: seconds that the API asks to wait, None if it does not say.
    """

    retryable = False
    retry_after: float | None = None


class APIConnectionError(TocsinError):
    """No answer came: the connection was refused, reset or ended too early."""

    retryable = True


class APITimeoutError(APIConnectionError):
    """No answer came within `timeout`."""


class WebhookVerificationError(TocsinError):
    """A webhook was not signed with the secret, or is too old."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a request.

    Attributes:
        pointer: JSON pointer into the request; empty = the whole request.
        code: stable, see docs/codes.md.
        message: for people; it may change.
    """

    pointer: str
    code: FaultCode | ErrorCode | str
    message: str


class APIStatusError(TocsinError):
    """The API answered with an error status.

    Attributes:
        status: the HTTP status.
        code: stable, see docs/codes.md; empty if the answer is not one of the API.
        faults: everything that is wrong with the request.
        request_id: quote it when you ask for help; empty if there is none.
        body: the answer as it came: JSON, or text.
    """

    def __init__(self, status: int, body: Any, retry_after: float | None = None) -> None:
        told: Mapping[str, Any] = body if isinstance(body, dict) else {}
        self.faults = tuple(
            Fault(str(fault.get("pointer", fault.get("detail", ""))), str(fault["code"]), str(fault["message"]))
            for fault in told.get("errors", ())
        )
        first: str = self.faults[0].code if self.faults else ""
        self.status = status
        self.code: ErrorCode | FaultCode | str = str(told.get("code", first))
        self.request_id = str(told.get("requestId", told.get("instance", "")))
        self.body = body
        self.retry_after = retry_after
        # A 409 with Retry-After is a call under the same Idempotency-Key that is still at work.
        self.retryable = (
            status == 429 or (status >= 500 and status != 501) or (status == 409 and retry_after is not None)
        )
        message = told.get("failureReason", told.get("detail", body if isinstance(body, str) else ""))
        super().__init__(f"{status} {self.code}: {message}")


class BadRequestError(APIStatusError):
    """400, 413 or 415: `faults` says what is wrong with the request."""


class AuthenticationError(APIStatusError):
    """401: the API key is missing, unknown or disabled."""


class PermissionDeniedError(APIStatusError):
    """403: the API key lacks a right."""


class NotFoundError(APIStatusError):
    """404: there is no such thing, or it belongs to another key."""


class ConflictError(APIStatusError):
    """409 or 412: the state of the thing does not allow it."""


class UnprocessableEntityError(APIStatusError):
    """422: nothing could be accepted, or the Idempotency-Key belongs to a different request."""


class RateLimitError(APIStatusError):
    """429: too many calls."""


class InternalServerError(APIStatusError):
    """A status from 500 on."""


_BY_STATUS: Mapping[int, type[APIStatusError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    412: ConflictError,
    413: BadRequestError,
    415: BadRequestError,
    422: UnprocessableEntityError,
    429: RateLimitError,
}


def status_error(status: int, body: Any, retry_after: float | None) -> APIStatusError:
    """Return the error of a status. `retry_after`: seconds."""
    kind = _BY_STATUS.get(status, InternalServerError if status >= 500 else APIStatusError)
    return kind(status, body, retry_after)
