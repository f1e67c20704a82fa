"""`operate user create`: the first person of a tenant."""

from __future__ import annotations

import json

import pytest

from tests.functional.operator_world import World
from tocsin.identity.domain.user import UserState
from tocsin.kernel.domain.ids import TenantId

CREATE = ("--stack", "s", "user", "create", "--tenant", "acme", "--email", "ana@people.example", "--name", "Ana Ito")
OWNER = ("--role", "account_owner")


@pytest.fixture
def world() -> World:
    world = World()
    assert (
        world.operate("--stack", "s", "tenant", "create", "--tenant", "acme", "--name", "Acme", "--country", "GB") == 0
    )
    return world


def test_the_first_person_of_a_tenant_is_made_invited_and_audited(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert world.operate(*CREATE, *OWNER) == 0

    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    (user,) = world.directory.memberships("sub-1")
    assert line == {"tenant": "acme", "user": user.id, "role": "account_owner", "state": "invited"}
    assert (user.tenant, user.email, user.name) == (TenantId("acme"), "ana@people.example", "Ana Ito")
    assert user.state is UserState.INVITED
    (mail,) = world.mail.sent
    assert mail.to == "ana@people.example"
    entries = world.directory.trail.entries.values()
    assert sorted((entry.action, str(entry.who)) for entry in entries) == [
        ("user.created", "operator"),
        ("user.invited", "operator"),
    ]


def test_a_repeat_invites_again_and_makes_nobody_new(world: World) -> None:
    for _ in range(5):
        assert world.operate(*CREATE, *OWNER) == 0
    assert world.operate(*CREATE, *OWNER) == 1
    assert len(world.mail.sent) == 5
    assert len(world.directory.memberships("sub-1")) == 1


def test_the_first_password_is_in_the_mail_only(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.operate(*CREATE, *OWNER)
    said = capsys.readouterr()
    password = world.provider.people["sub-1"].password
    assert password in world.mail.sent[0].text
    assert password not in said.out + said.err


def test_an_unknown_tenant_and_an_unknown_role_are_refused(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert world.operate(*(word.replace("acme", "nobody") for word in CREATE), *OWNER) == 1
    with pytest.raises(SystemExit):
        world.operate(*CREATE, "--role", "boss")
    assert world.mail.sent == []
