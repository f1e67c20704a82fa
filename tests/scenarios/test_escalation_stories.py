"""Who is told next if too few answer, seen from their phones. Every timer fires one to three times."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import number
from tests.fakes.providers import Accept, Throttle
from tests.fakes.time import NOON
from tests.scenarios.escalation_world import MINUTE, EscalationWorld, check_escalations, mail, step, text
from tests.scenarios.invariants import check
from tests.scenarios.world import Disturbance
from tocsin.alerts.domain.alert import Alert, ChunkKey
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.domain.message import MessageState
from tocsin.escalation.domain.escalation import EscalationState
from tocsin.notices.domain.account_notice import Severity
from tocsin.responses.domain.response import Response

ANA, BOB, CY = number(1), number(2), number(3)
BOSS = "boss@example.org"
GROUP = {
    "contacts": [
        {"id": "ana", "sms": ANA, "email": "ana@example.org"},
        {"id": "bob", "sms": BOB},
        {"id": "cy", "sms": CY},
    ]
}
POLICY = [step("5m", text(CY, says="nobody answered"), mail(BOSS, says="nobody answered")), step("10m", text(ANA))]


def test_e4_when_nobody_answers_every_step_comes_in_order_and_the_owner_is_told_once() -> None:
    # given two people who are texted, and a manager after five minutes, and the first again after ten more
    world = EscalationWorld()
    first = world.escalate(text(ANA, BOB), steps=POLICY, giveUpAfter="20m")

    # when nobody answers
    world.fast_forward(timedelta(hours=2))

    # then all steps come in order, and in the end the owner is told, once
    assert world.heard == {
        ANA: ["0:00 trunk 7 is down", "15:00 trunk 7 is down"],
        BOB: ["0:00 trunk 7 is down"],
        CY: ["5:00 nobody answered"],
        BOSS: ["5:00 nobody answered"],
    }
    assert world.standing(first).state is EscalationState.EXHAUSTED
    assert world.events_of(first) == ["escalated", "escalated", "exhausted"]
    assert [(told.severity, told.code) for told in world.messages.told.values()] == [
        (Severity.ERROR, "escalation_exhausted")
    ]
    assert world.timers.rows == {}
    check(world)
    check_escalations(world)


def test_e4_the_owner_of_the_key_is_mailed_too_once() -> None:
    owner = "night-shift@example.org"
    world = EscalationWorld(owner=owner)
    first = world.escalate(text(ANA), steps=[step("5m", text(BOB))], giveUpAfter="5m")

    world.fast_forward(timedelta(hours=1))

    (mail_of,) = world.heard[owner]
    assert mail_of.startswith("10:0")
    assert f"The escalation of alert {first.ref} ended at 2026-11-23 12:10 UTC after step 1" in mail_of
    assert "0 of 1 required person has answered" in mail_of
    check(world)
    check_escalations(world)


def test_a_reply_during_a_step_stops_it_and_everybody_who_was_contacted_gets_the_all_clear() -> None:
    world = EscalationWorld()
    all_clear = {"alert": [text(says="all clear")]}
    first = world.escalate(text(ANA, BOB), steps=POLICY, onStopped=all_clear)
    world.fast_forward(6 * MINUTE)

    # when the manager answers between the first step and the second
    world.text_back(CY, "on my way")
    world.fast_forward(3 * MINUTE)
    assert world.standing(first).state is EscalationState.ACKNOWLEDGED  # now, not when its timer was due
    world.fast_forward(timedelta(hours=2))

    # then the second never comes, and whoever got a text gets one more; the mail has no words for it
    assert {to: [said[said.index(" ") + 1 :] for said in all] for to, all in world.heard.items()} == {
        ANA: ["trunk 7 is down", "all clear"],
        BOB: ["trunk 7 is down", "all clear"],
        CY: ["nobody answered", "all clear"],
        BOSS: ["nobody answered"],
    }
    assert world.standing(first).state is EscalationState.ACKNOWLEDGED
    (acknowledged,) = [event for event in world.collect(first) if event.event == "acknowledged"]
    assert (acknowledged.alertee, acknowledged.details["answerType"]) == (CY, "sms")
    assert world.messages.told == {}
    check(world)
    check_escalations(world)


def test_decided_8_24_an_escalation_whose_link_ref_lost_an_address_goes_on_for_everybody_else() -> None:
    # given an escalation, and an erasure of a person whom its linkRef names
    world = EscalationWorld()
    first = world.escalate(text(ANA, BOB), steps=POLICY, onStopped={"alert": [text(says="all clear")]})
    (key,) = world.escalations.ladders
    world.escalations.ladders[key] = replace(world.escalations.ladders[key], link_ref="call-")

    world.fast_forward(6 * MINUTE)
    world.text_back(CY, "on my way")
    world.fast_forward(timedelta(hours=2))

    # then its step and its all-clear still join the same set
    assert [said[said.index(" ") + 1 :] for said in world.heard[CY]] == ["nobody answered", "all clear"]
    assert world.standing(first).state is EscalationState.ACKNOWLEDGED
    check(world)


def test_k_of_n_counts_people_and_not_replies() -> None:
    world = EscalationWorld()
    first = world.escalate(text(ANA, BOB), steps=POLICY, stopWhen={"count": 2})
    world.fast_forward(MINUTE)

    # when Ana answers twice
    world.text_back(ANA, "yes", later=MINUTE)
    world.text_back(ANA, "yes!", later=2 * MINUTE)
    world.fast_forward(6 * MINUTE)

    # then one is still missing: the step comes; and it ends when Cy answers that
    assert world.standing(first).answered == 1
    assert world.heard[CY] == ["5:00 nobody answered"]
    world.text_back(CY, "me too")
    world.fast_forward(timedelta(hours=2))
    assert world.standing(first).state is EscalationState.ACKNOWLEDGED
    assert world.heard[ANA] == ["0:00 trunk 7 is down"]  # who has answered is not asked again
    assert world.events_of(first) == ["escalated", "acknowledged"]
    check(world)
    check_escalations(world)


def test_per_contact_each_own_answer_ends_it_for_that_contact_only() -> None:
    world = EscalationWorld()
    again = [step("5m", text(contactSets=["all"], says="again")), step("5m", text(contactSets=["all"], says="again!"))]
    first = world.escalate(text(contactSets=["all"]), steps=again, group=GROUP, per="contact")
    world.fast_forward(MINUTE)

    world.text_back(ANA, "ok")
    world.text_back(BOB, "ok", later=5 * MINUTE)
    world.fast_forward(8 * MINUTE)
    assert world.standing(first).state is EscalationState.ACTIVE
    world.fast_forward(3 * MINUTE)
    assert world.heard == {
        ANA: ["0:00 trunk 7 is down"],
        BOB: ["0:00 trunk 7 is down", "5:00 again"],
        CY: ["0:00 trunk 7 is down", "5:00 again", "10:00 again!"],
    }
    world.text_back(CY, "ok")
    world.fast_forward(timedelta(hours=1))
    assert world.standing(first).state is EscalationState.ACKNOWLEDGED
    assert world.events_of(first) == ["escalated", "escalated", "acknowledged"]
    check(world)
    check_escalations(world)


def test_all_must_answer_and_each_step_adds_those_it_contacts() -> None:
    world = EscalationWorld()
    first = world.escalate(text(ANA), steps=[step("5m", text(ANA, BOB))], stopWhen="all")
    world.fast_forward(6 * MINUTE)
    assert (world.standing(first).need, world.standing(first).answered) == (2, 0)

    world.text_back(ANA, "ok")
    world.fast_forward(2 * MINUTE)
    assert world.standing(first).open
    world.text_back(BOB, "ok")
    world.fast_forward(timedelta(hours=1))
    assert world.standing(first).state is EscalationState.ACKNOWLEDGED


def test_a_step_that_would_reach_only_people_who_have_answered_is_passed_over() -> None:
    world = EscalationWorld()
    steps = [step("5m", text(ANA)), step("5m", text(CY))]
    first = world.escalate(text(ANA, BOB), steps=steps, stopWhen={"count": 2})
    world.text_back(ANA, "ok", later=MINUTE)
    world.fast_forward(timedelta(hours=1))

    assert world.heard == {ANA: ["0:00 trunk 7 is down"], BOB: ["0:00 trunk 7 is down"], CY: ["10:00 trunk 7 is down"]}
    steps_told = [event for event in world.collect(first) if event.event == "escalated"]
    assert [event.reason for event in steps_told] == ["no_receiver_reached", None]
    assert world.standing(first).state is EscalationState.EXHAUSTED


@pytest.mark.parametrize("by_link", [False, True])
def test_cancelling_the_first_alert_or_its_link_ends_it_without_all_clear(by_link: bool) -> None:
    world = EscalationWorld()
    first = world.escalate(
        text(ANA, contacts=["bob"]),
        steps=POLICY,
        group=GROUP,
        onStopped={"alert": [text(says="all clear")]},
        link="fire-7" if by_link else None,
    )
    world.fast_forward(6 * MINUTE)
    result = world.cancel_link_by_api("fire-7") if by_link else world.cancel_by_api(first)
    assert result.success
    world.fast_forward(timedelta(hours=2))

    assert world.heard[ANA] == world.heard[BOB] == ["0:00 trunk 7 is down"]
    assert world.standing(first).state is EscalationState.CANCELLED
    assert world.events_of(first) == ["escalated", "cancelled"]
    assert world.messages.told == {}
    assert all(alert.cancelled_at for alert in world.accepted)
    # a late answer is an answer, and ends nothing
    world.text_back(ANA, "late", answering=first)
    world.fast_forward(MINUTE * 3)
    assert world.events_of(first) == []


def test_cancelling_the_alert_of_a_step_leaves_the_escalation_standing() -> None:
    world = EscalationWorld()
    first = world.escalate(text(ANA), steps=POLICY)
    world.fast_forward(6 * MINUTE)
    (second,) = [alert for alert in world.accepted if alert.cause]
    world.cancel_by_api(second)
    world.fast_forward(timedelta(hours=2))
    assert world.standing(first).state is EscalationState.EXHAUSTED
    assert world.heard[ANA] == ["0:00 trunk 7 is down", "15:00 trunk 7 is down"]


def test_t5_e1_after_an_outage_one_step_comes_late_and_the_next_counts_from_it() -> None:
    world = EscalationWorld()
    world.escalate(text(ANA), steps=[step("5m", text(BOB)), step("5m", text(CY))])
    world.fast_forward(MINUTE)
    # nobody runs for three hours
    world.clock.advance(timedelta(hours=3))
    world.fast_forward(4 * MINUTE)
    assert list(world.heard) == [ANA, BOB]
    world.fast_forward(6 * MINUTE)
    assert list(world.heard) == [ANA, BOB, CY]


def test_e1_a_day_long_escalation_of_ten_thousand_takes_every_step_in_time() -> None:
    # given ten thousand people who are all asked, seven managers in turn, and everybody again after a day
    world = EscalationWorld(silent=True, disturbance=Disturbance(duplicates=(1, 1)))
    everybody = [f"+4477009{n:05}" for n in range(10_000)]
    managers = [step("3h", mail(f"m{n}@example.org")) for n in range(7)]
    first = world.escalate(text(*everybody), steps=[*managers, step("3h", text(*everybody))], stopWhen={"count": 3})

    # when two answer, which is one too few
    world.fast_forward(timedelta(hours=10))
    for phone in everybody[:2]:
        world.text_back(phone, "yes")
    world.fast_forward(timedelta(hours=18))

    # then every step came, once and in time, and those two were not asked again
    assert [len(all) for all in world.phones.values()].count(2) == 9_998
    assert all(len(world.phones[phone]) == 1 for phone in everybody[:2])
    assert all(len(world.mailboxes[f"m{n}@example.org"]) == 1 for n in range(7))
    assert (world.standing(first).step, world.standing(first).state) == (8, EscalationState.EXHAUSTED)
    late = [alert.accepted_at - (NOON + timedelta(hours=3 * n)) for n, alert in enumerate(world.accepted)]
    assert max(late) <= timedelta(seconds=75)
    check_escalations(world)


def test_3_3_what_is_not_submitted_when_it_stops_is_skipped_soon_and_nobody_of_that_gets_the_all_clear() -> None:
    world = EscalationWorld()
    world.sms.towards(BOB, Throttle())  # busy for as long as anybody tries
    first = world.escalate(text(ANA, BOB), steps=POLICY, onStopped={"alert": [text(says="all clear")]})
    world.fast_forward(2 * MINUTE)
    assert world.states(first)["retry_wait"] == 1

    world.text_back(ANA, "ok")
    world.fast_forward(5 * MINUTE)

    assert world.skipped(first) == {"stopped": 1}
    assert list(world.heard) == [ANA]
    assert [said.split(" ", 1)[1] for said in world.heard[ANA]] == ["trunk 7 is down", "all clear"]
    check(world)
    check_escalations(world)


def test_e2_a_step_whose_orders_are_still_on_their_way_reaches_nobody_after_the_answer() -> None:
    lost = Disturbance(drop=lambda order: order.channel is Channel.EMAIL)
    world = EscalationWorld(disturbance=lost)
    first = world.escalate(text(ANA), steps=[step("5m", mail(BOSS))])
    world.fast_forward(5 * MINUTE + timedelta(seconds=1))
    world.text_back(ANA, "ok")
    world.fast_forward(MINUTE)
    world.disturbance = Disturbance()
    world.fast_forward(timedelta(hours=1))

    (asked,) = [alert for alert in world.accepted if alert.cause]
    assert world.skipped(asked) == {"stopped": 1}
    assert world.mailboxes == {}
    assert world.events_of(first) == ["escalated", "acknowledged"]


def answered(world: EscalationWorld, alert: Alert, position: int, address: str) -> None:
    """Let an answer to a message of the first item be taken in at this moment."""
    key = ChunkKey(alert.tenant, alert.ref, 0, 0)
    answer = Response(
        key, position, ResponseKind.SMS, f"in-{position}", address, None, world.clock(),
        link=alert.link, escalation=alert.escalation,
    )  # fmt: skip
    assert world._responses_port().add(answer)


def test_e2_the_answer_itself_is_the_end_although_its_timer_has_not_run() -> None:
    # given a mail that is still to go out, and timers that ring for nobody
    world = EscalationWorld(fires=(0, 0), disturbance=Disturbance(drop=lambda order: order.channel is Channel.EMAIL))
    first = world.escalate(text(ANA), mail(BOSS), steps=POLICY)
    world.fast_forward(MINUTE)

    # when somebody answers, and the mail's order comes
    answered(world, first, 0, ANA)
    world.disturbance = Disturbance()
    world.fast_forward(5 * MINUTE)

    # then nothing has written the end down, and yet nobody is asked
    assert world.standing(first).state is EscalationState.ACTIVE
    assert world.skipped(first) == {"stopped": 1}
    assert world.mailboxes == {}


def test_the_worker_that_is_being_told_just_then_is_waited_for_before_all_clear() -> None:
    world = EscalationWorld()
    first = world.escalate(text(ANA, BOB), steps=POLICY, onStopped={"alert": [text(says="all clear")]})
    world.fast_forward(MINUTE)
    place = (ChunkKey(first.tenant, first.ref, 0, 0), 1)
    known = world.rows.rows[place]
    world.rows.rows[place] = replace(known, state=MessageState.SENDING, due_at=world.clock() + MINUTE)

    answered(world, first, 0, ANA)
    world.fast_forward(timedelta(seconds=10))
    assert world.standing(first).state is EscalationState.ACKNOWLEDGED
    assert [len(all) for all in world.heard.values()] == [1, 1]

    world.rows.rows[place] = known
    world.fast_forward(MINUTE)
    assert [len(all) for all in world.heard.values()] == [2, 2]


def test_who_has_answered_is_skipped_while_others_still_must() -> None:
    world = EscalationWorld()
    world.sms.towards(BOB, Throttle(), Throttle(), Accept())
    first = world.escalate(text(ANA, BOB), mail(BOSS), steps=POLICY, stopWhen={"count": 3})
    world.fast_forward(timedelta(seconds=1))
    # Bob's own text is still being tried when he answers by other means
    key = ChunkKey(first.tenant, first.ref, 0, 0)
    world.responses.add(
        Response(
            key, 1, ResponseKind.SMS, "in-9", BOB, None, world.clock(), link=first.link, escalation=first.escalation
        )
    )
    world.fast_forward(timedelta(minutes=4))
    assert BOB not in world.phones
    assert world.skipped(first) == {"answered": 1}
    assert world.standing(first).open


def test_a_key_that_is_disabled_ends_its_escalations() -> None:
    world = EscalationWorld()
    first = world.escalate(text(ANA), steps=POLICY)
    world.keys.save(replace(world.key, enabled=False))
    world.fast_forward(timedelta(hours=1))
    assert list(world.heard) == [ANA]
    assert world.standing(first).state is EscalationState.CANCELLED
    assert world.events_of(first) == ["cancelled"]


def test_steps_and_the_all_clear_count_clicks_as_the_first_alert_does_whatever_the_key_says_by_then() -> None:
    # given an alert of a key by whose default clicks count
    world = EscalationWorld()
    world.key = replace(world.key, click_counts=True)
    world.keys.save(world.key)
    world.escalate(text(ANA), steps=[step("5m", text(BOB))], onStopped={"alert": [text(says="it is over")]})

    # when the default changes, the step is sent, and then its receiver answers
    world.keys.save(replace(world.key, click_counts=False))
    world.fast_forward(6 * MINUTE)
    world.text_back(BOB, "on my way")
    world.fast_forward(3 * MINUTE)

    # then all three alerts count clicks
    assert [alert.click_counts for _, alert in sorted(world.alerts.alerts.items())] == [True] * 3
