"""People by API: what is granted, who touches whom, states, invitations, transfers, oneself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.functional.gateway import Answer
from tests.functional.settings_api.conftest import ACME, NORTH, RIVAL, SOUTH, World
from tocsin.directory.domain.things import Group, Kind, Line
from tocsin.identity.domain.permissions import Permission, SystemRole
from tocsin.identity.domain.role import Role, Scope, ScopeKind
from tocsin.identity.domain.user import User, UserState
from tocsin.inbox.domain.inbox_notice import InboxNotice
from tocsin.kernel.domain.ids import RoleId, UserId

OWNER, ADMIN, MEMBER = f"account_owner-{ACME}", f"admin-{ACME}", f"user-{ACME}"


def user(world: World, id: str) -> User:
    found = world.thing(Kind.USER, id)
    assert isinstance(found, User)
    return found


def said(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.json["code"]


def as_custom(world: World, *permissions: Permission, companies: frozenset[Any] = frozenset()) -> Role:
    """Let a holder of a custom role call."""
    role = world.custom_role("own", ACME, *permissions)
    world.directory.add(role)
    world.as_person(world.person("holder", "own", companies=companies), role)
    return role


def test_a_person_is_made_read_changed_and_deleted(world: World) -> None:
    made = world.call("POST", "/users", {"email": "Ana@People.Example", "name": "Ana"})

    assert (made.status, made.headers["Location"], made.headers["ETag"]) == (201, f"users/{made.json['id']}", '"1"')
    assert {name: made.json[name] for name in ("email", "role", "state", "companies", "billing")} == {
        "email": "Ana@people.example", "role": "user", "state": "invited", "companies": [], "billing": False,
    }  # fmt: skip
    path = f"/users/{made.json['id']}"
    changed = world.call("PATCH", path, {"name": "Ana Banks", "companies": [NORTH]}, If_Match='"1"')
    assert (changed.json["name"], changed.json["companies"], changed.headers["ETag"]) == ("Ana Banks", [NORTH], '"2"')
    assert world.call("GET", path).json == changed.json
    assert world.call("DELETE", path).status == 204
    assert world.call("GET", path).status == 404
    actions = [entry.action for entry in world.trail.entries.values()]
    assert actions == ["user.created", "user.updated", "user.deleted"]


def test_a_deleted_person_has_no_inbox(world: World) -> None:
    at = world.clock()
    reporter = UserId("reporting-acme")
    for user_id in (reporter, UserId(ADMIN)):
        notice = InboxNotice(tenant=ACME, user=user_id, key="call|1", at=at, kind="call", title="Missed", text="")
        world.inboxes.put([notice])
    assert world.call("DELETE", f"/users/{reporter}").status == 204
    assert [notice.user for notice in world.inboxes.kept.values()] == [ADMIN]


@pytest.mark.parametrize("role", [SystemRole.OWNER, SystemRole.ADMIN])
def test_decided_2_1_administrators_link_contacts_to_a_person_and_a_push_keeps_them(
    world: World, role: SystemRole
) -> None:
    world.as_role(role)
    answer = world.call("PATCH", f"/users/{MEMBER}", {"contacts": ["c-02", " c-01 ", "c-02"]})

    assert (answer.status, answer.json["contacts"]) == (200, ["c-01", "c-02"])
    (entry,) = world.trail.entries.values()
    assert (entry.action, entry.before, entry.after) == (
        "user.updated", {"contacts": []}, {"contacts": ["c-01", "c-02"]},
    )  # fmt: skip
    person = user(world, MEMBER)
    pushed = world.call("PUT", "/directory/users/external/hr-7", {"email": person.email, "name": "Anew"})
    assert (pushed.status, pushed.json["name"], pushed.json["contacts"]) == (200, "Anew", ["c-01", "c-02"])
    assert world.call("PATCH", f"/users/{MEMBER}", {"contacts": None}).json["contacts"] == []


def test_decided_2_1_others_who_manage_people_link_no_contacts(world: World) -> None:
    as_custom(world, Permission.PEOPLE_MANAGE)
    body = {"email": "x@people.example", "name": "X"}

    assert said(world.call("PATCH", f"/users/{MEMBER}", {"contacts": ["c-01"]})) == (403, "FORBIDDEN")
    assert said(world.call("POST", "/users", {**body, "contacts": ["c-01"]})) == (403, "FORBIDDEN")
    assert world.call("PATCH", f"/users/{MEMBER}", {"name": "Anew"}).status == 200


@pytest.mark.parametrize("contacts", [[""], ["a,b"], ["x" * 129], [f"c-{n}" for n in range(21)], ["a\nb"], "c-01"])
def test_an_id_that_no_contact_can_have_is_not_linked(world: World, contacts: Any) -> None:
    answer = world.call("PATCH", f"/users/{MEMBER}", {"contacts": contacts})

    assert said(answer) == (400, "VALIDATE_FAILED")
    assert user(world, MEMBER).contacts == frozenset()


def test_a_patch_that_changes_nothing_writes_nothing(world: World) -> None:
    answer = world.call("PATCH", f"/users/{MEMBER}", {"name": user(world, MEMBER).name})

    assert (answer.status, answer.headers["ETag"]) == (200, '"1"')
    assert world.trail.entries == {}


@pytest.mark.parametrize("role", [SystemRole.OWNER.value])
def test_an_admin_neither_makes_nor_touches_owners(world: World, role: str) -> None:
    world.as_role(SystemRole.ADMIN)

    assert said(world.call("POST", "/users", {"email": "x@people.example", "name": "X", "role": role})) == (
        403, "EXCEEDS_YOURS",
    )  # fmt: skip
    assert said(world.call("PATCH", f"/users/{MEMBER}", {"role": role})) == (403, "EXCEEDS_YOURS")
    for method, path, body in (
        ("PATCH", "", {"name": "Y"}),
        ("DELETE", "", None),
        ("POST", "/disable", {}),
        ("POST", "/sessions/end", {}),
        ("POST", "/hand_over", {"to": MEMBER}),
    ):
        assert said(world.call(method, f"/users/{OWNER}{path}", body)) == (403, "FORBIDDEN")


def test_the_last_owner_stays_and_a_second_one_may_go(world: World) -> None:
    for method, path, body in (("PATCH", "", {"role": "user"}), ("DELETE", "", None), ("POST", "/disable", {})):
        assert said(world.call(method, f"/users/{OWNER}{path}", body)) == (409, "LAST_OWNER")
    assert user(world, OWNER).state is UserState.ACTIVE

    assert world.call("PATCH", f"/users/{MEMBER}", {"role": "account_owner"}).status == 200
    assert world.call("PATCH", f"/users/{OWNER}", {"role": "user"}).status == 200


def test_nobody_gives_a_permission_that_they_do_not_have(world: World) -> None:
    as_custom(world, Permission.PEOPLE_MANAGE, Permission.DIRECTORY_READ)
    for role in ("admin", "reporting", "manager"):
        body = {"email": f"{role}@people.example", "name": "X", "role": role}
        assert said(world.call("POST", "/users", body)) == (403, "EXCEEDS_YOURS"), role
    assert said(world.call("POST", "/roles", {"name": "Wide", "permissions": ["keys.manage"]})) == (
        403, "EXCEEDS_YOURS",
    )  # fmt: skip
    assert said(world.call("POST", "/roles", {"name": "Wide", "scopes": {"users": "all"}})) == (403, "EXCEEDS_YOURS")
    # nor do they change somebody who may do more
    assert said(world.call("PATCH", f"/users/{ADMIN}", {"email": "mine@people.example"})) == (403, "FORBIDDEN")

    assert world.call("POST", "/users", {"email": "u@people.example", "name": "U"}).status == 201
    assert world.call("POST", "/roles", {"name": "Fine", "permissions": ["directory.read"]}).status == 201


def test_who_manages_people_of_their_companies_stays_within_them(world: World) -> None:
    as_custom(world, Permission.PEOPLE_MANAGE, companies=frozenset({NORTH}))
    world.person("n", "user", companies=frozenset({NORTH}))
    world.person("s", "user", companies=frozenset({SOUTH}))

    assert {item["id"] for item in world.call("GET", "/users").json["items"]} == {"n", "holder"}
    assert said(world.call("GET", "/users/s")) == (403, "FORBIDDEN")
    assert said(world.call("PATCH", "/users/s", {"name": "S"})) == (403, "FORBIDDEN")
    assert said(world.call("PATCH", f"/users/{MEMBER}", {"name": "S"})) == (403, "FORBIDDEN")
    assert said(world.call("PATCH", "/users/n", {"companies": [NORTH, SOUTH]})) == (403, "EXCEEDS_YOURS")
    assert said(world.call("PATCH", "/users/n", {"companies": []})) == (403, "EXCEEDS_YOURS")
    assert world.call("PATCH", "/users/n", {"name": "N"}).status == 200


def test_the_billing_flag_is_given_by_owners_and_goes_with_the_role(world: World) -> None:
    world.as_role(SystemRole.ADMIN)
    assert said(world.call("PATCH", f"/users/{ADMIN}", {"billing": True})) == (403, "EXCEEDS_YOURS")
    world.as_role(SystemRole.OWNER)
    assert world.call("PATCH", f"/users/{ADMIN}", {"billing": True}).json["billing"] is True
    assert world.call("PATCH", f"/users/{ADMIN}", {"role": "user"}).json["billing"] is False


def test_an_api_key_with_an_owners_role_makes_neither_roles_nor_owners(world: World) -> None:
    world.as_key(RoleId(SystemRole.OWNER))

    assert world.call("POST", "/users", {"email": "k@people.example", "name": "K"}).status == 201
    assert said(world.call("POST", "/roles", {"name": "R"})) == (403, "FORBIDDEN")
    assert said(world.call("PATCH", f"/users/{MEMBER}", {"role": "account_owner"})) == (403, "EXCEEDS_YOURS")
    assert said(world.call("POST", f"/users/{OWNER}/disable", {})) == (403, "FORBIDDEN")
    assert said(world.call("GET", "/users/me")) == (403, "FORBIDDEN")


def test_disabling_refuses_everything_at_once_and_enabling_ends_that(world: World) -> None:
    member = user(world, MEMBER)
    world.session_of(member)

    answer = world.call("POST", f"/users/{MEMBER}/disable", {})

    assert (answer.status, answer.json["state"]) == (200, "disabled")
    assert world.sessions.sessions == {}
    assert user(world, MEMBER).signed_out_at == world.clock()
    assert world.provider.people[member.sub or ""].enabled is False
    assert world.call("POST", f"/users/{MEMBER}/disable", {}).status == 200  # a repeat is harmless
    assert world.call("POST", f"/users/{MEMBER}/enable", {}).json["state"] == "active"
    assert world.provider.people[member.sub or ""].enabled is True


def test_who_never_signed_in_is_invited_again_after_being_enabled(world: World) -> None:
    world.person("x", "user", state=UserState.DISABLED, confirmed_email=False)

    assert world.call("POST", "/users/x/enable", {}).json["state"] == "invited"


def test_a_sign_in_of_several_tenants_is_the_persons(world: World) -> None:
    member = user(world, MEMBER)
    world.directory.add(replace(member, tenant=RIVAL, id=UserId("same")))

    assert said(world.call("PATCH", f"/users/{MEMBER}", {"email": "new@people.example"})) == (409, "SHARED_SIGN_IN")
    world.call("POST", f"/users/{MEMBER}/disable", {})
    assert world.provider.people[member.sub or ""].enabled is True
    world.call("DELETE", f"/groups/groups-{ACME}")
    assert said(world.call("DELETE", f"/users/{MEMBER}"))[0] == 409  # in the group, whose number keeps it
    assert world.provider.people[member.sub or ""].email == member.email


def test_a_new_address_is_the_sign_ins_too(world: World) -> None:
    member = user(world, MEMBER)

    answer = world.call("PATCH", f"/users/{MEMBER}", {"email": "new@people.example"})

    assert answer.json["email"] == "new@people.example"
    assert world.provider.people[member.sub or ""].email == "new@people.example"
    assert user(world, MEMBER).confirmed_email is False
    taken = world.call("PATCH", f"/users/{MEMBER}", {"email": f"{ADMIN}@people.example"})
    assert said(taken) == (409, "ALREADY_EXISTS")
    assert world.provider.people[member.sub or ""].email == "new@people.example"


def test_sessions_end(world: World) -> None:
    world.session_of(user(world, MEMBER))
    world.session_of(user(world, ADMIN))

    assert world.call("POST", f"/users/{MEMBER}/sessions/end", {}).status == 200
    assert [session.user for session in world.sessions.sessions.values()] == [ADMIN]
    assert user(world, MEMBER).signed_out_at == world.clock()


def test_an_invitation_mails_a_first_password_and_a_new_one_replaces_it(world: World) -> None:
    made = world.call("POST", "/users", {"email": "new@people.example", "name": "New", "invite": True})
    assert made.status == 201
    (mail,) = world.outbox.mails
    (person,) = [each for each in world.provider.people.values() if each.email == "new@people.example"]
    assert (mail.to, f"Password: {person.password}" in mail.text) == ("new@people.example", True)
    assert "https://console.example" in mail.text

    world.call("POST", f"/users/{made.json['id']}/invite", {})
    assert f"Password: {person.password}" in world.outbox.mails[1].text
    assert world.outbox.mails[1].text != mail.text
    for _ in range(3):
        assert world.call("POST", f"/users/{made.json['id']}/invite", {}).status == 200
    refused = world.call("POST", f"/users/{made.json['id']}/invite", {})
    assert said(refused) == (429, "TOO_MANY_REQUESTS")
    assert int(refused.headers["Retry-After"]) > 3600


def test_an_invitation_of_somebody_who_signs_in_elsewhere_holds_no_password(world: World) -> None:
    elsewhere = world.person("busy", "user", RIVAL)
    world.provider.people[elsewhere.sub or ""].first = False

    world.call("POST", "/users", {"email": elsewhere.email, "name": "Busy", "invite": True})

    (mail,) = world.outbox.mails
    assert "Password" not in mail.text
    assert "Northwater has added you" in mail.subject + mail.text


def test_an_active_person_is_not_invited(world: World) -> None:
    assert said(world.call("POST", f"/users/{MEMBER}/invite", {})) == (409, "WRONG_STATE")
    assert world.outbox.mails == []


def test_deleting_a_person_lists_what_is_in_the_way_and_transfer_clears_it(world: World) -> None:
    world.directory.add(Line(tenant=ACME, id="l", extension="2002", user=UserId(MEMBER)))

    refused = world.call("DELETE", f"/users/{MEMBER}")

    assert said(refused) == (409, "IN_USE")
    assert [each["ids"] for each in refused.json["errors"]] == [["l"], [f"groups-{ACME}"]]
    assert world.call("POST", f"/users/{MEMBER}/hand_over", {"to": ADMIN}).status == 200
    line, group = world.thing(Kind.LINE, "l"), world.thing(Kind.GROUP, f"groups-{ACME}")
    assert isinstance(line, Line)
    assert isinstance(group, Group)
    assert (line.user, group.members) == (ADMIN, (ADMIN,))
    assert world.call("DELETE", f"/users/{MEMBER}").status == 204


@pytest.mark.parametrize("to", [MEMBER, "nobody", f"admin-{RIVAL}"])
def test_things_are_transferred_to_another_person_of_the_tenant(world: World, to: str) -> None:
    answer = world.call("POST", f"/users/{MEMBER}/hand_over", {"to": to})

    assert (answer.status, answer.json["errors"][0]["code"]) == (400, "NO_SUCH_THING")


def test_people_read_and_change_little_of_themselves(world: World) -> None:
    world.as_role(SystemRole.USER)
    assert world.call("GET", "/users/me").json["id"] == MEMBER

    answer = world.call(
        "PATCH", "/users/me", {"name": "Una", "zone": "Europe/London", "backup_phone": "+44 7700 900417"}
    )

    assert (answer.json["name"], answer.json["zone"], answer.json["backup_phone"]) == (
        "Una", "Europe/London", "+447700900417",
    )  # fmt: skip
    for body in ({"role": "admin"}, {"email": "nobody"}, {"billing": True}, {"companies": [NORTH]}):
        assert world.call("PATCH", "/users/me", body).status == 400
    assert world.call("PATCH", "/users/me", {"zone": None}).json["zone"] is None


def test_system_roles_are_listed_first_and_cannot_be_changed(world: World) -> None:
    items = world.call("GET", "/roles").json["items"]

    assert [item["id"] for item in items if item["system"]] == [role.value for role in SystemRole]
    assert "keys.manage" in world.call("GET", "/roles/permissions").json["items"]
    for method, body in (("PATCH", {"name": "x"}), ("DELETE", None)):
        assert said(world.call(method, "/roles/admin", body)) == (403, "FORBIDDEN")


def test_a_custom_role_keeps_what_was_chosen_and_goes_when_nobody_has_it(world: World) -> None:
    made = world.made(Kind.ROLE, name="Desk", permissions=["alerts.read", "alerts.send"], scopes={"users": "all"})

    assert (made["permissions"], made["scopes"]["users"], made["scopes"]["call_queues"]) == (
        ["alerts.read", "alerts.send"], "all", "own",
    )  # fmt: skip
    stored = world.thing(Kind.ROLE, made["id"])
    assert isinstance(stored, Role)
    assert stored.scopes[ScopeKind.USERS] is Scope.ALL
    world.call("PATCH", f"/users/{MEMBER}", {"role": made["id"]})
    refused = world.call("DELETE", f"/roles/{made['id']}")
    assert (said(refused), refused.json["errors"][0]["ids"]) == ((409, "IN_USE"), [MEMBER])
    assert world.call("PATCH", f"/roles/{made['id']}", {"permissions": ["rules.own"]}).status == 400


@pytest.mark.parametrize("act", ["disable", "enable", "sessions/end", "invite", "hand_over"])
def test_an_act_is_done_to_the_version_that_was_seen(world: World, act: str) -> None:
    body = {"to": ADMIN} if act == "hand_over" else {}

    answer = world.call("POST", f"/users/{MEMBER}/{act}", body, If_Match='"9"')

    assert said(answer) == (412, "PRECONDITION_FAILED")


def test_an_act_takes_no_unknown_field(world: World) -> None:
    answer = world.call("POST", f"/users/{MEMBER}/disable", {"when": "now"})

    assert (answer.status, answer.json["errors"][0]["code"]) == (400, "UNKNOWN_FIELD")
    assert user(world, MEMBER).state is UserState.ACTIVE


# --- the authenticator app, and addresses ------------------------------------------------------------------------


def with_app(world: World, id: str = MEMBER) -> User:
    """Give a person an authenticator app."""
    found = user(world, id)
    world.provider.people[found.sub or ""].mfa = True
    world.directory.add(replace(found, mfa=True))
    return user(world, id)


def test_an_app_is_turned_off_and_its_person_is_told(world: World) -> None:
    member = with_app(world)

    assert world.call("POST", f"/users/{MEMBER}/mfa/reset", {}).status == 200
    assert not world.provider.people[member.sub or ""].mfa
    assert not user(world, MEMBER).mfa
    (mail,) = world.outbox.mails
    assert (mail.to, "Northwater has turned your authenticator app off" in mail.text) == (member.email, True)
    assert [entry.action for entry in world.trail.entries.values()] == ["user.mfa_reset"]


def test_a_repeat_turns_off_what_the_directory_does_not_know_of(world: World) -> None:
    member = user(world, MEMBER)
    world.provider.people[member.sub or ""].mfa = True

    assert world.call("POST", f"/users/{MEMBER}/mfa/reset", {}).status == 200
    assert not world.provider.people[member.sub or ""].mfa


@pytest.mark.parametrize("caller", [SystemRole.ADMIN, SystemRole.OWNER])
def test_an_administrator_never_resets_the_app_of_an_owner(world: World, caller: SystemRole) -> None:
    owner = with_app(world, f"account_owner-{ACME}")
    world.as_role(caller)

    answer = world.call("POST", f"/users/{owner.id}/mfa/reset", {})

    assert answer.status == (200 if caller is SystemRole.OWNER else 403)
    assert world.provider.people[owner.sub or ""].mfa is (caller is SystemRole.ADMIN)


def test_a_custom_role_that_manages_people_resets_no_app(world: World) -> None:
    with_app(world)
    world.as_person(user(world, ADMIN), world.custom_role("desk", ACME, Permission.PEOPLE_MANAGE))
    assert said(world.call("POST", f"/users/{MEMBER}/mfa/reset", {})) == (403, "FORBIDDEN")


def test_the_app_of_a_person_of_several_accounts_is_theirs(world: World) -> None:
    member = with_app(world)
    elsewhere = world.person("elsewhere", "user", RIVAL, sub=member.sub)

    assert said(world.call("POST", f"/users/{MEMBER}/mfa/reset", {})) == (409, "SHARED_SIGN_IN")
    assert world.provider.people[member.sub or ""].mfa
    world.directory.add(replace(elsewhere, state=UserState.INVITED))
    assert world.call("POST", f"/users/{MEMBER}/mfa/reset", {}).status == 200


@pytest.mark.parametrize("act", ["app", "address"])
def test_an_account_that_was_not_accepted_changes_no_sign_in_and_learns_nothing(world: World, act: str) -> None:
    elsewhere = world.person("busy", "user", RIVAL)
    world.provider.people[elsewhere.sub or ""].mfa = True
    world.person("guest", "user", sub=elsewhere.sub, state=UserState.INVITED, email=elsewhere.email)

    if act == "app":
        answer = world.call("POST", "/users/guest/mfa/reset", {})
    else:
        answer = world.call("PATCH", "/users/guest", {"email": "mine@people.example"})

    assert answer.status == 200
    person = world.provider.people[elsewhere.sub or ""]
    assert (person.mfa, person.email) == (True, elsewhere.email)
    (mail,) = world.outbox.mails
    assert (mail.to, "Northwater asked us to" in mail.text) == (elsewhere.email, True)


def test_both_addresses_are_told_of_a_change_by_an_administrator(world: World) -> None:
    member = user(world, MEMBER)
    world.call("PATCH", f"/users/{MEMBER}", {"email": "new@people.example"})
    assert [mail.to for mail in world.outbox.mails] == [member.email, "new@people.example"]


def test_nobody_changes_the_address_of_an_owner_or_their_own_without_a_proof(world: World) -> None:
    world.person("second", "account_owner")
    own = f"account_owner-{ACME}"
    for id in ("second", own):
        answer = world.call("PATCH", f"/users/{id}", {"email": "new@people.example"})
        assert said(answer) == (403, "FORBIDDEN")
    assert world.outbox.mails == []


def test_an_own_address_holds_once_it_is_confirmed(world: World) -> None:
    before = user(world, f"account_owner-{ACME}")
    answer = world.call("PATCH", "/users/me", {"email": "new@people.example", "name": "Olivia"})

    assert answer.status == 200
    assert (answer.json["email"], answer.json["name"]) == (before.email, "Olivia")
    (mail,) = world.outbox.mails
    assert mail.to == "new@people.example"
    assert "https://console.example/console/me/address?token=" in mail.text
    assert world.provider.people[before.sub or ""].email == before.email
    assert world.call("PATCH", "/users/me", {"email": before.email}).status == 200
    assert len(world.outbox.mails) == 1


def test_an_own_address_is_asked_for_five_times_a_day_at_most(world: World) -> None:
    for number in range(5):
        assert world.call("PATCH", "/users/me", {"email": f"new{number}@people.example"}).status == 200
    assert said(world.call("PATCH", "/users/me", {"email": "new@people.example"})) == (429, "TOO_MANY_REQUESTS")
    assert len(world.outbox.mails) == 5


@pytest.mark.parametrize(
    ("here", "elsewhere", "kept"),
    [
        (UserState.ACTIVE, UserState.ACTIVE, True),
        (UserState.ACTIVE, UserState.DISABLED, True),
        (UserState.ACTIVE, UserState.INVITED, False),  # otherwise the next sign-in would accept the invitation
        (UserState.INVITED, UserState.INVITED, True),
        (UserState.INVITED, UserState.ACTIVE, True),
    ],
)
def test_a_sign_in_lives_as_long_as_a_membership_that_counts(
    world: World, here: UserState, elsewhere: UserState, kept: bool
) -> None:
    person = world.person("leaving", "user", state=here)
    world.person("elsewhere", "user", RIVAL, sub=person.sub, state=elsewhere)

    assert world.call("DELETE", "/users/leaving").status == 204
    assert (person.sub in world.provider.people) is kept
