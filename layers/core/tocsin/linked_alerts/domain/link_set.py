"""Linked alerts: the alerts that share a `linkRef`, the address book of the first of them, and who answered how.

    (none) ─► begun by a master, which brings the group ─► joined by later alerts ─► expired = (none)
       └────────────────┴──── cancelled ◄──► lifted

A set belongs to one API key. Answers count per contact, by the id in the address book, whichever channel and address
they came from; a plain recipient has no id and is never left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin.alerts.domain.link import Link, LinkKey
from tocsin.alerts.domain.participants import Participant
from tocsin.contacts.domain.contact import ContactGroup
from tocsin.kernel.domain.ids import AlertRef


@dataclass(frozen=True, slots=True)
class LinkSet:
    """One set as it stands.

    Attributes:
        master: its first alert.
        group: the address book of the first alert; every later alert uses it.
        expires_at: from here on the set does not exist any more; None = never.
        cancelled_at: its alerts were cancelled; members that come up later are not sent.
    """

    key: LinkKey
    link_ref: str
    master: AlertRef
    group: ContactGroup
    created_at: datetime
    expires_at: datetime | None
    cancelled_at: datetime | None = None

    @property
    def link(self) -> Link:
        """This life of the set, as its members name it."""
        return Link(self.key, self.master, self.expires_at)

    def expired(self, now: datetime) -> bool:
        """Whether the set's time is over at `now`."""
        return self.expires_at is not None and now >= self.expires_at


@dataclass(frozen=True, slots=True)
class LinkCancelled:
    """A set that was cancelled before its first alert was sent. Until `expires_at` only lifting that can begin it."""

    key: LinkKey
    cancelled_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class LinkBegun(Participant):
    """The alert is the first of a set: there must be none that stands.

    Attributes:
        lift: take back that it was cancelled before it was begun; otherwise it must not be.
    """

    set: LinkSet
    lift: bool = False


@dataclass(frozen=True, slots=True)
class LinkJoined(Participant):
    """The alert joins a set, which must still be in the life it was read in.

    Attributes:
        lift: take back its cancellation; otherwise it must not be cancelled.
    """

    set: LinkSet
    lift: bool = False
