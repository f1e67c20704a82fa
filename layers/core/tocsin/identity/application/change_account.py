"""Change the settings of a tenant that its own people may change."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import available_timezones

import phonenumbers

from tocsin.calendar.domain.quiet_hours import quiet_hours_text
from tocsin.calendar.domain.time_zone import zone
from tocsin.identity.application.create_tenant import MAX_NAME
from tocsin.identity.domain.tenant import PBX_FACTS, PBX_PORTS, Tenant
from tocsin.identity.ports.keys import TenantRepository
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.domain.suggestions import did_you_mean

_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9]{1,11}")
_LINE = re.compile(r"[\w.:\[\]-]{1,253}")

Recorded = Callable[[Mapping[str, Any], Mapping[str, Any]], None]
"""Told of what will change, before and after, by the names of the audit trail."""


@dataclass(frozen=True, slots=True)
class ChangeAccount:
    """Changes what an account sets for all its people. Alerts use the new clock within 30 s.

    Attributes:
        moved: called when the account has another zone: what is due by its clock moves. Raises StorageUnavailable.
        numbers: returns the numbers that an account may text from.
    """

    tenants: TenantRepository
    numbers: Callable[[TenantId], Sequence[str]]
    moved: Callable[[TenantId], None] = lambda tenant: None

    def __call__(self, before: Tenant, after: Tenant, record: Recorded = lambda before, after: None) -> Tenant:
        """Return the tenant as it is stored. Nothing is recorded if nothing changes.

        Raises:
            InvalidRequest: an empty or overlong name, a zone or country that does not exist, notices that would come
                from a number of others, or facts of a telephone system that are none.
            NotFound: there is no such tenant.
        """
        after = replace(after, name=" ".join(after.name.split()))
        if faults := [*_faults(after), *self._sender_faults(before, after), *_pbx_faults(after)]:
            raise InvalidRequest(faults)
        was, will = _facts(before), _facts(after)
        changed = [name for name in will if was[name] != will[name]]
        if changed:
            record({name: was[name] for name in changed}, {name: will[name] for name in changed})
        if "name" in changed:
            self.tenants.rename(after.id, after.name)
        if before.clock != after.clock:
            self.tenants.set_clock(after.id, after.clock)
        if before.zone != after.zone:
            self.moved(after.id)
        if "mfa_required" in changed:
            self.tenants.require_mfa(after.id, required=after.mfa_required)
        if "country" in changed:
            self.tenants.set_country(after.id, after.country)
        if "notice_sender" in changed:
            self.tenants.set_notice_sender(after.id, after.notice_sender)
        if "pbx" in changed:
            self.tenants.set_pbx(after.id, after.pbx)
        if "bus" in changed:
            self.tenants.set_bus(after.id, after.bus)
        return after

    def _sender_faults(self, before: Tenant, after: Tenant) -> list[Fault]:
        """Return what is wrong with a new sender. A number that was chosen stays, also if the account has lost it."""
        sender = after.notice_sender
        if sender is None or sender == before.notice_sender:
            return []
        if not sender.startswith("+"):
            message = "must be a number of this account, or a name of 1 to 11 letters and digits, one letter at least"
            return [] if _NAME.fullmatch(sender) else [Fault("/notice_sender", "WRONG_FORM", message)]
        numbers = self.numbers(after.id)
        if sender in numbers:
            return []
        message = f"must be a number of this account: {', '.join(numbers) or 'it has none'}"
        return [Fault("/notice_sender", "UNKNOWN_NUMBER", message)]


def _faults(tenant: Tenant) -> list[Fault]:
    faults = []
    if not 1 <= len(tenant.name) <= MAX_NAME:
        faults.append(Fault("/name", "WRONG_FORM", f"a tenant needs a name of 1 to {MAX_NAME} characters"))
    if zone(tenant.zone) is None:
        near = did_you_mean(tenant.zone, available_timezones())
        hint = f"; did you mean {near}?" if near else ""
        faults.append(Fault("/zone", "UNKNOWN_ZONE", f"must be the name of a time zone, like Europe/London{hint}"))
    if tenant.country is not None and tenant.country not in phonenumbers.SUPPORTED_REGIONS:
        faults.append(Fault("/country", "UNKNOWN_COUNTRY", "must be the ISO code of a country, like GB"))
    return faults


def _pbx_faults(tenant: Tenant) -> list[Fault]:
    faults = []
    for name, value in tenant.pbx.items():
        if name not in PBX_FACTS:
            hint = did_you_mean(name, PBX_FACTS)
            message = "is not known" + (f"; did you mean {hint}?" if hint else "")
            faults.append(Fault(f"/pbx/{name}", "UNKNOWN_FIELD", message))
        elif name in PBX_PORTS and not (value.isdecimal() and len(value) <= 5 and 1 <= int(value) <= 65_535):
            faults.append(Fault(f"/pbx/{name}", "OUT_OF_RANGE", "must be a port from 1 to 65535"))
        elif not _LINE.fullmatch(value):
            faults.append(Fault(f"/pbx/{name}", "WRONG_FORM", "must be a name or an address without blanks"))
    return faults


def _facts(tenant: Tenant) -> dict[str, Any]:
    return {
        "name": tenant.name,
        "zone": tenant.zone,
        "quiet_hours": quiet_hours_text(tenant.quiet) if tenant.quiet else None,
        "mfa_required": tenant.mfa_required,
        "country": tenant.country,
        "notice_sender": tenant.notice_sender,
        "pbx": dict(tenant.pbx) or None,
        "bus": sorted(tenant.bus) or None,
    }
