"""Nobody is forgotten, and no phone rings twice for one attempt, wherever a process dies while people are called.

Every call of every port, from acceptance to the event of the end, is numbered and disturbed, as in `test_crashes`:
between lines and claim, claim and dial, dial and record, record and pick-up, two questions of a dialogue, a key and its
record, an end and its report. A network that is silent tells no end at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest

from tests.builders import a_call
from tests.scenarios.faults import FOUR, Fault, Script
from tests.scenarios.invariants import check
from tests.scenarios.telephone_world import ANA, BOB, TelephoneWorld
from tests.scenarios.world import Disturbance
from tocsin.delivery.domain.message import MessageState
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.voice.domain.script import Simple
from tocsin.voice.domain.verdict import MAX_LOST_CALLS, CallReason

ATTEMPTS = 2


def run(plan: Mapping[int, Fault], *, to: str = ANA, silent: bool = False) -> tuple[TelephoneWorld, list[str]]:
    """Call somebody through the faults of the plan, and let the world come to rest."""
    script = Script(plan)
    world = TelephoneWorld(7, script.wrap, silent=silent, disturbance=Disturbance(duplicates=(1, 1)))
    script.world = world
    world.accept(a_call(to, script=Simple(require_response=True), attempts=ATTEMPTS))
    world.until_quiet(timedelta(hours=5))
    for report in world.sweeps:
        assert all(code == StorageUnavailable.code for _, code in report.failed), "an error nobody injected"
    return world, script.calls


def judge(world: TelephoneWorld, *, faults: int) -> None:
    """Raise AssertionError unless the world kept every promise."""
    check(world)
    (row,) = world.rows.rows.values()
    calls = list(world.network.placed.values())
    assert calls, f"forgotten: {row.log}"
    assert len({call.call.id for call in calls}) == len(calls), "a phone rang twice for one attempt"
    assert len(calls) == len(row.calls), f"{len(calls)} calls, and not all are known: {row.log}"
    assert not row.possible_duplicate
    counted = [reason for reason in row.calls if reason != CallReason.CONTROL_LOST]
    assert len(counted) <= ATTEMPTS
    assert len(row.calls) - len(counted) <= min(faults, MAX_LOST_CALLS)
    assert row.state is MessageState.DELIVERED, f"they would have pressed the key: {row.log}"
    answers = world.answers(world.accepted[0])
    assert [text for _, text in answers] == ["2"], f"the key counts once: {answers}"


@pytest.mark.parametrize(("to", "rings"), [(ANA, 1), (BOB, 2)])
@pytest.mark.parametrize("silent", [False, True])
def test_without_faults_everybody_is_called_until_they_answer(to: str, rings: int, silent: bool) -> None:
    world, calls = run({}, to=to, silent=silent)

    judge(world, faults=0)
    assert world.rang() == {to: rings}
    assert world.pool.held == {}
    assert world.clock() - world.accepted[0].accepted_at < rings * timedelta(minutes=3)
    # The enumerator is only worth as much as the calls it sees.
    assert calls[:13] == [
        "alerts.accept",
        "queue.put",
        "alerts.get",
        "alerts.recipients",
        "lines.take",
        "rows.save",
        "rows.refuses_cancelled",
        "last_looks.look",
        "caller.call",
        "placed.remember",
        "rows.save",
        "queue.put",
        "events.publish",
    ]
    assert {"responses.add", "event_publisher.publish", "lines.give_back"} <= set(calls)
    assert ("caller.look" in calls) is silent


def test_one_crash_anywhere() -> None:
    for step in range(len(run({})[1])):
        world, _ = run({step: Fault.AFTER})
        judge(world, faults=1)


@pytest.mark.deep
@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("silent", [False, True])
@pytest.mark.parametrize("to", [ANA, BOB])
def test_one_fault_anywhere(to: str, silent: bool, fault: Fault) -> None:
    for step in range(len(run({}, to=to, silent=silent)[1])):
        world, _ = run({step: fault}, to=to, silent=silent)
        judge(world, faults=1)


@pytest.mark.deep
@pytest.mark.parametrize("silent", [False, True])
@pytest.mark.parametrize("one", FOUR)
def test_two_faults_sampled(one: Fault, silent: bool) -> None:
    n = 0
    for first in range(len(run({}, silent=silent)[1])):
        _, calls = run({first: one}, silent=silent)
        for second in range(first + 1, len(calls)):
            for other in FOUR:
                n += 1
                if n % 13 == 0:
                    world, _ = run({first: one, second: other}, silent=silent)
                    judge(world, faults=2)
