"""Signing in, step by step."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.scenarios.sign_in_world import ACME, ANA, FIRST, HOME, OFFICE, OTHER, PASSWORD, RIVAL, SignInWorld
from tocsin.identity.domain.session import Proof
from tocsin.identity.domain.user import UserState
from tocsin.kernel.domain.errors import ProviderUnavailable
from tocsin.kernel.domain.ids import TenantId
from tocsin.sign_in.domain.session_token import form_token, form_token_matches
from tocsin.sign_in.domain.steps import Asked, Denial, Denied, Opened, SignInStep, safe_next


@pytest.fixture
def world() -> SignInWorld:
    return SignInWorld()


def test_a_right_password_opens_a_session_that_the_cookie_finds(world: SignInWorld) -> None:
    cookie = world.sign_in.begin("/console/alerts?state=open")
    opened = world.sign_in.password(cookie, ANA.upper(), PASSWORD, HOME)
    assert isinstance(opened, Opened)
    assert opened.next == "/console/alerts?state=open"
    assert opened.session.device == "Firefox on Windows"
    assert world.people.read_session(opened.cookie) == (
        opened.session,
        replace(world.ana, last_seen_at=world.clock()),
    )
    assert world.actions() == ["user.signed_in"]


@pytest.mark.parametrize(("email", "password"), [(ANA, OTHER), ("nobody@people.example", PASSWORD), ("?", PASSWORD)])
def test_a_wrong_password_and_an_unknown_address_are_refused_alike(
    world: SignInWorld, email: str, password: str
) -> None:
    assert world.tries(email, password) == Denied(Denial.WRONG)
    assert not world.sessions.sessions


def test_a_disabled_persons_sign_in_reads_like_a_wrong_password(world: SignInWorld) -> None:
    world.directory.add(replace(world.ana, state=UserState.DISABLED))
    assert world.tries() == Denied(Denial.WRONG)
    world.provider.enable(world.ana.sub or "", enabled=False)
    assert world.tries() == Denied(Denial.WRONG)
    assert world.actions() == ["user.sign_in_refused"] * 2


def test_a_proved_person_without_a_membership_asks_an_administrator(world: SignInWorld) -> None:
    world.directory.things.clear()
    assert world.tries() == Denied(Denial.NOT_A_MEMBER)


def test_a_first_password_is_replaced_and_the_person_becomes_active(world: SignInWorld) -> None:
    bob = world.join(ACME, "bob@people.example", UserState.INVITED)
    asked = world.asked(world.tries(bob.email, FIRST))
    assert asked.step is SignInStep.NEW_PASSWORD
    assert world.sign_in.new_password(asked.state, "short", HOME) == Denied(Denial.WEAK_PASSWORD)
    opened = world.sign_in.new_password(asked.state, OTHER, HOME)
    assert isinstance(opened, Opened)
    assert (opened.user.state, opened.user.confirmed_email, opened.user.version) == (UserState.ACTIVE, True, 2)
    assert world.directory.user(ACME, bob.id) == replace(opened.user, last_seen_at=world.clock())
    assert sorted(world.actions()) == ["user.password_set", "user.signed_in", "user.updated"]
    assert isinstance(world.tries(bob.email, OTHER), Opened)


def test_a_person_with_an_app_is_asked_for_its_code(world: SignInWorld) -> None:
    secret = world.give_app()
    asked = world.asked(world.tries())
    assert asked.step is SignInStep.CODE
    assert world.sign_in.code(asked.state, "000000", HOME) == Denied(Denial.WRONG_CODE)
    code = world.code(secret)
    opened = world.sign_in.code(asked.state, f"{code[:3]} {code[3:]}", HOME)
    assert isinstance(opened, Opened)
    assert opened.session.proof is Proof.MFA


def test_the_short_cookie_is_good_for_its_step_and_ten_minutes(world: SignInWorld) -> None:
    secret = world.give_app()
    form, asked = world.sign_in.begin(), world.asked(world.tries())
    assert world.sign_in.code(form, world.code(secret), HOME) == Denied(Denial.EXPIRED)
    assert world.sign_in.password(asked.state, ANA, PASSWORD, HOME) == Denied(Denial.EXPIRED)
    assert world.sign_in.password(f"B{form[1:]}", ANA, PASSWORD, HOME) == Denied(Denial.EXPIRED)
    assert world.sign_in.password("", ANA, PASSWORD, HOME) == Denied(Denial.EXPIRED)
    world.passes(minutes=10)
    assert world.sign_in.code(asked.state, world.code(secret), HOME) == Denied(Denial.EXPIRED)
    assert world.sign_in.password(form, ANA, PASSWORD, HOME) == Denied(Denial.EXPIRED)


def test_a_tenant_that_requires_the_app_lets_nobody_in_without_it(world: SignInWorld) -> None:
    world.require_app(ACME)
    asked = world.asked(world.tries())
    assert asked.step is SignInStep.MFA_SETUP
    assert asked.app_secret in asked.app_uri
    assert asked.app_code.startswith("<svg")
    assert "style" not in asked.app_code
    assert not world.sessions.sessions
    assert world.sign_in.set_up_app(asked.state, "000000", HOME) == Denied(Denial.WRONG_CODE)
    opened = world.sign_in.set_up_app(asked.state, world.code(asked.app_secret), HOME)
    assert isinstance(opened, Opened)
    assert opened.session.proof is Proof.MFA
    assert opened.user.mfa
    assert world.asked(world.tries()).step is SignInStep.CODE


def test_several_tenants_are_a_choice_and_an_unaccepted_one_is_none(world: SignInWorld) -> None:
    world.join(RIVAL, ANA, UserState.INVITED)
    assert isinstance(world.tries(), Opened)

    rival = world.join(RIVAL, ANA)
    asked = world.asked(world.tries())
    assert (asked.step, asked.tenants) == (SignInStep.TENANT, ((ACME, "Acme"), (RIVAL, "Rival")))
    assert world.sign_in.choose(asked.state, TenantId("other"), HOME) == Denied(Denial.NOT_A_MEMBER)
    opened = world.sign_in.choose(asked.state, RIVAL, HOME)
    assert isinstance(opened, Opened)
    assert (opened.session.tenant, opened.user.id) == (RIVAL, rival.id)
    assert world.actions(RIVAL) == ["user.signed_in"]


def test_the_app_is_asked_for_by_the_tenant_that_is_chosen_only(world: SignInWorld) -> None:
    world.join(RIVAL, ANA)
    world.require_app(RIVAL)
    asked = world.asked(world.tries())
    assert isinstance(world.sign_in.choose(asked.state, ACME, HOME), Opened)
    assert world.asked(world.sign_in.choose(asked.state, RIVAL, HOME)).step is SignInStep.MFA_SETUP


def test_a_sign_in_that_was_begun_before_a_new_password_is_not_finished_after_it(world: SignInWorld) -> None:
    world.join(RIVAL, ANA)
    asked = world.asked(world.tries())
    secret = world.give_app()
    asked_code = world.asked(world.tries())
    form = world.sign_in.begin()
    world.passes(minutes=1)
    world.people.passwords.forgot(ANA, OFFICE)
    assert world.people.passwords.reset(ANA, "654321", OTHER, OFFICE) is None
    assert world.sign_in.choose(asked.state, ACME, HOME) == Denied(Denial.EXPIRED)
    assert world.sign_in.code(asked_code.state, world.code(secret), HOME) == Denied(Denial.EXPIRED)
    fresh = world.asked(world.sign_in.password(form, ANA, OTHER, HOME))
    assert world.asked(world.sign_in.code(fresh.state, world.code(secret), HOME)).step is SignInStep.TENANT


def test_what_is_asked_can_be_shown_again(world: SignInWorld) -> None:
    world.require_app(ACME)
    asked = world.asked(world.tries())
    assert world.people.resume(asked.state) == asked
    world.join(RIVAL, ANA)
    asked = world.asked(world.tries())
    assert world.people.resume(asked.state) == asked
    world.give_app()
    asked = world.asked(world.tries())
    assert world.people.resume(asked.state) == asked
    assert world.people.resume(world.sign_in.begin()) == Denied(Denial.EXPIRED)
    world.passes(minutes=10)
    assert world.people.resume(asked.state) == Denied(Denial.EXPIRED)


def test_step_up_checks_the_password_again_and_changes_the_session_id(world: SignInWorld) -> None:
    opened = world.signed_in()
    world.passes(minutes=16)
    assert not opened.session.is_proved(world.clock())
    assert world.sign_in.prove(opened.session, opened.user, OTHER, HOME) == Denied(Denial.WRONG)
    again = world.sign_in.prove(opened.session, opened.user, PASSWORD, HOME, "/console/keys")
    assert isinstance(again, Opened)
    assert again.session.is_proved(world.clock())
    assert again.session.id != opened.session.id
    assert again.next == "/console/keys"
    assert world.people.read_session(opened.cookie) is None
    assert world.people.read_session(again.cookie) is not None


def test_step_up_of_a_person_with_an_app_asks_for_the_code_too(world: SignInWorld) -> None:
    secret = world.give_app()
    asked = world.asked(world.tries())
    opened = world.sign_in.code(asked.state, world.code(secret), HOME)
    assert isinstance(opened, Opened)
    asked = world.asked(world.sign_in.prove(opened.session, opened.user, PASSWORD, HOME))
    assert world.people.read_session(opened.cookie) is not None
    again = world.sign_in.code(asked.state, world.code(secret), HOME)
    assert isinstance(again, Opened)
    assert again.session.proof is Proof.MFA
    assert world.people.read_session(opened.cookie) is None


def test_nobody_steps_up_into_a_session_that_has_ended(world: SignInWorld) -> None:
    opened = world.signed_in()
    world.people.own_sessions.sign_out(opened.session, opened.user, HOME)
    assert world.sign_in.prove(opened.session, opened.user, PASSWORD, HOME) == Denied(Denial.EXPIRED)


def test_a_session_ends_after_an_hour_without_use_and_after_twelve_in_all(world: SignInWorld) -> None:
    opened = world.signed_in()
    for _ in range(13):
        world.passes(minutes=55)
        assert world.people.read_session(opened.cookie) is not None
    world.passes(minutes=5)
    assert world.people.read_session(opened.cookie) is None

    other = world.signed_in()
    world.passes(minutes=60)
    assert world.people.read_session(other.cookie) is None


def test_a_cookie_of_another_secret_person_or_form_opens_nothing(world: SignInWorld) -> None:
    opened = world.signed_in()
    tenant, user, session_id, secret = opened.cookie.split(".")
    for forged in (
        f"{tenant}.{user}.{session_id}.{secret[:-1]}{'A' if secret[-1] != 'A' else 'B'}",
        f"{RIVAL}.{user}.{session_id}.{secret}",
        f"{tenant}.{user}.{'0' * 24}.{secret}",
        f"{tenant}.{user}.{session_id}",
        "",
    ):
        assert world.people.read_session(forged) is None
    assert world.people.read_session(opened.cookie) is not None


def test_a_disabled_person_is_out_at_once(world: SignInWorld) -> None:
    opened = world.signed_in()
    world.directory.add(replace(world.ana, state=UserState.DISABLED))
    assert world.people.read_session(opened.cookie) is None


def test_the_time_of_the_last_use_moves_every_five_minutes(world: SignInWorld) -> None:
    opened = world.signed_in()
    for minutes, moved in ((4, 0), (1, 5), (4, 5), (1, 10)):
        world.passes(minutes=minutes)
        world.people.read_session(opened.cookie)
        (session,) = world.sessions.sessions.values()
        assert session.seen_at - opened.session.seen_at == timedelta(minutes=moved)


def test_no_answer_of_the_provider_is_no_failure(world: SignInWorld) -> None:
    for _ in range(9):
        world.provider.failing = 1
        with pytest.raises(ProviderUnavailable):
            world.tries()
    assert isinstance(world.tries(), Opened)


def test_the_app_is_set_up_from_within_a_session_after_the_password(world: SignInWorld) -> None:
    opened = world.signed_in()
    assert world.sign_in.begin_app(opened.session, opened.user, OTHER, HOME) == Denied(Denial.WRONG)
    asked = world.sign_in.begin_app(opened.session, opened.user, PASSWORD, HOME)
    assert isinstance(asked, Asked)
    again = world.sign_in.set_up_app(asked.state, world.code(asked.app_secret), HOME)
    assert isinstance(again, Opened)
    assert again.session.proof is Proof.MFA
    assert world.people.read_session(opened.cookie) is None
    assert "user.mfa_enabled" in world.actions()
    assert world.sign_in.begin_app(again.session, again.user, PASSWORD, HOME) == Denied(Denial.HAS_APP)


def test_the_app_is_turned_off_after_a_fresh_proof_unless_a_tenant_requires_it(world: SignInWorld) -> None:
    secret = world.give_app()
    world.directory.add(replace(world.ana, mfa=True))
    opened = world.sign_in.code(world.asked(world.tries()).state, world.code(secret), HOME)
    assert isinstance(opened, Opened)
    world.passes(minutes=15)
    assert world.people.turn_app_off(opened.session, opened.user, HOME) == Denied(Denial.NEEDS_PROOF)
    world.passes(minutes=-1)
    world.require_app(ACME)
    assert world.people.turn_app_off(opened.session, opened.user, HOME) == Denied(Denial.REQUIRED)
    world.tenants.require_mfa(ACME, required=False)
    assert world.people.turn_app_off(opened.session, opened.user, HOME) is None
    assert isinstance(world.tries(browser=OFFICE), Opened)
    assert "user.mfa_disabled" in world.actions()


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example",
        "//evil.example",
        "/console//evil.example",
        "/console/../x",
        "/other",
        "/console\\x",
        "/c",
    ],
)
def test_21_next_is_a_path_of_ours_or_nothing(path: str) -> None:
    assert safe_next(path) == ""
    assert safe_next("/console/alerts/123?state=open") == "/console/alerts/123?state=open"


def test_a_form_carries_the_token_of_its_session_only(world: SignInWorld) -> None:
    one, other = world.signed_in().session, world.signed_in().session
    assert form_token_matches(one.form_secret, form_token(one.form_secret))
    assert not form_token_matches(other.form_secret, form_token(one.form_secret))
    assert not form_token_matches(one.form_secret, "é")
