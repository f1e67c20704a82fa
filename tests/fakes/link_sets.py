"""Linked sets in memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime

from tests.fakes.alerts import FakeAlertRepository
from tests.fakes.outage import Outage
from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.domain.link import Link, LinkKey
from tocsin.alerts.domain.response_kind import Answered, Evidence, ResponseKind
from tocsin.kernel.domain.ids import AlertRef
from tocsin.linked_alerts.domain.link_set import LinkBegun, LinkCancelled, LinkJoined, LinkSet
from tocsin.responses.domain.response import Response


def _to_the_millisecond(at: datetime) -> datetime:
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


class FakeLinkSets:
    """`sets`, `seen` and `reads` may be inspected. A world tells its alerts and its responses who keeps sets:

    links.written_participants(alerts)
    FakeResponses(links)

    Args:
        clock: tells when an answer was committed, which is kept in `committed`.
    """

    def __init__(self, clock: Callable[[], datetime] | None = None) -> None:
        self.clock = clock
        self.committed: dict[tuple[AlertRef, str, ResponseKind, Evidence], datetime] = {}
        self.sets: dict[LinkKey, LinkSet | LinkCancelled] = {}
        self.seen: dict[tuple[LinkKey, AlertRef], dict[str, dict[ResponseKind, datetime]]] = {}
        self.graded: set[tuple[LinkKey, AlertRef, str, ResponseKind, Evidence]] = set()
        self.reads = 0
        self.outage = Outage()
        self._members: dict[LinkKey, dict[AlertRef, datetime | None]] = {}
        self._lock = threading.RLock()

    # --- the port ---------------------------------------------------------------------------------------------

    def standing(self, key: LinkKey, now: datetime) -> LinkSet | LinkCancelled | None:
        self.outage.check()
        self.reads += 1
        return self._standing(key, now)

    def answered(
        self, link: Link, contacts: Collection[str] | None = None, least: Evidence = Evidence.OPENED
    ) -> Answered:
        self.outage.check()
        self.reads += 1
        found: dict[str, frozenset[ResponseKind]] = {}
        with self._lock:
            for key, master, contact, kind, evidence in self.graded:
                if (key, master) == (link.key, link.master) and evidence.at_least(least):
                    found[contact] = found.get(contact, frozenset()) | {kind}
        return {contact: kinds for contact, kinds in found.items() if contacts is None or contact in contacts}

    def cancel(self, key: LinkKey, at: datetime, until: datetime) -> datetime:
        self.outage.check()
        at = _to_the_millisecond(at)
        with self._lock:
            found = self._standing(key, at)
            if found is None:
                found = LinkCancelled(key, at, _to_the_millisecond(until))
            elif isinstance(found, LinkSet) and found.cancelled_at is None:
                found = replace(found, cancelled_at=at)
            self.sets[key] = found
            assert found.cancelled_at is not None
            return found.cancelled_at

    def members(self, key: LinkKey, now: datetime) -> Sequence[AlertRef]:
        self.outage.check()
        return [ref for ref, ends in sorted(self._members.get(key, {}).items()) if ends is None or now < ends]

    # --- what others write here -------------------------------------------------------------------------------

    def written_participants(self, alerts: FakeAlertRepository) -> None:
        """Keep the sets that are begun and joined beside these alerts."""
        alerts.writes(LinkBegun, self)
        alerts.writes(LinkJoined, self)

    def holds(self, participants: LinkBegun | LinkJoined, alert: Alert) -> bool:
        standing = self._standing(participants.set.key, alert.accepted_at)
        if isinstance(participants, LinkBegun):
            return standing is None or (participants.lift and isinstance(standing, LinkCancelled))
        if not isinstance(standing, LinkSet) or standing.master != participants.set.master:
            return False
        return participants.lift or standing.cancelled_at is None

    def write(self, participants: LinkBegun | LinkJoined, alert: Alert) -> None:
        key = participants.set.key
        with self._lock:
            found = participants.set
            if isinstance(participants, LinkBegun):
                ends = None if found.expires_at is None else _to_the_millisecond(found.expires_at)
                created = _to_the_millisecond(found.created_at)
                self.sets[key] = replace(found, created_at=created, expires_at=ends, cancelled_at=None)
            elif participants.lift:
                self.sets[key] = replace(found, cancelled_at=None)
            self._members.setdefault(key, {})[alert.ref] = alert.expires_at

    def note(self, response: Response) -> None:
        """Be the part of a response's transaction that concerns its linked set."""
        if counts := response.counts_in:
            link, contact = counts
            with self._lock:
                seen = self.seen.setdefault((link.key, link.master), {})
                seen.setdefault(contact, {}).setdefault(response.kind, response.at)
                self.graded.add((link.key, link.master, contact, response.kind, response.evidence))
                if self.clock is not None:
                    way = (link.master, contact, response.kind, response.evidence)
                    self.committed.setdefault(way, self.clock())

    def _standing(self, key: LinkKey, now: datetime) -> LinkSet | LinkCancelled | None:
        found = self.sets.get(key)
        over = found is not None and found.expires_at is not None and now >= found.expires_at
        return None if over else found
