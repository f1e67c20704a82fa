"""People and roles in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from console.words import ROLES
from tocsin.directory.domain.fields import chosen
from tocsin.directory.domain.natural_keys import FIELD, kind_of
from tocsin.directory.domain.things import WORD, AnyThing
from tocsin.identity.domain.permissions import Permission
from tocsin.identity.domain.role import Role
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.ids import RoleId

STATES = {
    UserState.ACTIVE: ("ok", "Active"),
    UserState.INVITED: ("wait", "Invited"),
    UserState.DISABLED: ("idle", "Disabled"),
}
"""Glyph and word of each state."""

PERMISSIONS = {
    Permission.ALERTS_SEND: "send, stop and escalate alerts",
    Permission.ALERTS_READ: "read sent alerts",
    Permission.RULES_OWN: "have alert rules",
    Permission.RULES_ALL: "see and delete the rules of others",
    Permission.MAIL: "set up mail and templates",
    Permission.INTEGRATIONS: "manage integrations",
    Permission.PEOPLE_MANAGE: "manage people and roles",
    Permission.PEOPLE_READ: "see people and roles",
    Permission.DIRECTORY_MANAGE: "change the directory",
    Permission.DIRECTORY_READ: "read the directory",
    Permission.KEYS: "manage keys and callbacks",
    Permission.AUDIT: "read the audit log",
    Permission.ACCOUNT: "change the account's settings",
    Permission.SELF: "change their own settings",
}
"""Each permission as what its holder may do."""


def role_name(role: Role) -> str:
    """Return the name of a role."""
    return ROLES.get(role.id, role.name)


def shown_role(role: Role) -> dict[str, Any]:
    """Return what the templates show of a role."""
    may = [word for permission, word in PERMISSIONS.items() if permission.value in chosen(role)]
    return {"name": role_name(role), "system": role.system, "may": ", ".join(may)}


def shown_person(user: User, roles: Mapping[RoleId, str]) -> dict[str, Any]:
    """Return what the templates show of a person.

    Args:
        roles: names of all roles, by id.
    """
    kind, word = STATES[user.state]
    return {
        "id": user.id,
        "name": user.name,
        "email": user.email,
        "role": roles.get(user.role, "a role that is gone"),
        "kind": kind,
        "state": user.state.value,
        "word": word,
        "seen": user.last_seen_at,
        "mfa": user.mfa,
        "invited_at": user.invited_at,
        "version": user.version,
    }


def shown_thing(thing: AnyThing) -> str:
    """Return a thing of the directory with its kind, for example "line 201"."""
    return f"{WORD[kind_of(thing)].replace('_', ' ')} {name_of(thing)}"


def name_of(thing: AnyThing) -> str:
    """Return what a thing of the directory is found by, as it was written: a name, extension, number or address."""
    return str(getattr(thing, FIELD[kind_of(thing)]))
