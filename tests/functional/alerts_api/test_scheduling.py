"""Alerts that are sent later, at the door: scheduled, paused, resumed, cancelled, deferred, several in one call."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.fakes.time import NOON
from tests.fakes.timers import FakeWakeUpScheduler
from tests.functional.alerts_api.conftest import Door, email, sms
from tests.functional.gateway import Answer
from tocsin.entrypoint.alert_body.alert import read_for_run
from tocsin.identity.domain.tenant import Tenant
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.kernel.domain.wire_time import wire_time
from tocsin.schedules.application.list_schedules import SCHEDULES_SHOWN
from tocsin.schedules.application.run import RunSchedule
from tocsin.schedules.domain.schedule import ScheduleId
from tocsin.timers.application.run import RunTimer
from tocsin.timers.domain.timer import TimerKind

HOUR = timedelta(hours=1)
UNKNOWN = "019aa3c4-5d00-7c8f-9b3a-2f6d1e4c7a90"
SOON = {"start": "now", "delay": "5m"}
DAILY = {"start": "now", "repeat": "1d", "end": "2027-01-01T00:00:00Z"}


def scheduled(door: Door, block: dict[str, Any], *elements: dict[str, Any], **more: Any) -> Answer:
    return door.send(*elements, options={"schedule": block}, **more)


def work_off(door: Door, until: datetime) -> None:
    """Let time pass: the worker of timers runs what is due."""
    run = RunSchedule(door.schedules, door.together, door.stores, door.keys, door.send_alert, read_for_run, door.told)
    worker = RunTimer(
        door.timers,
        door.timer_queue,
        FakeWakeUpScheduler(door.timer_queue),
        {TimerKind.SCHEDULE: run},
        door.clock,
    )
    while orders := [at for at, _ in door.timer_queue.waiting if at <= until]:
        door.clock.at_least(min(orders))
        for order in door.timer_queue.take(door.clock()):
            worker(order)
    door.clock.at_least(until)


def of(answer: Answer) -> dict[str, str]:
    return {"scheduledAlertId": answer.json["scheduledAlertId"]}


# --- /sendalert with options.schedule ---------------------------------------------------------------------------------


def test_ah_25_a_scheduled_alert_answers_where_it_is_kept_and_no_alert_ref(door: Door) -> None:
    answer = scheduled(door, SOON)
    assert answer.status == 200, answer.text
    schedule, store = answer.json["scheduleId"], answer.json["storeId"]
    assert answer.json == {
        "success": True,
        "returnCode": 200,
        "clientRef": "ref-1",
        "scheduleId": schedule,
        "scheduledAlertId": schedule,
        "storeId": store,
        "expirationInDays": 30,
        "nextRunAt": wire_time(NOON + timedelta(minutes=5)),
    }
    assert door.queue.orders == []


def test_ah_124_it_is_sent_when_its_time_has_come(door: Door) -> None:
    scheduled(door, SOON, sms(), email())
    work_off(door, NOON + HOUR)
    (alert,) = door.get("/alerts").json["items"]
    assert (alert["client_ref"], alert["accepted_at"]) == ("ref-1", wire_time(NOON + timedelta(minutes=5)))
    assert alert["recipient_count"] == 2


def test_ah_124_the_delay_is_an_hour_if_it_is_left_out(door: Door) -> None:
    assert scheduled(door, {"start": "now"}).json["nextRunAt"] == wire_time(NOON + HOUR)
    explicit = scheduled(door, {"start": "2026-12-01T09:00:00Z"}).json["nextRunAt"]
    assert explicit == "2026-12-01T10:00:00.000Z"


def test_t3_a_start_without_an_offset_is_the_accounts_wall_clock(door: Door) -> None:
    door.tenants.add(Tenant(TenantId("acme"), "Acme", NOON, "America/New_York"))
    answer = scheduled(door, {"start": "2026-12-01T09:00:00", "delay": "0m"})
    assert answer.json["nextRunAt"] == "2026-12-01T14:00:00.000Z"


def test_a_repeat_under_an_idempotency_key_is_done_once(door: Door) -> None:
    first = scheduled(door, DAILY, Idempotency_Key="once")
    assert scheduled(door, DAILY, Idempotency_Key="once").json == first.json
    assert scheduled(door, SOON, Idempotency_Key="once").status == 422
    assert len(door.schedules.rows) == 1


@pytest.mark.parametrize(
    ("block", "pointer"),
    [
        ({"start": "now", "repeat": "1d"}, "/options/schedule/end"),  # AH-125
        ({"start": "now", "delay": "5s"}, "/options/schedule/delay"),
        ({"start": "2020-01-01T00:00:00Z"}, "/options/schedule/start"),
        ({"start": "2099-01-01T00:00:00Z"}, "/options/schedule/start"),
        ({"start": "now", "end": "2026-11-23T12:30:00Z"}, "/options/schedule/end"),
        ({"start": "now", "repeat": "0d", "end": "2027-01-01T00:00:00Z"}, "/options/schedule/repeat"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused_where_it_is_wrong(
    door: Door, block: dict[str, Any], pointer: str
) -> None:
    answer = scheduled(door, block)
    assert (answer.status, [error["pointer"] for error in answer.json["errors"]]) == (400, [pointer])
    assert door.schedules.rows == {}


def test_what_would_reach_nobody_is_refused_at_once(door: Door) -> None:
    answer = scheduled(door, DAILY, sms(recipients=["12"]))
    assert (answer.status, answer.json["success"]) == (422, False)
    assert answer.json["errors"][0]["pointer"] == "/alert/0"
    assert door.stores.stores == {}


# --- stored alerts -----------------------------------------------------------------------------------------------------


def a_store(door: Door) -> str:
    entry = {"contentType": "alert", "tag": "t", "content": {"clientRef": "kept", "alert": [sms()]}}
    stored = door.post("/storecontent", {"content": [{**entry, "storeDetails": {"storeName": "drill"}}]})
    return str(stored.json["content"][0]["storeId"])


def test_a_stored_alert_is_scheduled_by_id_and_by_name(door: Door) -> None:
    store_id = a_store(door)
    by_name = door.post("/schedulestoredalert", {"storeName": "drill", "schedule": SOON, "clientRef": "mine"})
    by_id = door.post("/sendstoredalert", {"storeId": store_id, "options": {"schedule": SOON}})
    assert [answer.status for answer in (by_name, by_id)] == [200, 200], by_name.text + by_id.text
    assert by_name.json["storeId"] == by_id.json["storeId"] == store_id
    work_off(door, NOON + HOUR)
    assert sorted(a["client_ref"] for a in door.get("/alerts").json["items"]) == ["kept", "mine"]


def test_a_stored_alert_that_is_not_there_is_not_scheduled(door: Door) -> None:
    assert door.post("/schedulestoredalert", {"storeId": UNKNOWN, "schedule": SOON}).status == 404
    assert door.post("/schedulestoredalert", {"storeName": "drill"}).json["errors"][0]["pointer"] == "/schedule"
    wrong = door.post("/schedulestoredalert", {"storeId": a_store(door), "schedule": {"start": "2020-01-01T00:00:00Z"}})
    assert [error["pointer"] for error in wrong.json["errors"]] == ["/schedule/start"]


# --- pause, resume, cancel ---------------------------------------------------------------------------------------------


def test_ah_125_a_paused_alert_runs_when_it_was_resumed(door: Door) -> None:
    made = scheduled(door, SOON)
    paused = door.post("/pausescheduledalert", {**of(made), "clientRef": "p"}, Idempotency_Key="p")
    assert paused.json == {
        "success": True,
        "returnCode": 200,
        "clientRef": "p",
        "scheduledAlertId": made.json["scheduleId"],
        "scheduleId": made.json["scheduleId"],
        "state": "paused",
        "nextRunAt": None,
    }
    work_off(door, NOON + HOUR)
    assert door.get("/alerts").json["items"] == []
    resumed = door.post("/resumescheduledalert", {"scheduleId": made.json["scheduleId"]}, Idempotency_Key="r")
    assert (resumed.json["state"], resumed.json["nextRunAt"]) == ("active", wire_time(NOON + HOUR))
    work_off(door, NOON + 2 * HOUR)
    assert len(door.get("/alerts").json["items"]) == 1


@pytest.mark.parametrize("verb", ["cancelscheduledalert", "cancelalerts"])
def test_a_cancelled_alert_never_runs_and_its_store_stays(door: Door, verb: str) -> None:
    made = scheduled(door, SOON)
    body = of(made) if verb == "cancelscheduledalert" else {"cancel": [of(made)]}
    answer = door.post(f"/{verb}", body)
    assert answer.status == 200, answer.text
    assert door.post(f"/{verb}", body).json == answer.json
    work_off(door, NOON + HOUR)
    assert door.get("/alerts").json["items"] == []
    assert door.post("/sendstoredalert", {"storeId": made.json["storeId"]}).status == 200
    if verb == "cancelalerts":
        assert answer.json["cancel"][0]["cancelledAt"] == wire_time(NOON)


@pytest.mark.parametrize("verb", ["pausescheduledalert", "resumescheduledalert", "cancelscheduledalert"])
def test_what_is_not_there_or_somebody_elses_is_not_found(door: Door, verb: str) -> None:
    made = scheduled(door, SOON)
    other = door.new_key("acme", "k2")
    assert door.post(f"/{verb}", {"scheduledAlertId": UNKNOWN}).status == 404
    assert door.post(f"/{verb}", {**of(made), "apiKey": other}).status == 404
    assert door.post(f"/{verb}", {**of(made), "apiKey": door.new_key("globex", "k1")}).status == 404
    assert door.post(f"/{verb}", {}).json["errors"][0]["pointer"] == "/scheduledAlertId"
    two = door.post(f"/{verb}", {**of(made), "scheduleId": UNKNOWN})
    assert (two.status, two.json["errors"][0]["code"]) == (400, "CONFLICT")


# --- getinfo -----------------------------------------------------------------------------------------------------------


def test_getinfo_lists_what_is_scheduled(door: Door) -> None:
    once = scheduled(door, {**SOON, "paused": True})
    door.clock.advance(timedelta(milliseconds=1))  # ids sort by it
    daily = scheduled(door, {**DAILY, "start": wire_time(NOON)})
    gone = scheduled(door, SOON)
    door.post("/cancelscheduledalert", of(gone))
    work_off(door, NOON + 2 * HOUR)
    listed = door.post("/getinfo", {"getScheduledAlertInfo": True}).json["info"]["scheduled"]
    ref = door.get("/alerts").json["items"][0]["alert_ref"]
    assert listed == [
        {
            "scheduledAlertId": once.json["scheduleId"],
            "storedAlertId": once.json["storeId"],
            "state": "paused",
            "paused": True,
            "nextRunAt": wire_time(NOON + 2 * HOUR),
            "expires": None,
            "repeats": None,
            "runs": 0,
            "missed": 0,
        },
        {
            "scheduledAlertId": daily.json["scheduleId"],
            "storedAlertId": daily.json["storeId"],
            "state": "active",
            "paused": False,
            "nextRunAt": wire_time(NOON + 25 * HOUR),
            "expires": "2027-01-01T00:00:00.000Z",
            "repeats": "1d",
            "runs": 1,
            "missed": 0,
            "lastRunAt": wire_time(NOON + HOUR),
            "lastAlertId": ref,
        },
    ]


def test_a_schedule_that_has_finished_is_listed_for_30_days(door: Door) -> None:
    def listed() -> list[dict[str, Any]]:
        found = door.post("/getinfo", {"getScheduledAlertInfo": True}).json["info"]["scheduled"]
        return [entry for entry in found if entry["scheduledAlertId"] == made["scheduledAlertId"]]

    made = scheduled(door, SOON).json
    work_off(door, NOON + HOUR)

    ended = NOON + timedelta(minutes=5)
    (entry,) = listed()
    assert (entry["state"], entry["ended"], entry["nextRunAt"], entry["runs"]) == (
        "finished",
        wire_time(ended),
        None,
        1,
    )
    assert entry["lastAlertId"] == door.get("/alerts").json["items"][0]["alert_ref"]
    door.clock.at_least(ended + timedelta(days=30) - timedelta(milliseconds=1))
    assert len(listed()) == 1
    door.clock.at_least(ended + timedelta(days=30))
    assert listed() == []


def test_a_run_that_sent_nothing_is_told(door: Door) -> None:
    made = scheduled(door, DAILY)
    door.stores.delete(TenantId("acme"), ApiKeyId("k1"), made.json["storeId"])
    work_off(door, NOON + 2 * HOUR)
    info = door.post("/getinfo", {"getScheduledAlertInfo": True, "getMessages": True}).json["info"]
    assert info["scheduled"][0]["lastFailure"] == "store_gone"
    (message,) = info["messages"]
    assert (message["code"], message["severity"]) == ("schedule_store_gone", "error")
    assert made.json["scheduleId"] in message["message"]


# --- deferral ----------------------------------------------------------------------------------------------------------


def test_a_deferred_alert_is_kept_and_not_sent(door: Door) -> None:
    answer = door.send(sms(), deferral={"storeName": "drill"})
    assert answer.json == {
        "success": True,
        "returnCode": 200,
        "clientRef": "ref-1",
        "storeId": answer.json["storeId"],
        "storeName": "drill",
        "expirationInDays": 30,
    }
    assert door.queue.orders == []
    assert door.post("/sendstoredalert", {"storeName": "drill"}).json["clientRef"] == "ref-1"


def test_a_deferral_may_have_no_name_and_may_be_off(door: Door) -> None:
    kept = door.send(sms(), deferral={})
    assert door.post("/sendstoredalert", {"storeId": kept.json["storeId"]}).status == 200
    assert "alertRef" in door.send(sms(), deferral={"defer": False}).json


def test_a_deferral_is_done_once_under_an_idempotency_key(door: Door) -> None:
    first = door.send(sms(), deferral={}, Idempotency_Key="once")
    assert door.send(sms(), deferral={}, Idempotency_Key="once").json == first.json
    assert door.send(sms(), Idempotency_Key="once").status == 422
    assert len(next(iter(door.stores.stores.values()))) == 1


def test_what_cannot_be_sent_is_not_kept_either(door: Door) -> None:
    assert door.send(sms(recipients=["12"]), deferral={}).status == 422
    both = door.send(sms(), deferral={}, options={"schedule": SOON})
    assert [error["pointer"] for error in both.json["errors"]] == ["/deferral"]
    assert door.stores.stores == {}


# --- /sendalerts -------------------------------------------------------------------------------------------------------


def entry(ref: str, *elements: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"clientRef": ref, "alert": list(elements) or [sms()], **more}


def test_one_that_goes_at_once_and_one_that_follows(door: Door) -> None:
    later = entry("later", options={"schedule": SOON})
    answer = door.post("/sendalerts", {"alerts": [entry("now"), later]}, Idempotency_Key="once")
    assert answer.status == 200, answer.text
    first, second = answer.json["results"]
    assert (first["clientRef"], "alertRef" in first, second["clientRef"], "alertRef" in second) == (
        "now",
        True,
        "later",
        False,
    )
    assert second["nextRunAt"] == wire_time(NOON + timedelta(minutes=5))
    assert len(door.queue.orders) == 1
    assert door.post("/sendalerts", {"alerts": [entry("now"), later]}, Idempotency_Key="once").json == answer.json
    work_off(door, NOON + HOUR)
    assert [a["client_ref"] for a in door.get("/alerts").json["items"]] == ["later", "now"]


def test_all_are_accepted_or_none(door: Door) -> None:
    alerts = [entry("good"), entry("later", options={"schedule": SOON}), entry("bad", sms(recipients=["12"]))]
    answer = door.post("/sendalerts", {"alerts": alerts, "clientRef": "all"})
    assert (answer.status, answer.json["success"], answer.json["clientRef"]) == (422, False, "all")
    assert [error["pointer"] for error in answer.json["errors"]] == ["/alerts/2"]
    assert [result["success"] for result in answer.json["results"]] == [False] * 3
    assert (door.alerts.alerts, door.schedules.rows, door.stores.stores, door.queue.orders) == ({}, {}, {}, [])


def test_every_fault_of_every_alert_is_named(door: Door) -> None:
    faulty = [
        entry("one", sms(contacts=["ana"], recipients=...)),
        entry("two", options={"schedule": {"start": "2020-01-01T00:00:00Z"}}),
    ]
    answer = door.post("/sendalerts", {"alerts": faulty})
    assert answer.status == 400
    assert answer.json["errors"][0]["pointer"].startswith("/alerts/0/")
    late = door.post("/sendalerts", {"alerts": [entry("one"), faulty[1]]})
    assert [error["pointer"] for error in late.json["errors"]] == ["/alerts/1/options/schedule/start"]


def test_eleven_are_too_many_and_what_one_transaction_does_not_hold_is_too_large(door: Door) -> None:
    assert door.post("/sendalerts", {"alerts": [entry(f"r{n}") for n in range(11)]}).status == 400
    door.together.most = 30
    answer = door.post("/sendalerts", {"alerts": [entry(f"r{n}") for n in range(10)]})
    assert answer.status == 200
    door.together.most = 29
    answer = door.post("/sendalerts", {"alerts": [entry(f"r{n}") for n in range(10)]})
    assert (answer.status, "transaction" in answer.json["failureReason"]) == (413, True)


def test_deferral_and_trigger_go_by_themselves(door: Door) -> None:
    answer = door.post("/sendalerts", {"alerts": [entry("kept", deferral={})]})
    assert [error["pointer"] for error in answer.json["errors"]] == ["/alerts/0/deferral"]


def test_linked_alerts_of_one_call_are_one_set(door: Door) -> None:
    group = {"inlineContactGroup": {"contacts": [{"id": "ana", "sms": "+447700900001"}]}}
    alerts = [
        entry("first", sms(contacts=["ana"], recipients=...), contactGroup=group, linkedAlerts={"linkRef": "l"}),
        entry("second", sms(contacts=["ana"], recipients=...), linkedAlerts={"linkRef": "l"}),
        entry(
            "third",
            sms(contacts=["ana"], recipients=...),
            linkedAlerts={"linkRef": "l", "linkOnlyIfRefAlreadyExists": True},
            options={"schedule": SOON},
        ),
    ]
    answer = door.post("/sendalerts", {"alerts": alerts})
    assert answer.status == 200, answer.text
    work_off(door, NOON + HOUR)
    assert len({alert.link for alert in door.alerts.alerts.values()}) == 1
    assert len(door.alerts.alerts) == 3


def test_ah_65_a_linked_alert_may_be_scheduled_before_its_set_begins(door: Door) -> None:
    element = sms(contacts=["ana"], recipients=...)
    link = {"linkRef": "l", "linkOnlyIfRefAlreadyExists": True}
    assert scheduled(door, SOON, element, linkedAlerts=link).status == 200
    group = {"inlineContactGroup": {"contacts": [{"id": "ana", "sms": "+447700900001"}]}}
    assert door.send(element, contactGroup=group, linkedAlerts={"linkRef": "l"}).status == 200
    work_off(door, NOON + HOUR)
    assert len(door.alerts.alerts) == 2


def test_a_linked_alert_with_a_group_of_its_own_is_checked_at_once(door: Door) -> None:
    group = {"inlineContactGroup": {"contacts": [{"id": "ana", "sms": "12"}]}}
    element = sms(contacts=["ana"], recipients=...)
    link = {"linkRef": "l", "linkOnlyIfRefAlreadyExists": True}
    assert scheduled(door, SOON, element, contactGroup=group, linkedAlerts=link).status == 422


def test_a_list_of_very_many_scheduled_alerts_is_cut_and_says_so(door: Door) -> None:
    # given one schedule, and a thousand more like it
    first = scheduled(door, SOON)
    ((place, row),) = door.schedules.rows.items()
    for n in range(SCHEDULES_SHOWN):
        id = ScheduleId(f"f{row.id[1:-4]}{n:04x}")
        door.schedules.rows[*place[:2], id] = replace(row, id=id)

    info = door.post("/getinfo", {"getScheduledAlertInfo": True}).json["info"]

    # then the oldest is not in the answer, which says that there are more
    assert len(info["scheduled"]) == SCHEDULES_SHOWN
    assert info["moreScheduled"] is (len(door.schedules.rows) > SCHEDULES_SHOWN) is True
    assert first.json["scheduleId"] not in {one["scheduledAlertId"] for one in info["scheduled"]}


def test_a_short_list_of_scheduled_alerts_is_whole(door: Door) -> None:
    scheduled(door, SOON)
    info = door.post("/getinfo", {"getScheduledAlertInfo": True}).json["info"]
    assert (len(info["scheduled"]), info["moreScheduled"]) == (1, False)
