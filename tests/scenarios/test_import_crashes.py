"""A file is imported, and something dies at every call there is: the same import, sent again, ends it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import pytest

from tests.scenarios.faults import FOUR, Fault, Script
from tests.scenarios.import_world import ACME, ImportWorld
from tests.scenarios.world import Crash, World
from tocsin.directory.application.import_directory import ImportState
from tocsin.directory.domain.import_file import ImportKind
from tocsin.directory.domain.things import Kind, Line
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.errors import ConfirmFirst, StaleWrite, StorageUnavailable, Superseded

PEOPLE = "external_id,email,name\nx-ana,ana.ruiz@people.example,Ana Ruiz\n,new@people.example,New\n"
"""Ana gets another address, one person is new, and Bob is missing."""

LINES = "extension,label,user\n2001,Lobby,ana@people.example\n" + "".join(f"3{n:03},Desk {n},\n" for n in range(20))
"""A change and twenty new lines: more than one transaction."""

JOINED = "email,name,extension,e164,company\nnew@people.example,New,4001,+447700900401,West\n"

DESKS = [Line(tenant=ACME, id=f"d{n}", extension=f"50{n:02}", external_id=f"d{n}") for n in range(40)]
EXCHANGED = "external_id,extension\nd0,5001\nd1,5002\nd2,5000\n" + "".join(f"d{n},50{n + 1:02}\n" for n in range(3, 40))
"""Three lines pass their extensions on in a ring; 37 move up by one, in several transactions."""

STORIES = {
    "people": (ImportKind.USER, PEOPLE, True),
    "lines": (ImportKind.LINE, LINES, False),
    "joined": (ImportKind.JOINED, JOINED, False),
    "exchanged": (ImportKind.LINE, EXCHANGED, False),
}


def play(story: str, plan: Mapping[int, Fault]) -> tuple[ImportWorld, list[str]]:
    """Import through the faults of the plan, again and again until it is done."""
    kind, csv, disable = STORIES[story]
    script = Script(plan, world=cast("World", object()))
    world = ImportWorld(script.wrap)
    if story == "exchanged":
        world.directory.add(*DESKS)
    for _ in range(5):
        try:
            done = world.apply(kind, csv, disable=disable)
        except (Crash, StorageUnavailable, StaleWrite, Superseded, ConfirmFirst):
            continue
        if done.state is ImportState.APPLIED:
            return world, script.calls
    raise AssertionError(f"never done: {plan}")


def judge(world: ImportWorld, story: str) -> None:
    expected, _ = play(story, {})
    assert world.told() == expected.told()
    # one entry for each version that was written, and none for what was not
    for thing in world.directory.things.values():
        told = [entry.action for entry in world.directory.trail.entries.values() if entry.thing.id == thing.id]
        created = sum(action.endswith(".created") for action in told)
        assert len(told) == thing.version - 1 + created, (thing, told)
        assert created <= 1
    for user in world.directory.all(ACME, Kind.USER):
        assert isinstance(user, User)
        if user.sub is not None:
            person = world.provider.people[user.sub]
            assert (person.email, person.enabled) == (user.email, user.state is not UserState.DISABLED)
        if user.state is UserState.DISABLED:
            assert not world.sessions.of(ACME, user.id, world.clock())


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("fault", FOUR)
def test_s17_a_fault_at_any_call_of_an_import_leaves_what_the_same_import_ends(story: str, fault: Fault) -> None:
    _, calls = play(story, {})
    assert len(calls) >= 5, calls
    for number in range(len(calls)):
        world, _ = play(story, {number: fault})
        judge(world, story)


def test_s17_two_faults_are_no_worse() -> None:
    _, calls = play("people", {})
    for number in range(len(calls)):
        for later in (1, 3):
            world, _ = play("people", {number: Fault.AFTER, number + later: Fault.OUTCOME_UNKNOWN})
            judge(world, "people")
