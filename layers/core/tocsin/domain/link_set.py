"""Linked alerts: the alerts that share a `linkRef`, the address book of the first of them, and who answered how.

A set belongs to one API key. Answers count per contact, by the id in the address book, whichever channel and address
they came from; a plain recipient has no id and is never left out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tocsin.domain.beside import Beside
from tocsin.domain.contact import ContactGroup
from tocsin.domain.ids import AlertRef, ApiKeyId, TenantId
from tocsin.domain.lifetime import Lifetime
from tocsin.domain.response_kind import ResponseKind


@dataclass(frozen=True, slots=True)
class LinkKey:
    """Which set. `name` is a hash of the client's `linkRef`, so that keys and logs do not carry the client's words."""

    tenant: TenantId
    key_id: ApiKeyId
    name: str

    @staticmethod
    def of(tenant: TenantId, key_id: ApiKeyId, link_ref: str) -> LinkKey:
        """Return the key of the set a `linkRef` names."""
        return LinkKey(tenant, key_id, hashlib.sha256(link_ref.encode()).hexdigest()[:32])


@dataclass(frozen=True, slots=True)
class LinkAsked:
    """The `linkedAlerts` block of a request.

    Attributes:
        lifetime: of the set; looked at on its first alert only; None = the system's default.
        only_if_exists: fail rather than begin a set.
        cancel_cancellation: lift an earlier cancellation of the set.
    """

    link_ref: str
    lifetime: Lifetime | None = None
    only_if_exists: bool = False
    cancel_cancellation: bool = False


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

    def expired(self, now: datetime) -> bool:
        """Whether the set's time is over at `now`."""
        return self.expires_at is not None and now >= self.expires_at


@dataclass(frozen=True, slots=True)
class LinkBegun(Beside):
    """The alert is the first of a set: there must be none that stands."""

    set: LinkSet


@dataclass(frozen=True, slots=True)
class LinkJoined(Beside):
    """The alert joins a set, which must still be the one it was read as.

    Attributes:
        lift: take back its cancellation; otherwise it must not be cancelled.
    """

    set: LinkSet
    lift: bool = False


Answered = Mapping[str, frozenset[ResponseKind]]
"""How each contact of a set has answered so far, by contact id; those who have not are left out."""


def has_answered(contact_id: str | None, kinds: frozenset[ResponseKind], answered: Answered) -> frozenset[ResponseKind]:
    """Return in which of these ways a contact has answered; empty for a plain recipient."""
    return frozenset() if contact_id is None else answered.get(contact_id, frozenset()) & kinds
