"""Stories of alert rules: events come in, rules run, and what they send is looked at."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import NoReturn

import pytest

from tests.fakes.time import NOON
from tests.scenarios.event_world import (
    ACME,
    CONSOLE,
    HOOK,
    MAIL,
    TEXT,
    EventWorld,
    calls_rule,
    line_rule,
    missed_call,
    registration,
)
from tests.unit.alert_rules.worlds import a_rule, a_trigger
from tocsin.alert_rules.domain.actions import WebhookAction
from tocsin.alert_rules.domain.gates import SentText
from tocsin.alert_rules.domain.rule import AlertRule, RuleOptions, RuleThrottle, ThrottleBy
from tocsin.alert_rules.domain.run import RuleRunState
from tocsin.alert_rules.domain.triggers import RuleType
from tocsin.identity.domain.tenant import BusTopic
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.domain.cloud_events import depth_of
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.stored_event import StoredEvent
from tocsin.timers.domain.timer import TimerKind
from tocsin.webhooks.domain.callback_order import DeliveryOrder
from tocsin.webhooks.domain.rule_delivery import DeliveryOwed

MINUTE = timedelta(minutes=1)
TWO_AN_HOUR = RuleOptions(throttle=RuleThrottle(2, timedelta(hours=1)))


def states(world: EventWorld) -> list[RuleRunState]:
    """Return the states of all runs, by the time of their events."""
    return [run.state for run in sorted(world.runs.runs.values(), key=lambda run: run.id)]


def test_a_missed_call_is_told_by_mail_text_and_webhook_in_one_alert() -> None:
    world = EventWorld(calls_rule(MAIL, TEXT, HOOK))
    world.take(missed_call())
    world.work()
    (alert,) = world.sent
    assert [(message.tag, message.to) for message in alert.messages] == [
        ("n1", ("ana@example.com",)),
        ("n2", ("+447700900123",)),
    ]
    assert "Missed call from Ana (+447700900123) to line l1" in world.said[1]
    (delivery,) = world.inside.deliveries.values()
    assert delivery.url == "https://hooks.example.com/in"
    (run,) = world.runs.runs.values()
    assert (run.state, run.alert, run.deliveries) == (RuleRunState.SENT, alert.ref, (delivery.key.event_id,))
    assert not [each for each in world.rows.kept.values() if each.owed]


@pytest.mark.parametrize(
    "options",
    [RuleOptions(), RuleOptions(throttle=RuleThrottle(1, timedelta(hours=1)))],
    ids=["at once", "when a throttle ends"],
)
def test_a_message_leads_to_the_page_of_its_event(options: RuleOptions) -> None:
    world = EventWorld(calls_rule(replace(TEXT, text="%%URL%%"), options=options))
    events = [missed_call(f"c{n}", NOON + n * MINUTE) for n in range(2)]
    for event in events:
        world.take(event)
        world.work()
    world.until(NOON + timedelta(hours=1))
    assert [said.split()[0] for said in world.said] == [f"{CONSOLE}/console/events/{event.name}" for event in events]


def test_a_line_that_was_held_leads_to_its_event_too() -> None:
    world = EventWorld(replace(line_rule(options=HELD), actions=(replace(TEXT, text="%%URL%%"),)))
    event = registration("unregistered", NOON)
    world.take(registration("registered", NOON - MINUTE), event)
    world.work()
    world.until(NOON + timedelta(minutes=5))
    assert world.said == [f"{CONSOLE}/console/events/{event.name}"]


def test_al_15_a_switched_off_notification_sends_nothing() -> None:
    world = EventWorld(calls_rule(replace(MAIL, enabled=False), TEXT))
    world.take(missed_call())
    world.work()
    assert [message.tag for alert in world.sent for message in alert.messages] == ["n2"]  # history reads the alert


@pytest.mark.parametrize("when", ["disabled", "deleted"])
def test_al_15_a_rule_that_ends_before_it_is_acted_on_sends_nothing(when: str) -> None:
    world = EventWorld(calls_rule())
    world.take(missed_call())
    if when == "disabled":
        world.save("r1", enabled=False)
    else:
        world.delete("r1")
    world.work()
    assert not world.sent
    assert not world.runs.runs


def test_a_rule_that_was_edited_meanwhile_is_matched_again() -> None:
    world = EventWorld(calls_rule(), calls_rule(id="r2"))
    world.take(missed_call())
    world.save("r1", triggers=(a_trigger("t9", statuses=["answered"]),))
    world.save("r2", triggers=(a_trigger("t9", statuses=["missed"]),))
    world.work()
    assert [(run.rule, run.trigger_ids, run.rule_version) for run in world.runs.runs.values()] == [("r2", ("t9",), 2)]


def test_al_24_a_call_that_matches_all_filters_but_one_fires_nothing() -> None:
    rule = calls_rule(statuses=["missed"], lines=["l1"], directions=["incoming"], numbers=["+447700900199"])
    world = EventWorld(rule)
    world.take(missed_call(), missed_call("c2", caller="+447700900199"))
    world.work()
    assert [run.event for run in world.runs.runs.values()] == [missed_call("c2").name]


def test_al_27_two_triggers_of_a_rule_make_one_run_that_lists_both() -> None:
    triggers = (a_trigger("t1", statuses=["missed"]), replace(a_trigger("t2", lines=["l1"]), description="Front desk"))
    world = EventWorld(a_rule(RuleType.CALL, *triggers, actions=(MAIL,)))
    world.take(missed_call())
    world.work()
    assert len(world.sent) == 1
    (run,) = world.runs.runs.values()
    assert (run.trigger_ids, run.entities) == (("t1", "t2"), ("Trigger 1", "Front desk"))


def test_al_28_an_event_that_comes_again_and_again_fires_a_rule_once() -> None:
    world = EventWorld(calls_rule(MAIL, HOOK), calls_rule(id="r2"))
    for _ in range(3):
        world.take(missed_call())
        world.work()
        world.clock.advance(timedelta(minutes=3))
        world.sweep()
    assert len(world.sent) == 2
    assert len(world.inside.deliveries) == 1


def test_an_event_that_came_before_the_rule_counts_is_not_told() -> None:
    world = EventWorld(replace(calls_rule(), counts_from=NOON + timedelta(seconds=1)))
    world.take(missed_call("before"), missed_call("after", received_at=NOON + timedelta(seconds=1)))
    world.work()
    assert [run.event for run in world.runs.runs.values()] == [missed_call("after").name]


def test_an_old_event_is_not_told() -> None:
    world = EventWorld(calls_rule(options=RuleOptions(max_age=timedelta(hours=1))))
    world.take(missed_call(at=NOON - timedelta(hours=2), received_at=NOON))
    world.work()
    assert not world.sent


def test_al_32_an_event_about_a_text_of_a_rule_fires_none() -> None:
    rule = a_rule(RuleType.SMS, a_trigger("t1", directions=["outgoing"]), actions=(TEXT,))
    data = {
        "messageId": "m1",
        "from": {"number": TEXT.sender},
        "to": {"number": TEXT.to[0]},
        "text": "Fire at gate 4",
    }
    event = TelephonyEvent("pbx", "m1", "sms.sent", NOON, NOON, data)
    world = EventWorld(rule)
    world.sent_texts = [SentText(None, TEXT.sender, TEXT.to[0], "Fire at gate 4", NOON)]
    world.take(event)
    world.work()
    assert not world.sent
    world.sent_texts = []
    world.take(replace(event, id="m2"))
    world.work()
    assert len(world.sent) == 1


def test_al_41_a_rule_that_is_deleted_while_it_is_decided_sends_nothing() -> None:
    world = EventWorld(calls_rule())
    send = world.inside.write

    def deleted_first(participants: object) -> None:
        if world.rules.rules[ACME, "r1"].enabled:
            world.delete("r1")
        send(participants)  # type: ignore[arg-type]

    world.inside.write = deleted_first  # type: ignore[method-assign]
    world.take(missed_call())
    world.work()
    assert not world.sent


def test_a_throttle_lets_two_pass_and_one_message_tells_the_rest() -> None:
    world = EventWorld(calls_rule(options=TWO_AN_HOUR))
    for n in range(5):
        world.take(missed_call(f"c{n}", NOON + n * MINUTE))
        world.work()
    assert states(world) == [RuleRunState.SENT] * 2 + [RuleRunState.THROTTLED] * 3
    world.until(NOON + timedelta(hours=1))
    assert len(world.sent) == 3
    assert "and 2 more since" in world.said[2]
    assert "12:04" in world.said[2]  # the newest is told in full
    world.take(missed_call("c9", NOON + timedelta(hours=1)))
    world.work()
    assert set(states(world)[-2:]) == {RuleRunState.TOLD_LATER, RuleRunState.SENT}


def test_a_throttle_counts_callers_apart() -> None:
    options = RuleOptions(throttle=RuleThrottle(1, timedelta(hours=1), ThrottleBy.CALLER))
    world = EventWorld(calls_rule(options=options))
    for n in range(4):
        world.take(missed_call(f"c{n}", NOON + n * MINUTE, caller=f"+44770090012{n % 2}"))
    world.work()
    assert len(world.sent) == 2


def test_a_match_that_a_throttle_stops_after_its_window_was_told_is_told_too() -> None:
    world = EventWorld(calls_rule(options=TWO_AN_HOUR))
    world.take(*(missed_call(f"c{n}", NOON + n * MINUTE) for n in range(3)))
    world.work()
    world.until(NOON + timedelta(hours=1))
    assert len(world.sent) == 3
    world.take(missed_call("late", NOON + 9 * MINUTE))  # it was received in the window, and acted on after it
    world.work()
    world.until(NOON + timedelta(hours=2))
    assert len(world.sent) == 4
    assert "12:09" in world.said[3]


def test_a_match_between_the_message_and_the_end_of_its_timer_is_told_too() -> None:
    world = EventWorld(calls_rule(options=TWO_AN_HOUR))
    world.take(*(missed_call(f"c{n}", NOON + n * MINUTE) for n in range(3)))
    world.work()
    world.clock.advance(timedelta(hours=1))
    (timer,) = world.timers.rows.values()
    world.actions[TimerKind.THROTTLE_END](timer, world.clock())
    world.take(missed_call("late", NOON + 9 * MINUTE))
    world.work()
    world.timers.move(timer, None)  # the worker ends, and finds another setting of the timer
    world.until(NOON + timedelta(hours=2))
    assert len(world.sent) == 4


def test_a_digest_lists_in_one_mail_what_came_since_its_first_run() -> None:
    world = EventWorld(calls_rule(MAIL, TEXT, options=RuleOptions(digest=timedelta(minutes=30))))
    for n in range(3):
        world.until(NOON + 5 * n * MINUTE)
        world.take(missed_call(f"c{n}", world.clock()))
        world.work()
    assert [message.tag for alert in world.sent for message in alert.messages] == ["n2"] * 3
    world.until(NOON + timedelta(hours=2))
    mail = world.said[3]
    assert mail.startswith("3 events:")
    assert [clock in mail for clock in ("12:00", "12:05", "12:10")] == [True] * 3
    assert len(world.sent) == 4
    told = [run for run in world.runs.runs.values() if run.state is RuleRunState.TOLD_LATER]
    assert [(run.alert, run.event, run.trigger_ids, run.at) for run in told] == [
        (world.sent[3].ref, missed_call("c2").name, ("t1",), NOON + 30 * MINUTE)
    ]
    world.take(missed_call("c9", world.clock()))
    world.work()
    world.until(NOON + timedelta(hours=4))
    assert world.said[-1].startswith("1 event:")


def test_a_rule_that_is_disabled_before_its_digest_sends_no_list() -> None:
    world = EventWorld(calls_rule(options=RuleOptions(digest=timedelta(minutes=30))))
    world.take(missed_call())
    world.work()
    world.save("r1", enabled=False)
    world.until(NOON + timedelta(hours=1))
    assert states(world) == [RuleRunState.COLLECTED]
    assert not world.sent


HELD = RuleOptions(hold=timedelta(minutes=5))


def test_a_line_that_stays_offline_is_told_after_the_hold_and_the_message_says_since_when() -> None:
    world = EventWorld(line_rule(options=HELD))
    world.take(registration("registered", NOON - MINUTE), registration("unregistered", NOON))
    world.work()
    assert states(world) == [RuleRunState.HELD]
    world.until(NOON + timedelta(minutes=4, seconds=59))
    assert not world.sent
    world.until(NOON + timedelta(minutes=5))
    assert states(world) == [RuleRunState.SENT]
    assert "Line l1 is offline since" in world.said[0]
    assert "12:00" in world.said[0]


def test_a_line_that_comes_back_in_time_is_not_told() -> None:
    world = EventWorld(line_rule(options=HELD))
    world.take(registration("unregistered", NOON), registration("registered", NOON + MINUTE))
    world.work()
    world.until(NOON + timedelta(hours=1))
    assert not world.sent
    assert states(world) == [RuleRunState.RELEASED]


def test_a_saved_rule_keeps_its_hold_and_a_disabled_one_drops_it() -> None:
    for enabled in (True, False):
        world = EventWorld(line_rule(options=HELD))
        world.take(registration("unregistered", NOON))
        world.work()
        world.save("r1", name="Saved", enabled=enabled)
        world.until(NOON + timedelta(hours=1))
        assert len(world.sent) == enabled
        assert states(world) == [RuleRunState.SENT if enabled else RuleRunState.RELEASED]


def test_al_29_a_refresh_never_counts_as_registered_and_other_lines_fire_nothing() -> None:
    world = EventWorld(line_rule(words=("registered",)))
    world.take(
        registration("registered", NOON),
        registration("seen", NOON + MINUTE),
        registration("registered", NOON + 2 * MINUTE),
        registration("unregistered", NOON + 3 * MINUTE),
        registration("registered", NOON, line="l2"),
    )
    world.work()
    assert [said.split(",")[0] for said in world.said] == ["Line l1 is online"]


def test_registrations_are_told_as_what_they_mean_for_the_line() -> None:
    world = EventWorld(line_rule(words=("registered", "unregistered")))
    world.take(
        registration("seen", NOON, contact="desk"),
        registration("registered", NOON + MINUTE, contact="mobile"),
        registration("unregistered", NOON + 2 * MINUTE, contact="desk"),  # the mobile telephone is there still
        registration("unregistered", NOON + 3 * MINUTE, contact="mobile"),
    )
    world.work()
    assert [said.split(",")[0] for said in world.said] == ["Line l1 is online", "Line l1 went offline"]


@pytest.mark.parametrize("names", list(product(("l1", "2001", "L1"), repeat=4)), ids=" ".join)
def test_a_line_is_one_line_by_whatever_of_its_names_events_tell_it(names: Sequence[str]) -> None:
    world = EventWorld(line_rule(words=("registered", "unregistered"), options=RuleOptions(hold=5 * MINUTE)))
    world.take(
        registration("seen", NOON, contact="desk", line=names[0]),
        registration("registered", NOON + MINUTE, contact="mobile", line=names[1]),
        registration("unregistered", NOON + 2 * MINUTE, contact="desk", line=names[2]),
        registration("unregistered", NOON + 3 * MINUTE, contact="mobile", line=names[3]),
    )
    world.work()
    world.until(NOON + 10 * MINUTE)
    assert [re.findall("online|offline", said)[0] for said in world.said] == ["online", "offline"]


@pytest.mark.parametrize(("words", "offline"), [(("unregistered",), 0), (("unregistered", "refreshed"), 1)])
def test_a_registration_lapses_unseen_only_if_its_renewals_would_be_seen(words: tuple[str, ...], offline: int) -> None:
    world = EventWorld(line_rule(words=words))
    hour = timedelta(hours=1)
    world.take(
        registration("registered", NOON, contact="desk", expiresSeconds=300),
        registration("registered", NOON, contact="mobile"),
        registration("unregistered", NOON + hour, contact="mobile"),
    )
    world.work()
    assert sum("went offline" in said for said in world.said) == offline


def test_legs_become_one_call_that_a_rule_tells() -> None:
    world = EventWorld(calls_rule(statuses=["answered"]))
    for n, status in enumerate(("missed", "answered")):
        event = missed_call("c1", NOON + timedelta(seconds=n), status=status, legId=f"leg{n}")
        world.take(replace(event, id=f"leg{n}", type="call.leg"))
        world.work()
    assert not world.sent
    world.until(NOON + timedelta(seconds=30))
    assert len(world.sent) == 1
    assert not world.timers.rows


def test_the_last_leg_settles_its_call_at_once() -> None:
    world = EventWorld(calls_rule())
    world.take(replace(missed_call("c1", legId="a", final=True), id="leg1", type="call.leg"))
    world.work()
    assert len(world.sent) == 1


def test_a_call_whose_event_was_not_stored_when_it_was_settled_is_told_when_its_leg_is_repeated() -> None:
    world = EventWorld(calls_rule())
    world.take(replace(missed_call("c1", legId="a", final=True), id="leg1", type="call.leg"))
    insert = world.rows.insert

    def fails(tenant: TenantId, events: Sequence[StoredEvent]) -> NoReturn:
        world.rows.insert = insert  # type: ignore[method-assign]
        raise StorageUnavailable("throttled")

    world.rows.insert = fails  # type: ignore[method-assign]
    world.work()
    assert len(world.sent) == 1


def test_events_of_a_sandbox_are_told_as_tests_and_count_nowhere() -> None:
    options = RuleOptions(throttle=RuleThrottle(1, timedelta(hours=1)), digest=timedelta(hours=1))
    world = EventWorld(calls_rule(MAIL, HOOK, options=options))
    world.take(*(replace(missed_call(f"c{n}"), sandbox=True) for n in range(3)))
    world.work()
    assert len(world.sent) == 3
    assert all(alert.sandbox for alert in world.sent)
    assert all(run.test for run in world.runs.runs.values())
    assert all(said.count("TEST") for said in world.said)
    assert not world.windows.counts
    assert not world.windows.open
    assert all(delivery.due_at is None for delivery in world.inside.deliveries.values())


def test_an_event_that_fails_does_not_stop_the_others_and_is_ordered_ever_more_rarely() -> None:
    world = EventWorld(calls_rule())
    world.take(missed_call("c1"), missed_call("c2"))
    bad = missed_call("c1").name
    read = world.rows.kept[ACME, bad]
    world.rows.kept[ACME, bad] = replace(read, acts=(["nonsense"],))
    with pytest.raises(ValueError, match="nonsense"):
        world.act(world.orders.queued.pop())
    assert len(world.sent) == 1
    ordered = []
    for minute in range(240):
        if world.sweep():
            ordered.append(minute)
        world.clock.advance(MINUTE)
    assert ordered == [2, 4, 8, 16, 32, 64, 124, 184]


def test_an_order_is_repeated_if_a_rule_changes_at_every_try() -> None:
    world = EventWorld(calls_rule())
    world.take(missed_call())
    write = world.inside.write

    def saved_first(participants: object) -> None:
        world.save("r1")
        write(participants)  # type: ignore[arg-type]

    world.inside.write = saved_first  # type: ignore[method-assign]
    with pytest.raises(StorageUnavailable):
        world.act(world.orders.queued[0])
    world.inside.write = write  # type: ignore[method-assign]
    world.work()
    assert len(world.sent) == 1
    assert not [key for key in world.timers.rows if key.kind is TimerKind.CALL]


def test_al_32_a_webhook_that_comes_back_as_an_event_ends_after_three_rounds() -> None:
    hook = WebhookAction(id="hook", url="https://api.example.com/events/s1")
    world = EventWorld(calls_rule(hook))
    told = 0
    for n in range(9):
        # given a source that makes an event of what the webhook posts
        headers = dict(list(world.inside.deliveries.values())[-1].headers) if told else {}
        world.take(replace(missed_call(id=f"c{n}"), depth=depth_of(headers)))
        world.work()
        assert len(world.inside.deliveries) in (told, told + 1)
        if len(world.inside.deliveries) == told:
            break
        told += 1
    assert told == 4  # the first, and three that webhooks led to


# --- on the event bus ---------------------------------------------------------------------------------------------


def with_bus(*rules: AlertRule) -> EventWorld:
    world = EventWorld(*rules)
    world.account = replace(world.account, bus=frozenset(BusTopic))
    return world


def test_events_2_8_a_run_on_the_bus_says_what_fired_and_what_was_sent() -> None:
    world = with_bus(calls_rule(MAIL, HOOK, options=RuleOptions(urgent=True)))
    event = missed_call()
    world.take(event)
    world.work()
    (run,) = world.runs.runs.values()
    (entry,) = world.on_bus
    (hook, owed) = world.inside.deliveries.values()
    assert entry == {
        "kind": "tocsin.rule.sent",
        "eventId": owed.key.event_id,
        "tenant": "acme",
        "whence": "2026-11-23T12:00:00.000Z",
        "run": {"id": run.id, "state": "sent", "test": False},
        "rule": {"id": "r1", "name": "Missed", "type": "call", "version": 1},
        "triggers": [{"id": "t1", "description": "Trigger 1"}],
        "event": event.name,
        "alertRef": world.sent[0].ref,
        "webhooks": [hook.key.event_id],
        "call": json.loads(hook.body)["call"],
    }
    assert run.deliveries == (hook.key.event_id,)  # history lists webhooks, not the bus
    assert [each.urgent for each in world.sent[0].participants if isinstance(each, DeliveryOwed)] == [True, True]


def test_events_2_8_a_run_of_a_webhook_alone_is_written_with_its_entry() -> None:
    world = with_bus(calls_rule(HOOK))
    world.take(missed_call())
    world.work()
    assert [(entry["kind"], entry["alertRef"]) for entry in world.on_bus] == [("tocsin.rule.sent", None)]


def test_events_2_8_an_account_that_does_not_ask_has_nothing_on_the_bus() -> None:
    world = EventWorld(calls_rule(MAIL))
    for topics in (frozenset[BusTopic](), frozenset({BusTopic.INCIDENTS, BusTopic.EVENTS})):
        world.account = replace(world.account, bus=topics)
        world.take(missed_call(str(topics)))
        world.work()
    assert len(world.sent) == 2
    assert world.on_bus == []


def test_events_2_8_a_sandbox_event_has_nothing_on_the_bus() -> None:
    world = with_bus(calls_rule(MAIL))
    world.take(replace(missed_call(), sandbox=True))
    world.work()
    assert len(world.sent) == 1
    assert world.on_bus == []


@pytest.mark.parametrize("back", [True, False])
def test_events_2_8_a_held_run_is_on_the_bus_once_its_line_is_told(back: bool) -> None:
    world = with_bus(line_rule(options=HELD))
    world.take(registration("registered", NOON - MINUTE), registration("unregistered", NOON))
    world.work()
    assert world.on_bus == []
    if back:
        world.take(registration("registered", NOON + MINUTE))
        world.work()
    world.until(NOON + timedelta(minutes=10))
    assert [entry["kind"] for entry in world.on_bus] == ([] if back else ["tocsin.rule.sent"])


def test_events_2_8_a_message_of_several_runs_names_the_newest_event_and_no_call() -> None:
    world = with_bus(calls_rule(MAIL, options=RuleOptions(digest=timedelta(minutes=30))))
    events = [missed_call(f"c{n}") for n in range(2)]
    world.take(*events)
    world.work()
    world.until(NOON + timedelta(hours=1))
    *collected, later = world.on_bus
    assert [entry["kind"] for entry in collected] == ["tocsin.rule.collected"] * 2
    assert (later["kind"], "call" in later, "call" in collected[0]) == ("tocsin.rule.told_later", False, True)
    assert later["event"] in {event.name for event in events}


def test_events_2_8_an_assembled_call_is_on_the_bus_and_what_its_source_told_is_not() -> None:
    world = with_bus()
    leg = replace(missed_call("c2", legId="leg1", final=True), id="leg1", type="call.leg")
    world.take(leg, missed_call("c1"))
    world.work()
    (entry,) = world.on_bus
    call = next(each for each in world.rows.kept.values() if each.event.id == "call:c2")
    assert (entry["kind"], entry["event"], entry["type"]) == ("tocsin.event.call.ended", call.name, "call.ended")
    assert (entry["source"], entry["sourceEventId"]) == ("pbx", "call:c2")
    assert (entry["dataschema"], entry["data"]) == ("tocsin:event:call.ended:1", call.event.data)
    (order,) = world.bus_orders.orders
    assert isinstance(order, DeliveryOrder)
    assert order.event_ids == (entry["eventId"],)
