"""Short links in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from tests.fakes.outage import Outage
from tocsin.kernel.domain.ids import TenantId
from tocsin.short_links.domain.page import BURST
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


class FakeVisitorPresses:
    """`kept` may be inspected: when each code was pressed, by visitor."""

    def __init__(self) -> None:
        self.kept: dict[tuple[TenantId, str], dict[str, datetime]] = {}
        self.outage = Outage()

    def add(
        self, tenant: TenantId, visitor: str, presses: Mapping[str, datetime], now: datetime
    ) -> Mapping[str, datetime]:
        self.outage.check()
        kept = self.kept.setdefault((tenant, visitor), {})
        kept.update({code: at.replace(microsecond=at.microsecond // 1000 * 1000) for code, at in presses.items()})
        return {code: at for code, at in kept.items() if now - at < BURST}
