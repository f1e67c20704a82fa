"""Who administers an account."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.directory.domain.things import Kind
from tocsin.directory.ports import Directory
from tocsin.identity.domain.permissions import SystemRole
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.ids import TenantId

_ROLES = (SystemRole.OWNER.value, SystemRole.ADMIN.value)


def administrators(directory: Directory, tenant: TenantId) -> Sequence[User]:
    """Return the owners and admins who get notices: invited ones too, disabled ones not, nor who said "not me"."""
    return [
        person
        for person in directory.all(tenant, Kind.USER)
        if isinstance(person, User)
        and person.role in _ROLES
        and person.state is not UserState.DISABLED
        and person.not_me_at is None
    ]
