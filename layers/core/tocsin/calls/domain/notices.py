"""What the owner of a key is told about calls that came in to its number. It names no person."""

from __future__ import annotations

from datetime import datetime, timedelta

from tocsin.notices.domain.account_notice import AccountNotice, Category, Severity, notice_about
from tocsin.responses.domain.two_way import TwoWayNumber


def call_without_message(number: TwoWayNumber, at: datetime) -> AccountNotice:
    """Return what is told of a call in for which no message waited: once an hour for each number."""
    return notice_about(
        number.tenant,
        number.key_id,
        number.number,
        at,
        Severity.NOTICE,
        Category.GENERAL,
        "call_without_message",
        f"A call came in to {number.number}, and no message waited for the caller.",
        once_per=timedelta(hours=1),
    )
