"""Responses in memory."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from tests.fakes.escalations import FakeEscalations
from tests.fakes.link_sets import FakeLinkSets
from tests.fakes.outage import Outage
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.responses.domain.response import Response
from tocsin.responses.ports.answer_overview import AnswerMark
from tocsin.responses.ports.responses import Kept, ResponseCounts, ResponsePage
from tocsin.results.domain.uncounted import UncountedReason


class FakeResponses:
    """`kept` may be inspected. Like the real one it keeps times to the millisecond.

    Args:
        links: the linked sets of the same world; there a contact who responds is marked too.
        escalations: those of the same world; there a person who responds is counted.
    """

    def __init__(self, links: FakeLinkSets | None = None, escalations: FakeEscalations | None = None) -> None:
        self.links = links
        self.escalations = escalations
        self.kept: dict[tuple[TenantId, AlertRef, str], Response] = {}
        self.marks: dict[tuple[ChunkKey, int], datetime] = {}
        self._kinds: dict[tuple[ChunkKey, int], ResponseKind] = {}
        self.anew: set[tuple[tuple[TenantId, AlertRef, str], str]] = set()
        self.outage = Outage()
        self._lock = threading.Lock()

    def add(self, response: Response) -> Kept:
        self.outage.check()
        place = (response.key.tenant, response.key.alert, response.id)
        with self._lock:
            if place in self.kept:
                return Kept(self.kept[place], fresh=False)
            if self.escalations is not None and self.escalations.over(response):
                response = replace(response, reason=UncountedReason.AFTER_THE_END)
            at = response.at.replace(microsecond=response.at.microsecond // 1000 * 1000)
            # What is read back does not say which set it counted for.
            self.kept[place] = replace(response, at=at, link=None, escalation=None)
            if self.links is not None:
                self.links.note(replace(response, at=at))
            if self.escalations is not None:
                self.escalations.note(replace(response, at=at))
            if response.counted:
                self.marks.setdefault((response.key, response.position), at)
                self._kinds.setdefault((response.key, response.position), response.kind)
            return Kept(response, fresh=True)

    def count_anew(self, response: Response, reason: str) -> Response | None:
        self.outage.check()
        place = (response.key.tenant, response.key.alert, response.id)
        with self._lock:
            there = self.kept.get(place)
            if there is None or there.reason != reason:
                return there if (place, reason) in self.anew else None
            del self.kept[place]
            self.anew.add((place, reason))
        return self.add(response).response

    def of_alert(self, tenant: TenantId, alert: AlertRef, limit: int, after: str | None, now: datetime) -> ResponsePage:
        self.outage.check()
        found = [response for response in self._unexpired(tenant, alert, now) if response.id > (after or "")]
        found.sort(key=lambda response: response.id)
        return ResponsePage(found[:limit], found[limit - 1].id if len(found) > limit else None)

    def count(self, tenant: TenantId, alert: AlertRef, now: datetime) -> ResponseCounts:
        self.outage.check()
        count = [response.counted for response in self._unexpired(tenant, alert, now)]
        return ResponseCounts(sum(count), len(count) - sum(count))

    def answered(self, tenant: TenantId, alert: AlertRef) -> int:
        self.outage.check()
        return sum((key.tenant, key.alert) == (tenant, alert) for key, _ in self.marks)

    def answer_marks(self, tenant: TenantId, alert: AlertRef) -> Mapping[tuple[ChunkKey, int], AnswerMark]:
        self.outage.check()
        return {
            place: AnswerMark(at, self._kinds[place])
            for place, at in self.marks.items()
            if (place[0].tenant, place[0].alert) == (tenant, alert)
        }

    def newest(self, tenant: TenantId, alert: AlertRef, limit: int, now: datetime) -> Sequence[Response]:
        self.outage.check()
        found = sorted(self._unexpired(tenant, alert, now), key=lambda response: response.at, reverse=True)
        return found[:limit]

    def responded(self, key: ChunkKey, positions: range) -> Mapping[int, datetime]:
        self.outage.check()
        return {position: self.marks[key, position] for position in positions if (key, position) in self.marks}

    def _unexpired(self, tenant: TenantId, alert: AlertRef, now: datetime) -> list[Response]:
        return [
            response
            for (owner, ref, _), response in self.kept.items()
            if (owner, ref) == (tenant, alert) and (response.expires_at is None or now < response.expires_at)
        ]
