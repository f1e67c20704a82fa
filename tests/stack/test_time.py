"""Time on the deployed system, through its own clock and queue: schedules that come up, one that an alarm alone brings
up, those that nobody wants any more, and escalations that are answered before and after their first step.

Everything is begun at once and waited for together: a minute is the shortest step, and the wait of this module.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import sleep
from typing import Any

import pytest

from tests.stack.system import System, email, sms
from tocsin.adapters.scheduler.wake_up_scheduler import EventBridgeWakeUpScheduler, WakeUpPlace
from tocsin.identity.domain.api_key import ApiKey, KeyKind
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.kernel.domain.wire_time import wire_time
from tocsin.schedules.application.change import Change, ChangeSchedule
from tocsin.schedules.domain.schedule import ScheduleId, timer_key
from tocsin.timers.domain.timer import Timer, encode, wake_up_at, wake_up_name

ACME = TenantId("acme")
OURS = "+447700900056"
TERMINAL_STATES = timedelta(seconds=8)
"""After this long past its time, what has not come does not come."""


@dataclass(frozen=True)
class Made:
    """A schedule: its id, who is told by it, and when it comes up."""

    id: str
    phone: str
    due: datetime


@dataclass(frozen=True)
class Escalated:
    """An escalation: its first alert, who is texted at once, and who is mailed if nobody answers for a minute."""

    ref: str
    phone: str
    manager: str


@dataclass(frozen=True)
class Time:
    """What was begun, all of it due in a minute but for `far`."""

    system: System
    soon: Made
    unwanted: Made
    enqueued: Made
    far: Made
    answered: Escalated
    unanswered: Escalated

    @property
    def key_id(self) -> ApiKeyId:
        """The caller's key."""
        return ApiKeyId(self.system.callers["live"].key.split("_")[3])

    def timer(self, made: Made) -> Timer | None:
        """Return the timer of a schedule as its row has it."""
        return self.system.storage.timers.get(timer_key(ACME, self.key_id, ScheduleId(made.id)))

    def alarm(self, timer: Timer) -> dict[str, Any] | None:
        """Return what EventBridge Scheduler has for a timer."""
        scheduler = self.system.aws.client("scheduler")
        try:
            found = scheduler.get_schedule(
                Name=wake_up_name(timer), GroupName=self.system.stack.outputs["TimerWakeUpGroup"]
            )
        except scheduler.exceptions.ResourceNotFoundException:
            return None
        return dict(found)

    def change(self, made: Made, verb: str) -> dict[str, Any]:
        """Pause, resume or cancel a schedule as its client does."""
        body = {"version": "latest", "scheduledAlertId": made.id}
        answer = self.system.callers["live"].post(f"/{verb}scheduledalert", body)
        assert answer.status == 200, answer.body
        return dict(answer.body)

    def info(self, made: Made) -> dict[str, Any]:
        """Return what `/getinfo` says of a schedule that is not over; {} of one that is."""
        asked = {"version": "latest", "getScheduledAlertInfo": True}
        listed = self.system.callers["live"].post("/getinfo", asked).body["info"]["scheduled"]
        return next((one for one in listed if one["scheduledAlertId"] == made.id), {})

    def alerts(self, made: Made) -> list[dict[str, Any]]:
        """Return every alert that a schedule has made."""
        listed = self.system.callers["live"].get("/alerts").body["items"]
        return [one for one in listed if (one.get("cause") or {}).get("parent") == made.id]

    def escalation(self, escalated: Escalated) -> dict[str, Any]:
        """Return how an escalation stands."""
        return dict(self.system.callers["live"].get(f"/alerts/{escalated.ref}").body["escalation"])

    def told(self, escalated: Escalated) -> list[str]:
        """Return what the phone of an escalation got."""
        return [message.text for message in self.system.received([escalated.phone])]

    def texts(self, made: Made) -> list[str]:
        """Return what the phone of a schedule got."""
        return [message.text for message in self.system.received([made.phone])]


