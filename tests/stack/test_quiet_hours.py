"""Quiet hours and time windows through the deployed system: who sleeps gets the text when the night is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.stack.system import System, sms


def test_who_sleeps_gets_the_text_when_the_night_is_over(system: System) -> None:
    # given Ana, whose night ends with this minute or the next, and Bob, who is always awake
    sleeper, waker, context = system.phones(3)
    now = datetime.now(UTC)
    over = (now + timedelta(seconds=70)).replace(second=0, microsecond=0)
    night = {"from": f"{now - timedelta(hours=1):%H:%M}", "to": f"{over:%H:%M}", "zone": "UTC"}
    group = {
        "inlineContactGroup": {
            "contacts": [
                {"id": "ana", "sms": sleeper, "quietHours": night},
                {"id": "bob", "sms": waker, "quietHours": "none"},
            ]
        }
    }
    # and an office that is open on another day only
    tomorrow = (now + timedelta(days=1 if now.hour < 23 else 2)).isoweekday()
    to_all = {**sms([], "water in rack 4"), "contactSets": ["all"]}
    del to_all["recipients"]

    # when a call reaches for all of them
    answer = system.send("live", to_all, sms([context], timeWindows=[f"*;*;{tomorrow};*;*"]), contactGroup=group)
    assert answer.status == 200, answer.body
    taken, closed = answer.body["alerts"]
    assert (taken["sentCount"], closed["sentCount"], closed["failureReason"]) == (2, 0, "outside its time windows")

    # then Bob has it at once, and Ana's is held until her night is over
    ref = answer.body["alertRef"]
    system.states("live", ref, {sleeper: "held", waker: "sent"})
    ana = next(one for one in system.recipients("live", ref) if one["address"] == sleeper)
    assert (ana["reason"], ana["held_until"]) == ("quiet_hours", f"{over:%Y-%m-%dT%H:%M}:00.000Z")
    assert [message.to for message in system.received([sleeper, waker, context])] == [waker]

    # and then she has it too, once and no earlier
    system.settled("live", ref, 120)
    assert datetime.now(UTC) >= over
    assert sorted(message.to for message in system.received([sleeper, waker, context])) == sorted([sleeper, waker])
    told = [event for event in system.events("live", ref, 3) if event["contactId"] == "ana"]
    assert [event["event"] for event in told] == ["held", "sent"]
    assert told[0]["heldUntil"] == ana["held_until"]
    assert told[1]["whence"] >= ana["held_until"]
