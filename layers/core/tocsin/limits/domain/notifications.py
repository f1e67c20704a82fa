"""Mails to the owners of a tenant's keys when a sending limit stops all emails, or all texts and calls."""

from __future__ import annotations

from datetime import datetime

from tocsin.limits.domain.sending_limits import Pause
from tocsin.notices.domain.owner_notification import OwnerNotification

PAUSE_REASONS = {
    "too_many_bounces": "too many of today's emails went to addresses that do not exist",
    "too_many_complaints": "too many of today's receivers reported an email as spam",
}
"""Sentences for pauses that Tocsin itself decides, by the reason of the pause."""


def email_paused_notification(pause: Pause) -> OwnerNotification:
    """Return the mail about a pause. Owners get one mail for each pause."""
    return OwnerNotification(
        f"email-paused-{pause.since.isoformat()}",
        pause.since,
        "Your email is paused",
        f"{email_paused_sentence(pause)} Ask your operator to let it go on.",
    )


def email_paused_sentence(pause: Pause) -> str:
    """Return one sentence that says why email is paused."""
    why = PAUSE_REASONS.get(pause.reason, "an operator stopped it")
    return f"Emails of this account wait since {pause.since:%Y-%m-%d %H:%M} UTC: {why}."


def spend_cap_notification(now: datetime) -> OwnerNotification:
    """Return the mail about an exceeded daily spend. Owners get one mail for each UTC day."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return OwnerNotification(
        f"spend-cap-{now:%Y%m%d}",
        midnight,
        "Today's limit for texts and calls is reached",
        "The estimated cost of today's texts and calls reached the daily limit of this account: no more go out until "
        "midnight UTC. If you did not expect this, one of your API keys may be stolen.",
    )
