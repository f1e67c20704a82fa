"""The cause of an alert that no client call sent: a schedule, an escalation, a trigger, a rule or mail settings."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tocsin.kernel.domain.ids import AlertRef, TenantId, time_ordered_uuid


class CauseKind(StrEnum):
    """What sent an alert, other than a client's call."""

    SCHEDULE = "schedule"  # a run of a schedule
    ESCALATION = "escalation"  # a step of an escalation, because too few people had answered
    ALL_CLEAR = "all_clear"  # an escalation was stopped by answers
    TRIGGER = "trigger"  # a person sent a keyword or followed a short link
    RULE = "rule"  # an event matched an alert rule
    RULE_TEST = "rule_test"  # a person tests an alert rule
    MAIL_TEST = "mail_test"  # a person tests the mail server or a mail template of the account
    NOTICE = "notice"  # people are told of an event, as their notification settings say
    INCIDENT = "incident"  # an integration does not work
    REPORT = "report"  # the report of a day, or a notice about the account
    TENANT_MAIL = "tenant_mail"  # an event is mailed, because the account's mail settings say so


@dataclass(frozen=True, slots=True)
class Cause:
    """The cause of one alert.

    Attributes:
        parent: id of the schedule, of the trigger's stored alert or of the rule, the first alert of the escalation, or
            the name of the template.
        run: the occurrence of the schedule, the number of the step, the id of the run of the trigger or rule, or the
            name of the mailed event. It is unique with `kind` and `parent`, so a repeated run makes the same alert.
        at: when the run was due; alert references sort by this time.
    """

    kind: CauseKind
    parent: str
    run: str
    at: datetime

    def alert_ref(self, tenant: TenantId) -> AlertRef:
        """Return the reference of this run's alert."""
        return AlertRef(time_ordered_uuid(self.at, self.entropy(tenant, "alert")[:10]))

    def entropy(self, tenant: TenantId, purpose: str) -> bytes:
        """Return 32 pseudo-random bytes that are the same for every attempt of this run."""
        natural = "|".join((tenant, purpose, self.kind.value, self.parent, self.run))
        return hashlib.sha256(natural.encode()).digest()
