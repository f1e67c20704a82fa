"""Port of linked sets. A set begins and is joined in the transaction of an alert (LinkBegun, LinkJoined)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from tocsin.alerts.domain.link import Link, LinkKey
from tocsin.alerts.domain.response_kind import Answered, Evidence
from tocsin.kernel.domain.ids import AlertRef
from tocsin.linked_alerts.domain.link_set import LinkCancelled, LinkSet


class LinkSets(Protocol):
    """Linked sets, their members and answers. Every read is strongly consistent."""

    def standing(self, key: LinkKey, now: datetime) -> LinkSet | LinkCancelled | None:
        """Return the set that exists at `now`, or the cancellation of a set without alerts; None = neither."""
        ...

    def answered(
        self, link: Link, contacts: Collection[str] | None = None, least: Evidence = Evidence.OPENED
    ) -> Answered:
        """Return how contacts answered the alerts of this generation of a set.

        Args:
            contacts: None = all contacts.
            least: weaker answers are omitted.
        """
        ...

    def cancel(self, key: LinkKey, at: datetime, until: datetime) -> datetime:
        """Cancel a set at `at`, or keep its earlier cancellation. No alert joins a cancelled set.

        Args:
            until: when the cancellation of a set without alerts expires. Otherwise it expires with the set.

        Returns:
            When the set was cancelled.
        """
        ...

    def members(self, key: LinkKey, now: datetime) -> Sequence[AlertRef]:
        """Return the alerts of all generations of a set that have not expired, oldest first."""
        ...
