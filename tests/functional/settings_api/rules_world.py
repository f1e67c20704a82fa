"""Alert rules in the world of the settings API: bodies, people who reach rules differently, and calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.functional.settings_api.conftest import ACME, World
from tocsin.directory.domain.things import NumberTarget, PhoneNumber
from tocsin.identity.domain.permissions import Permission, SystemRole
from tocsin.identity.domain.role import Role, Scope, ScopeKind, granted
from tocsin.kernel.domain.ids import RoleId

TEXTS = "+447700900002"
"""A number of the account that can send texts."""

MAIL = {"type": "email", "to": "ana@example.com", "subject": "Missed call"}
TEXT = {"type": "sms", "from": TEXTS, "to": ["+447700900123", "+447700900124", "+447700900125"]}
HOOK = {
    "type": "webhook",
    "url": "https://hooks.example.com/in?key=canary-query",
    "method": "POST",
    "headers": [{"preset": "bearer", "token": "canary-token"}],
}
CALLS = {"name": "Missed", "type": "call", "triggers": [{"filters": {"statuses": ["missed"]}}]}

EDITOR, VIEWER, NEITHER = "four scopes", "all.view", "no permission"
"""Custom roles; each has one person, whose id is that of the role."""


class Rules:
    """Calls about rules. `as_` says who calls."""

    def __init__(self, world: World) -> None:
        self.world = world
        world.directory.add(
            PhoneNumber(
                tenant=ACME, id="texts", e164=TEXTS, sms_enabled=True,
                target=NumberTarget(kind="line", id="lines-acme"),
            ),
        )  # fmt: skip
        self._roles = {
            EDITOR: self._role("editor", Permission.RULES_ALL, scopes=dict.fromkeys(ScopeKind, Scope.ALL)),
            VIEWER: self._role("viewer", Permission.RULES_ALL),
            NEITHER: self._role("neither"),
            **{
                f"all but {missing.value}": self._role(
                    f"but{number}",
                    Permission.RULES_ALL,
                    scopes=dict.fromkeys(set(ScopeKind) - {missing}, Scope.ALL),
                )
                for number, missing in enumerate(ScopeKind)
            },
        }
        self._people = {name: world.person(f"p-{role.id}", role.id) for name, role in self._roles.items()}

    @property
    def callers(self) -> list[str]:
        """Everybody who can call."""
        return [*(role.value for role in SystemRole), *self._roles]

    def id_of(self, caller: str) -> str:
        return self._people[caller].id if caller in self._people else f"{caller}-acme"

    def as_(self, caller: str) -> None:
        if caller in self._people:
            self.world.as_person(self._people[caller], self._roles[caller])
        else:
            self.world.as_role(SystemRole(caller))

    def made(self, caller: str = "account_owner", **given: Any) -> Mapping[str, Any]:
        """Create a rule as somebody, and return it."""
        self.as_(caller)
        answer = self.world.call("POST", "/alert_rules", CALLS | given)
        assert answer.status == 201, answer.text
        found: Mapping[str, Any] = answer.json
        return found

    def listed(self, list: str = "owned", **query: str) -> list[str]:
        """Return the ids of a list."""
        answer = self.world.gateway.get("/alert_rules", None, list=list, **query)
        assert answer.status == 200, answer.text
        return [item["id"] for item in answer.json["items"]]

    def _role(self, id: str, *permissions: Permission, scopes: Mapping[ScopeKind, Scope] | None = None) -> Role:
        role = Role(
            ACME, RoleId(id), id.title(), granted(frozenset(permissions), companies=False), scopes or {}, version=1
        )
        self.world.directory.add(role)
        return role
