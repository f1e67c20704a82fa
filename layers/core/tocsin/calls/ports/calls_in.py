"""Port of the calls in that go on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tocsin.kernel.domain.ids import TenantId


@dataclass(frozen=True, slots=True)
class CallUnderWay:
    """A call in, as far as its end needs it.

    Attributes:
        call_id: the provider's id of the call.
        caller: the caller's number, E.164; None if it is withheld.
        state: the text of the dialogue's state, with the messages of the call.
    """

    call_id: str
    caller: str | None
    state: str


class CallsIn(Protocol):
    """Calls in, each as it stood when it last asked."""

    def keep(self, tenant: TenantId, call: CallUnderWay, until: datetime) -> None:
        """Store where a call stands, in the place of what was stored before. Raises StorageUnavailable.

        Args:
            until: it may be forgotten then.
        """
        ...

    def find(self, tenant: TenantId, call_id: str) -> CallUnderWay | None:
        """Return a call, None if none is stored. Raises StorageUnavailable."""
        ...
