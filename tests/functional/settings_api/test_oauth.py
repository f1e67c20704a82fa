"""`POST /oauth/token`: passwords and refresh tokens for access tokens, as RFC 6749 has it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.functional.gateway import Answer
from tests.functional.settings_api.conftest import ACME, RIVAL, World
from tocsin.identity.domain.tenant import Tenant
from tocsin.identity.domain.user import User, UserState

PASSWORD = "a long enough sentence"


@pytest.fixture
def ana(world: World) -> User:
    """A person with a password of their own, in a tenant that allows the exchange."""
    ana = world.person("ana", "user")
    world.provider.people[ana.sub or ""].password = PASSWORD
    world.provider.people[ana.sub or ""].first = False
    world.tenants.allow_password_grant(ACME, allowed=True)
    return ana


def ask(world: World, **form: str) -> Answer:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return world.gateway.call("POST", "/oauth/token", urlencode(form), headers)


def log_in(world: World, user: User, password: str = PASSWORD) -> Answer:
    return ask(world, grant_type="password", username=user.email, password=password)


def said(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.json["error"]


def test_a_password_is_exchanged_and_told_of(world: World, ana: User) -> None:
    answer = log_in(world, ana)

    assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-store")
    assert answer.json == {
        "access_token": f"access-{ana.sub}", "token_type": "Bearer", "expires_in": 1800,
        "refresh_token": f"refresh-{ana.sub}",
    }  # fmt: skip
    (entry,) = world.trail.entries.values()
    assert (entry.action, entry.who.id, PASSWORD in str(entry)) == ("user.signed_in", ana.id, False)


def test_a_refresh_token_gets_the_next_access_token_until_it_is_revoked(world: World, ana: User) -> None:
    token = log_in(world, ana).json["refresh_token"]
    again = ask(world, grant_type="refresh_token", refresh_token=token)
    assert (again.status, again.json["access_token"], "refresh_token" in again.json) == (
        200,
        f"access-{ana.sub}",
        False,
    )
    world.provider.sign_out_everywhere(ana.sub or "")

    assert said(ask(world, grant_type="refresh_token", refresh_token=token)) == (400, "invalid_grant")


def test_the_exchange_is_off_unless_all_tenants_of_the_person_allow_it(world: World, ana: User) -> None:
    token = log_in(world, ana).json["refresh_token"]
    world.tenants.allow_password_grant(ACME, allowed=False)
    assert said(log_in(world, ana)) == (400, "unauthorized_client")
    assert said(log_in(world, ana, "wrong")) == (400, "invalid_grant")
    assert said(ask(world, grant_type="refresh_token", refresh_token=token)) == (400, "unauthorized_client")
    world.tenants.allow_password_grant(ACME, allowed=True)
    world.tenants.add(Tenant(RIVAL, "Rival", world.clock()))
    world.person("ana", "user", RIVAL, sub=ana.sub)

    assert said(log_in(world, ana)) == (400, "unauthorized_client")


def test_a_wrong_password_an_unknown_address_and_a_disabled_person_are_refused_alike_by_a_program(
    world: World, ana: User
) -> None:
    nobody = ask(world, grant_type="password", username="nobody@people.example", password=PASSWORD)
    wrong = log_in(world, ana, "wrong")
    world.person("ana", "user", state=UserState.DISABLED, sub=ana.sub)
    disabled = log_in(world, ana)

    assert said(nobody) == (400, "invalid_grant")
    assert (nobody.json, nobody.headers.get("Retry-After")) == (wrong.json, wrong.headers.get("Retry-After"))
    assert disabled.json == wrong.json


@pytest.mark.parametrize("known", [True, False])
def test_after_five_failures_a_program_waits_whether_the_address_is_known_or_not(
    world: World, ana: User, known: bool
) -> None:
    email = ana.email if known else "nobody@people.example"
    answers = [ask(world, grant_type="password", username=email, password="wrong") for _ in range(6)]

    assert {said(answer) for answer in answers} == {(400, "invalid_grant")}
    assert [answer.headers.get("Retry-After") for answer in answers] == [None] * 5 + ["900"]
    assert "Retry-After" in ask(world, grant_type="password", username=email, password=PASSWORD).headers
    world.clock.advance(timedelta(minutes=15))
    assert log_in(world, ana).status == 200


def test_who_has_an_app_is_told_that_a_code_is_needed(world: World, ana: User) -> None:
    world.provider.people[ana.sub or ""].mfa = True
    assert said(log_in(world, ana)) == (400, "mfa_required")
    assert said(log_in(world, ana, "wrong")) == (400, "invalid_grant")


def test_a_first_password_is_for_the_console(world: World, ana: User) -> None:
    world.provider.people[ana.sub or ""].first = True
    assert said(log_in(world, ana)) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": "password", "username": "a@people.example"}, "invalid_request"),
        ({"grant_type": "refresh_token"}, "invalid_request"),
        ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
    ],
)
def test_a_form_that_is_not_right_is_told_in_words_of_the_protocol(
    world: World, form: dict[str, Any], error: str
) -> None:
    assert said(ask(world, **form)) == (400, error)


def test_only_forms_are_taken(world: World) -> None:
    answer = world.gateway.call("POST", "/oauth/token", "{}", {"Content-Type": "application/json"})
    assert answer.status == 415


def test_json_is_answered_with_what_to_send_instead(world: World) -> None:
    answer = world.gateway.call("POST", "/oauth/token", "{}", {"Content-Type": "application/json"})
    assert (answer.status, answer.json["detail"]) == (415, "send application/x-www-form-urlencoded")
