"""A push arrives at least once, and a subscription that is over goes, wherever a worker dies."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.builders import TENANT
from tests.scenarios.faults import Fault
from tests.scenarios.test_browser_pushes import BOB, PushWorld
from tests.scenarios.test_callback_crashes import HookScript
from tests.scenarios.world import Disturbance
from tocsin.webhooks.domain.delivery import DeliveryState
from tocsin.webhooks.ports.http import WebhookAnswer


def run(plan: Mapping[int, Fault], status: int = 201) -> tuple[PushWorld, list[str]]:
    """Push to one browser, whose push service answers with `status`."""
    script = HookScript(plan)
    world = PushWorld(7, script.wrap, disturbance=Disturbance(duplicates=(1, 1)))
    script.world = world
    world.hook.failing(world.other.endpoint, 99, WebhookAnswer(status))
    world.owe(user=BOB)
    world.until_quiet()
    return world, script.calls


def test_the_enumerator_sees_every_effect() -> None:
    assert {"browsers.stands", "deliveries.save", "hook.send", "endpoints.save"} <= set(run({})[1])
    assert "browsers.remove" in run({}, 410)[1]


@pytest.mark.parametrize("fault", Fault)
def test_one_fault_anywhere_loses_no_push(fault: Fault) -> None:
    for step in range(len(run({})[1])):
        world, calls = run({step: fault})
        assert [state for state, _ in world.ends()] == [DeliveryState.SUCCEEDED], (calls, step)
        assert 1 <= len(world.calls) <= 2
        assert world.browsers.stands(TENANT, BOB, world.other.id)


@pytest.mark.parametrize("fault", Fault)
def test_one_fault_anywhere_leaves_no_subscription_that_is_over(fault: Fault) -> None:
    for step in range(len(run({}, 410)[1])):
        world, calls = run({step: fault}, 410)
        assert not world.browsers.stands(TENANT, BOB, world.other.id), (calls, step)
        assert [state for state, _ in world.ends()] == [DeliveryState.DROPPED]
