"""Schedules on the deployed system: made, run by the worker with its own rights, paused, cancelled."""

from __future__ import annotations

from typing import Any

from tests.stack.system import System

AT_ONCE = {"start": "now", "delay": "0m"}


def test_ah_124_a_scheduled_alert_reaches_its_receivers(system: System) -> None:
    # given an alert that is scheduled for now, and goes on tomorrow
    phones, mails = system.phones(1), system.mailboxes(1)
    text = {"alertType": "sms", "sender": "Tocsin", "recipients": phones, "content": "Check the backups."}
    mail = {"alertType": "email", "recipients": mails, "subject": "Backups", "content": "Check the backups."}
    schedule = {**AT_ONCE, "repeat": "1d", "end": "2099-01-01T00:00:00Z"}
    made = system.send("live", text, mail, options={"schedule": schedule})
    assert made.status == 200, made.body
    assert "alertRef" not in made.body

    # then it is sent, as an alert of its own
    info: dict[str, Any] = {"version": "latest", "getScheduledAlertInfo": True}

    def listed() -> dict[str, Any]:
        scheduled = system.callers["live"].post("/getinfo", info).body["info"]["scheduled"]
        return next(one for one in scheduled if one["scheduledAlertId"] == made.body["scheduledAlertId"])

    ran = system.awaited(listed, lambda one: one["runs"] == 1, 60)
    system.settled("live", ran["lastAlertId"])
    assert sorted(message.to for message in system.received([*phones, *mails])) == sorted([*phones, *mails])

    # and can be paused, and cancelled
    this = {"version": "latest", "scheduledAlertId": made.body["scheduledAlertId"]}
    assert system.callers["live"].post("/pausescheduledalert", this).body["state"] == "paused"
    assert system.callers["live"].post("/resumescheduledalert", this).body["nextRunAt"] == ran["nextRunAt"]
    assert system.callers["live"].post("/cancelscheduledalert", this).body["state"] == "cancelled"


def test_an_alert_that_goes_at_once_and_its_follow_up_are_one_call(system: System) -> None:
    (phone,) = system.phones(1)
    element = {"alertType": "sms", "tag": "t", "sender": "Tocsin", "recipients": [phone], "content": "Pump 7 stopped."}
    later = {"clientRef": "later", "alert": [element], "options": {"schedule": AT_ONCE}}
    body = {"version": "latest", "alerts": [{"clientRef": "now", "alert": [element]}, later]}
    answer = system.callers["live"].post("/sendalerts", body)
    assert answer.status == 200, answer.body
    assert [len(system.awaited(lambda: system.received([phone]), lambda found: len(found) == 2, 60))] == [2]
