"""What the owners of a tenant's keys are told when a brake stops everything of a kind."""

from __future__ import annotations

from datetime import datetime

from tocsin.limits.domain.sending_limits import Pause
from tocsin.notices.domain.owner_notification import OwnerNotification

PAUSE_REASONS = {
    "too_many_bounces": "too many of today's emails went to addresses that do not exist",
    "too_many_complaints": "too many of today's receivers reported an email as spam",
}
"""Why a tenant's email pauses by itself, by the reason of the pause."""


def email_paused_notification(pause: Pause) -> OwnerNotification:
    """Return what is told of a pause; each pause is a change of its own."""
    return OwnerNotification(
        f"email-paused-{pause.since.isoformat()}",
        pause.since,
        "Your email is paused",
        f"{email_paused_sentence(pause)} Ask your operator to let it go on.",
    )


def email_paused_sentence(pause: Pause) -> str:
    """Return one sentence on why email is paused."""
    why = PAUSE_REASONS.get(pause.reason, "an operator stopped it")
    return f"Emails of this account wait since {pause.since:%Y-%m-%d %H:%M} UTC: {why}."


def spend_cap_notification(now: datetime) -> OwnerNotification:
    """Return what is told when the day's money for text messages is spent; each UTC day is a change of its own."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return OwnerNotification(
        f"spend-cap-{now:%Y%m%d}",
        midnight,
        "Today's limit for text messages is reached",
        "The estimated cost of today's text messages reached the daily limit of this account: no more are sent until "
        "midnight UTC. If you did not expect this, somebody may have one of your API keys.",
    )
