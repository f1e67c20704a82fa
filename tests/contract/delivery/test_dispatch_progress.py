"""DispatchProgress: tallies that are replaced in order, and rows that come up when their time has come."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.contract.alert_path import ACME, NOON, OTHER, AlertPath, an_acceptance
from tocsin.alerts.domain.alert import Alert, Batch
from tocsin.delivery.domain.message import MessageState
from tocsin.delivery.domain.progress import SWEEP_AFTER, WORK_SPAN, BatchProgress, WorkKey
from tocsin.kernel.domain.ids import AlertRef

NEVER = AlertRef("0192f3f0-0000-7000-8000-000000000000")
A_YEAR = timedelta(days=365)


def accepted(world: AlertPath, *sizes: int, **of: object) -> tuple[Alert, Sequence[Batch]]:
    acceptance = an_acceptance(*sizes, **of)  # type: ignore[arg-type]
    world.alerts.accept(acceptance)
    return acceptance.alert, list(acceptance.alert.batches())


def progress(sent: int, of: int) -> BatchProgress:
    """Return a tally with the first `sent` messages sent and the others queued."""
    counts = {MessageState.SENT: sent, MessageState.QUEUED: of - sent}
    return BatchProgress((2,) * sent + (0,) * (of - sent), {state: n for state, n in counts.items() if n})


def test_a_fresh_alert_has_a_blank_count_for_each_batch(world: AlertPath) -> None:
    # 1,262 recipients are 50 full slices and one of 12, in three work rows
    alert, batches = accepted(world, 1262)

    blank = {batch.number: BatchProgress.blank(batch.count) for batch in batches}
    assert world.work.of_alert(ACME, alert.ref) == blank
    for row in range(3):
        span = range(row * WORK_SPAN, (row + 1) * WORK_SPAN)
        assert world.work.load(WorkKey(ACME, alert.ref, row)) == {n: t for n, t in blank.items() if n in span}


def test_the_counts_of_several_alerts_are_read_at_once(world: AlertPath) -> None:
    # given alerts that are one row, three work rows, and nothing at all; and one of another tenant
    small, large, empty = (accepted(world, size)[0] for size in (2, 1262, 0))
    accepted(world, 3, tenant=OTHER)
    batch = next(small.batches())
    world.work.record(batch, progress(1, 2), BatchProgress.blank(2))

    found = world.work.of_alerts([small, large, empty])

    assert found[small.ref] == {0: progress(1, 2)}
    assert found[large.ref] == world.work.of_alert(ACME, large.ref)
    assert not found.get(empty.ref)
    assert world.work.of_alerts([]) == {}


def test_where_nothing_was_accepted_there_is_no_count(world: AlertPath) -> None:
    alert, _ = accepted(world, 0)
    assert not world.work.of_alert(ACME, alert.ref)
    assert not world.work.load(WorkKey(ACME, NEVER, 0))
    assert not world.work.of_alert(ACME, NEVER)


def test_a_recorded_count_stands_in_place_of_the_one_before(world: AlertPath) -> None:
    alert, (first, second, *_) = accepted(world, 100)

    stand = world.work.record(second, progress(3, 25), previous=BatchProgress.blank(25))

    # whoever replaced it is told how all slices of the row stand
    assert stand == world.work.load(WorkKey.of(second))
    assert world.work.load(WorkKey.of(second))[second.number] == progress(3, 25)
    assert world.work.load(WorkKey.of(first))[first.number] == BatchProgress.blank(25)
    assert world.work.of_alert(ACME, alert.ref)[second.number] == progress(3, 25)


def test_a_count_with_every_state_reads_back(world: AlertPath) -> None:
    _, (batch, *_) = accepted(world, 25)
    full = BatchProgress(tuple(range(25)), {state: n for n, state in enumerate(MessageState, start=1)})
    assert world.work.record(batch, full, previous=BatchProgress.blank(25))
    assert world.work.load(WorkKey.of(batch)) == {batch.number: full}


def test_a_count_over_one_that_is_gone_is_refused(world: AlertPath) -> None:
    # given a reporter that was slow
    _, (batch, *_) = accepted(world, 25)
    world.work.record(batch, progress(5, 25), previous=BatchProgress.blank(25))

    assert not world.work.record(batch, progress(3, 25), previous=BatchProgress.blank(25))

    assert world.work.load(WorkKey.of(batch)) == {batch.number: progress(5, 25)}


def test_recording_the_same_count_again_does_no_harm(world: AlertPath) -> None:
    _, (batch, *_) = accepted(world, 25)
    for _ in range(2):
        assert world.work.record(batch, progress(5, 25), previous=BatchProgress.blank(25))


def test_a_count_of_an_alert_that_is_not_there_is_refused(world: AlertPath) -> None:
    (batch, *_) = an_acceptance(25).alert.batches()
    assert not world.work.record(batch, progress(5, 25), previous=BatchProgress.blank(25))
    assert not world.work.load(WorkKey.of(batch))


def test_counts_of_a_row_are_replaced_together_or_not_at_all(world: AlertPath) -> None:
    _, batches = accepted(world, 75)
    blank = BatchProgress.blank(25)
    all_of_them = {batch: (progress(2, 25), blank) for batch in batches}

    # a row in which one tally has moved on stays as it is
    world.work.record(batches[1], progress(1, 25), previous=blank)
    before = world.work.load(WorkKey.of(batches[0]))
    assert world.work.record_all(all_of_them) is None
    assert world.work.load(WorkKey.of(batches[0])) == before

    # and one in which none has takes all of them, as often as they come
    for _ in range(2):
        of_three = all_of_them | {batches[1]: (progress(2, 25), progress(1, 25))}
        assert world.work.record_all(of_three) == {batch.number: progress(2, 25) for batch in batches}


def test_twenty_counts_are_replaced_in_one_call(world: AlertPath) -> None:
    _, batches = accepted(world, 500)
    standing = world.work.record_all({batch: (progress(9, 25), BatchProgress.blank(25)) for batch in batches})
    assert standing == dict.fromkeys(range(20), progress(9, 25))


def test_of_reporters_at_once_one_replaces_the_count_of_each_batch(world: AlertPath) -> None:
    # slices of one work row do not get in each other's way; two tallies of one slice do
    _, batches = accepted(world, 500)
    attempts = [(batch, progress(n, 25)) for batch in batches for n in (1, 2, 3)]

    with ThreadPoolExecutor(12) as pool:
        won = list(pool.map(lambda a: world.work.record(a[0], a[1], BatchProgress.blank(25)), attempts))

    winners = {batch.number: t for (batch, t), w in zip(attempts, won, strict=True) if w}
    assert sum(w is not None for w in won) == len(batches)
    assert world.work.load(WorkKey.of(batches[0])) == winners


# --- what the sweeper sees ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "lane"), [(100, "urgent"), (101, "bulk")])
def test_r9_a_fresh_alert_comes_up_after_two_minutes_and_a_bulk_one_for_a_patient_check(
    world: AlertPath, size: int, lane: str
) -> None:
    alert, _ = accepted(world, size)
    due, patient = NOON + SWEEP_AFTER, lane == "bulk"

    assert not world.work.due(due - timedelta(milliseconds=1), 10, patient=patient)
    assert list(world.work.due(due, 10, patient=patient)) == [WorkKey(ACME, alert.ref, 0)]
    assert not world.work.due(NOON + A_YEAR, 10, patient=not patient)


def test_rows_come_up_oldest_first_and_of_all_tenants(world: AlertPath) -> None:
    expected = []
    for n in (3, 1, 4, 0, 2, 5):
        tenant = OTHER if n % 2 else ACME
        alert, _ = accepted(world, 1, at=NOON + n * timedelta(seconds=1), tenant=tenant)
        expected.append((n, WorkKey(tenant, alert.ref, 0)))

    oldest_first = [key for _, key in sorted(expected, key=lambda entry: entry[0])]
    assert list(world.work.due(NOON + A_YEAR, 10)) == oldest_first
    assert list(world.work.due(NOON + A_YEAR, 4)) == oldest_first[:4]


def test_a_row_comes_up_again_when_told_to_and_never_if_not(world: AlertPath) -> None:
    alert, _ = accepted(world, 1)
    key = WorkKey(ACME, alert.ref, 0)
    later = NOON + timedelta(hours=3)

    world.work.check_again(key, later)
    assert not world.work.due(later - timedelta(seconds=1), 10)
    assert list(world.work.due(later, 10)) == [key]

    for _ in range(2):
        world.work.check_again(key, None)
        assert not world.work.due(NOON + A_YEAR, 10)
    assert world.work.load(key) == {0: BatchProgress.blank(1)}

    world.work.check_again(key, NOON, patient=True)
    assert (list(world.work.due(NOON, 10)), list(world.work.due(NOON, 10, patient=True))) == ([], [key])

    world.work.check_again(key, NOON)
    assert (list(world.work.due(NOON, 10)), list(world.work.due(NOON, 10, patient=True))) == ([key], [])


def test_a_row_that_is_not_there_never_comes_up(world: AlertPath) -> None:
    # an alert the store has forgotten must not come back as an empty row
    for at in (None, NOON):
        world.work.check_again(WorkKey(ACME, NEVER, 0), at)
    assert not world.work.due(NOON + A_YEAR, 10)
    assert not world.work.of_alert(ACME, NEVER)
