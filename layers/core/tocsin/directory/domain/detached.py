"""A thing of the directory without another one, which is about to be deleted.

company    leaves people, lines, numbers and groups          line, group    no number leads there any more
person     lines and places in groups need another person    role           people need another role

A person whose own role is limited by companies keeps the last one: without any, the role would reach the whole account.
"""

from __future__ import annotations

from dataclasses import replace

from tocsin.directory.domain.things import AnyThing, Company, Group, Line, PhoneNumber
from tocsin.identity.domain.permissions import SystemRole
from tocsin.identity.domain.role import Role
from tocsin.identity.domain.user import User

_SYSTEM = frozenset(role.value for role in SystemRole)


def without(holder: AnyThing, thing: AnyThing) -> AnyThing | None:
    """Return a holder in its next version, in which it does not name a thing; None = it has to."""
    if isinstance(holder, Company | Role) or isinstance(thing, User | Role):
        return None
    version = holder.version + 1
    if isinstance(holder, User):
        companies = frozenset(company for company in holder.companies if company != thing.id)
        if not companies and holder.role not in _SYSTEM:
            return None
        return replace(holder, companies=companies, version=version)
    if isinstance(thing, Company):
        return replace(holder, company=None, version=version)
    if isinstance(holder, PhoneNumber) and isinstance(thing, Line | Group):
        return replace(holder, target=None, version=version)
    return None
