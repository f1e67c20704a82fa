"""Telephony events by API: who reads which, filters and pages, and what an event did."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.functional.settings_api.conftest import ACME, NORTH, RIVAL, SOUTH, World
from tests.functional.settings_api.rules_world import CALLS, MAIL
from tocsin.alert_rules.domain.run import RuleRun, RuleRunState, run_id
from tocsin.directory.domain.things import Group, GroupKind, Line, PhoneNumber
from tocsin.identity.domain.permissions import Permission, SystemRole
from tocsin.identity.domain.role import Scope, ScopeKind, system_role
from tocsin.kernel.domain.ids import RoleId, TenantId, UserId
from tocsin.personal_notices.domain.notice import NoticeKind, PersonalNotice
from tocsin.personal_notices.domain.notice_run import NoticeRun, NoticeRunWritten, PersonTold
from tocsin.personal_notices.domain.outcomes import NoticeChannel, NoticeOutcome
from tocsin.preferences.domain.settings import NotificationSettings
from tocsin.telephony.domain.acts import ActKind
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.stored_event import StoredEvent


def keep(
    world: World, id: str, at: datetime | None = None, tenant: TenantId = ACME, acts: Any = (), **data: Any
) -> StoredEvent:
    """Keep a missed call, by default of a stranger to a stranger, received now."""
    at = at or world.clock()
    given: dict[str, Any] = {
        "callId": id, "direction": "incoming", "status": "missed", "durationSeconds": 18,
        "from": {"number": "+447700900777"}, "to": {"number": "+442079460000"}, **data,
    }  # fmt: skip
    type = given.pop("type", "call.ended")
    stored = StoredEvent.new(TelephonyEvent("pbx", id, type, at, at, given), tuple(acts), {})
    world.events.insert(tenant, [stored])
    return stored


def read(world: World, query: str = "") -> list[str]:
    """Return the sender's ids of all events of a list, page by page."""
    return [item["id"] for page in pages(world, query) for item in page]


def pages(world: World, query: str) -> Iterator[list[Any]]:
    cursor = None
    while True:
        more = f"&cursor={cursor}" if cursor else ""
        answer = world.call("GET", f"/events?{query}{more}")
        assert answer.status == 200, answer.text
        yield answer.json["items"]
        cursor = answer.json["next_cursor"]
        if cursor is None:
            return


def filled(world: World) -> None:
    """Fill the account: things of two companies, and one event about each."""
    world.directory.add(
        Line(tenant=ACME, id="mine", extension="2010", user=UserId(f"user-{ACME}"), company=SOUTH, aliases=("sip:x",)),
        Line(tenant=ACME, id="north", extension="2011", company=NORTH),
        Group(
            tenant=ACME, id="queue", kind=GroupKind.QUEUE, name="Support",
            managers=(UserId(f"queue_manager-{ACME}"),), company=SOUTH,
        ),
        PhoneNumber(tenant=ACME, id="number", e164="+447700900555", company=SOUTH),
    )  # fmt: skip
    keep(world, "of-mine", line="SIP:x")
    keep(world, "of-north", line="2011")
    keep(world, "of-queue", type="queue.call_lost", queue={"id": "queue"})
    keep(world, "of-number", to={"number": "07700900555"}, phoneNumber="+447700900555")
    disk = {"freeBytes": 1, "usedBytes": 2}
    nothing = TelephonyEvent("pbx", "of-nothing", "disk.low", world.clock(), world.clock(), disk)
    world.events.insert(ACME, [StoredEvent.new(nothing, (), {})])
    keep(world, "of-stranger")


EVERYTHING = {"of-mine", "of-north", "of-queue", "of-number", "of-nothing", "of-stranger"}


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        (SystemRole.OWNER, EVERYTHING),
        (SystemRole.ADMIN, EVERYTHING),
        (SystemRole.MANAGER, {"of-north"}),
        (SystemRole.QUEUE_MANAGER, {"of-queue"}),
        (SystemRole.USER, {"of-mine"}),
    ],
)
def test_decided_3_20_each_role_reads_events_about_its_things(world: World, role: SystemRole, seen: set[str]) -> None:
    filled(world)
    world.as_role(role)
    if role is SystemRole.MANAGER:
        user = world.person("manager-north", "manager", companies=frozenset({NORTH}))
        world.as_person(user, system_role(ACME, role))

    assert set(read(world)) == seen
    for stored in list(world.events.kept.values()):
        expected = 200 if stored.event.id in seen else 403
        for path in ("", "/explain"):
            assert world.call("GET", f"/events/{stored.name}{path}").status == expected, (stored.event.id, path)


