"""Process the texts of one invocation: each by itself, and those that are events together, account by account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from tocsin.inbound.application.receive_text import TextResult
from tocsin.inbound.domain.text import IncomingText
from tocsin.kernel.domain.ids import TenantId

TellEvent = Callable[[TenantId, IncomingText], None]


class Receive(Protocol):
    """Acts on one text; `ReceiveText` is one."""

    def __call__(self, text: IncomingText, tell_event: TellEvent) -> TextResult:
        """Take it in, and give it to `tell_event` if it is an event."""
        ...


@dataclass(frozen=True, slots=True)
class ReceiveTexts:
    """Receives texts.

    Attributes:
        tell_events: ingests texts of one account. Raises StorageUnavailable: some may be stored.
    """

    receive: Receive
    tell_events: Callable[[TenantId, Sequence[IncomingText]], None]

    def __call__(
        self, texts: Mapping[int, IncomingText], may_begin: Callable[[], bool]
    ) -> Mapping[int, TextResult | Exception]:
        """Return what became of each text, or why it must come again. Every text may come again.

        Args:
            texts: by any number.
            may_begin: whether there is time left for another text.
        """
        outcomes: dict[int, TextResult | Exception] = {}
        events: defaultdict[TenantId, dict[int, IncomingText]] = defaultdict(dict)
        for place, text in texts.items():

            def tell_event(tenant: TenantId, text: IncomingText, place: int = place) -> None:
                events[tenant][place] = text

            try:
                if not may_begin():
                    raise TimeoutError("no time is left")
                outcomes[place] = self.receive(text, tell_event)
            except Exception as error:
                outcomes[place] = error
        for tenant, told in events.items():
            try:
                self.tell_events(tenant, list(told.values()))
            except Exception as error:
                outcomes |= dict.fromkeys(told, error)
        return outcomes
