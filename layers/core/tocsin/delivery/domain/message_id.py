"""The id of one try of one message."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tocsin.alerts.domain.alert import ChunkKey
from tocsin.kernel.domain.ids import AlertRef, TenantId


@dataclass(frozen=True, slots=True)
class MessageId:
    """The id of one try of one message, as used in provider metadata, receipts and logs."""

    key: ChunkKey
    position: int
    attempt: int

    def __str__(self) -> str:
        """tenant.alert.item.chunk.position.attempt: letters, digits, '-' and '.' only, at most 80 characters."""
        k = self.key
        return f"{k.tenant}.{k.alert}.{k.item}.{k.chunk}.{self.position}.{self.attempt}"

    @property
    def of_message(self) -> str:
        """The text form without the attempt: all tries of a message have the same."""
        return str(self).rpartition(".")[0]

    @staticmethod
    def parse(text: str) -> MessageId:
        """Read the text form.

        Raises:
            ValueError: not the text form of an id.
        """
        match = _MESSAGE_ID.fullmatch(text)
        if match is None:
            raise ValueError("not a message id")
        tenant, alert, *numbers = match.groups()
        item, chunk, position, attempt = map(int, numbers)
        return MessageId(ChunkKey(TenantId(tenant), AlertRef(alert), item, chunk), position, attempt)


_MESSAGE_ID = re.compile(r"([a-z0-9]{1,20})\.([a-z0-9-]{1,36})" + r"\.(0|[1-9][0-9]{0,3})" * 4, re.ASCII)