@pytest.mark.parametrize("chosen", [(), (ScopeKind.CALL_QUEUES,), (ScopeKind.PHONE_NUMBERS,), tuple(ScopeKind)])
def test_a_custom_role_reads_events_by_its_data_scopes(world: World, chosen: tuple[ScopeKind, ...]) -> None:
    filled(world)
    role = world.custom_role("own", ACME, Permission.ALERTS_READ)
    role = replace(role, scopes=dict.fromkeys(chosen, Scope.ALL))
    world.directory.add(role)
    world.as_person(world.person("holder", "own"), role)

    of_kind = {ScopeKind.CALL_QUEUES: {"of-queue"}, ScopeKind.PHONE_NUMBERS: {"of-number"}}
    seen = {id for kind in chosen for id in of_kind.get(kind, ())}
    assert set(read(world)) == (EVERYTHING - {"of-nothing"} if set(chosen) == set(ScopeKind) else seen)


def test_a_reporter_and_api_keys_read_no_events(world: World) -> None:
    event = keep(world, "e1", line="2001")
    for key in (False, True):
        if key:
            world.as_key(RoleId("admin"))
        else:
            world.as_role(SystemRole.REPORTING)
        for path in ("/events", f"/events/{event.name}", f"/events/{event.name}/explain", "/events?nonsense=1"):
            assert world.call("GET", path).status == 403, path


def test_events_of_another_tenant_are_not_there(world: World) -> None:
    theirs = keep(world, "e1", tenant=RIVAL, line="2001")
    assert read(world) == []
    for path in ("", "/explain"):
        assert world.call("GET", f"/events/{theirs.name}{path}").status == 404


def test_decided_3_18_a_list_has_the_last_day_and_events_are_kept_for_a_week(world: World) -> None:
    now = world.clock()
    for days in range(9):
        keep(world, f"d{days}", now - timedelta(days=days))
    assert read(world) == ["d0", "d1"]
    assert read(world, f"from={at(now - timedelta(hours=23))}") == ["d0"]
    assert read(world, f"from={at(now - timedelta(days=30))}") == ["d0", "d1", "d2", "d3", "d4", "d5", "d6"]
    assert read(world, f"from={at(now - timedelta(days=3))}&to={at(now - timedelta(days=1))}") == ["d2", "d3"]
    answer = world.call("GET", "/events").json
    assert (answer["kept_days"], answer["since"], answer["until"]) == (
        7, "2026-11-22T12:00:00.000Z", "2026-11-23T12:00:00.000Z",
    )  # fmt: skip


def test_filters_and_pages_find_what_a_plain_look_at_all_events_finds(world: World) -> None:
    dice, now = random.Random(5), world.clock()
    world.directory.add(Line(tenant=ACME, id="l1", extension="2010", aliases=("desk",)))
    lines, numbers = ["2010", "desk", "l1", "2020"], ["+447700900101", "+447700900102"]
    kept = []
    for n in range(150):
        data: dict[str, Any] = {"line": dice.choice(lines), "from": {"number": dice.choice(numbers)}}
        data["type"] = dice.choice(["call.ended", "call.offered"])
        kept.append(keep(world, f"e{n}", now - timedelta(seconds=dice.randint(1, 3 * 86_400)), **data))
    kept.sort(key=lambda stored: stored.place, reverse=True)
    for _ in range(12):
        since, line = now - timedelta(hours=dice.randint(1, 72)), dice.choice([None, *lines])
        number, type = dice.choice([None, *numbers]), dice.choice([None, "call.ended"])
        wanted = {"from": at(since), "line": line, "number": number and number.replace("+", "%2B"), "type": type}
        query = "&".join(f"{name}={value}" for name, value in wanted.items() if value)
        same_line = {"2020"} if line == "2020" else {"2010", "desk", "l1"}
        assert read(world, f"{query}&limit={dice.choice([3, 7, 100])}") == [
            stored.event.id
            for stored in kept
            if stored.event.received_at >= since
            and (line is None or stored.event.data["line"] in same_line)
            and number in (None, stored.event.data["from"]["number"])
            and type in (None, stored.event.type)
        ]


