"""Who calls, and what they may do: the result of every kind of authentication."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin.audit.domain.actor import Actor, Via
from tocsin.identity.domain.api_key import ApiKey
from tocsin.identity.domain.permissions import INCLUDED_IN, Permission, Reach
from tocsin.identity.domain.refusals import StepUpRequired
from tocsin.identity.domain.role import Role
from tocsin.identity.domain.user import User
from tocsin.identity.domain.visibility import EVERYTHING, Range
from tocsin.kernel.domain.errors import Forbidden
from tocsin.kernel.domain.ids import CompanyId, TenantId


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller of a use case. Exactly one of `user` and `key` is there, but for the operator and the system.

    Attributes:
        role: what the caller may do; None for an API key without a role, which may call the apiKey verbs only.
        companies: what Reach.COMPANIES means for the caller.
        via: how the call came in, for the audit trail.
        request_id: the gateway's id of the call, for the audit trail.
        proved_at: when the person last gave a password or code; None for keys and personal tokens.
        read_only: a personal token that may not change anything.
        manages_people: False for a personal token that may not manage people, roles and keys, and for an access token
            whose proof is too old for that.
    """

    tenant: TenantId
    actor: Actor
    role: Role | None
    via: Via = Via.API
    user: User | None = None
    key: ApiKey | None = None
    companies: frozenset[CompanyId] = frozenset()
    request_id: str = ""
    proved_at: datetime | None = None
    read_only: bool = False
    manages_people: bool = True

    def reach(self, permission: Permission) -> Reach:
        """Return how far the caller's permission goes; Reach.NONE = denied."""
        if self.role is None:
            return Reach.NONE
        wider = self.role.permissions.get(INCLUDED_IN.get(permission, permission), Reach.NONE)
        return max(wider, self.role.permissions.get(permission, Reach.NONE))

    def need(self, permission: Permission, at_least: Reach = Reach.OWN) -> Reach:
        """Return how far the permission goes. Raises Forbidden if that is less than `at_least`."""
        reach = self.reach(permission)
        if reach < at_least:
            raise Forbidden(permission.value)
        return reach

    def check_may_manage_people(self) -> None:
        """Judge the token, not the role: may it manage people, roles and keys?

        Raises:
            StepUpRequired: an access token whose proof is too old.
            Forbidden: a personal token that was made without this.
        """
        if self.manages_people:
            return
        if self.proved_at is not None:
            raise StepUpRequired
        raise Forbidden("this token may not manage people, roles and keys")

    def range(self, permission: Permission) -> Range:
        """Return what the caller sees by a permission. What persons made themselves, they always see."""
        reach, user = self.reach(permission), self.user.id if self.user else None
        if reach is Reach.ALL:
            return EVERYTHING
        return Range(companies=self.companies if reach is Reach.COMPANIES else frozenset(), user=user)