@pytest.fixture(scope="module")
def begun(system: System) -> Time:
    """Begin everything and change what is changed; what waits for its minute does so while the tests look at the rest."""
    system.operator.give_number("acme", system.callers["live"].key, OURS)
    answered, unanswered = _escalated(system), _escalated(system)
    far, soon, unwanted, enqueued = (_made(system, delay) for delay in ("20m", "1m", "1m", "1m"))
    begun = Time(system, soon, unwanted, enqueued, far, answered, unanswered)
    assert begun.change(begun.unwanted, "cancel")["state"] == "cancelled"
    assert begun.change(begun.enqueued, "pause")["state"] == "paused"
    return begun


def _made(system: System, delay: str) -> Made:
    """Schedule a text for every day from so much later on."""
    (phone,) = system.phones(1)
    schedule = {"start": "now", "delay": delay, "repeat": "1d", "end": "2099-01-01T00:00:00Z"}
    answer = system.send("live", sms([phone], f"after {delay}"), options={"schedule": schedule})
    assert answer.status == 200, answer.body
    assert "alertRef" not in answer.body
    assert answer.body["scheduleId"] == answer.body["scheduledAlertId"]
    return Made(answer.body["scheduleId"], phone, datetime.fromisoformat(answer.body["nextRunAt"]))


def _escalated(system: System) -> Escalated:
    """Text somebody, mail somebody else a minute later, and text again in a month; all clear for whoever was texted."""
    (phone,), (manager,) = system.phones(1), system.mailboxes(1)

    def text(words: str) -> dict[str, Any]:
        return {"tag": "s", **sms([phone], words, sender=OURS)}

    all_clear = {name: value for name, value in text("all clear").items() if name != "recipients"}
    steps = [
        {"after": "1m", "alert": [{"tag": "m", **email([manager])}]},
        {"after": "30d", "alert": [text("still nobody")]},
    ]
    escalation = {"steps": steps, "onStopped": {"alert": [all_clear]}}
    ref = system.sent("live", text("who can come?"), escalation=escalation, options={"lifetime": "90d"})
    return Escalated(ref, phone, manager)


def test_the_alarm_of_a_far_schedule_is_set_and_a_near_one_is_resumed_by_its_alarm_alone(begun: Time) -> None:
    # given a schedule 20 minutes ahead
    timer = begun.timer(begun.far)
    assert timer is not None
    assert timer.due_at == begun.far.due

    # then run_timers, which alone may, has set an alarm for exactly this setting, on the timer queue
    found = begun.system.awaited(lambda: begun.alarm(timer), bool, 30)
    assert found is not None
    target = found["Target"]
    assert found["ScheduleExpression"] == f"at({wake_up_at(timer):%Y-%m-%dT%H:%M:%S})"
    assert found["ActionAfterCompletion"] == "DELETE"
    assert target["Input"] == encode(timer)
    assert target["Arn"].rpartition(":")[2] == begun.system.stack.outputs["TimersQueueUrl"].rpartition("/")[2]

    # given a paused schedule that is resumed by somebody whose order never gets onto the queue
    assert begun.timer(begun.enqueued) is None
    place = WakeUpPlace(
        begun.system.stack.outputs["TimerWakeUpGroup"],
        target["Arn"],
        target["RoleArn"],
        target["DeadLetterConfig"]["Arn"],
    )
    enqueued = _resumed_with_an_alarm_only(begun, place)

    # then all that can bring it up is its alarm; the order of its first setting, which is still on its way, cannot
    assert enqueued == [begun.timer(begun.enqueued)]
    assert (enqueued[0].generation, enqueued[0].due_at) == (3, begun.enqueued.due)
    assert begun.alarm(enqueued[0]) is not None


def test_an_answer_in_time_stops_an_escalation_and_who_was_told_gets_the_all_clear(begun: Time) -> None:
    # given an escalation whose first person answers before its first step
    system, ref = begun.system, begun.answered.ref
    system.settled("live", ref)
    system.text_back(begun.answered.phone, "on my way")

    # then it is over at once, its client hears of it, and who was told stands down
    system.awaited(lambda: begun.told(begun.answered), lambda all: all == ["who can come?", "all clear"], 50)
    shown = begun.escalation(begun.answered)
    assert (shown["state"], shown["step"], shown["answered"], shown["next_due_at"]) == ("acknowledged", 0, 1, None)
    names = [event["event"] for event in system.events("live", ref, 3)]
    assert (names.count("acknowledged"), names.count("escalated"), names.count("reply")) == (1, 0, 1)


