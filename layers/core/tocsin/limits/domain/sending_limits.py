"""Sending limits protect a tenant from high costs and a bad email reputation, for example after the theft of a key.

    at acceptance    country or number range not allowed         receiver is excluded, and the answer says how many
    after the claim  channel paused, rate exceeded               message waits for another try
                     call rate exceeded                          message is held until the number may be called again
                     daily spend exceeded                        message is suppressed

All decisions are pure and return their reason. The counted values come from `Counters`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.phone_region import region_of

MICROS = 1_000_000
"""Units of money in one US dollar: amounts are whole millionths."""


class SendingLimit(StrEnum):
    """Which limit is exceeded. The value is a message's `reason`, a metric dimension and the code of a notice."""

    COUNTRY = "country_not_allowed"
    SPECIAL_NUMBER = "special_number"  # premium, shared cost, personal, satellite …
    NUMBER_RATE = "number_rate"  # one receiver got too many text messages, or calls, in a short time
    TENANT_RATE = "tenant_rate"  # the tenant sent too many text messages in a short time
    SPEND_CAP = "spend_cap"  # the day's money is spent
    PAUSED = "sending_paused"  # bounces or complaints, or an operator, stopped the channel
    UNREADABLE = "limits_unavailable"  # limits or counters cannot be read, so no message is sent


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `count` messages in each window of length `span`. Windows are consecutive and begin at 1970-01-01 UTC."""

    count: int
    span: timedelta

    def window(self, now: datetime) -> tuple[datetime, datetime]:
        """Return when the window that holds `now` began and when it ends."""
        begin = _EPOCH + (now - _EPOCH) // self.span * self.span
        return begin, begin + self.span


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Pause:
    """A channel is paused since `since`. `reason` is a code, see PAUSE_REASONS in `codes`."""

    since: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class SendingLimits:
    """The settings of one tenant. The defaults apply to a tenant without settings.

    Attributes:
        countries: destinations of texts and calls: ISO 3166 countries ("GB") and calling codes ("+44"); None = all.
        special_numbers: whether premium, shared-cost, personal and satellite numbers are allowed.
        number_rate: of text messages to one receiver; None = no limit.
        tenant_rate: of all text messages of the tenant; None = no limit.
        daily_spend: estimated cost of texts and calls in a UTC day, in MICROS; None = no limit.
        paused: channels that are paused.
        call_rate: of calls placed to one number; a third of them is kept for urgent calls. None = no limit.
        counted_since: since when what is sent is counted for reports; None = it is not, because no one wants them.
    """

    countries: frozenset[str] | None = None
    special_numbers: bool = False
    number_rate: Rate | None = Rate(5, timedelta(minutes=15))
    tenant_rate: Rate | None = None
    daily_spend: int | None = 500 * MICROS
    paused: Mapping[Channel, Pause] = field(default_factory=dict)
    call_rate: Rate | None = Rate(6, timedelta(hours=1))
    counted_since: datetime | None = None

    def rate_of_calls(self, *, urgent: bool) -> Rate | None:
        """Return how often an urgent call, or any other, may be placed to one number; None = no limit."""
        if self.call_rate is None or urgent:
            return self.call_rate
        return replace(self.call_rate, count=self.call_rate.count - self.call_rate.count // 3)


def judge_number(number: str, sending_limits: SendingLimits) -> SendingLimit | None:
    """Return the limit that forbids texts and calls to an E.164 number; None = the number is allowed."""
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
"""Phrases for the answer of a call, after the number of receivers."""


@dataclass(frozen=True, slots=True)
class MailReputation:
    """How many of a tenant's emails of one UTC day were sent, bounced, and reported as spam."""

    sent: int
    bounced: int
    complained: int


def pause_reason(reputation: MailReputation) -> str | None:
    """Return the reason for which a tenant's email must pause; None = no pause.

    SES reviews an AWS account at 5 % bounces or 0.1 % complaints, and pauses it at 10 % or 0.5 %, over all tenants. So
    a tenant pauses above 5 % or 0.1 %, but not below 20 bounces or 5 complaints. Source: SES developer guide.
    """
    if reputation.bounced >= 20 and reputation.bounced > 0.05 * reputation.sent:
        return "too_many_bounces"
    if reputation.complained >= 5 and reputation.complained > 0.001 * reputation.sent:
        return "too_many_complaints"
    return None
