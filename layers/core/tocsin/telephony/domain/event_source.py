"""Sources of telephony events: a telephone system, how it proves who it is, and how its payloads are read."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.domain.call_assembly import SETTLE_AFTER
from tocsin.telephony.domain.mappings.compiler import compiled
from tocsin.telephony.domain.mappings.conversions import SourceSettings
from tocsin.telephony.domain.mappings.mapping import PayloadMapping
from tocsin.telephony.domain.mappings.shipped import SHIPPED

NATIVE = "native"
"""The kind of sources that send CloudEvents."""

GENERIC = "generic"
"""The kind of sources that have a mapping of their own."""

LIVE_SECRETS = 2
"""Of a source, so that one can replace the other."""

_ID = re.compile(r"([a-z0-9]{4,20})-[a-z0-9]{8}")


class ExpectEvery(StrEnum):
    """When a source counts as silent, unless a span says so."""

    AUTO = "auto"  # after a span that is learnt
    OFF = "off"  # never


class Refreshes(StrEnum):
    """What becomes of refreshed registrations."""

    AUTO = "auto"  # kept if a rule asks for them
    KEEP = "keep"
    DROP = "drop"

    def ignores(self, unasked: bool) -> bool:
        """Whether one is not kept. `unasked`: no rule asks for it."""
        return unasked if self is Refreshes.AUTO else self is Refreshes.DROP


@dataclass(frozen=True, slots=True)
class EventSource:
    """A source.

    Attributes:
        id: `<tenant>-<8 letters and digits>`.
        kind: NATIVE, GENERIC, or a key of SHIPPED.
        region: ISO 3166 country of national numbers; None: only international ones are read.
        zone: IANA name, of local times.
        internal: patterns of extensions, such as "2XXX".
        settle_after: how long a call waits for another leg.
        mapping: of the kind GENERIC, as it was written; it has no faults.
        secret_hashes: keyed hashes of the live secrets, the newest first; at most LIVE_SECRETS.
        signature: the vendor that signs requests, a key of SIGNATURES; None: only secrets count.
        signing_keys: what `is_signed` takes, the newest first; at most LIVE_SECRETS.
        version: counts writes, from 1.
        expect_every: a source that is not heard for so long counts as silent.
    """

    tenant: TenantId
    id: str
    name: str
    kind: str
    region: str | None = None
    zone: str = "UTC"
    internal: tuple[str, ...] = ()
    settle_after: timedelta = SETTLE_AFTER
    refreshes: Refreshes = Refreshes.AUTO
    mapping: Mapping[str, Any] | None = None
    secret_hashes: tuple[str, ...] = ()
    signature: str | None = None
    signing_keys: tuple[str, ...] = ()
    enabled: bool = True
    version: int = 1
    expect_every: timedelta | ExpectEvery = ExpectEvery.AUTO

    @property
    def settings(self) -> SourceSettings:
        """What its mapping needs to know about its payloads."""
        return SourceSettings(self.region, ZoneInfo(self.zone), self.internal)

    @property
    def watched(self) -> bool:
        """Whether people are told when it falls silent."""
        return self.enabled and self.expect_every is not ExpectEvery.OFF

    @property
    def fixed_span(self) -> timedelta | None:
        """The span after which it counts as silent; None = the span is learnt."""
        return None if isinstance(self.expect_every, ExpectEvery) else self.expect_every

    def payload_mapping(self) -> PayloadMapping | None:
        """Return how its payloads become events; None if they are CloudEvents."""
        if self.kind == GENERIC:
            return _compiled(json.dumps(self.mapping))
        return SHIPPED.get(self.kind)

    def with_secret(self, digest: str) -> EventSource:
        """Return the source with one more secret, by its hash. A third one retires the oldest."""
        return replace(self, secret_hashes=(digest, *self.secret_hashes)[:LIVE_SECRETS])


def tenant_of(source_id: str) -> TenantId | None:
    """Return the tenant that a source's id names; None if it is no such id."""
    found = _ID.fullmatch(source_id)
    return TenantId(found[1]) if found else None


@lru_cache(64)
def _compiled(written: str) -> PayloadMapping:
    return compiled(json.loads(written))
