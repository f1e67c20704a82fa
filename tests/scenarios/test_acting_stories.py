"""What clients do to a sent alert, seen from the phones: escalate now, stop with or without all-clear, mark
a person as having answered, send again what has failed (decided 2.18)."""

from __future__ import annotations

from datetime import timedelta

from tests.builders import number
from tests.fakes.providers import Accept, RefusePermanent, Throttle
from tests.fakes.time import NOON
from tests.scenarios.escalation_world import MINUTE, EscalationWorld, check_escalations, step, text
from tests.scenarios.invariants import check
from tocsin.escalation.domain.escalation import EscalationState

ANA, BOB, CY = number(1), number(2), number(3)
POLICY = [step("5m", text(BOB, says="nobody answered")), step("10m", text(CY, says="still nobody"))]
ALL_CLEAR = {"alert": [text(says="all clear")]}


def words(world: EscalationWorld) -> dict[str, list[str]]:
    """Return what arrived on every phone, without times."""
    return {to: [said.split(" ", 1)[1] for said in all] for to, all in world.heard.items()}


def test_decided_2_18_the_next_step_is_sent_now_and_the_one_after_it_waits_from_then() -> None:
    world = EscalationWorld()
    first = world.escalate(text(ANA), steps=POLICY, giveUpAfter="5m")
    world.fast_forward(MINUTE)

    assert world.ask_for_step(first, 1) == ""
    world.fast_forward(MINUTE)
    assert world.ask_for_step(first, 1, "another call") == "moved_on"
    world.fast_forward(timedelta(hours=1))

    assert world.heard == {
        ANA: ["0:00 trunk 7 is down"],
        BOB: ["1:00 nobody answered"],
        CY: ["11:00 still nobody"],
    }
    escalated = [event for event in world.collect(first) if event.event == "escalated"]
    assert [event.details.get("by") for event in escalated] == ["key:k1", None]
    alert = next(one for one in world.accepted if one.ref == world.standing(first).alerts[1])
    assert alert.cause is not None
    assert alert.cause.at == NOON + MINUTE == alert.accepted_at  # a list by time finds it where it was sent
    check(world)
    check_escalations(world)


def test_decided_2_18_a_stop_by_a_steps_alert_is_a_stop_of_everything() -> None:
    world = EscalationWorld()
    first = world.escalate(text(ANA), steps=POLICY, onStopped=ALL_CLEAR)
    world.fast_forward(6 * MINUTE)
    of_step = next(one for one in world.accepted if one.ref == world.standing(first).alerts[1])

    assert world.stop_by_api(of_step) == ""
    world.fast_forward(timedelta(hours=1))

    assert words(world) == {ANA: ["trunk 7 is down"], BOB: ["nobody answered"]}
    assert all(alert.cancelled_at for alert in world.accepted)
    (cancelled,) = [event for event in world.collect(first) if event.event == "cancelled"]
    assert (cancelled.details["by"], cancelled.details["allClear"]) == ("key:k1", False)
    check(world)
    check_escalations(world)


def test_decided_2_18_with_all_clear_everybody_who_was_contacted_is_told_once() -> None:
    # given three phones, one of which no text has reached when the alert is stopped
    world = EscalationWorld()
    first = world.escalate(text(ANA), steps=POLICY, onStopped=ALL_CLEAR)
    world.fast_forward(6 * MINUTE)

    assert world.stop_by_api(first, all_clear=True) == ""
    assert world.stop_by_api(first, all_clear=True) == ""
    assert world.stop_by_api(first) == "cancelled_with_all_clear"
    world.fast_forward(timedelta(hours=1))

    assert words(world) == {ANA: ["trunk 7 is down", "all clear"], BOB: ["nobody answered", "all clear"]}
    assert world.standing(first).state is EscalationState.CANCELLED
    (cancelled,) = [event for event in world.collect(first) if event.event == "cancelled"]
    assert (cancelled.details["by"], cancelled.details["allClear"]) == ("key:k1", True)
    all_clear = world.accepted[-1]
    assert all_clear.cause is not None
    assert all_clear.cause.at == NOON + 6 * MINUTE
    check(world)
    check_escalations(world)


