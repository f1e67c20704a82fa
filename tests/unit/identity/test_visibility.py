"""Who sees what: the one rule, for every role and every maker, and the company of what a person makes (decided 2.1)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.functional.alerts_api.people import ACTS, MADE, NORTH, READS_STORES, ROLES, SEES, SOUTH, a_principal
from tocsin.identity.domain.account_key import ACCOUNT_KEY, company_of, key_of_person, reading_key_of
from tocsin.identity.domain.api_key import ApiKey, KeyKind
from tocsin.identity.domain.permissions import Permission
from tocsin.identity.domain.visibility import Made, Range
from tocsin.kernel.domain.errors import Forbidden, InvalidRequest
from tocsin.kernel.domain.ids import ApiKeyId, CompanyId, TenantId, UserId

KEY = ApiKey(TenantId("acme"), ApiKeyId("k1"), KeyKind.LIVE, "Control room", "")


@pytest.mark.parametrize("role", ROLES)
def test_decided_2_1_the_range_of_each_role(role: str) -> None:
    person = a_principal(role)
    assert {name for name, made in MADE.items() if person.range(Permission.ALERTS_READ).shows(made)} == SEES[role]
    assert {name for name, made in MADE.items() if reading_key_of(person).sees(made)} == READS_STORES[role]
    acts = {name for name, made in MADE.items() if key_of_person(person).sees(made)}
    assert acts == SEES[role] if role in ACTS else acts <= SEES[role]


def test_nothing_is_shown_to_a_range_that_names_nobody() -> None:
    assert not any(Range().shows(made) for made in MADE.values())


def test_a_key_sees_all_that_is_its_own_and_acts_on_behalf_of_who_made_a_thing() -> None:
    key = replace(KEY, company=NORTH)
    assert (key.made, key.sees(Made(UserId("u9"), SOUTH))) == (Made(None, NORTH), True)
    later = key.on_behalf(Made(UserId("u9"), SOUTH))
    assert (later.made, later.id) == (Made(UserId("u9"), SOUTH), key.id)
    assert key.on_behalf(Made()).made == Made()


def test_only_a_person_uses_the_account_key() -> None:
    assert key_of_person(a_principal("user")).id == ACCOUNT_KEY
    with pytest.raises(Forbidden):
        key_of_person(replace(a_principal("user"), user=None))


def chosen(role: str, companies: frozenset[CompanyId], choice: str | None) -> CompanyId | str | None:
    try:
        return company_of(replace(a_principal(role), companies=companies), choice)
    except InvalidRequest as error:
        return error.faults[0].code


def test_decided_2_1_the_company_is_the_only_one_or_the_chosen_one() -> None:
    both = frozenset({NORTH, SOUTH})
    assert chosen("manager", frozenset({NORTH}), None) == NORTH
    assert chosen("manager", frozenset({NORTH}), NORTH) == NORTH
    assert chosen("manager", frozenset({NORTH}), SOUTH) == "UNKNOWN_COMPANY"
    assert chosen("manager", both, None) == chosen("manager", both, "") == "COMPANY_REQUIRED"
    assert chosen("manager", both, SOUTH) == SOUTH
    assert chosen("manager", frozenset(), None) is None
    assert chosen("admin", frozenset(), None) is None
    assert chosen("admin", frozenset(), "west") == "west"
    assert chosen("admin", both, None) is None
