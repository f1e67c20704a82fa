"""What is told of a source that falls silent, and of one that speaks again."""

from __future__ import annotations

from datetime import datetime

from tocsin.kernel.domain.wire_time import wire_time
from tocsin.notices.domain.owner_notification import OwnerNotification
from tocsin.telephony.domain.cloud_events import ReceivedEvent
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.event_source import EventSource

SOURCE = "tocsin.sources"
"""Source of the events about sources."""


def silent_event(source: EventSource, since: datetime, now: datetime) -> ReceivedEvent:
    """Return the event `source.silent`: the same for each repeat of one silence.

    Args:
        since: when the source was heard last.
    """
    id = f"{source.id}:{since.isoformat()}"
    data = {"sourceId": source.id, "since": wire_time(since)}
    return ReceivedEvent(id, TelephonyEvent(SOURCE, id, "source.silent", now, now, data))


def silent(source: EventSource, since: datetime) -> OwnerNotification:
    """Return the mail that a source is silent."""
    return OwnerNotification(
        f"source silent|{source.id}|{since.isoformat()}",
        since,
        f"{source.name} is silent",
        f"The event source {source.name} ({source.id}) has told nothing since {since:%Y-%m-%d %H:%M} UTC."
        " That is longer than usual. No alert rule fires on what Tocsin is not told."
        " See whether the telephone system runs, and reaches Tocsin.",
    )


def is_back(source: EventSource, since: datetime) -> OwnerNotification:
    """Return the mail that a source speaks again. `since`: when it was heard last before its silence."""
    return OwnerNotification(
        f"source back|{source.id}|{since.isoformat()}",
        since,
        f"{source.name} is back",
        f"The event source {source.name} ({source.id}) tells events again. It was silent since {since:%Y-%m-%d %H:%M}"
        " UTC.",
    )