def test_decided_2_18_who_is_marked_gets_no_further_step_and_counts_once() -> None:
    # given two of three people who must answer, and a last step that goes to all three
    world = EscalationWorld()
    group = {"contacts": [{"id": "ana", "sms": ANA}, {"id": "bob", "sms": BOB}, {"id": "cy", "sms": CY}]}
    everybody = text(contactSets=["all"])
    first = world.escalate(everybody, steps=[step("5m", everybody)], group=group, stopWhen={"count": 2})
    world.fast_forward(MINUTE)

    # when one of them is marked, twice, and the step comes
    assert world.mark_by_api(first, ANA, "rang me") == ""
    assert world.mark_by_api(first, "ana", "is on site", call="m2") == ""
    assert world.standing(first).answered == 1
    world.fast_forward(5 * MINUTE)

    # then the step goes to the others
    assert {to: len(said) for to, said in world.heard.items()} == {ANA: 1, BOB: 2, CY: 2}
    # and one more answer, to the step, is the second one
    world.text_back(BOB, "on my way")
    world.fast_forward(timedelta(hours=1))
    assert world.standing(first).state is EscalationState.ACKNOWLEDGED
    told = [event for event in world.collect(first) if event.event == "acknowledged"]
    assert [(event.alertee, event.details.get("note"), event.details.get("needed")) for event in told] == [
        (ANA, "rang me", None),
        (ANA, "is on site", None),
        (BOB, None, 2),
    ]
    assert world.mark_by_api(first, CY) == ""
    assert world.standing(first).answered == 2
    check(world)
    check_escalations(world)


def test_decided_2_18_a_receiver_of_a_step_is_found_by_the_first_alert() -> None:
    world = EscalationWorld()
    first = world.escalate(text(ANA), steps=POLICY)
    world.fast_forward(6 * MINUTE)

    assert world.mark_by_api(first, BOB) == ""

    (kept,) = world.responses.kept.values()
    assert (kept.key.alert, kept.counted) == (world.standing(first).alerts[1], True)
    assert world.standing(first).answered == 1
    world.fast_forward(timedelta(hours=1))
    check(world)
    check_escalations(world)


def test_decided_2_18_what_failed_is_sent_again_hours_after_an_escalation_but_not_to_who_has_answered() -> None:
    # given a text that failed, one that arrived, and one that failed although its receiver has answered
    world = EscalationWorld()
    for to in (BOB, CY):
        world.sms.towards(to, RefusePermanent("handset_off"), Accept())
    first = world.escalate(text(ANA, BOB, CY), steps=[step("5m", text(number(4)))])
    world.fast_forward(MINUTE)
    assert world.mark_by_api(first, CY) == ""
    world.fast_forward(timedelta(hours=9))
    assert world.standing(first).state is EscalationState.ACKNOWLEDGED

    assert world.resend(first) == 2
    world.until_quiet()

    assert world.heard == {ANA: ["0:00 trunk 7 is down"], BOB: ["541:00 trunk 7 is down"]}
    assert world.skipped(first) == {"answered": 1}
    check(world)
    check_escalations(world)


def test_decided_2_18_what_was_sent_again_before_the_end_is_stopped_by_it() -> None:
    world = EscalationWorld()
    world.sms.towards(BOB, RefusePermanent("handset_off"), Throttle(timedelta(minutes=9)), Accept())
    first = world.escalate(text(ANA, BOB), steps=[step("1h", text(CY))])
    world.fast_forward(MINUTE)

    assert world.resend(first) == 1
    world.fast_forward(2 * MINUTE)
    assert world.mark_by_api(first, ANA) == ""
    world.until_quiet()

    assert world.heard == {ANA: ["0:00 trunk 7 is down"]}
    assert world.skipped(first) == {"stopped": 1}
    check(world)
    check_escalations(world)
