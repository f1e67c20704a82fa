"""What became of the mail about one event. An event is mailed by one template, so it has one run at most."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.alerts.domain.participants import Participant
from tocsin.kernel.domain.ids import AlertRef, TenantId, UserId
from tocsin.tenant_mail.domain.mailed_events import MailOutcome

RUN_KEPT = timedelta(days=90)
"""How long a run, and what became of its messages, can be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRun:
    """A run. What was switched off has none: most accounts want few of the events that can be mailed.

    Attributes:
        id: the `place` of the event: runs sort by the receipt of their events.
        event: its name.
        at: when the event was received.
        custom: the account's own template was used.
        people: owners of the mailbox whose mail about the voicemail it is; of ALREADY_SENT as of SENT.
        alert: that has the messages; None = nothing was sent. Of ALREADY_SENT, the alert of the event that was first.
    """

    tenant: TenantId
    id: str
    event: str
    at: datetime
    template: str
    outcome: MailOutcome
    custom: bool = False
    alert: AlertRef | None = None
    people: tuple[UserId, ...] = ()


@dataclass(frozen=True, slots=True)
class MailRunWritten(Participant):
    """A new run, written with the alert that has its messages."""

    run: MailRun
