"""Decide what an event brings about, by the rules of its account."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from tocsin.alert_rules.domain.book import RuleBook
from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.domain.acts import ActKind
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.stored_event import EventDecision

MOST_RULES = 100
"""Rules that one event fires; the rest is not told, and logged."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DecideEvent:
    """The `Decide` of IngestEvents.

    Attributes:
        book: returns the rules of an account as they were at most five seconds ago.
    """

    book: Callable[[TenantId], RuleBook]

    def __call__(self, tenant: TenantId, event: TelephonyEvent) -> EventDecision:
        """Return what the event brings about. It reads rules, and changes nothing.

        Of a sandbox key's events rules alone are decided: no call is assembled, and no line changes its state.
        """
        match event.type:
            case "call.leg":
                return EventDecision(() if event.sandbox else ([ActKind.LEG.value],))
            case "sip.registration" if not event.sandbox:
                ignored = event.is_refresh and not self.book(tenant).wants_refreshes
                return EventDecision(([ActKind.LINE.value],), ignored)
        matched = self.book(tenant).match(event)
        if len(matched) > MOST_RULES:
            _log.warning("rules_not_run", extra={"tenant": tenant, "count": len(matched) - MOST_RULES})
        return EventDecision(
            tuple(
                [ActKind.RULE.value, rule.id, rule.version, [trigger.id for trigger in triggers]]
                for rule, triggers in matched[:MOST_RULES]
            )
        )
