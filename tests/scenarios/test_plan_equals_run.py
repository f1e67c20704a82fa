"""A plan is the run told beforehand: the same receivers, channels and times, and the same reasons for everybody else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.builders import TENANT, number
from tests.fakes.sealer import FakeSealer
from tests.fakes.tenants import FakeTenantRepository
from tests.fakes.time import NOON
from tests.scenarios.escalation_world import EscalationWorld, Wire, mail, step, text
from tocsin.alerts.application.prepare import PrepareSend
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.domain.message import MessageState
from tocsin.entrypoint.alert_body.alert import StoredAlert, read_stored
from tocsin.entrypoint.http.wire import read
from tocsin.escalation.application.prepare import begun
from tocsin.identity.application.account_clocks import AccountClocks
from tocsin.identity.domain.tenant import Tenant
from tocsin.linked_alerts.application.join import JoinLinkSet
from tocsin.planning.application.plan_send import PlanSend
from tocsin.planning.domain.plan import Plan, PlannedOutcome
from tocsin.suppressions.application.suppress import Suppress
from tocsin.suppressions.domain.suppression import SuppressionReason

MINUTE = timedelta(minutes=1)
SOON = timedelta(seconds=75)
"""A step starts within this of its due time (E1), and the sweeper wakes whoever was held."""

NAMES = ("ana", "bob", "cy", "dee")


@dataclass(frozen=True)
class Told:
    """What became, or is to become, of one message."""

    step: int
    item: int
    channel: Channel
    who: str
    what: str
    reason: str | None


def plan_of(world: EscalationWorld, body: Wire) -> Plan:
    """Plan a call in the world as it stands."""
    tenants = FakeTenantRepository()
    tenants.add(Tenant(TENANT, "Acme", world.clock()))
    prepare = PrepareSend(world.stores, world._randomness, begin_escalation=begun, join=JoinLinkSet(world.link_sets))
    suppress = Suppress(world.suppressions, FakeSealer())
    use = PlanSend(prepare, world.keys, suppress, AccountClocks(tenants, world.clock), read_stored, world.clock)
    return use(world.key, read(StoredAlert, body).request("ref-1"))


def planned(plan: Plan) -> dict[Told, datetime]:
    """Return what the plan says of everybody."""
    found = {}
    for alert in plan.alerts:
        for m in alert.messages:
            what = "send" if m.outcome is PlannedOutcome.HELD else m.outcome.value
            reason = None if what == "send" else m.reason
            found[Told(alert.step, m.item, m.channel, m.contact_id or m.address, what, reason)] = m.at
    return found


def ran(world: EscalationWorld) -> dict[Told, datetime]:
    """Return what has become of everybody, read from the rows."""
    found = {}
    for alert in world.accepted:
        number_of_step = int(alert.cause.run) if alert.cause else 0
        for (key, position), row in world.rows_of(alert).items():
            item = alert.item(key.item)
            assert item is not None
            who = world.alerts.recipients(key)[position]
            sent = row.state in (MessageState.SENT, MessageState.DELIVERED)
            what = "send" if sent else row.state.value
            at = next(s.at for s in row.log if s.state is MessageState.SENT) if sent else row.log[-1].at
            place = Told(number_of_step, key.item, item.channel, who.contact_id or who.address, what, None)
            found[place if sent else replace(place, reason=row.reason)] = at
        for index, left in world.alerts.excluded(alert.tenant, alert.ref).items():
            item = alert.item(index)
            assert item is not None
            for out in left:
                reason = out.detail or out.category.value
                name = out.contact_id or out.address
                found[Told(number_of_step, index, item.channel, name, "excluded", reason)] = alert.accepted_at
    return found


def assert_alike(plan: Plan, world: EscalationWorld) -> None:
    expected, happened = planned(plan), ran(world)
    assert set(happened) == set(expected)
    for told, at in expected.items():
        assert at <= happened[told] <= at + SOON, told


def contact(name: str, place: int, quiet: Any, reachable: str) -> Wire:
    found: Wire = {"id": name}
    if "s" in reachable:
        found["sms"] = number(place)
    if "m" in reachable:
        found["email"] = f"{name}@example.org"
    return found | ({"quietHours": quiet} if quiet else {})


# Noon to quarter past three: some are over at once, some begin between two steps, some end after the next.
QUIET = st.sampled_from(
    [None, {"from": "11:00", "to": "12:20"}, {"from": "12:03", "to": "12:30"}, {"from": "12:10", "to": "15:15"}]
)
GROUPS = st.lists(
    st.tuples(QUIET, st.sampled_from(["s", "m", "sm", ""])), min_size=len(NAMES), max_size=len(NAMES)
).map(lambda those: {"contacts": [contact(NAMES[n], n + 1, *one) for n, one in enumerate(those)]})
WHOM = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True)
ELEMENTS = st.lists(
    st.tuples(st.sampled_from([text, mail]), WHOM).map(lambda it: it[0](contacts=it[1])), min_size=1, max_size=2
)
LADDERS = st.lists(st.tuples(st.sampled_from(["2m", "5m", "20m"]), ELEMENTS), min_size=0, max_size=3)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(group=GROUPS, first=ELEMENTS, policy=LADDERS, urgent=st.booleans(), stopped=st.sets(st.sampled_from(NAMES)))
def test_a_plan_and_the_run_that_follows_it_are_event_for_event_the_same(
    group: Wire, first: list[Wire], policy: list[tuple[str, list[Wire]]], urgent: bool, stopped: set[str]
) -> None:
    # given some who must not be texted, and a call with or without steps
    world = EscalationWorld()
    for name in stopped:
        suppress = Suppress(world.suppressions, FakeSealer())
        place = number(NAMES.index(name) + 1)
        suppress(TENANT, Channel.SMS, place, SuppressionReason.STOP, NOON - timedelta(days=1))
    body: Wire = {
        "clientRef": "ref-1",
        "alert": first,
        "contactGroup": {"inlineContactGroup": group},
        "options": {"urgent": urgent},
    }
    if policy:
        body["escalation"] = {"steps": [step(after, *elements) for after, elements in policy]}
    request = read(StoredAlert, body).request("ref-1")

    # when it is planned, then done, and nobody answers
    try:
        plan = plan_of(world, body)
    except Exception as refused:  # whatever the call would have been refused with
        with_the_same = type(refused)
        try:
            world._send_alert()(world.key, request)
        except with_the_same:
            return
        raise
    assert world.accepted == [], "a plan accepts nothing"
    assert world.heard == {}, "a plan sends nothing"
    result = world._send_alert()(world.key, request)
    world.fast_forward(timedelta(hours=8))

    # then the two are the same
    assert [a.result.success for a in plan.alerts if a.result][:1] == [result.success]
    if result.success:
        assert_alike(plan, world)
        if policy:
            assert plan.exhausted_at is not None


def test_the_plan_says_who_would_all_clear_after_each_step() -> None:
    # given a ladder that ends with a word to everybody who was contacted
    body: Wire = {
        "clientRef": "ref-1",
        "alert": [text(number(1), says="fire")],
        "escalation": {
            "steps": [step("5m", text(number(2), says="fire")), step("5m", text(number(3), says="fire"))],
            "onStopped": {"alert": [text(says="all clear")]},
        },
    }
    for answers_after, told in ((1, {1}), (6, {1, 2}), (11, {1, 2, 3})):
        world = EscalationWorld(fires=(1, 1))
        plan = plan_of(world, body)
        first = world.escalate(*body["alert"], **body["escalation"])
        world.fast_forward(answers_after * MINUTE)

        # when somebody answers during this step
        world.text_back(number(1), "on it", answering=first)
        world.fast_forward(timedelta(hours=1))

        # then just those of the plan are told
        during = plan.alerts[len(told) - 1]
        assert {message.address for message in during.all_clear} == {number(n) for n in told}
        assert {to for to, said in world.heard.items() if any("all clear" in one for one in said)} == {
            message.address for message in during.all_clear
        }
