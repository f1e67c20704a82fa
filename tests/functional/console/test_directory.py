"""Companies, lines, phone numbers and groups, by the pages."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.functional.console.conftest import ACME, Account, Browser, plain
from tocsin.alert_rules.domain.rule import AlertRule
from tocsin.alert_rules.domain.triggers import FilterName, RuleTrigger, RuleType, TriggerFilters
from tocsin.directory.domain.things import (
    AnyThing,
    Company,
    Group,
    GroupKind,
    Kind,
    Line,
    NumberTarget,
    PhoneNumber,
)
from tocsin.identity.domain.permissions import SystemRole
from tocsin.kernel.domain.ids import CompanyId, TenantId, UserId

HOSTILE = '"><script>alert(1)</script>'
NORTH = CompanyId("north")
LINE, NUMBER, GROUP = (
    "/console/directory/lines/l1",
    "/console/directory/phone_numbers/n1",
    "/console/directory/groups/g1",
)


@pytest.fixture
def account(account: Account) -> Account:
    """Return the account with a company, a line, a number and a queue."""
    account.directory.add(
        Company(tenant=ACME, id=NORTH, name="North"),
        Line(tenant=ACME, id="l1", extension="201", label="Hall", company=NORTH, user=UserId("user")),
        Group(tenant=ACME, id="g1", kind=GroupKind.QUEUE, name="Sales", members=(UserId("user"),), company=NORTH),
        PhoneNumber(tenant=ACME, id="n1", e164="+447700900700", label="Front", sms_enabled=True, company=NORTH,
                    target=NumberTarget(kind="group", id="g1")),
    )  # fmt: skip
    return account


def stands(account: Account, kind: Kind, id: str) -> Any:
    return account.directory.get(ACME, kind, id)


def made(account: Account, kind: Kind) -> AnyThing:
    """Return the thing of a kind that a test made."""
    (found,) = [thing for thing in account.directory.all(ACME, kind) if thing.id not in ("l1", "g1", "n1", NORTH)]
    return found


def added(account: Account, to: str, **typed: Any) -> Browser:
    browser = account.signed_in()
    browser.open(f"/console/directory/{to}/new")
    browser.send(f"/directory/{to}/new", **typed)
    return browser


def test_the_menu_leads_to_the_lists_with_the_names_of_what_they_name(account: Account) -> None:
    browser = account.signed_in()
    browser.open("/console/alerts")
    browser.follow("Directory")

    assert browser.path == "/console/directory/lines"
    assert "201 Hall User North" in plain(browser.page.words)
    assert "+447700900700 Front Queue Sales yes North" in plain(browser.follow("Phone numbers").words)
    assert "Sales Queue 1 North" in plain(browser.follow("Groups").words)
    assert "North" in plain(browser.follow("Companies").words)


def test_one_thing_is_found_by_what_it_is_called(account: Account) -> None:
    browser = account.signed_in()
    browser.open("/console/directory/groups")
    browser.send("/directory/groups", find="sales")
    assert browser.path == GROUP
    browser.open("/console/directory/lines?find=20")
    assert "There is no line “20” that you may see." in browser.page.words


@pytest.mark.parametrize(
    ("kind", "typed", "expected"),
    [
        (Kind.COMPANY, {"name": " West "}, {"name": "West"}),
        (
            Kind.LINE,
            {"extension": "202", "aliases": "SIP/202\r\n\r\nLab", "user": "Admin@Example.org", "fisher_mode": "on"},
            {"aliases": ("SIP/202", "Lab"), "user": "admin", "fisher_mode": True, "company": None},
        ),
        (
            Kind.PHONE_NUMBER,
            {"e164": "+44 7700 900701", "line": "201", "company": "north"},
            {"e164": "+447700900701", "target": NumberTarget(kind="line", id="l1"), "company": "north"},
        ),
        (
            Kind.GROUP,
            {"kind": "hunt_group", "name": "Night", "members": "user@example.org\nadmin", "managers": ""},
            {"kind": GroupKind.HUNT_GROUP, "members": ("user", "admin"), "managers": ()},
        ),
    ],
)
def test_a_thing_is_added_once_however_often_the_form_is_sent(
    account: Account, kind: Kind, typed: dict[str, Any], expected: dict[str, Any]
) -> None:
    browser = account.signed_in()
    browser.open(f"/console/directory/{kind.value}/new")
    asked = browser.answer, browser.path
    for _ in range(2):
        browser.answer, browser.path = asked
        browser.send(f"/directory/{kind.value}/new", **typed)
        assert browser.answer.status == 200, plain(browser.page.words)

    thing = made(account, kind)
    assert {name: getattr(thing, name) for name in expected} == expected
    assert [entry.action for entry in account.directory.trail.entries.values()][-1].endswith(".created")


@pytest.mark.parametrize(
    ("kind", "typed", "field", "sentence"),
    [
        ("lines", {"extension": "2 0"}, "extension", "Extension: must have neither blanks nor #"),
        ("lines", {"extension": "201"}, "extension", "has this extension, or one of the other names already"),
        ("lines", {"extension": "9", "user": "nobody@example.org"}, "user", "No person of the account has the address"),
        ("phone_numbers", {"e164": "0770"}, "e164", "Number:"),
        ("phone_numbers", {"e164": "+447700900701", "line": "999"}, "line", "No line has the extension “999”."),
        ("phone_numbers", {"e164": "+447700900701", "line": "201", "group": "g1"}, "group", "not to both"),
        ("groups", {"name": "Sales", "kind": "queue"}, "name", "has this name already"),
        ("groups", {"name": "X", "members": "user@example.org\nx@y.z"}, "members", "“x@y.z”"),
        ("companies", {"name": "NORTH"}, "name", "has this name already"),
    ],
)
def test_a_fault_stands_at_its_field_and_what_was_typed_stays(
    account: Account, kind: str, typed: dict[str, Any], field: str, sentence: str
) -> None:
    browser = added(account, kind, **typed)

    assert browser.answer.status == 422
    assert sentence in plain(browser.page.words)
    assert f'id="f-{field}"' in browser.answer.text.partition('aria-invalid="true"')[0][-400:]
    form = next(form for form in browser.page.forms if "once" in dict(form.fields))
    assert {name: dict(form.fields)[name].replace("\r\n", "\n") for name in typed} == typed
    assert not [entry for entry in account.directory.trail.entries.values() if entry.action.endswith(".created")]


def test_all_faults_of_a_form_are_told_at_once(account: Account) -> None:
    browser = added(account, "lines", extension="2 0", user="nobody@example.org")

    assert "2 things are not right yet" in browser.page.words


def test_a_thing_is_changed_and_its_form_holds_what_stands(account: Account) -> None:
    browser = account.signed_in()
    browser.open(LINE)
    browser.send(LINE, label="Lobby")
    assert (stands(account, Kind.LINE, "l1").label, stands(account, Kind.LINE, "l1").version) == ("Lobby", 2)
    assert stands(account, Kind.LINE, "l1").user == "user"

    browser.open(NUMBER)
    browser.send(NUMBER, line="201", group="")
    assert stands(account, Kind.PHONE_NUMBER, "n1").target == NumberTarget(kind="line", id="l1")
    browser.send(NUMBER)
    assert stands(account, Kind.PHONE_NUMBER, "n1").version == 2, "what stands in the form is what stands"
    browser.open(GROUP)
    browser.send(GROUP, members="")
    assert stands(account, Kind.GROUP, "g1").members == ()


def test_a_lost_edit_is_told_with_both_versions_and_who_was_first(account: Account) -> None:
    mine, hers = account.signed_in(), account.signed_in(SystemRole.ADMIN)
    mine.open(LINE)
    hers.open(LINE)
    hers.send(LINE, label="Lobby")
    mine.send(LINE, label="Atrium")

    words = plain(mine.page.words)
    assert mine.answer.status == 422
    assert "Changed meanwhile by Admin, " in words
    assert "Label Lobby Atrium" in words
    assert stands(account, Kind.LINE, "l1").label == "Lobby"
    mine.send(LINE)  # save again: what was typed is still there, and now it is meant
    assert stands(account, Kind.LINE, "l1").label == "Atrium"


def test_a_lost_edit_is_told_also_after_a_fault_was_corrected(account: Account) -> None:
    browser = account.signed_in()
    browser.open(LINE)
    account.directory.add(replace(stands(account, Kind.LINE, "l1"), label="Lobby", version=2))
    browser.send(LINE, user="nobody@example.org")
    browser.send(LINE, user="")

    assert "Changed meanwhile" in browser.page.words
    assert stands(account, Kind.LINE, "l1").label == "Lobby"


@pytest.mark.parametrize("is_number", [False, True])
def test_the_page_says_how_many_alert_rules_name_a_thing(account: Account, is_number: bool) -> None:
    name, value = (FilterName.NUMBERS, "+447700900700") if is_number else (FilterName.LINES, "l1")
    trigger = RuleTrigger("t1", TriggerFilters({name: frozenset({value})}))
    rule = AlertRule(
        tenant=ACME, id="r1", name="Missed", type=RuleType.CALL, owner=UserId("user"), created_at=account.clock(),
        counts_from=account.clock(), triggers=(trigger,),
    )  # fmt: skip
    account.rules.rules[ACME, rule.id] = rule
    browser = account.signed_in(SystemRole.OWNER)
    path = NUMBER if is_number else LINE
    browser.open(f"{path}/delete")
    assert "1 alert rule names it" in browser.page.words
    assert ("This cannot be done yet" in browser.page.words) == is_number
    if not is_number:
        account.directory.things.pop((ACME, Kind.PHONE_NUMBER, "n1"), None)
        browser.open(f"{path}/delete")
        browser.send(f"{path}/delete")
        assert browser.path == "/console/directory/lines?said=deleted"


def test_what_a_number_leads_to_is_deleted_after_the_list_was_seen(account: Account) -> None:
    browser = account.signed_in()
    browser.open(f"{GROUP}/delete")
    assert "These lead to it, and then lead nowhere: phone number +447700900700" in plain(browser.page.words)

    account.directory.add(replace(stands(account, Kind.PHONE_NUMBER, "n1"), id="n2", e164="+447700900702"))
    browser.send(f"{GROUP}/delete")
    assert browser.answer.status == 409
    assert "+447700900702" in browser.page.words
    assert stands(account, Kind.GROUP, "g1") is not None
    browser.send(f"{GROUP}/delete")
    assert browser.path == "/console/directory/groups?said=deleted"
    assert stands(account, Kind.GROUP, "g1") is None
    assert [stands(account, Kind.PHONE_NUMBER, id).target for id in ("n1", "n2")] == [None, None]


def test_a_deletion_of_an_older_version_does_nothing(account: Account) -> None:
    browser = account.signed_in()
    browser.open(f"{LINE}/delete")
    account.directory.add(replace(stands(account, Kind.LINE, "l1"), version=2))
    browser.send(f"{LINE}/delete")

    assert browser.answer.status == 409
    assert "Nothing was deleted" in browser.page.words
    assert stands(account, Kind.LINE, "l1") is not None


def test_a_company_goes_from_what_belongs_to_it(account: Account) -> None:
    browser = account.signed_in()
    browser.open("/console/directory/companies/north/delete")
    assert "It goes from these, which stay: line 201 phone number +447700900700 group Sales" in plain(
        browser.page.words
    )
    browser.send("/companies/north/delete")

    assert stands(account, Kind.COMPANY, "north") is None
    assert stands(account, Kind.LINE, "l1").company is None


@pytest.mark.parametrize("role", list(SystemRole))
def test_who_reads_the_directory_and_who_changes_it(account: Account, role: SystemRole) -> None:
    account.directory.add(replace(stands(account, Kind.USER, "manager"), companies=frozenset({NORTH})))
    account.directory.add(Line(tenant=ACME, id="l2", extension="202", label="Else", aliases=("secret",)))
    browser = account.signed_in(role)
    words = plain(browser.open("/console/directory/lines").words)
    changes = role in (SystemRole.OWNER, SystemRole.ADMIN)

    assert browser.answer.status == 200
    assert ("Add a line" in words) is ("Import a file" in words) is changes
    assert ("202" in words) is (role is not SystemRole.MANAGER)  # managers see their companies
    own = role in (SystemRole.USER, SystemRole.QUEUE_MANAGER)
    assert ("secret" in words) is (not own and role is not SystemRole.MANAGER)
    browser.open(LINE)
    assert browser.answer.status == 200
    assert ("csrf" in browser.answer.text.partition("<main")[2]) is changes
    for path in ("lines/new", "lines/l1/delete", "import"):
        browser.open(f"/console/directory/{path}")
        assert (browser.answer.status == 200) is changes, path


def test_a_forged_form_of_a_reader_changes_nothing(account: Account) -> None:
    browser = account.signed_in(SystemRole.REPORTING)
    browser.open("/console/me/security")
    csrf = next(value for form in browser.page.forms for name, value in form.fields if name == "csrf")
    browser._go("POST", LINE, f"csrf={csrf}&extension=9&version=1", {})

    assert browser.answer.status == 403
    assert stands(account, Kind.LINE, "l1").extension == "201"


def test_a_colleagues_line_shows_its_extension_and_label_alone(account: Account) -> None:
    account.directory.add(replace(stands(account, Kind.LINE, "l1"), user=UserId("admin"), aliases=("secret",)))
    browser = account.signed_in(SystemRole.USER)
    words = plain(browser.open(LINE).words)

    assert "Hall" in words
    assert "secret" not in words
    assert "Admin" not in words


def test_a_thing_of_another_account_and_a_kind_that_is_none_are_not_there(account: Account) -> None:
    account.directory.add(Line(tenant=TenantId("other"), id="theirs", extension="1"))
    browser = account.signed_in()
    for path in ("lines/theirs", "lines/theirs/delete", "roles", "users", "roles/new"):
        browser.open(f"/console/directory/{path}")
        assert browser.answer.status == 404, path


def test_what_is_stored_is_shown_as_words(account: Account) -> None:
    account.directory.add(
        Company(tenant=ACME, id=NORTH, name=HOSTILE),
        Line(tenant=ACME, id="l1", extension=HOSTILE, label=HOSTILE, aliases=(HOSTILE,), company=NORTH),
        Group(tenant=ACME, id="g1", kind=GroupKind.QUEUE, name=HOSTILE, number=HOSTILE),
    )
    browser = account.signed_in()
    for kind, id in (("lines", "l1"), ("groups", "g1"), ("companies", "north"), ("phone_numbers", "n1")):
        for path in (kind, f"{kind}/{id}", f"{kind}/{id}/delete", f"{kind}/new"):
            browser.open(f"/console/directory/{path}")
            assert browser.answer.status == 200
            assert "<script>alert" not in browser.answer.text
