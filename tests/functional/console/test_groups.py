"""Contact groups on pages: people, sets, a table, copies of what API keys hold, and deleting."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from tests.functional.console.conftest import ACME, Account, Browser, plain
from tests.functional.console.test_alerts import HOSTILE
from tocsin.contacts.domain.contact import ContactGroup
from tocsin.identity.domain.account_key import ACCOUNT_KEY
from tocsin.identity.domain.permissions import SystemRole
from tocsin.kernel.domain.ids import ApiKeyId, StoreId, TenantId
from tocsin.stored_content.application.read_stores import group_of
from tocsin.stored_content.domain.stored_content import ContentType, StoredContent

CREW = {
    "name": "crew",
    "contacts": [
        {"id": "Ana", "sms": "+447700900101", "lookups": {"firstname": "Ana"}},
        {"id": "Ben", "sms": "+447700900102", "email": "ben@example.org"},
    ],
    "sets": [{"name": "night", "ids": ["Ana"]}],
}


def stored(
    account: Account, key_id: str = ACCOUNT_KEY, tenant: TenantId = ACME, name: str = "Crew", number: int = 1
) -> str:
    """Store the crew, and return the id."""
    store_id = f"01a1ffa6-0000-7000-8000-{number:012}"
    account.stores.put(
        StoredContent(
            tenant=tenant,
            key_id=ApiKeyId(key_id),
            store_id=StoreId(store_id),
            type=ContentType.CONTACT_GROUP,
            tag="crew",
            name=name,
            content=json.dumps(CREW),
            created_at=account.clock(),
            lifetime=None,
            expires_at=None,
        )
    )
    return store_id


def group(account: Account, store_id: str) -> ContactGroup:
    """Return a group of the account as it is stored."""
    return group_of(account.stores.stores[ACME, ACCOUNT_KEY][StoreId(store_id)])


def actions(account: Account) -> list[str]:
    """Return the actions of the audit trail, oldest first."""
    return [entry.action for entry in account.directory.trail.entries.values()]


def made(browser: Browser, name: str = "Night crew") -> str:
    """Make a group, and return its id."""
    browser.open("/console/groups/new")
    browser.send("/console/groups/new", name=name)
    return browser.path.split("/")[-1].split("?")[0]


def test_a_group_is_made_filled_and_offered_to_an_alert(account: Account) -> None:
    browser = account.signed_in()
    store_id = made(browser)
    browser.follow("Add a person")
    browser.send("/person", ("part", "save"), name="Ana", sms="+44 7700 900101", words="firstname = Ana")

    assert browser.path == f"/console/groups/{store_id}?said=saved"
    (ana,) = group(account, store_id).contacts.values()
    assert (ana.id, ana.lookups) == ("Ana", {"firstname": "Ana"})
    assert "Night crew" in browser.open("/console/groups").words
    assert "Night crew" in browser.open("/console/alerts/new").words
    assert actions(account)[-2:] == ["contact_group.created", "contact_group.updated"]


def test_a_group_does_not_end_because_no_alert_uses_it(account: Account) -> None:
    store_id = made(account.signed_in())

    assert account.stores.stores[ACME, ACCOUNT_KEY][StoreId(store_id)].expires_at is None


def test_a_form_that_is_sent_twice_makes_one_group_and_a_second_one_of_the_name_is_refused(account: Account) -> None:
    browser = account.signed_in()
    browser.open("/console/groups/new")
    form = browser.answer, browser.path
    paths = []
    for _ in range(2):
        browser.answer, browser.path = form
        browser.send("/console/groups/new", name="Crew")
        paths.append(browser.path)
    assert paths[0] == paths[1]

    browser.open("/console/groups/new")
    browser.send("/console/groups/new", name="Crew")

    assert browser.answer.status == 422
    assert "There is one of this name already." in browser.page.words
    assert len(account.stores.stores[ACME, ACCOUNT_KEY]) == 1


def test_a_person_is_changed_and_what_the_form_does_not_show_stays(account: Account) -> None:
    store_id = stored(account)
    browser = account.signed_in()
    browser.open(f"/console/groups/{store_id}")
    browser.follow("Ana")
    browser.send("/person", ("part", "save"), quiet="own", to="07:00", **{"from": "22:00"})

    ana = group(account, store_id).contacts["Ana"]
    assert (ana.sms, ana.lookups) == ("+447700900101", {"firstname": "Ana"})
    assert "22:00–07:00" in browser.page.words
    assert list(group(account, store_id).contacts) == ["Ana", "Ben"]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": ""}, "Give the person a name."),
        ({"name": "A,B"}, "commas"),
        ({"sms": "0770"}, "must begin with + and the country code"),
        ({"email": "ana"}, "An email address"),
        ({"quiet": "own", "from": "22:00", "to": "22:00"}, "quiet hours end"),
        ({"quiet": "own", "from": "22:00", "to": "07:00", "zone": "Mars/Base"}, "the name of a time zone"),
        ({"words": "no equals sign"}, "Line 1 is not of the form"),
        ({"name": "Ben"}, "There is a person of this name"),
    ],
)
def test_a_persons_faults_stand_at_their_fields_and_nothing_changes(
    account: Account, typed: dict[str, str], sentence: str
) -> None:
    store_id = stored(account)
    browser = account.signed_in()
    browser.open(f"/console/groups/{store_id}/person")
    browser.send("/person", ("part", "save"), **{"name": "Ivo", "call": "+447700900109", **typed})

    assert browser.answer.status == 422
    assert sentence in browser.page.words
    assert ("call", "+447700900109") in [field for form in browser.page.forms for field in form.fields]
    assert list(group(account, store_id).contacts) == ["Ana", "Ben"]
    assert "contact_group.updated" not in actions(account)


def test_two_people_who_change_the_same_person_do_not_overwrite_each_other(account: Account) -> None:
    store_id = stored(account)
    first, second = account.signed_in(), account.signed_in(SystemRole.ADMIN)
    for browser in (first, second):
        browser.open(f"/console/groups/{store_id}/person?name=Ana")
    first.send("/person", ("part", "save"), sms="+447700900111")
    second.send("/person", ("part", "save"), sms="+447700900222")

    assert second.answer.status == 412
    assert "Another person has changed this meanwhile" in second.page.words
    assert group(account, store_id).contacts["Ana"].sms == "+447700900111"
    assert actions(account).count("contact_group.updated") == 1
    second.send("/person", ("part", "save"))
    assert group(account, store_id).contacts["Ana"].sms == "+447700900222"


def test_a_person_is_removed_after_a_question_and_the_last_one_stays(account: Account) -> None:
    store_id = stored(account)
    browser = account.signed_in()
    browser.open(f"/console/groups/{store_id}/person?name=Ana")
    browser.send("/person", ("part", "remove"))
    assert "Remove Ana from “Crew”?" in browser.page.words
    assert "Ana" in group(account, store_id).contacts
    asked = browser.answer, browser.path
    for _ in range(2):
        browser.answer, browser.path = asked
        browser.send("/person", ("part", "removed"))
        assert browser.answer.status == 200

    assert list(group(account, store_id).contacts) == ["Ben"]
    assert group(account, store_id).sets == {"night": ()}
    browser.open(f"/console/groups/{store_id}/person?name=Ben")
    browser.send("/person", ("part", "remove"))
    browser.send("/person", ("part", "removed"))
    assert browser.answer.status == 409
    assert "The last person of a group stays." in browser.page.words


def test_sets_are_made_changed_and_removed(account: Account) -> None:
    store_id = stored(account)
    browser = account.signed_in()
    browser.open(f"/console/groups/{store_id}/set")
    browser.send("/set", ("part", "save"), name="day", person=["Ben"])
    assert group(account, store_id).sets == {"night": ("Ana",), "day": ("Ben",)}

    browser.open(f"/console/groups/{store_id}/set?name=day")
    browser.send("/set", ("part", "save"), person=["Ana", "Ben"])
    assert group(account, store_id).sets["day"] == ("Ana", "Ben")

    browser.open(f"/console/groups/{store_id}/set?name=day")
    browser.send("/set", ("part", "remove"))
    assert group(account, store_id).sets == {"night": ("Ana",)}


@pytest.mark.parametrize(
    ("name", "person", "sentence"),
    [("", "Ana", "Give the set a name."), ("all", "Ana", "already"), ("day", "Ivo", "“Ivo” is not in the group.")],
)
def test_a_sets_faults_are_said(account: Account, name: str, person: str, sentence: str) -> None:
    store_id = stored(account)
    browser = account.signed_in()
    browser.open(f"/console/groups/{store_id}/set")
    browser.send("/set", ("part", "save"), name=name, person=[person])

    assert browser.answer.status == 422
    assert sentence in browser.page.words
    assert group(account, store_id).sets == {"night": ("Ana",)}
    assert "contact_group.updated" not in actions(account)


TABLE = "Name;Mobile;E-mail;Firstname;Quiet\nAna;+447700900111;;Ana;22:00-07:00\nIvo;+447700900103;ivo@example.org;Ivo;"


def test_a_table_is_planned_before_it_is_taken_over(account: Account) -> None:
    store_id = stored(account)
    browser = account.signed_in()
    browser.open(f"/console/groups/{store_id}/import")
    browser.send("/import", ("part", "plan"), table=TABLE)
    words = plain(browser.page.words)
    assert "adds 1 person" in words
    assert "changes 1 person" in words
    assert "1 person of the group is not in the table, and stays" in words
    assert "+447700900101" in words
    assert list(group(account, store_id).contacts) == ["Ana", "Ben"]

    asked = browser.answer, browser.path
    for _ in range(2):
        browser.answer, browser.path = asked
        browser.send("/import", ("part", "apply"))
        assert browser.answer.status == 200

    after = group(account, store_id)
    assert list(after.contacts) == ["Ana", "Ben", "Ivo"]
    assert after.contacts["Ana"].sms == "+447700900111"
    assert after.contacts["Ivo"].lookups == {"Firstname": "Ivo"}
    assert actions(account).count("contact_group.imported") == 1


def test_a_table_with_faults_changes_nothing_and_names_line_and_column(account: Account) -> None:
    store_id = stored(account)
    browser = account.signed_in()
    browser.open(f"/console/groups/{store_id}/import")
    table = "name,text,email\nIvo,0770,ivo\n,+447700900103,\nIvo,,\nA,b,c,d"
    browser.send("/import", ("part", "apply"), table=table)

    words = plain(browser.page.words)
    assert browser.answer.status == 422
    assert "Line 2, “text”: A phone number must begin with +" in words
    assert "Line 2, “email”:" in words
    assert "Line 3, “name”: A name is missing." in words
    assert "Line 4, “name”: This person is on line 2 already." in words
    assert "Line 5: It has 4 cells" in words
    assert ("table", table) in [field for form in browser.page.forms for field in form.fields]
    assert list(group(account, store_id).contacts) == ["Ana", "Ben"]


def test_a_plan_that_the_group_has_outrun_is_shown_again(account: Account) -> None:
    store_id = stored(account)
    browser, other = account.signed_in(), account.signed_in(SystemRole.ADMIN)
    browser.open(f"/console/groups/{store_id}/import")
    browser.send("/import", ("part", "plan"), table=TABLE)
    other.open(f"/console/groups/{store_id}/person?name=Ana")
    other.send("/person", ("part", "save"), sms="+447700900333")
    browser.send("/import", ("part", "apply"))

    assert browser.answer.status == 412
    assert "The group was changed after you looked." in browser.page.words
    assert "+447700900333" in browser.page.words
    assert "Ivo" not in group(account, store_id).contacts
    assert "contact_group.imported" not in actions(account)


def test_a_group_of_an_api_key_is_shown_and_copied_once(account: Account) -> None:
    store_id = stored(account, "k1")
    browser = account.signed_in()
    browser.open("/console/groups")
    browser.follow("Crew")
    assert "This group belongs to the API key “k1”" in plain(browser.page.words)
    assert "Add a person" not in browser.page.words
    shown = browser.answer, browser.path
    for _ in range(2):
        browser.answer, browser.path = shown
        browser.send("/copy")
        assert browser.answer.status == 200

    (copy,) = account.stores.stores[ACME, ACCOUNT_KEY].values()
    assert (copy.name, json.loads(copy.content)) == ("Crew", CREW)
    assert account.stores.stores[ACME, ApiKeyId("k1")][StoreId(store_id)].name == "Crew"
    browser.open(f"/console/groups/{store_id}?key=k1")
    browser.send("/copy")
    assert sorted(each.name or "" for each in account.stores.stores[ACME, ACCOUNT_KEY].values()) == ["Crew", "Crew 2"]


def test_a_manager_does_not_see_the_groups_of_api_keys(account: Account) -> None:
    store_id = stored(account, "k1")
    manager = account.signed_in(SystemRole.MANAGER)

    assert "Crew" not in manager.open("/console/groups").words
    manager.open(f"/console/groups/{store_id}?key=k1")
    assert manager.answer.status == 404


def test_a_group_gets_another_name_and_keeps_its_address(account: Account) -> None:
    store_id = stored(account)
    stored(account, name="Day", number=2)
    browser = account.signed_in()
    browser.open(f"/console/groups/{store_id}")
    browser.follow("Rename")
    browser.send("/rename", name="Day")
    assert browser.answer.status == 422
    assert "There is one of this name already." in browser.page.words

    browser.send("/rename", name="Night crew")

    assert browser.path == f"/console/groups/{store_id}?said=saved"
    assert "Night crew" in browser.page.words
    assert list(group(account, store_id).contacts) == ["Ana", "Ben"]
    assert actions(account)[-1] == "contact_group.updated"


def test_a_group_is_deleted_after_a_question(account: Account) -> None:
    store_id = stored(account)
    browser = account.signed_in()
    browser.open(f"/console/groups/{store_id}")
    browser.follow("Delete")
    assert StoreId(store_id) in account.stores.stores[ACME, ACCOUNT_KEY]
    browser.send("/delete")

    assert browser.path == "/console/groups?said=deleted"
    assert not account.stores.stores[ACME, ACCOUNT_KEY]
    assert actions(account)[-1] == "contact_group.deleted"


def test_a_group_that_a_schedule_needs_is_deleted_only_with_it(account: Account) -> None:
    store_id = stored(account)
    browser = account.signed_in()
    browser.open("/console/alerts/new")
    later = {"when": "at", "at": f"{account.clock() + timedelta(days=1):%Y-%m-%dT%H:%M}"}
    browser.send("/console/alerts/new", ("part", "confirm"), text="Shift begins", group=store_id, **later)
    browser.send("/console/alerts/new", ("part", "send"))
    browser.open(f"/console/groups/{store_id}/delete")
    assert "A scheduled alert" in browser.page.words
    browser.send("/delete")
    assert browser.answer.status == 409
    assert StoreId(store_id) in account.stores.stores[ACME, ACCOUNT_KEY]

    browser.send("/delete", end_waiting="on")

    assert StoreId(store_id) not in account.stores.stores[ACME, ACCOUNT_KEY]
    (schedule,) = account.schedules.newest(ACME, ACCOUNT_KEY)
    assert schedule.over


@pytest.mark.parametrize("text", HOSTILE)
def test_what_people_type_is_shown_as_text(account: Account, text: str) -> None:
    name = text.replace(",", "").lstrip("\u202e")
    browser = account.signed_in()
    store_id = made(browser, name)
    browser.follow("Add a person")
    browser.send("/person", ("part", "save"), name=name, sms="+447700900101", words=f"firstname = {text}")
    browser.open(f"/console/groups/{store_id}/set")
    browser.send("/set", ("part", "save"), name=name, person=[name])

    for path in ("", "/person", f"/{store_id}", f"/{store_id}/import", f"/{store_id}/delete", f"/{store_id}/set"):
        browser.open(f"/console/groups{path}" if path != "/person" else f"/console/groups/{store_id}")
        assert browser.answer.status == 200
        assert "<script>alert" not in browser.answer.text
        assert "<img src=x" not in browser.answer.text
    for link in ("person", "set"):
        browser.open(f"/console/groups/{store_id}")
        browser.follow(name[:20])
        assert browser.answer.status == 200, link


@pytest.mark.parametrize("page", ["", "/person", "/set", "/import", "/delete", "/rename"])
def test_another_tenants_group_is_not_there(account: Account, page: str) -> None:
    store_id = stored(account, tenant=TenantId("other"))
    browser = account.signed_in()
    browser.open(f"/console/groups/{store_id}{page}")

    assert browser.answer.status == 404


@pytest.mark.parametrize("role", [SystemRole.USER, SystemRole.QUEUE_MANAGER, SystemRole.REPORTING])
@pytest.mark.parametrize("page", ["", "/new", "/{id}", "/{id}/person", "/{id}/set", "/{id}/import", "/{id}/delete"])
def test_who_may_not_send_has_no_groups(account: Account, role: SystemRole, page: str) -> None:
    store_id = stored(account)
    browser = account.signed_in(role)
    browser.open(f"/console/groups{page.format(id=store_id)}")

    assert browser.answer.status == 403
    assert "alerts.send" in browser.page.words
    assert "Contact groups" not in browser.page.words
