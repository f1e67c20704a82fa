"""The account notice about visits to short links that do not count as answers."""

from __future__ import annotations

from datetime import datetime

from tocsin.alerts.domain.alert import Alert
from tocsin.notices.domain.account_notice import AccountNotice, Category, Severity, notice_about


def visit_not_counted(alert: Alert, now: datetime) -> AccountNotice:
    """Return the notice about the first visit of an API key that did not count."""
    return notice_about(
        alert.tenant,
        alert.key_id,
        "visits",
        now,
        Severity.NOTICE,
        Category.API,
        "visit_not_counted",
        "a visit to a short link did not count as an answer, because machines visit links too; the button of our page "
        "counts (`shortlink.confirm`), or visits do with `clickCounts`",
        alert=alert.ref,
    )
