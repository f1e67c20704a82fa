"""Notices about keywords that sent nothing. They name stores, never people or message texts."""

from __future__ import annotations

from datetime import timedelta

from tocsin.notices.domain.account_notice import AccountNotice, Category, Severity, notice_about
from tocsin.triggers.domain.trigger import NotFiredReason, TriggerRun

ONCE_PER = timedelta(hours=1)
"""A store and reason make at most one notice in each hour."""

_REASONS = {
    NotFiredReason.TOO_SOON: (Severity.NOTICE, "its minimumRepeatInterval was not over"),
    NotFiredReason.USED_UP: (Severity.WARNING, "the trigger has run as often as its maximumRepeats allows"),
    NotFiredReason.OVER: (Severity.WARNING, "the trigger was active for a year and has expired"),
    NotFiredReason.TOO_LATE: (Severity.ERROR, "the keyword arrived more than four hours late"),
    NotFiredReason.STORE_GONE: (Severity.ERROR, "the stored alert no longer exists"),
    NotFiredReason.KEY_DISABLED: (Severity.ERROR, "the API key is disabled"),
    NotFiredReason.LINK_CANCELLED: (Severity.NOTICE, "the linked alerts it belongs to were cancelled"),
    NotFiredReason.NOT_SENDABLE: (Severity.ERROR, "the stored alert is refused as it is now; send it to see why"),
    NotFiredReason.LOOP: (
        Severity.WARNING,
        "the mail answers a mail of ours, and five such mails have fired the trigger within an hour",
    ),
    NotFiredReason.SENDER_NOT_BELIEVED: (
        Severity.WARNING,
        "SPF, DKIM and DMARC do not prove that the mail is from its sender; docs/security.md says how to mend it",
    ),
    NotFiredReason.RESTORED: (
        Severity.ERROR,
        "the system was restored; the alert may have been sent before",
    ),
    NotFiredReason.NO_RECEIVER_REACHED: (Severity.ERROR, "nothing of the alert could be accepted; send it to see why"),
}

_CODES = {NotFiredReason.LOOP: "TRIGGER_LOOP"}


def notice_of(trigger_run: TriggerRun) -> AccountNotice | None:
    """Return the notice about a run that was refused or failed; None for any other run."""
    if trigger_run.reason is None:
        return None
    severity, reason = _REASONS[trigger_run.reason]
    return notice_about(
        trigger_run.tenant,
        trigger_run.key_id,
        trigger_run.store_id,
        trigger_run.at,
        severity,
        Category.GENERAL,
        _CODES.get(trigger_run.reason, f"trigger_{trigger_run.reason.value}"),
        f"A keyword for the stored alert {trigger_run.store_id} was received and sent nothing: {reason}.",
        once_per=ONCE_PER,
    )


def often(trigger_run: TriggerRun) -> AccountNotice:
    """Return the notice about a trigger that mails fire often; the mail of this run fired it all the same."""
    return notice_about(
        trigger_run.tenant,
        trigger_run.key_id,
        trigger_run.store_id,
        trigger_run.at,
        Severity.WARNING,
        Category.GENERAL,
        "TRIGGER_OFTEN",
        f"Mails have sent the stored alert {trigger_run.store_id} six times or more within an hour. Nothing was held; "
        "a longer `minimumRepeatInterval` would.",
        once_per=ONCE_PER,
    )
