"""Audit entries about a person's own sign-in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tocsin.audit.domain.actor import Actor, ActorKind, Via
from tocsin.audit.domain.entry import AuditEntry, Thing
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.ids import time_ordered_uuid
from tocsin.kernel.ports import Randomness
from tocsin.sign_in.domain.steps import Browser


@dataclass(frozen=True, slots=True)
class PersonEntries:
    """Makes entries whose actor and thing are the person."""

    randomness: Randomness

    def __call__(
        self,
        user: User,
        action: str,
        at: datetime,
        browser: Browser,
        *,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        count: int = 1,
        via: Via = Via.CONSOLE,
    ) -> AuditEntry:
        """Return an entry with an id of its own."""
        return AuditEntry(
            tenant=user.tenant,
            id=time_ordered_uuid(at, self.randomness.token(10)),
            at=at,
            who=Actor(ActorKind.USER, user.id, user.name),
            via=via,
            action=action,
            thing=Thing("user", user.id, user.name),
            before=before or {},
            after=after or {},
            request_id=browser.request_id,
            count=count,
        )
