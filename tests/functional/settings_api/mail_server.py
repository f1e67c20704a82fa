"""What accepts test mails, and lets them have a fate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from tests.fakes.time import VirtualClock
from tocsin.alerts.domain.internal.inside_alert import InsideAlert
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.application.message_outcomes import MessageOutcome
from tocsin.kernel.domain.ids import AlertRef, TenantId


class FakeMailServer:
    """`alerts` may be inspected: what was sent. `fate` is the state and the reason that a mail has after `needs`."""

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self.alerts: dict[AlertRef, tuple[InsideAlert, datetime]] = {}
        self.fate: tuple[str, str | None] = ("sent", None)
        self.needs = timedelta(seconds=1)
        self.looks = 0

    def send(self, alert: InsideAlert) -> None:
        self.alerts[alert.ref] = alert, self.clock()

    def outcomes(self, tenant: TenantId, refs: Sequence[AlertRef]) -> Mapping[AlertRef, Sequence[MessageOutcome]]:
        self.looks += 1
        return {ref: [self._outcome(*self.alerts[ref])] for ref in refs if self.alerts[ref][0].tenant == tenant}

    def wait(self, span: timedelta) -> None:
        self.clock.advance(span)

    def _outcome(self, alert: InsideAlert, at: datetime) -> MessageOutcome:
        state, reason = self.fate if self.clock() >= at + self.needs else ("sending", None)
        return MessageOutcome(
            tag=alert.messages[0].tag, channel=Channel.EMAIL, address=alert.messages[0].addresses[0], state=state, reason=reason,
            accepted_at=at, updated_at=self.clock(),
        )  # fmt: skip
