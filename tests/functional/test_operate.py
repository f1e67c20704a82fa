"""The operator's command, on fakes: what it does, what it prints and where, and what it refuses."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from infra.operator.command_line import main
from infra.operator.office import NoSuchStack, Office
from tests.fakes.api_keys import FakeApiKeyRepository
from tests.fakes.sealer import FakeSealer
from tests.fakes.tenants import FakeTenantRepository
from tocsin.application.authenticate import Authenticate
from tocsin.domain.alert import Channel
from tocsin.domain.api_key import KeyKind, Right
from tocsin.domain.errors import Unauthorized
from tocsin.domain.ids import TenantId

ACME = TenantId("acme")


@dataclass
class World:
    """An office on fakes; `asked` notes which stack was wanted."""

    keys: FakeApiKeyRepository = field(default_factory=FakeApiKeyRepository)
    tenants: FakeTenantRepository = field(default_factory=FakeTenantRepository)
    sealer: FakeSealer = field(default_factory=FakeSealer)
    asked: list[tuple[str, str | None, str | None]] = field(default_factory=list)

    def operate(self, *words: str) -> int:
        def find(stack: str, region: str | None, endpoint_url: str | None) -> Office:
            self.asked.append((stack, region, endpoint_url))
            return Office(self.tenants, self.keys, self.sealer)

        return main(words, find)


@pytest.fixture
def world() -> World:
    world = World()
    assert world.operate("--stack", "s", "tenant", "create", "--tenant", "acme", "--name", "Acme Ltd") == 0
    return world


def create(world: World, *more: str) -> int:
    return world.operate(
        "--stack", "s", "key", "create", "--tenant", "acme", "--name", "Night shift", "--kind", "live", *more
    )


def test_the_token_alone_is_on_stdout_and_authenticates(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert create(world, "--network", "10.0.0.0/8") == 0

    token = capsys.readouterr().out.strip()
    key = Authenticate(world.keys, world.sealer)(token, "10.1.2.3")
    assert (key.tenant, key.kind, key.name, key.networks) == (ACME, KeyKind.LIVE, "Night shift", ("10.0.0.0/8",))


def test_rights_and_capacities_are_those_that_were_said(world: World) -> None:
    create(
        world,
        "--right",
        "canSetLifetime",
        "--right",
        "canReadAlerts",
        "--capacity",
        "sms=1000",
        "--capacity",
        "email=0",
    )

    (key,) = world.keys.list(ACME)
    assert key.rights == frozenset(Right)
    assert world.keys.remaining(ACME, key.id) == {Channel.SMS: 1000, Channel.EMAIL: 0}


def test_the_list_shows_keys_without_tokens_or_hashes(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    create(world, "--capacity", "sms=5")
    token = capsys.readouterr().out.strip()

    assert world.operate("--stack", "s", "key", "list", "--tenant", "acme") == 0

    shown = capsys.readouterr().out
    (key,) = world.keys.list(ACME)
    assert json.loads(shown)["remaining"] == {"sms": 5}
    assert json.loads(shown)["enabled"] is True
    assert token not in shown
    assert key.secret_hash not in shown


def test_a_capacity_can_be_topped_up(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    create(world, "--capacity", "sms=5", "--capacity", "email=0")
    (key,) = world.keys.list(ACME)
    capsys.readouterr()
    where = ("--stack", "s", "key", "capacity", "--tenant", "acme", "--key")

    assert world.operate(*where, key.id, "--add", "sms=1000") == 0
    assert json.loads(capsys.readouterr().out) == {"email": 0, "sms": 1005}

    assert world.operate(*where, key.id, "--add", "sms=10", "--add", "call=1") == 1
    assert "unlimited" in capsys.readouterr().err
    assert world.operate(*where, key.id, "--add", "sms=0") == 1
    assert world.operate(*where, "none", "--add", "sms=1") == 1
    assert world.keys.remaining(ACME, key.id) == {Channel.SMS: 1005, Channel.EMAIL: 0}


def test_a_disabled_key_is_refused(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    create(world)
    token = capsys.readouterr().out.strip()
    (key,) = world.keys.list(ACME)

    assert world.operate("--stack", "s", "key", "disable", "--tenant", "acme", "--key", key.id) == 0

    with pytest.raises(Unauthorized):
        Authenticate(world.keys, world.sealer)(token, None)


def test_a_tenant_is_created_once(world: World) -> None:
    assert world.operate("--stack", "s", "tenant", "create", "--tenant", "acme", "--name", "Other") == 0

    assert world.tenants.tenants[ACME].name == "Acme Ltd"


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("tenant", "create", "--tenant", "A!", "--name", "x"), "lower-case"),
        (("tenant", "create", "--tenant", "acme", "--name", " "), "name"),
        (("key", "create", "--tenant", "nobody", "--name", "x", "--kind", "live"), "tenant create"),
        (("key", "create", "--tenant", "acme", "--name", "", "--kind", "live"), "name"),
        (("key", "create", "--tenant", "acme", "--name", "x", "--kind", "live", "--network", "10.0.0"), "network"),
        (("key", "create", "--tenant", "acme", "--name", "x", "--kind", "live", "--capacity", "sms=-1"), "0 or more"),
        (("key", "disable", "--tenant", "acme", "--key", "none"), "not found"),
    ],
)
def test_what_is_refused_says_why_and_changes_nothing(
    world: World, words: tuple[str, ...], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert world.operate("--stack", "s", *words) == 1

    printed = capsys.readouterr()
    assert complaint in printed.err
    assert printed.out == ""
    assert world.keys.keys == {}
    assert list(world.tenants.tenants) == [ACME]


@pytest.mark.parametrize(
    "words",
    [
        ("key", "list", "--tenant", "acme"),
        ("--stack", "s", "key"),
        ("--stack", "s", "key", "create", "--tenant", "acme", "--name", "x", "--kind", "team"),
        ("--stack", "s", "key", "create", "--tenant", "acme", "--name", "x", "--kind", "live", "--capacity", "fax=1"),
        ("--stack", "s", "key", "create", "--tenant", "acme", "--name", "x", "--kind", "live", "--right", "all"),
    ],
)
def test_what_is_not_understood_is_not_tried(words: tuple[str, ...]) -> None:
    world = World()

    with pytest.raises(SystemExit) as stop:
        world.operate(*words)

    assert stop.value.code == 2
    assert world.asked == []


def test_where_may_be_said_before_the_command_or_after_it(world: World) -> None:
    world.operate("--stack", "a", "--region", "eu-west-1", "key", "list", "--tenant", "acme")
    world.operate("key", "list", "--tenant", "acme", "--stack", "a", "--region", "eu-west-1")

    assert world.asked[-2:] == [("a", "eu-west-1", None)] * 2


def test_local_finds_the_engine_that_runs_here(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit):
        world.operate("--local", "key", "list", "--tenant", "acme")

    (tmp_path / ".local").mkdir()
    (tmp_path / ".local/run.json").write_text('{"engine": "http://127.0.0.1:8642"}')
    assert world.operate("--local", "key", "list", "--tenant", "acme") == 0
    assert world.asked[-1] == ("tocsin-local", None, "http://127.0.0.1:8642")


def test_a_missing_stack_is_said_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    def find(stack: str, region: str | None, endpoint_url: str | None) -> Office:
        raise NoSuchStack(f"cannot read the stack {stack}")

    assert main(["--stack", "nowhere", "key", "list", "--tenant", "acme"], find) == 1
    assert "nowhere" in capsys.readouterr().err
