"""Alerts that are sent later: accepted, run, paused, resumed, cancelled, missed; and why a run sent nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.builders import TENANT
from tests.fakes.time import NOON
from tests.unit.alerts.desk import a_claim, a_request, an_sms
from tests.unit.calendar.test_repeat import VECTORS
from tests.unit.schedules.schedule_desk import ScheduleDesk, asked, body
from tocsin.alerts.domain.cause import CauseKind
from tocsin.alerts.domain.elements import Receivers
from tocsin.alerts.domain.request import SendRequest
from tocsin.contacts.domain.channel import Channel
from tocsin.entrypoint.alert_body.alert import read_stored
from tocsin.entrypoint.http.compact_json import compact
from tocsin.kernel.domain.errors import (
    IdempotencyKeyReused,
    InvalidRequest,
    NotFound,
    StorageUnavailable,
)
from tocsin.notices.domain.account_notice import NoticeQuery
from tocsin.privacy.domain.erasure import Person, without_receiver
from tocsin.schedules.application.begin import FromStore
from tocsin.schedules.application.change import Change
from tocsin.schedules.domain.answer import Scheduled
from tocsin.schedules.domain.schedule import RunFailure, Schedule, ScheduleState
from tocsin.stored_content.domain.stored_content import ContentType, StoredContent, StoreRef

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ANA = "+447700900001"
DAILY = asked(repeat="1d", delay="1h", end=NOON + 9 * DAY)


@pytest.fixture
def desk() -> ScheduleDesk:
    return ScheduleDesk()


def codes(desk: ScheduleDesk) -> list[str]:
    """Return what the owner of the key was told, oldest first."""
    query = NoticeQuery(maximum=100, earliest_first=True)
    return [message.code for message in desk.told.read(TENANT, desk.key.id, query, desk.clock())]


def stored(desk: ScheduleDesk, result: Scheduled) -> StoredContent | None:
    return desk.stored(StoreRef(store_id=result.store_id))


# --- accepted -----------------------------------------------------------------------------------------------------


def test_ah_25_a_scheduled_alert_is_stored_and_not_sent(desk: ScheduleDesk) -> None:
    result = desk.schedule(asked(delay="1h"))
    assert (result.client_ref, result.expiration_in_days, result.next_run_at) == ("ref-1", 30, NOON + HOUR)
    assert desk.sent == []
    assert desk.queue.orders == []
    store, schedule = stored(desk, result), desk.standing(result)
    assert store is not None
    assert (store.type, store.content) == (ContentType.ALERT, body(ANA))
    assert (schedule.store_id, schedule.timer) == (store.store_id, desk.timers.get(schedule.timer.key))  # type: ignore[union-attr]


def test_ah_124_it_runs_when_its_delay_is_over_and_not_before(desk: ScheduleDesk) -> None:
    result = desk.schedule(asked(delay="5m"))
    desk.pass_time(5 * MINUTE - timedelta(milliseconds=1))
    assert desk.sent == []
    desk.pass_time(timedelta(seconds=1))
    (alert,) = desk.sent
    assert (alert.cause.kind, alert.cause.parent, alert.cause.at) == (  # type: ignore[union-attr]
        CauseKind.SCHEDULE,
        result.schedule_id,
        NOON + 5 * MINUTE,
    )
    assert [order.batch.key.alert for order in desk.queue.orders] == [alert.ref]
    after = desk.standing(result)
    assert (after.state, after.runs, after.last_alert) == (ScheduleState.FINISHED, 1, alert.ref)
    assert desk.timers.rows == {}


def test_every_run_has_an_alert_of_its_own_until_the_end(desk: ScheduleDesk) -> None:
    desk.schedule(DAILY)
    desk.pass_time(20 * DAY)
    assert [alert.accepted_at for alert in desk.sent] == [NOON + HOUR + n * DAY for n in range(9)]
    assert len({alert.ref for alert in desk.sent}) == 9


def test_ah_77_what_is_said_of_now_is_said_of_the_moment_of_sending(desk: ScheduleDesk) -> None:
    desk.schedule(asked(delay="2h"))
    desk.pass_time(3 * HOUR)
    assert desk.sent[0].accepted_at == NOON + 2 * HOUR
    assert desk.sent[0].send_before == NOON + 6 * HOUR


@pytest.mark.parametrize(("name", "wall", "at"), VECTORS)
def test_t3_the_accounts_wall_clock_says_when(name: str, wall: str, at: str) -> None:
    expected = datetime.fromisoformat(at)
    desk = ScheduleDesk(zone=name)
    desk.clock.now = expected - 2 * DAY
    result = desk.schedule(asked(datetime.fromisoformat(wall)))
    assert result.next_run_at == expected
    desk.work_off(expected + DAY)
    assert [alert.accepted_at for alert in desk.sent] == [expected]


def test_ah_125_it_may_be_made_paused(desk: ScheduleDesk) -> None:
    result = desk.schedule(replace(DAILY, paused=True))
    desk.pass_time(3 * DAY)
    assert (result.next_run_at, desk.sent, desk.timers.rows) == (None, [], {})
    assert desk.do(Change.RESUME, result).next_run_at == NOON + 3 * DAY + HOUR


def test_a_repeat_under_the_same_claim_makes_one_schedule(desk: ScheduleDesk) -> None:
    first = desk.schedule(DAILY, claim=a_claim())
    assert desk.schedule(DAILY, claim=a_claim()) == first
    assert len(desk.schedules.rows) == 1
    with pytest.raises(IdempotencyKeyReused):
        desk.schedule(DAILY, claim=a_claim(fingerprint="other"))


def test_what_can_be_checked_now_is_refused_now(desk: ScheduleDesk) -> None:
    nobody = a_request(an_sms("not a number"))
    result = desk.refused(DAILY, nobody)
    assert (result.success, result.failure_reason is not None) == (False, True)
    with pytest.raises(InvalidRequest) as caught:
        desk.schedule(DAILY, request=a_request(replace(an_sms(), receivers=Receivers(contacts=("ana",)))))
    assert caught.value.faults[0].code == "CONTACT_GROUP_REQUIRED"
    assert (desk.schedules.rows, desk.stores.stores, desk.timers.rows) == ({}, {}, {})


def test_capacity_is_what_it_will_be_then() -> None:
    desk = ScheduleDesk({Channel.SMS: 0})
    desk.schedule(asked(delay="1h"))
    desk.keys.top_up(TENANT, desk.key.id, Channel.SMS, 1)
    desk.pass_time(2 * HOUR)
    assert len(desk.sent) == 1


def test_a_queue_that_is_down_costs_nothing_but_time(desk: ScheduleDesk) -> None:
    desk.orders.outage.failing = 1
    desk.schedule(asked(delay="5m"))
    desk.pass_time(10 * MINUTE)
    desk.swept()
    desk.pass_time(MINUTE)
    assert len(desk.sent) == 1


# --- stores -------------------------------------------------------------------------------------------------------


def test_a_schedule_sixty_days_ahead_of_a_thirty_day_store_still_sends(desk: ScheduleDesk) -> None:
    result = desk.schedule(asked(delay="60d"))
    desk.pass_time(60 * DAY)
    assert len(desk.sent) == 1
    store = stored(desk, result)
    assert store is not None
    assert store.expires_at == NOON + 90 * DAY


def test_a_store_that_was_there_is_kept_until_the_next_run_and_again_from_run_to_run(desk: ScheduleDesk) -> None:
    ref = desk.store(ContentType.ALERT, body(ANA))
    store = desk.stored(ref)
    assert store is not None
    when = asked(delay="45d", repeat="45d", end=NOON + 200 * DAY)
    desk.schedule(when, source=FromStore(store, "mine"))
    assert desk.expiry(ref) == NOON + 75 * DAY
    desk.pass_time(140 * DAY)
    assert [alert.client_ref for alert in desk.sent] == ["mine"] * 3
    assert desk.expiry(ref) == NOON + 210 * DAY


def test_stores_the_alert_refers_to_are_kept_as_well(desk: ScheduleDesk) -> None:
    words = desk.store(ContentType.SMS, "trunk 7 is down")
    text = body(ANA).replace('"content":"trunk 7 is down"', f'"storedContent":{{"storeId":"{words.store_id}"}}')
    request = replace(a_request(an_sms(ANA, stored=words)), text=text)
    desk.schedule(asked(delay="50d", repeat="50d", end=NOON + 120 * DAY), request=request)
    desk.pass_time(120 * DAY)
    assert len(desk.sent) == 2


# --- a run that sends nothing -------------------------------------------------------------------------------------


def failed(desk: ScheduleDesk, result: Scheduled) -> Schedule:
    """Let the first run fail, say so twice, and return how the schedule stands."""
    desk.pass_time(2 * HOUR)
    schedule = desk.standing(result)
    assert (desk.sent, schedule.runs, schedule.last_at) == ([], 0, NOON + HOUR)
    assert schedule.next_at == NOON + HOUR + DAY
    assert codes(desk) == [f"schedule_{schedule.last_failure}"]
    return schedule


def test_a_store_that_is_gone_is_told_once_and_the_schedule_moves_on(desk: ScheduleDesk) -> None:
    result = desk.schedule(DAILY)
    desk.stores.delete(TENANT, desk.key.id, result.store_id)
    assert failed(desk, result).last_failure is RunFailure.STORE_GONE


def test_a_disabled_key_sends_nothing_until_it_is_enabled_again(desk: ScheduleDesk) -> None:
    result = desk.schedule(DAILY)
    desk.keys.save(replace(desk.key, enabled=False))
    assert failed(desk, result).last_failure is RunFailure.KEY_DISABLED
    desk.keys.save(desk.key)
    desk.pass_time(DAY)
    assert (len(desk.sent), desk.standing(result).last_failure) == (1, None)


def test_a_capacity_that_is_used_up_fails_the_run() -> None:
    desk = ScheduleDesk({Channel.SMS: 0})
    assert failed(desk, desk.schedule(DAILY)).last_failure is RunFailure.NO_CAPACITY


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ('{"alert":[{"alertType":"fax"}]}', RunFailure.UNREADABLE),
        ("[]", RunFailure.UNREADABLE),
        (body("not a number"), RunFailure.NO_RECEIVER_LEFT),
        (body(ANA, options={"lifetime": "1d"}), RunFailure.NOT_ALLOWED),
    ],
)
def test_a_store_that_was_replaced_by_what_cannot_be_sent_fails_the_run(
    desk: ScheduleDesk, content: str, why: RunFailure
) -> None:
    result = desk.schedule(DAILY)
    store = stored(desk, result)
    assert store is not None
    desk.stores.put(replace(store, content=content))
    assert failed(desk, result).last_failure is why


def test_s8_who_was_erased_is_not_contacted_and_the_others_are(desk: ScheduleDesk) -> None:
    # given a schedule for Eve alone in one text, for Eve and Ana in another
    eve = "+447700900123"
    both = [
        {"alertType": "sms", "tag": t, "sender": "T", "recipients": to, "content": t}
        for t, to in (("eve", [eve]), ("both", [eve, ANA]))
    ]
    request = replace(a_request(an_sms(eve), an_sms(eve, ANA)), text=compact({"clientRef": "r", "alert": both}))
    result = desk.schedule(DAILY, request=request)

    # when Eve is erased
    store = stored(desk, result)
    assert store is not None
    kept = without_receiver(json.loads(store.content), Person(frozenset(), frozenset([eve])))
    desk.stores.put(replace(store, content=json.dumps(kept)))
    desk.pass_time(2 * HOUR)

    # then Ana still gets hers
    (alert,) = desk.sent
    assert [(item.tag, item.accepted) for item in alert.items] == [("both", 1)]

    # and without anybody left it is told
    gone = without_receiver(kept, Person(frozenset(), frozenset([ANA])))
    desk.stores.put(replace(store, content=json.dumps(gone)))
    desk.pass_time(DAY)
    assert (len(desk.sent), desk.standing(result).last_failure) == (1, RunFailure.NO_RECEIVER_LEFT)


def test_a_stored_alert_that_has_a_schedule_of_its_own_is_sent_and_not_scheduled_again(desk: ScheduleDesk) -> None:
    ref = desk.store(ContentType.ALERT, body(ANA, options={"schedule": {"start": "now"}}))
    store = desk.stored(ref)
    assert store is not None
    desk.schedule(asked(delay="1h"), source=FromStore(store, None))
    desk.pass_time(9 * HOUR)
    assert (len(desk.sent), len(desk.schedules.rows)) == (1, 1)


def test_a_reminder_every_weekday_is_a_daily_one_with_windows(desk: ScheduleDesk) -> None:
    # given a daily schedule, made on a Saturday, of a text for Monday to Friday
    saturday = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
    desk.clock.now = saturday
    element = {"alertType": "sms", "tag": "s", "sender": "T", "recipients": [ANA], "content": "x"}
    text = compact({"clientRef": "r", "alert": [{**element, "timeWindows": ["*;*;mon-fri;*;*"]}]})
    result = desk.schedule(
        asked(repeat="1d", end=saturday + 30 * DAY), request=replace(read_stored(text, None, desk.clock()), text=text)
    )

    # then it goes out on weekdays, and nobody is told of the others
    desk.pass_time(3 * DAY)
    assert [alert.accepted_at.strftime("%a") for alert in desk.sent] == ["Mon", "Tue"]
    assert codes(desk) == []
    desk.work_off(saturday + 7 * DAY)
    assert desk.standing(result).last_failure is RunFailure.OUTSIDE_WINDOWS
    assert len(desk.sent) == 5


# --- missed -------------------------------------------------------------------------------------------------------


def test_t5_after_an_outage_nothing_is_made_up_for_and_it_is_told_once(desk: ScheduleDesk) -> None:
    result = desk.schedule(asked(delay="1h", repeat="1h", end=NOON + 9 * DAY))
    desk.clock.advance(DAY + 30 * MINUTE)
    for _ in range(3):
        desk.swept()
        desk.pass_time(timedelta(0))
    schedule = desk.standing(result)
    assert (desk.sent, schedule.missed, schedule.next_at) == ([], 24, NOON + 25 * HOUR)
    assert codes(desk) == ["schedule_missed"]
    desk.pass_time(HOUR)
    assert len(desk.sent) == 1


# --- pause, resume, cancel ----------------------------------------------------------------------------------------


def test_t4_what_is_confirmed_before_it_is_due_wins(desk: ScheduleDesk) -> None:
    for change in (Change.PAUSE, Change.CANCEL):
        result = desk.schedule(asked(delay="1h"))
        desk.pass_time(HOUR - timedelta(seconds=1))
        desk.do(change, result)
        desk.pass_time(9 * HOUR)
    assert desk.sent == []
    assert desk.timers.rows == {}


def test_a_cancelled_schedule_leaves_its_store(desk: ScheduleDesk) -> None:
    result = desk.schedule(DAILY)
    changed = desk.do(Change.CANCEL, result)
    assert (changed.state, changed.next_run_at, changed.ended_at) == (ScheduleState.CANCELLED, None, NOON)
    assert stored(desk, result) is not None
    desk.clock.advance(HOUR)
    assert desk.do(Change.CANCEL, result) == changed
    for change in (Change.PAUSE, Change.RESUME):
        with pytest.raises(NotFound):
            desk.do(change, result)


def test_one_that_runs_once_and_whose_time_passed_in_a_pause_runs_when_it_is_resumed(desk: ScheduleDesk) -> None:
    result = desk.schedule(asked(delay="1h"))
    desk.do(Change.PAUSE, result)
    desk.pass_time(DAY)
    assert desk.do(Change.RESUME, result).next_run_at == NOON + DAY
    desk.pass_time(MINUTE)
    assert [alert.accepted_at for alert in desk.sent] == [NOON + DAY]


def test_a_store_that_expired_in_a_pause_is_told_when_it_is_resumed(desk: ScheduleDesk) -> None:
    result = desk.schedule(replace(asked(delay="1h"), paused=True))
    desk.pass_time(40 * DAY)
    with pytest.raises(NotFound, match="stored alert"):
        desk.do(Change.RESUME, result)


def test_a_change_under_a_claim_is_made_once_however_often_it_is_asked(desk: ScheduleDesk) -> None:
    result, claim = desk.schedule(DAILY), a_claim("pause")
    first = desk.do(Change.PAUSE, result, claim)
    desk.do(Change.RESUME, result)
    assert desk.do(Change.PAUSE, result, claim) == first
    assert desk.standing(result).state is ScheduleState.ACTIVE


def test_what_is_over_for_a_month_is_not_there_any_more(desk: ScheduleDesk) -> None:
    cancelled, paused = desk.schedule(DAILY), desk.schedule(DAILY)
    desk.do(Change.CANCEL, cancelled)
    desk.do(Change.PAUSE, paused)
    desk.clock.advance(29 * DAY)
    assert desk.do(Change.CANCEL, cancelled).state is ScheduleState.CANCELLED
    desk.clock.advance(11 * DAY)
    for result, change in ((cancelled, Change.CANCEL), (paused, Change.RESUME)):
        with pytest.raises(NotFound):
            desk.do(change, result)


def test_a_schedule_belongs_to_one_key(desk: ScheduleDesk) -> None:
    result = desk.schedule(DAILY)
    other = replace(desk.key, id="k2")  # type: ignore[arg-type]
    assert result.schedule_id is not None
    with pytest.raises(NotFound):
        desk.change(other, result.schedule_id, Change.CANCEL)
    with pytest.raises(NotFound):
        desk.change(replace(desk.key, tenant="other"), result.schedule_id, Change.CANCEL)  # type: ignore[arg-type]
    assert list(desk.schedules.newest(TENANT, other.id)) == []


def test_a_run_that_comes_between_look_and_change_does_not_undo_it(desk: ScheduleDesk) -> None:
    result = desk.schedule(DAILY)
    desk.clock.advance(HOUR)
    (order,) = desk.orders.take(desk.clock())
    look = desk.schedules.get
    fired: list[bool] = []

    def conflict(*key: object) -> Schedule | None:
        found = look(*key)  # type: ignore[arg-type]
        if not fired:
            fired.append(True)
            desk.schedules.get = look  # type: ignore[method-assign]
            desk.run_timer(order)
        return found

    desk.schedules.get = conflict  # type: ignore[method-assign,assignment]
    assert desk.do(Change.CANCEL, result).state is ScheduleState.CANCELLED
    desk.pass_time(9 * DAY)
    assert len(desk.sent) == 1
    assert desk.timers.rows == {}


def test_a_cancel_that_comes_between_look_and_run_wins(desk: ScheduleDesk) -> None:
    result = desk.schedule(DAILY)
    desk.clock.advance(HOUR)
    (order,) = desk.orders.take(desk.clock())
    read = desk.stores.get

    def cancelled_meanwhile(*about: object) -> StoredContent | None:
        desk.do(Change.CANCEL, result)
        return read(*about)  # type: ignore[arg-type]

    desk.stores.get = cancelled_meanwhile  # type: ignore[method-assign,assignment]
    desk.run_timer(order)
    assert (desk.sent, desk.timers.rows, codes(desk)) == ([], {}, [])
    assert desk.standing(result).state is ScheduleState.CANCELLED


def test_two_deliveries_of_one_order_make_one_alert(desk: ScheduleDesk) -> None:
    desk.schedule(DAILY)
    desk.clock.advance(HOUR)
    (order,) = desk.orders.take(desk.clock())
    for _ in range(3):
        desk.run_timer(order, redelivered=True)
    assert len(desk.sent) == 1


def test_a_message_that_is_read_is_the_api_boundary_s(desk: ScheduleDesk) -> None:
    request: SendRequest = desk.run_schedule.read(body(ANA), "mine", desk.clock())
    assert (request.client_ref, request.elements[0].receivers.recipients) == ("mine", (ANA,))


def test_times_come_from_the_clock_of_utc(desk: ScheduleDesk) -> None:
    result = desk.schedule(asked(datetime(2026, 11, 24, 9, 0)))
    assert result.next_run_at == datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def test_a_store_that_cannot_be_renewed_keeps_the_schedule_from_being_made(desk: ScheduleDesk) -> None:
    ref = desk.store(ContentType.ALERT, body(ANA))
    store = desk.stored(ref)
    assert store is not None
    desk.stores.touch = lambda *_: None  # type: ignore[method-assign]
    with pytest.raises(StorageUnavailable):
        desk.schedule(asked(delay="60d"), source=FromStore(store, None))
    assert desk.schedules.rows == {}
    assert desk.schedule(asked(delay="10d"), source=FromStore(store, None)).schedule_id
