"""The state of an alert, computed from the states of its messages; it is not stored."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from tocsin.alerts.domain.alert import Alert
from tocsin.delivery.domain.message import TERMINAL_STATES, MessageState


class AlertState(StrEnum):
    """The overall state of one alert."""

    ACCEPTED = "accepted"  # accepted; all messages are queued
    DISPATCHING = "dispatching"  # at least one message is not in a terminal state
    COMPLETED = "completed"  # all messages are in terminal states
    EXPIRED = "expired"  # all messages became too old before they could be sent
    CANCELLED = "cancelled"  # the alert was cancelled; sent messages stay sent


def alert_state(alert: Alert, counts: Mapping[MessageState, int]) -> AlertState:
    """Return the state of an alert with these numbers of messages per state."""
    present = {state for state, count in counts.items() if count}
    if alert.cancelled_at is not None:
        return AlertState.CANCELLED
    if present == {MessageState.QUEUED}:
        return AlertState.ACCEPTED
    if not present <= TERMINAL_STATES:
        return AlertState.DISPATCHING
    return AlertState.EXPIRED if present == {MessageState.EXPIRED} else AlertState.COMPLETED
