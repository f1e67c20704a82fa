"""No command of the operator ignores an option: every option of every command changes what the command does."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from infra.operator.command_line import command_parser, repeatable
from infra.operator.stack import FoundStack
from tests.functional.operator_world import World
from tocsin.contacts.domain.channel import Channel
from tocsin.identity.domain.api_key import ApiKey, KeyKind, Right
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.limits.domain.sending_limits import Pause
from tocsin.responses.domain.two_way import TwoWayNumber
from tocsin.suppressions.application.suppress import Suppress
from tocsin.suppressions.domain.suppression import SuppressionReason
from tocsin.telephony.domain.event_sender import EventSender, EventSenderKind

ACME, ANA, NUMBER = TenantId("acme"), "+447700900001", "+447700900050"
STANDS_STILL = FoundStack("s", "UPDATE_COMPLETE", {}, {"Sending": "off"})
NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)

NEEDED = {
    "tenant create": "--tenant beta --name Beta --country GB",
    "key create": "--name Night --kind live",
    "key set": "--key k1 --transliterate on",
    "key rotate": "--key k1",
    "key enable": "--key k1",
    "key disable": "--key k1",
    "key capacity": "--key k1 --add sms=1",
    "tenant pause": "--channel sms",
    "tenant resume": "--channel sms",
    "tenant erase": f"--address {ANA}",
    "number add": "--key k1 --number +447700900051",
    "number remove": f"--number {NUMBER}",
    "number voice": f"--number {NUMBER}",
    "events allow": "--account 111122223333",
    "events remove": "--account 111122223333",
    "restore settle": "--restored-to 2026-11-29T08:00:00Z",
    "user create": "--email eve@x.example --name Eve --role account_owner",
    "suppression add": "--channel sms --address +447700900009",
    "suppression lift": f"--channel sms --address {ANA}",
}
"""Options that a command cannot do without, beside --stack and --tenant."""

GIVEN = {
    "--mail-bytes": "2000000",
    "--personal-cap": "2000",
    "--password-grant": "on",
    "--system-mail": "off",
    "--events-kept-days": "30",
    "--tenant": "beta",
    "--name": "Other",
    "--country": "FR",
    "--zone": "Asia/Tokyo",
    "--quiet": "21:00-06:00",
    "--special-numbers": "on",
    "--number-rate": "7/1h",
    "--call-rate": "9/1h",
    "--tenant-rate": "8/1h",
    "--daily-spend": "12.50",
    "--channel": "email",
    "--contact": "eve",
    "--email": "bob@x.example",
    "--role": "admin",
    "--address": "+447700900002",
    "--kind": "sandbox",
    "--right": "canReadAlerts",
    "--network": "203.0.113.0/24",
    "--capacity": "sms=3",
    "--add": "email=7",
    "--notification": "callback",
    "--callback-url": "https://hooks.example.org/t",
    "--callback-type": "form",
    "--owner-email": "owner@x.example",
    "--key": "k2",
    "--number": "+447700900052",
    "--reason": "complaint",
    "--restored-to": "2026-11-29T09:00:00Z",
    "--keys": "revoke",
    "--erasures": "none.jsonl",
    "--home-country": "FR",
    "--role-arn": "arn:aws:iam::444455556666:role/Pbx",
    "--account": "444455556666",
    "--source": "tocsin.tenant.acme.pbx",
    "--connect-instance": "arn:aws:connect:eu-west-2:444455556666:instance/0e1f",
    "--region": "eu-north-1",
    "--endpoint-url": "http://127.0.0.1:9",
    "--stack": "other",
}
"""Another value for each option. OWN has exceptions."""

OWN = {
    ("key set", "--transliterate"): "off",
    ("suppression list", "--address"): ANA,
    ("number remove", "--number"): "+447700900059",
    ("tenant create", "--tenant"): "gamma",
}
"""Another value of an option in one command."""

BESIDE = {
    ("key create", "--callback-type"): "--callback-url https://hooks.example.org/t",
    ("suppression list", "--address"): "--channel sms",
}
"""What an option needs beside it."""


def commands(parser: argparse.ArgumentParser, *above: str) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Yield (words, parser) of each command."""
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not below:
        yield " ".join(above), parser
        return
    for name, inner in below[0].choices.items():
        yield from commands(inner, *above, name)


COMMANDS = dict(commands(command_parser()))
OPTIONS = [
    (command, action.option_strings[0])
    for command, parser in COMMANDS.items()
    for action in parser._actions
    if action.option_strings and not isinstance(action, argparse._HelpAction)
]

SWITCHES = {
    command: {action.option_strings[0] for action in parser._actions if action.nargs == 0}
    for command, parser in COMMANDS.items()
}
"""Options without a value."""


class Unanswered:
    """An AWS account that answers nothing, like one without rights."""

    def __getattr__(self, name: str) -> Any:
        def answer(**_: Any) -> Any:
            raise KeyError(name)

        return answer


