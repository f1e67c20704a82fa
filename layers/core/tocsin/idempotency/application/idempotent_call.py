"""Give a repeat under the same Idempotency-Key the answer of the first, for verbs that are no send.

The effect comes first and its answer is kept after it: every effect here is harmless to repeat, so a process that
dies in between costs the repeat its first answer and nothing else. A call that did nothing keeps nothing, as with
sends: its repeat is decided anew.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from tocsin.idempotency.domain.claim import IdempotencyClaim, replayed_or_raise
from tocsin.idempotency.ports import IdempotencyStore
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.ports import Clock

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CachedAnswer:
    """An answer as it goes out: JSON text, and whether anything was done."""

    text: str
    done: bool


@dataclass(frozen=True, slots=True)
class IdempotentCall:
    """Do something, or return the answer that is kept of it."""

    book: IdempotencyStore
    clock: Clock

    def __call__(self, key: ApiKey, claim: IdempotencyClaim | None, act: Callable[[], CachedAnswer]) -> CachedAnswer:
        """Act, unless the claim has an answer.

        Raises:
            IdempotencyKeyReused: the claim belongs to a different request.
            StorageUnavailable: nothing was done; whatever `act` raises.
        """
        if claim is None:
            return act()
        if earlier := self.book.earlier(key.tenant, key.id, claim, self.clock()):
            return replayed_or_raise(earlier, _replayed)
        said = act()
        try:
            if said.done:
                earlier = self.book.keep(key.tenant, key.id, claim, said.text, self.clock())
            else:
                # A twin may have done it a moment ago, and left nothing to do.
                earlier = self.book.earlier(key.tenant, key.id, claim, self.clock())
        except StorageUnavailable:
            _log.warning("answer_not_kept", extra={"tenant": key.tenant, "key": key.id})
            return said
        return replayed_or_raise(earlier, _replayed) if earlier else said


def _replayed(text: str) -> CachedAnswer:
    return CachedAnswer(text, done=True)
