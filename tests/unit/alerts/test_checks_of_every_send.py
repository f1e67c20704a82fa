"""Whoever sends, a call, a schedule, a step, a keyword or several together, asks the same questions before (S1, S8, S15)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import KEY, TENANT, number
from tests.fakes.sealer import FakeSealer
from tests.scenarios.escalation_world import EscalationWorld, step, text
from tests.unit.alerts.desk import Desk, a_request, an_email, an_sms
from tests.unit.delivery.stand import Counting
from tests.unit.linked_alerts.test_linked_alerts import LINK
from tests.unit.schedules.schedule_desk import ScheduleDesk, asked, body
from tests.unit.triggers.triggering import Triggering
from tests.unit.triggers.triggering import body as triggered_body
from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.domain.exclusion import Exclusion, ExclusionReason
from tocsin.contacts.domain.contact import Contact, ContactGroup
from tocsin.content.domain.content import SmsContent
from tocsin.content.domain.options import SmsOptions
from tocsin.escalation.domain.escalation import EscalationState
from tocsin.kernel.domain.errors import InvalidRequest
from tocsin.kernel.domain.ids import TenantId
from tocsin.limits.domain.sending_limits import SendingLimits
from tocsin.privacy.application.drop_erased import DropErased
from tocsin.privacy.application.erase_contact import fingerprint
from tocsin.responses.domain.two_way import TwoWayNumber
from tocsin.schedules.domain.answer import Scheduled

EVE, ANA, PARIS = number(66), number(1), "+33612345678"
THEIRS = "+447700900060"
MINUTE = timedelta(minutes=1)
CREW = ContactGroup("crew", {"eve": Contact("eve", EVE, "eve@example.org"), "ana": Contact("ana", ANA)})
UMBRELLA = TwoWayNumber(THEIRS, TenantId("umbrella"), KEY)
HOME = SendingLimits(countries=frozenset({"GB"}))


def reached(desk: Desk, alert: Alert) -> list[str]:
    keys = dict.fromkeys(batch.key for batch in alert.batches())
    return [who.address for key in keys for who in desk.alerts.recipients(key)]


def excluded(desk: Desk, alert: Alert) -> list[Exclusion]:
    return [who for each in desk.alerts.excluded(TENANT, alert.ref).values() for who in each]


# --- nobody who was erased comes back -----------------------------------------------------------------------------


def test_s8_a_run_of_a_schedule_reaches_nobody_who_was_erased_since_it_was_made() -> None:
    desk = ScheduleDesk()
    desk.schedule(asked(delay="1h"), EVE, ANA)
    desk.clock.advance(MINUTE)
    desk.erase(EVE)

    desk.pass_time(timedelta(hours=2))

    (alert,) = desk.sent
    assert reached(desk, alert) == [ANA]
    # and what is kept of her is that there was somebody
    assert excluded(desk, alert) == [Exclusion(None, "", ExclusionReason.ERASED)]


def test_s8_the_group_of_a_linked_set_brings_nobody_back_and_who_is_named_anew_is_contacted() -> None:
    desk = Desk()
    assert desk.send(an_sms(sets=("all",)), link=LINK, group=CREW).success
    desk.clock.advance(MINUTE)
    desk.erase(EVE, "eve@example.org")
    desk.clock.advance(MINUTE)

    again = desk.send(an_sms(sets=("all",)), an_email(contacts=("eve",)), an_sms(EVE), link=LINK, group=CREW)

    assert [item.sent for item in again.items] == [1, 0, 1]
    assert reached(desk, desk.alert(again)) == [ANA, EVE]


def test_s8_what_a_keyword_sets_off_reaches_nobody_who_was_erased_since_it_was_stored() -> None:
    world = Triggering()
    world.arm(text=triggered_body(EVE, ANA))
    world.wait(MINUTE)
    world.desk.erase(EVE)

    world.text("FIRE")

    (alert,) = world.sent()
    assert reached(world.desk, alert) == [ANA]


def test_s8_a_step_reaches_nobody_who_was_erased_since_the_escalation_began() -> None:
    world = EscalationWorld()
    first = world.escalate(text(ANA), steps=[step("5m", text(EVE)), step("5m", text(EVE, number(2)))])
    world.fast_forward(MINUTE)
    world.erasures.enter(TENANT, [fingerprint(FakeSealer(), TENANT, EVE)], world.clock())

    world.fast_forward(timedelta(hours=1))

    assert set(world.heard) == {ANA, number(2)}
    assert world.standing(first).state is EscalationState.EXHAUSTED


def test_the_ledger_is_asked_once_for_all_elements_of_a_call() -> None:
    desk = Desk()
    assert desk.send(an_sms(sets=("all",)), link=LINK, group=CREW).success
    calls: Counter[str] = Counter()
    desk.filters[0] = DropErased(Counting("dispatch_progress", desk.erasures, calls), desk.sealer)
    desk.send(an_sms(sets=("all",)), an_email(contacts=("eve",)), an_sms(contacts=("ana",)), link=LINK)
    assert calls == {"dispatch_progress.since": 1}


# --- nobody sends from another account's number -------------------------------------------------------------------


def test_s1_who_was_left_out_for_a_foreign_sender_is_kept_with_the_reason() -> None:
    desk = Desk()
    desk.numbers.add(UMBRELLA)
    result = desk.send(replace(an_sms(ANA), options=SmsOptions(THEIRS)), an_sms(number(2)))
    alert = desk.alert(result)
    assert excluded(desk, alert) == [Exclusion(None, ANA, ExclusionReason.FOREIGN_SENDER)]
    assert isinstance(alert.items[1].content, SmsContent)


def test_s1_a_step_from_a_foreign_number_is_refused_when_the_call_is_made() -> None:
    world = EscalationWorld()
    world.numbers.add(UMBRELLA)
    foreign = {**text(number(2)), "sender": THEIRS}
    with pytest.raises(InvalidRequest) as refused:
        world.escalate(text(ANA), steps=[step("5m", foreign)])
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [
        ("/escalation/steps/0/alert/0", "UNSENDABLE")
    ]


def test_s1_a_run_of_a_schedule_does_not_send_from_a_number_that_became_anothers() -> None:
    desk = ScheduleDesk()
    text_of = body(ANA).replace('"Tocsin"', f'"{THEIRS}"')
    request = replace(a_request(replace(an_sms(ANA), options=SmsOptions(THEIRS))), text=text_of)
    desk.schedule(asked(delay="1h"), request=request)
    desk.numbers.add(UMBRELLA)

    desk.pass_time(timedelta(hours=2))

    assert desk.sent == []
    assert [one.code for one in desk.told.told.values()] == ["schedule_no_receiver_left"]


# --- what brakes take is told and counted, once it is so ----------------------------------------------------------


def test_s15_what_a_run_loses_to_a_limit_is_counted_and_told_and_nothing_before_it_runs() -> None:
    desk = ScheduleDesk()
    desk.sending_limits.books[TENANT] = HOME
    desk.schedule(asked(delay="1h"), ANA, PARIS)
    assert not desk.refusals

    desk.pass_time(timedelta(hours=2))

    (alert,) = desk.sent
    assert dict(desk.refusals) == {"country_not_allowed": 1}
    assert [(one.code, one.alert) for one in desk.told.told.values()] == [("country_not_allowed", alert.ref)]


def test_s15_so_it_is_for_each_of_several_alerts_of_one_call() -> None:
    desk = ScheduleDesk()
    desk.sending_limits.books[TENANT] = HOME
    requests = [replace(a_request(an_sms(ANA, PARIS)), text=body(ANA, PARIS)) for _ in range(2)]

    results = desk.send_together(desk.key, [*requests, replace(requests[0], schedule=asked(delay="1h"))])

    assert isinstance(results[2], Scheduled)
    assert dict(desk.refusals) == {"country_not_allowed": 2}
    assert len(desk.told.told) == 1  # once a day and reason


def test_s15_and_when_nobody_is_left_of_them() -> None:
    desk = ScheduleDesk()
    desk.sending_limits.books[TENANT] = HOME
    requests = [replace(a_request(an_sms(to)), text=body(to)) for to in (ANA, PARIS)]

    desk.send_together(desk.key, requests)

    assert desk.sent == []
    assert dict(desk.refusals) == {"country_not_allowed": 1}
    assert [one.alert for one in desk.told.told.values()] == [None]