def a_world() -> World:
    """Two keys, a number and two suppressed addresses of one tenant; time stands still."""
    world = World(clients=lambda service: Unanswered(), clock=lambda: NOON, stack=STANDS_STILL)
    world.operate("tenant", "create", "--stack", "s", "--tenant", "acme", "--name", "Acme", "--country", "GB")
    plain = ApiKey(ACME, ApiKeyId("k1"), KeyKind.LIVE, "Night", "hash", rights=frozenset({Right.SET_LIFETIME}))
    plain = replace(plain, limited=frozenset({Channel.SMS, Channel.EMAIL}), callback_url="https://hooks.example.org/")
    for key in (plain, replace(plain, id=ApiKeyId("k2"), enabled=False)):
        world.keys.add(key, {Channel.SMS: 1, Channel.EMAIL: 2})
    world.sending_limits.pause(ACME, Channel.SMS, Pause(NOON, "operator"))
    world.numbers.add(TwoWayNumber(NUMBER, ACME, ApiKeyId("k1")))
    world.event_senders.allow(EventSender(EventSenderKind.BUS, "111122223333/tocsin.tenant.acme"), ACME)
    suppress = Suppress(world.suppressions, world.sealer)
    suppress(ACME, Channel.SMS, ANA, SuppressionReason.STOP, NOON)
    suppress(ACME, Channel.EMAIL, "ana@x.example", SuppressionReason.HARD_BOUNCE, NOON)
    world.asked.clear()
    return world


def effect(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """Run a command in a world of its own; return all that it printed and changed, and where, as text."""
    world = a_world()
    capsys.readouterr()
    code = world.operate(*words)
    printed = capsys.readouterr()
    stores = (world.keys, world.tenants, world.sending_limits, world.numbers, world.suppressions, world.erasures)
    state = [repr(vars(store)) for store in (*stores, world.personal)]
    told = (world.asked, world.waited, world.settled, world.restore_ledger.recorded, world.directory.things)
    done = (code, printed.out, printed.err, told)
    return re.sub(r" at 0x[0-9a-f]+", "", repr((done, state)))  # an object's address differs each time


def usual(command: str, option: str) -> dict[str, str | None]:
    """Return the options without which `option` cannot be tried, by name; None = a switch."""
    words = f"--stack s {NEEDED.get(command, '')} {BESIDE.get((command, option), '')}".split()
    needed: dict[str, str | None] = dict(zip(words[::2], words[1::2], strict=True))
    if any(action.dest == "tenant" for action in COMMANDS[command]._actions):
        needed.setdefault("--tenant", "acme")
    return needed


def words_of(command: str, options: dict[str, str | None]) -> list[str]:
    return [*command.split(), *(word for pair in options.items() for word in pair if word is not None)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("operator")
    (made / ".local").mkdir()
    (made / ".local/run.json").write_text('{"engine": "http://127.0.0.1:8642"}')
    return made


@pytest.fixture(autouse=True)
def an_engine_runs_here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)


KNOWN: dict[tuple[str, ...], str] = {}
"""What commands do without the option that is tried; most options of a command are tried against the same."""


def known_effect(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    if tuple(words) not in KNOWN:
        KNOWN[tuple(words)] = effect(words, capsys)
    return KNOWN[tuple(words)]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_has_the_same_effect_each_time(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = words_of(command, usual(command, ""))

    assert effect(words, capsys) == known_effect(words, capsys)


@pytest.mark.parametrize(("command", "option"), OPTIONS)
def test_every_option_of_every_command_has_an_effect(
    command: str, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    without = usual(command, option)
    value = None if option in SWITCHES[command] else OWN.get((command, option), GIVEN.get(option))
    assert value is not None or option in SWITCHES[command], f"GIVEN has no value for {option}"

    assert effect(words_of(command, without | {option: value}), capsys) != known_effect(
        words_of(command, without), capsys
    )


@pytest.mark.parametrize(("command", "option"), OPTIONS)
def test_an_option_that_is_given_twice_is_refused_unless_all_count(
    command: str, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if option in repeatable(COMMANDS[command]):
        return
    value = None if option in SWITCHES[command] else OWN.get((command, option), GIVEN.get(option))
    once = words_of(command, usual(command, option) | {option: value})
    with pytest.raises(SystemExit) as stop:
        a_world().operate(*once, option, *([value] if value else []))
    assert stop.value.code == 2
    assert f"{option} is given twice" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        "tenant set --tenant acme --country anywhere --country GB",
        "key create --tenant acme --name x --kind live --capacity sms=1 --capacity sms=2",
        "key create --tenant acme --name x --kind live --callback-type form",
        "key capacity --tenant acme --key k1 --add sms=1 --add sms=2",
        "key set --tenant acme --key k1",
        "key set --tenant acme --key k1 --right none --right canReadAlerts",
        "key set --tenant acme --key k1 --network anywhere --network 10.0.0.0/8",
        "key set --tenant acme --key k1 --callback-url off --callback-type form",
    ],
)
def test_options_that_exclude_each_other_are_refused(words: str) -> None:
    world = a_world()
    before = repr([vars(store) for store in (world.keys, world.sending_limits)])

    assert world.operate("--stack", "s", *words.split()) == 1

    assert repr([vars(store) for store in (world.keys, world.sending_limits)]) == before
