"""Sums of a day: the same in any order and in any turns, and what belongs to another day does not count."""

from __future__ import annotations

import json
import random
from dataclasses import asdict
from datetime import timedelta

import pytest

from tests.unit.reports.worlds import BEGIN, DAY, HOUR, call, event
from tocsin.reports.domain.day_sums import DayCounter, DaySums
from tocsin.telephony.domain.event import TelephonyEvent

DUE = BEGIN + DAY + 8 * HOUR
SECOND = timedelta(seconds=1)


def counted(*events: TelephonyEvent, sums: DaySums | None = None) -> DaySums:
    counter = DayCounter(sums or DaySums(), BEGIN, BEGIN + DAY, DUE)
    for each in events:
        counter.add(each)
    return counter.close()


def voicemail(at: timedelta, call_id: str | None) -> TelephonyEvent:
    named = {} if call_id is None else {"callId": call_id}
    return event(BEGIN + at, "voicemail.received", {"mailbox": "2001", "from": {"number": "+447700900123"}} | named)


def text(at: timedelta, type: str = "sms.received", **data: object) -> TelephonyEvent:
    parties = {"from": {"number": "+447700900100"}, "to": {"number": "+447700900100"}}
    return event(BEGIN + at, type, {"messageId": str(at)} | parties | data)


def test_up_11_waits_end_with_the_answer_or_with_the_call() -> None:
    sums = counted(
        call(BEGIN, durationSeconds=70, talkSeconds=60),
        call(BEGIN + HOUR, status="missed", durationSeconds=20),
        call(BEGIN + 2 * HOUR, status="abandoned", durationSeconds=90, talkSeconds=90),  # some count the queue as talk
        call(BEGIN + 3 * HOUR, "outgoing", durationSeconds=33, talkSeconds=30),
        call(BEGIN + 4 * HOUR, durationSeconds=500),  # answered, and nobody says for how long
    )
    assert (sums.waits, sums.talks) == ([3, 10 + 20 + 90, 90], [2, 90, 60])
    assert sums.calls == {
        "incoming answered": 2, "incoming missed": 1, "incoming abandoned": 1, "outgoing answered": 1,
    }  # fmt: skip
    assert sums.hours[:6] == [1, 1, 1, 1, 1, 0]


def test_decided_5_3_a_message_that_its_call_and_itself_tell_counts_once_in_any_order() -> None:
    of_call = call(BEGIN + HOUR, status="voicemail", callId="c1")
    itself = voicemail(HOUR, "c1")
    for events in ((of_call, itself), (itself, of_call)):
        assert counted(*events, voicemail(2 * HOUR, None), voicemail(3 * HOUR, "c2")).voicemails == 3


@pytest.mark.parametrize(
    ("at", "late", "counts"),
    [
        (timedelta(0), timedelta(0), True),
        (-SECOND, timedelta(0), False),
        (DAY - SECOND, timedelta(0), True),
        (DAY, timedelta(0), False),
        (DAY - SECOND, 8 * HOUR, True),  # a second before eight
        (DAY - SECOND, 8 * HOUR + SECOND, False),
        (timedelta(0), -timedelta(minutes=5), True),  # the clock of a telephone system is ahead
    ],
)
def test_up_11_an_event_counts_on_its_day_if_it_came_before_eight(at: timedelta, late: timedelta, counts: bool) -> None:
    each = event(BEGIN + at, "sms.received", {"messageId": "m", "to": {"number": "+447700900100"}}, late)
    assert counted(each).texts_in == ([1, 1] if counts else [0, 0])


def test_up_11_segments_are_those_that_were_told_or_those_of_the_words() -> None:
    sums = counted(
        text(HOUR, segments=3), text(2 * HOUR, text="x" * 161), text(3 * HOUR), text(4 * HOUR, "sms.sent", segments=2)
    )
    assert (sums.texts_in, sums.texts_out) == ([3, 3 + 2 + 1], [1, 2])
    assert (sums.numbers_in, sums.numbers_out) == ({"+447700900100": 3}, {"+447700900100": 1})


def test_up_11_sums_are_the_same_in_any_order_and_in_any_turns() -> None:
    chance = random.Random(14)
    events = [call(BEGIN + n * timedelta(minutes=7), status=chance.choice(("answered", "voicemail", "missed")),
                   callId=f"c{n}", line=f"20{n % 7:02}", durationSeconds=n, talkSeconds=n // 2) for n in range(150)]  # fmt: skip
    events += [voicemail(n * timedelta(minutes=9), f"c{n}") for n in range(0, 150, 3)]
    expected = asdict(counted(*events)) | {"awaited": None}
    for _ in range(10):
        chance.shuffle(events)
        sums = DaySums()
        for first in range(0, len(events), 40):
            sums = counted(*events[first : first + 40], sums=DaySums(**json.loads(json.dumps(asdict(sums)))))
        assert asdict(sums) | {"awaited": None} == expected


@pytest.mark.parametrize("sign", ["x", "é", "漢", "🔔", '"', "\t"], ids=ascii)
def test_the_sums_of_a_day_fit_into_a_row_whatever_the_lines_are_called(sign: str) -> None:
    many = [sign * 200 + str(number) for number in range(3_000)]
    calls = [call(BEGIN + HOUR, line=name, status="voicemail", callId=name) for name in many]
    texts = [text(HOUR, type, **{side: {"number": name}}) for name in many for type, side in TEXTS.items()]
    voicemails = [voicemail(HOUR, f"v{number}") for number in range(12_000)]

    sums = counted(*voicemails, *calls, *texts)

    assert len(json.dumps(asdict(sums))) < 390_000
    assert sums.calls == {"incoming voicemail": 3_000}
    assert sums.texts_in[0] == sums.texts_out[0] == 3_000
    assert 0 < len(sums.lines) == len(sums.numbers_in) == len(sums.numbers_out) < 3_000
    assert counted(*calls, sums=sums).lines == dict.fromkeys(sums.lines, 2)


TEXTS = {"sms.received": "to", "sms.sent": "from"}
