"""The inbox by API: list, unread ones, marks; a person's own only."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.functional.settings_api.conftest import ACME, RIVAL, World
from tocsin.identity.domain.permissions import SystemRole
from tocsin.inbox.domain.inbox_notice import InboxNotice
from tocsin.kernel.domain.ids import RoleId, UserId

ME, OTHER = UserId(f"user-{ACME}"), UserId(f"manager-{ACME}")
PATH = "/users/me/notifications"


def put(world: World, n: int, user: UserId = ME) -> InboxNotice:
    """Put a notice into an inbox; a greater `n` is a later one."""
    at = world.clock() - timedelta(hours=1) + timedelta(minutes=n)
    notice = InboxNotice(
        tenant=ACME, user=user, key=f"call|{n}", at=at, kind="call", title=f"Call {n}", text="From Eve"
    )
    world.inboxes.put([notice])
    return notice


@pytest.fixture
def world(world: World) -> World:
    world.as_role(SystemRole.USER)
    return world


def test_decided_5_12_a_person_reads_their_own_inbox_newest_first(world: World) -> None:
    first, second = put(world, 1), put(world, 2)
    world.inboxes.put([replace(second, url="https://desk.example/7", event="e2")])
    put(world, 3, OTHER)

    answer = world.call("GET", PATH)

    assert (answer.status, answer.json["next_cursor"], answer.json["unread"]) == (200, None, 2)
    newest, oldest = answer.json["items"]
    assert oldest == {
        "id": first.id, "kind": "call", "title": "Call 1", "text": "From Eve",
        "at": first.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"), "read": False,
    }  # fmt: skip
    assert (newest["id"], newest["url"], newest["event_id"]) == (second.id, "https://desk.example/7", "e2")


def test_decided_5_12_a_notice_is_marked_as_read_and_as_unread(world: World) -> None:
    one, two = put(world, 1), put(world, 2)

    marked = world.call("PATCH", f"{PATH}/{one.id}", {"read": True})

    assert (marked.status, marked.json["read"]) == (200, True)
    unread = world.call("GET", f"{PATH}?unread=true").json
    assert ([each["id"] for each in unread["items"]], unread["unread"]) == ([two.id], 1)
    assert len(world.call("GET", f"{PATH}?unread=false").json["items"]) == 2
    assert world.call("PATCH", f"{PATH}/{one.id}", {"read": False}).json["read"] is False
    assert world.call("GET", PATH).json["unread"] == 2


def test_decided_5_12_all_are_marked_at_once(world: World) -> None:
    put(world, 1), put(world, 2), put(world, 3, OTHER)
    assert world.call("POST", f"{PATH}/read_all", {}).json == {"marked": 2}
    assert world.call("POST", f"{PATH}/read_all", {}).json == {"marked": 0}
    assert world.call("GET", PATH).json["unread"] == 0
    assert world.inboxes.unread(ACME, OTHER, world.clock()) == 1


def test_pages_go_on_where_the_page_before_ended(world: World) -> None:
    ids = [put(world, n).id for n in range(3)]
    first = world.call("GET", f"{PATH}?limit=2").json
    second = world.call("GET", f"{PATH}?limit=2&cursor={first['next_cursor']}").json
    assert [each["id"] for each in (*first["items"], *second["items"])] == ids[::-1]
    assert second["next_cursor"] is None


def test_a_notice_of_another_person_or_account_is_not_found(world: World) -> None:
    other = put(world, 1, OTHER)
    world.inboxes.put([replace(other, tenant=RIVAL, user=ME)])
    for id in (other.id, "x"):
        assert world.call("PATCH", f"{PATH}/{id}", {"read": True}).status == 404
    assert world.call("GET", PATH).json["items"] == []


@pytest.mark.parametrize("role", SystemRole)
def test_decided_2_5_each_role_has_an_inbox(world: World, role: SystemRole) -> None:
    notice = put(world, 1, UserId(f"{role.value}-{ACME}"))
    world.as_role(role)
    assert [each["id"] for each in world.call("GET", PATH).json["items"]] == [notice.id]
    assert world.call("PATCH", f"{PATH}/{notice.id}", {"read": True}).status == 200
    assert world.call("POST", f"{PATH}/read_all", {}).status == 200


def test_an_api_key_has_no_inbox_and_a_token_that_reads_marks_nothing(world: World) -> None:
    for role in (None, RoleId(SystemRole.OWNER.value)):
        world.as_key(role)
        for method, path in (("GET", PATH), ("PATCH", f"{PATH}/x"), ("POST", f"{PATH}/read_all")):
            assert world.call(method, path, None if method == "GET" else {"read": True}).status == 403
    person = world.person("ana", "user")
    notice = put(world, 1, person.id)
    world.as_token(person, read_only=True)
    assert len(world.call("GET", PATH).json["items"]) == 1
    assert world.call("PATCH", f"{PATH}/{notice.id}", {"read": True}).status == 403
    assert world.call("POST", f"{PATH}/read_all", {}).status == 403


def test_what_is_wrong_is_named(world: World) -> None:
    notice = put(world, 1)
    for query, pointer in (("unread=maybe", "/unread"), ("limit=0", "/limit"), ("cursor=x", "/cursor"), ("q=1", "/q")):
        answer = world.call("GET", f"{PATH}?{query}")
        assert (answer.status, [each["detail"] for each in answer.json["errors"]]) == (400, [pointer])
    answer = world.call("PATCH", f"{PATH}/{notice.id}", {"read": "yes", "title": ""})
    assert (answer.status, {each["detail"] for each in answer.json["errors"]}) == (400, {"/read", "/title"})
