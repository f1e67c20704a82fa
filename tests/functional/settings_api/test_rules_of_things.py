"""Alert rules and the directory: what rules name is not deleted unseen, and rules go with a person's things."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.functional.gateway import Answer
from tests.functional.settings_api.conftest import ACME, World
from tests.functional.settings_api.rules_world import TEXT, TEXTS, Rules
from tocsin.directory.domain.things import Kind, Line
from tocsin.identity.domain.permissions import Permission, SystemRole
from tocsin.identity.domain.role import Scope, ScopeKind
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.ids import RoleId, UserId

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
    assert [fault["ids"] for fault in refused.json["errors"] if "alert rule" in fault["message"]] == [[naming]]
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


def mails(world: World) -> dict[str, str]:
    """Return what was mailed about triggers that stopped, by address."""
    found = [mail for mail in world.outbox.mails if "have stopped" in mail.subject]
    assert len({mail.to for mail in found}) == len(found), "nobody is mailed twice"
    return {mail.to: mail.text for mail in found}


def address(world: World, person: str) -> str:
    found = world.thing(Kind.USER, person)
    assert isinstance(found, User)
    return found.email


def addresses(world: World, *people: str) -> set[str]:
    return {address(world, person) for person in people}


def confirmed(world: World, method: str, path: str, body: Mapping[str, Any]) -> Answer:
    """Make a call that is 409 with a list, and the same call with its `confirm`."""
    first = world.call(method, path, body)
    assert (first.status, first.json["code"]) == (409, "CONFIRM_REQUIRED"), first.text
    return world.gateway.call(method, path, json.dumps(body), query={"confirm": [first.json["confirm"]]})


def test_decided_3_15_a_role_that_is_narrowed_stops_triggers_after_the_list(world: World, rules: Rules) -> None:
    """An admin becomes a user: of two rules one names a line that is not the person's."""
    world.directory.add(Line(tenant=ACME, id="own", extension="2002", user=UserId("ben")))
    world.person("ben", "admin")
    wide = rules.made("account_owner", owner="ben", name="Wide", triggers=[{"filters": {"lines": ["2001"]}}])
    mine = rules.made("account_owner", owner="ben", name="Mine", triggers=[{"filters": {"lines": ["own"]}}])
    world.as_role(SystemRole.OWNER)

    first = world.call("PATCH", "/users/ben", {"role": "user"})

    assert (first.status, first.json["code"]) == (409, "CONFIRM_REQUIRED")
    assert first.json["errors"][0]["ids"] == [f"{wide['id']}/{wide['triggers'][0]['id']}"]
    ben = world.thing(Kind.USER, "ben")
    assert isinstance(ben, User)
    assert (ben.role, mails(world)) == ("admin", {}), "nothing has changed"
    assert confirmed(world, "PATCH", "/users/ben", {"role": "user"}).status == 200

    kept = world.rules.rules
    assert [kept[ACME, it["id"]].triggers[0].out_of_scope for it in (wide, mine)] == [True, False]
    assert kept[ACME, mine["id"]].sight is not None, "a rule without filters sees no more than its owner either"
    assert world.call("GET", f"/alert_rules/{wide['id']}").json["triggers"][0]["out_of_scope"]
    told = mails(world)
    assert set(told) == addresses(world, "ben", f"admin-{ACME}", f"account_owner-{ACME}")
    assert all("Wide: 1 of 1 trigger\n" in text and "Mine" not in text for text in told.values())
    assert world.call("PATCH", "/users/ben", {"role": "user", "name": "Ben"}).status == 200, "nothing is left to stop"
    assert len(mails(world)) == 3


def test_decided_3_15_a_custom_role_that_is_narrowed_stops_triggers_of_all_who_have_it(
    world: World, rules: Rules
) -> None:
    role = world.custom_role("desk", ACME, Permission.PEOPLE_READ)
    world.directory.add(replace(role, scopes=dict.fromkeys(ScopeKind, Scope.ALL)))
    people = ("ben", "pia")
    for person in people:
        world.person(person, role.id)
    made = [
        rules.made("account_owner", owner=person, name=person, triggers=[{"filters": {"lines": ["2001"]}}])
        for person in people
    ]
    world.as_role(SystemRole.OWNER)

    done = confirmed(world, "PATCH", f"/roles/{role.id}", {"scopes": {"users": "own"}})

    assert done.status == 200, done.text
    assert all(world.rules.rules[ACME, it["id"]].triggers[0].out_of_scope for it in made)
    told = mails(world)
    for person, other in (people, people[::-1]):
        text = told[address(world, person)]
        assert (f"- {person}:" in text, f"- {other}:" in text) == (True, False)
    assert all(f"- {person}:" in told[address(world, f"admin-{ACME}")] for person in people)


def test_decided_3_15_a_line_that_goes_to_another_person_stops_triggers(world: World, rules: Rules) -> None:
    world.directory.add(Line(tenant=ACME, id="own", extension="2002", user=UserId(MEMBER)))
    made = rules.made("user", triggers=[{"filters": {"lines": ["own"]}}])
    world.as_role(SystemRole.OWNER)
    assert world.call("PATCH", "/lines/own", {"label": "Lobby"}).status == 200
    assert confirmed(world, "PATCH", "/lines/own", {"user": MANAGER}).status == 200
    assert world.rules.rules[ACME, made["id"]].triggers[0].out_of_scope


