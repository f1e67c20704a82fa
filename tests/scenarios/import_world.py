"""An account whose directory is imported, over fakes: the composition is the real one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from tests.fakes.alert_rules import FakeAlertRules
from tests.fakes.api_keys import FakeApiKeyRepository
from tests.fakes.attempts import FakeAttempts
from tests.fakes.directory import FakeDirectory, FakePersonalTokens, FakeSessions
from tests.fakes.idempotency_store import FakeIdempotencyStore
from tests.fakes.identity_provider import FakeIdentityProvider
from tests.fakes.randomness import SeededRandomness
from tests.fakes.sealer import FakeSealer
from tests.fakes.system_mail import FakeSystemMail
from tests.fakes.tenants import FakeTenantRepository
from tests.fakes.time import VirtualClock
from tocsin.audit.domain.actor import Actor, ActorKind
from tocsin.bootstrap.directory import DirectoryUseCases
from tocsin.bootstrap.queues import Queues
from tocsin.bootstrap.storage import Storage, StoreClients
from tocsin.directory.application.import_directory import Imported, ImportRequest
from tocsin.directory.domain.fields import settable
from tocsin.directory.domain.import_file import ImportKind
from tocsin.directory.domain.natural_keys import kind_of, natural_keys
from tocsin.directory.domain.things import AnyThing, Company, Group, GroupKind, Kind, Line, NumberTarget, PhoneNumber
from tocsin.entrypoint.process.environment import Environment
from tocsin.identity.domain.permissions import SystemRole
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.role import system_role
from tocsin.identity.domain.session import Session
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.ids import CompanyId, RoleId, TenantId, UserId

ACME = TenantId("acme")
NORTH = CompanyId("north")


@dataclass
class ImportWorld:
    """Olivia owns the account and imports; Ana and Bob sign in too.

    Attributes:
        wrap: stands before each port by name, for a test that injects faults.
    """

    wrap: Callable[[str, Any], Any] = lambda name, port: port
    clock: VirtualClock = field(default_factory=VirtualClock)

    def __post_init__(self) -> None:
        self.provider = FakeIdentityProvider(self.clock)
        self.directory = FakeDirectory()
        self.sessions = FakeSessions(self.directory)
        storage: Any = Storage(
            StoreClients(None), table_name="", key_id="", clock=self.clock, randomness=SeededRandomness()
        )
        storage.directory = self.wrap("directory", self.directory)
        storage.sessions = self.wrap("sessions", self.sessions)
        storage.idempotency_store, storage.tenants = FakeIdempotencyStore(), FakeTenantRepository()
        storage.alert_rules = FakeAlertRules(self.directory.trail)
        storage.attempts, storage.sealer = FakeAttempts(), FakeSealer()
        storage.personal_tokens = self.wrap("tokens", FakePersonalTokens(self.directory))
        storage.api_keys, storage.audit_trail = FakeApiKeyRepository(), self.directory.trail
        provider = self.wrap("provider", self.provider)
        self.imports = replace(
            DirectoryUseCases(storage, provider, FakeSystemMail(), Queues(None, Environment())).import_directory,  # type: ignore[arg-type]
            finished=None,
        )
        self.owner = self._person("olivia", SystemRole.OWNER)
        self.ana, self.bob = self._person("ana", SystemRole.USER, external_id="x-ana"), self._person("bob")
        self.directory.add(
            Company(tenant=ACME, id=NORTH, name="North"),
            Line(tenant=ACME, id="l1", extension="2001", label="Hall", company=NORTH, external_id="pbx-1"),
            Line(tenant=ACME, id="l2", extension="2002", aliases=("SIP/2002",), user=self.bob.id),
            Group(tenant=ACME, id="g1", kind=GroupKind.QUEUE, name="Sales", members=(self.bob.id,)),
            PhoneNumber(tenant=ACME, id="n1", e164="+447700900001", target=NumberTarget(kind="line", id="l1")),
        )
        role = system_role(ACME, SystemRole.OWNER)
        self.caller = Principal(ACME, Actor(ActorKind.USER, self.owner.id, "Olivia"), role, user=self.owner)

    def _person(self, name: str, role: SystemRole = SystemRole.USER, external_id: str | None = None) -> User:
        email = f"{name}@people.example"
        user = User(
            ACME, UserId(name), email, name.title(), RoleId(role.value), self.clock(), state=UserState.ACTIVE,
            confirmed_email=True, sub=self.provider.invite(email, "first").sub, external_id=external_id,
        )  # fmt: skip
        now = self.clock()
        self.directory.add(user)
        self.sessions.add(Session(ACME, user.id, f"s-{name}", "hash", b"form", now, now, now))
        return user

    def plan(self, kind: ImportKind, csv: str, *, disable: bool = False) -> Imported:
        """Return what a file would do."""
        return self.imports(self.caller, ImportRequest(kind=kind, csv=csv, disable_missing=disable))

    def apply(self, kind: ImportKind, csv: str, *, disable: bool = False) -> Imported:
        """Plan a file, and apply that plan as a client does who saw it."""
        seen = self.plan(kind, csv, disable=disable)
        request = ImportRequest(
            kind=kind, csv=csv, apply=True, disable_missing=disable, plan_id=seen.id, confirm=seen.confirm
        )
        return self.imports(self.caller, request)

    def told(self) -> dict[tuple[Kind, str], dict[str, Any]]:
        """Return everything in the directory by kind and name; references are names too, because ids are random."""
        things = list(self.directory.things.values())
        names = {thing.id: natural_keys(thing)[0] for thing in things}
        return {(kind_of(thing), names[thing.id]): _told(thing, names) for thing in things}


def _told(thing: AnyThing, names: dict[str, str]) -> dict[str, Any]:
    told: dict[str, Any] = dict(settable(thing))
    for field_name in ("user", "company"):
        if told.get(field_name):
            told[field_name] = names[told[field_name]]
    for field_name in ("members", "managers", "companies"):
        if field_name in told:
            told[field_name] = sorted(names[id] for id in told[field_name])
    if told.get("target"):
        told["target"] = names[told["target"]["id"]]
    state = thing.state.value if isinstance(thing, User) else ""
    return {**told, "external_id": getattr(thing, "external_id", None), "state": state}
