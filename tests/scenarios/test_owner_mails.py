"""The owner of a key is mailed when its callbacks fail for a day and when they are disabled, once each (W4, AH-129)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import KEY, TENANT, number, sms
from tests.scenarios.callback_world import URL, CallbackWorld
from tests.scenarios.faults import Fault, Script
from tests.scenarios.invariants import check
from tests.scenarios.world import Disturbance
from tests.unit.alerts.desk import a_key
from tocsin.egress.domain.callback_url import Callback
from tocsin.identity.domain.api_key import KeyKind
from tocsin.webhooks.application.endpoints import EnableCallbackEndpoint
from tocsin.webhooks.domain.callback import EndpointKey
from tocsin.webhooks.ports.http import WebhookAnswer

OWNER = "night-shift@owner.example"
ENDPOINT = EndpointKey.of(TENANT, KEY, URL)
HOUR = timedelta(hours=1)
ONCE = Disturbance(duplicates=(1, 1))
GONE = WebhookAnswer(410)


def a_world(**options: object) -> CallbackWorld:
    return CallbackWorld(silent=True, **{"owner": OWNER, **options})  # type: ignore[arg-type]


def raise_alert(world: CallbackWorld, n: int = 0, phone: int = 1) -> None:
    world.accept(sms(number(phone)), callback=Callback(URL), ref=f"0192{n:04x}-0000-7000-8000-000000000000")


def hourly(world: CallbackWorld, hours: int, begin: int = 0) -> None:
    for hour in range(begin, begin + hours):
        raise_alert(world, hour)
        world.fast_forward(HOUR)


def mails(world: CallbackWorld) -> list[str]:
    return list(world.mailboxes.get(OWNER, []))


def test_w4_the_owner_is_mailed_at_24_hours_and_at_disabling_and_never_twice() -> None:
    # given orders that each come two or three times, and a receiver that fails for six days
    world = a_world()
    world.hook.failing(URL, 10_000)

    hourly(world, 23)
    assert mails(world) == []
    hourly(world, 3, 23)
    (failing,) = mails(world)
    assert "Callbacks to hooks.example.org (endpoint " in failing
    assert "have failed since 2026-11-23 12:00 UTC." in failing
    assert "API key: k1" in failing

    hourly(world, 5 * 24, 26)
    told = mails(world)
    assert len(told) == 2
    assert "are disabled: nothing but failures for 5 days." in told[1]
    assert URL not in "".join(told)
    check(world)


def test_w4_a_receiver_that_is_gone_is_one_mail_and_one_more_when_it_is_enabled_and_gone_again() -> None:
    world = a_world()
    world.hook.failing(URL, 99, GONE)
    for phone in range(3):
        raise_alert(world, phone, phone)
    world.until_quiet()
    assert ["410 Gone" in mail for mail in mails(world)] == [True]

    EnableCallbackEndpoint(world.endpoints)(a_key(), ENDPOINT.hash)
    raise_alert(world, 9)
    world.until_quiet()

    assert ["410 Gone" in mail for mail in mails(world)] == [True, True]
    check(world)


def test_w4_a_receiver_that_recovers_in_time_is_no_mail() -> None:
    world = a_world(disturbance=ONCE)
    world.hook.behaviours[URL] = lambda n: WebhookAnswer(500) if n % 9 else WebhookAnswer(200)
    hourly(world, 48)
    assert mails(world) == []


@pytest.mark.parametrize("owner", [None, ""])
def test_without_an_address_nobody_is_mailed_and_the_message_is_kept(owner: str | None) -> None:
    world = a_world(owner=owner)
    world.hook.failing(URL, 99, GONE)
    raise_alert(world)
    world.until_quiet()
    assert world.mailboxes == {}
    assert [one.code for one in world.owner_heard] == ["callback_disabled"]
    assert not [alert for alert in world.accepted if alert.system]


def test_ah_131_the_mail_about_a_sandbox_key_stops_before_the_provider() -> None:
    world = a_world()
    world.keys.keys[TENANT, KEY] = replace(world.keys.keys[TENANT, KEY], kind=KeyKind.SANDBOX)
    world.hook.failing(URL, 99, GONE)
    raise_alert(world)
    world.until_quiet()
    assert world.mailboxes == {}
    assert list(world.sandbox_email.received) == [OWNER]


def run(plan: Mapping[int, Fault]) -> tuple[CallbackWorld, list[str]]:
    script = Script(plan)
    world = CallbackWorld(7, script.wrap, disturbance=ONCE, owner=OWNER)
    script.world = world
    world.hook.failing(URL, 99, GONE)
    raise_alert(world)
    world.until_quiet()
    return world, script.calls


@pytest.mark.parametrize("fault", Fault)
def test_r1_wherever_a_worker_dies_the_owner_is_mailed(fault: Fault) -> None:
    clean, calls = run({})
    assert len(mails(clean)) == 1
    assert {"key_owners.of_key", "alerts.accept", "account_notices.notify"} <= set(calls)
    begin = calls.index("key_owners.of_key") - 2
    for step in range(begin, len(calls)):
        if calls[step] == "hook.send":
            continue  # a receiver answers, or does not; it raises nothing
        world, _ = run({step: fault})
        flagged = sum(row.possible_duplicate for row in world.rows.rows.values())
        assert 1 <= len(mails(world)) <= 1 + flagged, (fault, step, calls[step])
        assert len([alert for alert in world.accepted if alert.system]) == 1
