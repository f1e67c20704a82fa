"""The menu: what a role may use, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.identity.domain.permissions import Permission, Reach
from tocsin.identity.domain.principal import Principal


@dataclass(frozen=True, slots=True)
class Entry:
    """One link of the menu. Who lacks the permission, or does not reach far enough with it, does not see it."""

    to: str
    word: str
    glyph: str
    permission: Permission
    reach: Reach = Reach.OWN


GROUPS: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    (
        "",
        (
            Entry("alerts", "Alerts", "bell", Permission.ALERTS_READ),
            Entry("schedules", "Schedules", "clock", Permission.ALERTS_SEND),
            Entry("escalations", "Escalations", "steps", Permission.ALERTS_SEND),
            Entry("triggers", "Triggers", "bolt", Permission.ALERTS_SEND),
            Entry("appointments", "Appointments", "calendar", Permission.SELF),
        ),
    ),
    ("You", (Entry("me/notifications", "My notifications", "sliders", Permission.SELF),)),
    (
        "Who and what",
        (
            Entry("groups", "Contact groups", "people", Permission.ALERTS_SEND),
            Entry("content", "Stored content", "file", Permission.ALERTS_SEND),
        ),
    ),
    (
        "Telephony",
        (
            Entry("rules", "Alert rules", "rules", Permission.RULES_OWN),
            Entry("events", "Events", "phone", Permission.RULES_OWN),
            Entry("sources", "Event sources", "plug", Permission.ACCOUNT, Reach.ALL),
            Entry("integrations", "Integrations", "plug", Permission.INTEGRATIONS, Reach.COMPANIES),
            Entry("mail", "Mail", "mail", Permission.MAIL, Reach.ALL),
        ),
    ),
    (
        "Account",
        (
            Entry("users", "People and roles", "people", Permission.PEOPLE_READ),
            Entry("directory", "Directory", "book", Permission.DIRECTORY_READ),
            Entry("keys", "Keys", "key", Permission.KEYS, Reach.ALL),
            Entry("callbacks", "Callbacks", "plug", Permission.KEYS, Reach.ALL),
            Entry("reports", "Reports", "chart", Permission.ACCOUNT, Reach.ALL),
            Entry("audit", "Audit log", "list", Permission.AUDIT, Reach.ALL),
            Entry("account", "Account settings", "sliders", Permission.ACCOUNT, Reach.ALL),
        ),
    ),
)
"""All entries, in groups, each with its heading."""


def menu_of(principal: Principal) -> list[tuple[str, list[Entry]]]:
    """Return the groups that a person sees, each with its entries; groups without entries are omitted."""
    shown = [(heading, [e for e in entries if principal.reach(e.permission) >= e.reach]) for heading, entries in GROUPS]
    return [(heading, entries) for heading, entries in shown if entries]


def first_page(principal: Principal) -> str:
    """Return the page that a person comes to after the sign-in."""
    return next((entries[0].to for _, entries in menu_of(principal)), "me/security")
