"""The triggers of an API key, and the addresses for their keywords."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tocsin.alerts.domain.features import TriggerKind
from tocsin.identity.domain.api_key import ApiKey
from tocsin.triggers.application.places import TriggerPlaces
from tocsin.triggers.domain.trigger import Trigger
from tocsin.triggers.ports import Triggers


@dataclass(frozen=True, slots=True)
class TriggerList:
    """Triggers, and the addresses for keywords of each kind, even of kinds without a trigger."""

    triggers: Sequence[Trigger]
    places: Mapping[TriggerKind, Sequence[str]]


@dataclass(frozen=True, slots=True)
class ListTriggers:
    """Return the triggers of a key."""

    triggers: Triggers
    places: TriggerPlaces

    def __call__(self, key: ApiKey, now: datetime) -> TriggerList:
        """Return the triggers that have not expired at `now`. Raises StorageUnavailable."""
        every = self.triggers.of_key(key.tenant, key.id)
        standing = [each for each in every if now < each.expires_at and key.sees(each.made)]
        return TriggerList(standing, {kind: self.places(key.tenant, key.id, kind) for kind in TriggerKind})
