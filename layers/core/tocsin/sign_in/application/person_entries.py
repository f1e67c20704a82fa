"""Audit entries about a person's own sign-in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tocsin.audit.application.new_entry import new_entry
from tocsin.audit.domain.actor import Actor, ActorKind, Via
from tocsin.audit.domain.entry import AuditEntry, Thing
from tocsin.identity.domain.user import User
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
        return new_entry(
            user.tenant,
            Actor(ActorKind.USER, user.id, user.name),
            via,
            action,
            Thing("user", user.id, user.name),
            before,
            after,
            at=at,
            randomness=self.randomness,
            request_id=browser.request_id,
            count=count,
        )
