"""A person is erased from things of the directory and from entries of the audit trail."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tocsin.contacts.domain.recipient import ERASED_ADDRESS
from tocsin.directory.domain.natural_keys import natural_keys
from tocsin.directory.domain.things import AnyThing, Company, Group, GroupKind, Line, PhoneNumber
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.ids import CompanyId, RoleId, TenantId, UserId
from tocsin.privacy.domain.directory_erasure import entry_without, found_in_thing, thing_without
from tocsin.privacy.domain.erasure import Person

ACME = TenantId("acme")
MAIL, PHONE = "eve@nest.example.org", "+447700900417"
EVE = Person(addresses=frozenset({MAIL, PHONE}), things=frozenset({"eve"}))


def a_user(id: str, email: str, phone: str | None = None) -> User:
    return User(
        ACME, UserId(id), email, id.title(), RoleId("user"), datetime(2026, 1, 1, tzinfo=UTC), backup_phone=phone
    )


def a_group(**more: Any) -> Group:
    return Group(tenant=ACME, id="g", kind=GroupKind.QUEUE, **{"name": "night"} | more)


def test_the_account_of_the_address_is_found_with_its_phone() -> None:
    found = found_in_thing(a_user("eve", MAIL, PHONE), Person(addresses=frozenset({MAIL})))

    assert found == Person(frozenset(), frozenset({MAIL, PHONE}), frozenset({"eve"}))


def test_a_shared_backup_phone_is_nobodys_account() -> None:
    bob = a_user("bob", "bob@nest.example.org", PHONE)

    assert found_in_thing(bob, Person(addresses=frozenset({PHONE}))) == Person()
    kept = thing_without(bob, EVE)
    assert isinstance(kept, User)
    assert (kept.backup_phone, kept.email, kept.version) == (None, bob.email, bob.version + 1)


def test_an_address_that_another_person_wants_is_forgotten() -> None:
    bob = replace(a_user("bob", "bob@nest.example.org"), new_email=MAIL)

    kept = thing_without(bob, EVE)
    assert isinstance(kept, User)
    assert (kept.new_email, kept.email) == (None, bob.email)


def test_a_contact_that_was_linked_to_another_person_is_linked_no_more() -> None:
    bob = replace(a_user("bob", "bob@nest.example.org"), contacts=frozenset({"c-eve", "c-bob"}))

    kept = thing_without(bob, Person(contact_ids=frozenset({"c-eve"})))
    assert isinstance(kept, User)
    assert (kept.contacts, kept.version) == (frozenset({"c-bob"}), bob.version + 1)


@pytest.mark.parametrize(
    "thing",
    [
        a_user("bob", "bob@nest.example.org"),
        Line(tenant=ACME, id="l", extension="2001", user=UserId("bob"), label="Bob"),
        PhoneNumber(tenant=ACME, id="n", e164="+447700900999"),
        a_group(members=(UserId("bob"),)),
        Company(tenant=ACME, id=CompanyId("c"), name="North"),
    ],
    ids=lambda thing: type(thing).__name__,
)
def test_what_is_not_about_the_person_stays_as_it_is(thing: AnyThing) -> None:
    assert thing_without(thing, EVE) is thing


def test_the_persons_line_is_shared_from_then_on() -> None:
    kept = thing_without(Line(tenant=ACME, id="l", extension="2001", user=UserId("eve"), label="Eve C."), EVE)

    assert isinstance(kept, Line)
    assert (kept.user, kept.label, kept.extension) == (None, "", "2001")


def test_groups_lose_the_person_and_two_names_that_become_alike_stay_apart() -> None:
    first = thing_without(a_group(name=f"ask {MAIL}", members=(UserId("eve"), UserId("bob"))), EVE)
    other = thing_without(a_group(name=f"ask {PHONE}", managers=(UserId("eve"),)), EVE)

    assert isinstance(first, Group)
    assert isinstance(other, Group)
    assert (first.members, other.managers) == ((UserId("bob"),), ())
    assert first.name == "ask g"  # the id makes it unique
    assert natural_keys(first)


def test_an_entry_about_the_person_keeps_ids_and_loses_names() -> None:
    sealed = ["Bob", "Eve", {"name": "Ev", "role": "user"}, {"name": "Eve", "role": "admin"}, "req-1"]

    assert entry_without("user:bob", "user:eve", sealed, EVE) == [
        "Bob", "", {"name": ERASED_ADDRESS, "role": "user"}, {"name": ERASED_ADDRESS, "role": "admin"}, "req-1",
    ]  # fmt: skip
    assert entry_without("user:eve", "line:l", ["Eve", "2001", {}, {"label": "Hall"}, ""], EVE)[:2] == ["", "2001"]
