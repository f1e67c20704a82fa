"""Port of short links."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

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
