"""Idempotent calls, except sends: a repeat under the same Idempotency-Key gets the first answer.

The effect comes first, and its answer is stored after it. Every effect here is safe to repeat: if the process stops in
between, the repeat only gets a new answer. The answer of a call without an effect is not stored, and a repeat is
executed again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from tocsin.idempotency.domain.claim import IdempotencyClaim, replayed_or_raise
from tocsin.idempotency.ports import IdempotencyStore
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.kernel.ports import Clock

_log = logging.getLogger(__name__)


class KeyHolder(Protocol):
    """Whose Idempotency-Keys they are: an API key, or a person."""

    @property
    def tenant(self) -> TenantId: ...  # noqa: D102

    @property
    def id(self) -> ApiKeyId: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class CachedAnswer:
    """An answer: its JSON text, and whether the call had an effect."""

    text: str
    done: bool


@dataclass(frozen=True, slots=True)
class IdempotentCall:
    """Executes a call, or returns the stored answer of an earlier one."""

    store: IdempotencyStore
    clock: Clock

    def __call__(self, key: KeyHolder, claim: IdempotencyClaim | None, act: Callable[[], CachedAnswer]) -> CachedAnswer:
        """Call `act`, unless an answer is stored for the claim.

        Raises:
            IdempotencyKeyReused: the claim belongs to a different request.
            StorageUnavailable: nothing was done.
            Exception: any error that `act` raises.
        """
        if claim is None:
            return act()
        if earlier := self.store.earlier(key.tenant, key.id, claim, self.clock()):
            return replayed_or_raise(earlier, _replayed)
        answer = act()
        try:
            if answer.done:
                earlier = self.store.keep(key.tenant, key.id, claim, answer.text, self.clock())
            else:
                # A concurrent call with the same key may have had the effect.
                earlier = self.store.earlier(key.tenant, key.id, claim, self.clock())
        except StorageUnavailable:
            _log.warning("answer_not_kept", extra={"tenant": key.tenant, "key": key.id})
            return answer
        return replayed_or_raise(earlier, _replayed) if earlier else answer


def _replayed(text: str) -> CachedAnswer:
    return CachedAnswer(text, done=True)
