"""Invitations, further accounts and new addresses, and something dies at every place there is: a repeat does the rest."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import cast

import pytest

from tests.scenarios.faults import FOUR, Fault, Script
from tests.scenarios.sign_in_world import ACME, ANA, HOME, RIVAL, SignInWorld
from tests.scenarios.world import Crash, World
from tocsin.audit.domain.actor import Actor, ActorKind, Via
from tocsin.identity.domain.session import Session
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.errors import NotFound, StaleWrite, StorageUnavailable
from tocsin.sign_in.domain.steps import Asked, Denied, Opened

ADMIN = Actor(ActorKind.USER, "u9", "Admin")
BOB, NEW = "bob@people.example", "ana.ruiz@people.example"


class Stage:
    """A world whose ports fail by a plan, and what the stories keep between two tries."""

    def __init__(self) -> None:
        self.script = Script({}, world=cast("World", object()))
        self.world = SignInWorld(wrap=self.script.wrap)
        self.session: Session | None = None
        self.cookie = ""

    def person(self, tenant: object, email: str) -> User:
        """Return a person as the directory has them now."""
        return next(
            user
            for user in self.world.directory.things.values()
            if isinstance(user, User) and (user.tenant, user.email) == (tenant, email)
        )


def invited(stage: Stage) -> None:
    assert isinstance(stage.world.invite(stage.person(ACME, BOB), ADMIN, Via.CONSOLE), User)


def judge_invited(stage: Stage) -> None:
    """The last mail has the password that holds; each mail has its entry."""
    mails = [mail for mail in stage.world.mail.sent if mail.to == BOB]
    found = re.search(r"^Password: (\S+)$", mails[-1].text, re.MULTILINE)
    assert found is not None
    assert isinstance(stage.world.tries(BOB, found[1]), Asked)
    assert stage.world.actions().count("user.invited") >= len(mails)


def not_me(stage: Stage) -> None:
    token = stage.world.mail.sent[-1].text.partition("token=")[2].split()[0]
    assert stage.world.people.not_me.stop(token, HOME)


def judge_not_me(stage: Stage) -> None:
    assert stage.person(ACME, BOB).not_me_at is not None
    assert stage.world.actions().count("user.not_me") == 1


def accepted(stage: Stage) -> None:
    try:
        stage.world.people.accounts.accept(stage.world.ana, RIVAL, HOME)
    except NotFound:
        assert stage.person(RIVAL, ANA).state is UserState.ACTIVE  # the try before did it


def judge_accepted(stage: Stage) -> None:
    assert stage.person(RIVAL, ANA).state is UserState.ACTIVE
    assert stage.world.actions(RIVAL) == ["user.updated"]


def switched(stage: Stage) -> None:
    """Switch; a person whose session has ended by then signs in again, and chooses."""
    assert stage.session is not None
    found = stage.world.people.read_session(stage.cookie)
    if found is None:
        answer = stage.world.sign_in.choose(stage.world.asked(stage.world.tries()).state, RIVAL, HOME)
    else:
        answer = stage.world.people.switch(*found, RIVAL, HOME)
    assert isinstance(answer, Opened), answer
    stage.cookie = answer.cookie


def judge_switched(stage: Stage) -> None:
    found = stage.world.people.read_session(stage.cookie)
    assert found is not None
    assert found[1].tenant == RIVAL
    assert stage.session is not None
    assert stage.world.sessions.find(ACME, stage.world.ana.id, stage.session.id) is None
    told = [stage.world.actions(RIVAL).count("user.signed_in"), stage.world.actions(ACME).count("user.signed_out")]
    assert told[0] >= sum(session.tenant == RIVAL for session in stage.world.sessions.sessions.values())
    assert told[1] >= 1


def moved(stage: Stage) -> None:
    """Confirm by the newest link; a link whose work is done is over."""
    link = next(mail for mail in reversed(stage.world.mail.sent) if "token=" in mail.text)
    user = stage.world.directory.user(ACME, stage.world.ana.id)
    assert user is not None
    answer = stage.world.address.confirm(user, link.text.partition("token=")[2].split()[0], HOME)
    assert isinstance(answer, User) or user.email == NEW


def judge_moved(stage: Stage) -> None:
    """The sign-in and every membership have the new address, and both addresses were told once."""
    person = stage.world.provider.people[stage.world.ana.sub or ""]
    assert (person.email, stage.person(ACME, NEW).confirmed_email, stage.person(RIVAL, NEW).sub) == (
        NEW,
        True,
        person.sub,
    )
    told = [mail.to for mail in stage.world.mail.sent if "has changed" in mail.text]
    assert told == [ANA, NEW]
    for tenant in (ACME, RIVAL):
        assert stage.world.actions(tenant).count("user.address_changed") == 1
    assert not isinstance(stage.world.tries(NEW), Denied)


def bob(stage: Stage) -> None:
    stage.world.join(ACME, BOB, UserState.INVITED)


def bob_mailed(stage: Stage) -> None:
    bob(stage)
    invited(stage)


def waiting(stage: Stage) -> None:
    stage.world.join(RIVAL, ANA, UserState.INVITED)


def signed_in(stage: Stage) -> None:
    stage.world.join(RIVAL, ANA)
    answer = stage.world.sign_in.choose(stage.world.asked(stage.world.tries()).state, ACME, HOME)
    assert isinstance(answer, Opened)
    stage.session, stage.cookie = answer.session, answer.cookie


def wanting(stage: Stage) -> None:
    stage.world.join(RIVAL, ANA)
    stage.world.address.ask(stage.world.ana, NEW, "https://console.example")


Act = Callable[[Stage], None]
STORIES: dict[str, tuple[Act, Act, Act]] = {
    "invite": (bob, invited, judge_invited),
    "this is not me": (bob_mailed, not_me, judge_not_me),
    "accept": (waiting, accepted, judge_accepted),
    "switch": (signed_in, switched, judge_switched),
    "new address": (wanting, moved, judge_moved),
}


def play(name: str, plan: Mapping[int, Fault]) -> tuple[Stage, int]:
    """Act through the faults of the plan, again and again until it is done; return the calls of the act too."""
    prepare, act, _ = STORIES[name]
    stage = Stage()
    prepare(stage)
    begun = len(stage.script.calls)
    stage.script.plan = {begun + number: fault for number, fault in plan.items()}
    for _ in range(4):
        try:
            act(stage)
        except (Crash, StorageUnavailable, StaleWrite):
            continue
        stage.script.plan = {}
        return stage, len(stage.script.calls) - begun
    raise AssertionError(f"never done: {plan}")


@pytest.mark.parametrize("name", STORIES)
@pytest.mark.parametrize("fault", FOUR)
def test_s17_a_repeat_does_the_rest_wherever_the_first_try_died(name: str, fault: Fault) -> None:
    judge = STORIES[name][2]
    stage, calls = play(name, {})
    judge(stage)
    assert calls >= 2
    for number in range(calls):
        stage, _ = play(name, {number: fault})
        judge(stage)
