"""The company of what a person makes: what a form offers, what was chosen, and the name that a page shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from console.visit import Visit
from tocsin.directory.domain.things import Company, Kind
from tocsin.directory.ports import Directory
from tocsin.identity.domain.account_key import company_of
from tocsin.identity.domain.api_key import ApiKey
from tocsin.identity.domain.permissions import Permission, Reach
from tocsin.identity.domain.visibility import Made
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.kernel.domain.ids import CompanyId, TenantId

FIELD = "company"
"""The field of a form that has a choice."""

_SENTENCES = {
    "COMPANY_REQUIRED": "Choose the company that it is for.",
    "UNKNOWN_COMPANY": "This company is not there any more, or is not yours.",
}
"""What the page says about a choice, by code."""


@dataclass(frozen=True, slots=True)
class Companies:
    """Companies as the visitor of a page uses them."""

    directory: Directory

    def choices(self, visit: Visit) -> list[tuple[str, str]]:
        """Return id and name of each company that the visitor may choose; none if there is no choice.

        Who reaches the whole account may choose none: the first choice.
        """
        person = visit.principal
        if person.reach(Permission.ALERTS_SEND) is Reach.ALL:
            found = self.directory.all(person.tenant, Kind.COMPANY)
            every = {str(each.id): each.name for each in found if isinstance(each, Company)}
            return [("", "The whole account"), *_by_name(every)] if every else []
        if len(person.companies) < 2:
            return []
        return [("", "Choose one"), *_by_name(self.names(person.tenant, person.companies))]

    def making(self, visit: Visit) -> ApiKey:
        """Return the account key with which the visitor makes what the form says.

        Raises:
            InvalidRequest: a fault of the field `company`.
        """
        try:
            company = company_of(visit.principal, visit.form.get(FIELD))
        except InvalidRequest as error:
            raise InvalidRequest([Fault(FIELD, each.code, _SENTENCES[each.code]) for each in error.faults]) from None
        others = company is not None and company not in visit.principal.companies
        if others and not self.names(visit.principal.tenant, [company]):
            raise InvalidRequest([Fault(FIELD, "UNKNOWN_COMPANY", _SENTENCES["UNKNOWN_COMPANY"])])
        return visit.key(company=company)

    def names(self, tenant: TenantId, ids: Iterable[CompanyId | None]) -> Mapping[str, str]:
        """Return the names of companies by id: one read, none without ids."""
        wanted = [(Kind.COMPANY, str(id)) for id in dict.fromkeys(ids) if id is not None]
        found = self.directory.get_many(tenant, wanted) if wanted else ()
        return {each.id: each.name for each in found if isinstance(each, Company)}

    def of(self, visit: Visit, made: Mapping[str, Made]) -> Mapping[str, str]:
        """Return the names of the companies that things were made for, by the id of the thing: one read at most."""
        names = self.names(visit.principal.tenant, [each.company for each in made.values()])
        return {id: names[each.company] for id, each in made.items() if each.company and each.company in names}


def _by_name(names: Mapping[str, str]) -> list[tuple[str, str]]:
    return sorted(names.items(), key=lambda each: each[1].casefold())
