"""Suppressions in memory."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from tests.fakes.outage import Outage
from tocsin.contacts.domain.channel import Channel
from tocsin.kernel.domain.ids import TenantId
from tocsin.suppressions.domain.suppression import Suppression, SuppressionReason


def _to_the_millisecond(times: Mapping[SuppressionReason, datetime]) -> dict[SuppressionReason, datetime]:
    return {reason: at.replace(microsecond=at.microsecond // 1000 * 1000) for reason, at in times.items()}


@dataclass
class FakeSuppressions:
    """`rows` may be inspected. Like the real one it keeps times to the millisecond."""

    rows: dict[tuple[TenantId, Channel, bytes], Suppression] = field(default_factory=dict)
    outage: Outage = field(default_factory=Outage)

    def find(self, tenant: TenantId, channel: Channel, fingerprints: Collection[bytes]) -> Mapping[bytes, Suppression]:
        self.outage.check()
        return {f: row for f in fingerprints if (row := self.rows.get((tenant, channel, f)))}

    def save(self, suppression: Suppression) -> bool:
        self.outage.check()
        place = suppression.tenant, suppression.channel, suppression.fingerprint
        there = self.rows.get(place)
        if (there.version if there else 0) != suppression.version - 1:
            return False
        self.rows[place] = replace(
            suppression,
            given=_to_the_millisecond(suppression.given),
            lifted=_to_the_millisecond(suppression.lifted),
        )
        return True

    def all(self, tenant: TenantId) -> Iterator[Suppression]:
        yield from (row for (owner, _, _), row in list(self.rows.items()) if owner == tenant)
