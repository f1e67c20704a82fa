"""A webhook endpoint and its state: enabled, failing, disabled.

    enabled ──failure──► failing(since) ──only failures for five days──► disabled(failed)
       ▲                     │
       └─────any success─────┘          any state ──410──► disabled(gone) ; by its owner ──► disabled(owner)

Only its owner can enable a disabled endpoint.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from tocsin.webhooks.domain.callback import EndpointKey
from tocsin.webhooks.domain.standard_webhooks import DISABLE_AFTER, WARN_AFTER, AttemptVerdict

IN_FLIGHT = 5
"""Most concurrent calls to one endpoint."""

FOR_URGENT = 1
"""Those of IN_FLIGHT that only urgent orders use, so that an answer does not wait for the results of a broadcast."""

ROTATION = timedelta(hours=24)
"""How long the previous secret signs together with the new one."""

QUICK = timedelta(seconds=2)
"""A call that takes longer moves the endpoint to the slow lane."""


class EndpointState(StrEnum):
    """The state of an endpoint."""

    ENABLED = "enabled"
    FAILING = "failing"
    DISABLED = "disabled"


class DisabledReason(StrEnum):
    """Why an endpoint is disabled."""

    FAILED = "failed"
    GONE = "gone"
    OWNER = "owner"


class EndpointNotification(StrEnum):
    """What an endpoint's owner is notified of."""

    FAILING = "failing"
    DISABLED = "disabled"


class CallbackLane(StrEnum):
    """The queue of an endpoint's orders. Endpoints that are slow or fail do not delay the others."""

    QUICK = "quick"
    SLOW = "slow"


@dataclass(frozen=True, slots=True)
class SigningSecret:
    """A `whsec_…` secret. `retires_at`: when a replaced secret stops signing, None for the current one."""

    value: str
    retires_at: datetime | None = None

    def __repr__(self) -> str:
        """Return a text without the secret."""
        return "SigningSecret(…)"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One webhook endpoint.

    Attributes:
        secrets: newest first, one or two.
        failing_since: the first failure since the last success.
        warned: the owner was notified that it is failing.
        slow: its last call took longer than QUICK, or got no response. A new endpoint counts as slow until it answers,
            so that many unreachable endpoints cannot fill the quick lane.
        enablings: how often its owner has enabled it again.
        version: number of writes, for conditional writes.
    """

    key: EndpointKey
    url: str
    secrets: tuple[SigningSecret, ...]
    created_at: datetime
    state: EndpointState = EndpointState.ENABLED
    failing_since: datetime | None = None
    warned: bool = False
    slow: bool = True
    disabled_reason: DisabledReason | None = None
    disabled_at: datetime | None = None
    enablings: int = 0
    version: int = 1

    @property
    def disabled(self) -> bool:
        """Whether no attempt may begin."""
        return self.state is EndpointState.DISABLED

    @property
    def lane(self) -> CallbackLane:
        """The lane of its orders."""
        return CallbackLane.SLOW if self.slow or self.state is EndpointState.FAILING else CallbackLane.QUICK

    def knows(self, secret: str) -> bool:
        """Whether `secret` is one of its secrets, the replaced one included."""
        return any(one.value == secret for one in self.secrets)

    def signing(self, now: datetime) -> Sequence[str]:
        """Return the secrets that sign at `now`, newest first."""
        return [one.value for one in self.secrets if one.retires_at is None or now < one.retires_at]


def after_attempt(
    endpoint: Endpoint, verdict: AttemptVerdict, took: timedelta, now: datetime
) -> tuple[Endpoint, EndpointNotification | None]:
    """Return the endpoint after an attempt, and the notification to its owner. The same object: nothing changed."""
    if endpoint.disabled:
        return endpoint, None
    if verdict is AttemptVerdict.DELIVERED:
        slow = took > QUICK
        if endpoint.state is EndpointState.ENABLED and endpoint.slow == slow:
            return endpoint, None
        return (
            replace(endpoint, state=EndpointState.ENABLED, failing_since=None, warned=False, slow=slow),
            None,
        )
    if verdict is AttemptVerdict.GONE:
        return _disabled(endpoint, DisabledReason.GONE, now), EndpointNotification.DISABLED
    if endpoint.state is EndpointState.ENABLED or endpoint.failing_since is None:
        return replace(endpoint, state=EndpointState.FAILING, failing_since=now, slow=took > QUICK), None
    if now - endpoint.failing_since >= DISABLE_AFTER:
        return _disabled(endpoint, DisabledReason.FAILED, now), EndpointNotification.DISABLED
    if now - endpoint.failing_since >= WARN_AFTER and not endpoint.warned:
        return replace(endpoint, warned=True), EndpointNotification.FAILING
    return endpoint, None


def disabled_by_owner(endpoint: Endpoint, now: datetime) -> Endpoint:
    """Return the endpoint as disabled by its owner."""
    return endpoint if endpoint.disabled else _disabled(endpoint, DisabledReason.OWNER, now)


def enabled(endpoint: Endpoint) -> Endpoint:
    """Return the endpoint as enabled, without its earlier failures."""
    again = 1 if endpoint.disabled else 0
    return replace(
        endpoint,
        state=EndpointState.ENABLED,
        failing_since=None,
        warned=False,
        disabled_reason=None,
        disabled_at=None,
        enablings=endpoint.enablings + again,
    )


def rotated(endpoint: Endpoint, secret: str, now: datetime) -> Endpoint:
    """Return the endpoint with a new secret. The previous secret signs too for a day; older ones are removed."""
    newest = endpoint.secrets[0]
    return replace(endpoint, secrets=(SigningSecret(secret), replace(newest, retires_at=now + ROTATION)))


def _disabled(endpoint: Endpoint, reason: DisabledReason, now: datetime) -> Endpoint:
    return replace(endpoint, state=EndpointState.DISABLED, disabled_reason=reason, disabled_at=now)
