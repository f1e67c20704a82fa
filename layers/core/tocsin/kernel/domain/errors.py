"""The errors that callers tell apart.

    TocsinError
    ├── InvalidRequest          the request is wrong; every fault is listed
    ├── RequestTooLarge         the body, or what it expands to, is over a limit
    ├── Unauthorized            no key, an unknown key, a disabled key or a wrong secret
    ├── Forbidden               the key is known but may not do this
    ├── NotFound                the thing does not exist, or belongs to another tenant
    ├── IdempotencyKeyReused    same Idempotency-Key, other request
    ├── IdempotencyInProgress   same Idempotency-Key, the first request is still running
    ├── TooManyRequests         more calls of this kind than are served in a span of time
    ├── PreconditionFailed      the thing is not in the version that If-Match names
    ├── LastContact             the only contact of a group cannot be removed
    ├── LastOwner               a tenant keeps at least one active account owner
    ├── StepUpRequired          the caller's last proof of who they are is too old for this
    ├── TenantRequired          a person of several tenants does not say which one the call is about
    ├── ExceedsYours            the caller gives a person or key more than the caller has
    ├── SharedSignIn            the sign-in belongs to a person of several tenants; none of them changes it
    ├── Immutable               the field is set when the thing is created, and never changes
    ├── WrongState              its state does not allow this
    ├── ConfirmFirst            what would happen is listed; the same call with the token of the list does it
    ├── ImportRefused           lines of a file have faults, so nothing of it was applied
    ├── InUse                   other things need this one
    ├── AlreadyExists           another thing of this kind has this name, address, number or external id
    ├── Superseded              the cause of this send is over: paused, edited, cancelled, answered or done already
    ├── LineNotYours            the person may not follow this line
    ├── TextsAreOff             a custom number cannot be enabled while texts are off
    ├── NothingFailed           no message of the alert has failed
    ├── NothingEnabled          all notifications of the rule are off, or there are none
    ├── NotPossible             the request is right, and the thing cannot do it
    ├── NotEligible             the person cannot receive alerts of integrations
    ├── StaleWrite              another writer was first; read again and decide again
    ├── StorageUnavailable      the store throttled or failed; safe to try again
    ├── ProviderUnavailable     the identity provider did not answer; safe to try again
    ├── MailNotSent             a test mail did not go by the account's mail server
    │   ├── MailNotConfigured       there is no mail server for it
    │   ├── MailPortNotAllowed      no mail is sent by the stored port
    │   ├── MailServerUnreachable   no public address, or nothing answers there
    │   ├── MailServerRefused       the server or its TLS stands against the mail
    │   └── MailServerTimeout       it is unknown whether the server took the mail
    ├── Restoring               restored from a backup, and not settled yet
    └── SealBroken              sealed data cannot be decrypted: wrong key, moved or altered

Some are in `refusals.py` of `identity`, `tenant_mail`, `preferences` and `integrations`. `code` is part of the API; the
sentence is for people and may change. Messages are logged, so they hold no address, name, secret or text of an alert.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

FAULTS_LISTED = 100
"""Most faults of one request that a response lists. Judging stops when there is one more."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a request, and how to correct it.

    Attributes:
        pointer: RFC 6901 JSON pointer into the request body; "" is the whole body.
        code: stable UPPER_SNAKE word, e.g. `REQUIRED`, `UNKNOWN_FIELD`.
        message: one sentence that says what is wrong and what would be valid.
        ids: of the things that it is about, where there are some.
    """

    pointer: str
    code: str
    message: str
    ids: tuple[str, ...] = ()


class TocsinError(Exception):
    """Base of all errors. `code` is stable and unique per class; `sentence` is what errors of the class always say."""

    code: str = "UNKNOWN"
    sentence: str = ""

    def __init__(self, *said: str) -> None:
        super().__init__(*(said or (self.sentence,)))


class InvalidRequest(TocsinError):
    """The request is not valid; `faults` lists what is wrong; judging stops at FAULTS_LISTED + 1."""

    code = "VALIDATE_FAILED"

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(faults)
        super().__init__("; ".join(f"{f.pointer or '/'}: {f.message}" for f in self.faults))


class RequestTooLarge(TocsinError):
    """The request has over `limit` of `unit`: `counted`, None if counting stopped before. `way`: what helps, or ""."""

    code = "REQUEST_TOO_LARGE"

    def __init__(self, limit: int, unit: str, counted: int | None = None, way: str = "") -> None:
        self.limit, self.unit, self.counted = limit, unit, counted
        found = ("" if counted is None else f": it has {counted}") + (f"; {way}" if way else "")
        super().__init__(f"the request is larger than {limit} {unit}{found}")


class Unauthorized(TocsinError):
    """No valid credential. The error does not say which part was wrong."""

    code = "UNAUTHORIZED"
    sentence = "the API key is missing, unknown or disabled"


class Forbidden(TocsinError):
    """The credential is valid but lacks `right`, or calls from an address outside its IP list."""

    code = "FORBIDDEN"

    def __init__(self, right: str) -> None:
        self.right = right
        super().__init__(f"the caller is not allowed to do this ({right})")


class NotFound(TocsinError):
    """`what` (a kind, never a value) is not there for this caller."""

    code = "NOT_FOUND"

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(f"{what} not found")


class IdempotencyKeyReused(TocsinError):
    """The Idempotency-Key was used within 24 h for a different request."""

    code = "IDEMPOTENCY_KEY_REUSED"
    sentence = "this Idempotency-Key was already used for a different request; use a new key"


class IdempotencyInProgress(TocsinError):
    """The first request with this Idempotency-Key has not finished; retry after `retry_after` seconds."""

    code = "IDEMPOTENCY_IN_PROGRESS"

    def __init__(self, retry_after: int = 1) -> None:
        self.retry_after = retry_after
        super().__init__("a request with this Idempotency-Key is still running")


class TooManyRequests(TocsinError):
    """More calls of a kind than are served in a span of time; the next is served after `retry_after` seconds."""

    code = "TOO_MANY_REQUESTS"

    def __init__(self, sentence: str, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(sentence)


class PreconditionFailed(TocsinError):
    """The thing has changed since the caller read the version that `If-Match` names, or it is not there."""

    code = "PRECONDITION_FAILED"
    sentence = "it is not in the version that If-Match names; read it again"


class LastContact(TocsinError):
    """A contact group keeps at least one contact."""

    code = "LAST_CONTACT"
    sentence = "the last contact of a group cannot be removed; delete the store instead"


class LastOwner(TocsinError):
    """A tenant keeps at least one active account owner."""

    code = "LAST_OWNER"
    sentence = "the last account owner cannot be removed, disabled or given another role; name another first"


class ExceedsYours(TocsinError):
    """The caller gives more than they have; `what` names permissions and flags."""

    code = "EXCEEDS_YOURS"

    def __init__(self, what: Sequence[str]) -> None:
        super().__init__("you cannot give what you do not have: " + ", ".join(what))


class Immutable(TocsinError):
    """A field that is set when a thing is created never changes; the sentence names it."""

    code = "IMMUTABLE"


class WrongState(TocsinError):
    """The thing is in a state in which this cannot be done to it; the sentence names the state."""

    code = "WRONG_STATE"


class InUse(TocsinError):
    """Others need this one; `faults` list them by kind. The call with `confirm` takes it from all; None: never."""

    code = "IN_USE"

    def __init__(self, what: str, faults: Sequence[Fault], confirm: str | None = None) -> None:
        self.faults, self.confirm = tuple(faults), confirm
        super().__init__(f"this {what} is in use: " + "; ".join(fault.message for fault in faults))


class ConfirmFirst(TocsinError):
    """The call does something to all of `ids`. The same call with `confirm`, a token of exactly this list, does it."""

    code = "CONFIRM_REQUIRED"

    def __init__(self, sentence: str, ids: Sequence[str], confirm: str) -> None:
        self.ids, self.confirm = tuple(ids), confirm
        super().__init__(f"{sentence}; repeat the call with `confirm` to do it")


class ImportRefused(TocsinError):
    """A file cannot be imported; `faults` say why, in pointers like `/csv/7/email`: line and column."""

    code = "IMPORT_REFUSED"

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(f"nothing was imported; faults in the file: {len(self.faults)}")


class AlreadyExists(TocsinError):
    """Another thing of this kind has this natural key or external id. `field` says which; the value is not repeated."""

    code = "ALREADY_EXISTS"

    def __init__(self, what: str, field: str) -> None:
        self.field = field
        super().__init__(f"another {what} has this {field}")


class Superseded(TocsinError):
    """The send is over or done already. `reason` is `moved_on`, `link_cancelled`, or how an escalation ended."""

    code = "SUPERSEDED"

    def __init__(self, sentence: str, reason: str = "moved_on") -> None:
        self.reason = reason
        super().__init__(sentence)


class NothingFailed(TocsinError):
    """No message of the alert has failed, so none can be sent again."""

    code = "NOTHING_FAILED"
    sentence = "no receiver's message has failed"


class NothingEnabled(TocsinError):
    """No notification of the rule is enabled, so none can be tested."""

    code = "NOTHING_ENABLED"
    sentence = "no notification of the rule is enabled"


class NotPossible(TocsinError):
    """The request is right, and the thing that it names can never do it; the sentence says why."""

    code = "NOT_POSSIBLE"


class StaleWrite(TocsinError):
    """Another writer changed the row first. Read again and decide again."""

    code = "STALE_WRITE"


class StorageUnavailable(TocsinError):
    """The store throttled or did not answer. A write may or may not be done; the call may be repeated."""

    code = "STORAGE_UNAVAILABLE"


class ProviderUnavailable(TocsinError):
    """The identity provider throttled, failed or did not answer. No person was signed in; the call may be repeated."""

    code = "PROVIDER_UNAVAILABLE"


class Restoring(TocsinError):
    """The system was restored from a backup and does not send yet; nothing was sent."""

    code = "RESTORING"
    sentence = "the system is being restored and sends nothing yet; repeat the call later"


class SealBroken(TocsinError):
    """Sealed data could not be decrypted with its key and place."""

    code = "SEAL_BROKEN"
