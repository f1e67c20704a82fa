"""Who is mailed at a stage of an incident: everything is as it is at that moment."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from tocsin.identity.domain.user import User
from tocsin.integrations.domain.rights import Party, may_receive, party_of
from tocsin.integrations.domain.subscription import Companies, IntegrationAlert
from tocsin.kernel.domain.ids import CompanyId, UserId


def covers(companies: Companies, user: User, company: CompanyId | None) -> bool:
    """Whether a subscription of a person covers an integration of a company; None = one of the whole account.

    All companies of an administrator are those of the account, and the account itself. A manager has a company only
    while it is assigned to them.
    """
    if party_of(user) is Party.ADMINISTRATOR:
        return companies is None or company in companies
    return company is not None and company in user.companies and (companies is None or company in companies)


def receivers(
    company: CompanyId | None,
    people: Iterable[User],
    subscriptions: Iterable[IntegrationAlert],
    wanting: Collection[UserId] = (),
) -> tuple[UserId, ...]:
    """Return who gets one mail each, by id.

    Args:
        company: of the integration.
        people: of the account.
        wanting: administrators whose notification settings ask for failed integrations: it counts as a subscription to
            all companies.
    """
    mine: dict[UserId, list[Companies]] = {}
    for each in subscriptions:
        mine.setdefault(each.user, []).append(each.companies)
    return tuple(
        sorted(
            person.id
            for person in people
            if may_receive(person)
            and (
                (person.id in wanting and party_of(person) is Party.ADMINISTRATOR)
                or any(covers(scope, person, company) for scope in mine.get(person.id, ()))
            )
        )
    )
