"""Turns the response of an AWS service to a submission, or a network error, into an outcome.

An outcome says whether the provider has the message: accepted, rejected, or outcome unknown. A rejected message may be
submitted again. A message with an unknown outcome may not, because the receiver could get it twice.
"""

from __future__ import annotations

import logging
import re
import ssl
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any, NoReturn

from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError

from tocsin.delivery.domain.submission import Accepted, OutcomeUnknown, Rejected, Submission
from tocsin.delivery.ports.senders import Wait

Row = tuple[str, str, Rejected | OutcomeUnknown]
"""An error code, a word that its reason or message must contain ("" matches any), and the outcome.
The first row that matches decides."""

_LOG = logging.getLogger(__name__)


def permanent(reason: str) -> Rejected:
    """Return a rejection that every later try would get too."""
    return Rejected(reason, permanent=True)


def temporary(reason: str, retry_after: timedelta = timedelta(0)) -> Rejected:
    """Return a rejection after which a later try may be accepted. `retry_after` is the least wait."""
    return Rejected(reason, permanent=False, retry_after=retry_after)


UNRECOGNISED = temporary("unrecognised_error")
"""Outcome of a code that is in no table: temporary, so that no message is lost, and counted in the metrics."""

OPERATOR = timedelta(minutes=5)
"""Wait before the next try when an operator must first change something at the provider."""

_COMMON: tuple[Row, ...] = (
    *((code, "", temporary("throttled")) for code in (
        "Throttling", "ThrottlingException", "ThrottledException", "Throttled", "RequestThrottled",
        "RequestThrottledException", "TooManyRequestsException", "RequestLimitExceeded", "BandwidthLimitExceeded",
        "LimitExceededException", "PriorRequestNotComplete", "SlowDown", "429",
    )),
    # The service answered that it did not do it: "an unexpected error and couldn't complete the request". SDKs retry
    # these by default. Only a call without a response must not be retried (see `_BROKEN_ON_THE_WAY`).
    *((code, "", temporary("provider_error")) for code in (
        "InternalError", "InternalFailure", "InternalServerError", "InternalServerException", "InternalErrorException",
    )),
    *((code, "", temporary("provider_unavailable")) for code in (
        "ServiceUnavailable", "ServiceUnavailableException", "Unavailable", "503",
    )),
    *((code, "", temporary("provider_denies_us", OPERATOR)) for code in (
        "AccessDenied", "AccessDeniedException", "AuthorizationError", "AuthFailure", "IncompleteSignature",
        "InvalidAccessKeyId", "InvalidClientTokenId", "InvalidSecurity", "InvalidSignatureException",
        "MissingAuthenticationToken", "MissingAuthenticationTokenException", "NotAuthorized", "OptInRequired",
        "SignatureDoesNotMatch", "UnrecognizedClientException", "403",
    )),
    *((code, "", temporary("our_credentials_expired")) for code in (
        "ExpiredToken", "ExpiredTokenException", "RequestExpired", "RequestTimeTooSkewed",
    )),
)  # fmt: skip

_BROKEN_ON_THE_WAY = {"502", "504", "RequestTimeout", "RequestTimeoutException"}
"""Codes of a gateway between us and the service, or of a service that timed out: the message may have been accepted."""

_NEVER_LEFT: tuple[type[BotoCoreError], ...] = (
    exceptions.ConnectTimeoutError,
    exceptions.EndpointConnectionError,  # refused, or the name does not resolve
    exceptions.EndpointProviderError,
    exceptions.InvalidProxiesConfigError,
    exceptions.NoAuthTokenError,
    exceptions.NoCredentialsError,
    exceptions.NoRegionError,
    exceptions.ParamValidationError,
    exceptions.PartialCredentialsError,
    exceptions.CredentialRetrievalError,
    exceptions.MetadataRetrievalError,
    exceptions.ProxyConnectionError,
    exceptions.UnknownEndpointError,
)


def submitted(call: Callable[[], Mapping[str, Any]], table: Iterable[Row], id_field: str = "MessageId") -> Submission:
    """Make one call and return its outcome. Raises nothing, and logs at most an error code.

    Args:
        call: returns a mapping that has `id_field`.
        table: the rows of the service; they come before the rows that all services share.
        id_field: where the provider's id of the submission is.
    """
    try:
        message_id = call().get(id_field)
    except ClientError as error:
        return _answered(error, table)
    except _NEVER_LEFT:
        return temporary("provider_unreachable")
    except exceptions.SSLError as error:
        # A failed handshake means that the message was not sent. An SSL error later leaves the outcome unknown.
        cause = error.kwargs.get("error")
        reasons = (cause, *getattr(cause, "args", ()))  # urllib3 wraps the original in one of its own
        unproven = any(isinstance(reason, ssl.SSLCertVerificationError) for reason in reasons)
        return temporary("provider_unreachable") if unproven else OutcomeUnknown("connection_broken")
    except exceptions.ReadTimeoutError:
        return OutcomeUnknown("reply_timed_out")
    except Exception as error:
        _LOG.warning("a submission ended in an unforeseen error", extra={"code": type(error).__name__})
        return OutcomeUnknown("connection_broken")
    return Accepted(message_id) if message_id else OutcomeUnknown("reply_without_id")


def begun(client: object, operation: str, parameters: Mapping[str, Any], table: Iterable[Row]) -> Wait | None:
    """Begin one call and return what waits for its outcome; None = no connection is idle, or the client cannot.

    Args:
        client: one of `aws/signed/clients.py`, or botocore's, which cannot.
        operation: its name in boto3.
    """
    begin = getattr(client, "begin", None)
    if begin is None:
        return None
    try:
        wait = begin(operation, parameters)
    except Exception as error:
        return partial(submitted, partial(_raise, error), table)
    return None if wait is None else partial(submitted, wait, table)


def _raise(error: Exception) -> NoReturn:
    raise error


def _answered(error: ClientError, table: Iterable[Row]) -> Submission:
    answer: Mapping[str, Any] = error.response
    fault = answer.get("Error", {})
    code = str(fault.get("Code", ""))
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _BROKEN_ON_THE_WAY:
        return OutcomeUnknown("gateway_error")
    fields = " ".join(str(field.get("Name", "")) for field in answer.get("Fields") or ())
    facts = (answer.get("Reason"), answer.get("ResourceType"), fields, fault.get("Message"))
    text = " ".join(fact for fact in facts if fact).lower()
    for known, word, refused in (*table, *_COMMON):
        if code == known and word.lower() in text:
            return _not_before(refused, answer)
    # A broken gateway may put anything into the code, an address too: only what looks like a code is logged.
    logged_code = code if re.fullmatch(r"[A-Za-z]\w{0,63}", code) else "unreadable"
    _LOG.warning("provider error code in no table", extra={"code": logged_code, "status": status})
    return _not_before(UNRECOGNISED, answer)


def _not_before(refused: Rejected | OutcomeUnknown, answer: Mapping[str, Any]) -> Submission:
    """Return a rejection with the larger of its own wait and the Retry-After header (seconds)."""
    seconds = str(answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("retry-after", ""))
    if isinstance(refused, OutcomeUnknown) or refused.permanent or not re.fullmatch(r"[0-9]{1,5}", seconds):
        return refused
    return temporary(refused.reason, max(refused.retry_after, timedelta(seconds=int(seconds))))
