"""Permissions, and the one table of what each system role may do. What the table does not grant is denied."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum, StrEnum


class Permission(StrEnum):
    """What a caller may do."""

    ALERTS_SEND = "alerts.send"  # send, stop, escalate; groups, content, schedules, triggers
    ALERTS_READ = "alerts.read"  # sent alerts and their results
    RULES_OWN = "rules.own"  # own alert rules and their history
    RULES_ALL = "alerts.all.view"  # see and delete the rules of others
    MAIL = "mail.manage"  # tenant mail server and templates
    INTEGRATIONS = "integrations.manage"
    PEOPLE_MANAGE = "people.manage"  # users and roles
    PEOPLE_READ = "people.read"
    DIRECTORY_MANAGE = "directory.manage"  # companies, lines, numbers, groups, imports
    DIRECTORY_READ = "directory.read"
    KEYS = "keys.manage"  # API keys and callbacks
    AUDIT = "audit.read"
    ACCOUNT = "account.manage"  # zone, quiet hours, sign-in rules of the tenant; account notices
    SELF = "self"  # own profile, preferences, inbox, sessions and tokens


class Reach(IntEnum):
    """How far a permission goes. The bigger value includes the smaller ones."""

    NONE = 0
    OWN = 1  # what is the person's own: see each use case
    COMPANIES = 2  # things of the person's companies
    ALL = 3  # the whole tenant


class SystemRole(StrEnum):
    """The six fixed roles; the values are ids in the API."""

    OWNER = "account_owner"
    ADMIN = "admin"
    MANAGER = "manager"
    QUEUE_MANAGER = "queue_manager"
    USER = "user"
    REPORTING = "reporting"


CUSTOM = frozenset(set(Permission) - {Permission.RULES_OWN, Permission.ACCOUNT, Permission.SELF})
"""Permissions that a custom role can have. A custom role also has those of the role `user`."""

INCLUDED_IN = {
    Permission.PEOPLE_READ: Permission.PEOPLE_MANAGE,
    Permission.DIRECTORY_READ: Permission.DIRECTORY_MANAGE,
}
"""Who may change something may read it too, as far."""

_EVERYTHING = dict.fromkeys(Permission, Reach.ALL)
_USER = {
    Permission.ALERTS_READ: Reach.OWN,
    Permission.RULES_OWN: Reach.OWN,
    Permission.DIRECTORY_READ: Reach.OWN,
    Permission.SELF: Reach.OWN,
}

SYSTEM_ROLES: Mapping[SystemRole, Mapping[Permission, Reach]] = {
    SystemRole.OWNER: _EVERYTHING,
    SystemRole.ADMIN: _EVERYTHING,
    SystemRole.MANAGER: _USER
    | {
        Permission.ALERTS_SEND: Reach.COMPANIES,
        Permission.ALERTS_READ: Reach.COMPANIES,
        Permission.DIRECTORY_READ: Reach.COMPANIES,
        Permission.INTEGRATIONS: Reach.COMPANIES,
    },
    SystemRole.QUEUE_MANAGER: _USER,
    SystemRole.USER: _USER,
    SystemRole.REPORTING: {
        Permission.ALERTS_READ: Reach.ALL,
        Permission.PEOPLE_READ: Reach.ALL,
        Permission.DIRECTORY_READ: Reach.ALL,
        Permission.SELF: Reach.OWN,
    },
}
"""The table. That an admin changes no owner, and that no person grants more than they have, are rules of `people`."""
