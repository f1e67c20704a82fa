"""People are told of a notice, and something dies at every call there is: each is told once by each channel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scenarios.event_world import repeated
from tests.scenarios.faults import FOUR, Fault, Script
from tests.scenarios.world import World
from tests.unit.personal_notices.desk import HERS, NoticeDesk, a_notice, a_person, to, wants
from tocsin.alerts.domain.internal.inside_alert import InsideAlert
from tocsin.alerts.domain.participants import Participant
from tocsin.kernel.domain.errors import Superseded
from tocsin.kernel.domain.ids import UserId
from tocsin.personal_notices.application.people_of_notice import ReadNoticePeople
from tocsin.personal_notices.domain.push_message import PushMessage


class Push(Participant):
    """One push to a browser."""

    def __init__(self, message: PushMessage) -> None:
        self.message = message


class TellWorld:
    """Three people: one is mailed and texted, one is pushed to, one has the switch off."""

    def __init__(self, script: Script) -> None:
        self.desk, self.pushed = NoticeDesk(), Counter[UserId]()
        self.desk.directory.add(a_person(), a_person("ben"), a_person("cleo"))
        self.desk.preferences.add(
            wants(text_on=True), wants("ben", browser_on=True), wants("cleo", communication=frozenset())
        )
        wrap = script.wrap
        self.tell = self.desk.telling(
            runs=wrap("runs", self.desk.runs),
            people=ReadNoticePeople(wrap("directory", self.desk.directory), wrap("preferences", self.desk.preferences)),
            inboxes=wrap("inboxes", self.desk.inboxes),
            send=wrap("inside", self).accept,
            pushes=lambda messages: {each.user: [Push(each)] for each in messages},
        )

    def accept(self, alert: InsideAlert) -> object:
        pushes = [each.message.user for each in alert.participants if isinstance(each, Push)]
        if not pushes:
            return self.desk.send(alert)
        if self.pushed[pushes[0]]:
            raise Superseded("it was written before")
        self.pushed.update(pushes)
        return None


def play(plan: Mapping[int, Fault]) -> tuple[TellWorld, Sequence[str]]:
    script = Script(plan, world=cast("World", object()))
    world = TellWorld(script)
    for _ in range(2):  # every order comes twice
        repeated(lambda: world.tell(a_notice(), to("ana", "ben", "cleo")))
    return world, script.calls


def judge(world: TellWorld) -> None:
    told = Counter((channel, address) for channel, address, _ in world.desk.messages())
    assert told == {("email", "ana@example.org"): 1, ("sms", HERS): 1, ("email", "ben@example.org"): 1}
    assert world.pushed == {"ben": 1}
    assert {user for _, user, _ in world.desk.inboxes.kept} == {"ana", "ben"}
    (run,) = world.desk.runs.kept.values()
    assert [each.user for each in run.people] == ["ana", "ben", "cleo"]


CALM, CALLS = play({})


def test_the_story_makes_every_effect() -> None:
    judge(CALM)
    assert {call.partition(".")[0] for call in CALLS} == {"runs", "directory", "preferences", "inboxes", "inside"}


@pytest.mark.parametrize("fault", FOUR)
def test_each_person_is_told_once_whatever_call_dies(fault: Fault) -> None:
    for number in range(len(CALLS)):
        judge(play({number: fault})[0])


def test_at_every_pair_of_calls() -> None:
    for first, second in combinations(range(len(CALLS) + 4), 2):
        judge(play({first: Fault.AFTER, second: Fault.OUTCOME_UNKNOWN})[0])


@pytest.mark.deep
@given(st.dictionaries(st.integers(0, len(CALLS) + 20), st.sampled_from(FOUR), max_size=6))
@settings(max_examples=150)
def test_at_several_calls(plan: dict[int, Any]) -> None:
    judge(play(plan)[0])
