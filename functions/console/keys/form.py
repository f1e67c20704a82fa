"""The fields of a key: what they take, what may be given, and what is shown of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from console.people_words import role_name
from console.visit import Form, Visit, whole
from tocsin.contacts.domain.channel import Channel
from tocsin.identity.application.read_capacities import CAPACITIES
from tocsin.identity.domain.api_key import READS, ApiKey, Right
from tocsin.identity.domain.grants import exceeds
from tocsin.identity.domain.permissions import Permission, Reach, SystemRole
from tocsin.identity.domain.role import Role
from tocsin.kernel.domain.errors import Fault
from tocsin.kernel.domain.ids import CompanyId, TenantId

MOST_UNITS = 1_000_000_000
"""Most units of a capacity that a form takes."""

RIGHTS = {
    Right.SET_LIFETIME: "chooses how long alerts and stored content are kept",
    Right.READ_ALERTS: "reads sent alerts with their receivers",
    Right.READ_STORES: "reads stored content",
    Right.USE_BUS: "has results put on the event bus",
    Right.SEND_EVENTS: "sends telephony events, on which alert rules act",
}
"""Each right as a sentence that begins with "It"."""

CHANNELS = {Channel.SMS: "Texts", Channel.EMAIL: "Emails", Channel.CALL: "Calls"}

_FIELDS = {"ownerEmail": "owner", "callbackURL": "callback", "networks": "networks", "name": "name", "rights": "right"}
"""Fields of the form, by the first part of a fault's pointer."""


@dataclass(frozen=True, slots=True)
class Grants:
    """What a key is given: name, rights, role, company, networks, owner. No one gives what they do not have.

    Attributes:
        roles: all roles of an account, system roles first.
        companies: id and name of each company.
    """

    roles: Callable[[TenantId], Sequence[Role]]
    companies: Callable[[TenantId], Sequence[tuple[CompanyId, str]]]

    def given(self, visit: Visit) -> tuple[dict[str, Any], list[Fault]]:
        """Return what was typed, as attributes of a key, and the faults of what the visitor cannot give."""
        form, faults = visit.form, []
        rights = frozenset(Right(each) for each in form.all("right") if each in set(Right))
        if not rights <= set(_givable(visit)):
            faults.append(Fault("right", "EXCEEDS_YOURS", "You cannot give a right that you do not have yourself."))
        company = next((id for id, _ in self.companies(visit.principal.tenant) if id == form.get("company")), None)
        if company is None and form.get("company"):
            faults.append(Fault("company", "NO_SUCH_THING", "This company is gone. Choose another."))
        roles = {role.id: role for role in self._givable_roles(visit, company)}
        role = roles.get(form.get("role"))  # type: ignore[call-overload]  # any text may come from a form
        if role is None and form.get("role"):
            sentence = "You cannot give a role that may do more than you, or that is gone."
            faults.append(Fault("role", "EXCEEDS_YOURS", sentence))
        found = {
            "name": " ".join(form.get("name").split()),
            "rights": rights,
            "role": None if role is None else role.id,
            "company": company,
            "networks": tuple(form.get("networks").replace(",", " ").split()),
            "owner_email": form.get("owner") or None,
        }
        return found, faults

    def choices(self, visit: Visit) -> dict[str, Any]:
        """Return what the form offers to this visitor."""
        return {
            "rights": [(right.value, f"It {RIGHTS[right]}") for right in _givable(visit)],
            "roles": [(role.id, role_name(role)) for role in self._givable_roles(visit, None)],
            "companies": list(self.companies(visit.principal.tenant)),
        }

    def names(self, tenant: TenantId) -> dict[str, str]:
        """Return the names of roles and companies, by id."""
        roles = {str(role.id): role_name(role) for role in self.roles(tenant)}
        return roles | {str(id): name for id, name in self.companies(tenant)}

    def _givable_roles(self, visit: Visit, company: CompanyId | None) -> list[Role]:
        companies = frozenset() if company is None else frozenset({company})
        return [
            role
            for role in self.roles(visit.principal.tenant)
            if role.id != SystemRole.OWNER.value and not exceeds(visit.principal, role, companies)
        ]


def facts_of(key: ApiKey) -> dict[str, Any]:
    """Return the settings of a key as the audit trail names them."""
    return {
        "name": key.name,
        "rights": sorted(key.rights),
        "role": key.role,
        "company": key.company,
        "networks": list(key.networks),
        "owner": key.owner_email,
    }


def rights_words(key: ApiKey) -> list[str]:
    """Return the rights of a key as sentences."""
    return [f"It {RIGHTS[right]}." for right in Right if right in key.rights]


def units_of(form: Form, prefix: str) -> tuple[dict[Channel, int], list[Fault]]:
    """Return the numbers that were typed, by channel; an empty field is omitted."""
    units: dict[Channel, int] = {}
    faults: list[Fault] = []
    for channel in CAPACITIES:
        typed = "".join(form.get(f"{prefix}-{channel}").split())
        number = whole(typed)
        if number is not None and number <= MOST_UNITS:
            units[channel] = number
        elif typed:
            message = f"{CHANNELS[channel]}: a whole number up to 1,000,000,000."
            faults.append(Fault(f"{prefix}-{channel}", "WRONG_FORM", message))
    return units, faults


def placed(faults: Sequence[Fault]) -> list[Fault]:
    """Return faults of the core at the fields of the form."""
    return [Fault(_field(fault.pointer), fault.code, fault.message) for fault in faults]


def _givable(visit: Visit) -> list[Right]:
    return [right for right in Right if right not in READS or visit.may(Permission.ALERTS_READ, Reach.ALL)]


def _field(pointer: str) -> str:
    first, _, rest = pointer.strip("/").partition("/")
    return f"capacity-{rest}" if first == "capacities" else _FIELDS.get(first, first)
