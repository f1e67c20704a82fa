"""What the directory holds beside people and roles: companies, lines, phone numbers and groups."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tocsin.identity.domain.role import Role
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.ids import CompanyId, TenantId, UserId


class Kind(StrEnum):
    """Kinds of things; the values are the words in paths and imports."""

    COMPANY = "companies"
    USER = "users"
    LINE = "lines"
    PHONE_NUMBER = "phone_numbers"
    GROUP = "groups"
    ROLE = "roles"


class GroupKind(StrEnum):
    """Kinds of groups; the values are words of the API."""

    HUNT_GROUP = "hunt_group"
    QUEUE = "queue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """A sub-unit of a tenant."""

    tenant: TenantId
    id: CompanyId
    name: str
    external_id: str | None = None
    source: str | None = None
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An extension of the telephone system.

    Attributes:
        user: whose personal line it is; None = shared.
        aliases: other names of it in events.
        discovered: made by an event, not by a person or a push.
    """

    tenant: TenantId
    id: str
    extension: str
    label: str = ""
    aliases: tuple[str, ...] = ()
    user: UserId | None = None
    company: CompanyId | None = None
    fisher_mode: bool = False
    discovered: bool = False
    external_id: str | None = None
    source: str | None = None
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberTarget:
    """Where calls to a phone number go: a line or a group."""

    kind: str  # "line" or "group"
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneNumber:
    """A number of the telephone system, in E.164.

    Attributes:
        sms_enabled: texts can be sent from it; True where the operator gave the number to the tenant.
    """

    tenant: TenantId
    id: str
    e164: str
    label: str = ""
    sms_enabled: bool = False
    target: NumberTarget | None = None
    company: CompanyId | None = None
    external_id: str | None = None
    source: str | None = None
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A hunt group or a queue: at most 500 members."""

    tenant: TenantId
    id: str
    kind: GroupKind
    name: str
    number: str = ""
    aliases: tuple[str, ...] = ()
    members: tuple[UserId, ...] = ()
    managers: tuple[UserId, ...] = ()
    company: CompanyId | None = None
    external_id: str | None = None
    source: str | None = None
    version: int = 1


AnyThing = Company | User | Line | PhoneNumber | Group | Role
"""One thing of the directory."""

WORD = {
    Kind.COMPANY: "company",
    Kind.USER: "user",
    Kind.LINE: "line",
    Kind.PHONE_NUMBER: "phone_number",
    Kind.GROUP: "group",
    Kind.ROLE: "role",
}
"""One thing of a kind, as the audit trail names it."""

MOST = {
    Kind.COMPANY: 500,
    Kind.USER: 5_000,
    Kind.LINE: 20_000,
    Kind.PHONE_NUMBER: 20_000,
    Kind.GROUP: 500,
    Kind.ROLE: 100,
}
"""Most things of a kind in one tenant."""

GROUP_MEMBERS = 500
"""Most members of one group."""

EXTERNAL_ID_CHARACTERS = 255
"""Most characters of an external id."""
