"""Who is mailed at a stage of an incident: everything is as it is at that moment."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class ToldPeople:
    """Who gets one mail each.

    Attributes:
        people: by id.
        because: ids of the subscriptions by which they do.
    """

    people: tuple[UserId, ...]
    because: tuple[str, ...]


def receivers(
    company: CompanyId | None,
    people: Iterable[User],
    subscriptions: Iterable[IntegrationAlert],
    wanting: Collection[UserId] = (),
) -> ToldPeople:
    """Return who is mailed.

    Args:
        company: of the integration.
        people: of the account.
        wanting: administrators whose notification settings ask for failed integrations: it counts as a subscription to
            all companies.
    """
    able = {person.id: person for person in people if may_receive(person)}
    held = [each for each in subscriptions if each.user in able and covers(each.companies, able[each.user], company)]
    wants = {id for id in wanting if id in able and party_of(able[id]) is Party.ADMINISTRATOR}
    return ToldPeople(tuple(sorted(wants | {each.user for each in held})), tuple(sorted(each.id for each in held)))
