"""Imports of CSV files by API."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.functional.gateway import Answer
from tests.functional.settings_api.conftest import ACME, NORTH, RIVAL, World
from tocsin.audit.domain.actor import Via
from tocsin.directory.application import import_directory
from tocsin.directory.domain import import_file
from tocsin.directory.domain.things import Kind, Line, NumberTarget, PhoneNumber
from tocsin.identity.domain.permissions import Permission, SystemRole
from tocsin.identity.domain.user import User, UserState

MEMBER = f"user-{ACME}"
LINES = "Extension;LABEL;user\n2001;Front;\n2002;Lab;{who}\n"


def load(world: World, kind: str, csv: str, **more: Any) -> Answer:
    return world.call("POST", "/directory/imports", {"kind": kind, "csv": csv, **more})


def faults(answer: Answer) -> set[tuple[int, str, str]]:
    return {(each["line"], each["column"], each["code"]) for each in answer.json["faults"]}


def test_a_plan_says_what_an_import_would_do_and_changes_nothing(world: World) -> None:
    answer = load(world, "lines", LINES.format(who=f"{MEMBER.upper()}@people.example"))

    assert (answer.status, answer.json["state"], answer.json["counts"]) == (
        200, "planned", {"adds": 1, "changes": 1, "missing": 0, "disables": 0, "stops": 0, "invites": 0, "faults": 0,
                          "unchanged": 0},
    )  # fmt: skip
    (added,) = answer.json["adds"]
    assert (added["extension"], added["user"]) == ("2002", MEMBER)  # named by the address, in any case
    assert answer.json["changes"] == [{"id": f"lines-{ACME}", "field": "label", "before": "Hall", "after": "Front"}]
    assert world.trail.entries == {}


def test_an_applied_import_is_audited_as_one_and_a_second_one_changes_nothing(world: World) -> None:
    csv = LINES.format(who=MEMBER)

    assert load(world, "lines", csv, mode="apply").json["state"] == "applied"
    assert {entry.via for entry in world.trail.entries.values()} == {Via.IMPORT}
    again = load(world, "lines", csv, mode="apply").json["counts"]
    assert (again["adds"], again["changes"], again["unchanged"]) == (0, 0, 2)
    line = world.thing(Kind.LINE, f"lines-{ACME}")
    assert isinstance(line, Line)
    assert (line.label, line.company) == ("Front", NORTH)  # the file has no column for the company


def test_columns_have_other_names_by_mapping_and_numbers_lead_to_lines_and_groups(world: World) -> None:
    csv = "DDI,Rings,Sales group,Colour\n+44 7700 900001,2001,,red\n+447700900055,,sales,blue\n"

    answer = load(
        world, "phone_numbers", csv, mode="apply", mapping={"ddi": "e164", "Rings": "line", "sales group": "group"}
    )

    assert answer.status == 200, answer.text
    number = world.thing(Kind.PHONE_NUMBER, f"phone_numbers-{ACME}")
    assert isinstance(number, PhoneNumber)
    assert number.target is not None
    assert (number.target.kind, number.target.id) == ("line", f"lines-{ACME}")
    made = [t for t in world.directory.all(ACME, Kind.PHONE_NUMBER) if t.id != number.id]
    assert [t.target and t.target.id for t in made if isinstance(t, PhoneNumber)] == [f"groups-{ACME}"]


def test_faults_name_line_and_column_and_nothing_is_applied(world: World) -> None:
    csv = (
        "email,name,role,companies,zone\n"
        "a@people.example,A,user,,\n"
        "nobody,,planet,North; West,Mars\n"
        f"{MEMBER}@people.example,U,user,,\n"
        "A@people.example,Again,user,,\n"
        "o@people.example,O,account_owner,,\n"
    )

    planned = load(world, "users", csv)

    assert planned.status == 200
    assert faults(planned) == {
        (3, "role", "NO_SUCH_THING"), (3, "companies", "NO_SUCH_THING"), (5, "", "DUPLICATE"), (6, "", "FORBIDDEN"),
    }  # fmt: skip
    applied = load(world, "users", csv, mode="apply")
    assert (applied.status, applied.json["code"]) == (422, "IMPORT_REFUSED")
    assert {each["detail"] for each in applied.json["errors"]} == {
        "/csv/3/role", "/csv/3/companies", "/csv/5/", "/csv/6/",
    }  # fmt: skip
    assert faults(load(world, "users", "email,name,zone\nnobody,,Mars\n")) == {
        (2, "email", "WRONG_FORM"), (2, "name", "TOO_SHORT"), (2, "zone", "UNKNOWN_ZONE"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("csv", "expected"),
    [
        ("\n", {(1, "", "REQUIRED")}),
        ("a,b\n1,2\n", {(1, "", "REQUIRED"), (2, "name", "REQUIRED")}),
        ("name,Name\nX,Y\n", {(1, "name", "DUPLICATE")}),
        ("name\nX,Y,Z\n", {(2, "", "TOO_MANY")}),
        ('name\n"X\n', {(0, "", "WRONG_FORM")}),
    ],
)
def test_what_is_no_table_is_a_fault(world: World, csv: str, expected: set[tuple[int, str, str]]) -> None:
    assert faults(load(world, "companies", csv)) == expected


def test_a_file_has_at_most_so_many_lines(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_file, "ROWS", 2)

    assert faults(load(world, "companies", "name\nA\nB\nC\n")) == {(4, "", "TOO_MANY")}


def test_an_import_applies_the_plan_that_was_seen(world: World) -> None:
    csv = LINES.format(who="")
    seen = load(world, "lines", csv).json["id"]

    world.call("PATCH", f"/lines/lines-{ACME}", {"label": "Moved"})
    moved = load(world, "lines", csv, mode="apply", plan_id=seen)
    assert (moved.status, moved.json["code"]) == (409, "SUPERSEDED")
    assert load(world, "lines", csv, mode="apply", plan_id=load(world, "lines", csv).json["id"]).status == 200


def test_who_is_missing_is_disabled_after_the_list_was_confirmed(world: World) -> None:
    world.as_role(SystemRole.ADMIN)
    csv = f"email\n{MEMBER}@people.example\n"
    planned = load(world, "users", csv, disable_missing=True).json
    gone = {f"{role}-{ACME}" for role in ("manager", "queue_manager", "reporting")}  # no owner, not who imports
    assert set(planned["disables"]) == gone

    refused = load(world, "users", csv, disable_missing=True, mode="apply")
    assert (refused.status, refused.json["code"]) == (409, "CONFIRM_REQUIRED")
    assert set(refused.json["errors"][0]["ids"]) == gone
    world.person("later", "user")
    other = load(world, "users", csv, disable_missing=True, mode="apply", confirm=refused.json["confirm"])
    assert other.status == 409  # the list has grown since

    done = load(world, "users", csv, disable_missing=True, mode="apply", confirm=other.json["confirm"])
    assert done.status == 200
    disabled = {
        user.id
        for user in world.directory.all(ACME, Kind.USER)
        if isinstance(user, User) and user.state is UserState.DISABLED
    }
    assert disabled == gone | {"later"}


def test_without_the_tick_who_is_missing_stays(world: World) -> None:
    answer = load(world, "users", f"email\n{MEMBER}@people.example\n", mode="apply").json

    assert (answer["counts"]["missing"], answer["disables"]) == (5, [])
    assert world.trail.entries == {}


def test_an_import_needs_the_right_of_its_kind(world: World) -> None:
    role = world.custom_role("own", ACME, Permission.DIRECTORY_MANAGE)
    world.as_person(world.person("h", "own"), role)

    assert load(world, "lines", "extension\n9\n").status == 200
    assert load(world, "users", "email,name\nx@people.example,X\n").status == 403


def test_an_import_gives_nothing_that_the_caller_does_not_have(world: World) -> None:
    role = world.custom_role("own", ACME, Permission.PEOPLE_MANAGE)
    world.as_person(world.person("h", "own"), role)

    answer = load(world, "users", f"email,name,role\nx@people.example,X,admin\nadmin-{ACME}@people.example,Mine,\n")

    assert faults(answer) == {(2, "", "EXCEEDS_YOURS"), (3, "", "FORBIDDEN")}


def test_an_import_knows_nothing_of_another_tenant(world: World) -> None:
    answer = load(world, "lines", f"extension,user\n9,{MEMBER.replace(ACME, RIVAL)}@people.example\n")

    assert faults(answer) == {(2, "user", "NO_SUCH_THING")}


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        ("name\nKöln\n".encode(), "utf-8"),
        ("name\r\nKöln\r\n".encode("utf-8-sig"), "utf-8"),
        ("name\nKöln\n".encode("cp1252"), "cp1252"),
        ("name\tx\nKöln\t\n".encode("utf-16"), "utf-16"),
    ],
)
def test_a_file_may_be_the_body(world: World, body: bytes, encoding: str) -> None:
    query = {"kind": ["companies"], "mode": ["apply"]}

    answer = world.gateway.call("POST", "/directory/imports", body, {"Content-Type": "text/csv"}, query)

    assert (answer.status, answer.json["encoding"], answer.json["adds"][0]["name"]) == (200, encoding, "Köln")


def test_a_joined_file_is_people_with_their_lines_and_numbers(world: World) -> None:
    csv = (
        "Email,Name,Extension,Label,E164,Number label,Company\n"
        "ana@people.example,Ana,3001,Ana desk,+447700900301,Ana direct,West\n"
        "ana@people.example,Ana,3002,Ana lab,,,West\n"
        ",,2001,Front,+447700900001,,north\n"
    )

    planned = load(world, "joined", csv).json
    assert (planned["state"], planned["faults"]) == ("planned", [])
    assert sorted(each["kind"] for each in planned["adds"]) == ["companies", "lines", "lines", "phone_numbers", "users"]
    assert [(each["kind"], each["field"]) for each in planned["changes"]] == [
        ("lines", "label"), ("phone_numbers", "target"),
    ]  # fmt: skip
    assert load(world, "joined", csv, mode="apply", plan_id=planned["id"]).json["state"] == "applied"

    ana = next(t for t in world.directory.all(ACME, Kind.USER) if isinstance(t, User) and t.name == "Ana")
    lines = {t.extension: t for t in world.directory.all(ACME, Kind.LINE) if isinstance(t, Line)}
    leads = {t.e164: t.target for t in world.directory.all(ACME, Kind.PHONE_NUMBER) if isinstance(t, PhoneNumber)}
    assert [lines[extension].user for extension in ("3001", "3002", "2001")] == [ana.id, ana.id, None]
    assert leads == {
        "+447700900301": NumberTarget(kind="line", id=lines["3001"].id),
        "+447700900001": NumberTarget(kind="line", id=lines["2001"].id),
    }
    again = load(world, "joined", csv, mode="apply").json["counts"]
    assert (again["adds"], again["changes"]) == (0, 0)


def test_faults_of_a_joined_file_name_its_own_columns(world: World) -> None:
    csv = "email,extension,e164,number_label\nnobody,3001,,\n,,,x\n,a b,12,\n"

    assert faults(load(world, "joined", csv)) == {
        (2, "email", "WRONG_FORM"), (2, "name", "REQUIRED"), (3, "", "REQUIRED"), (4, "extension", "WRONG_FORM"),
    }  # fmt: skip


def test_a_joined_import_needs_both_rights(world: World) -> None:
    role = world.custom_role("own", ACME, Permission.DIRECTORY_MANAGE)
    world.as_person(world.person("h", "own"), role)

    assert load(world, "joined", "extension\n9\n").status == 403


def test_a_long_import_goes_on_with_the_next_call(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    csv = "extension\n" + "".join(f"5{n:03}\n" for n in range(40))
    seen = load(world, "lines", csv).json["id"]
    monkeypatch.setattr(import_directory, "WRITES_FOR", timedelta())  # every call's time is over after one part

    first = load(world, "lines", csv, mode="apply", plan_id=seen)
    assert (first.status, first.json["state"], first.json["remaining"]) == (202, "partial", 22)
    assert load(world, "lines", csv, mode="apply", plan_id=seen).json["code"] == "SUPERSEDED"
    second = load(world, "lines", csv, mode="apply", plan_id=first.json["id"])
    assert (second.status, second.json["remaining"]) == (202, 4)
    last = load(world, "lines", csv, mode="apply", plan_id=second.json["id"])
    assert (last.status, last.json["state"], last.json["remaining"]) == (200, "applied", 0)
    assert len(world.directory.all(ACME, Kind.LINE)) == 41


def test_disabling_goes_on_with_the_confirmation_of_the_answer_before(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_directory, "WRITES_FOR", timedelta())
    csv = f"email\n{MEMBER}@people.example\n"
    answer = load(world, "users", csv, disable_missing=True)
    calls = 0
    while answer.json["state"] != "applied":
        given = {"plan_id": answer.json["id"], "confirm": answer.json["confirm"]}
        answer = load(world, "users", csv, disable_missing=True, mode="apply", **given)
        calls += 1

    assert (answer.status, calls) == (200, 4)  # one person with each call: admin, manager, queue manager, reporting


@pytest.mark.parametrize(
    ("csv", "fault"),
    [
        # another line keeps the extension, or the alias, that a line would get
        ("external_id,extension\nx1,2002\n", (2, "", "ALREADY_EXISTS")),
        ("external_id,extension,label\nx1,2002,Lab\nx2,2002,Hall\n", (3, "", "DUPLICATE")),
        ("extension,aliases\n7001,2001\n", (2, "", "ALREADY_EXISTS")),
        ("external_id,extension\nnew,2001\n", (2, "external_id", "ALREADY_EXISTS")),
        (f"external_id,extension\n{'x' * 256},7001\n", (2, "external_id", "TOO_LONG")),
    ],
)
def test_names_that_are_taken_are_faults_of_the_plan(world: World, csv: str, fault: tuple[int, str, str]) -> None:
    for id, extension in (("x1", "2001"), ("x2", "2002")):
        world.directory.add(Line(tenant=ACME, id=f"l{id}", extension=extension, external_id=id))
    del world.directory.things[ACME, Kind.LINE, f"lines-{ACME}"]

    assert fault in faults(load(world, "lines", csv))


def test_lines_of_one_file_exchange_their_extensions(world: World) -> None:
    for number in range(1, 6):
        line = Line(tenant=ACME, id=f"l{number}", extension=f"200{number}", external_id=f"x{number}")
        world.directory.add(line)
    del world.directory.things[ACME, Kind.LINE, f"lines-{ACME}"]
    csv = "external_id,extension\nx1,2002\nx2,2001\nx3,2004\nx4,2005\nx5,2006\nnew,2003\n"

    answer = load(world, "lines", csv.replace("new,2003\n", ""), mode="apply")

    assert (answer.status, answer.json["state"]) == (200, "applied")
    extensions = {line.external_id: line.extension for line in world.directory.all(ACME, Kind.LINE)}  # type: ignore[union-attr]
    assert extensions == {"x1": "2002", "x2": "2001", "x3": "2004", "x4": "2005", "x5": "2006"}
    assert load(world, "lines", csv, mode="apply").json["counts"]["adds"] == 1


def test_a_ring_of_extensions_fits_into_a_transaction_or_is_a_fault(world: World) -> None:
    for number in range(40):
        world.directory.add(Line(tenant=ACME, id=f"m{number}", extension=f"30{number:02}", external_id=f"y{number}"))

    def ring(size: int) -> str:
        return "external_id,extension\n" + "".join(f"y{n},30{(n + 1) % size:02}\n" for n in range(size))

    assert faults(load(world, "lines", ring(19))) == {(2, "", "TOO_MANY")}
    assert load(world, "lines", ring(18), mode="apply").json["state"] == "applied"


def test_a_person_who_signs_in_takes_no_address_of_another_person(world: World) -> None:
    for name in ("ana", "ben"):
        world.person(name, "user", external_id=f"x-{name}")
    csv = "external_id,email\nx-ana,ben@people.example\nx-ben,ana@people.example\n"

    assert faults(load(world, "users", csv)) == {(2, "", "ALREADY_EXISTS"), (3, "", "ALREADY_EXISTS")}
    assert load(world, "users", csv, mode="apply").status == 422


def test_an_address_of_a_shared_sign_in_is_a_fault_of_the_plan(world: World) -> None:
    ana = world.person("ana", "user", external_id="x1")
    world.directory.add(replace(ana, tenant=RIVAL))

    answer = load(world, "users", "external_id,email\nx1,other@people.example\n")

    assert faults(answer) == {(2, "", "SHARED_SIGN_IN")}


def test_a_mapping_names_columns_that_there_are(world: World) -> None:
    answer = load(world, "lines", "Ext,label\n9001,x\n", mapping={"Ext": "extention", "label": ""})

    assert (1, "Ext", "UNKNOWN_FIELD") in faults(answer)
    ignored = load(world, "lines", "Ext,label\n9001,x\n", mapping={"Ext": "extension", "label": ""})
    assert ignored.json["adds"][0]["label"] == ""


def test_a_big_import_is_written_in_parts(world: World) -> None:
    sizes: list[int] = []
    commit = world.directory.commit

    def counting(changes: Any) -> None:
        sizes.append(len(changes))
        commit(changes)

    world.directory.commit = counting  # type: ignore[method-assign]
    answer = load(
        world, "lines", "extension,external_id\n" + "".join(f"5{n:03},x{n}\n" for n in range(300)), mode="apply"
    )

    assert (answer.status, answer.json["counts"]["adds"], len(answer.json["adds"])) == (200, 300, 200)
    assert sum(sizes) == 300
    assert max(sizes) * 5 <= 100  # rows of a transaction: thing, entry, extension, external id


PEOPLE = "email,name\nnew@people.example,New\nsoon@people.example,Soon\n{member}@people.example,Member\n"


def mails(world: World) -> list[str]:
    return sorted(mail.to for mail in world.outbox.mails)


def test_people_are_invited_by_an_import_only_if_it_says_so_and_each_once(world: World) -> None:
    csv = PEOPLE.format(member=MEMBER)
    assert load(world, "users", csv, mode="apply").json["invites"] == []
    assert mails(world) == []

    planned = load(world, "users", csv, invite=True)
    assert planned.json["invites"] == ["new@people.example", "soon@people.example"]  # the member is active
    assert (planned.json["counts"]["invites"], mails(world)) == (2, [])
    for _ in range(2):
        done = load(world, "users", csv, mode="apply", invite=True)
        assert (done.status, done.json["state"]) == (200, "applied")
    assert mails(world) == ["new@people.example", "soon@people.example"]


def test_an_import_whose_time_is_over_goes_on_with_the_invitations(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    csv = PEOPLE.format(member=MEMBER)
    load(world, "users", csv, mode="apply")
    monkeypatch.setattr(import_directory, "WRITES_FOR", timedelta(0))

    first = load(world, "users", csv, mode="apply", invite=True)

    assert (first.status, first.json["state"], first.json["remaining"]) == (202, "partial", 2)
    monkeypatch.undo()
    again = load(world, "users", csv, mode="apply", invite=True, plan_id=first.json["id"])
    assert (again.status, again.json["state"]) == (200, "applied")
    assert mails(world) == ["new@people.example", "soon@people.example"]