def test_a_page_goes_on_where_the_one_before_ended(world: World) -> None:
    for n in range(5):
        keep(world, f"e{n}", world.clock() - timedelta(minutes=n))
    first = world.call("GET", "/events?limit=2").json
    second = world.call("GET", f"/events?limit=2&cursor={first['next_cursor']}").json
    assert [item["id"] for item in first["items"] + second["items"]] == ["e0", "e1", "e2", "e3"]
    for query in ("limit=2&type=call.ended", "from=2026-11-20T00:00:00Z"):
        assert world.call("GET", f"/events?{query}&cursor={first['next_cursor']}").json["code"] == "VALIDATE_FAILED"


@pytest.mark.parametrize("query", ["from=yesterday", "to=2026-11-23T12:00:00", "limit=0", "event=x", "cursor=x"])
def test_a_query_that_cannot_be_is_told(world: World, query: str) -> None:
    assert world.call("GET", f"/events?{query}").status == 400


# --- explanations ---------------------------------------------------------------------------------------------------


def a_rule(world: World, **more: Any) -> str:
    answer = world.call("POST", "/alert_rules", {**CALLS, "notifications": [MAIL], **more})
    assert answer.status == 201, answer.text
    world.clock.advance(timedelta(seconds=6))
    found: str = answer.json["id"]
    return found


def ran(
    world: World, rule: str, stored: StoredEvent, state: RuleRunState = RuleRunState.SENT, version: int = 1
) -> None:
    at = stored.event.received_at
    world.runs.add(
        RuleRun(
            tenant=ACME, rule=rule, id=run_id(rule, stored.name, at), at=at, state=state, event=stored.name,
            rule_version=version, entities=("Trigger 1",),
        )
    )  # fmt: skip


def test_decided_3_12_an_event_says_all_it_did_and_what_it_missed(world: World) -> None:
    fired, missed = a_rule(world), a_rule(world, name="Busy", triggers=[{"filters": {"statuses": ["busy"]}}])
    far = [{"filters": {"statuses": ["busy"], "directions": ["outgoing"]}}]
    a_rule(world, name="Far", triggers=far)
    stored = keep(world, "e1", acts=[[ActKind.RULE.value, fired, 1, ["t"]]])
    ran(world, fired, stored)

    found = world.call("GET", f"/events/{stored.name}/explain").json

    (rule,) = found["rules"]
    assert (rule["alert_rule"], rule["fired"], rule["run"]["state"], rule["rule_version"]) == (fired, True, "sent", 1)
    assert all(gate["passed"] for gate in rule["gates"])
    (miss,) = found["near_misses"]
    assert (miss["alert_rule"], miss["filter"]["name"], miss["filter"]["got"]) == (missed, "statuses", ["missed"])
    assert world.call("GET", f"/alert_rules/{fired}/explain?event={stored.name}").json == rule


def test_a_rule_is_explained_in_the_version_that_stood_when_the_event_came(world: World) -> None:
    rule = a_rule(world)
    trigger = world.call("GET", f"/alert_rules/{rule}").json["triggers"][0]["id"]
    stored = keep(world, "e1", acts=[[ActKind.RULE.value, rule, 1, [trigger]]])
    unmatched = keep(world, "e2", status="answered")
    ran(world, rule, stored)
    world.clock.advance(timedelta(minutes=1))
    for status in ("busy", "answered"):
        path = f"/alert_rules/{rule}/triggers/{trigger}"
        assert world.call("PATCH", path, {"filters": {"statuses": [status]}}).status == 200

    told = [world.call("GET", f"/alert_rules/{rule}/explain?event={each.name}").json for each in (stored, unmatched)]

    assert [(each["rule_version"], each["fired"]) for each in told] == [(1, True), (1, False)]
    (verdict,) = told[1]["triggers"][0]["filters"]
    assert (verdict["wanted"], verdict["got"]) == (["missed"], ["answered"])
    assert told[1]["sentence"] == "no trigger matches the event"


