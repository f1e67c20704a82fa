"""Follow a line through its registrations."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.kernel.domain.errors import StaleWrite
from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.line_state import LineChange, LineReason
from tocsin.telephony.ports.line_states import LineStates

_TRIES = 5


@dataclass(frozen=True, slots=True)
class FollowLine:
    """Says what an event `sip.registration` means for its line; a repeat says the same."""

    lines: LineStates

    def __call__(
        self, tenant: TenantId, event: TelephonyEvent, line: str, *, refreshes_kept: bool = True
    ) -> tuple[LineChange, LineReason]:
        """Return what the event means and why, once the state of the line says so.

        Args:
            line: what the line is kept as: the same for every name that events give it.
            refreshes_kept: refreshed registrations come in. Otherwise a telephone that says until when it is
                registered may have renewed that unseen, and counts as registered until it says otherwise.

        Raises:
            StaleWrite: other events of the line came first at every try.
            StorageUnavailable: the state may be stored; the call may be repeated.
        """
        for _ in range(_TRIES):
            kept = self.lines.find(tenant, line)
            after, change, reason = kept.after(event, refreshes_kept=refreshes_kept)
            if after is kept or self.lines.save(tenant, line, after):
                return change, reason
        raise StaleWrite("other events of the line came first at every try")
