"""Port of the states of lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.line_state import LineChange, LineReason, LineState

EVENTS_REMEMBERED = 10
"""Of a line: what its last events meant."""


@dataclass(frozen=True, slots=True)
class KeptLine:
    """A line as it is kept.

    Attributes:
        version: counts writes; 0 = the line is not kept yet.
        meant: by the names of the last events, what each meant. The second look at an event finds it here: the worker
            that saw it first may have died before it acted.
    """

    state: LineState = field(default_factory=LineState)
    version: int = 0
    meant: Mapping[str, tuple[LineChange, LineReason]] = field(default_factory=dict)

    def after(self, event: TelephonyEvent, *, refreshes_kept: bool = True) -> tuple[KeptLine, LineChange, LineReason]:
        """Return the line after an event `sip.registration`, what the event means, and why; itself if it knows it."""
        if (known := self.meant.get(event.name)) is not None:
            return self, *known
        state, change, reason = self.state.after(event.at, event.data, expiry_counts=refreshes_kept)
        newest = [*self.meant.items(), (event.name, (change, reason))][-EVENTS_REMEMBERED:]
        return replace(self, state=state, version=self.version + 1, meant=dict(newest)), change, reason


class LineStates(Protocol):
    """The state of each line of a tenant, replaced on its version."""

    def find(self, tenant: TenantId, line: str) -> KeptLine:
        """Return a line, strongly consistent; a new one if it is not kept."""
        ...

    def save(self, tenant: TenantId, line: str, kept: KeptLine) -> bool:
        """Store a line over the version before its own. False: another writer was first; read again.

        A repeat of the same write is True.
        """
        ...
