"""A world to tell stories in: everything Tocsin runs, on one thread, one clock and one seed.

The queues behave like SQS on a bad day: every order is delivered two or three times, out of order, and again after
the visibility time-out if its worker failed or died; after five receives it goes to the dead letters. Workers are
Lambdas: one that dies takes its caches with it. Providers report each message they take, twice, unless `silent`.

    world = World()
    world.accept(sms("+447700900001"))
    world.fast_forward(timedelta(minutes=1))
    assert world.phones == {"+447700900001": ["trunk 7 is down"]}
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from tests.builders import KEY, TENANT, an_acceptance, number
from tests.fakes.alerts import FakeAlertRepository
from tests.fakes.api_keys import FakeApiKeyRepository
from tests.fakes.conversations import FakeConversations, FakeTwoWayNumbers
from tests.fakes.erasures import FakeErasureLedger
from tests.fakes.event_publisher import FakeEventPublisher
from tests.fakes.executor import OneHand
from tests.fakes.last_looks import FakeLastLooks
from tests.fakes.link_sets import FakeLinkSets
from tests.fakes.messages import FakeMessageRows
from tests.fakes.providers import BegunTexts, FakeEmailSender, FakeSmsSender
from tests.fakes.randomness import SeededRandomness
from tests.fakes.reopening import FakeReopenedBatches
from tests.fakes.responses import FakeResponses
from tests.fakes.results import FakeResultEvents
from tests.fakes.sealer import FakeSealer
from tests.fakes.short_links import FakeShortLinks
from tests.fakes.stores import FakeStoredContentRepository
from tests.fakes.suppressions import FakeSuppressions
from tests.fakes.time import NOON, VirtualClock
from tests.fakes.work import FakeDispatchProgress
from tocsin.alerts.application.prepare import PrepareSend
from tocsin.alerts.application.send import SendAlert
from tocsin.alerts.domain.alert import Alert, ChunkKey, Lane
from tocsin.alerts.domain.dispatch_job import DispatchJob
from tocsin.alerts.domain.elements import Element
from tocsin.alerts.domain.request import SendRequest
from tocsin.alerts.ports.alerts import Acceptance, Committed
from tocsin.alerts.ports.dispatch_queue import LaneLoad
from tocsin.contacts.domain.channel import Channel
from tocsin.content.domain.content import EmailContent
from tocsin.content.domain.mime import MailTemplate
from tocsin.delivery.application.batch_run import TimeBudget
from tocsin.delivery.application.channels import EmailChannel, Mail, MessageChannel, SmsChannel
from tocsin.delivery.application.claim import ClaimMessages
from tocsin.delivery.application.dispatch_batch import DispatchBatch, DispatchReport
from tocsin.delivery.application.guards import Guard
from tocsin.delivery.application.last_look import LastLook
from tocsin.delivery.application.record import RecordOutcomes
from tocsin.delivery.application.record_receipts import RecordReceipts
from tocsin.delivery.application.resend import ResendFailed
from tocsin.delivery.application.sweep import Sweep, SweepReport
from tocsin.delivery.domain.message import Message, MessageState, Receipt
from tocsin.delivery.domain.message_id import MessageId
from tocsin.escalation.application.prepare import begun
from tocsin.idempotency.domain.claim import IdempotencyClaim
from tocsin.identity.domain.api_key import ApiKey, KeyKind
from tocsin.inbound.application.receive_text import ReceiveText
from tocsin.inbound.domain.text import IncomingText
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import AlertRef
from tocsin.kernel.ports import Clock, Randomness
from tocsin.linked_alerts.application.join import JoinLinkSet
from tocsin.linked_alerts.application.skip_answered import SkipAnswered
from tocsin.privacy.application.erase_contact import HonourErasures
from tocsin.responses.application.record_reply import RecordReply
from tocsin.responses.application.remember_texts import RememberTexts
from tocsin.responses.domain.two_way import TwoWayNumber
from tocsin.results.domain.result_event import ResultEvent
from tocsin.short_links.application.message_links import MessageLinks
from tocsin.suppressions.application.suppress import Suppress
from tocsin.suppressions.domain.suppression import SuppressionReason

CLIENT = ApiKey(TENANT, KEY, KeyKind.LIVE, "test", "hash")
OURS = number(50)
"""The number of ours that people can answer to."""

VISIBILITY = timedelta(minutes=3)
LAMBDA_TIMEOUT = timedelta(minutes=1)
MAX_RECEIVES = 5
RECEIPT_AFTER = timedelta(seconds=3)


class Crash(BaseException):
    """The process is dead. Not an Exception, so that nobody survives his own death."""


@dataclass
class Disturbance:
    """What goes wrong in the queue, besides what always does."""

    duplicates: tuple[int, int] = (2, 3)
    drop: Callable[[DispatchJob], bool] = lambda order: False
    bulk: LaneLoad = LaneLoad.TAKEN


@dataclass(order=True)
class _Event:
    at: datetime
    tie: float
    number: int
    run: Callable[[], None] = field(compare=False)


@dataclass(frozen=True)
class Cast:
    """Who plays the parts. Tests of the tests put in somebody who gets it wrong."""

    dispatcher: type[DispatchBatch] = DispatchBatch
    sweeper: type[Sweep] = Sweep
    recorder: type[RecordReceipts] = RecordReceipts
    rows: type[FakeMessageRows] = FakeMessageRows
    dispatch_progress: type[FakeDispatchProgress] = FakeDispatchProgress
    events: type[FakeResultEvents] = FakeResultEvents


def dispatcher_with(
    claim: type[ClaimMessages] = ClaimMessages, record: type[RecordOutcomes] = RecordOutcomes
) -> type[DispatchBatch]:
    """Return a dispatcher that claims or records in a way of its own."""

    class Mutant(DispatchBatch):
        def __init__(self, *, clock: Clock, randomness: Randomness, **parts: Any) -> None:
            super().__init__(clock=clock, randomness=randomness, **parts)
            self._claim = claim(clock, TimeBudget())
            self._record = record(clock, randomness)

    Mutant.__name__ = record.__name__ if claim is ClaimMessages else claim.__name__
    return Mutant


class World:
    """See the module.

    Args:
        wrap: disturbs ports; called with a port's name and the port.
        silent: providers report nothing.
    """

    def __init__(
        self,
        seed: int = 1,
        wrap: Callable[[str, Any], Any] = lambda name, port: port,
        *,
        silent: bool = False,
        cast: Cast | None = None,
        disturbance: Disturbance | None = None,
    ) -> None:
        self.clock = VirtualClock()
        self.silent = silent
        self.disturbance = disturbance or Disturbance()
        self.cast = cast or Cast()
        self.dispatch_progress = self.cast.dispatch_progress()
        self.alerts = FakeAlertRepository(self.dispatch_progress)
        self.rows = self.cast.rows()
        self.reopened = FakeReopenedBatches(self.rows, self.dispatch_progress)
        self.events = self.cast.events()
        self.links = FakeShortLinks()
        self.suppressions = FakeSuppressions()
        self.erasures = FakeErasureLedger()
        self.sms = FakeSmsSender(self.clock)
        self.email = FakeEmailSender(self.clock)
        self.sandbox_sms = FakeSmsSender(self.clock)
        self.sandbox_email = FakeEmailSender(self.clock)
        for sender in (self.sms, self.email, self.sandbox_sms, self.sandbox_email):
            sender.on_taken = self._provider_reports
        self.numbers = FakeTwoWayNumbers(TwoWayNumber(OURS, TENANT, KEY))
        self.conversations = FakeConversations()
        self.link_sets = FakeLinkSets(self.clock)
        self.link_sets.written_participants(self.alerts)
        self.responses = FakeResponses(self.link_sets)
        self.event_publisher = FakeEventPublisher(self.events)
        self.dead_letters: list[DispatchJob] = []
        self.tolerated: tuple[type[Exception], ...] = ()
        self.reports: list[DispatchReport] = []
        self.sweeps: list[SweepReport] = []
        self._rng = random.Random(seed)
        self._randomness = SeededRandomness(seed)
        self._wrap = wrap
        self.heap: list[_Event] = []
        self._numbers = itertools.count()
        self._workers: dict[Channel, DispatchBatch] = {}
        self._busy: Counter[str] = Counter()

    # --- what a story says ------------------------------------------------------------------------------------

    @property
    def accepted(self) -> list[Alert]:
        """Every alert, as it stands in the store."""
        return list(self.alerts.alerts.values())

    @property
    def phones(self) -> dict[str, list[str]]:
        """Everything that arrived on every phone."""
        return dict(self.sms.received)

    @property
    def mailboxes(self) -> dict[str, list[str]]:
        """The body of everything that arrived in every mailbox."""
        return {to: [mail.partition("\r\n\r\n")[2].rstrip() for mail in all] for to, all in self.email.received.items()}

    def accept(self, *items: Any, **options: Any) -> Alert:
        """Commit an alert and queue its slices, as the API does.

        Its client repeats the call as long as nothing was committed, and no longer: what was committed must arrive
        although nobody asks again.
        """
        acceptance = an_acceptance(*items, at=self.clock(), **options)
        place = (acceptance.alert.tenant, acceptance.alert.ref)
        while place not in self.alerts.alerts:
            try:
                self._accept(acceptance)
            except (Crash, StorageUnavailable):
                continue
        return acceptance.alert

    def _accept(self, acceptance: Acceptance) -> None:
        outcome = self._port("alerts", self.alerts).accept(acceptance)
        assert isinstance(outcome, Committed)
        alert = acceptance.alert
        orders = []
        for batch in alert.batches():
            item = alert.item(batch.key.item)
            assert item is not None
            orders.append(DispatchJob(batch, item.channel, alert.lane))
        try:
            self._port("queue", self).put(orders)
        except StorageUnavailable:
            return  # accepted all the same; the sweeper queues what is missing

    def send(self, *elements: Element, **fields: Any) -> Alert:
        """Send an alert by the use case, as a client that repeats its call until it has an answer."""
        request = SendRequest("ref-1", elements, **fields)
        claim = IdempotencyClaim("sendalert", f"call-{next(self._numbers)}", "f")
        prepare = PrepareSend(
            FakeStoredContentRepository(),
            self._randomness,
            begin_escalation=begun,
            join=JoinLinkSet(self._port("link_sets", self.link_sets)),
        )
        while True:
            send = SendAlert(
                prepare,
                self._port("alerts", self.alerts),
                FakeApiKeyRepository(),
                self._port("queue", self),
                self.clock,
            )
            try:
                result = send(CLIENT, request, claim)
            except (Crash, StorageUnavailable):
                continue
            assert result.alert_ref is not None, result.failure_reason
            return self.alerts.alerts[TENANT, AlertRef(result.alert_ref)]

    def resend(self, alert: Alert, *, repeats: bool = True) -> int:
        """Send what has failed again, as `/resend` does. Return how many.

        Args:
            repeats: whether its client repeats a call without an answer.
        """
        while True:
            resend = ResendFailed(
                alerts=self._port("alerts", self.alerts),
                rows=self._port("rows", self.rows),
                dispatch_progress=self._port("dispatch_progress", self.dispatch_progress),
                reopened=self._port("reopened", self.reopened),
                queue=self._port("queue", self),
                clock=self.clock,
            )
            try:
                return resend(alert)
            except (Crash, StorageUnavailable):
                if not repeats:
                    return 0

    def fast_forward(self, by: timedelta) -> None:
        """Let time pass and everything happen that is due until then; the sweeper runs every minute."""
        until = self.clock() + by
        self._at(self._next_minute(), self._sweep_and_again)
        while self.heap and self.heap[0].at <= until:
            self._step()
        self.clock.at_least(until)
        self.heap = [event for event in self.heap if event.run != self._sweep_and_again]
        heapq.heapify(self.heap)

    def until_quiet(self, at_most: timedelta = timedelta(hours=76)) -> None:
        """Let everything happen until nothing is queued and no row waits for the sweeper."""
        end = self.clock() + at_most
        while self.heap or self.looks():
            if not self.heap:
                self.sweep_when_due()
            if self.heap[0].at > end:
                raise AssertionError("the world does not come to rest")
            self._step()

    def text_back(self, phone: str, text: str, answering: Alert | None = None, later: timedelta = timedelta(0)) -> None:
        """Let somebody answer in a while. The provider delivers it several times, and says what it answers or not."""
        id = f"in-{next(self._numbers)}"

        def write() -> None:
            copies = [n for n, call in enumerate(self.sms.calls, 1) if call.took and call.to == phone]
            of_alert = [n for n in copies if answering and self.sms.calls[n - 1].id.key.alert == answering.ref]
            answered = f"p-{of_alert[-1]}" if of_alert else None
            message = IncomingText(id, OURS, phone, text, answered, self.clock())
            for _ in range(self._rng.randint(2, 3)):
                self._at(self.clock() + timedelta(seconds=self._rng.randrange(90)), lambda: self._receive(message))

        self._at(self.clock() + later, write)

    def _receive(self, message: IncomingText) -> None:
        port = self._port
        receive = ReceiveText(
            port("numbers", self.numbers),
            port("conversations", self.conversations),
            port("alerts", self.alerts),
            port("rows", self.rows),
            RecordReply(self._responses_port(), self._event_publisher_port()),
            Suppress(port("suppressions", self.suppressions), FakeSealer()),
        )
        try:
            receive(message)
        except (Crash, StorageUnavailable):
            self._at(self.clock() + timedelta(minutes=1), lambda: self._receive(message))

    def answers(self, alert: Alert) -> list[tuple[str, str]]:
        """Return who answered the alert and what, in the order of time."""
        page = self.responses.of_alert(alert.tenant, alert.ref, 1000, None, self.clock())
        return [(one.address, one.text) for one in sorted(page.responses, key=lambda one: one.at) if one.matched]

    def told(self, alert: Alert) -> list[tuple[str, str]]:
        """Collect what waits and return what is no step of a message: the event and the words."""
        return [(one.event, one.details["reply"]) for one in self.collect(alert) if "reply" in one.details]

    def suppress(
        self, alert: Alert, address: str, reason: SuppressionReason, later: timedelta, at: datetime | None = None
    ) -> None:
        """Let a reply or a bounce suppress an address in a while, side by side with everything else."""
        happened = at or self.clock() + later
        suppress = Suppress(self._port("suppressions", self.suppressions), FakeSealer())

        def process_receipts() -> None:
            try:
                suppress(alert.tenant, alert.items[0].channel, address, reason, happened)
            except (Crash, StorageUnavailable):
                self.suppress(alert, address, reason, timedelta(minutes=1), happened)

        self._at(self.clock() + later, process_receipts)

    def cancel(self, alert: Alert) -> None:
        """Cancel an alert, as `/cancelalerts` does."""
        self.alerts.alerts[alert.tenant, alert.ref] = replace(alert, cancelled_at=self.clock())

    def rows_of(self, alert: Alert) -> dict[tuple[ChunkKey, int], Message]:
        return {place: row for place, row in self.rows.rows.items() if place[0].alert == alert.ref}

    def states(self, alert: Alert) -> dict[str, int]:
        """Count the messages of an alert by state; queued ones have no row."""
        counts = Counter(row.state.value for row in self.rows_of(alert).values())
        if queued := alert.recipients - sum(counts.values()):
            counts["queued"] = queued
        return dict(counts)

    def collect(self, alert: Alert) -> list[ResultEvent]:
        """Collect what waits, as `/collectevents` does."""
        return list(self.events.collect(alert.tenant, alert.key_id, alert.ref, 10_000, self.clock()))

    # --- the machinery ----------------------------------------------------------------------------------------

    def put(self, orders: Sequence[DispatchJob], delay: timedelta = timedelta(0)) -> None:
        """Be the queue: each order comes two or three times, some time apart."""
        assert timedelta(0) <= delay <= timedelta(minutes=15)
        for order in orders:
            text = order.encode()
            if self.disturbance.drop(order):
                continue
            for copy in range(self._rng.randint(*self.disturbance.duplicates)):
                later = timedelta(milliseconds=self._rng.randrange(500 if copy == 0 else 30_000))
                self._at(self.clock() + delay + later, partial(self._deliver, text, 1))

    def load(self, lane: Lane) -> LaneLoad:
        """Be the queue: its workers take at once what may be received, unless the story says otherwise."""
        return self.disturbance.bulk

    def deliver_now(self) -> None:
        """Let everything that is queued for this moment happen at once: other workers run while one is paused."""
        due = [event for event in self.heap if event.at <= self.clock() + timedelta(seconds=30)]
        for event in sorted(due):
            if event in self.heap:
                self.heap.remove(event)
                heapq.heapify(self.heap)
                event.run()

    def sweep(self) -> None:
        """Run the sweeper once."""
        sweep = self.cast.sweeper(
            self._port("alerts", self.alerts),
            self._port("rows", self.rows),
            self._port("dispatch_progress", self.dispatch_progress),
            self._events_port(),
            self._port("queue", self),
            self.clock,
        )
        try:
            self.sweeps.append(sweep(lambda: LAMBDA_TIMEOUT))
        except (Crash, StorageUnavailable):
            return

    def looks(self) -> list[datetime]:
        """Return when the sweeper has something to look at."""
        return list(self.dispatch_progress.looks.values())

    def sweep_when_due(self) -> None:
        """Let the sweeper run at the first full minute at which it has something to look at."""
        minute, due = self._next_minute(), min(self.looks())
        if due > minute:
            minute += timedelta(minutes=-(-(due - minute) // timedelta(minutes=1)))
        self._at(minute, self.sweep)

    def _sweep_and_again(self) -> None:
        self.sweep()
        self._at(self._next_minute(), self._sweep_and_again)

    def _next_minute(self) -> datetime:
        since = self.clock() - NOON
        return NOON + timedelta(minutes=since // timedelta(minutes=1) + 1)

    def _at(self, at: datetime, run: Callable[[], None]) -> None:
        heapq.heappush(self.heap, _Event(at, self._rng.random(), next(self._numbers), run))

    def _step(self) -> None:
        event = heapq.heappop(self.heap)
        self.clock.at_least(event.at)
        event.run()

    def _port(self, name: str, port: Any) -> Any:
        return self._wrap(name, port)

    def _events_port(self) -> Any:
        return self._port("events", self.events)

    def _responses_port(self) -> Any:
        return self._port("responses", self.responses)

    def _guards(self) -> list[Guard]:
        """Return what a dispatcher asks between claim and submission, in order."""
        return [
            SkipAnswered(self._port("link_sets", self.link_sets)),
            LastLook(
                self._port("last_looks", FakeLastLooks(self.alerts, self.suppressions, self.erasures)),
                self._port("rows", self.rows),
                Suppress(self._port("suppressions", self.suppressions), FakeSealer()),
                HonourErasures(self._port("erasures", self.erasures), FakeSealer()),
            ),
        ]

    def _event_publisher_port(self) -> Any:
        return self._port("event_publisher", self.event_publisher)

    def _deliver(self, text: str, receives: int) -> None:
        """Be the Lambda that a queue message starts."""
        order = DispatchJob.decode(text)
        worker = None if self._busy[order.channel] else self._workers.pop(order.channel, None)
        worker = worker or self._new_dispatcher(order.channel)
        began = self.clock()
        self._busy[order.channel] += 1
        try:
            report = worker(order, lambda: LAMBDA_TIMEOUT - (self.clock() - began))
        except Crash:
            return self._again(order, text, receives)
        except Exception as error:
            if not isinstance(error, (StorageUnavailable, *self.tolerated)):
                raise
            self._workers[order.channel] = worker
            return self._again(order, text, receives)
        finally:
            self._busy[order.channel] -= 1
        self._workers[order.channel] = worker
        self.reports.append(report)
        if report.unfinished:
            self._again(order, text, receives)
        return None

    def _again(self, order: DispatchJob, text: str, receives: int) -> None:
        if receives >= MAX_RECEIVES:
            self.dead_letters.append(order)
            return
        self._at(self.clock() + VISIBILITY, lambda: self._deliver(text, receives + 1))

    def _new_dispatcher(self, channel: Channel) -> DispatchBatch:
        def mail(content: EmailContent) -> Mail:
            return MailTemplate.compile(content, "tocsin.test")

        message_channel: MessageChannel
        links = MessageLinks(self._port("links", self.links), FakeSealer(), "https://t.example")
        if channel is Channel.SMS:
            live, sandbox = (BegunTexts(self._port("sender", port)) for port in (self.sms, self.sandbox_sms))
            message_channel = SmsChannel(live, sandbox, links)
        else:
            message_channel = EmailChannel(
                self._port("sender", self.email), self._port("sender", self.sandbox_email), mail, links=links
            )
        return self._dispatcher(message_channel)

    def _dispatcher(self, message_channel: MessageChannel, **parts: Any) -> DispatchBatch:
        return self.cast.dispatcher(
            alerts=self._port("alerts", self.alerts),
            rows=self._port("rows", self.rows),
            dispatch_progress=self._port("dispatch_progress", self.dispatch_progress),
            events=self._events_port(),
            queue=self._port("queue", self),
            channel=message_channel,
            guards=self._guards(),
            clock=self.clock,
            randomness=self._randomness,
            executor=OneHand(),
            before_submit=RememberTexts(
                self._port("numbers", self.numbers), self._port("conversations", self.conversations), self.clock
            ),
            **parts,
        )

    # --- what providers tell ----------------------------------------------------------------------------------

    def _provider_reports(self, id: MessageId, provider_id: str) -> None:
        if self.silent:
            return
        # SNS delivers at least once and in any order: delivered may come before sent.
        for state in (MessageState.SENT, MessageState.DELIVERED):
            receipt = Receipt(id.attempt, state, provider_id=provider_id)
            for _ in range(2):
                later = RECEIPT_AFTER + timedelta(milliseconds=self._rng.randrange(5_000))
                self.report(id, receipt, later)

    def report(self, id: MessageId, receipt: Receipt, later: timedelta = timedelta(0)) -> None:
        """Let the provider report something; its event is repeated until it is taken in."""
        self._at(self.clock() + later, lambda: self._process_receipts(str(id), receipt))

    def _process_receipts(self, id: str, receipt: Receipt) -> None:
        record = self.cast.recorder(
            self._port("alerts", self.alerts),
            self._port("rows", self.rows),
            self._port("dispatch_progress", self.dispatch_progress),
            self._events_port(),
            self.clock,
        )
        try:
            (outcome,) = record([(MessageId.parse(id), receipt)])
            if isinstance(outcome, Exception):
                raise outcome
        except (Crash, StorageUnavailable):
            self._at(self.clock() + timedelta(minutes=1), lambda: self._process_receipts(id, receipt))
