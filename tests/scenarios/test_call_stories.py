"""Stories of people who are called: lines that are few, one phone at a time, and alerts that end while phones ring."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.builders import a_call, number
from tests.scenarios.invariants import check
from tests.scenarios.telephone_world import ANA, TelephoneWorld
from tocsin.alerts.domain.alert import Alert
from tocsin.client_api.application.cancel_alerts import CancelAlerts
from tocsin.kernel.domain.ids import AlertRef
from tocsin.voice.domain.call_facts import CallEnd
from tocsin.voice.domain.script import Simple

SECOND = timedelta(seconds=1)
ASKS = Simple(require_response=True)


def most_at_once(world: TelephoneWorld, to: str | None = None) -> int:
    """Return how many calls, or calls to one number, went on at the same time at most."""
    calls = [call for call in world.network.placed.values() if to in (None, call.to)]
    spans = [(call.began, call.over.ended_at) for call in calls if call.over is not None]
    return max(sum(began <= at < over for began, over in spans) for at, _ in spans)


@pytest.mark.parametrize("silent", [False, True])
def test_on_few_lines_everybody_is_called_in_turn_and_never_more_than_there_are_lines(silent: bool) -> None:
    people = [number(n) for n in range(20, 50)]
    world = TelephoneWorld(lines=3, silent=silent)
    alert = world.accept(a_call(*people, script=ASKS))

    world.until_quiet(timedelta(hours=5))

    check(world)
    assert world.states(alert) == {"delivered": 30}
    assert world.rang() == dict.fromkeys(people, 1)
    assert most_at_once(world) == 3
    assert all(row.attempt == 1 for row in world.rows.rows.values()), "a wait for a line used up a try"


def test_one_phone_rings_for_one_alert_at_a_time() -> None:
    world = TelephoneWorld()
    for n in range(3):
        world.accept(a_call(ANA, script=ASKS), ref=AlertRef(f"a{n}"))

    world.until_quiet(timedelta(hours=5))

    assert [world.states(alert) for alert in world.accepted] == [{"delivered": 1}] * 3
    assert world.rang() == {ANA: 3}
    assert most_at_once(world, ANA) == 1


def cancel(world: TelephoneWorld, alert: Alert) -> None:
    use_case = CancelAlerts(
        world.alerts, world.dispatch_progress, world.rows, world.clock, world.link_sets, queue=world
    )
    assert use_case.messages(alert, world.clock())[0] is not None


def events(world: TelephoneWorld, alert: Alert) -> list[tuple[str, object, str | None]]:
    return [(one.event, one.details.get("status"), one.reason) for one in world.collect(alert)]


def test_a_cancel_silences_the_phones_that_ring_within_seconds() -> None:
    world = TelephoneWorld()
    alert = world.accept(a_call(ANA, script=ASKS))
    world.answers_after[ANA] = 30
    world.fast_forward(10 * SECOND)
    (call,) = world.network.placed.values()
    assert call.over is None

    cancel(world, alert)
    began = world.clock()
    world.fast_forward(10 * SECOND)

    assert call.over is not None
    assert call.over.facts.end is CallEnd.STOPPED
    assert call.over.ended_at - began < 5 * SECOND
    world.until_quiet()
    check(world)
    assert world.states(alert) == {"cancelled": 1}
    assert events(world, alert) == [("attempt", "noAnswer", "stopped"), ("callComplete", "failed", "cancelled")]
    assert world.pool.held == {}


def test_a_dialogue_that_goes_on_ends_by_itself_and_its_key_counts_no_more() -> None:
    world = TelephoneWorld()
    alert = world.accept(a_call(ANA, script=ASKS))
    world.fast_forward(8 * SECOND)
    (call,) = world.network.placed.values()
    assert call.answered is not None
    assert call.over is None

    cancel(world, alert)
    world.until_quiet()

    assert call.pressed
    assert call.over is not None
    assert call.over.facts.end is CallEnd.ENDED
    assert world.states(alert) == {"delivered": 1}
    told = events(world, alert)
    assert ("callComplete", "keyPressed", None) in told
    page = world.responses.of_alert(alert.tenant, alert.ref, 10, None, world.clock())
    assert [response.counted for response in page.responses] == [False]


def test_a_cancel_between_two_calls_ends_the_message_without_a_further_call() -> None:
    world = TelephoneWorld()
    alert = world.accept(a_call(number(2), script=ASKS))  # busy at first
    world.fast_forward(20 * SECOND)
    assert world.states(alert) == {"retry_wait": 1}

    cancel(world, alert)
    world.until_quiet()

    assert world.rang() == {number(2): 1}
    assert events(world, alert) == [("attempt", "busy", "busy"), ("callComplete", "failed", "cancelled")]
