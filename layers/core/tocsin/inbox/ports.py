"""Port of inboxes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tocsin.inbox.domain.inbox_notice import InboxNotice
from tocsin.kernel.domain.ids import TenantId, UserId

MOST_COUNTED = 100
"""Unread notices are counted up to here."""

MARKED_AT_ONCE = 1_000
"""Most notices that are marked as read by one call."""


@dataclass(frozen=True, slots=True)
class InboxPage:
    """Notices, newest first. A filtered page may be short. `next` is opaque, None on the last page."""

    notices: Sequence[InboxNotice]
    next: str | None


class Inboxes(Protocol):
    """The inboxes of people."""

    def put(self, notices: Sequence[InboxNotice]) -> None:
        """Add notices. One that is there gets the new words, and stays read or unread. Safe to repeat."""
        ...

    def page(
        self, tenant: TenantId, user: UserId, limit: int, cursor: str | None, now: datetime, *, unread: bool = False
    ) -> InboxPage:
        """Return a page of a person's notices.

        Args:
            unread: only those that are unread.

        Raises:
            InvalidRequest: the cursor is of another list.
        """
        ...

    def unread(self, tenant: TenantId, user: UserId, now: datetime) -> int:
        """Return how many notices are unread; 100 = a hundred or more. It may be some seconds old."""
        ...

    def mark(self, tenant: TenantId, user: UserId, id: str, now: datetime, *, read: bool) -> InboxNotice | None:
        """Mark a notice as read or unread, and return it; None = there is none."""
        ...

    def mark_all(self, tenant: TenantId, user: UserId, now: datetime) -> int:
        """Mark the newest unread notices as read, 1,000 at most, and return how many there were."""
        ...

    def forget(self, tenant: TenantId, user: UserId) -> None:
        """Remove the inbox of a person who was deleted."""
        ...
