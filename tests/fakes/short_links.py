"""Short links in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tests.fakes.outage import Outage
from tocsin.short_links.domain.short_link import ShortLink


class FakeShortLinks:
    """`kept` may be inspected. Like the real one it keeps times to the millisecond."""

    def __init__(self) -> None:
        self.kept: dict[str, ShortLink] = {}
        self.outage = Outage()

    def add(self, links: Sequence[ShortLink]) -> None:
        self.outage.check()
        for link in links:
            at = link.submitted_at
            at = at.replace(microsecond=at.microsecond // 1000 * 1000)
            self.kept[link.code] = replace(self.kept.get(link.code, link), submitted_at=at)

    def get(self, code: str) -> ShortLink | None:
        self.outage.check()
        return self.kept.get(code)
