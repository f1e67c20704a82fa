"""Take a payload of a source: who sent it, which events it tells, and what became of them."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tocsin.kernel.domain.errors import InvalidRequest, StorageUnavailable, Unauthorized
from tocsin.kernel.domain.ids import TenantId, time_ordered_uuid
from tocsin.kernel.ports import Clock, Randomness, Sealer
from tocsin.telephony.application.ingest import IngestEvents
from tocsin.telephony.domain.cloud_events import EVENTS_A_CALL, EventReader, ReceivedEvent, depth_of
from tocsin.telephony.domain.event_source import EventSource, tenant_of
from tocsin.telephony.domain.events_answer import EventsAnswer, ItemStatus
from tocsin.telephony.domain.mappings.mapping import MappedPayload, PayloadMapping
from tocsin.telephony.domain.payload_body import payloads_of
from tocsin.telephony.domain.request_signatures import SignedRequest, is_one_of, is_signed, presented_secret
from tocsin.telephony.domain.vocabulary import data_faults
from tocsin.telephony.ports.event_sources import EventSources
from tocsin.telephony.ports.source_samples import (
    LONGEST_SAMPLE,
    LONGEST_TYPE,
    SAMPLES_KEPT,
    SampledEvent,
    SourceSample,
    SourceSamples,
)

_log = logging.getLogger(__name__)


def secret_hash(sealer: Sealer, tenant: TenantId, source_id: str, secret: str) -> str:
    """Return the keyed hash by which a secret of a source is known."""
    return sealer.fingerprint(tenant, f"source|{source_id}", secret.encode("utf-8", "surrogatepass")).hex()


@dataclass(frozen=True, slots=True)
class TakePayload:
    """Reads what a source sends, and takes its events in. Samples are kept if they can be.

    Attributes:
        admit: raises TooManyRequests if an account calls too often.
        hear: gets each source that told an event: `HearSource`.
    """

    sources: EventSources
    samples: SourceSamples
    ingest: IngestEvents
    sealer: Sealer
    clock: Clock
    randomness: Randomness
    admit: Callable[[TenantId], None] = lambda tenant: None
    hear: Callable[[EventSource], None] = lambda source: None

    def __call__(self, source_id: str, request: SignedRequest) -> EventsAnswer:
        """Return what became of each event that a request tells; of none, if its payloads tell nothing.

        Raises:
            Unauthorized: the source is unknown or disabled, or the request proves neither secret nor signature; the
                error does not say which.
            TooManyRequests: the account calls too often.
            InvalidRequest, RequestTooLarge: the body cannot be parsed.
            StorageUnavailable: some events may be stored; the same request may be repeated.
        """
        now = self.clock()
        source = self._proven(source_id, request, now)
        self.admit(source.tenant)
        try:
            payloads = payloads_of(request.headers.get("content-type", ""), request.body)
        except InvalidRequest as invalid:
            self._keep(source, [self._sample(now, request.body.decode("utf-8", "replace"), (), invalid.faults[0].code)])
            raise
        reader = EventReader(now, source.region, depth=depth_of(request.headers))
        mapping = source.payload_mapping()
        if mapping is None:
            answer = self._native(source, reader, request, payloads)
        else:
            answer = self._mapped(source, reader, mapping, payloads)
        if any(status is not ItemStatus.REFUSED for _, status in answer.items):
            self.hear(source)
        return answer

    def _proven(self, source_id: str, request: SignedRequest, now: datetime) -> EventSource:
        tenant = tenant_of(source_id)
        source = None if tenant is None else self.sources.get(tenant, source_id)
        if source is None or not source.enabled:
            raise Unauthorized
        if source.signature is not None and is_signed(source.signature, source.signing_keys, request, now):
            return source
        secret = presented_secret(source_id, request.headers, dict(parse_qsl(urlsplit(request.url).query)))
        if secret is None:
            raise Unauthorized
        if not is_one_of(secret_hash(self.sealer, source.tenant, source_id, secret), source.secret_hashes):
            raise Unauthorized
        return source

    def _native(
        self, source: EventSource, reader: EventReader, request: SignedRequest, payloads: Sequence[Any]
    ) -> EventsAnswer:
        """Take CloudEvents in; in binary mode the headers have a part of the only one."""
        one = len(payloads) == 1
        received = reader.from_http(request.headers, payloads[0]) if one else reader.from_http({}, payloads)
        answer = self.ingest(source.tenant, received, source.refreshes)
        newest = list(zip(payloads, answer.items, strict=True))[-SAMPLES_KEPT:]
        self._keep(source, [self._of_event(reader.now, payload, *item) for payload, item in newest])
        return answer

    def _mapped(
        self, source: EventSource, reader: EventReader, mapping: PayloadMapping, payloads: Sequence[Any]
    ) -> EventsAnswer:
        settings = source.settings
        read = [mapping.read(payload, settings, reader.now, data_faults) for payload in payloads]
        written = [draft.cloud_event(source.id) for mapped in read for draft in mapped.events]
        received = [
            item
            for first in range(0, len(written), EVENTS_A_CALL)
            for item in reader.from_http({}, written[first : first + EVENTS_A_CALL])
        ]
        answer = self.ingest(source.tenant, received, source.refreshes)
        became = iter(answer.items)
        samples = []
        for payload, mapped in zip(payloads, read, strict=True):
            items = [(draft, *next(became)) for draft in mapped.events]
            events = tuple(SampledEvent(draft.type, _name(item), status.value) for draft, item, status in items)
            reason = _why(mapped, [item for _, item, _ in items])
            samples.append(self._sample(reader.now, json.dumps(payload, ensure_ascii=False), events, reason))
        self._keep(source, samples[-SAMPLES_KEPT:])
        return answer

    def _of_event(self, now: datetime, payload: Any, item: ReceivedEvent, status: ItemStatus) -> SourceSample:
        type = item.event.type if item.event else str(payload.get("type", ""))[:LONGEST_TYPE]
        event = SampledEvent(type, _name(item), status.value)
        return self._sample(now, json.dumps(payload, ensure_ascii=False), (event,), _fault(item))

    def _sample(
        self, now: datetime, payload: str, events: tuple[SampledEvent, ...], reason: str | None
    ) -> SourceSample:
        id = time_ordered_uuid(now, self.randomness.token(10))
        return SourceSample(id, now, payload[:LONGEST_SAMPLE], events, reason)

    def _keep(self, source: EventSource, samples: Sequence[SourceSample]) -> None:
        """Keep samples if that is possible: the events stand without them."""
        try:
            self.samples.keep(source.tenant, source.id, samples)
        except StorageUnavailable:
            _log.warning("samples were not kept", extra={"tenant": source.tenant, "source": source.id})


def _name(item: ReceivedEvent) -> str | None:
    return item.event.name if item.event else None


def _fault(item: ReceivedEvent) -> str | None:
    return item.faults[0].code if item.faults else None


def _why(mapped: MappedPayload, items: Sequence[ReceivedEvent]) -> str | None:
    """Return why a payload told less than it should, or nothing: the first fault, as a word and the field."""
    refused = [each for each in mapped.without if each.refused]
    if refused or not items:
        first = next(iter(refused or mapped.without), None)
        return f"{first.reason.value}:{first.field}".removesuffix(":") if first else None
    return next((code for item in items if (code := _fault(item))), None)
