"""`restore settle`: what it refuses, does and prints."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.operator.stack import FoundStack
from tests.functional.operator_world import World
from tests.functional.test_doctor import NUMBER, Account
from tocsin.contacts.domain.channel import Channel
from tocsin.identity.domain.api_key import ApiKey, KeyKind
from tocsin.identity.domain.personal_token import PersonalToken
from tocsin.identity.domain.session import Session
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.ids import ApiKeyId, RoleId, TenantId, UserId
from tocsin.responses.domain.two_way import TwoWayNumber
from tocsin.suppressions.application.suppress import Suppress
from tocsin.suppressions.domain.suppression import SuppressionReason

ACME = TenantId("acme")
NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
OPTED_OUT = "+447700900009"
NUMBERS = {"pinpoint-sms-voice-v2.DescribePhoneNumbers": {"PhoneNumbers": [NUMBER]}}
OPT_OUTS = {
    "pinpoint-sms-voice-v2.DescribeOptedOutNumbers": {
        "OptedOutNumbers": [{"OptedOutNumber": OPTED_OUT, "OptedOutTimestamp": NOON, "EndUserOptedOut": True}]
    }
}


def a_world(sending: str = "off", provider: str = "eum", **answers: Any) -> World:
    stack = FoundStack("s", "UPDATE_COMPLETE", {}, {"Sending": sending, "SmsProvider": provider})
    world = World(clients=Account({**NUMBERS, **OPT_OUTS, **answers}), clock=lambda: NOON, stack=stack)
    assert world.operate("tenant", "create", "--stack", "s", "--tenant", "acme", "--name", "A", "--country", "GB") == 0
    for n in (1, 2):
        world.keys.add(ApiKey(ACME, ApiKeyId(f"k{n}"), KeyKind.LIVE, "Night", "hash", enabled=n == 1), {})
    world.numbers.add(TwoWayNumber(str(NUMBER["PhoneNumber"]), ACME, ApiKeyId("k1")))
    return world


def settle(world: World, *words: str) -> int:
    return world.operate("restore", "settle", "--stack", "s", "--restored-to", "2026-11-29T08:15:00Z", *words)


def stopped(world: World) -> bool:
    return (
        Suppress(world.suppressions, world.sealer).known(ACME, Channel.SMS, OPTED_OUT).reason is SuppressionReason.STOP
    )


@pytest.mark.parametrize(("keys", "enabled", "revoked"), [("keep", {"k1"}, 0), ("revoke", set(), 1)])
def test_a_settlement_ends_lists_and_lets_the_stack_send(
    keys: str, enabled: set[str], revoked: int, capsys: pytest.CaptureFixture[str]
) -> None:
    world = a_world()
    capsys.readouterr()

    assert settle(world, "--keys", keys) == 0

    *lines, report = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert world.settled == [False]
    assert (report["expired_messages"], report["revoked_keys"], report["stops"]) == (3, revoked, 1)
    assert {line["key"] for line in lines if "key" in line} == {"k1", "k2"}
    assert {key.id for key in world.keys.list(ACME) if key.enabled} == enabled
    assert stopped(world)
    assert world.restore_ledger.recorded == (NOON - timedelta(hours=3, minutes=45), NOON)
    assert report["may_send"]
    assert "cancels" in report["lost"]


def test_without_a_word_about_the_keys_nothing_is_sent_yet(capsys: pytest.CaptureFixture[str]) -> None:
    world = a_world()
    capsys.readouterr()

    assert settle(world) == 0

    assert not json.loads(capsys.readouterr().out.splitlines()[-1])["may_send"]
    assert world.restore_ledger.recorded is None
    assert world.settled == [False]


def test_a_dry_run_changes_nothing_and_is_possible_at_any_time(capsys: pytest.CaptureFixture[str]) -> None:
    world = a_world(sending="on")
    capsys.readouterr()

    assert settle(world, "--dry-run", "--keys", "revoke") == 0

    report = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (report["dry_run"], report["revoked_keys"], report["stops"]) == (True, 1, 1)
    assert world.settled == [True]
    assert [key.enabled for key in world.keys.list(ACME)] == [True, False]
    assert world.restore_ledger.recorded is None
    assert not stopped(world)


@pytest.mark.parametrize("words", [(), ("--dry-run",)])
def test_decided_8_23_people_are_signed_out_and_their_tokens_are_gone(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    world = a_world()
    ana = User(ACME, UserId("ana"), "ana@people.example", "Ana", RoleId("user"), NOON, UserState.ACTIVE)
    world.directory.add(ana)
    world.sessions.add(Session(ACME, ana.id, "s1", "hash", b"form", NOON, NOON, NOON))
    token = PersonalToken(ACME, ana.id, "t1", "hash", "Backup", NOON, NOON + timedelta(days=30))
    world.personal_tokens.tokens[ACME, ana.id, token.id] = token

    assert settle(world, *words) == 0

    report = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (report["ended_sessions"], report["deleted_tokens"]) == (1, 1)
    assert bool(world.sessions.sessions) is bool(world.personal_tokens.tokens) is bool(words)


def test_people_are_erased_again_from_the_operators_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    world = a_world()
    listed = tmp_path / "erasures.jsonl"
    listed.write_text('{"tenant": "acme", "address": "ana@x.example"}\n\n{"tenant": "acme", "contact": "eve"}\n')
    capsys.readouterr()

    assert settle(world, "--erasures", str(listed)) == 0

    report = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (report["erasures"], report["erased_rows"]) == (2, 1)
    assert len(world.erasures.entries) == 1  # of the address; the contact has none here


@pytest.mark.parametrize(
    ("world", "words", "says"),
    [
        (a_world, ("--erasures", "/nowhere/list"), "cannot read"),
        (lambda: a_world(sending="on"), (), "Sending=off"),
    ],
)
def test_what_cannot_be_settled_is_refused_before_anything_changes(
    world: Any, words: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    made = world()
    assert settle(made, *words) == 1
    assert says in capsys.readouterr().err
    assert made.settled == []


def test_a_list_that_cannot_be_read_and_a_time_to_come_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world = a_world()
    listed = tmp_path / "erasures.jsonl"
    listed.write_text('{"address": "ana@x.example"}')
    assert settle(world, "--erasures", str(listed)) == 1
    assert "line 1" in capsys.readouterr().err
    assert world.operate("restore", "settle", "--stack", "s", "--restored-to", "2026-11-29T13:00:00Z") == 1
    assert "future" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        world.operate("restore", "settle", "--stack", "s", "--restored-to", "yesterday")
    assert world.settled == []


@pytest.mark.parametrize("world", [a_world(provider="sns"), a_world(**dict.fromkeys(NUMBERS, "AccessDenied"))])
def test_a_provider_without_a_list_is_said(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert settle(world) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["stops"] is None
