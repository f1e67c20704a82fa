"""The operator's command, on fakes: what it does, what it prints and where, and what it refuses."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from infra.operator.command_line import main
from infra.operator.context import OperatorContext
from infra.operator.stack import NoSuchStack
from tests.functional.operator_world import World
from tocsin.adapters.inbound_mail.mailbox import UnreadableObject
from tocsin.calendar.domain.account_clock import AccountClock
from tocsin.calendar.domain.quiet_hours import QuietHours
from tocsin.contacts.domain.channel import Channel
from tocsin.entrypoint.process.clock import utc_now
from tocsin.identity.application.authenticate import Authenticate
from tocsin.identity.domain.api_key import KeyKind, Right
from tocsin.kernel.domain.errors import Unauthorized
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.limits.domain.sending_limits import Rate, SendingLimits
from tocsin.responses.domain.two_way import TwoWayNumber
from tocsin.suppressions.application.suppress import Suppress
from tocsin.suppressions.domain.suppression import SuppressionReason

ACME = TenantId("acme")
NIGHT = QuietHours(time(22), time(7))


@pytest.fixture
def world() -> World:
    world = World()
    assert (
        world.operate("--stack", "s", "tenant", "create", "--tenant", "acme", "--name", "Acme Ltd", "--country", "GB")
        == 0
    )
    return world


def create(world: World, *more: str) -> int:
    return world.operate(
        "--stack", "s", "key", "create", "--tenant", "acme", "--name", "Night shift", "--kind", "live", *more
    )


def test_the_token_alone_is_on_stdout_and_authenticates(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert create(world, "--network", "10.0.0.0/8") == 0

    token = capsys.readouterr().out.strip()
    key = Authenticate(world.keys, world.sealer, utc_now)(token, "10.1.2.3")
    assert (key.tenant, key.kind, key.name, key.networks) == (ACME, KeyKind.LIVE, "Night shift", ("10.0.0.0/8",))


def test_rights_and_capacities_are_those_that_were_said(world: World) -> None:
    create(
        world,
        "--right",
        "canSetLifetime",
        "--right",
        "canReadAlerts",
        "--right",
        "canReadStores",
        "--right",
        "canUseBus",
        "--right",
        "canSendEvents",
        "--capacity",
        "sms=1000",
        "--capacity",
        "email=0",
    )

    (key,) = world.keys.list(ACME)
    assert key.rights == frozenset(Right)
    assert world.keys.remaining(ACME, key.id) == {Channel.SMS: 1000, Channel.EMAIL: 0}


def test_a_key_can_be_made_to_transliterate(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    create(world, "--transliterate")
    capsys.readouterr()

    (key,) = world.keys.list(ACME)
    assert key.transliterate
    world.operate("--stack", "s", "key", "list", "--tenant", "acme")
    assert json.loads(capsys.readouterr().out)["transliterate"] is True


def test_how_many_a_personal_call_may_reach_is_set_and_shown(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    for wrong in ("0", "10001"):
        assert create(world, "--personal-cap", wrong) == 1
        assert capsys.readouterr().err == "personal-cap: must be from 1 to 10000\n"
    assert create(world, "--personal-cap", "2000") == 0
    (key,) = world.keys.list(ACME)
    assert key.personal_cap == 2_000
    capsys.readouterr()
    where = ("--stack", "s", "key", "set", "--tenant", "acme", "--key", key.id, "--personal-cap")

    assert world.operate(*where, "10000") == 0

    assert json.loads(capsys.readouterr().out)["personalCap"] == 10_000
    assert world.operate(*where, "0") == 1
    assert [each.personal_cap for each in world.keys.list(ACME)] == [10_000]


def test_a_key_can_have_an_owner_whose_address_no_list_shows(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert create(world, "--owner-email", "Ana@OWNER.example") == 0
    capsys.readouterr()

    (key,) = world.keys.list(ACME)
    assert key.owner_email == "Ana@owner.example"
    world.operate("--stack", "s", "key", "list", "--tenant", "acme")
    assert json.loads(capsys.readouterr().out)["owner"] is True


def test_an_owner_without_an_address_is_refused(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert create(world, "--owner-email", "ana") == 1
    assert capsys.readouterr().err.startswith("ownerEmail: an email address must be")
    assert world.keys.list(ACME) == []


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
        Authenticate(world.keys, world.sealer, utc_now)(token, None)


def test_a_tenant_is_created_once(world: World) -> None:
    again = ("--stack", "s", "tenant", "create", "--tenant", "acme", "--country", "GB", "--name")
    assert world.operate(*again, "Acme Ltd") == 0
    assert world.operate(*again, "Other") == 1  # the name would be ignored

    assert world.tenants.tenants[ACME].name == "Acme Ltd"


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("tenant", "create", "--tenant", "A!", "--name", "x", "--country", "GB"), "lower-case"),
        (("tenant", "create", "--tenant", "acme", "--name", " ", "--country", "GB"), "name"),
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
    def find(stack: str, region: str | None, endpoint_url: str | None) -> OperatorContext:
        raise NoSuchStack(f"cannot read the stack {stack}")

    assert main(["--stack", "nowhere", "key", "list", "--tenant", "acme"], find) == 1
    assert "nowhere" in capsys.readouterr().err


# --- brakes ---------------------------------------------------------------------------------------------------


def test_s15_a_new_tenant_sends_to_its_own_country_and_creating_it_again_changes_nothing(world: World) -> None:
    assert world.sending_limits.get(ACME) == SendingLimits(countries=frozenset({"GB"}))

    again = ("--stack", "s", "tenant", "create", "--tenant", "acme", "--name", "Acme Ltd", "--country", "FR")
    assert world.operate(*again) == 1  # it says that the country would be ignored

    assert world.sending_limits.get(ACME).countries == frozenset({"GB"})


def test_limits_are_set_one_by_one_and_shown(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    where = ("--stack", "s", "tenant", "set", "--tenant", "acme")
    assert world.operate(*where, "--country", "GB", "--country", "+33", "--daily-spend", "12.50") == 0
    assert (
        world.operate(
            *where,
            "--number-rate",
            "off",
            "--call-rate",
            "12/1h",
            "--tenant-rate",
            "1000/1h",
            "--special-numbers",
            "on",
        )
        == 0
    )

    assert world.sending_limits.get(ACME) == SendingLimits(
        countries=frozenset({"GB", "+33"}),
        special_numbers=True,
        number_rate=None,
        call_rate=Rate(12, timedelta(hours=1)),
        tenant_rate=Rate(1000, timedelta(hours=1)),
        daily_spend=12_500_000,
    )
    shown = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert shown == {
        "countries": ["+33", "GB"],
        "special_numbers": True,
        "number_rate": "off",
        "call_rate": "12/3600s",
        "tenant_rate": "1000/3600s",
        "daily_spend_usd": 12.5,
        "paused": {},
        "system_mail": True,
        "events_kept_days": 90,
        "zone": "UTC",
        "home_country": "off",
        "quiet": "off",
    }
    assert world.operate(*where, "--country", "anywhere", "--daily-spend", "off") == 0
    assert (world.sending_limits.get(ACME).countries, world.sending_limits.get(ACME).daily_spend) == (None, None)


def test_a_new_tenant_may_have_a_clock_and_creating_it_again_changes_nothing(world: World) -> None:
    new = ("--stack", "s", "tenant", "create", "--tenant", "beta", "--name", "Beta", "--country", "GB")
    assert world.operate(*new, "--zone", "Europe/London", "--quiet", "22:00-07:00") == 0
    assert world.operate(*new, "--zone", "Europe/London", "--quiet", "22:00-07:00") == 0
    assert world.operate(*new, "--zone", "Asia/Tokyo", "--quiet", "off") == 1

    assert world.tenants.tenants[TenantId("beta")].clock == AccountClock("Europe/London", NIGHT)


def test_zone_and_quiet_hours_are_set_one_by_one_and_shown(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    where = ("--stack", "s", "tenant", "set", "--tenant", "acme")
    assert world.operate(*where, "--zone", "Europe/London") == 0
    assert world.operate(*where, "--quiet", "22:00-07:00/mon-fri") == 0

    weeknights = replace(NIGHT, weekdays=frozenset({1, 2, 3, 4, 5}))
    assert world.tenants.tenants[ACME].clock == AccountClock("Europe/London", weeknights)
    shown = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (shown["zone"], shown["quiet"]) == ("Europe/London", "22:00-07:00/1,2,3,4,5")

    assert world.operate(*where, "--quiet", "off") == 0
    assert world.tenants.tenants[ACME].clock == AccountClock("Europe/London")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--zone", "London"), "Europe/London"),
        (("--quiet", "22:00"), "22:00-07:00"),
        (("--quiet", "22:00-22:00"), "another time"),
        (("--quiet", "22:00-07:00/fre"), "no weekday"),
        (("--quiet", "25:00-07:00"), "up to 23:59"),
    ],
)
def test_a_clock_that_cannot_be_is_refused(
    world: World, words: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        world.operate("--stack", "s", "tenant", "set", "--tenant", "acme", *words)

    assert says in capsys.readouterr().err
    assert world.tenants.tenants[ACME].clock == AccountClock()


def test_how_long_events_are_kept_is_set_and_shown(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    where = ("--stack", "s", "tenant", "set", "--tenant", "acme")
    for days in (30, 366):
        assert world.operate(*where, "--events-kept-days", str(days)) == 0
        assert world.tenants.tenants[ACME].events_kept_days == days
        assert json.loads(capsys.readouterr().out.splitlines()[-1])["events_kept_days"] == days


def test_a_channel_is_paused_and_resumed(world: World) -> None:
    words = ("--tenant", "acme", "--channel", "sms")
    assert world.operate("--stack", "s", "tenant", "pause", *words) == 0
    assert world.sending_limits.get(ACME).paused[Channel.SMS].reason == "operator"
    assert world.operate("--stack", "s", "tenant", "resume", *words) == 0
    assert world.sending_limits.get(ACME).paused == {}


def test_a_tenant_that_is_not_there_has_no_limits_to_set(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert world.operate("--stack", "s", "tenant", "set", "--tenant", "nobody", "--country", "GB") == 1
    assert "no tenant" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--country", "gb"),
        ("--country", "England"),
        ("--number-rate", "5"),
        ("--number-rate", "5/0d"),
        ("--number-rate", "-1/15m"),
        ("--daily-spend", "-5"),
        ("--daily-spend", "1e9"),
        ("--special-numbers", "maybe"),
        ("--events-kept-days", "29"),
        ("--events-kept-days", "367"),
        ("--events-kept-days", "90d"),
    ],
)
def test_a_limit_that_makes_no_sense_is_not_set(world: World, option: str, value: str) -> None:
    with pytest.raises(SystemExit) as stop:
        world.operate("--stack", "s", "tenant", "set", "--tenant", "acme", f"{option}={value}")
    assert stop.value.code == 2


# --- erasure --------------------------------------------------------------------------------------------------


def test_s8_an_erasure_prints_numbers_and_enters_the_ledger(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.mails.mails["unreadable/time/1"] = b"From: +447700900123"
    words = ("--stack", "s", "tenant", "erase", "--tenant", "acme")

    assert world.operate(*words, "--address", "+44 7700 900123") == 0

    told = json.loads(capsys.readouterr().out)
    assert {name: told[name] for name in ("addresses", "rows", "mails", "ended", "clean")} == {
        "addresses": 1, "rows": 1, "mails": 1, "ended": 0, "clean": True,
    }  # fmt: skip
    until = {each["what"].partition(" ")[0]: each["until"] for each in told["remaining"]}
    assert until["point-in-time"] > until["earlier"]
    assert until["suppressions,"] is None
    assert len(world.erasures.entries) == 1
    assert [span > timedelta(seconds=25) for span in world.waited] == [True]  # calls under way are over by then
    assert "900123" not in repr(world.erasures.entries)


def test_s8_a_dry_run_of_an_erasure_changes_nothing(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.mails.mails["unreadable/time/1"] = b"From: ana@x.example"
    words = ("--stack", "s", "tenant", "erase", "--tenant", "acme", "--address", "ana@x.example", "--dry-run")

    assert world.operate(*words) == 0

    told = json.loads(capsys.readouterr().out)
    assert (told["rows"], told["mails"], told["clean"]) == (1, 1, False)
    assert (world.personal.left, len(world.mails.mails)) == (1, 1)
    assert world.erasures.entries == []
    assert world.waited == []


@pytest.mark.parametrize("whom", [(), ("--address", "nobody")])
def test_an_erasure_of_nobody_is_refused(world: World, whom: tuple[str, ...]) -> None:
    assert world.operate("--stack", "s", "tenant", "erase", "--tenant", "acme", *whom) == 1
    assert not world.erasures.entries


# --- who must not be contacted ----------------------------------------------------------------------------------------


ANA = "ana@x.example"
BEFORE = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def silenced(world: World) -> World:
    """Ana's mailbox bounced; somebody with a phone said STOP."""
    suppress = Suppress(world.suppressions, world.sealer)
    suppress(ACME, Channel.EMAIL, ANA, SuppressionReason.HARD_BOUNCE, BEFORE)
    suppress(ACME, Channel.SMS, "+447700900001", SuppressionReason.STOP, BEFORE)
    return world


