"""People are told of events, and something dies at every call there is: each person is told once, and none is forgotten.

A call rings on two telephones and becomes a voicemail, which is told twice; another is missed; sixteen texts are a burst.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import cast

import pytest

from tests.fakes.time import NOON
from tests.scenarios.faults import FOUR, Fault, Script
from tests.scenarios.notice_world import NoticeWorld
from tests.scenarios.world import World
from tests.unit.personal_notices.stories import ACME, ANA, BOB, call, event, offered, text, voicemail
from tocsin.personal_notices.domain.bursts import CountedText, TextsOfContact
from tocsin.personal_notices.domain.notice import NoticeKind
from tocsin.preferences.domain.settings import Communication, NotificationSettings
from tocsin.telephony.application.sweep_events import SweepEvents

CALL = (offered(), offered("o2", line="2011"), call("e1", "voicemail", lines=["2010", "2011"]), voicemail(callId=None))
OTHERS = (call("e2", callId="c2", status="missed"), event("mention", "m1", userIds=["bob"]))
TEXTS = tuple(
    text(f"t{n}", NOON + timedelta(seconds=n), to={"number": "+442079460010"}, line="2011") for n in range(16)
)
WITHOUT_TEXTS = frozenset(Communication) - {Communication.TEXT}


def play(plan: Mapping[int, Fault]) -> tuple[NoticeWorld, list[str]]:
    script = Script(plan, world=cast("World", object()))
    chosen = [
        NotificationSettings(tenant=ACME, user=user, version=1, many_texts=True, communication=WITHOUT_TEXTS)
        for user in (ANA, BOB)
    ]
    world = NoticeWorld(*chosen, wrap=script.wrap)
    world.texts.kept[ACME, "+442079460010", "+447700900123"] = _fifteen(), NOON + timedelta(hours=1)
    sweep = SweepEvents(world.rows, world.orders, world.clock)
    for events in ([CALL[0], OTHERS[0], TEXTS[-1]], [*CALL[1:], OTHERS[1]]):
        world.take(*events)
        world.work()
    for _ in range(2):  # an order may be lost
        world.clock.advance(timedelta(minutes=3))
        sweep()
        world.work()
    return world, script.calls


def _fifteen() -> TextsOfContact:
    """Return what is remembered of the first fifteen texts."""
    known = TextsOfContact()
    for each in TEXTS[:-1]:
        known = known.after(CountedText.of(each), each.name)
    return known


def told(world: NoticeWorld) -> Counter[str]:
    """Return how many mails each person got: an event that comes before another one is told in other words."""
    return Counter({user: len(world.mails(user)) for user in (ANA, BOB)})


def judge(world: NoticeWorld, calm: NoticeWorld) -> None:
    assert not [each for each in world.rows.kept.values() if each.owed]
    assert told(world) == told(calm)
    for user in (ANA, BOB):  # in the end, inboxes read the same in every order
        assert sorted(world.inbox(user)) == sorted(calm.inbox(user))


def test_up_29_a_day_without_faults_tells_each_person_once() -> None:
    world, _ = play({})
    kinds = Counter(kind for _, kind, _ in world.desk.runs.kept)
    assert kinds == {NoticeKind.CALL: 3, NoticeKind.MENTION: 1, NoticeKind.MANY_TEXTS: 1}
    assert told(world) == {ANA: 2, BOB: 3}


@pytest.mark.parametrize("fault", FOUR)
def test_up_29_a_fault_at_any_call_tells_no_one_twice_and_forgets_no_one(fault: Fault) -> None:
    calm, calls = play({})
    assert {"calls.save", "texts.save", "send.__call__", "inboxes.put", "events.done"} <= set(calls)
    for number in range(len(calls)):
        judge(play({number: fault})[0], calm)


@pytest.mark.deep
def test_up_29_two_faults_are_no_worse() -> None:
    calm, calls = play({})
    for number in range(len(calls)):
        for later in (1, 3, 6, 10):
            for fault in FOUR:
                judge(play({number: fault, number + later: Fault.OUTCOME_UNKNOWN})[0], calm)
