"""Port of what owners of API keys are told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from tocsin.domain.ids import ApiKeyId, TenantId
from tocsin.domain.notice import Notice


class NoticeBoard(Protocol):
    """Notices by API key, kept for 30 days."""

    def post(self, notice: Notice) -> None:
        """Keep a notice; one with the time and id of another changes nothing."""
        ...

    def of_key(self, tenant: TenantId, key_id: ApiKeyId, limit: int, now: datetime) -> Sequence[Notice]:
        """Return up to `limit` notices of a key, newest first."""
        ...
