"""Port of the short links in messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from tocsin.short_links.domain.short_link import ShortLink


class ShortLinks(Protocol):
    """Where codes lead. The one thing an unknown visitor may look up, so it holds ids only."""

    def add(self, links: Sequence[ShortLink]) -> None:
        """Keep the links; one that is kept already gets the new `submitted_at` and nothing else.

        Raises:
            StorageUnavailable: some may be kept and some not; add them again.
        """
        ...

    def get(self, code: str) -> ShortLink | None:
        """Return the link, strongly consistent. One whose time is over may still be returned: compare the expiry."""
        ...
