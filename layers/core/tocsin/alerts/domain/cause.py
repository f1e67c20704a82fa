"""Why an alert is sent: a client asked for it, or time or a person set it off."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tocsin.kernel.domain.ids import AlertRef, TenantId, time_ordered_uuid


class CauseKind(StrEnum):
    """What sets an alert off."""

    SCHEDULE = "schedule"  # a run of a schedule
    ESCALATION = "escalation"  # a step of an escalation: too few had answered
    ALL_CLEAR = "all_clear"  # an escalation was stopped, and who was contacted is told
    TRIGGER = "trigger"  # somebody wrote a keyword or followed a link


@dataclass(frozen=True, slots=True)
class Cause:
    """What set one alert off, other than a client's own call.

    Attributes:
        parent: id of the schedule, of the trigger's store, or the first alert of the escalation.
        run: which of its runs: the occurrence, the number of the step, or the id of the firing. With `kind` and
            `parent` it is unique, so that the same run makes the same alert however often it is begun.
        at: when it was due; the alert's reference sorts by this.
    """

    kind: CauseKind
    parent: str
    run: str
    at: datetime

    def alert_ref(self, tenant: TenantId) -> AlertRef:
        """Return the reference of the one alert this run makes."""
        return AlertRef(time_ordered_uuid(self.at, self.entropy(tenant, "alert")[:10]))

    def entropy(self, tenant: TenantId, purpose: str) -> bytes:
        """Return 32 bytes that look drawn and are the same for every try of this run."""
        natural = "|".join((tenant, purpose, self.kind.value, self.parent, self.run))
        return hashlib.sha256(natural.encode()).digest()
