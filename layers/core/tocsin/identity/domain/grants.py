"""No caller gives more than they have: pure decisions over a caller and what a person or an API key would get."""

from __future__ import annotations

from tocsin.identity.domain.api_key import READS, ApiKey
from tocsin.identity.domain.permissions import Permission, Reach, SystemRole
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.role import Role, Scope
from tocsin.kernel.domain.errors import ExceedsYours
from tocsin.kernel.domain.ids import CompanyId


def exceeds(caller: Principal, role: Role, companies: frozenset[CompanyId]) -> list[str]:
    """Return the permissions and scopes that a holder of a role and these companies has, and the caller has not."""
    found = []
    for permission, given in role.permissions.items():
        reach = Reach.COMPANIES if companies and not role.system and given is Reach.ALL else given
        mine = caller.reach(permission)
        if reach > mine or (reach is mine is Reach.COMPANIES and not companies <= caller.companies):
            found.append(permission.value)
    mine_role = caller.role
    scopes = {} if mine_role is None else mine_role.scopes
    found += [kind.value for kind, scope in role.scopes.items() if scope is Scope.ALL and scopes.get(kind) != scope]
    return sorted(found)


def check_key_grant(caller: Principal, key: ApiKey, role: Role | None) -> None:
    """Raise ExceedsYours if an API key may do more than the caller who makes, changes, enables or rotates it.

    Args:
        role: that of the key, as it stands; None = it has none, or it is gone.
    """
    more = [right.value for right in key.rights & READS if caller.reach(Permission.ALERTS_READ) is not Reach.ALL]
    if role is not None:
        companies = frozenset() if key.company is None else frozenset({key.company})
        more += [role.id] if role.id == SystemRole.OWNER.value else exceeds(caller, role, companies)
    if more:
        raise ExceedsYours(sorted(more))
