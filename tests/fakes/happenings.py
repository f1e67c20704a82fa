"""Happenings in memory, among the result events of the same world."""

from __future__ import annotations

from tests.fakes.outage import Outage
from tests.fakes.results import FakeResultEvents, Pack
from tocsin.domain.alert import Alert, NotificationMode
from tocsin.domain.result_event import ResultEvent
from tocsin.domain.work import SliceTally


class FakeHappenings:
    """Args: results: where the client collects from."""

    def __init__(self, results: FakeResultEvents) -> None:
        self.results = results
        self.outage = Outage()

    def tell(self, alert: Alert, event: ResultEvent) -> bool:
        self.outage.check()
        if alert.notification is NotificationMode.NONE:
            return False
        pack = Pack(alert.key_id, (event,), SliceTally.blank(0), alert.expires_at)
        return self.results.told.setdefault((alert.tenant, alert.ref, event.event_id), pack) is pack
