"""Store content for later calls."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tocsin.content.domain.sms_text import measure, segments_warning
from tocsin.identity.domain.api_key import ApiKey, Right
from tocsin.kernel.domain.errors import Fault, Forbidden, InvalidRequest
from tocsin.kernel.domain.ids import StoreId, time_ordered_uuid
from tocsin.kernel.domain.warnings import Warned
from tocsin.kernel.ports import Clock, Randomness
from tocsin.stored_content.domain.store_request import StoreElement, StoreItemResult, StoreResult
from tocsin.stored_content.domain.stored_content import SPOKEN, UNUSED_LIFETIME, ContentType, StoredContent
from tocsin.stored_content.domain.validation import why_unstorable
from tocsin.stored_content.ports import StoredContentRepository
from tocsin.voice.domain.speech import to_store
from tocsin.voice.domain.unusable import UnusableSpeech
from tocsin.voice.ports import DecodeAudio


@dataclass(frozen=True, slots=True)
class StoreContent:
    """Store each entry of a call. An entry that cannot be stored does not affect the others.

    Attributes:
        decode: decodes recordings; None = they are kept as they are given, without a look.
    """

    stores: StoredContentRepository
    clock: Clock
    randomness: Randomness
    decode: DecodeAudio | None = None

    def __call__(self, key: ApiKey, elements: Sequence[StoreElement], seed: bytes | None = None) -> StoreResult:
        """Return the result of each entry, in order.

        Args:
            seed: derived from the request and its Idempotency-Key. The same seed gives the same store ids, so a repeat
                replaces the stores of the first call. None = random ids.

        Raises:
            Forbidden: an entry sets a lifetime, and the key lacks this right.
            InvalidRequest: a lifetime ends beyond the year 9999, or what an entry of type call says cannot be said.
            StorageUnavailable: entries before the one that failed are stored; repeat the call.
        """
        now = self.clock()
        if any(element.lifetime is not None for element in elements) and Right.SET_LIFETIME not in key.rights:
            raise Forbidden(Right.SET_LIFETIME.value)
        ends = _ends(elements, now)
        elements = self._spoken(elements)
        return StoreResult(
            tuple(
                self._store(key, element, end, now, self._store_id(now, seed, index))
                for index, (element, end) in enumerate(zip(elements, ends, strict=True))
            )
        )

    def _spoken(self, elements: Sequence[StoreElement]) -> Sequence[StoreElement]:
        """Return the entries, recordings as calls play them."""
        judged, faults = list(elements), []
        for index, element in enumerate(elements if self.decode is not None else ()):
            if element.type in SPOKEN and self.decode is not None:
                try:
                    content, extras = to_store(element.content, element.extras, self.decode)
                except UnusableSpeech as error:
                    faults.append(Fault(f"/content/{index}/content", error.code, error.sentence))
                else:
                    judged[index] = replace(element, content=content, extras=extras)
        if faults:
            raise InvalidRequest(faults)
        return judged

    def _store_id(self, now: datetime, seed: bytes | None, index: int) -> StoreId:
        if seed is None:
            return StoreId(time_ordered_uuid(now, self.randomness.token(10)))
        return seeded_id(seed, index)

    def _store(
        self, key: ApiKey, element: StoreElement, end: datetime | None, now: datetime, fresh: StoreId
    ) -> StoreItemResult:
        reason = why_unstorable(element.type, element.content, element.extras)
        if reason is not None:
            return StoreItemResult(False, element.tag, element.type, name=element.name, failure_reason=reason)
        content = StoredContent(
            tenant=key.tenant,
            key_id=key.id,
            store_id=fresh,
            type=element.type,
            tag=element.tag,
            name=element.name,
            content=element.content,
            created_at=now,
            lifetime=None if end is None else end - now,
            expires_at=end,
            extras=element.extras,
            made=key.made,
        )
        store_id = self.stores.put(content)
        days = 0 if end is None else -(-(end - now) // timedelta(days=1))
        warnings = (*element.warnings, *_warnings(element))
        return StoreItemResult(True, element.tag, element.type, store_id, element.name, days, warnings=warnings)


def seeded_id(seed: bytes, index: int) -> StoreId:
    """Return the id of the entry `index` of a call with this seed."""
    digest = hashlib.sha256(seed + index.to_bytes(4, "big")).digest()
    return StoreId(str(uuid.UUID(bytes=digest[:16], version=5)))


def _warnings(element: StoreElement) -> tuple[Warned, ...]:
    if element.type is not ContentType.SMS:
        return ()
    return segments_warning("/content", measure(element.content).segments)


def _ends(elements: Sequence[StoreElement], now: datetime) -> list[datetime | None]:
    """Return when each entry expires without use; None = never."""
    ends: list[datetime | None] = []
    faults = []
    for index, element in enumerate(elements):
        try:
            ends.append(now + UNUSED_LIFETIME if element.lifetime is None else element.lifetime.after(now))
        except ValueError as error:
            faults.append(Fault(f"/content/{index}/options/lifetime", "OUT_OF_RANGE", str(error)))
    if faults:
        raise InvalidRequest(faults)
    return ends
