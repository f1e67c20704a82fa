"""Warn an account of its spend: at 80 % and at 100 % of a day's limit, and when a capacity runs out."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime

from tocsin.contacts.domain.channel import Channel
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.errors import TocsinError
from tocsin.kernel.domain.ids import TenantId
from tocsin.limits.domain.sending_limits import MICROS
from tocsin.telephony.domain.account_events import BillingWarning, TakeAccountEvent, billing_warning

_REMEMBERED = 1024
_WORDS = {Channel.SMS: "texts", Channel.EMAIL: "emails", Channel.CALL: "calls", Channel.INBOUND_CALL: "calls"}
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WarnOfSpend:
    """Makes events `billing.warning`, one of each kind a UTC day. Safe for several threads; never raises.

    Attributes:
        take: a repeat is one event, so each process may tell what another one has told.
    """

    take: TakeAccountEvent
    _told: set[tuple[TenantId, str, str]] = field(default_factory=set)

    def spent(self, tenant: TenantId, value: int | None, cap: int, *, refused: bool, now: datetime) -> None:
        """Warn if the spend of the day reached 80 % or 100 % of the limit.

        Args:
            value: the spend after what was added, in millionths of a US dollar; None = it is not known.
            refused: something was not sent, because the limit is reached.
        """
        limit = f"the daily limit of {cap / MICROS:,.2f} USD for texts and calls"
        if refused or (value is not None and value >= cap):
            text = f"The estimated cost of today reached {limit}: no more go out until midnight UTC."
            self._tell(tenant, BillingWarning.ALL_SPENT, "", text, now)
        elif value is not None and value * 5 >= cap * 4:
            text = f"The estimated cost of today reached 80 % of {limit}. At 100 % no more go out until midnight UTC."
            self._tell(tenant, BillingWarning.MOST_SPENT, "", text, now)

    def capacity_used_up(self, key: ApiKey, channel: Channel, now: datetime) -> None:
        """Warn that the capacity of an API key for a channel is used up."""
        text = f"The capacity of the API key {key.id} for {_WORDS[channel]} is used up: its calls send no more of them."
        self._tell(key.tenant, BillingWarning.CAPACITY, f"{key.id}:{channel.value}", text, now)

    def _tell(self, tenant: TenantId, kind: BillingWarning, about: str, text: str, now: datetime) -> None:
        named = tenant, f"{kind.value}:{about}", f"{now:%Y%m%d}"
        if named in self._told:
            return
        try:
            self.take(tenant, billing_warning(kind, about, text, now))
        except TocsinError:
            _log.warning("a spend was not told", extra={"tenant": tenant})
            return
        if len(self._told) >= _REMEMBERED:
            self._told.clear()
        self._told.add(named)