def suppression(world: World, *words: str) -> int:
    verb, *more = words
    return world.operate("--stack", "s", "suppression", verb, "--tenant", "acme", *more)


def test_s8_the_list_shows_fingerprints_and_never_an_address(
    silenced: World, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert suppression(silenced, "list") == 0

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {(line["channel"], *line["reasons"]) for line in lines} == {("email", "hard_bounce"), ("sms", "stop")}
    assert {len(line["fingerprint"]) for line in lines} == {64}
    assert "447700900001" not in str(lines)


def test_one_address_can_be_asked_for_in_any_spelling(silenced: World, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert suppression(silenced, "list", "--channel", "sms", "--address", "+44 7700 900001") == 0
    assert suppression(silenced, "list", "--channel", "sms", "--address", "+447700900002") == 0

    known, unknown = (json.loads(line)["reasons"] for line in capsys.readouterr().out.splitlines())
    assert (list(known), list(unknown)) == (["stop"], [])


def test_lifting_lets_an_address_be_contacted_again(silenced: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert suppression(silenced, "lift", "--channel", "email", "--address", "Ana@X.example") == 0

    assert Suppress(silenced.suppressions, silenced.sealer).known(ACME, Channel.EMAIL, ANA).reason is None
    capsys.readouterr()
    suppression(silenced, "list")
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_lifting_one_reason_leaves_the_others(silenced: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert suppression(silenced, "lift", "--channel", "email", "--address", ANA, "--reason", "complaint") == 0

    assert "nothing changed" in capsys.readouterr().err
    known = Suppress(silenced.suppressions, silenced.sealer).known(ACME, Channel.EMAIL, ANA)
    assert known.reason is SuppressionReason.HARD_BOUNCE


def test_decided_7_19_an_operator_enters_who_is_not_called_and_start_does_not_lift_it(silenced: World) -> None:
    ana, suppress = "+447700900001", Suppress(silenced.suppressions, silenced.sealer)
    assert suppress.known(ACME, Channel.CALL, ana).reason is None  # STOP holds for texts alone

    assert suppression(silenced, "add", "--channel", "call", "--address", ana) == 0
    assert suppress.known(ACME, Channel.CALL, ana).reason is SuppressionReason.OPERATOR
    assert suppression(silenced, "add", "--channel", "sms", "--address", ana) == 0
    assert suppress.lift(ACME, Channel.SMS, ana, silenced.clock())
    assert suppress.known(ACME, Channel.SMS, ana).reason is SuppressionReason.OPERATOR

    assert suppression(silenced, "lift", "--channel", "call", "--address", ana) == 0
    assert suppress.known(ACME, Channel.CALL, ana).reason is None


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("list", "--address", ANA), "--channel"),
        (("lift", "--channel", "email", "--address", "ana"), "address"),
        (("lift", "--channel", "sms", "--address", "12"), "address"),
    ],
)
def test_what_is_no_address_is_refused(
    silenced: World, words: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert suppression(silenced, *words) == 1
    assert says in capsys.readouterr().err


# --- numbers --------------------------------------------------------------------------------------------------


def number(world: World, *words: str, tenant: str = "acme") -> int:
    return world.operate("--stack", "s", "number", *words, "--tenant", tenant)


def key_of(world: World) -> str:
    create(world)
    (key,) = world.keys.list(ACME)
    return key.id


def test_a_number_is_given_listed_and_taken_back(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    key = key_of(world)
    assert number(world, "add", "--key", key, "--number", "+44 7700 900 050") == 0
    assert number(world, "add", "--key", key, "--number", "+447700900050") == 0
    capsys.readouterr()

    assert number(world, "list") == 0
    assert json.loads(capsys.readouterr().out) == {"number": "+447700900050", "key": key}
    found = world.numbers.find("+447700900050")
    assert found is not None
    assert (found.tenant, found.key_id) == (ACME, key)

    assert number(world, "remove", "--number", "+447700900050") == 0
    assert world.numbers.find("+447700900050") is None
    assert number(world, "remove", "--number", "+447700900050") == 1


def test_unreadable_mails_are_listed_without_a_tenant(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.unreadable = [
        UnreadableObject(datetime(2026, 11, 29, 12, tzinfo=UTC), 180_000, "time", "unreadable/time/abc")
    ]
    assert world.operate("--stack", "s", "mail", "unreadable") == 0
    assert json.loads(capsys.readouterr().out) == {
        "at": "2026-11-29T12:00:00+00:00",
        "size": 180_000,
        "reason": "time",
        "object": "unreadable/time/abc",
    }


def test_s14_a_number_of_another_tenant_stays_there(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    key = key_of(world)
    theirs = TwoWayNumber("+447700900050", TenantId("other"), ApiKeyId("k1"))
    world.numbers.add(theirs)

    assert number(world, "add", "--key", key, "--number", "+447700900050") == 1
    assert "other" not in capsys.readouterr().err.replace("another", "")
    assert number(world, "remove", "--number", "+447700900050") == 1
    assert world.numbers.find("+447700900050") == theirs


def test_a_number_needs_a_key_that_exists_and_to_be_one(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert number(world, "add", "--key", "nobodys", "--number", "+447700900050") == 1
    assert number(world, "add", "--key", key_of(world), "--number", "07700 900050") == 1
    assert "country code" in capsys.readouterr().err
    assert not world.numbers.numbers


def test_a_key_can_have_a_role_of_people(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert create(world, "--role", "admin") == 0
    (key,) = world.keys.list(ACME)
    assert key.role == "admin"
    where = ("--stack", "s", "key", "set", "--tenant", "acme", "--key", key.id, "--role")
    capsys.readouterr()

    assert world.operate(*where, "reporting") == 0
    assert json.loads(capsys.readouterr().out)["role"] == "reporting"
    assert world.operate(*where, "none") == 0
    assert json.loads(capsys.readouterr().out)["role"] is None


def test_no_key_can_be_an_owner(world: World) -> None:
    with pytest.raises(SystemExit):
        create(world, "--role", "account_owner")