def test_the_engines_own_scheduler_brings_up_a_real_schedule(begun: Time) -> None:
    ran = begun.system.awaited(lambda: begun.info(begun.enqueued), lambda one: one["runs"] == 1, 120)
    begun.system.settled("live", ran["lastAlertId"])
    assert begun.texts(begun.enqueued) == ["after 1m"]


def test_what_is_due_comes_once_and_not_before_and_what_nobody_wants_never_comes(begun: Time) -> None:
    # given that the time of everything is over
    system, made = begun.system, begun.soon
    ran = system.awaited(lambda: begun.info(made), lambda one: one["runs"] == 1, 90)
    last = max(begun.soon.due, begun.unwanted.due, begun.enqueued.due)
    sleep(max(0.0, (last + TERMINAL_STATES - datetime.now(UTC)).total_seconds()))

    # then each schedule that stands has made one alert, for its time and not before it, and one text
    for one in (made, begun.enqueued):
        (alert,) = begun.alerts(one)
        assert datetime.fromisoformat(alert["cause"]["run"]) == one.due
        assert one.due <= datetime.fromisoformat(alert["accepted_at"]) <= one.due + timedelta(seconds=45)
        assert begun.texts(one) == ["after 1m"]
    assert (ran["lastAlertId"], ran["missed"]) == (begun.alerts(made)[0]["alert_ref"], 0)
    assert ran["nextRunAt"] == wire_time(made.due + timedelta(days=1))

    # and nothing has come of what was cancelled; nor has the escalation taken a step after its answer
    assert (begun.texts(begun.unwanted), begun.alerts(begun.unwanted), begun.info(begun.unwanted)) == ([], [], {})
    assert begun.timer(begun.unwanted) is None
    assert system.received([begun.answered.manager]) == []
    assert begun.escalation(begun.answered)["step"] == 0

    # and when the others are cancelled too, no timer is left that any alarm could ring for
    for one in (made, begun.enqueued, begun.far):
        assert begun.change(one, "cancel")["state"] == "cancelled"
        assert begun.timer(one) is None


def test_somebody_is_told_next_until_somebody_answers(begun: Time) -> None:
    # given an escalation that nobody answers for a minute: the manager is told
    system, one = begun.system, begun.unanswered
    system.awaited(lambda: system.received([one.manager]), lambda all: len(all) == 1, 60)
    shown = begun.escalation(one)
    assert (shown["state"], shown["step"], shown["answered"]) == ("active", 1, 0)
    by_step = system.callers["live"].get(f"/alerts/{shown['step_alert_refs'][1]}").body
    assert by_step["cause"] == {"kind": "escalation", "parent": one.ref, "run": "1"}

    # when somebody answers, it is over, and who was texted is told
    system.text_back(one.phone, "on my way")
    system.awaited(lambda: begun.told(one), lambda all: all == ["who can come?", "all clear"], 60)
    shown = begun.escalation(one)
    assert (shown["state"], shown["answered"], shown["next_due_at"]) == ("acknowledged", 1, None)
    names = [event["event"] for event in system.events("live", one.ref, 4)]
    assert {"escalated", "acknowledged", "reply"} <= set(names)
    assert (names.count("escalated"), names.count("acknowledged")) == (1, 1)
    assert len(system.received([one.manager])) == 1


def _resumed_with_an_alarm_only(begun: Time, place: WakeUpPlace) -> list[Timer]:
    """Resume a schedule; its order goes to EventBridge Scheduler and nowhere else. Returns what was set."""
    aws, storage = begun.system.aws, begun.system.storage
    enqueued: list[Timer] = []

    class AlarmOnly:
        def enqueue(self, timers: Sequence[Timer], now: datetime) -> None:
            for timer in timers:
                EventBridgeWakeUpScheduler(aws.client("scheduler"), place).set(timer)
                enqueued.append(timer)

    change = ChangeSchedule(
        schedules=storage.schedules,
        write=storage.commit_together,
        stores=storage.stored_content,
        queue=AlarmOnly(),
        clock=storage.clock,
    )
    change(ApiKey(ACME, begun.key_id, KeyKind.LIVE, "live", ""), ScheduleId(begun.enqueued.id), Change.RESUME)
    return enqueued
