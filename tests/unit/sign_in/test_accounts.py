"""One address in several accounts: switching, accepting, declining (decisions of issue 10, 2.2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.scenarios.sign_in_world import ACME, ANA, HOME, RIVAL, SignInWorld
from tocsin.identity.domain.session import Proof
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.errors import AlreadyExists, NotFound
from tocsin.sign_in.application.own_accounts import Accounts
from tocsin.sign_in.domain.steps import Asked, Denial, Denied, Opened


@pytest.fixture
def world() -> SignInWorld:
    return SignInWorld()


def chosen(world: SignInWorld) -> Opened:
    """Sign in to acme, with a choice."""
    answer = world.sign_in.choose(world.asked(world.tries()).state, ACME, HOME)
    assert isinstance(answer, Opened)
    return answer


def test_another_account_is_entered_under_a_new_id_and_the_session_before_ends(world: SignInWorld) -> None:
    world.join(RIVAL, ANA)
    first = chosen(world)
    second = world.people.switch(first.session, first.user, RIVAL, HOME)
    assert isinstance(second, Opened)
    assert (second.session.tenant, second.session.id != first.session.id) == (RIVAL, True)
    assert world.people.read_session(first.cookie) is None
    assert world.people.read_session(second.cookie) is not None
    assert (world.actions()[-1], world.actions(RIVAL)[-1]) == ("user.signed_out", "user.signed_in")


def test_switching_is_no_proof_and_makes_no_session_longer(world: SignInWorld) -> None:
    world.join(RIVAL, ANA)
    first = chosen(world)
    world.passes(minutes=50)
    second = world.people.switch(first.session, first.user, RIVAL, HOME)
    assert isinstance(second, Opened)
    assert not second.session.is_proved(world.clock())
    assert second.session.created_at == first.session.created_at


def test_an_account_that_requires_the_app_asks_for_it_first(world: SignInWorld) -> None:
    world.join(RIVAL, ANA)
    first = chosen(world)
    world.require_app(RIVAL)
    assert world.people.switch(first.session, first.user, RIVAL, HOME) == Denied(Denial.REQUIRED)
    assert world.people.read_session(first.cookie) is not None
    for proof in (Proof.MFA, Proof.COMPANY):
        proved = replace(first.session, proof=proof)
        assert isinstance(world.people.switch(proved, first.user, RIVAL, HOME), Opened)


@pytest.mark.parametrize("state", [UserState.INVITED, UserState.DISABLED, None])
def test_no_switch_to_an_account_that_does_not_let_the_person_in(world: SignInWorld, state: UserState | None) -> None:
    if state is not None:
        world.join(RIVAL, ANA, state)
    first = world.signed_in()
    assert world.people.switch(first.session, first.user, RIVAL, HOME) == Denied(Denial.NOT_A_MEMBER)
    assert world.people.read_session(first.cookie) is not None


def test_a_session_that_is_older_than_the_end_of_all_sign_ins_there_does_not_enter(world: SignInWorld) -> None:
    rival = world.join(RIVAL, ANA)
    first = chosen(world)
    world.directory.add(replace(rival, signed_out_at=world.clock() + timedelta(minutes=1)))
    world.passes(minutes=2)
    assert world.people.switch(first.session, first.user, RIVAL, HOME) == Denied(Denial.EXPIRED)


def test_declining_leaves_everything_as_it_was_and_is_seen_by_the_account_only(world: SignInWorld) -> None:
    rival = world.join(RIVAL, ANA, UserState.INVITED)
    opened = world.signed_in()
    world.people.accounts.decline(opened.user, RIVAL, HOME)
    assert world.people.accounts.of(opened.user) == Accounts({ACME: "Acme"})
    assert world.directory.user(RIVAL, rival.id) == replace(rival, not_me_at=world.clock(), version=rival.version + 1)
    assert (world.actions(), world.actions(RIVAL)) == (["user.signed_in"], ["user.not_me"])
    with pytest.raises(NotFound):
        world.people.accounts.accept(opened.user, RIVAL, HOME)
    assert isinstance(world.tries(), Opened)


def test_who_accepts_has_their_present_address_there_unless_another_person_has_it(world: SignInWorld) -> None:
    rival = world.join(RIVAL, ANA, UserState.INVITED)
    moved = replace(world.ana, email="ana.ruiz@people.example")
    other = User(RIVAL, rival.id[:-1] + "x", moved.email, "Other", rival.role, world.clock())  # type: ignore[arg-type]
    world.directory.add(moved, other)
    with pytest.raises(AlreadyExists):
        world.people.accounts.accept(moved, RIVAL, HOME)
    world.directory.add(replace(other, email="other@people.example"))
    accepted = world.people.accounts.accept(moved, RIVAL, HOME)
    assert (accepted.email, accepted.state, accepted.confirmed_email) == (moved.email, UserState.ACTIVE, True)
    assert isinstance(world.tries(), Asked)
