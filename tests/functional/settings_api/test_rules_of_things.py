"""Alert rules and the directory: what rules name is not deleted unseen, and rules go with a person's things."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.functional.settings_api.conftest import ACME, World
from tests.functional.settings_api.rules_world import TEXT, TEXTS, Rules
from tocsin.directory.domain.things import Kind, Line
from tocsin.identity.domain.permissions import Permission, SystemRole
from tocsin.kernel.domain.ids import UserId

MEMBER, MANAGER = f"user-{ACME}", f"manager-{ACME}"


@pytest.fixture
def rules(world: World) -> Rules:
    return Rules(world)


@pytest.mark.parametrize(
    ("path", "given", "confirmable"),
    [
        (f"/lines/lines-{ACME}", {"triggers": [{"filters": {"lines": ["2001"]}}]}, True),
        (f"/groups/groups-{ACME}", {"triggers": [{"filters": {"groups": [f"groups-{ACME}"]}}]}, True),
        ("/phone_numbers/texts", {"triggers": [{"filters": {"numbers": [TEXTS]}}]}, False),
        ("/phone_numbers/texts", {"notifications": [TEXT]}, False),
        (f"/users/{MANAGER}", {"owner": MANAGER}, False),
        (
            f"/users/{MANAGER}",
            {"type": "sms", "triggers": [{"filters": {"users": [MANAGER]}}]},
            False,
        ),
    ],
)
def test_decided_3_15_what_rules_name_is_deleted_only_after_the_list(
    world: World, rules: Rules, path: str, given: Mapping[str, Any], confirmable: bool
) -> None:
    naming = rules.made("account_owner", **given)["id"]
    rules.made("account_owner")  # names nothing

    refused = world.call("DELETE", path)

    assert (refused.status, refused.json["code"], "confirm" in refused.json) == (409, "IN_USE", confirmable)
    assert [fault["ids"] for fault in refused.json["errors"] if "rules" in fault["message"]] == [[naming]]
    if confirmable:
        confirmed = {"confirm": [refused.json["confirm"]]}
        another = rules.made("account_owner", **given)["id"]
        again = world.gateway.call("DELETE", path, query=confirmed)
        assert again.status == 409, "the list has changed"
        assert world.gateway.call("DELETE", path, query={"confirm": [again.json["confirm"]]}).status == 204
        assert world.rules.rules[ACME, another].enabled
        return
    world.call("DELETE", f"/alert_rules/{naming}")
    assert world.call("DELETE", path).status == 204


def test_al_42_a_persons_rules_are_handed_over_before_the_person_is_deleted(world: World, rules: Rules) -> None:
    mine = [rules.made("user")["id"] for _ in range(3)]
    deleted = rules.made("user")["id"]
    world.call("DELETE", f"/alert_rules/{deleted}")
    other = rules.made("manager")["id"]
    world.as_role(SystemRole.OWNER)
    assert world.call("DELETE", f"/users/{MEMBER}").status == 409

    assert world.call("POST", f"/users/{MEMBER}/hand_over", {"to": f"admin-{ACME}"}).status == 200

    owners = {rule.id: rule.owner for rule in world.rules.rules.values()}
    assert [owners[id] for id in mine] == [f"admin-{ACME}"] * 3
    assert (owners[deleted], owners[other]) == (MEMBER, MANAGER)
    assert world.call("DELETE", f"/users/{MEMBER}").status == 204
    entries = [entry.action for entry in world.trail.entries.values() if entry.thing.id in mine]
    assert entries.count("alert_rule.given") == 3


def test_decided_2_17_lines_go_with_the_rules_that_name_them(world: World, rules: Rules) -> None:
    own = Line(tenant=ACME, id="own", extension="2002", user=UserId(MEMBER))
    world.directory.add(own)
    world.person("ben", "user")
    made = rules.made("user", triggers=[{"filters": {"lines": ["own"]}}])
    world.as_role(SystemRole.OWNER)

    done = world.call("POST", f"/users/{MEMBER}/hand_over", {"to": "ben"})

    assert done.status == 200, done.text
    rule = world.rules.rules[ACME, made["id"]]
    assert (rule.owner, rule.triggers[0].out_of_scope) == ("ben", False)


def test_decided_2_17_a_rule_of_the_whole_account_that_goes_to_a_user_is_confirmed_first(
    world: World, rules: Rules
) -> None:
    made = rules.made("admin", triggers=[{"filters": {"lines": ["2001"]}}])
    world.as_role(SystemRole.OWNER)
    path, before = f"/users/admin-{ACME}/hand_over", dict(world.directory.things)

    first = world.call("POST", path, {"to": MEMBER})

    assert (first.status, first.json["code"]) == (409, "CONFIRM_REQUIRED")
    assert first.json["errors"][0]["ids"] == [f"{made['id']}/{made['triggers'][0]['id']}"]
    assert world.directory.things == before
    done = world.gateway.call("POST", path, f'{{"to": "{MEMBER}"}}', query={"confirm": [first.json["confirm"]]})
    assert done.status == 200
    assert world.rules.rules[ACME, made["id"]].triggers[0].out_of_scope


def test_rules_do_not_go_to_a_person_who_has_none_nor_by_a_caller_who_may_not_give_them(
    world: World, rules: Rules
) -> None:
    made = rules.made("user")
    world.as_role(SystemRole.OWNER)
    refused = world.call("POST", f"/users/{MEMBER}/hand_over", {"to": f"reporting-{ACME}"})
    assert (refused.status, refused.json["code"]) == (422, "NOT_POSSIBLE")
    role = world.custom_role("people", ACME, Permission.PEOPLE_MANAGE, Permission.DIRECTORY_MANAGE)
    world.directory.add(role)
    world.as_person(world.person("pia", role.id), role)
    assert world.call("POST", f"/users/{MEMBER}/hand_over", {"to": f"queue_manager-{ACME}"}).status == 403
    assert world.rules.rules[ACME, made["id"]].owner == MEMBER
    assert world.thing(Kind.GROUP, f"groups-{ACME}").members == (MEMBER,)  # type: ignore[union-attr]
