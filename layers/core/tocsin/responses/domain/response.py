"""What a person did about a message: answered it by SMS or email, pressed a key, followed its link."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tocsin.alerts.domain.alert import ChunkKey
from tocsin.alerts.domain.link import Link
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.kernel.domain.ids import AlertRef


@dataclass(frozen=True, slots=True)
class Response:
    """One answer to one message.

    Attributes:
        key, position: the message that is answered.
        natural_id: the provider's id of the answer: what makes a repeated delivery the same response.
        address: who answered; the receiver's address.
        at: when it reached us.
        text: what was said, "" where nothing is.
        late: a newer alert was talking to this person already.
        matched: False: it may belong to any of several alerts; it is kept with each, and nobody has responded.
        details: what only responses of this kind have, under its wire names; JSON values.
        expires_at: when the alert's lifetime, and with it the response, is over; None = never.
        link: the linked set the alert belongs to: there the contact counts as having answered.
        escalation: the first alert of the escalation it belongs to: there the person is counted, once.
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

    @property
    def counts_in(self) -> tuple[Link, str] | None:
        """The linked set in which a contact has answered by this, and the contact; None if it counts in none."""
        if self.link is None or self.contact_id is None or not self.matched:
            return None
        return self.link, self.contact_id

    @property
    def id(self) -> str:
        """Its name within the alert: 64 hex digits, the same for every delivery of it."""
        return hashlib.sha256(f"{self.kind}|{self.natural_id}".encode()).hexdigest()
