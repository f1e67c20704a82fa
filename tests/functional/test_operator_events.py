"""`events`: the operator says who sends telephony events for which tenant without a secret."""

from __future__ import annotations

import json

import pytest

from tests.functional.operator_world import World
from tocsin.identity.domain.tenant import Tenant
from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.domain.event_sender import EventSender, EventSenderKind

ROLE = "arn:aws:iam::111122223333:role/pbx/CallLog"
INSTANCE = "arn:aws:connect:eu-west-2:111122223333:instance/0e1f4a3c-1111-2222-3333-444455556666"


@pytest.fixture
def world() -> World:
    found = World()
    for tenant in ("acme", "rival"):
        found.tenants.add(Tenant(TenantId(tenant), tenant, found.clock()))
    return found


def events(world: World, word: str, tenant: str, *more: str) -> int:
    return world.operate("events", word, "--stack", "tocsin", "--tenant", tenant, *more)


def test_senders_are_allowed_listed_and_removed(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    account = ("--account", "111122223333")
    assert events(world, "allow", "acme", "--role-arn", ROLE, *account, "--connect-instance", INSTANCE) == 0
    assert events(world, "allow", "acme", *account, "--source", "tocsin.tenant.acme.pbx-2") == 0
    capsys.readouterr()
    assert events(world, "list", "acme") == 0
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [
        {"kind": "bus", "sender": "111122223333/tocsin.tenant.acme"},
        {"kind": "bus", "sender": "111122223333/tocsin.tenant.acme.pbx-2"},
        {"kind": "connect", "sender": INSTANCE},
        {"kind": "role", "sender": "111122223333/CallLog"},
    ]
    assert events(world, "remove", "acme", "--role-arn", ROLE) == 0
    assert world.event_senders.tenant_of(EventSender(EventSenderKind.ROLE, "111122223333/CallLog")) is None
    assert events(world, "remove", "acme", "--role-arn", ROLE) == 1


def test_s1_a_sender_of_another_tenant_stays_its_own(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    events(world, "allow", "acme", "--role-arn", ROLE)
    assert events(world, "allow", "rival", "--role-arn", ROLE) == 1
    assert "another tenant" in capsys.readouterr().err
    assert events(world, "remove", "rival", "--role-arn", ROLE) == 1
    assert set(world.event_senders.kept.values()) == {"acme"}


@pytest.mark.parametrize(
    "options",
    [
        "",
        "--source tocsin.tenant.acme",
        "--role-arn arn:aws:iam::111122223333:user/ana",
        "--account 1234",
        "--account 111122223333 --source tocsin.tenant.rival",
        "--account 111122223333 --source tocsin.tenant.acme2",
        "--connect-instance arn:aws:connect:eu-west-2:111122223333:queue/1",
    ],
)
def test_what_is_no_sender_of_this_tenant_is_refused(world: World, options: str) -> None:
    assert events(world, "allow", "acme", *options.split()) == 1
    assert world.event_senders.kept == {}
