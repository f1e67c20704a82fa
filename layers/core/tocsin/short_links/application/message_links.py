"""The short links of messages that are about to be submitted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tocsin.alerts.domain.alert import Alert, ChunkKey
from tocsin.content.domain.short_url import code_of, link
from tocsin.delivery.domain.message_id import MessageId
from tocsin.kernel.ports import Sealer
from tocsin.short_links.domain.short_link import ShortLink
from tocsin.short_links.ports import ShortLinks


class MessageLinks:
    """Makes the short links of messages. The code is a keyed hash of the message's id, so every try has the same link.

    Args:
        base: the beginning of every short URL.
    """

    def __init__(self, links: ShortLinks, sealer: Sealer, base: str) -> None:
        self._links = links
        self._sealer = sealer
        self._base = base

    def url(self, id: MessageId) -> str:
        """Return the short URL of a message."""
        return link(self._base, self._code(id.key, id.position))

    def keep(self, alert: Alert, messages: Sequence[MessageId], now: datetime) -> None:
        """Store the links of these messages, before the messages are submitted. Raises StorageUnavailable."""
        self._links.add(
            [ShortLink(self._code(id.key, id.position), id.key, id.position, now, alert.expires_at) for id in messages]
        )

    def _code(self, key: ChunkKey, position: int) -> str:
        place = f"{key.alert}|{key.item}|{key.chunk}|{position}"
        return code_of(self._sealer.fingerprint(key.tenant, "shortlink", place.encode()))
