"""A person's response to a message: a reply by SMS or email, a pressed key, or a visit to its short link."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tocsin.alerts.domain.alert import ChunkKey
from tocsin.alerts.domain.link import Link
from tocsin.alerts.domain.response_kind import Evidence, ResponseKind
from tocsin.kernel.domain.ids import AlertRef
from tocsin.results.domain.uncounted import UncountedReason


@dataclass(frozen=True, slots=True)
class Response:
    """One response to one message.

    Attributes:
        key, position: the message that is answered.
        natural_id: the provider's id of the response; a repeated delivery has the same id.
        address: the receiver's address.
        at: when the response reached us.
        text: the text, "" without one.
        late: a newer alert had gone to this person before.
        matched: False: several alerts may be meant. The response is stored with each and counts for none.
        details: JSON values that only this kind of response has, by their names in the API.
        expires_at: when the alert's lifetime, and so the response's, ends; None = never.
        link: the linked set of the alert, in which the contact counts as having answered.
        escalation: the first alert of the escalation, in which the person is counted once.
        evidence: how sure it is that a person answered.
        reason: stable word for why the response does not count (`uncounted.py`), None if it does.
        not_ok: the person said that they are not well or cannot come. It counts, but not towards the end of an
            escalation.
    """

    key: ChunkKey
    position: int
    kind: ResponseKind
    natural_id: str
    address: str
    contact_id: str | None
    at: datetime
    text: str = ""
    late: bool = False
    matched: bool = True
    details: Mapping[str, Any] = field(default_factory=dict)
    expires_at: datetime | None = None
    link: Link | None = None
    escalation: AlertRef | None = None
    evidence: Evidence = Evidence.WROTE
    reason: str | None = None
    not_ok: bool = False

    @property
    def uncounted_reason(self) -> str | None:
        """Why the response does not count as the answer of its receiver; None if it counts."""
        return self.reason or (None if self.matched else UncountedReason.UNMATCHED)

    @property
    def counted(self) -> bool:
        """Whether the response counts as the answer of its receiver."""
        return self.uncounted_reason is None

    @property
    def automatic(self) -> bool:
        """Whether a machine gave the response, in the place of the receiver."""
        return self.reason is not None and self.reason.startswith("automatic_")

    @property
    def counts_in(self) -> tuple[Link, str] | None:
        """The linked set in which this response counts, and the contact; None if it counts in none."""
        if self.link is None or self.contact_id is None or not self.counted:
            return None
        return self.link, self.contact_id

    @property
    def id(self) -> str:
        """Its id within the alert: 64 hex digits, the same for every repeated delivery."""
        return hashlib.sha256(f"{self.kind}|{self.natural_id}".encode()).hexdigest()
