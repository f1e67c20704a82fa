"""Nothing accepted is lost, and nothing is sent twice unflagged, wherever a process dies (R1, R2).

Every call of every port, from acceptance to the last receipt, is numbered. Each is disturbed in turn, then each two
of them: the process dies before it or after it, the other side throttles, its reply is lost, other workers overtake, or
the process stands still until its claims have lapsed. Then the world is run until it is quiet.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.scenarios.faults import FOUR, PHONES, Fault, judge, run

TOLD, SILENT = False, True
SENDING_ENDS = 13
"""Calls from acceptance to the end of the first dispatch; what follows are receipts and duplicates."""


def _steps(*, silent: bool) -> list[str]:
    return run({}, silent=silent)[1]


@pytest.mark.parametrize("silent", [TOLD, SILENT])
def test_r1_without_faults_everybody_gets_one_copy(silent: bool) -> None:
    world, calls = run({}, silent=silent)

    judge(world, silent=silent, faults=0)
    assert world.phones == {phone: ["trunk 7 is down"] for phone in PHONES}
    assert world.states(world.accepted[0]) == ({"sent": 2} if silent else {"delivered": 2})
    # The enumerator is only worth as much as the calls it sees.
    assert calls[:SENDING_ENDS] == [
        "alerts.accept",
        "queue.put",
        "alerts.get",
        "alerts.recipients",
        "rows.save",
        "rows.refuses_cancelled",
        "last_looks.look",
        "sender.send",
        "sender.send",
        "rows.save",
        "events.publish",
        "dispatch_progress.record",
        "dispatch_progress.check_again",
    ]
    assert not any(row.possible_duplicate for row in world.rows.rows.values())


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("silent", [TOLD, SILENT])
@pytest.mark.parametrize("bare", [False, True])
def test_r1_r2_one_fault_anywhere(fault: Fault, silent: bool, bare: bool) -> None:
    for step in range(len(run({}, silent=silent, bare=bare)[1])):
        world, _ = run({step: fault}, silent=silent, bare=bare)
        judge(world, silent=silent, faults=1)


@pytest.mark.parametrize("silent", [TOLD, SILENT])
def test_r1_r2_one_fault_anywhere_and_the_order_for_what_is_due_later_is_lost(silent: bool) -> None:
    for step in range(len(run({}, silent=silent, bare=True)[1])):
        for fault in Fault:
            world, _ = run({step: fault}, silent=silent, bare=True, losing=True)
            judge(world, silent=silent, faults=1)


def _pairs(first: int, *, silent: bool, every: int = 1) -> Iterator[dict[int, Fault]]:
    """Yield each second fault, anywhere up to the end, with each fault at `first`; or one of so many of them."""
    kinds = FOUR if every == 1 else tuple(Fault)
    n = 0
    for one in kinds:
        _, calls = run({first: one}, silent=silent)
        for second in range(first + 1, len(calls)):
            for other in kinds:
                n += 1
                if n % every == 0:
                    yield {first: one, second: other}


@pytest.mark.deep
@pytest.mark.parametrize("first", range(SENDING_ENDS))
@pytest.mark.parametrize("silent", [TOLD, SILENT])
def test_r1_r2_two_faults_anywhere(first: int, silent: bool) -> None:
    for plan in _pairs(first, silent=silent):
        world, _ = run(plan, silent=silent)
        judge(world, silent=silent, faults=2)


@pytest.mark.deep
@pytest.mark.parametrize("silent", [TOLD, SILENT])
def test_r1_r2_two_faults_of_all_kinds_sampled(silent: bool) -> None:
    for first in range(len(_steps(silent=silent))):
        for plan in _pairs(first, silent=silent, every=29):
            world, _ = run(plan, silent=silent)
            judge(world, silent=silent, faults=2)


@pytest.mark.deep
def test_r1_r2_three_faults_sampled() -> None:
    for first in range(SENDING_ENDS):
        for n, plan in enumerate(_pairs(first, silent=SILENT, every=11)):
            third = max(plan) + 1 + n % 13
            world, _ = run({**plan, third: FOUR[n % 4]}, silent=SILENT)
            judge(world, silent=SILENT, faults=3)
