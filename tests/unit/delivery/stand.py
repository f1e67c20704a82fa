"""One alert and everything a use case of dispatch needs, without queues and without time passing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Executor
from datetime import timedelta
from typing import Any

from tests.builders import an_acceptance
from tests.fakes.account_notices import FakeAccountNotices
from tests.fakes.alerts import FakeAlertRepository
from tests.fakes.dispatch_queue import FakeDispatchQueue
from tests.fakes.erasures import FakeErasureLedger
from tests.fakes.executor import OneHand
from tests.fakes.last_looks import FakeLastLooks
from tests.fakes.link_sets import FakeLinkSets
from tests.fakes.messages import FakeMessageRows
from tests.fakes.providers import FakeSmsSender
from tests.fakes.randomness import SeededRandomness
from tests.fakes.results import FakeResultEvents
from tests.fakes.sealer import FakeSealer
from tests.fakes.sending_limits import FakeCounters, FakeLimitSettings, FakeSendingTotals
from tests.fakes.suppressions import FakeSuppressions
from tests.fakes.time import VirtualClock
from tests.fakes.work import FakeDispatchProgress
from tocsin.alerts.domain.alert import Alert, AlertItem, Batch, ChunkKey
from tocsin.alerts.domain.dispatch_job import DispatchJob
from tocsin.contacts.domain.recipient import Recipient
from tocsin.delivery.application.channels import SmsChannel
from tocsin.delivery.application.dispatch_batch import DispatchBatch, DispatchReport
from tocsin.delivery.application.guards import Guard
from tocsin.delivery.application.last_look import LastLook
from tocsin.delivery.application.record_receipts import RecordReceipts
from tocsin.delivery.application.sweep import Sweep, SweepReport
from tocsin.delivery.domain.message import Message
from tocsin.limits.application.limit_guard import LimitGuard
from tocsin.linked_alerts.application.skip_answered import SkipAnswered
from tocsin.privacy.application.erase_contact import HonourErasures
from tocsin.suppressions.application.suppress import Suppress

HOUR = timedelta(hours=1)


class Counting:
    """Counts the calls of a port."""

    def __init__(self, name: str, port: Any, calls: Counter[str]) -> None:
        self._name, self._port, self._calls = name, port, calls

    def __getattr__(self, method: str) -> Any:
        real = getattr(self._port, method)
        if not callable(real):
            return real

        def counted(*args: Any, **kwargs: Any) -> Any:
            self._calls[f"{self._name}.{method}"] += 1
            return real(*args, **kwargs)

        return counted


class Stand:
    """`one_row`: claims see cancellations, as those of a small alert do.

    `calls` counts port calls since it was last cleared; `noted` holds position, address and calls made before.

    `guards` is the list the dispatcher asks: one more entry is one more reason why a message is not sent.
    """

    def __init__(self, *items: Any, executor: Executor | None = None, one_row: bool = False, **options: Any) -> None:
        self.calls: Counter[str] = Counter()
        self.noted: list[list[tuple[int, str, int]]] = []
        self.clock = VirtualClock()
        self.dispatch_progress = FakeDispatchProgress()
        self.alerts = FakeAlertRepository(self.dispatch_progress)
        self.rows = FakeMessageRows(self.alerts if one_row else None)
        self.events = FakeResultEvents()
        self.queue = FakeDispatchQueue()
        self.sms = FakeSmsSender(self.clock)
        self.links = FakeLinkSets()
        self.suppressions = FakeSuppressions()
        self.suppress = Suppress(self.suppressions, FakeSealer())
        self.erasures = FakeErasureLedger()
        self.looks = FakeLastLooks(self.alerts, self.suppressions, self.erasures)
        self.alert: Alert = self.accept(*items, **options)
        four = (
            Counting("alerts", self.alerts, self.calls),
            Counting("rows", self.rows, self.calls),
            Counting("dispatch_progress", self.dispatch_progress, self.calls),
            Counting("events", self.events, self.calls),
        )
        queue = Counting("queue", self.queue, self.calls)
        carrier = SmsChannel(self.sms, self.sms)
        self.sending_limits, self.counters, self.told = FakeLimitSettings(), FakeCounters(), FakeAccountNotices()
        self.spent: list[int] = []
        self.totals = FakeSendingTotals()
        self.limits = LimitGuard(
            self.sending_limits,
            self.counters,
            self.told,
            FakeSealer(),
            self.clock,
            count_spend=self.spent.append,
            totals=self.totals,
        )
        self.guards: list[Guard] = [
            SkipAnswered(Counting("links", self.links, self.calls)),
            LastLook(
                Counting("last_looks", self.looks, self.calls),
                four[1],
                self.suppress,
                HonourErasures(Counting("ledger", self.erasures, self.calls), FakeSealer()),
            ),
            self.limits,
        ]
        self.dispatcher = DispatchBatch(
            *four,
            queue,
            carrier,
            self.guards,
            self.clock,
            SeededRandomness(),
            executor or OneHand(),
            before_submit=self._note,
        )
        self.sweeper = Sweep(*four, queue, self.clock)
        self.recorder = RecordReceipts(*four, self.clock)

    def _note(self, alert: Alert, item: AlertItem, key: ChunkKey, to: Sequence[tuple[int, Recipient]]) -> None:
        self.noted.append([(position, recipient.address, len(self.sms.calls)) for position, recipient in to])

    def accept(self, *items: Any, **options: Any) -> Alert:
        acceptance = an_acceptance(*items, at=self.clock(), **options)
        self.alerts.accept(acceptance)
        return acceptance.alert

    def batch(self, number: int = 0) -> Batch:
        return list(self.alert.batches())[number]

    def order(self, number: int = 0, positions: tuple[int, ...] | None = None) -> DispatchJob:
        batch = self.batch(number)
        return DispatchJob(batch, self.alert.items[batch.key.item].channel, self.alert.lane, positions)

    def dispatch(self, order: DispatchJob | None = None, time_left: timedelta = HOUR) -> DispatchReport:
        return self.dispatcher(order or self.order(), lambda: time_left)

    def sweep(self, time_left: timedelta = HOUR) -> SweepReport:
        return self.sweeper(lambda: time_left)

    def states(self) -> list[str]:
        return [row.state.value for _, row in sorted(self.rows.rows.items(), key=lambda entry: entry[0][1])]

    def row(self, position: int = 0, number: int = 0) -> Message:
        return self.rows.rows[self.batch(number).key, position]
