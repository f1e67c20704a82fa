"""What the answer of an AWS service to a hand-over means, network trouble included.

The question is never "did it work?" but "does the provider have the message?": taken, certainly not, or nobody knows.
"Certainly not" may be tried again; "nobody knows" may not, or people get their alarm twice.
"""

from __future__ import annotations

import logging
import re
import ssl
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError

from tocsin.delivery.domain.submission import Accepted, OutcomeUnknown, Rejected, Submission

Row = tuple[str, str, Rejected]
"""An error code, a word that must stand in its reason or message ("" matches any), and what that means.
The first row that fits counts."""

_LOG = logging.getLogger(__name__)


def permanent(reason: str) -> Rejected:
    """It will be refused every time."""
    return Rejected(reason, permanent=True)


def temporary(reason: str, retry_after: timedelta = timedelta(0)) -> Rejected:
    """It may be taken later."""
    return Rejected(reason, permanent=False, retry_after=retry_after)


UNRECOGNISED = temporary("unrecognised_error")
"""Of a code in no table: taken for temporary, so that nothing is lost, and counted, so that somebody adds it."""

OPERATOR = timedelta(minutes=5)
"""How long to leave a provider alone that needs a person to mend something."""

_COMMON: tuple[Row, ...] = (
    *((code, "", temporary("throttled")) for code in (
        "Throttling", "ThrottlingException", "ThrottledException", "Throttled", "RequestThrottled",
        "RequestThrottledException", "TooManyRequestsException", "RequestLimitExceeded", "BandwidthLimitExceeded",
        "LimitExceededException", "PriorRequestNotComplete", "SlowDown", "429",
    )),
    # The service answered that it did not do it: "an unexpected error and couldn't complete the request". SDKs repeat
    # these by default; what we must not repeat is a call without an answer (see `_BROKEN_ON_THE_WAY`).
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
"""Said by something between us and the service, or by one that stopped waiting: it may have passed the message on."""

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


def submitted(call: Callable[[], Mapping[str, Any]], table: Iterable[Row]) -> Submission:
    """Make one call and say what came of it. Raises nothing, and logs no more than an error code.

    Args:
        call: answers with a mapping that has `MessageId`.
        table: the service's own rows; they come before those all services share.
    """
    try:
        message_id = call().get("MessageId")
    except ClientError as error:
        return _answered(error, table)
    except _NEVER_LEFT:
        return temporary("provider_unreachable")
    except exceptions.SSLError as error:
        # Before the handshake is done nothing of the message has left; an SSL error on a used connection is another.
        cause = error.kwargs.get("error")
        reasons = (cause, *getattr(cause, "args", ()))  # urllib3 wraps the original in one of its own
        unproven = any(isinstance(reason, ssl.SSLCertVerificationError) for reason in reasons)
        return temporary("provider_unreachable") if unproven else OutcomeUnknown("connection_broken")
    except exceptions.ReadTimeoutError:
        return OutcomeUnknown("reply_timed_out")
    except Exception as error:
        _LOG.warning("a hand-over ended in an unforeseen error", extra={"code": type(error).__name__})
        return OutcomeUnknown("connection_broken")
    return Accepted(message_id) if message_id else OutcomeUnknown("reply_without_id")


def _answered(error: ClientError, table: Iterable[Row]) -> Submission:
    answer: Mapping[str, Any] = error.response
    fault = answer.get("Error", {})
    code = str(fault.get("Code", ""))
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _BROKEN_ON_THE_WAY:
        return OutcomeUnknown("gateway_error")
    fields = " ".join(str(field.get("Name", "")) for field in answer.get("Fields") or ())
    facts = (answer.get("Reason"), answer.get("ResourceType"), fields, fault.get("Message"))
    told = " ".join(fact for fact in facts if fact).lower()
    for known, word, refused in (*table, *_COMMON):
        if code == known and word.lower() in told:
            return _as_late_as_asked(refused, answer)
    # A code may be anything, an address in a broken gateway's answer included: only what looks like a code is told.
    told_code = code if re.fullmatch(r"[A-Za-z]\w{0,63}", code) else "unreadable"
    _LOG.warning("provider error code in no table", extra={"code": told_code, "status": status})
    return _as_late_as_asked(UNRECOGNISED, answer)


def _as_late_as_asked(refused: Rejected, answer: Mapping[str, Any]) -> Rejected:
    """Honour a Retry-After in seconds."""
    asked = str(answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("retry-after", ""))
    if refused.permanent or not re.fullmatch(r"[0-9]{1,5}", asked):
        return refused
    return temporary(refused.reason, max(refused.retry_after, timedelta(seconds=int(asked))))
