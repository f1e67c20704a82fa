"""What keeps a tenant's key, or whoever stole it, from spending a fortune or ruining a good name.

    at acceptance    country not allowed, premium range …        refused, and the caller is told how many
    after the claim  sending paused, too many too fast           waits for another try
                     the day's money is spent                    suppressed

All decisions are pure and name their reason; what was counted comes from `ports/brakes.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.phone_region import region_of

MICROS = 1_000_000
"""Of a US dollar: money is counted in whole millionths."""


class SendingLimit(StrEnum):
    """Which brake bit; the values are the `reason` of a message, a metric's dimension and a client message's code."""

    COUNTRY = "country_not_allowed"
    SPECIAL_NUMBER = "special_number"  # premium, shared cost, personal, satellite …
    NUMBER_RATE = "number_rate"  # one receiver got too many text messages in a short time
    TENANT_RATE = "tenant_rate"  # the tenant sent too many text messages in a short time
    SPEND_CAP = "spend_cap"  # the day's money is spent
    PAUSED = "sending_paused"  # bounces or complaints, or an operator, stopped the channel
    UNREADABLE = "limits_unavailable"  # the counters did not answer; nobody spends money on a guess


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `count` in each window of `span`; windows follow one another from 1970 on."""

    count: int
    span: timedelta

    def window(self, now: datetime) -> tuple[datetime, datetime]:
        """Return when the window that holds `now` began and when it ends."""
        begin = _EPOCH + (now - _EPOCH) // self.span * self.span
        return begin, begin + self.span


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Pause:
    """A channel is stopped. `reason` is a stable word."""

    since: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class SendingLimits:
    """The settings of one tenant. A tenant without settings of its own has these defaults.

    Attributes:
        countries: where text messages may go: ISO countries ("GB") and calling codes ("+44"); None = anywhere.
        special_numbers: whether premium, shared-cost, personal and satellite numbers are allowed.
        number_rate: text messages to one receiver; None = no limit.
        tenant_rate: text messages of the tenant; None = no limit.
        daily_spend: estimated cost of text messages in a UTC day, in MICROS; None = no limit.
        paused: channels that are stopped.
    """

    countries: frozenset[str] | None = None
    special_numbers: bool = False
    number_rate: Rate | None = Rate(5, timedelta(minutes=15))
    tenant_rate: Rate | None = None
    daily_spend: int | None = 500 * MICROS
    paused: Mapping[Channel, Pause] = field(default_factory=dict)


def judge_number(number: str, sending_limits: SendingLimits) -> SendingLimit | None:
    """Return why no text message may go to an E.164 number, None if it may."""
    if sending_limits.countries is None and sending_limits.special_numbers:
        return None
    place = region_of(number)
    if place is not None and place.special is not None and not sending_limits.special_numbers:
        return SendingLimit.SPECIAL_NUMBER
    if sending_limits.countries is None:
        return None
    if place is None or not sending_limits.countries & {place.region, f"+{place.calling_code}"}:
        return SendingLimit.COUNTRY
    return None


REFUSAL_REASONS = {
    SendingLimit.COUNTRY: "in a country that this account does not send to",
    SendingLimit.SPECIAL_NUMBER: "with a premium, shared-cost, personal or satellite number",
}
"""How a caller is told at acceptance, after the number of receivers."""


@dataclass(frozen=True, slots=True)
class MailReputation:
    """What became of a tenant's emails of one UTC day."""

    sent: int
    bounced: int
    complained: int


def over_budget(fates: MailReputation) -> str | None:
    """Return the word for why a tenant's email must pause, None while its name is good.

    SES reviews an account at 5 % bounces or 0.1 % complaints and pauses it at 10 % or 0.5 %, all tenants together; one
    tenant pauses before that, but not for a handful of a small mailing. Source: SES developer guide, reputation.
    """
    if fates.bounced >= 20 and fates.bounced > 0.05 * fates.sent:
        return "too_many_bounces"
    if fates.complained >= 5 and fates.complained > 0.001 * fates.sent:
        return "too_many_complaints"
    return None
