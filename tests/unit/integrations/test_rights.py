"""IA-11 to IA-15 and IA-23: who subscribes whom, by a table that this file writes down a second time, in full."""

from __future__ import annotations

from itertools import chain, combinations, product

import pytest

from tests.unit.integrations.people import (
    ADA,
    CORA,
    EVERYBODY,
    MAX,
    MIA,
    NORTH,
    OLIVIA,
    RITA,
    SOUTH,
    UMA,
    WES,
    WEST,
    subscribed,
)  # fmt: skip
from tocsin.identity.domain.user import User
from tocsin.integrations.domain.rights import SubscribeRefusal, given_companies, may_see, refusal, refuses_deletion
from tocsin.integrations.domain.subscription import Companies
from tocsin.kernel.domain.ids import CompanyId

_SETS = chain.from_iterable(combinations((NORTH, SOUTH, WEST), n) for n in (1, 2, 3))
SCOPES: list[Companies] = [None, *map(frozenset[CompanyId], _SETS)]


def allowed(actor: User, target: User, companies: Companies) -> bool:
    """What the page of the product says, spelled out."""
    if target.role not in ("account_owner", "admin", "manager"):
        return False
    if actor.role in ("account_owner", "admin"):
        return True
    if actor.role != "manager" or target.role != "manager":
        return False
    shares = actor is target or any(company in target.companies for company in actor.companies)
    meant = target.companies if companies is None else companies
    return shares and all(company in actor.companies for company in meant)


def test_ia_11_12_14_23_the_matrix_is_the_one_that_is_written_here() -> None:
    for actor, target, companies in product(EVERYBODY, EVERYBODY, SCOPES):
        found = refusal(actor, target, companies)
        assert (found is None) == allowed(actor, target, companies), (actor.id, target.id, companies)


@pytest.mark.parametrize(
    ("actor", "target", "companies", "why"),
    [
        (ADA, RITA, None, SubscribeRefusal.NOT_ELIGIBLE),
        (OLIVIA, CORA, None, SubscribeRefusal.NOT_ELIGIBLE),
        (MAX, UMA, None, SubscribeRefusal.NOT_ELIGIBLE),
        (MAX, ADA, frozenset({NORTH}), SubscribeRefusal.ADMINISTRATOR),
        (MAX, WES, frozenset({NORTH}), SubscribeRefusal.NO_SHARED_COMPANY),
        (MAX, MAX, frozenset({SOUTH}), SubscribeRefusal.COMPANY_NOT_YOURS),
        (MAX, MIA, None, SubscribeRefusal.COMPANY_NOT_YOURS),
        (RITA, RITA, None, SubscribeRefusal.NOT_ALLOWED),
        (CORA, MAX, None, SubscribeRefusal.NOT_ALLOWED),
    ],
)  # fmt: skip
def test_ia_12_a_refusal_says_why(actor: User, target: User, companies: Companies, why: SubscribeRefusal) -> None:
    assert refusal(actor, target, companies) is why


def test_ia_12_what_a_manager_gives_another_without_companies_is_what_both_have_now() -> None:
    assert given_companies(MIA, MAX, None) == frozenset({NORTH})
    assert given_companies(MIA, MIA, None) is None
    assert given_companies(ADA, MAX, None) is None
    assert given_companies(MIA, MAX, frozenset({SOUTH})) == frozenset({SOUTH})


def test_ia_15_deleting_follows_the_matrix_but_ones_own_and_all_of_a_colleague_can_be_deleted() -> None:
    for actor, target, companies in product(EVERYBODY, EVERYBODY, SCOPES):
        found = refuses_deletion(actor, target, subscribed(target, companies))
        manages = actor.role in ("account_owner", "admin", "manager")
        own = manages and actor is target
        colleague = companies is None and actor.role == target.role == "manager" and actor.companies & target.companies
        expected = bool(own or colleague or (manages and actor.role != "manager") or allowed(actor, target, companies))
        assert (found is None) == expected, (actor.id, target.id, companies)


def test_a_manager_sees_their_own_and_those_of_managers_with_a_company_in_common() -> None:
    assert [user.id for user in EVERYBODY if may_see(MAX, user)] == ["max", "mia"]
    assert [user.id for user in EVERYBODY if may_see(ADA, user)] == ["olivia", "ada", "max", "mia", "wes"]
    assert not any(may_see(RITA, user) for user in EVERYBODY if user is not RITA)
