"""Port of the linked sets. They are begun and joined beside an alert (LinkBegun, LinkJoined), never by themselves."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from tocsin.alerts.domain.answered import Answered
from tocsin.alerts.domain.link import Link, LinkKey
from tocsin.kernel.domain.ids import AlertRef
from tocsin.linked_alerts.domain.link_set import LinkCancelled, LinkSet


class LinkSets(Protocol):
    """Linked sets, their members, and who has answered. Every read is strongly consistent."""

    def standing(self, key: LinkKey, now: datetime) -> LinkSet | LinkCancelled | None:
        """Return the set that stands at `now`, or that it was cancelled before it was begun; None: neither."""
        ...

    def answered(self, link: Link, contacts: Collection[str] | None = None) -> Answered:
        """Return how contacts answered the alerts of this life of a set; of all its contacts, or of these."""
        ...

    def cancel(self, key: LinkKey, at: datetime, until: datetime) -> datetime:
        """Cancel a set at `at`, unless it is cancelled; return when it was. From then on no alert joins it.

        Args:
            until: how long that is remembered of a set that was not begun; of another, as long as it stands.
        """
        ...

    def members(self, key: LinkKey, now: datetime) -> Sequence[AlertRef]:
        """Return every alert of a set, of whichever life, whose lifetime is not over; oldest first."""
        ...
