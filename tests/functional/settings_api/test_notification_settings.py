"""Notification settings by API: one's own and others', versions, lines, numbers, topics of the account."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.functional.gateway import Answer
from tests.functional.settings_api.conftest import ACME, NORTH, RIVAL, SOUTH, World
from tocsin.audit.domain.entry import AuditEntry
from tocsin.contacts.domain.channel import Channel
from tocsin.directory.domain.things import Group, GroupKind, Line
from tocsin.identity.domain.permissions import SystemRole
from tocsin.kernel.domain.ids import ApiKeyId, UserId
from tocsin.preferences.domain.settings import NotificationSettings
from tocsin.responses.domain.two_way import TwoWayNumber
from tocsin.suppressions.domain.suppression import SuppressionReason

MINE = "/users/me/notification_settings"
USER, ADMIN, OWNER, REPORTING = (f"{role}-{ACME}" for role in ("user", "admin", "account_owner", "reporting"))
NUMBER, OURS, GIVEN = "+447700900417", "+447700900001", "+447700900002"


def of(id: str) -> str:
    return f"/users/{id}/notification_settings"


def said(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.json["code"]


def faults(answer: Answer) -> list[tuple[str, str]]:
    return [(each["detail"], each["code"]) for each in answer.json["errors"]]


def text(**given: Any) -> dict[str, Any]:
    return {"channels": {"text": given}}


def entries(world: World) -> list[AuditEntry]:
    return [each for each in world.trail.entries.values() if each.action.startswith("notification_settings")]


def test_up_32_settings_are_read_changed_and_read_again(world: World) -> None:
    world.as_role(SystemRole.USER)
    first = world.call("GET", MINE)
    assert (first.status, first.headers["ETag"], first.json["channels"]["email"]) == (200, '"0"', True)
    assert "account" not in first.json

    changed = world.call("PATCH", MINE, {"communication": {"fax": False}, "high_sms": True}, If_Match='"0"')

    assert (changed.status, changed.headers["ETag"]) == (200, '"1"')
    assert changed.json == first.json | {
        "communication": first.json["communication"] | {"fax": False}, "high_sms": True,
    }  # fmt: skip
    again = world.call("GET", of(USER))
    assert (again.json, again.headers["ETag"]) == (changed.json, '"1"')
    (entry,) = entries(world)
    assert (str(entry.who), entry.thing.id, entry.before["high_sms"], entry.after["high_sms"]) == (
        f"user:{USER}", USER, False, True,
    )  # fmt: skip


def test_what_was_read_and_is_sent_back_changes_nothing(world: World) -> None:
    world.call("PATCH", MINE, text(enabled=True, custom={"enabled": True, "number": NUMBER}))
    world.call("PATCH", MINE, text(enabled=False))
    read = world.call("GET", MINE)
    assert read.json["channels"]["text"]["custom"] == {"enabled": False, "number": None}

    answer = world.call("PATCH", MINE, read.json, If_Match=read.headers["ETag"])

    assert (answer.status, answer.json, answer.headers["ETag"]) == (200, read.json, read.headers["ETag"])
    assert len(entries(world)) == 2
    assert world.call("PATCH", MINE, text(enabled=True)).json["channels"]["text"]["custom"]["number"] == NUMBER


def test_a_stale_version_is_refused_and_without_one_the_patch_merges(world: World) -> None:
    world.call("PATCH", MINE, {"high_sms": True})
    assert said(world.call("PATCH", MINE, {"high_sms": False}, If_Match='"0"')) == (412, "PRECONDITION_FAILED")
    assert said(world.call("PUT", f"{MINE}/lines", {"lines": []}, If_Match='"7"')) == (412, "PRECONDITION_FAILED")
    merged = world.call("PATCH", MINE, {"events": {"1m": False}})
    assert (merged.json["high_sms"], merged.json["events"]["1m"], merged.headers["ETag"]) == (True, False, '"2"')


def test_a_lost_race_is_repeated(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    store, saves = world.preferences, []
    real = store.save

    def save(settings: NotificationSettings, entry: AuditEntry | None = None) -> bool:
        saves.append(settings)
        if len(saves) == 1:  # another call is first
            store.add(replace(store.get(settings.tenant, settings.user), text_on=True, version=settings.version))
        return real(settings, entry)

    monkeypatch.setattr(store, "save", save)
    answer = world.call("PATCH", MINE, {"high_sms": True})

    assert (answer.json["high_sms"], answer.json["channels"]["text"]["enabled"]) == (True, True)
    monkeypatch.setattr(store, "save", lambda *args: False)
    assert said(world.call("PATCH", MINE, {"high_sms": False})) == (409, "STALE_WRITE")


def test_up_31_an_admin_edits_others_and_others_do_not(world: World) -> None:
    world.as_role(SystemRole.ADMIN)
    assert world.call("PATCH", of(USER), {"high_sms": True}).json["high_sms"] is True
    assert world.call("PATCH", of(OWNER), {"high_sms": True}).status == 200
    assert said(world.call("GET", of(f"user-{RIVAL}"))) == (404, "NOT_FOUND")
    assert said(world.call("GET", of("nobody"))) == (404, "NOT_FOUND")
    for role in (SystemRole.USER, SystemRole.MANAGER, SystemRole.REPORTING):
        world.as_role(role)
        for id in (ADMIN, "nobody", f"user-{RIVAL}"):  # 403, whatever the id and the body
            assert said(world.call("GET", of(id))) == (403, "FORBIDDEN")
            assert said(world.call("PATCH", of(id), {"wrong": True})) == (403, "FORBIDDEN")


def test_up_31_a_token_that_may_not_manage_people_changes_only_ones_own(world: World) -> None:
    ida = world.person("ida", "admin")
    world.as_token(ida)
    assert world.call("PATCH", of("ida"), {"high_sms": True}).status == 200
    assert world.call("PATCH", MINE, {"high_sms": False}).status == 200
    assert world.call("GET", of(USER)).status == 200
    assert said(world.call("PATCH", of(USER), {"high_sms": True})) == (403, "FORBIDDEN")


def test_a_token_that_only_reads_changes_nothing(world: World) -> None:
    world.as_token(world.person("ida", "admin"), read_only=True)
    assert world.call("GET", MINE).status == 200
    assert said(world.call("PATCH", MINE, {"high_sms": True})) == (403, "FORBIDDEN")


@pytest.mark.parametrize("body", [{}, {"daily_activity": True}, {"daily_activity": False}, None])
def test_up_8_topics_of_the_account_are_not_for_everybody(world: World, body: Any) -> None:
    for role in (SystemRole.USER, SystemRole.MANAGER, SystemRole.QUEUE_MANAGER, SystemRole.REPORTING):
        world.as_role(role)
        assert said(world.call("PATCH", MINE, {"account": body})) == (403, "FORBIDDEN")
    world.as_role(SystemRole.OWNER)  # nor does an owner give them to a person who may not see them
    assert said(world.call("PATCH", of(USER), {"account": body})) == (403, "FORBIDDEN")


def test_up_9_billing_warnings_need_the_billing_flag(world: World) -> None:
    world.as_role(SystemRole.ADMIN)
    assert "billing_warnings" not in world.call("GET", MINE).json["account"]
    assert said(world.call("PATCH", MINE, {"account": {"billing_warnings": True}})) == (403, "FORBIDDEN")
    ida = world.person("ida", "admin", billing=True)
    answer = world.call("PATCH", of("ida"), {"account": {"billing_warnings": True}})
    assert answer.json["account"]["billing_warnings"] is True
    world.directory.add(replace(ida, billing=False, version=2))
    assert "billing_warnings" not in world.call("GET", of("ida")).json["account"]


@pytest.mark.parametrize("number", [OURS, "+44 (0)7700 900-001", "+44 7700 900002"])
def test_up_28_a_number_of_the_account_is_refused_in_any_spelling(world: World, number: str) -> None:
    world.numbers.add(TwoWayNumber(GIVEN, ACME, ApiKeyId("k1")))
    refused = world.call("PATCH", MINE, text(enabled=True, custom={"number": number}))
    assert (refused.status, faults(refused)) == (400, [("/channels/text/custom/number", "OWN_NUMBER")])
    for method, path, body in (
        ("PATCH", "/users/me", {"backup_phone": number}),
        ("PATCH", f"/users/{USER}", {"backup_phone": number}),
        ("POST", "/users", {"email": "new@people.example", "name": "New", "backup_phone": number}),
        ("PUT", "/directory/users/external/7", {"email": "n@people.example", "name": "N", "backup_phone": number}),
    ):
        answer = world.call(method, path, body)
        assert (answer.status, faults(answer)) == (400, [("/backup_phone", "OWN_NUMBER")]), path
    rows = f"email,name,backup_phone\nnew@people.example,New,{number}\n"
    planned = world.call("POST", "/directory/imports", {"kind": "users", "mode": "plan", "csv": rows})
    assert [(each["line"], each["code"]) for each in planned.json["faults"]] == [(2, "OWN_NUMBER")]


def test_up_28_what_is_no_number_is_refused_everywhere_alike(world: World) -> None:
    for path, body, place in (
        (MINE, text(custom={"number": "07700 900417"}), "/channels/text/custom/number"),
        ("/users/me", {"backup_phone": "07700 900417"}, "/backup_phone"),
        (f"/users/{USER}", {"backup_phone": "07700 900417"}, "/backup_phone"),
    ):
        answer = world.call("PATCH", path, body)
        assert (answer.status, faults(answer)) == (400, [(place, "BAD_NUMBER")])


def test_a_number_that_the_account_acquired_later_stays_and_is_shown_so(world: World) -> None:
    world.call("PATCH", MINE, text(enabled=True, custom={"enabled": True, "number": NUMBER}))
    world.call("PATCH", "/users/me", {"backup_phone": NUMBER})
    world.numbers.add(TwoWayNumber(NUMBER, ACME, ApiKeyId("k1")))
    assert world.call("GET", MINE).json["channels"]["text"]["state"] == "own_number"
    assert world.call("PATCH", MINE, {"high_sms": True}).status == 200
    assert world.call("PATCH", "/users/me", {"name": "Olivia"}).status == 200


def test_decided_5_9_the_state_says_whether_texts_arrive(world: World) -> None:
    def state(**given: Any) -> str:
        found: str = world.call("PATCH", MINE, text(**given)).json["channels"]["text"]["state"]
        return found

    assert state(enabled=False) == "off"
    assert state(enabled=True) == "no_number"  # UP-27
    assert state(custom={"enabled": True}) == "no_number"  # a number is not needed
    world.call("PATCH", "/users/me", {"backup_phone": "+447700900500"})
    assert state() == "ready"  # UP-26: the backup phone
    assert state(custom={"number": NUMBER}) == "ready"
    world.suppress(Channel.SMS, NUMBER, SuppressionReason.STOP)
    assert state() == "opted_out"
    assert state(custom={"enabled": False}) == "ready"


def test_up_25_a_custom_number_is_not_enabled_while_texts_are_off(world: World) -> None:
    refused = world.call("PATCH", MINE, text(custom={"enabled": True}))
    assert said(refused) == (409, "TEXTS_ARE_OFF")
    both = world.call("PATCH", MINE, text(custom={"enabled": True, "number": NUMBER}, enabled=True))
    assert both.json["channels"]["text"] == {
        "enabled": True, "custom": {"enabled": True, "number": NUMBER}, "state": "ready",
    }  # fmt: skip
    assert world.preferences.get(ACME, UserId(OWNER)).number_by == OWNER


def fill_lines(world: World) -> None:
    world.directory.add(
        Line(tenant=ACME, id="desk", extension="2002", user=UserId(USER)),
        Line(tenant=ACME, id="colleague", extension="2003", user=UserId(REPORTING)),
        Line(tenant=ACME, id="boss", extension="2004", user=UserId(OWNER)),
        Line(tenant=ACME, id="south", extension="2005", company=SOUTH),
        Group(
            tenant=ACME, id="crew", kind=GroupKind.HUNT_GROUP, name="Crew", members=(UserId(USER), UserId(REPORTING))
        ),
    )  # fmt: skip
    user = world.directory.user(ACME, UserId(USER))
    assert user is not None
    world.directory.add(replace(user, companies=frozenset({NORTH})))
    world.as_role(SystemRole.USER)


def test_up_18_a_person_follows_the_lines_that_they_may(world: World) -> None:
    fill_lines(world)
    lines = ["desk", "colleague", f"lines-{ACME}", "desk"]
    followed = world.call("PUT", f"{MINE}/lines", {"lines": lines})
    assert (followed.status, followed.json, followed.headers["ETag"]) == (200, {"lines": lines[:3]}, '"1"')
    assert world.call("GET", f"{MINE}/lines").json == {"lines": lines[:3]}
    assert world.call("GET", MINE).json["lines"] == lines[:3]
    assert world.call("PATCH", MINE, {"lines": ["colleague"]}).json["lines"] == ["colleague"]

    for answer in (
        world.call("PUT", f"{MINE}/lines", {"lines": ["colleague", "boss", "south"]}),
        world.call("PATCH", MINE, {"lines": ["boss", "south"], "high_sms": True}),
    ):
        assert said(answer) == (403, "LINE_NOT_YOURS")
        assert answer.json["errors"][0]["ids"] == ["boss", "south"]
    unknown = world.call("PUT", f"{MINE}/lines", {"lines": ["nowhere", f"lines-{RIVAL}", "boss"]})
    assert (unknown.status, faults(unknown)) == (400, [("/lines", "NO_SUCH_THING")])
    assert unknown.json["errors"][0]["ids"] == ["nowhere", f"lines-{RIVAL}"]


def test_decided_5_2_an_admin_is_judged_for_the_person_whose_settings_they_are(world: World) -> None:
    fill_lines(world)
    world.as_role(SystemRole.ADMIN)
    assert said(world.call("PUT", f"{of(USER)}/lines", {"lines": ["boss"]})) == (403, "LINE_NOT_YOURS")
    assert world.call("PUT", f"{MINE}/lines", {"lines": ["boss", "south", "desk"]}).status == 200
    # a line that may not be followed any more stays in the list, and new ones are judged
    world.call("PUT", f"{of(USER)}/lines", {"lines": ["colleague"]})
    world.directory.add(Group(tenant=ACME, id="crew", kind=GroupKind.HUNT_GROUP, name="Crew"))
    assert world.call("PUT", f"{of(USER)}/lines", {"lines": ["colleague", "desk"]}).status == 200


def test_decided_2_17_a_deleted_line_leaves_the_lists_of_its_followers(world: World) -> None:
    fill_lines(world)
    world.call("PUT", f"{MINE}/lines", {"lines": ["colleague", f"lines-{ACME}"]})
    world.as_role(SystemRole.OWNER)
    assert world.call("DELETE", "/lines/colleague").status == 204
    assert world.call("GET", of(USER)).json["lines"] == [f"lines-{ACME}"]
    world.call("PATCH", of(USER), {"high_sms": True})
    assert world.preferences.get(ACME, UserId(USER)).lines == (f"lines-{ACME}",)


def test_decided_2_17_settings_go_with_their_person(world: World) -> None:
    world.call("PATCH", of(REPORTING), {"high_sms": True})
    assert world.call("DELETE", f"/users/{REPORTING}").status == 204
    assert list(world.preferences.all(ACME)) == []


def test_decided_5_2_who_is_followed_sees_by_whom(world: World) -> None:
    fill_lines(world)
    world.call("PUT", f"{MINE}/lines", {"lines": ["colleague", "desk"]})
    world.as_role(SystemRole.ADMIN)
    world.call("PUT", f"{MINE}/lines", {"lines": ["boss"]})

    def followers(id: str) -> dict[str, list[str]]:
        user = world.directory.user(ACME, UserId(id))
        assert user is not None
        return {line.id: [who.id for who in those] for line, those in world.use.lines.followers(user)}

    assert followers(REPORTING) == {"colleague": [USER]}
    assert followers(OWNER) == {"boss": [ADMIN]}
    assert followers(USER) == {}
    assert followers(ADMIN) == {}
    me = world.directory.user(ACME, UserId(USER))
    assert me is not None
    choices = world.use.lines.choices(me, world.preferences.get(ACME, me.id))
    assert [(each.line.id, each.followed) for each in choices] == [
        ("desk", True), ("colleague", True), (f"lines-{ACME}", False),
    ]  # fmt: skip


@pytest.mark.parametrize("path", [MINE, f"{MINE}/lines", of(USER)])
def test_an_unknown_query_parameter_is_refused(world: World, path: str) -> None:
    assert said(world.call("GET", f"{path}?full=1")) == (400, "VALIDATE_FAILED")
