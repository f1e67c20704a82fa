"""Sources of telephony events, managed by account owners and admins: list, create, change, delete, give a secret."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from tocsin.audit.domain.entry import Thing, changes
from tocsin.audit.ports import AuditTrail
from tocsin.calendar.domain.lifetime import span_written
from tocsin.identity.application.audit_entry import audit_entry
from tocsin.identity.domain.permissions import Permission, Reach
from tocsin.identity.domain.principal import Principal
from tocsin.kernel.domain.errors import Forbidden, NotFound, NotPossible, StaleWrite
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock, Randomness, Sealer
from tocsin.telephony.application.take_payload import secret_hash
from tocsin.telephony.domain.event_source import EventSource
from tocsin.telephony.domain.mappings.mapping import MappedPayload
from tocsin.telephony.domain.payload_body import payloads_of
from tocsin.telephony.domain.vocabulary import data_faults
from tocsin.telephony.ports.event_sources import EventSources
from tocsin.telephony.ports.source_samples import SourceSample, SourceSamples

MOST_SOURCES = 100
"""Of a tenant."""

MASK = "•••"
"""Stands for a secret that is not shown."""

_ROUNDS = 3
"""How often a change is tried that loses against others."""

_SECRET_BYTES = 32
_ID_CHARACTERS = 8


@dataclass(frozen=True, slots=True)
class SourceWithSecret:
    """A source, and the secret that was just given to it: the only time that it is readable."""

    source: EventSource
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ManageSources:
    """Sources of the caller's tenant. The audit entry of a change is stored before it.

    Attributes:
        watch: gets a source after each change, so that its silence is judged by its new settings.

    Raises:
        Forbidden: the caller is no account owner or admin. API keys manage no sources.
        NotFound: the tenant has no such source.
    """

    sources: EventSources
    samples: SourceSamples
    trail: AuditTrail
    sealer: Sealer
    clock: Clock
    randomness: Randomness
    watch: Callable[[EventSource], None] = lambda source: None

    def check_may_change(self, caller: Principal) -> None:
        """Raise Forbidden unless the caller may create and change sources."""
        check_may_read(caller)
        if caller.read_only:
            raise Forbidden("this token reads only")

    def list(self, caller: Principal) -> Sequence[EventSource]:
        """Return all sources by their ids."""
        check_may_read(caller)
        return self.sources.all(caller.tenant)

    def get(self, caller: Principal, id: str) -> EventSource:
        """Return one source."""
        check_may_read(caller)
        found = self.sources.get(caller.tenant, id)
        if found is None:
            raise NotFound("event source")
        return found

    def create(self, caller: Principal, wanted: EventSource, seed: bytes | None = None) -> SourceWithSecret:
        """Create a source with its first secret.

        Args:
            wanted: the source; its id and its secrets do not count.
            seed: the same for every repeat of the call, which gets the same source and secret; None = a new one.

        Raises:
            NotPossible: the tenant has MOST_SOURCES.
        """
        self.check_may_change(caller)
        entropy = self.randomness.token(_SECRET_BYTES) if seed is None else seed
        named = self.sealer.fingerprint(caller.tenant, "source-id", entropy).hex()[:_ID_CHARACTERS]
        id = f"{caller.tenant}-{named}"
        secret, digest = self._secret(caller.tenant, id, seed)
        source = replace(wanted, tenant=caller.tenant, id=id, secret_hashes=(digest,), version=1)
        kept = self.sources.all(caller.tenant)
        earlier = next((each for each in kept if each.id == id), None)
        if earlier is not None and digest in earlier.secret_hashes:
            return SourceWithSecret(earlier, secret)
        if len(kept) >= MOST_SOURCES:
            raise NotPossible(f"an account has at most {MOST_SOURCES} event sources")
        self._record(caller, source, "created", {}, told(source))
        self.sources.add(source)
        return SourceWithSecret(source, secret)

    def change(self, caller: Principal, id: str, change: Callable[[EventSource], EventSource]) -> EventSource:
        """Write what a change makes of a source. Nothing is written if it changes nothing.

        Args:
            change: what it raises is raised. It may be called again.

        Raises:
            StaleWrite: the source kept changing.
        """
        self.check_may_change(caller)
        after = self._write(caller, id, change, "updated")
        self.watch(after)
        return after

    def give_secret(self, caller: Principal, id: str, seed: bytes | None = None) -> SourceWithSecret:
        """Give a source one more secret. A third one retires the oldest.

        Args:
            seed: the same for every repeat of the call, which gets the same secret; None = a new one.

        Raises:
            StaleWrite: the source kept changing.
        """
        self.check_may_change(caller)
        secret, digest = self._secret(caller.tenant, id, seed)

        def given(source: EventSource) -> EventSource:
            return source if digest in source.secret_hashes else source.with_secret(digest)

        return SourceWithSecret(self._write(caller, id, given, "secret_given"), secret)

    def delete(self, caller: Principal, id: str, check: Callable[[EventSource], None]) -> None:
        """Delete a source: from now on what it sends is refused. Its events stay.

        Args:
            check: judges the source as it stands; what it raises is raised.
        """
        self.check_may_change(caller)
        source = self.get(caller, id)
        check(source)
        self._record(caller, source, "deleted", told(source), {})
        self.sources.delete(caller.tenant, id)

    def last_samples(self, caller: Principal, id: str) -> Sequence[SourceSample]:
        """Return the last payloads of a source, newest first."""
        return self.samples.last(caller.tenant, self.get(caller, id).id, self.clock())

    def map(
        self,
        caller: Principal,
        id: str,
        content_type: str,
        body: bytes,
        mapping: Mapping[str, Any] | None = None,
    ) -> Sequence[tuple[Any, MappedPayload]]:
        """Return what a body would tell: each payload, and what comes of it. Nothing is stored.

        Args:
            mapping: tried in place of the source's own; without faults.

        Raises:
            InvalidRequest, RequestTooLarge: the body cannot be parsed.
            NotPossible: payloads of the source are CloudEvents, which are not mapped.
        """
        source = self.get(caller, id)
        read = (source if mapping is None else replace(source, mapping=mapping)).payload_mapping()
        if read is None:
            raise NotPossible("a source of this kind sends CloudEvents, which are not mapped")
        now, payloads = self.clock(), payloads_of(content_type, body)
        return [(payload, read.read(payload, source.settings, now, data_faults)) for payload in payloads]

    def _write(
        self, caller: Principal, id: str, change: Callable[[EventSource], EventSource], verb: str
    ) -> EventSource:
        for _ in range(_ROUNDS):
            before = self.get(caller, id)
            after = change(before)
            if after == before:
                return before
            after = replace(after, version=before.version + 1)
            self._record(caller, after, verb, *_differences(before, after))
            try:
                self.sources.save(after)
            except StaleWrite:
                continue
            return after
        raise StaleWrite("another call kept changing this event source")

    def _secret(self, tenant: TenantId, id: str, seed: bytes | None) -> tuple[str, str]:
        """Return a secret that may stand in a URL, and its hash."""
        entropy = self.randomness.token(_SECRET_BYTES)
        if seed is not None:
            entropy = self.sealer.fingerprint(tenant, "source-secret", id.encode() + seed)
        secret = urlsafe_b64encode(entropy).decode().rstrip("=")
        return secret, secret_hash(self.sealer, tenant, id, secret)

    def _record(
        self, caller: Principal, source: EventSource, verb: str, before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> None:
        thing = Thing("event_source", source.id, source.name)
        entry = audit_entry(
            caller, f"event_source.{verb}", thing, before, after, at=self.clock(), randomness=self.randomness
        )
        self.trail.record([entry])


def check_may_read(caller: Principal) -> None:
    """Raise Forbidden unless the caller is an account owner or admin."""
    caller.need(Permission.ACCOUNT, Reach.ALL)
    if caller.key is not None:
        raise Forbidden("API keys manage no event sources")


def told(source: EventSource) -> dict[str, Any]:
    """Return the settings of a source in words of the API, without secrets."""
    return {
        "name": source.name,
        "kind": source.kind,
        "region": source.region,
        "zone": source.zone,
        "internal": list(source.internal),
        "settle_seconds": source.settle_after // timedelta(seconds=1),
        "refreshes": source.refreshes.value,
        "mapping": source.mapping and json.loads(json.dumps(source.mapping)),
        "signature": source.signature,
        "signing_keys": [MASK] * len(source.signing_keys),
        "enabled": source.enabled,
        "expect_every": _span(source),
    }


def _span(source: EventSource) -> str:
    return (
        span_written(source.expect_every) if isinstance(source.expect_every, timedelta) else source.expect_every.value
    )


def _differences(before: EventSource, after: EventSource) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what differs, without secrets. That a signing key is another one, is told."""
    was, became = changes(told(before), told(after))
    if before.signing_keys != after.signing_keys:
        became["signing_keys"] = [MASK] * len(after.signing_keys)
    return was, became
