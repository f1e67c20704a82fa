"""No step is lost, doubled or skipped, and no end is told twice, wherever a process dies (E1, E2, E4).

Every call of every port, from acceptance to the last notice, is numbered and disturbed in turn; then pairs of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest

from tests.builders import number
from tests.fakes.time import NOON
from tests.scenarios.escalation_world import MINUTE, EscalationWorld, check_escalations, step, text
from tests.scenarios.faults import FOUR, Fault, Script
from tests.scenarios.invariants import check
from tests.scenarios.world import Disturbance
from tocsin.alerts.domain.alert import Alert
from tocsin.escalation.domain.escalation import EscalationState

ANA, BOB, CY = number(1), number(2), number(3)
LATE = timedelta(minutes=7)
"""A worker that dies is repeated after its visibility time-out (6 min), by the sweeper perhaps sooner."""

Story = Callable[[EscalationWorld, Alert], None]


def nobody_answers(world: EscalationWorld, first: Alert) -> None:
    world.fast_forward(timedelta(hours=2))


def bob_answers(world: EscalationWorld, first: Alert) -> None:
    world.fast_forward(20 * MINUTE)
    world.text_back(BOB, "on my way")
    world.fast_forward(timedelta(hours=2))


def somebody_cancels(world: EscalationWorld, first: Alert) -> None:
    world.fast_forward(20 * MINUTE)
    world.cancel_by_api(first)
    world.fast_forward(timedelta(hours=2))


def somebody_escalates(world: EscalationWorld, first: Alert) -> None:
    world.fast_forward(3 * MINUTE)
    world.ask_for_step(first, 1, "c1")
    world.fast_forward(LATE)
    world.ask_for_step(first, 2, "c2")
    world.fast_forward(timedelta(hours=2))


def somebody_escalates_as_the_timer_fires(world: EscalationWorld, first: Alert) -> None:
    world.fast_forward(9 * MINUTE)
    world.clock.at_least(NOON + 10 * MINUTE)
    world.ask_for_step(first, 1, "c1")
    world.fast_forward(timedelta(hours=2))


def somebody_stops(world: EscalationWorld, first: Alert) -> None:
    world.fast_forward(20 * MINUTE)
    world.stop_by_api(first)
    world.fast_forward(timedelta(hours=2))


def somebody_stops_with_all_clear(world: EscalationWorld, first: Alert) -> None:
    world.fast_forward(20 * MINUTE)
    world.stop_by_api(first, all_clear=True)
    world.fast_forward(timedelta(hours=2))


def bob_is_marked(world: EscalationWorld, first: Alert) -> None:
    world.fast_forward(20 * MINUTE)
    world.mark_by_api(first, BOB)
    world.fast_forward(timedelta(hours=2))


def run(plan: Mapping[int, Fault], story: Story) -> tuple[EscalationWorld, Alert, list[str]]:
    script = Script(plan)
    world = EscalationWorld(7, script.wrap, fires=(1, 1), disturbance=Disturbance(duplicates=(1, 1)))
    script.world = world
    first = world.escalate(
        text(ANA),
        steps=[step("10m", text(BOB)), step("20m", text(CY))],
        giveUpAfter="10m",
        onStopped={"alert": [text(says="all clear")]},
    )
    story(world, first)
    world.until_quiet()
    return world, first, script.calls


def judge(world: EscalationWorld, first: Alert, story: Story) -> None:
    check(world)
    check_escalations(world)
    assert world.dead_timers == []
    assert world.timers.rows == {}
    found = world.standing(first)
    told = {to: [said.split(" ", 1)[1] for said in all] for to, all in world.heard.items()}
    if found.answered == 0 and story is not bob_is_marked:
        # A conversation that could not be remembered leaves an answer without a question: nobody can count it.
        assert not any(response.matched for response in world.responses.kept.values())
    if story is bob_is_marked:
        marks = [event for event in world.collect(first) if "note" in event.details]
        marks += [event for one in world.accepted for event in world.collect(one) if "note" in event.details]
        assert [(mark.event, mark.alertee) for mark in marks] == [("acknowledged", BOB)]
        assert found.answered == 1
    if story not in STOPS and found.answered == 0:
        assert found.state is EscalationState.EXHAUSTED
        assert set(told) == {ANA, BOB, CY}
        assert all(len(said) == 1 for said in told.values())
        when = {alert.ref: alert.accepted_at - NOON for alert in world.accepted}
        _, bob, cy = (when[ref] for ref in found.alerts if ref)
        due = (3 * MINUTE, LATE) if story is somebody_escalates else (10 * MINUTE, 20 * MINUTE)
        assert due[0] <= bob <= due[0] + LATE
        if story is somebody_escalates:
            assert 3 * MINUTE + LATE <= cy <= 3 * MINUTE + 2 * LATE
        else:
            assert bob + due[1] <= cy <= bob + due[1] + LATE
        return
    assert set(told) <= {ANA, BOB}, "the second step came although it had ended"
    if story in ANSWERED:
        assert found.state is EscalationState.ACKNOWLEDGED
        assert all("all clear" in said for said in told.values())
    else:
        assert found.state is EscalationState.CANCELLED
        tells = story is somebody_stops_with_all_clear
        assert all(said.count("all clear") == tells for said in told.values())


ANSWERED = (bob_answers, bob_is_marked)
STOPS = (somebody_cancels, somebody_stops, somebody_stops_with_all_clear)
STORIES = (
    nobody_answers,
    *ANSWERED,
    somebody_escalates,
    somebody_escalates_as_the_timer_fires,
    *STOPS,
)


@pytest.mark.parametrize("story", STORIES)
def test_without_faults_every_story_ends_well(story: Story) -> None:
    world, first, calls = run({}, story)
    judge(world, first, story)
    assert world.standing(first).answered == (story in ANSWERED)
    # The enumerator is only worth as much as the calls it sees.
    assert {"escalations.get", "alerts.accept", "timers.move", "timer_queue.enqueue", "event_publisher.publish"} <= set(
        calls
    )
    assert ("messages.notify" in calls) == (story not in (*ANSWERED, *STOPS))
    assert ("alerts.cancel" in calls) == (story in STOPS)
    assert ("alerts.stop" in calls) == ("responses.add" in calls) == (story in ANSWERED)


SWEEP = ["dispatch_progress.due", "dispatch_progress.due", "timers.due"]
"""The calls of a sweep that finds nothing: work that is due, work of the bulk lane, timers."""


def telling(calls: list[str]) -> tuple[list[int], list[int]]:
    """Return the places at which a fault may tell something, and those that only repeat another one.

    Of sweeps in a row that find nothing, one each minute, the first and the last two tell something: a fault at one in
    between is over before anything happens.
    """
    size = len(SWEEP)
    idle = {n for n in range(len(calls)) if calls[n : n + size] == SWEEP}
    repeating = [n for n in idle if {n - size, n + size, n + 2 * size} <= idle]
    skipped = sorted(place for n in repeating for place in range(n, n + size))
    return sorted(set(range(len(calls))) - set(skipped)), skipped


def test_a_fault_at_a_sweep_between_sweeps_that_find_nothing_changes_nothing() -> None:
    sound, _, calls = run({}, nobody_answers)
    places, skipped = telling(calls)

    assert len(places) < len(calls) * 2 / 3
    assert all(calls[place] in SWEEP for place in skipped)
    for place, fault in zip((*skipped[:3], *skipped[-3:]), Fault, strict=True):
        world, _, _ = run({place: fault}, nobody_answers)
        assert world.rows.rows == sound.rows.rows
        assert world.heard == sound.heard
        assert world.escalations.rows == sound.escalations.rows


@pytest.mark.deep
@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("story", STORIES)
def test_e1_e2_e4_one_fault_anywhere(story: Story, fault: Fault) -> None:
    calls, _ = telling(run({}, story)[2])
    # Each call meets two of the four ways to die or be refused, and every fifth the long ones; together within seconds.
    for place in calls[FOUR.index(fault) % 2 :: 2] if fault in FOUR else calls[::5]:
        world, first, _ = run({place: fault}, story)
        judge(world, first, story)


@pytest.mark.deep
@pytest.mark.parametrize("one", FOUR)
@pytest.mark.parametrize(
    "story", [nobody_answers, bob_answers, bob_is_marked, somebody_escalates, somebody_stops_with_all_clear]
)
def test_e1_e2_e4_two_faults_sampled(story: Story, one: Fault) -> None:
    calls = run({}, story)[2]
    for n, place in enumerate(range(0, len(calls), 9)):
        world, first, _ = run({place: one, place + 1 + n % 7: FOUR[n % 4]}, story)
        judge(world, first, story)
