"""Settle the money of a call at its end: two minutes were reserved when it was placed."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from tocsin.alerts.domain.alert import Alert
from tocsin.contacts.domain.phone_region import region_of
from tocsin.contacts.domain.recipient import Recipient
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.limits.application.recent_limits import RecentLimits
from tocsin.limits.domain.call_prices import RESERVED_SECONDS, estimated_call_price
from tocsin.limits.domain.day_counters import counter_expires_at, day_counter
from tocsin.limits.domain.sending_totals import CALL_COST
from tocsin.limits.ports import Counters, SendingTotals

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SettleCall:
    """Replaces the reserved price in the day's estimated cost by the price of what was talked.

    Attributes:
        totals: counts the same for reports; None = no count.
    """

    limits: RecentLimits
    counters: Counters
    totals: SendingTotals | None = None

    def __call__(self, alert: Alert, recipient: Recipient, began: datetime, talk_seconds: float | None) -> None:
        """Settle one call, once. Never raises: what cannot be settled stays reserved, so no limit is exceeded.

        Args:
            began: when the call was reserved; its UTC day is corrected.
            talk_seconds: None = it was not answered, and costs nothing.
        """
        if alert.sandbox or alert.system:
            return
        place = region_of(recipient.address)
        region = place.region if place else None
        price = 0 if talk_seconds is None else estimated_call_price(region, talk_seconds)
        more = price - estimated_call_price(region, RESERVED_SECONDS)
        try:
            limits = self.limits.get(alert.tenant)
            if limits.daily_spend is not None:
                self.counters.add(alert.tenant, day_counter(began, "spend"), more, counter_expires_at(began))
            if self.totals is not None and limits.counted_since is not None:
                self.totals.add(alert.tenant, began, {CALL_COST: more})
        except StorageUnavailable:
            _log.warning("a call was not settled", extra={"tenant": alert.tenant, "alert": alert.ref})
