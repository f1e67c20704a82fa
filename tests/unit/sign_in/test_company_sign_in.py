"""Signing in by a company's account or a passkey, through managed login."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.fakes.managed_login import FakeManagedLogin
from tests.scenarios.sign_in_world import ACME, ANA, HOME, OFFICE, RIVAL, SignInWorld
from tocsin.identity.domain.session import Proof
from tocsin.identity.domain.user import UserState
from tocsin.kernel.domain.errors import ProviderUnavailable
from tocsin.sign_in.application.company_sign_in import Away, CompanySignIn
from tocsin.sign_in.domain.steps import Asked, Denial, Denied, Opened
from tocsin.sign_in.ports.managed_login import Proven


class Company(SignInWorld):
    """The world, and Ana's company that signs in with us."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.login = FakeManagedLogin()
        self.company = CompanySignIn(
            login=self.login,
            sign_in=self.sign_in,
            states=self.people.states,
            randomness=self.storage.randomness,
            clock=self.clock,
            providers={"people.example": "People"},
        )

    def proves(self, away: Away, sub: str | None = None) -> tuple[str, str]:
        return self.login.visit(away.page, Proven(sub or self.ana.sub or "", ANA, self.clock()))


@pytest.fixture
def world() -> Company:
    return Company()


def test_who_comes_back_proved_is_in(world: Company) -> None:
    away = world.company.begin(ANA, "/console/alerts")
    assert "identity_provider=People" in away.page
    opened = world.company.finish(away.state, *world.proves(away), HOME)
    assert isinstance(opened, Opened)
    assert (opened.session.proof, opened.next) == (Proof.COMPANY, "/console/alerts")
    assert world.people.read_session(opened.cookie) is not None
    assert world.entries()[0].after["proof"] == "company"


def test_a_callback_is_good_for_the_browser_that_went_away_and_once(world: Company) -> None:
    mine, other = world.company.begin(), world.company.begin()
    code, state = world.proves(mine)
    assert world.company.finish(other.state, code, state, HOME) == Denied(Denial.COMPANY)
    assert world.company.finish("", code, state, HOME) == Denied(Denial.EXPIRED)
    assert world.company.finish(world.sign_in.begin(), code, state, HOME) == Denied(Denial.EXPIRED)
    assert isinstance(world.company.finish(mine.state, code, state, HOME), Opened)
    assert world.company.finish(mine.state, code, state, HOME) == Denied(Denial.COMPANY)


def test_another_persons_code_is_not_taken_into_this_browser(world: Company) -> None:
    victim, attacker = world.company.begin(), world.company.begin()
    code, _ = world.proves(attacker, "sub-of-the-attacker")
    _, state = world.proves(victim)
    assert world.company.finish(victim.state, code, state, HOME) == Denied(Denial.COMPANY)


def test_a_refusal_at_the_company_and_an_old_attempt_are_told(world: Company) -> None:
    away = world.company.begin()
    code, state = world.proves(away)
    assert world.company.finish(away.state, "", state, HOME) == Denied(Denial.COMPANY)
    world.passes(minutes=10)
    assert world.company.finish(away.state, code, state, HOME) == Denied(Denial.EXPIRED)


def test_federation_proves_and_never_creates(world: Company) -> None:
    away = world.company.begin()
    assert world.company.finish(away.state, *world.proves(away, "sub-unknown"), HOME) == Denied(Denial.NOT_A_MEMBER)
    world.directory.add(replace(world.ana, state=UserState.DISABLED))
    away = world.company.begin()
    assert world.company.finish(away.state, *world.proves(away), HOME) == Denied(Denial.WRONG)
    assert not world.sessions.sessions


def test_the_app_is_the_companys_affair_and_several_tenants_are_a_choice(world: Company) -> None:
    world.require_app(ACME)
    world.join(RIVAL, ANA)
    away = world.company.begin()
    asked = world.company.finish(away.state, *world.proves(away), HOME)
    assert isinstance(asked, Asked)
    opened = world.sign_in.choose(asked.state, ACME, HOME)
    assert isinstance(opened, Opened)
    assert opened.session.proof is Proof.COMPANY


def test_a_person_without_a_password_steps_up_there_again(world: Company) -> None:
    away = world.company.begin()
    opened = world.company.finish(away.state, *world.proves(away), HOME)
    assert isinstance(opened, Opened)
    world.passes(minutes=20)
    away = world.company.begin(stepping_up=opened.session)
    other = world.join(ACME, "bob@people.example")
    assert world.company.finish(away.state, *world.proves(away, other.sub), HOME) == Denied(Denial.EXPIRED)
    again = world.company.finish(away.state, *world.proves(away), OFFICE)
    assert isinstance(again, Opened)
    assert again.session.is_proved(world.clock())
    assert world.people.read_session(opened.cookie) is None


def test_no_answer_lets_nobody_in(world: Company) -> None:
    away = world.company.begin()
    world.login.failing = 1
    with pytest.raises(ProviderUnavailable):
        world.company.finish(away.state, *world.proves(away), HOME)
    assert not world.sessions.sessions
