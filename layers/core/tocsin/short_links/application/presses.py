"""How many links a visitor pressed the button of in the last seconds. The first press in a process writes nothing.

A process keeps its own count. Only a visitor who presses a second link is counted in the store too, because another
process may have seen the others. docs/adr/0084
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime

from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import TenantId
from tocsin.short_links.domain.page import BURST, BURST_CODES
from tocsin.short_links.ports import VisitorPresses

_KEPT = 1000
"""Visitors that a process remembers."""

_log = logging.getLogger(__name__)


class RecentPresses:
    """Counts the codes that each visitor pressed within BURST. For one thread."""

    def __init__(self, store: VisitorPresses) -> None:
        self._store = store
        self._seen: dict[tuple[TenantId, str], dict[str, datetime]] = {}
        self._unsaved: dict[tuple[TenantId, str], dict[str, datetime]] = {}

    def codes(self, tenant: TenantId, visitor: str, code: str, now: datetime) -> int:
        """Add a press, and return how many codes the visitor pressed within BURST.

        A store that does not answer counts nothing: the visitor's presses in this process are what is known.
        """
        who = (tenant, visitor)
        if len(self._seen) >= _KEPT and who not in self._seen:
            self._seen.clear()
            self._unsaved.clear()
        seen = self._seen[who] = {**_recent(self._seen.get(who, {}), now), code: now}
        unsaved = self._unsaved[who] = {**_recent(self._unsaved.get(who, {}), now), code: now}
        if len(seen) == 1 or len(seen) > BURST_CODES:
            return len(seen)
        try:
            elsewhere = self._store.add(tenant, visitor, unsaved, now)
        except StorageUnavailable:
            _log.warning("presses were not counted", extra={"tenant": tenant})
            return len(seen)
        self._unsaved[who] = {}
        seen.update(_recent(elsewhere, now))
        return len(seen)


def _recent(presses: Mapping[str, datetime], now: datetime) -> dict[str, datetime]:
    return {code: at for code, at in presses.items() if now - at < BURST}
