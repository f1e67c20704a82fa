"""One telephony event, as every source is read."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tocsin.telephony.domain.vocabulary import known_data

DEPTH_HEADER = "X-Tocsin-Depth"
"""Header of rules' webhooks: the depth of an event that comes of this one."""

MOST_DEPTH = 3
"""An event of more depth fires no rule: rules and webhooks would go round for ever."""


@dataclass(frozen=True, slots=True)
class TelephonyEvent:
    """An event of a telephone system. CloudEvents 1.0 without what is never read.

    Attributes:
        source, id: 1..255 characters each; the pair names the event for ever within a tenant.
        type: for example `call.ended`; the vocabulary says what `data` holds.
        at: when it happened.
        received_at: when we got it.
        data: JSON object of at most 64 KB; fields that the vocabulary does not know are kept. Who reads fields that
            only some types have reads `known`.
        sandbox: a sandbox key sent it: rules are decided and shown, and nothing real happens.
        depth: how many webhooks of rules led to it, one after another, as the request says (DEPTH_HEADER).
    """

    source: str
    id: str
    type: str
    at: datetime
    received_at: datetime
    data: Mapping[str, Any]
    sandbox: bool = False
    depth: int = 0

    @property
    def known(self) -> Mapping[str, Any]:
        """The data without fields that the vocabulary does not have for the type: those were not judged."""
        return known_data(self.type, self.data)

    @property
    def is_refresh(self) -> bool:
        """Whether a line that was registered registers anew: the most frequent event, of which most rules want none."""
        return self.type == "sip.registration" and self.data.get("event") == "refreshed"

    @property
    def name(self) -> str:
        """The name of the event within its tenant: 32 hex digits, the same for every repeat.

        An event of a sandbox key never has the name of a real one, which would be taken for its repeat.
        """
        named = f"{self.source}\0{self.id}" + "\0sandbox" * self.sandbox
        return hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest()[:32]
