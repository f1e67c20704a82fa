"""How often a sign-in may fail (decisions of issue 10, 2.7 and 2.19)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.scenarios.sign_in_world import ANA, HOME, OFFICE, OTHER, PASSWORD, SignInWorld
from tocsin.sign_in.domain.steps import Browser, Denial, Denied, Opened, SignInAnswer
from tocsin.sign_in.domain.throttle import ThrottleSettings

LOCKED = Denied(Denial.LOCKED, 15)
WRONG = Denied(Denial.WRONG)


@pytest.fixture
def world() -> SignInWorld:
    return SignInWorld()


def source(number: int) -> Browser:
    return Browser(f"203.0.113.{number}", "Chrome on Linux")


def fails(world: SignInWorld, times: int, browser: Browser = HOME, email: str = ANA) -> list[SignInAnswer]:
    return [world.tries(email, OTHER, browser) for _ in range(times)]


def test_the_sixth_failure_from_one_source_waits_for_15_minutes(world: SignInWorld) -> None:
    assert fails(world, 6) == [WRONG] * 5 + [LOCKED]
    assert world.tries() == LOCKED
    world.passes(minutes=14, seconds=1)
    assert world.tries() == Denied(Denial.LOCKED, 1)
    world.passes(seconds=59)
    assert isinstance(world.tries(), Opened)


def test_a_locked_address_is_not_asked_of_the_provider(world: SignInWorld) -> None:
    fails(world, 5)
    asked = world.provider.asked
    fails(world, 3)
    assert world.provider.asked == asked


def test_the_answers_for_an_unknown_address_are_the_same(world: SignInWorld) -> None:
    assert fails(world, 7, email="nobody@people.example") == fails(world, 7, OFFICE)


def test_the_address_is_counted_in_any_spelling(world: SignInWorld) -> None:
    for spelling in (ANA, ANA.upper(), f" {ANA} ", ANA.title(), ANA):
        assert world.tries(spelling, OTHER) == WRONG
    assert world.tries(f"{ANA} ") == LOCKED


def test_20_failures_over_all_sources_lock_an_address(world: SignInWorld) -> None:
    for number in range(20):
        assert fails(world, 1, source(number)) == [WRONG]
    assert world.tries(browser=source(99)) == LOCKED


def test_100_failures_lock_a_source_and_a_right_password_resets_it_for_nobody_else(world: SignInWorld) -> None:
    for number in range(100):
        assert fails(world, 1, email=f"person{number}@people.example") == [WRONG]
        if number == 50:
            assert isinstance(world.tries(), Opened)
    assert world.tries() == LOCKED
    assert isinstance(world.tries(browser=OFFICE), Opened)


def test_the_limit_of_a_source_can_be_opened() -> None:
    world = SignInWorld(settings=ThrottleSettings(per_source=None))
    for number in range(150):
        assert fails(world, 1, email=f"person{number}@people.example") == [WRONG]
    assert isinstance(world.tries(), Opened)


def test_only_failures_count_and_a_finished_sign_in_clears_the_count(world: SignInWorld) -> None:
    for _ in range(4):
        fails(world, 4)
        assert isinstance(world.tries(), Opened)
    assert all(isinstance(world.tries(), Opened) for _ in range(30))


def test_a_right_password_without_its_code_clears_nothing(world: SignInWorld) -> None:
    secret = world.give_app()
    fails(world, 4)
    asked = world.asked(world.tries())
    assert fails(world, 2) == [WRONG, LOCKED]
    assert isinstance(world.sign_in.code(asked.state, world.code(secret), HOME), Opened)
    assert fails(world, 1) == [WRONG]


def test_five_wrong_codes_wait_whatever_the_password_does(world: SignInWorld) -> None:
    secret = world.give_app()
    for number in range(5):
        asked = world.asked(world.tries(browser=source(number)))
        assert world.sign_in.code(asked.state, "000000", source(number)) == Denied(Denial.WRONG_CODE)
    asked = world.asked(world.tries(browser=OFFICE))
    assert world.sign_in.code(asked.state, world.code(secret), OFFICE) == LOCKED
    world.passes(minutes=15)
    asked = world.asked(world.tries(browser=OFFICE))
    assert isinstance(world.sign_in.code(asked.state, world.code(secret), OFFICE), Opened)


def test_strangers_do_not_lock_a_person_out_of_a_browser_that_is_known(world: SignInWorld) -> None:
    at_home = replace(HOME, known=world.signed_in().known)
    for number in range(20):
        fails(world, 1, source(number))
    fails(world, 5, HOME)
    assert world.tries() == LOCKED
    opened = world.tries(browser=at_home)
    assert isinstance(opened, Opened)
    assert opened.known == at_home.known


def test_a_known_browser_has_a_limit_of_its_own(world: SignInWorld) -> None:
    at_home = replace(HOME, known=world.signed_in().known)
    assert fails(world, 6, at_home) == [WRONG] * 5 + [LOCKED]
    assert isinstance(world.tries(browser=OFFICE), Opened)


@pytest.mark.parametrize(
    "change", [lambda known: known[:-1], lambda known: "0" * 32 + known[32:], lambda _: "x.y", lambda _: "x.é"]
)
def test_a_cookie_that_is_forged_or_of_another_person_makes_no_browser_known(
    world: SignInWorld, change: object
) -> None:
    assert callable(change)
    known = world.signed_in().known
    fails(world, 5)
    assert world.tries(browser=replace(HOME, known=change(known))) == LOCKED

    bob = "bob@people.example"
    fails(world, 5, email=bob)
    assert world.tries(bob, OTHER, replace(HOME, known=known)) == LOCKED


def test_step_up_and_a_new_password_count_as_the_sign_in_does(world: SignInWorld) -> None:
    opened = world.signed_in()
    for _ in range(3):
        assert world.sign_in.prove(opened.session, opened.user, OTHER, HOME) == WRONG
    for _ in range(2):
        answer = world.people.passwords.change(opened.session, opened.user, OTHER, "a-new-long-password", HOME)
        assert answer == WRONG
    assert world.sign_in.prove(opened.session, opened.user, PASSWORD, HOME) == LOCKED


def test_at_most_five_mails_go_to_an_address_within_an_hour_and_nobody_is_told(world: SignInWorld) -> None:
    for number in range(8):
        world.people.passwords.forgot(ANA, source(number))
    world.people.passwords.forgot("nobody@people.example", HOME)
    assert world.provider.mailed == [ANA] * 5
    world.passes(hours=1)
    world.people.passwords.forgot(ANA, HOME)
    assert len(world.provider.mailed) == 6


def test_refused_sign_ins_are_in_the_trail_at_most_20_an_hour_then_one_with_a_count(world: SignInWorld) -> None:
    for number in range(15):
        fails(world, 1, source(number))
    world.passes(minutes=15)
    for number in range(15):
        fails(world, 1, source(number))
    assert world.actions() == ["user.sign_in_refused"] * 20
    world.passes(hours=1)
    fails(world, 1)
    assert [entry.count for entry in world.entries()] == [1] * 20 + [10, 1]


def test_refused_sign_ins_of_unknown_addresses_are_in_no_trail(world: SignInWorld) -> None:
    fails(world, 3, email="nobody@people.example")
    assert not world.trail.entries


def test_no_address_source_or_browser_is_in_the_name_of_a_count(world: SignInWorld) -> None:
    known = world.signed_in().known
    fails(world, 2, replace(HOME, known=known))
    fails(world, 2)
    names = " ".join(world.attempts.counts)
    assert not any(word in names for word in (ANA, "ana", HOME.source, known.partition(".")[0]))
