"""Change the settings of a tenant that its own people may change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import available_timezones

from tocsin.calendar.domain.quiet_hours import quiet_hours_text
from tocsin.calendar.domain.time_zone import zone
from tocsin.identity.application.create_tenant import MAX_NAME
from tocsin.identity.domain.tenant import Tenant
from tocsin.identity.ports.keys import TenantRepository
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.kernel.domain.suggestions import did_you_mean

Recorded = Callable[[Mapping[str, Any], Mapping[str, Any]], None]
"""Told of what will change, before and after, by the names of the audit trail."""


@dataclass(frozen=True, slots=True)
class ChangeAccount:
    """Changes name, zone, quiet hours and sign-in rules. Alerts use the new clock within 30 s."""

    tenants: TenantRepository

    def __call__(self, before: Tenant, after: Tenant, record: Recorded = lambda before, after: None) -> Tenant:
        """Return the tenant as it is stored. Nothing is recorded if nothing changes.

        Raises:
            InvalidRequest: an empty or overlong name, or a zone that does not exist.
            NotFound: there is no such tenant.
        """
        after = replace(after, name=" ".join(after.name.split()))
        if faults := _faults(after):
            raise InvalidRequest(faults)
        was, will = _facts(before), _facts(after)
        changed = [name for name in will if was[name] != will[name]]
        if changed:
            record({name: was[name] for name in changed}, {name: will[name] for name in changed})
        if "name" in changed:
            self.tenants.rename(after.id, after.name)
        if before.clock != after.clock:
            self.tenants.set_clock(after.id, after.clock)
        if "mfa_required" in changed:
            self.tenants.require_mfa(after.id, required=after.mfa_required)
        return after


def _faults(tenant: Tenant) -> list[Fault]:
    faults = []
    if not 1 <= len(tenant.name) <= MAX_NAME:
        faults.append(Fault("/name", "WRONG_FORM", f"a tenant needs a name of 1 to {MAX_NAME} characters"))
    if zone(tenant.zone) is None:
        near = did_you_mean(tenant.zone, available_timezones())
        hint = f"; did you mean {near}?" if near else ""
        faults.append(Fault("/zone", "UNKNOWN_ZONE", f"must be the name of a time zone, like Europe/London{hint}"))
    return faults


def _facts(tenant: Tenant) -> dict[str, Any]:
    return {
        "name": tenant.name,
        "zone": tenant.zone,
        "quiet_hours": quiet_hours_text(tenant.quiet) if tenant.quiet else None,
        "mfa_required": tenant.mfa_required,
    }
