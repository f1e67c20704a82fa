"""Who is mailed: IA-9, IA-10, IA-13, IA-20 to IA-22, and what becomes of subscriptions when roles change."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.integrations.people import (
    ADA,
    CORA,
    EVERYBODY,
    MAX,
    MIA,
    NOON,
    NORTH,
    OLIVIA,
    RITA,
    SOUTH,
    UMA,
    WES,
    WEST,
    subscribed,
    with_role,
)  # fmt: skip
from tocsin.identity.domain.user import UserState
from tocsin.integrations.domain.receivers import receivers
from tocsin.integrations.domain.upkeep import after_change, concerns
from tocsin.kernel.domain.ids import CompanyId

EVERYONES = [subscribed(user) for user in EVERYBODY]


def told(company: CompanyId | None, *subscriptions: object, wanting: object = ()) -> list[str]:
    return list(receivers(company, EVERYBODY, subscriptions or EVERYONES, wanting).people)  # type: ignore[arg-type]


def test_ia_13_all_companies_are_those_a_manager_has_now_and_every_one_of_an_administrator() -> None:
    assert told(NORTH) == ["ada", "max", "mia", "olivia"]
    assert told(SOUTH) == ["ada", "mia", "olivia"]
    assert told(CompanyId("made-later")) == ["ada", "olivia"]


def test_an_integration_without_company_is_covered_by_all_of_administrators_only() -> None:
    assert told(None) == ["ada", "olivia"]
    assert told(None, subscribed(ADA, frozenset({NORTH}))) == []


def test_ia_21_a_company_outside_the_scope_is_not_told() -> None:
    assert told(SOUTH, subscribed(ADA, frozenset({NORTH})), subscribed(MIA, frozenset({NORTH}))) == []


def test_a_company_that_a_manager_lost_does_not_count_any_more() -> None:
    assert told(SOUTH, subscribed(MAX, frozenset({NORTH, SOUTH}))) == []


def test_ia_20_two_subscriptions_of_a_person_are_one_mail_because_of_both() -> None:
    both = [subscribed(MIA), subscribed(MIA, frozenset({NORTH}), "s2")]
    found = receivers(NORTH, EVERYBODY, both)
    assert (found.people, found.because) == (("mia",), ("s-mia", "s2"))


def test_ia_22_who_may_not_receive_any_more_is_not_told() -> None:
    gone = replace(ADA, state=UserState.DISABLED)
    asked_not_to = replace(OLIVIA, not_me_at=NOON)
    demoted = with_role(MAX, "reporting", NORTH)
    assert receivers(NORTH, [gone, asked_not_to, demoted, MIA], EVERYONES).people == ("mia",)
    assert told(NORTH, subscribed(RITA), subscribed(UMA), subscribed(CORA)) == []


def test_settings_that_ask_for_failed_integrations_are_a_subscription_of_administrators() -> None:
    assert told(WEST, subscribed(ADA), wanting=[ADA.id, OLIVIA.id, WES.id, RITA.id]) == ["ada", "olivia"]


def test_decided_6_4_a_role_that_may_not_receive_removes_subscriptions_and_disabling_keeps_them() -> None:
    mine = subscribed(ADA, frozenset({NORTH, SOUTH}))
    assert after_change(mine, ADA, with_role(ADA, "reporting")) is None
    assert after_change(mine, ADA, None) is None
    assert after_change(mine, with_role(ADA, "user"), ADA) is None  # what is left of an earlier role
    disabled = replace(ADA, state=UserState.DISABLED)
    assert not concerns(ADA, disabled)
    assert after_change(mine, ADA, disabled) == mine


def test_decided_6_4_an_admin_who_becomes_a_manager_keeps_those_of_the_managers_companies() -> None:
    manager = with_role(ADA, "manager", SOUTH)
    kept = after_change(subscribed(ADA, frozenset({NORTH, SOUTH})), ADA, manager)
    assert kept is not None
    assert (kept.companies, kept.version) == (frozenset({SOUTH}), 2)
    assert after_change(subscribed(ADA, frozenset({NORTH})), ADA, manager) is None
    assert after_change(subscribed(ADA), ADA, manager) == subscribed(ADA)
    assert after_change(subscribed(ADA), ADA, with_role(ADA, "account_owner")) == subscribed(ADA)


def test_decided_6_4_a_company_that_is_deleted_leaves_and_takes_the_last_with_it() -> None:
    two = subscribed(MIA, frozenset({NORTH, SOUTH})).without(NORTH)
    assert two is not None
    assert two.companies == frozenset({SOUTH})
    assert two.without(SOUTH) is None
    assert subscribed(MIA).without(NORTH) == subscribed(MIA)