def test_decided_3_15_a_push_that_narrows_stops_triggers_after_the_list(world: World, rules: Rules) -> None:
    world.directory.add(Line(tenant=ACME, id="own", extension="2002", user=UserId(MEMBER), external_id="pbx-2"))
    made = rules.made("user", triggers=[{"filters": {"lines": ["own"]}}])
    world.as_role(SystemRole.OWNER)
    path, body = "/directory/lines/external/pbx-2", {"extension": "2002", "label": "Lobby", "user": MEMBER}
    assert world.call("PUT", path, body).status == 200
    body["user"] = MANAGER
    first = world.call("PUT", path, body)
    assert first.json["errors"][0]["ids"] == [f"{made['id']}/{made['triggers'][0]['id']}"]
    line = world.thing(Kind.LINE, "own")
    assert isinstance(line, Line)
    assert line.user == MEMBER, "nothing has changed"
    assert confirmed(world, "PUT", path, body).status == 200
    assert world.rules.rules[ACME, made["id"]].triggers[0].out_of_scope
    assert world.call("PUT", path, body).status == 200, "nothing is left to stop"


def test_decided_3_15_a_pushed_thing_whose_process_died_leaves_the_work_to_the_next_push(
    world: World, rules: Rules
) -> None:
    line = Line(
        tenant=ACME, id="own", extension="2002", label="", user=UserId(MEMBER), external_id="pbx-2", source="x"
    )  # fmt: skip
    world.directory.add(line)
    made = rules.made("user", triggers=[{"filters": {"lines": ["own"]}}])
    world.directory.add(replace(line, user=UserId(MANAGER)))
    world.as_role(SystemRole.OWNER)
    body = {"extension": "2002", "label": "", "user": MANAGER}
    assert confirmed(world, "PUT", "/directory/lines/external/pbx-2", body).status == 200
    assert world.rules.rules[ACME, made["id"]].triggers[0].out_of_scope


def test_decided_3_15_an_import_that_narrows_lists_what_stops_and_stops_it_when_that_is_confirmed(
    world: World, rules: Rules
) -> None:
    world.person("ben", "admin")
    made = rules.made("account_owner", owner="ben", triggers=[{"filters": {"lines": ["2001"]}}])
    stops = [f"{made['id']}/{made['triggers'][0]['id']}"]
    world.as_role(SystemRole.OWNER)
    body = {"kind": "users", "mode": "plan", "csv": f"email,name,role\n{address(world, 'ben')},Ben,user\n"}
    plan = world.call("POST", "/directory/imports", body)
    assert (plan.json["stops"], plan.json["counts"]["stops"]) == (stops, 1)
    refused = world.call("POST", "/directory/imports", body | {"mode": "apply"})
    assert (refused.status, refused.json["code"]) == (409, "CONFIRM_REQUIRED")
    assert refused.json["errors"][0]["ids"] == stops
    assert refused.json["confirm"] == plan.json["confirm"]
    assert not world.rules.rules[ACME, made["id"]].triggers[0].out_of_scope
    done = world.call("POST", "/directory/imports", body | {"mode": "apply", "confirm": plan.json["confirm"]})
    assert (done.status, done.json["state"]) == (200, "applied"), done.text
    assert world.rules.rules[ACME, made["id"]].triggers[0].out_of_scope
    assert set(mails(world)) == addresses(world, "ben", f"admin-{ACME}", f"account_owner-{ACME}")
    again = world.call("POST", "/directory/imports", body | {"mode": "apply"})
    assert (again.status, again.json["stops"]) == (200, [])


def test_decided_3_15_a_process_that_dies_before_the_rules_are_cut_leaves_the_work_to_the_repeated_call(
    world: World, rules: Rules
) -> None:
    ben = world.person("ben", "admin")
    made = rules.made("account_owner", owner="ben", triggers=[{"filters": {"lines": ["2001"]}}])
    world.directory.add(replace(ben, role=RoleId("user")))  # the role is written, and the process dies
    world.as_role(SystemRole.OWNER)
    assert confirmed(world, "PATCH", "/users/ben", {"role": "user"}).status == 200
    assert world.rules.rules[ACME, made["id"]].triggers[0].out_of_scope


def test_decided_3_15_a_rule_that_is_given_away_and_whose_triggers_stop_is_mailed(world: World, rules: Rules) -> None:
    made = rules.made("admin", name="Wide", triggers=[{"filters": {"lines": ["2001"]}}])
    world.as_role(SystemRole.OWNER)
    assert confirmed(world, "POST", f"/alert_rules/{made['id']}/owner", {"owner": MEMBER}).status == 200
    assert set(mails(world)) == addresses(world, MEMBER, f"admin-{ACME}", f"account_owner-{ACME}")


def test_decided_2_17_rules_that_are_handed_over_and_whose_triggers_stop_are_mailed(world: World, rules: Rules) -> None:
    rules.made("admin", name="Wide", triggers=[{"filters": {"lines": ["2001"]}}])
    world.as_role(SystemRole.OWNER)
    assert confirmed(world, "POST", f"/users/admin-{ACME}/hand_over", {"to": MEMBER}).status == 200
    assert set(mails(world)) == addresses(world, MEMBER, f"admin-{ACME}", f"account_owner-{ACME}")
