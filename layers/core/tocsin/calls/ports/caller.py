"""Port of the provider of calls."""

from __future__ import annotations

from typing import Protocol

from tocsin.calls.domain.ended_call import EndedCall
from tocsin.calls.domain.outgoing_call import OutgoingCall
from tocsin.delivery.domain.submission import Submission


class VoiceCaller(Protocol):
    """Makes calls."""

    def call(self, call: OutgoingCall) -> Submission:
        """Dial, and return the outcome: Dialled, Rejected or OutcomeUnknown.

        It never raises because of the provider or the network.
        """
        ...

    def stop(self, call_id: str) -> None:
        """End a call that was not answered yet. It never raises: a call that cannot be stopped ends by itself."""
        ...

    def look(self, call_id: str) -> EndedCall | None:
        """Return how a call ended; None if it goes on.

        Raises:
            StorageUnavailable: the provider did not say.
        """
        ...
