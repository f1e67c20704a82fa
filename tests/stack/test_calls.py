"""Calls on the deployed stack: by the simulated Amazon Connect, the deployed flow and function, and people by number."""

from __future__ import annotations

import base64
import json
from typing import Any

from tests.adapters.audio_files import tone, wav
from tests.stack.system import System, call
from tests.unit.infra.network import Hand

FATES = {
    "+447700900801": ("failed", "busy", ""),
    "+447700900803": ("failed", "failed", ""),
    "+447700900804": ("failed", "failed", ""),
    "+447700900805": ("failed", "failed", ""),
    "+447700900807": ("delivered", "recipientOk", "2"),
    "+447700900808": ("delivered", "recipientNotOk", "*"),
    "+447700900809": ("delivered", "recipientOk", "12"),
    "+447700900810": ("failed", "failed", "7"),
    "+447700900814": ("delivered", "recipientOk", "2"),
}
"""State of the message, status of its call, and keys, by the person's number."""


def calls_of(system: System, ref: str) -> list[dict[str, Any]]:
    """Return the lines of the file of calls that are about an alert."""
    read = map(json.loads, system.engine.places.calls.read_text().splitlines())
    return [line for line in read if line["alertRef"] == ref]


def test_every_person_is_called_once_and_told_once(lively: System, number: str) -> None:
    ref = lively.sent("live", call(list(FATES), number))

    found = {one["address"]: one["state"] for one in lively.settled("live", ref)}
    assert found == {address: state for address, (state, _, _) in FATES.items()}

    answered = sum(state == "delivered" for state in found.values())
    events = lively.events("live", ref, 2 * len(FATES) + answered)
    complete = [event for event in events if event["event"] == "callComplete"]
    assert sorted((*event["alertees"], event["status"], event["digits"]) for event in complete) == [
        (address, status, keys) for address, (_, status, keys) in FATES.items()
    ]
    assert {line["to"]: line["keys"] for line in calls_of(lively, ref)} == {
        address: keys for address, (_, _, keys) in FATES.items()
    }


def test_a_recording_is_played_as_it_was_sent(lively: System, number: str) -> None:
    rate = 8000
    file = base64.b64encode(wav(tone(rate, 1.5), rate)).decode()
    sounds = {"content": file, "contentEncoding": "base64", "voiceFormat": "wav"}

    ref = lively.sent("live", call(lively.phones(1), number, **sounds))
    lively.settled("live", ref)

    (line,) = calls_of(lively, ref)
    assert [said["prompt"] for said in line["said"]] == ["pre", "main", "post", "done"]
    assert line["said"][1]["file"].startswith("s3://")
    assert abs(line["said"][1]["ms"] - 1500) < 30


def test_a_phone_stops_ringing_when_the_alert_is_cancelled(lively: System, number: str) -> None:
    (phone,) = lively.phones(1)
    hand = Hand(lively.outside.exchange.handsets, phone)
    ref = lively.sent("live", call([phone], number))
    hand.sees("ringing")
    # A cancel in the moment between the dial and its record finds no call to stop; the person is told at the answer.
    lively.awaited(lambda: lively.recipients("live", ref), lambda found: found[0]["state"] == "calling", 10)

    cancelled = lively.callers["live"].post("/cancelalerts", {"version": "latest", "cancel": [{"alertId": ref}]})
    assert cancelled.status == 200, cancelled.body

    hand.sees("ended", by="stopped")
    assert [one["state"] for one in lively.settled("live", ref)] == ["cancelled"]


def test_a_missed_call_is_called_back(lively: System, number: str) -> None:
    # given a person who was busy
    (phone,) = lively.phones(1)
    hand = Hand(lively.outside.exchange.handsets, phone)
    ref = lively.sent("live", call([phone], number))
    hand.handsets.busy(hand.sees("ringing")["call"])
    assert [one["state"] for one in lively.settled("live", ref)] == ["failed"]

    # when the person calls back and presses a key
    placed = lively.outside.exchange.call_in(phone, number)
    hand.sees("saying", prompt="main")
    hand.handsets.press(placed.id, "2")
    hand.sees("ended", by="system")

    # then the message is delivered after all
    lively.awaited(
        lambda: lively.recipients("live", ref), lambda found: [one["state"] for one in found] == ["delivered"], 30
    )


def test_a_caller_without_a_message_is_told_so(lively: System, number: str) -> None:
    (phone,) = lively.phones(1)
    hand = Hand(lively.outside.exchange.handsets, phone)

    lively.outside.exchange.call_in(phone, number)

    hand.sees("ended", by="system")
    assert [event["text"] for event in hand.seen if event["event"] == "saying"]
