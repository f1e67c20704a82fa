"""Legs become calls: stories of real telephone systems, and what holds for any legs in any order."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.telephony.domain.call_assembly import MAX_LEGS, OUTCOMES, CallAssembly, LegResult
from tocsin.telephony.domain.event import TelephonyEvent

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
ANA = {"number": "+447700900123", "name": "Ana"}
SUPPORT = {"id": "support", "type": "queue"}


def leg(name: str, status: str | None, start: float, seconds: int, **data: Any) -> TelephonyEvent:
    """Return a leg that began `start` seconds after noon."""
    begun = NOON + timedelta(seconds=start)
    told: dict[str, Any] = {"callId": "c1", "legId": name, "direction": "incoming", "status": status, "from": ANA}
    told |= {"to": {"number": "+442079460000"}, "startedAt": begun.isoformat(), "durationSeconds": seconds, **data}
    told = {field: value for field, value in told.items() if value is not None}
    at = begun + timedelta(seconds=seconds)
    return TelephonyEvent("pbx-1", f"id-{name}", "call.leg", at, at, told)


def gathered(*legs: TelephonyEvent) -> CallAssembly:
    """Return an assembly to which each leg came alone."""
    assembly = CallAssembly("pbx-1", "c1")
    for each in legs:
        assembly, _ = assembly.add([each], each.at)
    return assembly


def called(*legs: TelephonyEvent) -> dict[str, Any]:
    """Return the data of the call, after every order of its legs has given the same."""
    told = [gathered(*order).call_ended(NOON) for order in itertools.permutations(legs)]
    assert all(event == told[0] for event in told)
    assert told[0] is not None
    return dict(told[0].data)


def test_a_call_to_all_phones_that_one_answered_is_answered() -> None:
    call = called(
        leg("a", "missed", 0, 8, line="2010", hangupCause="LOSE_RACE"),
        leg("b", "answered", 0.5, 68, line="2011", answeredAt="2026-11-28T12:00:08Z", hangupCause="NORMAL"),
        leg("c", "missed", 1, 7, line="2012", hangupCause="LOSE_RACE"),
    )
    assert (call["status"], call["line"], call["lines"]) == ("answered", "2011", ["2010", "2011", "2012"])
    assert (call["durationSeconds"], call["talkSeconds"], call["hangupCause"]) == (68, 60, "NORMAL")
    assert (call["startedAt"], call["answeredAt"]) == ("2026-11-28T12:00:00+00:00", "2026-11-28T12:00:08+00:00")
    assert call["transferred"] is False


def test_a_transferred_call_is_answered_by_the_first_and_lasts_to_the_end_of_the_second() -> None:
    call = called(
        leg("a", "answered", 0, 40, line="2010", talkSeconds=30, transferred=True),
        leg("b", "answered", 40, 80, line="2011", talkSeconds=70, transfers=[{"to": "2011", "at": "x"}]),
    )
    assert (call["transferred"], call["line"], call["lines"]) == (True, "2010", ["2010", "2011"])
    assert (call["durationSeconds"], call["talkSeconds"]) == (120, 110)
    assert call["transfers"] == [{"to": "2011", "at": "x"}]


def test_a_call_that_left_a_voicemail_after_the_phones_is_a_voicemail() -> None:
    mail = {"url": "https://pbx.example/1", "durationSeconds": 9}
    call = called(
        leg("a", "missed", 0, 20, line="2010"),
        leg("b", "busy", 0, 1, line="2011"),
        leg("v", "voicemail", 20, 15, voicemail=mail, talkSeconds=15),
    )
    assert (call["status"], call["line"], call["voicemail"]) == ("voicemail", "2010", mail)
    assert "talkSeconds" not in call, "a person has talked to no one"


def test_a_caller_who_hung_up_in_the_queue_has_abandoned_the_call() -> None:
    call = called(
        leg("q", "abandoned", 0, 90, group=SUPPORT, tags=["vip"]),
        leg("a", "missed", 10, 15, line="2010", group=SUPPORT),
        leg("b", "missed", 30, 15, line="2011", groups=[SUPPORT, {"id": "sales"}], tags=["vip", "de"]),
    )
    assert (call["status"], call["group"], call["durationSeconds"]) == ("abandoned", SUPPORT, 90)
    assert (call["groups"], call["tags"]) == ([SUPPORT, {"id": "sales"}], ["vip", "de"])


def test_an_internal_call_keeps_direction_and_caller_of_its_first_leg() -> None:
    call = called(
        leg("a", "failed", 0, 2, direction="internal", **{"from": {"number": "2001"}}, to={"number": "2010"}),
        leg("b", "busy", 1, 1, direction="outgoing", **{"from": {"number": "+441"}}, to={"number": "+442"}),
    )
    assert (call["direction"], call["from"], call["to"]) == ("internal", {"number": "2001"}, {"number": "2010"})
    assert call["status"] == "busy"


def test_a_leg_that_tells_only_its_end_begins_its_duration_earlier() -> None:
    event = leg("a", "missed", 0, 18, startedAt=None)
    assert called(event)["startedAt"] == NOON.isoformat()


def test_the_event_of_a_call_has_a_derived_id_and_the_time_of_its_end() -> None:
    event = gathered(leg("a", "missed", 0, 18)).call_ended(NOON + timedelta(minutes=1))
    assert event is not None
    assert (event.source, event.id, event.type) == ("pbx-1", "call:c1", "call.ended")
    assert (event.at, event.received_at) == (NOON + timedelta(seconds=18), NOON + timedelta(minutes=1))


def test_a_call_settles_ten_seconds_after_the_last_new_leg() -> None:
    assembly = CallAssembly("pbx-1", "c1")
    first, second = leg("a", "missed", 0, 5), leg("b", "missed", 0, 5)
    for seconds, event, result in ((0, first, LegResult.ADDED), (4, second, LegResult.ADDED), (8, first, "repeated")):
        assembly, told = assembly.add([event], NOON + timedelta(seconds=seconds))
        assert told == result
    assert assembly.settles_at == NOON + timedelta(seconds=14)
    assert assembly.settle(NOON + timedelta(seconds=13)) == (assembly, None)
    assert assembly.settle(NOON + timedelta(seconds=14))[1] == assembly.call_ended(NOON + timedelta(seconds=14))


def test_a_final_leg_settles_the_call_at_once_and_a_later_leg_is_ignored() -> None:
    assembly, result = gathered(leg("a", "answered", 0, 5)).add([leg("end", None, 5, 0, final=True)], NOON)
    assert (result, assembly.settles_at) == (LegResult.FINAL, NOON)
    settled, event = assembly.settle(NOON)
    assert event is not None
    assert settled.add([leg("late", "missed", 0, 5)], NOON) == (settled, LegResult.SETTLED)
    assert settled.settle(NOON + timedelta(hours=1)) == (settled, None), "a call is told once"


def test_an_end_that_comes_before_all_legs_settles_nothing() -> None:
    assembly, result = CallAssembly("pbx-1", "c1").add([leg("end", None, 5, 0, final=True)], NOON)
    assert result == LegResult.ADDED
    waiting, event = assembly.settle(NOON + timedelta(seconds=10))
    assert (event, waiting.settled) == (None, False)
    _, result = waiting.add([leg("a", "missed", 0, 5)], NOON + timedelta(minutes=1))
    assert result == LegResult.FINAL


def test_legs_that_come_together_are_all_in_the_call_wherever_the_final_one_stands() -> None:
    end, answered = leg("end", None, 5, 0, final=True), leg("a", "answered", 0, 5)
    for order in ([end, answered], [answered, end]):
        assembly, result = CallAssembly("pbx-1", "c1").add(order, NOON)
        assert (result, len(assembly.legs)) == (LegResult.FINAL, 2)


def test_of_thirty_phones_the_one_that_answered_is_kept_and_the_first_leg_too() -> None:
    missed = [leg(f"m{n:02}", "missed", n, 5, line=f"20{n:02}") for n in range(29)]
    assembly = gathered(*missed, leg("z", "answered", 40, 50, line="2099"))
    event = assembly.call_ended(NOON)
    assert event is not None
    assert (len(assembly.legs), event.data["status"], event.data["line"]) == (MAX_LEGS, "answered", "2099")
    assert event.data["startedAt"] == NOON.isoformat()
    assert len(event.data["lines"]) == MAX_LEGS


LEGS = st.builds(
    leg,
    st.sampled_from("abcdefgh"),
    st.sampled_from((None, *OUTCOMES)),
    st.integers(0, 30),
    st.integers(0, 60),
    line=st.sampled_from((None, "2010", "2011")),
    transferred=st.sampled_from((None, True, False)),
    group=st.sampled_from((None, SUPPORT)),
    talkSeconds=st.none() | st.integers(0, 60),
    direction=st.sampled_from(("incoming", "internal")),
)


@settings(max_examples=50)
@given(st.lists(LEGS, min_size=1, max_size=26), st.randoms(use_true_random=False))
def test_any_order_and_any_repeats_of_legs_give_the_same_assembly(legs: list[TelephonyEvent], random: Any) -> None:
    shuffled = [*legs, *random.choices(legs, k=5)]
    random.shuffle(shuffled)
    cut = random.randrange(len(shuffled))
    one_by_one, together = gathered(*legs), CallAssembly("pbx-1", "c1")
    for part in (shuffled[:cut], shuffled[cut:]):
        together, _ = together.add(part, NOON)
    assert together.legs == one_by_one.legs
    assert together.call_ended(NOON) == one_by_one.call_ended(NOON)


@settings(max_examples=50)
@given(st.lists(LEGS, min_size=1, max_size=12))
def test_a_call_has_the_strongest_status_and_lasts_as_long_as_its_longest_leg(legs: list[TelephonyEvent]) -> None:
    told = [each.data for each in legs if "status" in each.data]
    event = gathered(*legs).call_ended(NOON)
    assert (event is None) == (not told)
    if event is not None:
        assert event.data["status"] == min((each["status"] for each in told), key=OUTCOMES.index)
        assert event.data["durationSeconds"] >= max(each["durationSeconds"] for each in told)
        assert event.data["transferred"] == any(each.get("transferred", False) for each in told)
