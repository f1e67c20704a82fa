"""People of each role as callers of the API, and what there is for them to see."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs

from tests.contract.directory.test_directory import a_user
from tests.functional.alerts_api.conftest import Door, email, sms
from tests.functional.gateway import Answer
from tocsin.alerts.domain.headline import SenderKind, SentBy
from tocsin.audit.domain.actor import Actor, ActorKind
from tocsin.directory.domain.things import Company
from tocsin.identity.domain.permissions import Permission, SystemRole
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.role import Role, granted, system_role
from tocsin.identity.domain.user import UserState
from tocsin.identity.domain.visibility import Made
from tocsin.kernel.domain.ids import AlertRef, CompanyId, RoleId, TenantId, UserId

ACME = TenantId("acme")
NORTH, SOUTH = CompanyId("north"), CompanyId("south")
OWN, COLLEAGUE = UserId("u1"), UserId("u2")

SENDS = frozenset({Permission.ALERTS_SEND, Permission.ALERTS_READ})
READS = frozenset({Permission.ALERTS_READ})

ROLES: dict[str, tuple[Role, frozenset[CompanyId]]] = {
    **{role.value: (system_role(ACME, role), frozenset()) for role in SystemRole if role is not SystemRole.MANAGER},
    "manager": (system_role(ACME, SystemRole.MANAGER), frozenset({NORTH})),
    "custom": (Role(ACME, RoleId("r1"), "Desk", granted(SENDS, companies=False)), frozenset()),
    "custom of a company": (Role(ACME, RoleId("r1"), "Desk", granted(SENDS, companies=True)), frozenset({NORTH})),
    "custom reader": (Role(ACME, RoleId("r2"), "Reader", granted(READS, companies=False)), frozenset()),
    "custom without alerts": (Role(ACME, RoleId("r3"), "Mail", granted(frozenset(), companies=False)), frozenset()),
}
"""Each role with the companies of who has it here."""

MADE = {
    "own": Made(OWN),
    "own, of a company of others": Made(OWN, SOUTH),
    "the company's": Made(COLLEAGUE, NORTH),
    "another company's": Made(COLLEAGUE, SOUTH),
    "no company's": Made(COLLEAGUE),
    "a key's": Made(),
    "a key's of the company": Made(None, NORTH),
}
"""Things by who made them, as the person of id `u1` finds them."""

EVERYTHING = frozenset(MADE)
MINE = frozenset({"own", "own, of a company of others"})
OF_NORTH = MINE | {"the company's", "a key's of the company"}

SEES: dict[str, frozenset[str]] = {
    "account_owner": EVERYTHING,
    "admin": EVERYTHING,
    "manager": OF_NORTH,
    "queue_manager": MINE,
    "user": MINE,
    "reporting": EVERYTHING,
    "custom": EVERYTHING,
    "custom of a company": OF_NORTH,
    "custom reader": EVERYTHING,
    "custom without alerts": MINE,
}
"""Which alerts each role sees (decided 2.1)."""

ACTS = frozenset({"account_owner", "admin", "manager", "custom", "custom of a company"})
"""Roles that send, and act on what they see."""

READS_STORES = SEES | {"reporting": MINE}
"""Which stores each role reads: reporting reads results, no texts and groups to come (decided 2.9)."""


def a_principal(role: str, *, id: UserId = OWN, **more: Any) -> Principal:
    """Return a person of a role; in `more` what differs."""
    held, companies = ROLES[role]
    user = a_user(id, role=SystemRole.USER, state=UserState.ACTIVE, confirmed_email=True)
    user = replace(user, role=held.id, companies=companies)
    caller = Principal(ACME, Actor(ActorKind.USER, id, user.name), held, user=user, companies=companies)
    return replace(caller, **more)


@dataclass
class Crowd(Door):
    """The API with a person of each role, whose tokens are the roles' names."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.callers |= {role: a_principal(role) for role in ROLES}
        self.directory.add(Company(tenant=ACME, id=NORTH, name="North"), Company(tenant=ACME, id=SOUTH, name="South"))
        self.foreign = self.new_key("rival", "k9")

    def by(self, role: str, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Call as the person of a role."""
        named = {"Authorization": f"Bearer {role}"} | {name.replace("_", "-"): v for name, v in headers.items()}
        path, _, query = path.partition("?")
        return self.gateway.call(method, path, None if body is None else json.dumps(body), named, parse_qs(query))

    def verb(self, role: str, path: str, body: dict[str, Any], **headers: str) -> Answer:
        """Call a verb as the person of a role."""
        return self.by(role, "POST", path, {"version": "latest", **body}, **headers)

    def alert(self, made: Made, *, to: str = "+447700900001", **more: Any) -> AlertRef:
        """Let an alert have been sent, by whoever `made` says."""
        answer = self.send(email(recipients=[to]) if "@" in to else sms(recipients=[to]), **more)
        assert answer.status == 200, answer.text
        ref = AlertRef(answer.json["alertRef"])
        alert = self.alerts.alerts[ACME, ref]
        by = alert.sent_by if made.by is None else SentBy(SenderKind.USER, made.by, made.by.title())
        self.alerts.alerts[ACME, ref] = replace(alert, sent_by=by, company=made.company)
        return ref

    def alerts_of_all(self) -> Iterator[tuple[str, AlertRef]]:
        """Let an alert of each kind have been sent."""
        for name, made in MADE.items():
            yield name, self.alert(made)

    def of_others(self) -> AlertRef:
        """Let another tenant have sent an alert."""
        answer = self.post("/sendalert", {"clientRef": "r", "alert": [sms()], "apiKey": self.foreign})
        return AlertRef(answer.json["alertRef"])
