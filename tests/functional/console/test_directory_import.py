"""A file of the telephone system is imported by the page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.functional.console.conftest import ACME, PASSWORD, Account, Browser, plain
from tocsin.directory.application import import_directory
from tocsin.directory.domain.things import Company, Kind, Line
from tocsin.identity.domain.permissions import Permission, Reach, SystemRole
from tocsin.identity.domain.role import Role
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.ids import CompanyId, RoleId, UserId

PAGE, PEOPLE = "/console/directory/import", "/console/users/import"
LINES = "Ext;Label;User;Room\n201;Lobby;admin@example.org;7\n202;Lab;;8\n"


@pytest.fixture
def account(account: Account) -> Account:
    """Return the account with a line and a company."""
    account.directory.add(
        Company(tenant=ACME, id=CompanyId("north"), name="North"),
        Line(tenant=ACME, id="l1", extension="201", label="Hall", user=UserId("user")),
        Line(tenant=ACME, id="l9", extension="209", label="Old"),
    )
    return account


def checked(browser: Browser, table: str, kind: str = "lines", page: str = PAGE, **typed: Any) -> str:
    """Paste a table and press Check; return the words of the page."""
    browser.open(page)
    browser.send(page.removeprefix("/console"), ("part", "plan"), kind=kind, table=table, **typed)
    return plain(browser.page.words)


def applied(browser: Browser, page: str = PAGE, **typed: Any) -> str:
    browser.send(page.removeprefix("/console"), ("part", "apply"), **typed)
    return plain(browser.page.words)


def lines(account: Account) -> dict[str, tuple[str, str | None]]:
    found = account.directory.all(ACME, Kind.LINE)
    return {line.extension: (line.label, line.user) for line in found if isinstance(line, Line)}


def states(account: Account) -> dict[str, str]:
    return {user.id: user.state.value for user in account.directory.all(ACME, Kind.USER) if isinstance(user, User)}


def test_a_file_is_mapped_planned_and_applied(account: Account) -> None:
    browser = account.signed_in()
    words = checked(browser, LINES)
    assert "Line 1 Extension no column is this: say which one is" in words  # the file calls it Ext
    browser.send("/directory/import", ("part", "plan"), field=["extension", "label", "user", ""])

    words = plain(browser.page.words)
    assert "adds 1" in words
    assert "line 202" in words
    assert "line 201 Label Hall Lobby" in words
    assert "line 201 Person User Admin" in words
    assert "1 in the directory and not in the file, which stay Which line 209" in words
    assert lines(account) == {"201": ("Hall", "user"), "209": ("Old", None)}

    applied(browser)
    assert browser.path == "/console/directory/lines?said=imported-file"
    assert lines(account) == {"201": ("Lobby", "admin"), "202": ("Lab", None), "209": ("Old", None)}


@pytest.mark.parametrize(
    ("file", "notice"),
    [
        ("extension,label\r\n202,Köln\r\n".encode("utf-8-sig"), False),
        ("extension;label\r\n202;Köln\r\n".encode("cp1252"), True),
        ("extension\tlabel\n202\tKöln\n".encode("utf-16"), False),
        ('sep=;\r\nlabel;extension\r\n"Köln";="202"\r\n'.encode(), False),
    ],
)
def test_a_file_is_uploaded_as_spreadsheets_save_it(account: Account, file: bytes, notice: bool) -> None:
    browser = account.signed_in()
    browser.open(PAGE)
    browser.attached = file
    browser.send("/directory/import", ("part", "plan"), kind="lines")
    assert ("Windows-1252" in browser.page.words) is notice
    applied(browser)

    assert lines(account)["202"] == ("Köln", None)


def test_an_uploaded_file_counts_more_than_what_was_pasted_and_mapped(account: Account) -> None:
    browser = account.signed_in()
    checked(browser, LINES)
    browser.attached = b"extension,label\n203,New\n"
    browser.send("/directory/import", ("part", "plan"))
    applied(browser)

    assert lines(account).keys() == {"201", "203", "209"}


def test_faults_stand_by_line_and_column_and_nothing_is_applied(account: Account) -> None:
    browser = account.signed_in()
    table = "extension,user,label\n201,none@example.org,a\n2 2,,b\n201,,c,d"
    words = checked(browser, table)

    assert browser.answer.status == 422
    assert "Line 2 Person names nothing in users" in words
    assert "Line 3 Extension must have neither blanks nor #" in words
    assert "Line 4 the line has more cells than the header" in words
    assert ("table", table) in [field for form in browser.page.forms for field in form.fields]
    assert "part" not in [name for form in browser.page.forms for name, value, _ in form.buttons if value == "apply"]
    browser.send("/directory/import", ("part", "apply"), plan="x" * 32)
    assert browser.answer.status == 422
    assert lines(account)["201"] == ("Hall", "user")


def test_a_directory_that_moved_since_the_plan_is_told(account: Account) -> None:
    browser = account.signed_in()
    checked(browser, "extension,label\n201,Lobby\n")
    account.directory.add(Line(tenant=ACME, id="l1", extension="201", label="Atrium", version=2))

    words = applied(browser)
    assert browser.answer.status == 409
    assert "The directory was changed after you looked." in words
    assert "line 201 Label Atrium Lobby" in words
    assert lines(account)["201"][0] == "Atrium"
    applied(browser)
    assert lines(account)["201"][0] == "Lobby"


def test_a_second_click_does_nothing_and_says_so(account: Account) -> None:
    browser = account.signed_in()
    checked(browser, "extension\n202\n")
    asked = browser.answer, browser.path
    applied(browser)
    browser.answer, browser.path = asked

    assert "Everything in the file is in the directory already." in applied(browser)
    assert len(lines(account)) == 3


def test_a_long_import_goes_on_from_the_page(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_directory, "WRITES_FOR", import_directory.WRITES_FOR * 0)
    browser = account.signed_in()
    checked(browser, "extension\n" + "".join(f"5{n:02}\n" for n in range(30)))

    assert "12 things remain" in applied(browser)
    applied(browser)
    assert browser.path == "/console/directory/lines?said=imported-file"
    assert len(lines(account)) == 32


def test_who_is_missing_is_disabled_after_the_list_was_seen_and_the_number_typed(account: Account) -> None:
    browser = account.signed_in()
    words = checked(browser, "email\nuser@example.org\n", "users", PEOPLE, disable="on")
    assert "disables 4" in words
    assert "Reporting (reporting@example.org)" in words

    assert "Tick the box" in applied(browser, PEOPLE)
    assert "Type 4 into the field" in applied(browser, PEOPLE, sure="on", count="3")
    assert set(states(account).values()) == {"active"}
    applied(browser, PEOPLE, sure="on", count="4")
    assert browser.path == "/console/users?said=imported-file"
    assert [id for id, state in states(account).items() if state == "active"] == ["accountowner", "user"]


def test_a_list_of_people_that_has_grown_is_shown_anew(account: Account) -> None:
    browser = account.signed_in()
    everybody = "".join(f"{user.email}\n" for user in account.people.values() if user.id != "reporting")
    checked(browser, f"email\n{everybody}", "users", PEOPLE, disable="on")
    account.directory.add(replace(account.people[SystemRole.USER], id=UserId("new"), email="new@example.org", sub=None))

    assert "New" not in applied(browser, PEOPLE, sure="on", count="2") or browser.answer.status == 409
    assert states(account)["reporting"] == states(account)["new"] == "active"


def test_people_are_imported_after_a_fresh_proof_and_what_was_uploaded_is_kept(account: Account) -> None:
    browser = account.signed_in()
    browser.open(PEOPLE)
    browser.attached = b"email,name\nana@example.org,Ana Ruiz\n"
    browser.send("/users/import", ("part", "plan"), kind="users")
    account.advance(minutes=16)
    applied(browser, PEOPLE)

    assert browser.path.startswith("/console/prove")
    assert len(states(account)) == 6
    browser.send("/console/prove", password=PASSWORD)
    assert browser.path == PEOPLE
    assert "adds 1" in browser.page.words
    applied(browser, PEOPLE)
    assert list(states(account).values()).count("invited") == 1


def test_a_joined_file_makes_people_with_lines(account: Account) -> None:
    browser = account.signed_in()
    words = checked(browser, "email,name,extension,company\nana@example.org,Ana Ruiz,301,West\n", "joined")
    assert "Ana Ruiz (ana@example.org)" in words
    applied(browser)

    ana = next(id for id, state in states(account).items() if state == UserState.INVITED)
    assert lines(account)["301"] == ("", ana)


@pytest.mark.parametrize(
    ("chosen", "page", "kinds"),
    [
        (Permission.DIRECTORY_MANAGE, PAGE, ["lines", "phone_numbers", "groups", "companies"]),
        (Permission.PEOPLE_MANAGE, PEOPLE, ["users"]),
    ],
)
def test_each_sees_the_kinds_that_they_may_change(
    account: Account, chosen: Permission, page: str, kinds: list[str]
) -> None:
    account.directory.add(
        Role(ACME, RoleId("desk"), "Desk", {chosen: Reach.ALL}),
        replace(account.people[SystemRole.USER], role=RoleId("desk")),
    )
    browser = account.signed_in(SystemRole.USER)
    browser.open(page)
    offered = browser.answer.text.partition('name="kind"')[2].partition("</select>")[0]

    assert [part.partition('"')[0] for part in offered.split('value="')[1:]] == kinds
    browser.send(page.removeprefix("/console"), ("part", "plan"), kind="joined", table="extension\n1\n")
    assert browser.answer.status == 403


def test_what_a_file_says_is_shown_as_words(account: Account) -> None:
    hostile = '"><script>alert(1)</script>'
    quoted = '"' + hostile.replace('"', '""') + '"'
    browser = account.signed_in()
    checked(browser, f"extension,label,{quoted}\n201,{quoted},x\n{quoted},=1+1,\n")
    assert "<script>alert" not in browser.answer.text
    checked(browser, f'extension,label\n201,{quoted}\n202,=HYPERLINK("x")\n'.replace('("x")', "(x)"))
    assert "<script>alert" not in browser.answer.text
    assert hostile in browser.page.words
    applied(browser)
    assert lines(account) == {"201": (hostile, "user"), "202": ("=HYPERLINK(x)", None), "209": ("Old", None)}


def test_without_a_table_the_page_says_what_is_missing(account: Account) -> None:
    browser = account.signed_in()
    assert "Choose what the file is, and give one." in checked(browser, " ")
    assert browser.answer.status == 422


def test_people_of_a_file_are_invited_if_the_box_is_ticked(account: Account) -> None:
    browser = account.signed_in()
    words = checked(browser, "email,name\nnew@example.org,New\n", "users", PEOPLE, invite="on")
    assert "invites 1New (new@example.org)" in words
    assert "Add 1, invite 1" in words

    applied(browser, PEOPLE)

    assert [mail.to for mail in account.mails.sent] == ["new@example.org"]
