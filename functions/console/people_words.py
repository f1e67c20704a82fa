"""People and roles in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from console.words import ROLES
from tocsin.directory.application.delete_thing import Deletion
from tocsin.directory.domain.fields import chosen
from tocsin.directory.domain.natural_keys import FIELD, kind_of
from tocsin.directory.domain.things import WORD, AnyThing
from tocsin.identity.domain.permissions import Permission
from tocsin.identity.domain.role import Role, ScopeKind
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.ids import RoleId
from tocsin.suppressions.domain.suppression import SuppressionReason

STATES = {
    UserState.ACTIVE: ("ok", "Active"),
    UserState.INVITED: ("wait", "Invited"),
    UserState.DISABLED: ("idle", "Disabled"),
}
"""Glyph and word of each state."""

_NOT_MAILED = {
    SuppressionReason.HARD_BOUNCE: "The mailbox takes no mail: the invitation came back",
    SuppressionReason.COMPLAINT: "The invitation was reported as spam",
}

PERMISSIONS = {
    Permission.ALERTS_SEND: "send, stop and escalate alerts; use groups, content, schedules and triggers",
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

SCOPES = {
    ScopeKind.USERS: "People",
    ScopeKind.PHONE_NUMBERS: "Phone numbers",
    ScopeKind.HUNT_GROUPS: "Hunt groups",
    ScopeKind.CALL_QUEUES: "Call queues",
}
"""What each data scope is about."""


def role_name(role: Role) -> str:
    """Return the name of a role."""
    return ROLES.get(role.id, role.name)


def shown_role(role: Role) -> dict[str, Any]:
    """Return what the templates show of a role."""
    may = [word for permission, word in PERMISSIONS.items() if permission.value in chosen(role)]
    return {"id": role.id, "name": role_name(role), "system": role.system, "may": may}


def shown_person(
    user: User, roles: Mapping[RoleId, str], suppressed: Mapping[str, SuppressionReason], now: datetime
) -> dict[str, Any]:
    """Return what the templates show of a person.

    Args:
        roles: names of all roles, by id.
        suppressed: why mails to an address do not go out.
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
        "contacts": sorted(user.contacts),
        "mfa": user.mfa,
        "invited_at": user.invited_at,
        "stopped": user.not_me_at is not None,
        "note": _note(user, suppressed.get(user.email), now),
        "version": user.version,
    }


def _note(user: User, reason: SuppressionReason | None, now: datetime) -> tuple[str, str] | None:
    """Return glyph and words for an invitation that leads nowhere; None for every other person."""
    if user.state is not UserState.INVITED:
        return None
    if user.not_me_at is not None:
        return "bad", "Answered: this is not me"
    if reason is not None:
        return "bad", _NOT_MAILED.get(reason, "Mails to this address do not go out")
    return ("warn", "No sign-in within 90 days") if user.is_overdue(now) else None


def shown_thing(thing: AnyThing) -> str:
    """Return a thing of the directory with its kind, for example "line 201"."""
    return f"{WORD[kind_of(thing)].replace('_', ' ')} {name_of(thing)}"


def name_of(thing: AnyThing) -> str:
    """Return what a thing of the directory is found by, as it was written: a name, extension, number or address."""
    return str(getattr(thing, FIELD[kind_of(thing)]))


def in_the_way(deletion: Deletion) -> list[str]:
    """Return what another person needs to get before a person is deleted."""
    things = [shown_thing(holder) for holder, _ in deletion.holders]
    rules = len(deletion.rules)
    return [*things, f"Alert rules that the person owns, or that name the person: {rules}"] if rules else things
