"""Tocsins that are broken on purpose, each in one way, and each is found out by the crash enumerator."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest

from tests.fakes.messages import FakeMessageRows
from tests.fakes.results import FakeResultEvents, Pack
from tests.fakes.work import FakeDispatchProgress
from tests.scenarios.faults import Fault, judge, run
from tests.scenarios.test_interleavings import MOMENT, play
from tests.scenarios.world import Cast, dispatcher_with
from tocsin.alerts.domain.alert import Batch, ChunkKey, Lane
from tocsin.delivery.application.batch_run import BatchRun
from tocsin.delivery.application.claim import ClaimMessages
from tocsin.delivery.application.guards import Claimed
from tocsin.delivery.application.record import RecordOutcomes
from tocsin.delivery.application.record_receipts import ReceiptResult, RecordReceipts
from tocsin.delivery.application.report import BatchReport, ReportBatch
from tocsin.delivery.application.sweep import Sweep
from tocsin.delivery.domain.message import Message, MessageState, SendingTerms, claim_message
from tocsin.delivery.domain.outcome import Outcome, recorded
from tocsin.delivery.domain.progress import BatchProgress, WorkKey


class ClaimsWithoutACondition(FakeMessageRows):
    """Writes over any row."""

    def _put(self, key: ChunkKey, message: Message) -> bool:
        self.rows[key, message.position] = message
        return True


class TakesALostRaceForWon(ClaimMessages):
    def _claim(self, run: BatchRun, wanted: Sequence[int], *, reload: bool) -> tuple[list[Message], list[Message]]:
        saved, lost = super()._claim(run, wanted, reload=reload)
        return [*saved, *lost], []


class SendsBeforeItClaims(ClaimMessages):
    def __call__(self, run: BatchRun, wanted: Sequence[int]) -> list[Claimed]:
        now = self._clock()
        run.reload()
        taken = [claim_message(run.known.get(p), p, now, self._terms(run, p, now)) for p in wanted]
        early = [m for m in taken if isinstance(m, Message) and m.state is MessageState.SENDING]
        return [Claimed(message, run.recipients[message.position]) for message in early]


class ClaimsWhatWasSent(RecordOutcomes):
    def __call__(self, run: BatchRun, claimed: Sequence[Claimed], outcomes: Mapping[int, Outcome]) -> bool:
        run.save([message for message, _ in claimed])
        return super().__call__(run, claimed, outcomes)


class SendsAgainWhenAClaimLapses(ClaimMessages):
    """Design B: asks nobody."""

    def _claim(self, run: BatchRun, wanted: Sequence[int], *, reload: bool) -> tuple[list[Message], list[Message]]:
        if reload:
            run.reload()
        now = self._clock()
        again = []
        for position in wanted:
            row = run.known.get(position)
            lapsed = row and row.state is MessageState.SENDING and row.due_at and row.due_at <= now
            decision = claim_message(row, position, now, self._terms(run, position, now))
            if row and lapsed:
                decision = row._to(
                    MessageState.SENDING, now, due_at=now + self._time_budget.claim_for, attempt=row.attempt + 1
                )
            if isinstance(decision, Message):
                again.append(decision)
        return run.save(again)


class NeverSendsAgain(ClaimMessages):
    """Design C: an unknown message stays unknown."""

    def _claim(self, run: BatchRun, wanted: Sequence[int], *, reload: bool) -> tuple[list[Message], list[Message]]:
        if reload:
            run.reload()
        unknown = {p for p, row in run.known.items() if row.state is MessageState.UNKNOWN}
        return super()._claim(run, [p for p in wanted if p not in unknown], reload=False)


class ForgetsWhatCameOfATry(RecordOutcomes):
    """Gives up recording after a lost race, and so forgets a refusal that nobody else knows of."""

    def __call__(self, run: BatchRun, claimed: Sequence[Claimed], outcomes: Mapping[int, Outcome]) -> bool:
        return True


class SweepsOnlyWhatWasNeverTouched(Sweep):
    def _due(self, alert: Any, batch: Batch, rows: Mapping[int, Message]) -> Any:
        job, next_check = super()._due(alert, batch, rows)
        return (None if rows else job), next_check


class ClosesWhatIsStillOwed(Sweep):
    def _check(self, key: Any, report: Any) -> None:
        super()._check(key, report)
        self._dispatch_progress.check_again(key, None)


class QueuesNothing(Sweep):
    def _check(self, key: Any, report: Any) -> None:
        self._dispatch_progress.check_again(key, None)


class ReportsOnlyNews(RecordReceipts):
    """A repeat of a receipt does not mend what the worker before left undone."""

    def __call__(self, told: Any, time_left: Any = None) -> list[ReceiptResult | Exception]:
        ((id, _),) = told
        alert = self._alerts.get(id.key.tenant, id.key.alert)
        batch = alert.batch_at(id.key, id.position) if alert else None
        assert batch is not None
        row = self._rows.load(batch.key, batch.positions)[id.position]
        if row.state is MessageState.DELIVERED:
            return [ReceiptResult.NOTHING_NEW]
        return super().__call__(told)


class PublishesWithoutAFence(FakeResultEvents):
    def publish(
        self,
        batch: Batch,
        key_id: Any,
        previous: BatchProgress,
        progress: BatchProgress,
        events: Any,
        expires_at: datetime | None,
        *,
        callback: Lane | None = None,
    ) -> BatchProgress:
        self.packs[batch, (len(self.packs), *previous.versions)] = Pack(key_id, tuple(events), progress, expires_at)
        return progress


class RecordsOverAnything(FakeDispatchProgress):
    def record(self, batch: Batch, progress: BatchProgress, previous: BatchProgress) -> dict[int, BatchProgress]:
        found = next(row for key, row in self.rows.items() if batch.number in row)
        found[batch.number] = progress
        return dict(found)


BROKEN = [
    Cast(rows=ClaimsWithoutACondition),
    Cast(dispatcher=dispatcher_with(TakesALostRaceForWon)),
    Cast(dispatcher=dispatcher_with(SendsBeforeItClaims, ClaimsWhatWasSent)),
    Cast(dispatcher=dispatcher_with(SendsAgainWhenAClaimLapses)),
    Cast(dispatcher=dispatcher_with(NeverSendsAgain)),
    Cast(dispatcher=dispatcher_with(record=ForgetsWhatCameOfATry)),
    Cast(sweeper=SweepsOnlyWhatWasNeverTouched),
    Cast(sweeper=ClosesWhatIsStillOwed),
    Cast(sweeper=QueuesNothing),
    Cast(recorder=ReportsOnlyNews),
    Cast(events=PublishesWithoutAFence),
    Cast(dispatch_progress=RecordsOverAnything),
]


def _part(cast: Cast) -> str:
    return next(str(part.__name__) for part in vars(cast).values() if part not in vars(Cast()).values())


@pytest.mark.deep
@pytest.mark.parametrize("cast", BROKEN, ids=_part)
def test_a_broken_tocsin_is_found_out(cast: Cast) -> None:
    with pytest.raises(AssertionError):
        _go_through_everything(cast)


@pytest.mark.deep
def test_the_sound_one_is_not() -> None:
    _go_through_everything(Cast())


def _go_through_everything(cast: Cast) -> None:
    for silent, (bare, losing) in product((False, True), ((False, False), (True, False), (True, True))):
        steps = len(run({}, silent=silent, bare=bare)[1])
        for step, fault in product(range(steps), Fault):
            world, _ = run({step: fault}, silent=silent, bare=bare, losing=losing, cast=cast)
            judge(world, silent=silent, faults=1)
    for seed in range(300):
        judge(play(seed, silent=False, pause=MOMENT, deaths=1, cast=cast), silent=False, faults=1)


# --- mutants of pure decisions: put in place of the function that the dispatcher calls --------------------------------


def _over_any_row(row: Message, attempt: int, outcome: Outcome, now: datetime, delay: timedelta) -> Message | None:
    return recorded(row._to(MessageState.SENDING, now, attempt=attempt), attempt, outcome, now, delay)


def _unflagged(
    current: Message | None, position: int, now: datetime, terms: SendingTerms, *more: Any, **own: Any
) -> Any:
    decision = claim_message(current, position, now, terms, *more, **own)
    if isinstance(decision, Message) and decision.possible_duplicate and decision.state is MessageState.SENDING:
        return replace(decision, possible_duplicate=False)
    return decision


@pytest.mark.deep
@pytest.mark.parametrize(
    ("name", "mutant"),
    [("record.recorded", _over_any_row), ("claim.claim_message", _unflagged)],
)
def test_a_broken_decision_is_found_out(name: str, mutant: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"tocsin.delivery.application.{name}", mutant)

    with pytest.raises(AssertionError):
        _go_through_everything(Cast())


class SkipsEmptyPublications(ReportBatch):
    """Saves a write, and opens the way for a second publication of the same steps."""

    def _publish(self, alert: Any, batch: Batch, rows: Any, previous: BatchProgress, progress: BatchProgress) -> Any:
        if not self._events_between(alert, batch, rows, previous):
            return 0, progress
        return super()._publish(alert, batch, rows, previous, progress)


class ReadsRowsBeforeTheProgress(ReportBatch):
    def __call__(self, alert: Any, batch: Batch, known: Any = None, *, fresh: bool = False) -> BatchReport:
        known = known or self._rows.load(batch.key, batch.positions)
        previous = self._dispatch_progress.load(WorkKey.of(batch))[batch.number]
        progress = BatchProgress.of(batch, known)
        if progress.versions == previous.versions:
            return BatchReport(previous, 0, 0)
        events, published = self._publish(alert, batch, known, previous, progress)
        self._dispatch_progress.record(batch, published, previous)
        return BatchReport(published, events, 1)


@pytest.mark.deep
@pytest.mark.parametrize("mutant", [SkipsEmptyPublications, ReadsRowsBeforeTheProgress])
def test_a_broken_report_is_found_out(mutant: type[ReportBatch], monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("dispatch_batch", "record_receipts", "sweep"):
        monkeypatch.setattr(f"tocsin.delivery.application.{module}.ReportBatch", mutant)

    with pytest.raises(AssertionError):
        _go_through_everything(Cast())
