"""What has failed is sent again once, and nothing else is, wherever a process dies (decided 2.18; R1, R2).

Every port call from the client's wish to the last receipt is disturbed in turn. The client repeats its call until it has
an answer, or goes home.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest

from tests.builders import number, sms
from tests.fakes.providers import Accept, RefusePermanent
from tests.scenarios.faults import FOUR, Fault, Script
from tests.scenarios.invariants import check
from tests.scenarios.world import Disturbance, World
from tocsin.delivery.domain.message import RESENT, MessageState, Receipt
from tocsin.delivery.domain.message_id import MessageId
from tocsin.kernel.domain.errors import StorageUnavailable

ANA, BOB, CY = number(1), number(2), number(3)


def run(
    plan: Mapping[int, Fault], *, silent: bool = False, bare: bool = False, repeats: bool = True
) -> tuple[World, list[str]]:
    """Send to three phones, one of which is refused at first and one for good; send again through the plan's faults."""
    script = Script()
    world = World(7, script.wrap, silent=silent, disturbance=Disturbance(duplicates=(1, 1)) if bare else None)
    script.world = world
    world.sms.towards(ANA, RefusePermanent("handset_off"), Accept())
    world.sms.towards(CY, RefusePermanent())
    alert = world.accept(sms(ANA, BOB, CY))
    world.until_quiet()
    assert world.phones == {BOB: ["trunk 7 is down"]}
    script.plan = {len(script.calls) + place: fault for place, fault in plan.items()}
    first = len(script.calls)
    world.resend(alert, repeats=repeats)
    world.until_quiet()
    for report in world.sweeps:
        assert all(code == StorageUnavailable.code for _, code in report.failed), "an error nobody injected"
    return world, script.calls[first:]


def judge(world: World, *, silent: bool, faults: int, repeats: bool = True) -> None:
    check(world)
    (alert,) = world.accepted
    ana, bob, cy = (row for _, row in sorted(world.rows_of(alert).items(), key=lambda entry: entry[0][1]))
    assert (len(world.phones[BOB]), bob.attempt) == (1, 1), "a message that had arrived was sent again"
    assert cy.state is MessageState.FAILED or faults
    assert CY not in world.phones
    asked = [sum(step.reason == RESENT for step in row.log) for row in (ana, cy)]
    if not repeats and asked == [0, 0]:
        assert world.states(alert)["failed"] == 2
        return
    assert asked == [1, 1], "all of them, once"
    copies = len(world.phones.get(ANA, ()))
    gave_up = sum(step.state is MessageState.UNKNOWN for step in ana.log)
    if ana.state is MessageState.UNCONFIRMED:
        assert gave_up == 2 <= faults
        return
    assert ana.state in (MessageState.SENT, MessageState.DELIVERED), f"nobody refused it: {ana.log}"
    assert copies == 1 or (silent and ana.possible_duplicate), f"{copies} copies: {ana.log}"


@pytest.mark.parametrize("silent", [False, True])
def test_without_faults_what_failed_is_sent_again_under_the_same_alert(silent: bool) -> None:
    world, calls = run({}, silent=silent)

    judge(world, silent=silent, faults=0)
    assert world.phones == {ANA: ["trunk 7 is down"], BOB: ["trunk 7 is down"]}
    (alert,) = world.accepted
    assert world.states(alert) == {"sent" if silent else "delivered": 2, "failed": 1}
    events = [(event.alertee, event.event) for event in world.collect(alert)]
    assert events.count((CY, "failed")) == 2
    assert events.count((BOB, "sent")) == 1
    # The enumerator is only worth as much as the calls it sees.
    assert {"dispatch_progress.of_alert", "rows.load", "reopened.reopen", "queue.put", "sender.send"} <= set(calls)


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("silent", [False, True])
@pytest.mark.parametrize("bare", [False, True])
@pytest.mark.parametrize("repeats", [False, True])
def test_r1_r2_one_fault_anywhere(fault: Fault, silent: bool, bare: bool, repeats: bool) -> None:
    for place in range(len(run({}, silent=silent, bare=bare)[1])):
        world, _ = run({place: fault}, silent=silent, bare=bare, repeats=repeats)
        judge(world, silent=silent, faults=1, repeats=repeats)


@pytest.mark.deep
@pytest.mark.parametrize("one", FOUR)
def test_r1_r2_two_faults_sampled(one: Fault) -> None:
    for place in range(len(run({})[1])):
        for n in range(4):
            world, _ = run({place: one, place + 1 + 3 * n: FOUR[n]})
            judge(world, silent=False, faults=2)


def test_a_late_receipt_of_the_first_try_counts_and_the_message_is_not_sent_again() -> None:
    world = World()
    world.sms.towards(ANA, RefusePermanent("handset_off"), Accept())
    alert = world.accept(sms(ANA))
    world.until_quiet()
    (place,) = world.rows_of(alert)

    # given a receipt that comes after the client's wish, and before a worker
    assert world.resend(alert) == 1
    assert world.resend(alert) == 1  # a double click: it waits for its worker, and is one message
    world.report(MessageId(*place, 1), Receipt(1, MessageState.DELIVERED, provider_id="p"), timedelta(0))
    world.until_quiet()

    assert world.states(alert) == {"delivered": 1}
    assert len(world.sms.calls) == 1
    assert world.resend(alert) == 0
