"""A receiver and how it fares: enabled, failing since, disabled.

    enabled ──failure──► failing(since) ──five days of nothing else──► disabled(failed)
       ▲                     │
       └─────any success─────┘          any state ──410──► disabled(gone) ; by its owner ──► disabled(owner)

A disabled endpoint is enabled by its owner only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from tocsin.webhooks.domain.callback import EndpointKey
from tocsin.webhooks.domain.standard_webhooks import DISABLE_AFTER, WARN_AFTER, AttemptVerdict

IN_FLIGHT = 5
"""Calls to one endpoint at the same time."""

ROTATION = timedelta(hours=24)
"""How long the old secret still signs beside the new one."""

QUICK = timedelta(seconds=2)
"""An answer that takes longer makes the endpoint a slow one."""


class EndpointState(StrEnum):
    """How an endpoint fares."""

    ENABLED = "enabled"
    FAILING = "failing"
    DISABLED = "disabled"


class DisabledReason(StrEnum):
    """Why an endpoint gets nothing any more."""

    FAILED = "failed"
    GONE = "gone"
    OWNER = "owner"


class EndpointNotification(StrEnum):
    """What an endpoint's owner is told."""

    FAILING = "failing"
    DISABLED = "disabled"


class CallbackLane(StrEnum):
    """Which queue an endpoint's orders wait in: one that hangs or fails must not hold up those that do not."""

    QUICK = "quick"
    SLOW = "slow"


@dataclass(frozen=True, slots=True)
class SigningSecret:
    """A `whsec_…` secret. `retires_at` is set for one that has been replaced."""

    value: str
    retires_at: datetime | None = None

    def __repr__(self) -> str:
        """Show nothing of it."""
        return "SigningSecret(…)"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One receiver.

    Attributes:
        secrets: newest first; never none, at most two.
        failing_since: the first failure since the last success.
        warned: the owner was told that it is failing.
        slow: its last answer took long, or did not come; an endpoint that has not answered yet counts as slow, so that
            a thousand dead ones never meet in the quick lane.
        enablings: how often its owner has enabled it again.
        version: counts writes, for conditions.
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
        """Where its orders go."""
        return CallbackLane.SLOW if self.slow or self.state is EndpointState.FAILING else CallbackLane.QUICK

    def knows(self, secret: str) -> bool:
        """Whether it is one of its secrets, the one that was replaced included."""
        return any(one.value == secret for one in self.secrets)

    def signing(self, now: datetime) -> Sequence[str]:
        """Return the secrets that sign at `now`, newest first."""
        return [one.value for one in self.secrets if one.retires_at is None or now < one.retires_at]


def after_attempt(
    endpoint: Endpoint, verdict: AttemptVerdict, took: timedelta, now: datetime
) -> tuple[Endpoint, EndpointNotification | None]:
    """Return the endpoint after an attempt, and what its owner should hear. The same object: nothing changed."""
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
    """Return the endpoint that its owner wants nothing sent to."""
    return endpoint if endpoint.disabled else _disabled(endpoint, DisabledReason.OWNER, now)


def enabled(endpoint: Endpoint) -> Endpoint:
    """Return the endpoint with a fresh start."""
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
    """Return the endpoint with a new secret; the one before signs along for a day, older ones no longer."""
    newest = endpoint.secrets[0]
    return replace(endpoint, secrets=(SigningSecret(secret), replace(newest, retires_at=now + ROTATION)))


def _disabled(endpoint: Endpoint, reason: DisabledReason, now: datetime) -> Endpoint:
    return replace(endpoint, state=EndpointState.DISABLED, disabled_reason=reason, disabled_at=now)
