"""Several alerts in one call: all are accepted, or none; and an alert that is kept instead of sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import TENANT
from tests.fakes.time import NOON
from tests.unit.alerts.desk import a_claim, a_request, an_sms
from tests.unit.schedules.schedule_desk import ScheduleDesk, asked, body
from tocsin.alerts.domain.elements import Receivers
from tocsin.alerts.domain.features import LinkOptions
from tocsin.alerts.domain.request import DeferralOptions, SendRequest
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.alerts.domain.result import SendResult
from tocsin.alerts.ports.alerts import AcceptOutcome, Conflict
from tocsin.alerts.ports.together import UnitOfWork
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.contact import Contact, ContactGroup
from tocsin.entrypoint.http.compact_json import compact
from tocsin.kernel.domain.errors import (
    IdempotencyKeyReused,
    InvalidRequest,
    StorageUnavailable,
    Superseded,
)
from tocsin.linked_alerts.domain.link_set import LinkBegun
from tocsin.schedules.domain.answer import Scheduled
from tocsin.stored_content.domain.stored_content import StoreRef

ANA, BOB = "+447700900001", "+447700900002"
GROUP = ContactGroup("g", {"ana": Contact("ana", ANA, "", "", {})}, {})


LINKED = compact(
    {
        "clientRef": "ref-1",
        "alert": [{"alertType": "sms", "tag": "s", "sender": "Tocsin", "contacts": ["ana"], "content": "x"}],
        "linkedAlerts": {"linkRef": "l"},
    }
)


def a_send(*to: str, **more: object) -> SendRequest:
    to = to or (ANA,)
    return replace(a_request(an_sms(*to), **more), text=body(*to))


def later(*to: str, **more: object) -> SendRequest:
    return a_send(*to, schedule=asked(delay="15m"), **more)


def linked(ref: str = "l", *, group: ContactGroup | None = None, **more: object) -> SendRequest:
    element = replace(an_sms(), receivers=Receivers(contacts=("ana",)), except_responded=frozenset({ResponseKind.SMS}))
    return replace(a_request(element, group=group, link=LinkOptions(ref), **more), text=LINKED)


@pytest.fixture
def desk() -> ScheduleDesk:
    return ScheduleDesk()


def test_one_goes_at_once_and_one_later(desk: ScheduleDesk) -> None:
    first, second = desk.send_together(desk.key, [a_send(), later()])
    assert isinstance(first, SendResult)
    assert isinstance(second, Scheduled)
    assert [alert.ref for alert in desk.sent] == [first.alert_ref]
    assert len(desk.queue.orders) == 1
    desk.pass_time(timedelta(minutes=20))
    assert len(desk.sent) == 2


def test_capacity_is_consumed_by_all_of_them_or_by_none() -> None:
    desk = ScheduleDesk({Channel.SMS: 3})
    full, short = [a_send(ANA), a_send(ANA, BOB)], [a_send(ANA, BOB), a_send(ANA), a_send(BOB)]
    results = desk.send_together(desk.key, short)
    assert [isinstance(result, SendResult) and result.success for result in results] == [True, True, False]
    assert (desk.sent, desk.keys.remaining(TENANT, desk.key.id)) == ([], {Channel.SMS: 3})
    accepted = desk.send_together(desk.key, full)
    assert [result.items[0].remaining for result in accepted if isinstance(result, SendResult)] == [2, 0]
    assert desk.keys.remaining(TENANT, desk.key.id) == {Channel.SMS: 0}


def test_a_repeat_under_the_same_claim_gets_the_first_answer(desk: ScheduleDesk) -> None:
    first = desk.send_together(desk.key, [a_send(), later()], a_claim())
    desk.clock.advance(timedelta(hours=1))
    assert desk.send_together(desk.key, [a_send(), later()], a_claim()) == first
    assert len(desk.sent) == 1
    with pytest.raises(IdempotencyKeyReused):
        desk.send_together(desk.key, [a_send()], a_claim(fingerprint="other"))


def test_every_fault_is_told_where_it_is(desk: ScheduleDesk) -> None:
    faulty = a_request(replace(an_sms(), receivers=Receivers(contacts=("ana",))))
    late = replace(later(), schedule=asked(NOON - timedelta(hours=2)))
    with pytest.raises(InvalidRequest) as caught:
        desk.send_together(desk.key, [a_send(), faulty, late])
    assert [fault.pointer for fault in caught.value.faults] == ["/alerts/1/alert/0", "/alerts/2/options/schedule/start"]
    assert desk.sent == []


def test_a_set_is_begun_once_and_the_others_use_its_group(desk: ScheduleDesk) -> None:
    results = desk.send_together(desk.key, [linked(group=GROUP), linked(), linked(schedule=asked(delay="15m"))])
    assert all(isinstance(result, Scheduled) or result.success for result in results)
    desk.pass_time(timedelta(hours=1))
    assert len({alert.link for alert in desk.sent}) == 1
    assert len(desk.sent) == 3


def test_a_set_that_stands_is_joined_by_each(desk: ScheduleDesk) -> None:
    assert desk.send_alert(desk.key, linked(group=GROUP)).success
    desk.send_together(desk.key, [linked(), linked()])
    assert len(desk.sent) == 3


def test_a_set_that_another_call_began_first_is_joined(desk: ScheduleDesk) -> None:
    write = desk.together
    seen: list[SendResult] = []

    class Late:
        """Lets another call begin the set between the decision and the writing."""

        earlier_answer = write.earlier_answer

        def __call__(self, together: UnitOfWork) -> AcceptOutcome:
            if not seen:
                seen.append(desk.send_alert(desk.key, linked(group=GROUP)))
            return write(together)

    send = replace(desk.send_together, write=Late())
    assert send(desk.key, [linked(group=GROUP), linked()])
    assert len(desk.sent) == 3


def test_a_cancelled_set_keeps_the_whole_call_from_going(desk: ScheduleDesk) -> None:
    desk.send_alert(desk.key, linked(group=GROUP))
    link = desk.sent[0].link
    assert link is not None
    desk.links.cancel(link.key, NOON, NOON + timedelta(days=30))
    with pytest.raises(Superseded):
        desk.send_together(desk.key, [a_send(), linked()])
    lifts = replace(linked(), link=LinkOptions("l", cancel_cancellation=True))
    results = desk.send_together(desk.key, [lifts, linked()])
    assert all(isinstance(result, SendResult) and result.success for result in results)


def test_what_keeps_changing_is_given_up(desk: ScheduleDesk) -> None:
    class Never:
        earlier_answer = desk.together.earlier_answer

        def __call__(self, together: UnitOfWork) -> AcceptOutcome:
            return Conflict(LinkBegun.__new__(LinkBegun))

    with pytest.raises(StorageUnavailable):
        replace(desk.send_together, write=Never())(desk.key, [a_send()])


def test_queues_that_are_down_cost_nothing_but_time(desk: ScheduleDesk) -> None:
    desk.queue.outage.failing, desk.orders.outage.failing = 1, 1
    results = desk.send_together(desk.key, [a_send(), later()])
    assert all(isinstance(result, Scheduled) or result.success for result in results)


# --- deferral ----------------------------------------------------------------------------------------------------------


def test_a_deferred_alert_is_kept_under_its_name_and_a_second_one_takes_its_place(desk: ScheduleDesk) -> None:
    first = desk.defer(desk.key, a_send(ANA), DeferralOptions("drill"))
    second = desk.defer(desk.key, a_send(BOB), DeferralOptions("drill"))
    assert isinstance(first, Scheduled)
    assert isinstance(second, Scheduled)
    assert (first.store_id, first.schedule_id, first.expiration_in_days) == (second.store_id, None, 30)
    store = desk.stored(StoreRef(store_id=second.store_id))
    assert store is not None
    assert (store.content, store.name) == (body(BOB), "drill")
    assert desk.sent == []


def test_a_deferral_whose_answer_was_lost_is_done_once(desk: ScheduleDesk) -> None:
    calls: list[UnitOfWork] = []

    class Lost:
        earlier_answer = desk.together.earlier_answer

        def __call__(self, together: UnitOfWork) -> AcceptOutcome:
            calls.append(together)
            if len(calls) == 1:
                raise StorageUnavailable("no answer")
            done: AcceptOutcome = desk.together(together)
            return done

    defer = replace(desk.defer, write=Lost())
    with pytest.raises(StorageUnavailable):
        defer(desk.key, a_send(), DeferralOptions(), a_claim(), b"seed")
    kept = defer(desk.key, a_send(), DeferralOptions(), a_claim(), b"seed")
    assert defer(desk.key, a_send(), DeferralOptions(), a_claim(), b"seed") == kept
    assert len(desk.stores.stores[TENANT, desk.key.id]) == 1
    with pytest.raises(IdempotencyKeyReused):
        defer(desk.key, a_send(), DeferralOptions(), a_claim(fingerprint="other"), b"seed")
