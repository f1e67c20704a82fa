"""The account notice about a linked alert whose own contact group was not used."""

from __future__ import annotations

from tocsin.alerts.domain.alert import Alert
from tocsin.notices.domain.account_notice import AccountNotice, Category, Severity, notice_about


def group_ignored(alert: Alert) -> AccountNotice:
    """Return the notice for the alert's client. A repeated notice about the same alert is stored once."""
    at = alert.cause.at if alert.cause else alert.accepted_at
    return notice_about(
        alert.tenant,
        alert.key_id,
        alert.ref,
        at,
        Severity.NOTICE,
        Category.API,
        "contact_group_ignored",
        "the contact group of a linked alert was not used: its linked set has the one of its first alert",
        alert=alert.ref,
    )
