"""What was sent and spent, and what limits stopped, by the quarter of an hour: for reports, never for limits."""

from __future__ import annotations

from collections.abc import Mapping
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


def quarter_of(at: datetime) -> datetime:
    """Return the begin of the quarter of an hour, in UTC."""
    at = at.astimezone(UTC)
    return at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)
