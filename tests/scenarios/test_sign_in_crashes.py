"""People sign in, and something dies at every place there is: they get in at the next try, and the trail tells of it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import cast

import pytest

from tests.scenarios.faults import FOUR, Fault, Script
from tests.scenarios.sign_in_world import ACME, ANA, FIRST, HOME, OFFICE, OTHER, PASSWORD, SignInWorld
from tests.scenarios.world import Crash, World
from tocsin.identity.domain.user import UserState
from tocsin.kernel.domain.errors import StaleWrite, StorageUnavailable
from tocsin.sign_in.domain.steps import Asked, Opened, SignInAnswer, SignInStep

Story = Callable[[SignInWorld], SignInAnswer]


def with_password(world: SignInWorld) -> SignInAnswer:
    return world.tries()


def with_first_password(world: SignInWorld) -> SignInAnswer:
    """Sign in as invited; whoever has a password of their own by now gives that."""
    answer = world.tries(password=FIRST)
    if isinstance(answer, Asked):
        return world.sign_in.new_password(answer.state, OTHER, HOME)
    return world.tries(password=OTHER)


def with_code(world: SignInWorld) -> SignInAnswer:
    asked = world.asked(world.tries())
    return world.sign_in.code(asked.state, world.code(world.provider.people["sub-1"].secret or ""), HOME)


def with_set_up(world: SignInWorld) -> SignInAnswer:
    """Set the app up; whoever has it by now gives its code."""
    asked = world.asked(world.tries())
    secret = asked.app_secret or world.provider.people["sub-1"].secret or ""
    act = world.sign_in.code if asked.step is SignInStep.CODE else world.sign_in.set_up_app
    return act(asked.state, world.code(secret), HOME)


def invited(world: SignInWorld) -> None:
    person = world.provider.people["sub-1"]
    person.password, person.first = FIRST, True
    world.directory.add(replace(world.ana, state=UserState.INVITED, confirmed_email=False))


STORIES: dict[str, tuple[Story, Callable[[SignInWorld], object]]] = {
    "password": (with_password, lambda world: None),
    "first password": (with_first_password, invited),
    "code": (with_code, lambda world: world.give_app()),
    "setting up the app": (with_set_up, lambda world: world.require_app(ACME)),
}


def play(name: str, plan: Mapping[int, Fault]) -> tuple[SignInWorld, Opened, list[str]]:
    """Sign in through the faults of the plan, again and again until it is done."""
    story, prepare = STORIES[name]
    script = Script(plan, world=cast("World", object()))
    world = SignInWorld(wrap=script.wrap)
    prepare(world)
    for _ in range(5):
        try:
            answer = story(world)
        except (Crash, StorageUnavailable, StaleWrite):
            continue
        assert isinstance(answer, Opened), f"locked out by {plan}: {answer}"
        return world, answer, script.calls
    raise AssertionError(f"never in: {plan}")


def judge(world: SignInWorld, opened: Opened) -> None:
    found = world.people.read_session(opened.cookie)
    assert found is not None
    assert (found[1].state, found[1].confirmed_email) == (UserState.ACTIVE, True)
    # no session without an entry; one that nobody has a cookie of may have one
    assert world.actions().count("user.signed_in") >= len(world.sessions.sessions) >= 1
    assert world.actions().count("user.updated") <= 1
    assert all(entry.tenant == ACME for entry in world.trail.entries.values())


@pytest.mark.parametrize("name", STORIES)
@pytest.mark.parametrize("fault", FOUR)
def test_s17_a_fault_at_any_call_of_a_sign_in_locks_nobody_out_and_leaves_no_session_untold(
    name: str, fault: Fault
) -> None:
    _, _, calls = play(name, {})
    assert len(calls) >= 8, calls
    for number in range(len(calls)):
        world, opened, _ = play(name, {number: fault})
        judge(world, opened)


@pytest.mark.parametrize("fault", FOUR)
def test_s17_a_wrong_password_opens_no_session_whatever_dies(fault: Fault) -> None:
    for number in range(12):
        script = Script({number: fault}, world=cast("World", object()))
        world = SignInWorld(wrap=script.wrap)
        for _ in range(3):
            try:
                assert not isinstance(world.tries(password=OTHER), Opened | Asked)
            except (Crash, StorageUnavailable):
                continue
        assert not world.sessions.sessions


@pytest.mark.parametrize("fault", FOUR)
def test_s17_after_a_new_password_nobody_else_is_in_whatever_dies(fault: Fault) -> None:
    finished = 0
    for number in range(30):
        script = Script({}, world=cast("World", object()))
        world = SignInWorld(wrap=script.wrap)
        thief, mine = world.signed_in(OFFICE), world.signed_in()
        world.passes(minutes=1)
        begun = len(script.calls)
        script.plan = {begun + number: fault}
        with contextlib.suppress(Crash, StorageUnavailable):
            world.people.passwords.change(mine.session, mine.user, PASSWORD, OTHER, HOME)
        finished += len(script.calls) <= begun + number
        script.plan = {}
        if world.provider.people["sub-1"].password == OTHER:
            assert world.people.read_session(thief.cookie) is None, script.calls[begun:]
            assert "user.password_changed" in world.actions()
            assert isinstance(world.tries(password=OTHER), Opened)
        else:
            assert isinstance(world.tries(ANA, PASSWORD), Opened)
    assert finished >= 5, "more calls than were tried"
