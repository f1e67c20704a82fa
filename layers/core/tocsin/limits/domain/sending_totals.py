"""What was sent and spent, and what limits stopped, by the quarter of an hour: for reports, never for limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from tocsin.contacts.domain.channel import Channel
from tocsin.limits.domain.sending_limits import SendingLimit

TOTALS_KEPT = timedelta(days=35)

QUARTER = timedelta(minutes=15)

TEXTS, SEGMENTS, TEXT_COST = "texts", "segments", "text_cost"
"""Texts that passed the limits and were given to a provider, and their estimated cost in millionths of a US dollar."""

CALLS, CALL_COST = "calls", "call_cost"

Amounts = Mapping[str, int]
"""What is counted, by name: the names above, and those of `refused`."""


def refused(channel: Channel, sending_limit: SendingLimit) -> str:
    """Return the name under which receivers are counted that a limit refused or made wait."""
    return f"{'call' if channel is Channel.CALL else 'text'}_{sending_limit.value}"


def refusals(amounts: Amounts, channel: Channel) -> dict[SendingLimit, int]:
    """Return how many receivers each limit refused or made wait."""
    found = {each: amounts.get(refused(channel, each), 0) for each in SendingLimit}
    return {each: count for each, count in found.items() if count}


def beside_spend(at: datetime, amounts: Amounts) -> Amounts:
    """Return amounts by the names that they have beside the spend of a UTC day: `q<00-95>_<name>`.

    So what is sent costs no write beside the one that counts its price.
    """
    at = at.astimezone(UTC)
    quarter = at.hour * 4 + at.minute // 15
    return {f"q{quarter:02}_{name}": amount for name, amount in amounts.items() if amount}


def quarters_beside_spend(day: datetime, beside: Amounts) -> Iterator[tuple[datetime, str, int]]:
    """Yield the quarter, name and amount of what stands beside the spend of the UTC day that begins at `day`."""
    for named, amount in beside.items():
        quarter, _, name = named.partition("_")
        yield day + int(quarter[1:]) * QUARTER, name, amount


def quarter_of(at: datetime) -> datetime:
    """Return the begin of the quarter of an hour, in UTC."""
    at = at.astimezone(UTC)
    return at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)
