"""Linked sets: alerts with the same `linkRef` that share the contact group of the first one, and its answers.

    (none) ─► begun by the master, with its group ─► joined by later alerts ─► expired = (none)
       └────────────────┴──── cancelled ◄──► lifted

A set belongs to one API key. Answers count per contact id, on any channel and address. A recipient without a contact
id is never excluded because of an answer.
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
    """One linked set at one moment.

    Attributes:
        link_ref: the client's name of the set.
        master: the first alert.
        group: the contact group of the first alert; every later alert uses it.
        expires_at: from when on the set no longer exists; None = never.
        cancelled_at: when its alerts were cancelled; None = not cancelled. No alert joins a cancelled set.
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
        """This generation of the set, as stored with its members."""
        return Link(self.key, self.master, self.expires_at)

    def expired(self, now: datetime) -> bool:
        """Whether the set has expired at `now`."""
        return self.expires_at is not None and now >= self.expires_at


@dataclass(frozen=True, slots=True)
class LinkCancelled:
    """The cancellation of a set without alerts. Until `expires_at`, only a request that lifts it can begin the set."""

    key: LinkKey
    cancelled_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class LinkBegun(Participant):
    """The alert is the first of a set. Condition: no set exists.

    Attributes:
        lift: lift a cancellation. Otherwise the set must not be cancelled.
    """

    set: LinkSet
    lift: bool = False


@dataclass(frozen=True, slots=True)
class LinkJoined(Participant):
    """The alert joins a set. Condition: the set still has the generation that was read.

    Attributes:
        lift: lift the cancellation of the set. Otherwise the set must not be cancelled.
    """

    set: LinkSet
    lift: bool = False
