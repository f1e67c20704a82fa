"""TwoWayNumbers: a number belongs to one tenant at a time, and leads to it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from tests.contract.alert_path import ACME, KEY, OTHER, AlertPath, number
from tocsin.responses.domain.two_way import TwoWayNumber

OURS = TwoWayNumber(number(1), ACME, KEY)


def test_a_number_leads_to_its_tenant_and_key(world: AlertPath) -> None:
    assert world.numbers.add(OURS) == OURS
    assert world.numbers.find(OURS.number) == OURS
    assert world.numbers.find(number(2)) is None


def test_s14_a_number_that_belongs_to_somebody_stays_there(world: AlertPath) -> None:
    world.numbers.add(OURS)
    assert world.numbers.add(replace(OURS, tenant=OTHER)) == OURS
    assert not world.numbers.remove(OTHER, OURS.number)
    assert world.numbers.find(OURS.number) == OURS
    assert world.numbers.of_tenant(OTHER) == []


def test_a_number_that_was_taken_back_is_free(world: AlertPath) -> None:
    world.numbers.add(OURS)
    assert world.numbers.remove(ACME, OURS.number)
    assert not world.numbers.remove(ACME, OURS.number)
    assert world.numbers.find(OURS.number) is None
    theirs = replace(OURS, tenant=OTHER)
    assert world.numbers.add(theirs) == theirs


def test_the_numbers_of_a_tenant_in_order(world: AlertPath) -> None:
    mine = [TwoWayNumber(number(n), ACME, KEY) for n in (3, 1, 2)]
    for one in [*mine, TwoWayNumber(number(9), OTHER, KEY)]:
        world.numbers.add(one)
    assert list(world.numbers.of_tenant(ACME)) == sorted(mine, key=lambda one: one.number)


def test_of_two_tenants_who_want_a_number_one_gets_it(world: AlertPath) -> None:
    wanted = [replace(OURS, tenant=tenant) for tenant in (ACME, OTHER) * 4]
    with ThreadPoolExecutor(8) as pool:
        stands = set(pool.map(world.numbers.add, wanted))
    assert stands == {world.numbers.find(OURS.number)}
