"""New passwords, and the end of sessions (decisions of issue 10, 2.8)."""

from __future__ import annotations

import pytest

from tests.scenarios.sign_in_world import ACME, ANA, HOME, OFFICE, OTHER, PASSWORD, RIVAL, SignInWorld
from tocsin.kernel.domain.errors import NotFound
from tocsin.sign_in.domain.steps import Denial, Denied, Opened


@pytest.fixture
def world() -> SignInWorld:
    return SignInWorld()


def test_a_mailed_code_sets_a_new_password_and_ends_every_session(world: SignInWorld) -> None:
    opened = world.signed_in()
    world.add_token(world.ana)
    world.passes(minutes=1)
    world.people.passwords.forgot(ANA, OFFICE)
    reset = world.people.passwords.reset
    assert reset(ANA, "000000", OTHER, OFFICE) == Denied(Denial.WRONG_CODE)
    assert reset("nobody@people.example", "654321", OTHER, OFFICE) == Denied(Denial.WRONG_CODE)
    assert reset(ANA, "654321", "short", OFFICE) == Denied(Denial.WEAK_PASSWORD)
    assert reset(ANA, " 654 321 ", OTHER, OFFICE) is None
    assert world.people.read_session(opened.cookie) is None
    assert world.provider.signed_out == [world.ana.sub]
    assert world.personal_tokens.tokens == {}
    assert "user.tokens_deleted" in world.actions()
    assert world.tries() == Denied(Denial.WRONG)
    assert isinstance(world.tries(password=OTHER), Opened)
    assert "user.password_reset" in world.actions()


def test_an_address_that_asked_for_no_code_reads_like_an_unknown_one(world: SignInWorld) -> None:
    answers = [world.people.passwords.reset(who, "654321", OTHER, OFFICE) for who in (ANA, "nobody@people.example")]
    assert answers == [Denied(Denial.WRONG_CODE)] * 2


def test_codes_by_mail_are_tried_five_times(world: SignInWorld) -> None:
    world.people.passwords.forgot(ANA, HOME)
    answers = [world.people.passwords.reset(ANA, "000000", OTHER, OFFICE) for _ in range(6)]
    assert answers == [Denied(Denial.WRONG_CODE)] * 5 + [Denied(Denial.LOCKED, 15)]


def test_a_new_password_ends_the_other_sessions_in_all_tenants_and_spares_the_tokens(world: SignInWorld) -> None:
    world.add_token(world.join(RIVAL, ANA))
    asked = world.asked(world.tries())
    mine = world.sign_in.choose(asked.state, ACME, HOME)
    others = [world.sign_in.choose(asked.state, tenant, OFFICE) for tenant in (ACME, RIVAL)]
    assert isinstance(mine, Opened)
    world.passes(minutes=1)

    changed = world.people.passwords.change(mine.session, mine.user, PASSWORD, OTHER, HOME)

    assert isinstance(changed, Opened)
    assert changed.session.id != mine.session.id
    for ended in (mine, *others):
        assert isinstance(ended, Opened)
        assert world.people.read_session(ended.cookie) is None
    assert world.people.read_session(changed.cookie) is not None
    assert len(world.personal_tokens.tokens) == 1
    assert "user.password_changed" in world.actions(ACME)
    assert "user.password_changed" in world.actions(RIVAL)


def test_tokens_end_with_the_password_if_the_person_says_so(world: SignInWorld) -> None:
    opened = world.signed_in()
    world.add_token(world.ana)
    world.add_token(world.join(RIVAL, ANA))
    world.people.passwords.change(opened.session, opened.user, PASSWORD, OTHER, HOME, revoke_tokens=True)
    assert world.personal_tokens.tokens == {}


def test_a_wrong_present_password_or_a_weak_new_one_changes_nothing(world: SignInWorld) -> None:
    opened = world.signed_in()
    change = world.people.passwords.change
    assert change(opened.session, opened.user, OTHER, OTHER, HOME) == Denied(Denial.WRONG)
    assert change(opened.session, opened.user, PASSWORD, "x" * 11, HOME) == Denied(Denial.WEAK_PASSWORD)
    assert world.people.read_session(opened.cookie) is not None
    assert isinstance(world.tries(), Opened)


def test_a_sign_out_ends_this_session_only(world: SignInWorld) -> None:
    one, other = world.signed_in(), world.signed_in(OFFICE)
    world.people.own_sessions.sign_out(one.session, one.user, HOME)
    assert world.people.read_session(one.cookie) is None
    assert world.people.read_session(other.cookie) is not None
    assert world.actions()[-1] == "user.signed_out"


def test_a_person_sees_and_ends_their_own_sessions(world: SignInWorld) -> None:
    one = world.signed_in()
    world.passes(minutes=1)
    other = world.signed_in(OFFICE)
    assert [s.device for s in world.people.own_sessions.list(one.user)] == ["Chrome on Android", "Firefox on Windows"]
    world.people.own_sessions.end(one.user, other.session.id, HOME)
    assert world.people.read_session(other.cookie) is None
    with pytest.raises(NotFound):
        world.people.own_sessions.end(one.user, other.session.id, HOME)
    assert world.entries()[-1].before == {"device": "Chrome on Android"}


def test_sign_out_everywhere_spares_this_browser_and_needs_a_fresh_proof(world: SignInWorld) -> None:
    one, other = world.signed_in(), world.signed_in(OFFICE)
    world.passes(minutes=15)
    everywhere = world.people.own_sessions.sign_out_everywhere
    assert everywhere(one.session, one.user, HOME) == Denied(Denial.NEEDS_PROOF)
    proved = world.sign_in.prove(one.session, one.user, PASSWORD, HOME)
    assert isinstance(proved, Opened)
    world.passes(minutes=1)
    stays = everywhere(proved.session, proved.user, HOME)
    assert isinstance(stays, Opened)
    assert world.people.read_session(other.cookie) is None
    assert world.people.read_session(proved.cookie) is None
    assert world.people.read_session(stays.cookie) is not None
    person = world.directory.user(ACME, world.ana.id)
    assert person is not None
    assert person.signed_out_at == world.clock()


def test_a_session_that_began_before_the_end_of_all_is_refused_even_if_its_row_is_there(world: SignInWorld) -> None:
    one = world.signed_in()
    row = dict(world.sessions.sessions)
    world.passes(minutes=1)
    assert world.people.passwords.reset(ANA, "654321", OTHER, OFFICE) == Denied(Denial.WRONG_CODE)
    world.people.passwords.forgot(ANA, OFFICE)
    assert world.people.passwords.reset(ANA, "654321", OTHER, OFFICE) is None
    world.sessions.sessions = row
    assert world.people.read_session(one.cookie) is None
    assert world.people.own_sessions.list(one.user) != []
    person = world.directory.user(ACME, world.ana.id)
    assert person is not None
    assert world.people.own_sessions.list(person) == []
