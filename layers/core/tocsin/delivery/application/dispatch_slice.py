"""Work off one order from a dispatch queue: claim, send, record, report.

Durable first: a message is handed over only by the worker whose claim of this very try was saved, only once per claim,
and only if its receiver stands on no suppression list that is read after the claim. The order may come twice, late, to
two workers at once, or be cut short anywhere; what a worker that dies leaves behind is in the rows, and the sweeper
finds it by the clock:

    died before the claim    no row: the order comes again, or the sweeper queues another
    died between claim and record   sending: from its deadline on `unknown`, settled by the provider's own event
    died after the record    the order comes again, finds nothing to send, and reports

Orders of one batch are reported together when all are done: a slice may be told a few seconds later, and twenty slices
cost what one did. A worker that dies before has recorded its slices, and their orders come again.

An order that comes upon a message that is not due (back-off, in flight, awaiting evidence) is done with it: the work
row stays due as long as anything in it is unsettled, so the sweeper queues the message when its time has come. To put
the order back instead would let every duplicate of it live on until then.

Whether a receiver has quiet hours is decided with the claim, and looked at once more before the call. A message that
waits for their end is held: a row and no claim; the sweeper queues it when they end, and an order of its own brings it
back if that is so soon that a queue can keep it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tocsin.alerts.domain.alert import Alert, AlertItem, ChunkKey
from tocsin.alerts.domain.slice_order import SliceOrder
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.alerts.ports.dispatch_queue import DispatchQueue
from tocsin.contacts.domain.recipient import Recipient
from tocsin.delivery.application.channels import Carrier, HandOver
from tocsin.delivery.application.recent_alerts import RecentAlerts
from tocsin.delivery.application.report import ReportSlice, ReportsPutOff
from tocsin.delivery.domain.delivery_terms import delivery_terms
from tocsin.delivery.domain.handover import Refused, ReplyLost
from tocsin.delivery.domain.message import LeftAlone, Message, MessageState, SendingTerms, retry_delay, take
from tocsin.delivery.domain.message_id import MessageId
from tocsin.delivery.domain.outcome import Outcome, Suppressed, Withheld, recorded
from tocsin.delivery.domain.retry_orders import LONGEST_DELAY, retry_orders
from tocsin.delivery.domain.sending_terms import sending_terms
from tocsin.delivery.ports.messages import MessageRows, WorkLedger
from tocsin.delivery.ports.results import ResultEvents
from tocsin.escalation.application.stop import StopEscalated
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.kernel.ports import Clock, Randomness
from tocsin.limits.application.brake import HoldBack
from tocsin.linked_alerts.application.skip_answered import SkipAnswered
from tocsin.privacy.application.erase_contact import HonourErasures
from tocsin.suppressions.application.suppress import Suppress

REST_DELAY = timedelta(seconds=1)
"""Before what was left undone comes again: a worker that is about to end must not get it back."""

BeforeHandOver = Callable[[Alert, AlertItem, ChunkKey, Sequence[tuple[int, Recipient]]], None]
"""Notes what is about to be handed over: positions and receivers of one slice. Must not raise for a store."""

_ROUNDS = 5  # each lost race means that another worker moved the message
_LOADED = 16  # items kept ready


@dataclass(frozen=True, slots=True)
class Pace:
    """How a worker spends its time.

    Attributes:
        claim_for: how long a claim stands; covers a whole slice of calls.
        call_limit: longest a provider call can take, connecting included. No call begins with less left of the claim
            or of the worker.
        reserve: nothing is claimed with less left of the worker: one round of calls, and time to record them.
    """

    claim_for: timedelta = timedelta(seconds=60)
    call_limit: timedelta = timedelta(seconds=12)
    reserve: timedelta = timedelta(seconds=25)


@dataclass(frozen=True, slots=True)
class DispatchReport:
    """What one order came to, for metrics. Holds nothing about people.

    Attributes:
        moved: messages this worker moved, by the state they went into after their claim.
        left_alone: messages that were not moved, by reason (see LeftBecause).
        calls: provider calls made.
        requeued: messages queued again, for a later try or for a worker with more time.
        unqueued: messages that wait for a later try and could not be queued; the sweeper finds them.
        unfinished: positions there was no time for, or that others kept moving, and that could not be queued either:
            the order must come again.
        braked: messages a brake held back, by reason (see Brake).
    """

    moved: Mapping[str, int] = field(default_factory=dict)
    left_alone: Mapping[str, int] = field(default_factory=dict)
    calls: int = 0
    requeued: int = 0
    unqueued: int = 0
    unfinished: tuple[int, ...] = ()
    braked: Mapping[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Run:
    """One order being worked off.

    Attributes:
        known: the newest rows seen of its slice.
        looked: rows of others were read too; until then all in `known` are this worker's own.
    """

    order: SliceOrder
    alert: Alert
    recipients: Sequence[Recipient]
    time_left: Callable[[], timedelta]
    known: dict[int, Message] = field(default_factory=dict)
    looked: bool = False
    moved: Counter[str] = field(default_factory=Counter)
    left_alone: Counter[str] = field(default_factory=Counter)
    braked: Counter[str] = field(default_factory=Counter)
    later: list[Message] = field(default_factory=list)
    unfinished: list[int] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)
    calls: int = 0


class DispatchSlice:
    """See the module. One instance per process; belongs to one thread.

    Args:
        hands: runs provider calls side by side (ten threads); shared by all orders of the process.
        hold_back: the tenants' brakes; None = there are none.
        honour_erasures: who was erased since the alert was accepted; None = nobody ever is.
        note: is told of each slice's messages between claim and hand-over.
        skip_answered: who has answered an earlier alert of the linked set; None = alerts are not linked.
        stop_escalated: who of an escalation need not be told any more; None = nobody escalates here.
    """

    def __init__(
        self,
        alerts: AlertRepository,
        rows: MessageRows,
        ledger: WorkLedger,
        events: ResultEvents,
        queue: DispatchQueue,
        carrier: Carrier,
        suppress: Suppress,
        clock: Clock,
        randomness: Randomness,
        hands: Executor,
        pace: Pace | None = None,
        hold_back: HoldBack | None = None,
        honour_erasures: HonourErasures | None = None,
        note: BeforeHandOver | None = None,
        skip_answered: SkipAnswered | None = None,
        stop_escalated: StopEscalated | None = None,
    ) -> None:
        self._alerts = RecentAlerts(alerts, clock)
        self._rows = rows
        self._report = ReportSlice(self._alerts, rows, ledger, events)
        self._queue = queue
        self._carrier = carrier
        self._suppress = suppress
        self._clock = clock
        self._randomness = randomness
        self._hands = hands
        self._pace = pace or Pace()
        self._hold_back = hold_back
        self._honour_erasures = honour_erasures
        self._note = note
        self._skip_answered = skip_answered
        self._stop_escalated = stop_escalated
        self._loaded: dict[tuple[TenantId, AlertRef, int], HandOver] = {}

    def all(
        self, orders: Sequence[SliceOrder], time_left: Callable[[], timedelta]
    ) -> Sequence[DispatchReport | Exception]:
        """Work off the orders of one batch, and report their slices together when all are done.

        Returns:
            In order what each came to, or why it must come again; an order whose slice could not be reported finds
            nothing to send then, and reports.
        """
        put_off = ReportsPutOff()
        came_to: list[DispatchReport | Exception] = []
        for order in orders:
            try:
                came_to.append(self(order, time_left, put_off))
            except Exception as error:
                came_to.append(error)
        failed = put_off.make(self._report)
        return [failed.get(order.piece, result) for order, result in zip(orders, came_to, strict=True)]

    def __call__(
        self, order: SliceOrder, time_left: Callable[[], timedelta], report: ReportsPutOff | None = None
    ) -> DispatchReport:
        """Do what the order asks for, as far as the time goes.

        Args:
            time_left: how long this worker may still run.
            report: takes note of what is to be reported; None reports at once.

        Raises:
            ValueError: the order does not fit its alert; it never will.
            StorageUnavailable, StaleWrite: the order must come again; nothing was lost and nothing will be sent twice.
        """
        key = order.piece.key
        alert = self._alerts.get(key.tenant, key.alert)
        if alert is None:
            return DispatchReport()  # its lifetime is over and the store has forgotten it
        hand_over, recipients = self._ready(alert, order)
        wanted = order.piece.positions if order.positions is None else order.positions
        run = _Run(order, alert, recipients, time_left)

        claimed = self._claim(run, wanted)
        barred = self._erased(run, claimed, recipients)
        free = [message for message in claimed if message.position not in barred]
        barred |= self._answered(run, free, recipients)
        free = [message for message in free if message.position not in barred]
        barred |= self._barred(run, free, recipients)
        free = [message for message in free if message.position not in barred]
        barred |= self._stopped(run, free, recipients)
        free = [message for message in free if message.position not in barred]
        barred |= self._braked(run, free, recipients)
        free = [message for message in free if message.position not in barred]
        self._note_down(alert, key, free, recipients)
        outcomes = self._send(run, free, recipients, hand_over) | barred
        self._record(run, outcomes)
        unqueued = self._queue_retries(run)
        if run.known:
            (report or self._report)(alert, order.piece, run.known, fresh=not run.looked)
        if run.errors:
            raise run.errors[0]
        unfinished = tuple(run.unfinished)
        put_back = self._queue_the_rest(run)
        return DispatchReport(
            dict(run.moved),
            dict(run.left_alone),
            run.calls,
            len(run.later) - unqueued + put_back,
            unqueued,
            unfinished[put_back:],
            dict(run.braked),
        )

    def _ready(self, alert: Alert, order: SliceOrder) -> tuple[HandOver, Sequence[Recipient]]:
        key, piece = order.piece.key, order.piece
        item = alert.item(key.item)
        recipients = self._alerts.recipients(key)
        if item is None or piece.positions.stop > len(recipients):
            raise ValueError("an order for recipients that the alert does not have")
        if any(position not in piece.positions for position in order.positions or ()):
            raise ValueError("an order for positions outside its slice")
        place = (alert.tenant, alert.ref, item.index)
        hand_over = self._loaded.pop(place, None) or self._carrier.load(alert, item)
        self._loaded[place] = hand_over  # what is said never changes after acceptance
        if len(self._loaded) > _LOADED:
            del self._loaded[next(iter(self._loaded))]
        return hand_over, recipients

    # --- claim ------------------------------------------------------------------------------------------------

    def _claim(self, run: _Run, wanted: Sequence[int]) -> list[Message]:
        """Return the messages that this worker, and nobody else, may hand over now."""
        claimed: list[Message] = []
        # A fresh slice has no rows: claim without looking. Single positions are tried again, so they have one.
        look_first = run.order.positions is not None
        for _ in range(_ROUNDS):
            if not wanted:
                break
            if run.time_left() < self._pace.reserve:
                run.unfinished.extend(wanted)
                break
            try:
                saved, lost = self._take(run, wanted, look=look_first)
            except StorageUnavailable:
                if not claimed:
                    raise
                # What is claimed must be sent, or it lies there until its claim lapses; the rest comes again.
                run.unfinished.extend(wanted)
                break
            look_first = True
            claimed += [message for message in saved if message.state is MessageState.SENDING]
            run.moved.update(message.state.value for message in saved if message.state is not MessageState.SENDING)
            soon = self._clock() + LONGEST_DELAY
            run.later += [m for m in saved if m.state is MessageState.HELD and m.due_at and m.due_at <= soon]
            wanted = [message.position for message in lost]
        else:
            run.unfinished.extend(wanted)
        return claimed

    def _take(self, run: _Run, wanted: Sequence[int], *, look: bool) -> tuple[list[Message], list[Message]]:
        """Decide about each wanted position and save what moves; return what was written and what lost a race."""
        if look:
            self._look(run)
        now = self._clock()
        taken: list[Message] = []
        left_alone: list[str] = []
        for position in wanted:
            decision = take(run.known.get(position), position, now, self._terms(run, position, now))
            if isinstance(decision, LeftAlone):
                left_alone.append(decision.because.value)
            else:
                taken.append(decision)
        saved, lost = self._save(run, taken)
        run.left_alone.update(left_alone)
        return saved, lost

    def _terms(self, run: _Run, position: int, now: datetime) -> SendingTerms:
        return sending_terms(run.alert, run.recipients[position], now, self._pace.claim_for)

    def _look(self, run: _Run) -> None:
        piece = run.order.piece
        run.looked = True
        run.known |= self._rows.load(piece.key, piece.positions)

    def _save(self, run: _Run, messages: Sequence[Message]) -> tuple[list[Message], list[Message]]:
        """Save the messages; return those that were written and those that lost to another writer."""
        if not messages:
            return [], []
        written = self._rows.save(run.order.piece.key, messages, run.alert.expires_at)
        saved = [message for message, won in zip(messages, written, strict=True) if won]
        lost = [message for message, won in zip(messages, written, strict=True) if not won]
        run.known |= {message.position: message for message in saved}
        return saved, lost

    # --- who must not be contacted ----------------------------------------------------------------------------

    def _barred(
        self, run: _Run, claimed: Sequence[Message], recipients: Sequence[Recipient]
    ) -> dict[int, tuple[Message, Outcome]]:
        """Return what becomes of the claimed messages whose receivers must not be contacted, by position.

        Asked after the claim: whatever was suppressed before the claim is seen here (ADR 0010).
        """
        if run.alert.sandbox or not claimed:
            return {}
        addresses = {message.position: recipients[message.position].address for message in claimed}
        try:
            standing = self._suppress.standing(run.alert.tenant, run.order.channel, list(addresses.values()))
        except Exception as error:
            # Nobody is contacted on the strength of half an answer; the claims end as tries that were refused, or
            # they would lapse and be taken for messages that may have gone out.
            if not isinstance(error, StorageUnavailable):
                run.errors.append(error)
            unread = Refused("suppressions_unread", for_good=False)
            return {message.position: (message, unread) for message in claimed}
        return {
            message.position: (message, Suppressed(reason.value))
            for message in claimed
            if (reason := standing.get(addresses[message.position]))
        }

    def _stopped(
        self, run: _Run, claimed: Sequence[Message], recipients: Sequence[Recipient]
    ) -> dict[int, tuple[Message, Outcome]]:
        """Return what becomes of the claimed messages of an escalation that need not be sent any more, by position."""
        if self._stop_escalated is None or not claimed:
            return {}
        told = self._stop_escalated(run.alert, {one.position: recipients[one.position] for one in claimed})
        return {message.position: (message, told[message.position]) for message in claimed if message.position in told}

    def _erased(
        self, run: _Run, claimed: Sequence[Message], recipients: Sequence[Recipient]
    ) -> dict[int, tuple[Message, Outcome]]:
        """Return what becomes of the claimed messages to people who were erased after acceptance, by position."""
        if self._honour_erasures is None or not claimed:
            return {}
        receivers = {message.position: recipients[message.position] for message in claimed}
        try:
            gone = self._honour_erasures(run.alert.tenant, run.alert.accepted_at, receivers)
        except StorageUnavailable:
            unread = Refused("erasures_unread", for_good=False)
            return {message.position: (message, unread) for message in claimed}
        return {message.position: (message, Suppressed("erased")) for message in claimed if message.position in gone}

    def _answered(
        self, run: _Run, claimed: Sequence[Message], recipients: Sequence[Recipient]
    ) -> dict[int, tuple[Message, Outcome]]:
        """Return what becomes of the claimed messages to people who have answered in time, by position."""
        item = run.alert.item(run.order.piece.key.item)
        if self._skip_answered is None or item is None or not claimed:
            return {}
        by_position = {message.position: message for message in claimed}
        needless = self._skip_answered(run.alert, item, {position: recipients[position] for position in by_position})
        return {position: (by_position[position], outcome) for position, outcome in needless.items()}

    def _braked(
        self, run: _Run, claimed: Sequence[Message], recipients: Sequence[Recipient]
    ) -> dict[int, tuple[Message, Outcome]]:
        """Return what becomes of the claimed messages that the tenant's brakes hold back, by position."""
        item = run.alert.item(run.order.piece.key.item)
        if self._hold_back is None or item is None:
            return {}
        by_position = {message.position: message for message in claimed}
        held = self._hold_back(run.alert, item, {position: recipients[position] for position in by_position})
        for outcome in held.values():
            assert isinstance(outcome, Refused | Suppressed)
            run.braked[outcome.reason] += 1
        return {position: (by_position[position], outcome) for position, outcome in held.items()}

    # --- send -------------------------------------------------------------------------------------------------

    def _send(
        self, run: _Run, claimed: Sequence[Message], recipients: Sequence[Recipient], hand_over: HandOver
    ) -> dict[int, tuple[Message, Outcome]]:
        """Hand every claimed message over and return what came of each, by position."""
        if not self._prepared(run, claimed):
            not_now = Refused("shortlinks_unavailable", for_good=False)
            return {message.position: (message, not_now) for message in claimed}
        futures = [
            (message, self._hands.submit(self._hand_over, run, message, recipients[message.position], hand_over))
            for message in claimed
        ]
        outcomes: dict[int, tuple[Message, Outcome]] = {}
        for message, future in futures:
            outcome: Outcome
            try:
                outcome = future.result()
            except Exception as error:
                # A sender that breaks its promise not to raise: nobody knows what it did. Record all, then say so.
                run.errors.append(error)
                outcome = ReplyLost("sender_broke")
            outcomes[message.position] = (message, outcome)
        run.calls = sum(not isinstance(outcome, Withheld) for _, outcome in outcomes.values())
        return outcomes

    def _prepared(self, run: _Run, claimed: Sequence[Message]) -> bool:
        """Let the channel make ready what these messages need. False: they can go out at a later try only."""
        key = run.order.piece.key
        item = run.alert.item(key.item)
        assert item is not None
        ids = [MessageId(key, message.position, message.attempt) for message in claimed]
        try:
            self._carrier.prepare(run.alert, item, ids, self._clock())
        except StorageUnavailable:
            return False
        return True

    def _note_down(
        self, alert: Alert, key: ChunkKey, claimed: Sequence[Message], recipients: Sequence[Recipient]
    ) -> None:
        item = alert.item(key.item)
        if self._note is not None and item is not None and claimed:
            self._note(alert, item, key, [(message.position, recipients[message.position]) for message in claimed])

    def _hand_over(self, run: _Run, message: Message, recipient: Recipient, hand_over: HandOver) -> Outcome:
        now = self._clock()
        terms = delivery_terms(run.alert, recipient, now)
        if now >= terms.send_before:
            return Withheld.TOO_LATE
        if now < terms.not_before:
            return Withheld.QUIET_HOURS
        assert message.due_at is not None
        if min(message.due_at - now, run.time_left()) < self._pace.call_limit:
            return Withheld.OUT_OF_TIME
        return hand_over(recipient, MessageId(run.order.piece.key, message.position, message.attempt), now)

    # --- record -----------------------------------------------------------------------------------------------

    def _record(self, run: _Run, outcomes: Mapping[int, tuple[Message, Outcome]]) -> None:
        """Save what came of each try, on top of whatever has happened to its row meanwhile.

        What is known here is known nowhere else: a store that does not answer is asked again.
        """
        delays = {
            position: retry_delay(message.attempt, self._randomness.fraction(), outcome.retry_after)
            if isinstance(outcome, Refused)
            else timedelta(0)
            for position, (message, outcome) in outcomes.items()
        }
        rows = {position: message for position, (message, _) in outcomes.items()}
        stale = False
        for round_ in range(_ROUNDS):
            try:
                if stale:
                    self._look(run)
                    rows = {position: run.known[position] for position in rows}
                now = self._clock()
                moved: list[Message] = []
                for position, row in rows.items():
                    message, outcome = outcomes[position]
                    if after := recorded(row, message.attempt, outcome, now, delays[position]):
                        moved.append(after)
                saved, lost = self._save(run, moved)
            except StorageUnavailable:
                if round_ == _ROUNDS - 1:
                    raise
                stale = True
                continue
            run.moved.update(message.state.value for message in saved)
            run.later += [message for message in saved if message.state is MessageState.RETRY_WAIT]
            rows = {message.position: message for message in lost}
            if not rows:
                return
            stale = True
        run.unfinished.extend(rows)

    def _queue_retries(self, run: _Run) -> int:
        """Queue what waits for a time that is near; return how many messages could not be queued."""
        unqueued = 0
        for order, delay, messages in retry_orders(run.order, run.later, self._clock()):
            try:
                self._queue.put([order], delay)
            except StorageUnavailable:
                unqueued += messages
        return unqueued

    def _queue_the_rest(self, run: _Run) -> int:
        """Queue what this worker did not get to, and return how many messages that are.

        The order itself would come again too, but only when its visibility time-out is over, minutes from now, and
        after five times not at all.
        """
        if not run.unfinished:
            return 0
        try:
            self._queue.put([replace(run.order, positions=tuple(sorted(run.unfinished)))], REST_DELAY)
        except StorageUnavailable:
            return 0
        return len(run.unfinished)
