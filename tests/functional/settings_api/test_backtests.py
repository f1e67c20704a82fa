"""Backtests by the settings API: started for a rule or for one that is not saved, and read by who started them."""

from __future__ import annotations

import pytest

from tests.fakes.time import NOON
from tests.functional.settings_api.conftest import ACME, World
from tests.functional.settings_api.rules_world import CALLS, EDITOR, HOOK, NEITHER, VIEWER, Rules
from tocsin.identity.domain.permissions import SystemRole

SPAN = {"from": "2026-11-22T00:00:00Z", "to": "2026-11-23T00:00:00+00:00"}


@pytest.fixture
def rules(world: World) -> Rules:
    return Rules(world)


def test_al_backtest_of_a_rule_is_accepted_and_read(world: World, rules: Rules) -> None:
    made = rules.made()
    answer = world.call("POST", f"/alert_rules/{made['id']}/backtest", SPAN)
    assert answer.status == 202, answer.text
    assert answer.headers["Location"] == f"backtests/{answer.json['id']}"
    assert answer.json["rule_id"] == made["id"]
    assert (answer.json["state"], answer.json["progress"], answer.json["firings"]) == ("queued", 0.0, 0)
    assert (answer.json["from"], answer.json["to"]) == ("2026-11-22T00:00:00.000Z", "2026-11-23T00:00:00.000Z")
    assert answer.json["expires_at"] == "2026-11-30T12:00:00.000Z"
    assert world.gateway.get(f"/backtests/{answer.json['id']}", None).json == answer.json
    (kept,) = world.backtests.kept.values()
    assert kept.tenant == ACME


def test_al_backtest_of_a_draft_saves_no_rule(world: World, rules: Rules) -> None:
    rules.as_("user")
    answer = world.call("POST", "/backtests", {"rule": CALLS | {"notifications": [HOOK]}, **SPAN})
    assert answer.status == 202, answer.text
    assert answer.json["rule_id"] is None
    assert not rules.listed()
    assert "canary-token" not in str(world.backtests.kept)


def test_al_backtest_a_repeat_with_the_same_key_starts_one(world: World, rules: Rules) -> None:
    made = rules.made()
    answers = [
        world.call("POST", f"/alert_rules/{made['id']}/backtest", SPAN, **{"Idempotency-Key": "k"}) for _ in range(2)
    ]
    assert answers[0].json == answers[1].json
    assert len(world.backtests.kept) == 1


def test_al_backtest_seeing_a_rule_allows_its_backtest(world: World, rules: Rules) -> None:
    made = rules.made("user")
    for caller in ("user", "account_owner", VIEWER, EDITOR):
        rules.as_(caller)
        assert world.call("POST", f"/alert_rules/{made['id']}/backtest", SPAN).status == 202
    for caller in (SystemRole.MANAGER.value, SystemRole.REPORTING.value, NEITHER):
        rules.as_(caller)
        assert world.call("POST", f"/alert_rules/{made['id']}/backtest", SPAN).status == 403
    rules.as_(SystemRole.REPORTING.value)
    assert world.call("POST", "/backtests", {"rule": CALLS, **SPAN}).status == 403


def test_decided_3_12_who_did_not_start_it_does_not_find_it(world: World, rules: Rules) -> None:
    rules.as_("user")
    id = world.call("POST", "/backtests", {"rule": CALLS, **SPAN}).json["id"]
    assert world.gateway.get(f"/backtests/{id}", None).status == 200
    rules.as_("account_owner")
    assert world.gateway.get(f"/backtests/{id}", None).status == 404
    assert world.gateway.get("/backtests/unknown", None).status == 404


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"from": "2026-11-22T00:00:00Z"}, "/to", "REQUIRED"),
        (SPAN | {"from": "yesterday"}, "/from", "WRONG_FORM"),
        (SPAN | {"from": "2026-11-22T00:00:00"}, "/from", "WRONG_FORM"),
        (SPAN | {"from": SPAN["to"]}, "/from", "OUT_OF_RANGE"),
        ({"from": NOON.isoformat(), "to": "2027-11-22T00:00:00Z"}, "/from", "OUT_OF_RANGE"),
        (SPAN | {"from": "2026-08-22T00:00:00Z"}, "/from", "OUT_OF_RANGE"),
        (SPAN | {"days": 3}, "/days", "UNKNOWN_FIELD"),
    ],
)
def test_al_backtest_a_span_that_cannot_be_is_400(
    world: World, rules: Rules, body: dict[str, object], pointer: str, code: str
) -> None:
    made = rules.made()
    answer = world.call("POST", f"/alert_rules/{made['id']}/backtest", body)
    assert answer.status == 400
    assert (pointer, code) in [(error["detail"], error["code"]) for error in answer.json["errors"]]
    assert not world.backtests.kept


def test_al_backtest_faults_of_a_draft_name_their_place(world: World, rules: Rules) -> None:
    rules.as_("account_owner")
    answer = world.call("POST", "/backtests", {"rule": CALLS | {"type": "fax"}, **SPAN})
    assert answer.status == 400
    assert [error["detail"] for error in answer.json["errors"]] == ["/rule/type"]
    rule = CALLS | {"triggers": [{"filters": {"lines": ["nowhere"]}}]}
    unknown = world.call("POST", "/backtests", {"rule": rule, **SPAN})
    assert [error["detail"] for error in unknown.json["errors"]] == ["/rule/triggers/0/filters/lines"]
