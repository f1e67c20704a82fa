"""What the owner of an API key was told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.notices.domain.client_message import MAX_MESSAGES, ClientMessage, MessageQuery
from tocsin.notices.ports.client_messages import ClientMessages


@dataclass(frozen=True, slots=True)
class ReadMessages:
    """Return messages to the owner of a key."""

    messages: ClientMessages

    def __call__(
        self, tenant: TenantId, key_id: ApiKeyId, query: MessageQuery, now: datetime
    ) -> Sequence[ClientMessage]:
        """Return at most MAX_MESSAGES, and at least one, however many were asked for.

        Raises:
            StorageUnavailable: messages that were to be marked may be marked.
        """
        within = replace(query, maximum=max(1, min(query.maximum, MAX_MESSAGES)))
        return self.messages.read(tenant, key_id, within, now)
