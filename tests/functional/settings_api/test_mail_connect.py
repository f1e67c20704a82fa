"""`POST /tenant/notification/connect`: who may begin to connect a mailbox, and what the answer is."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.functional.settings_api.conftest import ACME, World
from tocsin.identity.domain.permissions import SystemRole
from tocsin.identity.domain.personal_token import PersonalToken
from tocsin.kernel.domain.ids import RoleId
from tocsin.tenant_mail.domain.mail_settings import MailServerType

PATH = "/tenant/notification/connect"
MANAGERS = (SystemRole.OWNER, SystemRole.ADMIN)


@pytest.mark.parametrize(("type", "provider"), [("GMAIL", "google"), ("MS365", "microsoft")])
def test_the_answer_is_the_page_of_the_provider(world: World, type: str, provider: str) -> None:
    answer = world.call("POST", PATH, {"type": type})

    assert answer.status == 200, answer.text
    asked = parse_qs(urlsplit(answer.json["authorization_url"]).query)
    assert asked["redirect_uri"] == [f"https://console.example/oauth/{provider}/callback"]
    assert set(answer.json) == {"authorization_url", "expires_at"}
    (attempt,) = world.connect_attempts.kept.values()
    assert (attempt.tenant, attempt.type, attempt.in_console) == (ACME, MailServerType(type), False)
    assert attempt.begun_by == f"account_owner-{ACME}"
    assert world.mail.kept == {}


def test_a_repeat_with_its_key_gets_the_same_page_and_another_call_another(world: World) -> None:
    one, again = (world.call("POST", PATH, {"type": "GMAIL"}, idempotency_key="once-0001").json for _ in range(2))
    other = world.call("POST", PATH, {"type": "GMAIL"}).json

    assert one == again
    assert one["authorization_url"] != other["authorization_url"]


def test_begun_with_an_api_key_nobody_is_named(world: World) -> None:
    world.as_key(RoleId("admin"))
    assert world.call("POST", PATH, {"type": "GMAIL"}).status == 200
    assert [attempt.begun_by for attempt in world.connect_attempts.kept.values()] == [""]


@pytest.mark.parametrize("body", [{}, {"type": "SMTP"}, {"type": "GMAIL", "mailbox": "x"}, {"type": None}])
def test_only_google_and_microsoft_are_connected(world: World, body: dict[str, object]) -> None:
    answer = world.call("POST", PATH, body)
    assert (answer.status, answer.json["code"]) == (400, "VALIDATE_FAILED")
    assert world.connect_attempts.kept == {}


@pytest.mark.parametrize("role", SystemRole)
def test_owners_and_admins_may_and_nobody_else(world: World, role: SystemRole) -> None:
    world.as_role(role)
    answer = world.call("POST", PATH, {"type": "GMAIL"})
    assert answer.status == (200 if role in MANAGERS else 403)
    assert bool(world.connect_attempts.kept) == (role in MANAGERS)


def test_a_token_that_reads_only_begins_nothing(world: World) -> None:
    owner = world.person("caller", "account_owner")
    made = world.clock()
    token = PersonalToken(ACME, owner.id, "t1", "", "Old", made, made + timedelta(days=1))
    world.tokens.tokens[ACME, owner.id, "t1"] = token
    world.as_token(owner, read_only=True)
    assert world.call("POST", PATH, {"type": "GMAIL"}).status == 403
