"""Ports of short links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from tocsin.kernel.domain.ids import TenantId
from tocsin.short_links.domain.short_link import ShortLink


class ShortLinks(Protocol):
    """Short links by code. Unknown visitors can look up codes, so the rows contain ids only."""

    def add(self, links: Sequence[ShortLink]) -> None:
        """Store the links; a link that is stored already only gets the new `submitted_at`.

        Raises:
            StorageUnavailable: some may be stored and some not; add them again.
        """
        ...

    def get(self, code: str) -> ShortLink | None:
        """Return the link, strongly consistent, None if unknown. The link may have expired: compare `expires_at`."""
        ...


class VisitorPresses(Protocol):
    """Which links a visitor pressed the button of, for some seconds."""

    def add(
        self, tenant: TenantId, visitor: str, presses: Mapping[str, datetime], now: datetime
    ) -> Mapping[str, datetime]:
        """Add presses, and return when each code was pressed last, for BURST before `now` at least.

        Args:
            visitor: a keyed hash of the visitor.
            presses: when each code was pressed.
        """
        ...
