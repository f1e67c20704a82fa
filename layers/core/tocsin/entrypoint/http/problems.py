"""Error responses: one table of errors, and the two shapes of a response.

    the apiKey verbs   {"success": false, "returnCode": 400, "failureReason": "…", "errors": [{pointer, code, message}]}
    resources          RFC 9457 problem details with `errors: [{code, message, detail}]` inside

Both have a stable code, one readable sentence, every fault, and the request id of the log line. They contain no class
names, no table names and no texts of unknown exceptions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tocsin.identity.domain import refusals
from tocsin.integrations.domain.refusals import NotEligible
from tocsin.kernel.domain import errors
from tocsin.kernel.domain.errors import FAULTS_LISTED, Fault, InvalidRequest, TocsinError
from tocsin.preferences.domain import refusals as preference_refusals
from tocsin.tenant_mail.domain import refusals as mail_refusals
from tocsin.tenant_mail.domain.refusals import MailNotSent

PROBLEM_TYPE = "application/problem+json"
JSON_TYPE = "application/json"

_FAULTS_IN_A_LINE = 10


@dataclass(frozen=True, slots=True)
class Problem:
    """The response to one class of error.

    Attributes:
        status: HTTP status, and `returnCode`.
        title: what is wrong, the same for all errors of the class.
        retry_after: seconds to wait before a retry; None = a retry does not help.
    """

    status: int
    title: str
    retry_after: int | None = None


PROBLEMS: Mapping[type[TocsinError], Problem] = {
    errors.InvalidRequest: Problem(400, "The request is not valid"),
    refusals.TenantRequired: Problem(400, "Which account?"),
    errors.Unauthorized: Problem(401, "No usable credential"),
    errors.Forbidden: Problem(403, "Not allowed"),
    refusals.StepUpRequired: Problem(403, "Sign in again first"),
    errors.ExceedsYours: Problem(403, "More than you have"),
    preference_refusals.LineNotYours: Problem(403, "Not a line of theirs"),
    errors.NotFound: Problem(404, "Not found"),
    errors.IdempotencyInProgress: Problem(409, "The first request is still running", retry_after=1),
    errors.StaleWrite: Problem(409, "Another call was first", retry_after=1),
    errors.Superseded: Problem(409, "It is over"),
    errors.NothingFailed: Problem(409, "Nothing has failed"),
    errors.NothingEnabled: Problem(409, "Nothing is enabled"),
    errors.LastContact: Problem(409, "The last contact stays"),
    errors.LastOwner: Problem(409, "The last owner stays"),
    errors.AlreadyExists: Problem(409, "It exists already"),
    errors.ConfirmFirst: Problem(409, "Confirm the list first"),
    errors.InUse: Problem(409, "It is in use"),
    refusals.SharedSignIn: Problem(409, "The sign-in is the person's"),
    errors.Immutable: Problem(409, "It never changes"),
    errors.WrongState: Problem(409, "Its state does not allow it"),
    preference_refusals.TextsAreOff: Problem(409, "Texts are off"),
    errors.PreconditionFailed: Problem(412, "Another version is stored"),
    errors.RequestTooLarge: Problem(413, "The request is too large"),
    errors.ImportRefused: Problem(422, "The file has faults"),
    errors.NotPossible: Problem(422, "It cannot do this"),
    NotEligible: Problem(422, "This person cannot be chosen"),
    mail_refusals.MailNotConfigured: Problem(422, "No mail server"),
    mail_refusals.MailPortNotAllowed: Problem(422, "No mail goes by this port"),
    mail_refusals.MailServerUnreachable: Problem(422, "No mail server there"),
    mail_refusals.MailServerRefused: Problem(422, "The mail server said no"),
    mail_refusals.MailServerTimeout: Problem(422, "The mail server said nothing"),
    errors.IdempotencyKeyReused: Problem(422, "The Idempotency-Key belongs to another request"),
    errors.TooManyRequests: Problem(429, "Too many calls", retry_after=60),
    errors.SealBroken: Problem(500, "Something went wrong on our side"),
    errors.Restoring: Problem(503, "The system is being restored", retry_after=60),
    errors.StorageUnavailable: Problem(503, "Temporarily unavailable", retry_after=2),
    errors.ProviderUnavailable: Problem(503, "Sign-in is temporarily unavailable", retry_after=5),
}
"""Has every class of `kernel/domain/errors.py` that has no subclass; an architecture test checks it."""

UNKNOWN = Problem(500, "Something went wrong on our side")
"""The response to any other exception."""

UNKNOWN_CODE = "INTERNAL_ERROR"

_QUIET = frozenset({errors.SealBroken, errors.StorageUnavailable, errors.ProviderUnavailable, errors.StaleWrite})
"""Errors whose sentence is internal: the client gets the title instead."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An error in the form of a response.

    Attributes:
        code: stable word.
        sentence: what went wrong, in one line.
        faults: at least one, at most FAULTS_LISTED.
        more: whether the request has more faults than these.
        facts: numbers that go with it, by their names in the response.
        how: of a resource that has ended, a stable word for how; None of any other error.
        server: why a mail server did not take a mail, and its own words, by their names in the response.
        confirm: with which the same call does what it lists; None = it cannot be confirmed.
    """

    problem: Problem
    code: str
    sentence: str
    faults: tuple[Fault, ...]
    more: bool = False
    facts: Mapping[str, int] = field(default_factory=dict)
    how: str | None = None
    confirm: str | None = None
    server: Mapping[str, str] = field(default_factory=dict)

    @property
    def headers(self) -> dict[str, str]:
        """Headers that go with the error."""
        found = {}
        if self.problem.retry_after is not None:
            found["Retry-After"] = str(self.problem.retry_after)
        if self.problem.status == 401:
            found["WWW-Authenticate"] = "Bearer"
        return found


def failure_of(error: BaseException) -> Failure:
    """Return what a client may know of `error`."""
    problem = PROBLEMS.get(type(error), UNKNOWN) if isinstance(error, TocsinError) else UNKNOWN
    if not isinstance(error, TocsinError) or problem.status == 500:
        return Failure(UNKNOWN, UNKNOWN_CODE, UNKNOWN.title, (Fault("", UNKNOWN_CODE, UNKNOWN.title),))
    if isinstance(error, errors.IdempotencyInProgress | errors.TooManyRequests):
        problem = Problem(problem.status, problem.title, error.retry_after)
    if isinstance(error, InvalidRequest):
        more = len(error.faults) > FAULTS_LISTED
        return Failure(problem, error.code, _line(error.faults), error.faults[:FAULTS_LISTED], more=more)
    if isinstance(error, errors.InUse | errors.ImportRefused):
        more = len(error.faults) > FAULTS_LISTED
        confirm = error.confirm if isinstance(error, errors.InUse) else None
        return Failure(problem, error.code, str(error), error.faults[:FAULTS_LISTED], more=more, confirm=confirm)
    if isinstance(error, errors.ConfirmFirst):
        fault = Fault("", error.code, str(error), error.ids)
        return Failure(problem, error.code, str(error), (fault,), confirm=error.confirm)
    if isinstance(error, preference_refusals.LineNotYours):
        return Failure(problem, error.code, str(error), (Fault("/lines", error.code, str(error), error.ids),))
    if isinstance(error, MailNotSent):
        fault, words = Fault("", error.code, str(error)), {"reason": error.reason, "said": error.said}
        return Failure(problem, error.code, str(error), (fault,), server=words if error.reason else {})
    sentence = problem.title if type(error) in _QUIET else str(error)
    pointer = "/apiKey" if isinstance(error, errors.Unauthorized) else ""
    how = error.reason if isinstance(error, errors.Superseded) else None
    fault = Fault(pointer, error.code, sentence)
    return Failure(problem, error.code, sentence, (fault,), facts=_facts(error), how=how)


def envelope(failure: Failure, request_id: str, client_ref: str | None) -> dict[str, Any]:
    """Return the body of a failed apiKey verb."""
    body: dict[str, Any] = {
        "success": False,
        "returnCode": failure.problem.status,
        "failureReason": failure.sentence,
        "failureCode": failure.code,
        "errors": [{"pointer": f.pointer, "code": f.code, "message": f.message} for f in failure.faults],
        "requestId": request_id,
        **failure.facts,
    }
    if failure.more:
        body["moreErrors"] = True
    if client_ref is not None:
        body["clientRef"] = client_ref
    return body


def problem_details(failure: Failure, request_id: str) -> dict[str, Any]:
    """Return the body of a failed resource call (RFC 9457)."""
    body: dict[str, Any] = {
        "type": "urn:tocsin:problem:" + failure.code.lower().replace("_", "-"),
        "title": failure.problem.title,
        "status": failure.problem.status,
        "detail": failure.sentence,
        "instance": request_id,
        "code": failure.code,
        "errors": [
            {"code": f.code, "message": f.message, "detail": f.pointer}
            | ({"ids": list(f.ids)} if f.ids else dict[str, Any](failure.server))
            for f in failure.faults
        ],
    }
    if failure.more:
        body["moreErrors"] = True
    if failure.how is not None:
        body["how"] = failure.how
    if failure.confirm is not None:
        body["confirm"] = failure.confirm
    return body


def _facts(error: TocsinError) -> Mapping[str, int]:
    if not isinstance(error, errors.RequestTooLarge):
        return {}
    return {"allowed": error.limit} | ({} if error.counted is None else {"counted": error.counted})


def _line(faults: Sequence[Fault]) -> str:
    shown = "; ".join(f"{f.pointer}: {f.message}" if f.pointer else f.message for f in faults[:_FAULTS_IN_A_LINE])
    left = len(faults) - _FAULTS_IN_A_LINE
    if left <= 0:
        return shown
    return f"{shown}; and many more" if len(faults) > FAULTS_LISTED else f"{shown}; and {left} more"
