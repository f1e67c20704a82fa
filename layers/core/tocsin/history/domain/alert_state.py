"""Where an alert as a whole stands, read from its messages: it has no state of its own that could disagree."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from tocsin.alerts.domain.alert import Alert
from tocsin.delivery.domain.message import TERMINAL_STATES, MessageState


class AlertState(StrEnum):
    """The overall state of one alert."""

    ACCEPTED = "accepted"  # promised; no worker has touched any of it yet
    DISPATCHING = "dispatching"  # some messages are settled or under way, some are still owed
    COMPLETED = "completed"  # nothing more is owed; the counts tell how it went
    EXPIRED = "expired"  # nothing more is owed, because every message became too old first
    CANCELLED = "cancelled"  # somebody stopped it; messages that were out already stay out


def alert_state(alert: Alert, counts: Mapping[MessageState, int]) -> AlertState:
    """Return the state that these counts of its messages amount to."""
    standing = {state for state, count in counts.items() if count}
    if alert.cancelled_at is not None:
        return AlertState.CANCELLED
    if standing == {MessageState.QUEUED}:
        return AlertState.ACCEPTED
    if not standing <= TERMINAL_STATES:
        return AlertState.DISPATCHING
    return AlertState.EXPIRED if standing == {MessageState.EXPIRED} else AlertState.COMPLETED
