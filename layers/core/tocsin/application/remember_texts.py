"""Remember what is about to be said from a number that people can answer to: an answer must find its alert.

Before the hand-over, so that no answer comes to a conversation that nobody knows of. It is a note, not a promise: a
store that does not answer must not keep an alarm from going out.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from tocsin.application.ports import Clock
from tocsin.application.ports.conversations import Conversations, TwoWayNumbers
from tocsin.domain.alert import Alert, AlertItem, ChunkKey, Recipient, SmsContent
from tocsin.domain.errors import StorageUnavailable
from tocsin.domain.two_way import Said, TwoWayNumber

OWNER_KNOWN_FOR = timedelta(seconds=60)
"""How long a process goes by what it has read of a number."""

_log = logging.getLogger(__name__)


class RememberTexts:
    """See the module. Belongs to one thread."""

    def __init__(self, numbers: TwoWayNumbers, conversations: Conversations, clock: Clock) -> None:
        self._numbers = numbers
        self._conversations = conversations
        self._clock = clock
        self._known: dict[str, tuple[datetime, TwoWayNumber | None]] = {}

    def __call__(self, alert: Alert, item: AlertItem, key: ChunkKey, to: Sequence[tuple[int, Recipient]]) -> None:
        """Remember the messages of a slice, each with its position and receiver. Raises nothing for a store."""
        content = item.content
        if alert.sandbox or not to or not isinstance(content, SmsContent) or not content.sender.startswith("+"):
            return  # nobody has a sandbox message, and nobody can answer to a name
        now = self._clock()
        try:
            owner = self._owner(content.sender, now)
            if owner is None or owner.tenant != alert.tenant:
                return
            self._conversations.remember(
                alert.tenant,
                [
                    (content.sender, recipient.address, Said(key, position, now, alert.expires_at))
                    for position, recipient in to
                ],
            )
        except StorageUnavailable:
            _log.warning("a conversation was not remembered", extra={"tenant": alert.tenant, "alert": alert.ref})

    def _owner(self, number: str, now: datetime) -> TwoWayNumber | None:
        read_at, owner = self._known.get(number, (None, None))
        if read_at is None or not timedelta(0) <= now - read_at < OWNER_KNOWN_FOR:
            owner = self._numbers.find(number)
            if len(self._known) > 1000:
                self._known.clear()
            self._known[number] = (now, owner)
        return owner