def test_who_may_not_see_the_rule_or_the_event_gets_no_explanation(world: World) -> None:
    filled(world)
    rule = a_rule(world)
    named = {stored.event.id: stored.name for stored in world.events.kept.values()}
    world.as_role(SystemRole.USER)
    mine = a_rule(world)
    assert world.call("GET", f"/alert_rules/{mine}/explain?event={named['of-mine']}").status == 200
    assert world.call("GET", f"/alert_rules/{mine}/explain?event={named['of-north']}").status == 403
    assert world.call("GET", f"/alert_rules/{rule}/explain?event={named['of-mine']}").status == 403
    assert world.call("GET", f"/alert_rules/{mine}/explain?event={'0' * 32}").status == 404
    assert world.call("GET", f"/alert_rules/{mine}/explain").json["errors"][0]["code"] == "REQUIRED"
    told = world.call("GET", f"/events/{named['of-mine']}/explain").json
    assert [each["alert_rule"] for each in told["rules"]] == [mine]


def at(time: datetime) -> str:
    return time.isoformat().replace("+00:00", "Z")


def told(world: World, stored: StoredEvent, *people: PersonTold) -> None:
    """Note that people were told of an event."""
    notice = PersonalNotice(
        tenant=ACME, kind=NoticeKind.CALL, key=stored.name, at=world.clock(), subject="Missed call", line="Missed call",
        event=stored.name,
    )  # fmt: skip
    world.notice_runs.write(NoticeRunWritten(NoticeRun(notice, people, world.clock())))


def test_decided_5_13_an_event_says_who_was_told_and_why_a_person_was_not(world: World) -> None:
    filled(world)
    me, boss = UserId(f"user-{ACME}"), UserId(f"admin-{ACME}")
    stored = next(each for each in world.events.kept.values() if each.event.id == "of-mine")
    mails = ((NoticeChannel.EMAIL, NoticeOutcome.SENT), (NoticeChannel.TEXT, NoticeOutcome.NO_NUMBER))
    told(world, stored, PersonTold(me, "own line 2010", mails))
    path = f"/events/{stored.name}/explain"
    channels = [
        {"channel": "email", "state": "sent", "reason": None, "reason_text": None},
        {"channel": "text", "state": "skipped", "reason": "no_number",
         "reason_text": "there is neither an own number nor a backup phone"},
    ]  # fmt: skip
    mine = {"user": me, "notice": "call", "because": "own line 2010", "channels": channels}

    world.as_role(SystemRole.USER)
    found = world.call("GET", path).json
    assert found["acts"] == [{"kind": "notice", "notice": "call", "people": [mine]}]
    assert "people" not in found
    assert world.call("GET", f"{path}?user=me").json["people"] == [mine]
    assert world.call("GET", f"{path}?user={me}").json["people"] == [mine]
    assert world.call("GET", f"{path}?user={boss}").status == 403

    world.as_role(SystemRole.ADMIN)
    assert world.call("GET", f"{path}?user={me}").json["people"] == [mine]
    assert world.call("GET", f"{path}?user=no-such-person").status == 404
    assert world.call("GET", f"{path}?nonsense=1").status == 400
    (other,) = world.call("GET", f"{path}?user=me").json["people"]
    assert {each["reason"] for each in other["channels"]} == {"not_member"}


def test_decided_5_13_reasons_of_a_person_who_was_not_told(world: World) -> None:
    filled(world)
    me = UserId(f"user-{ACME}")
    late = world.clock() - timedelta(hours=2)
    event = TelephonyEvent(
        "pbx", "late", "call.ended", late, world.clock(),
        {"callId": "c", "direction": "incoming", "status": "missed", "durationSeconds": 1, "line": "2010",
         "from": {"number": "+447700900777"}, "to": {"number": "2010"}},
    )  # fmt: skip
    world.events.insert(ACME, [StoredEvent.new(event, (), {})])
    coming = keep(world, "now", line="2010", acts=[[ActKind.NOTICE.value]])
    off = keep(world, "off", line="2010")
    world.preferences.add(NotificationSettings(tenant=ACME, user=me, communication=frozenset(), version=1))
    world.as_role(SystemRole.USER)

    def asked(name: str) -> list[Any]:
        (person,) = world.call("GET", f"/events/{name}/explain?user=me").json["people"]
        return sorted({each["reason"] for each in person["channels"]})

    assert (asked(event.name), asked(off.name), asked(coming.name)) == (["too_late"], ["off"], [])
