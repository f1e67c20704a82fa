"""The first-time checklist, judged from what really happened: what the API says of the newest alerts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from infra.local.demo_tenant.demo import CLIENT_REF
from infra.local.simulator.recent import Recent
from infra.local.simulator.world import AlertSeen


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to try. `happened`: whether an alert shows that it was done."""

    title: str
    hint: str
    happened: Callable[[AlertSeen], bool]


STEPS = (
    Step(
        "Send an alert",
        "The demo alert that make run sent does not count.",
        lambda alert: alert.client_ref != CLIENT_REF,
    ),
    Step(
        "Answer as one of its receivers",
        "Use a phone or a mailbox on this page. STOP is no answer.",
        lambda alert: alert.responses > 0,
    ),
    Step(
        "Watch an answer stop an escalation",
        "Send an alert with a second step, and answer before that step is due.",
        lambda alert: alert.escalation == "acknowledged",
    ),
    Step(
        "Leave an escalation without an answer",
        "Send one more with a second step, and let all of its steps pass.",
        lambda alert: alert.escalation == "exhausted",
    ),
)


class Checklist:
    """What is done so far. What is done stays done; with everything done, the alerts are not read any more."""

    def __init__(self, alerts: Recent[Sequence[AlertSeen]]) -> None:
        self._alerts = alerts
        self._done = [False] * len(STEPS)

    def done(self) -> Sequence[bool]:
        """Return for each of STEPS whether it is done."""
        if not all(self._done):
            alerts = self._alerts.value()
            pairs = zip(STEPS, self._done, strict=True)
            self._done = [done or any(step.happened(alert) for alert in alerts) for step, done in pairs]
        return tuple(self._done)
