"""Settle a restored table: end everything that was due, because it may have gone out since the backup was made.

    messages          due or in flight ──► expired, reason `restored`; held and waiting ones with a later time stay
    schedules         due occurrences are missed; the next one stays
    escalations       due ones are cancelled; those whose next step is later go on
    trigger runs      due ones fail, reason `restored`
    telephony events  due timers that would tell of a call, a line, a rule or a source are removed
    webhooks          open packs are closed, and due deliveries are exhausted; a replay sends them again
    timers            those with a later time are queued, because queue and scheduler of the new stack are empty

Sending must be switched off. Safe to repeat: what has ended is not found again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tocsin.alerts.domain.alert import Alert, Batch
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.delivery.application.recent_alerts import RecentAlerts
from tocsin.delivery.application.report import ReportBatch
from tocsin.delivery.domain.message import Message, ended_by_restore
from tocsin.delivery.domain.progress import BatchProgress, WorkKey
from tocsin.delivery.ports.messages import DispatchProgress, MessageRows
from tocsin.delivery.ports.results import ResultEvents
from tocsin.escalation.domain.escalation import EscalationKey, EscalationState
from tocsin.escalation.ports import Escalations
from tocsin.kernel.domain.errors import StaleWrite
from tocsin.kernel.ports import Clock
from tocsin.timers.application.run import Action
from tocsin.timers.domain.timer import Timer, TimerKind
from tocsin.timers.ports import TimerQueue, Timers
from tocsin.triggers.domain.trigger import NotFiredReason, TriggerRunId, TriggerRunState
from tocsin.triggers.ports import Triggers
from tocsin.webhooks.domain.delivery import ended_by_restore as delivery_ended_by_restore
from tocsin.webhooks.ports.callbacks import CallbackPacks, WebhookDeliveries

_FAR = timedelta(days=366 * 20)
"""No timer is further away."""

_EVERY = 1_000_000

_TELL_NOTHING = frozenset({TimerKind.HEARTBEAT, TimerKind.PACK, TimerKind.BACKTEST, TimerKind.MAIL})
"""Kinds of timers that go on although they are due: no person hears of them."""


@dataclass(slots=True)
class Settled:
    """What a settlement ended, or would end.

    Attributes:
        messages, occurrences, escalations, trigger_runs, event_timers, packs, deliveries: numbers of ended things.
        kept_messages: messages that wait for a later time.
        kept: timers with a later time, and those that tell nothing.
    """

    messages: int = 0
    kept_messages: int = 0
    occurrences: int = 0
    escalations: int = 0
    trigger_runs: int = 0
    event_timers: int = 0
    packs: int = 0
    deliveries: int = 0
    kept: list[Timer] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SettleRestored:
    """Settles all tenants. `miss_due`: moves a due schedule on without a run (`RunSchedule` without grace)."""

    alerts: AlertRepository
    rows: MessageRows
    dispatch_progress: DispatchProgress
    events: ResultEvents
    timers: Timers
    timer_queue: TimerQueue
    miss_due: Action
    escalations: Escalations
    triggers: Triggers
    packs: CallbackPacks
    deliveries: WebhookDeliveries
    clock: Clock

    def __call__(self, *, dry_run: bool) -> Settled:
        """End what was due, and return what it was. A dry run changes nothing.

        Raises:
            StorageUnavailable, StaleWrite: repeat the call.
        """
        done, now = Settled(), self.clock()
        self._webhooks(done, now, dry_run=dry_run)  # first: the events of what ends below are new, and must go out
        for key in self.timers.due(now + _FAR, _EVERY):
            if (timer := self.timers.get(key)) is not None:
                self._timer(timer, done, now, dry_run=dry_run)
        recent = RecentAlerts(self.alerts, self.clock)
        report = ReportBatch(recent, self.rows, self.dispatch_progress, self.events)
        progress = self.dispatch_progress
        for work in [*progress.due(now + _FAR, _EVERY), *progress.due(now + _FAR, _EVERY, patient=True)]:
            if (alert := self.alerts.get(work.tenant, work.alert)) is not None:
                self._messages(alert, work, report, done, now, dry_run=dry_run)
        return done

    def _webhooks(self, done: Settled, now: datetime, *, dry_run: bool) -> None:
        for pack in self.packs.due(now + _FAR, _EVERY):
            done.packs += 1
            if not dry_run:
                self.packs.close(pack)
        for key in self.deliveries.due(now + _FAR, _EVERY):
            delivery = self.deliveries.get(key)
            ended = None if delivery is None else delivery_ended_by_restore(delivery, now)
            if ended is not None:
                done.deliveries += 1
                if not dry_run and self.deliveries.save(ended) is None:
                    raise StaleWrite("a webhook delivery changed: is sending switched off?")

    def _timer(self, timer: Timer, done: Settled, now: datetime, *, dry_run: bool) -> None:
        if timer.due_at > now or timer.key.kind in _TELL_NOTHING:
            done.kept.append(timer)
            if not dry_run:
                self.timer_queue.enqueue([timer], now)
            return
        end: dict[TimerKind, Callable[..., Timer | None]] = {
            TimerKind.SCHEDULE: self._occurrence,
            TimerKind.ESCALATION: self._escalation,
            TimerKind.TRIGGER: self._trigger_run,
        }
        after = end.get(timer.key.kind, _removed)(timer, done, now, dry_run=dry_run)
        if not dry_run:
            if not self.timers.move(timer, after):
                raise StaleWrite("a timer changed: is sending switched off?")
            if after is not None:
                self.timer_queue.enqueue([after], now)
        if after is not None and after.due_at > now:
            done.kept.append(after)

    def _occurrence(self, timer: Timer, done: Settled, now: datetime, *, dry_run: bool) -> Timer | None:
        done.occurrences += 1
        following = None if dry_run else self.miss_due(timer, now)
        return None if following is None else timer.next(following)

    def _escalation(self, timer: Timer, done: Settled, now: datetime, *, dry_run: bool) -> Timer | None:
        """Cancel an escalation that is still active. Its timer then publishes the end and cancels its alerts.

        The timer of one that has ended otherwise is removed: its all-clear may have gone out.
        """
        escalation = self.escalations.get(EscalationKey.of_timer(timer.key))
        if escalation is None or escalation.state is not EscalationState.ACTIVE:
            return None
        if not escalation.open:
            return None
        done.escalations += 1
        if not dry_run and not self.escalations.move(escalation, escalation.ended(EscalationState.CANCELLED, now)):
            raise StaleWrite("an escalation changed: is sending switched off?")
        return timer.next(now)

    def _trigger_run(self, timer: Timer, done: Settled, now: datetime, *, dry_run: bool) -> Timer | None:
        run = self.triggers.trigger_run(timer.key.tenant, TriggerRunId(timer.key.subject))
        if run is not None and run.state is TriggerRunState.DUE:
            done.trigger_runs += 1
            if not dry_run:
                self.triggers.fail(replace(run, state=TriggerRunState.FAILED, reason=NotFiredReason.RESTORED))
        return None

    def _messages(
        self, alert: Alert, work: WorkKey, report: ReportBatch, done: Settled, now: datetime, *, dry_run: bool
    ) -> None:
        by_number = self.dispatch_progress.load(work)
        later: list[datetime] = []
        for batch in (batch for batch in alert.batches() if WorkKey.of(batch) == work):
            progress = by_number.get(batch.number) or BatchProgress.blank(batch.count)
            if progress.terminal:
                continue
            rows = self.rows.load(batch.key, batch.positions)
            ended = self._ended(batch, rows, now)
            kept = [row.due_at for row in rows.values() if not row.terminal and row.position not in ended]
            done.messages += len(ended)
            done.kept_messages += len(kept)
            later += [at for at in kept if at is not None]
            if not dry_run:
                if ended and not all(self.rows.save(batch.key, list(ended.values()), alert.expires_at)):
                    raise StaleWrite("a message changed: is sending switched off?")
                report(alert, batch)
        if not dry_run:
            self.dispatch_progress.check_again(work, min(later, default=None))

    @staticmethod
    def _ended(batch: Batch, rows: Mapping[int, Message], now: datetime) -> dict[int, Message]:
        found = {n: ended_by_restore(rows.get(n), n, now) for n in batch.positions}
        return {n: message for n, message in found.items() if message is not None}


def _removed(timer: Timer, done: Settled, now: datetime, *, dry_run: bool) -> Timer | None:
    """End what an event has left. A source that is heard again has a timer again."""
    done.event_timers += 1
    return None
