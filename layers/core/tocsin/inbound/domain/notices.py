"""What the owner of a key is told about texts that people sent to its number. It names no person and no words."""

from __future__ import annotations

from datetime import datetime, timedelta

from tocsin.alerts.domain.alert import Alert
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.notices.domain.account_notice import AccountNotice, Category, Severity, notice_about

POSSIBLE_OPT_OUT = "POSSIBLE_OPT_OUT"
"""Stands with the answer too, as `notice`."""


def possible_opt_out(tenant: TenantId, key_id: ApiKeyId, text_id: str, at: datetime) -> AccountNotice:
    """Return what is told of a text that holds a word like stop, and more than that."""
    return notice_about(
        tenant,
        key_id,
        text_id,
        at,
        Severity.WARNING,
        Category.GENERAL,
        "POSSIBLE_OPT_OUT",
        "An answer by text holds a word by which people opt out, and other words. It counts as an answer and nothing "
        "was suppressed: read it, and suppress its sender if that was meant.",
    )


def opt_out_of_escalation(alert: Alert, text_id: str, at: datetime) -> AccountNotice:
    """Return what is told when a receiver of an alert that escalates opts out of texts."""
    return notice_about(
        alert.tenant,
        alert.key_id,
        text_id,
        at,
        Severity.NOTICE,
        Category.GENERAL,
        "opt_out_no_answer",
        "A receiver of an alert that escalates has opted out of texts. That is no answer: the escalation goes on, and "
        "with `stopWhen` `all` it still needs an answer from them.",
        alert=alert.ref,
    )


def opt_out_fires(tenant: TenantId, key_id: ApiKeyId, at: datetime) -> AccountNotice:
    """Return what is told when a keyword of a trigger has become a word by which people opt out."""
    return notice_about(
        tenant,
        key_id,
        "sms",
        at,
        Severity.WARNING,
        Category.GENERAL,
        "trigger_opt_out_word",
        "A keyword of a stored alert is a word by which people opt out of texts: it sent the alert, and its writer "
        "gets no more texts. Cancel the trigger and arm it with another keyword.",
        once_per=timedelta(hours=1),
    )
