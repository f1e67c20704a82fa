"""The settings of an account, read and changed by its own people and keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tocsin.audit.domain.entry import Thing
from tocsin.audit.ports import AuditTrail
from tocsin.identity.application.audit_entry import audit_entry
from tocsin.identity.application.change_account import ChangeAccount
from tocsin.identity.domain.permissions import Permission, Reach
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.tenant import Tenant
from tocsin.identity.ports.keys import TenantRepository
from tocsin.kernel.domain.errors import Forbidden, NotFound
from tocsin.kernel.ports import Clock, Randomness


@dataclass(frozen=True, slots=True, kw_only=True)
class ManageAccount:
    """The account of the caller. The audit entry of a change is stored before it.

    Raises:
        Forbidden: the caller may not manage the account.
        NotFound: there is no such account.
    """

    tenants: TenantRepository
    change: ChangeAccount
    trail: AuditTrail
    clock: Clock
    randomness: Randomness

    def check_may_change(self, caller: Principal) -> None:
        """Raise Forbidden unless the caller may change the account."""
        caller.need(Permission.ACCOUNT, Reach.ALL)
        if caller.read_only:
            raise Forbidden("this token reads only")

    def get(self, caller: Principal) -> Tenant:
        """Return the account."""
        caller.need(Permission.ACCOUNT, Reach.ALL)
        found = self.tenants.get(caller.tenant)
        if found is None:
            raise NotFound("account")
        return found

    def save(self, caller: Principal, changed: Callable[[Tenant], Tenant]) -> Tenant:
        """Change the account as it stands, and return it.

        Raises:
            InvalidRequest: what an account cannot be.
            StepUpRequired: the sign-in rules change, and the token may not manage people.
        """
        self.check_may_change(caller)
        before = self.get(caller)
        after = changed(before)
        if before.mfa_required != after.mfa_required:
            caller.check_may_manage_people()

        def record(was: Mapping[str, Any], will: Mapping[str, Any]) -> None:
            thing = Thing("account", before.id, before.name)
            entry = audit_entry(
                caller, "account.updated", thing, was, will, at=self.clock(), randomness=self.randomness
            )
            self.trail.record([entry])

        return self.change(before, after, record)
