"""People who sign in, over fakes: the composition is the real one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from tests.fakes.attempts import FakeAttempts
from tests.fakes.directory import FakeAuditTrail, FakeDirectory, FakePersonalTokens, FakeSessions
from tests.fakes.identity_provider import FakeIdentityProvider, app_code
from tests.fakes.randomness import SeededRandomness
from tests.fakes.sealer import FakeSealer
from tests.fakes.system_mail import FakeSystemMail
from tests.fakes.tenants import FakeTenantRepository
from tests.fakes.time import VirtualClock
from tocsin.audit.domain.entry import AuditEntry
from tocsin.bootstrap.signing_in import SigningIn, invite_person, own_address
from tocsin.bootstrap.storage import Storage, StoreClients
from tocsin.identity.domain.permissions import SystemRole
from tocsin.identity.domain.personal_token import PersonalToken
from tocsin.identity.domain.tenant import Tenant
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.ids import RoleId, TenantId, UserId
from tocsin.sign_in.domain.steps import Asked, Browser, Opened, SignInAnswer
from tocsin.sign_in.domain.throttle import ThrottleSettings

ACME, RIVAL = TenantId("acme"), TenantId("rival")
CONSOLE = "https://console.example"
ANA = "ana@people.example"
PASSWORD, FIRST, OTHER = "quiet-harbour-lamp", "first-password-1", "another-long-password"
HOME, OFFICE = Browser("192.0.2.7", "Firefox on Windows"), Browser("198.51.100.9", "Chrome on Android")


@dataclass
class SignInWorld:
    """Ana is an active user of acme; `join` makes others, and more memberships.

    Attributes:
        wrap: stands before each port by name, for a test that injects faults.
    """

    clock: VirtualClock = field(default_factory=VirtualClock)
    settings: ThrottleSettings = field(default_factory=ThrottleSettings)
    wrap: Callable[[str, Any], Any] = lambda name, port: port

    def __post_init__(self) -> None:
        self.provider = FakeIdentityProvider(self.clock)
        self.trail = FakeAuditTrail()
        self.directory = FakeDirectory(self.trail)
        self.sessions = FakeSessions(self.directory)
        self.personal_tokens = FakePersonalTokens(self.directory)
        self.attempts = FakeAttempts()
        self.tenants = FakeTenantRepository()
        for tenant in (ACME, RIVAL):
            self.tenants.add(Tenant(tenant, tenant.title(), self.clock()))
        self.storage: Any = Storage(
            StoreClients(None), table_name="", key_id="", clock=self.clock, randomness=SeededRandomness()
        )
        self.mail = FakeSystemMail()
        for name in ("directory", "sessions", "personal_tokens", "attempts", "tenants"):
            setattr(self.storage, name, self.wrap(name, getattr(self, name)))
        self.storage.audit_trail = self.wrap("trail", self.trail)
        self.storage.sealer = FakeSealer()
        self.people = SigningIn(self.storage, self.provider, throttle=self.settings)
        self.sign_in = self.people.sign_in
        provider, mail = self.wrap("provider", self.provider), self.wrap("mail", self.mail)
        self.invite = partial(invite_person(self.storage, provider, mail), console=CONSOLE)
        self.address = own_address(self.storage, provider, mail)
        self.ana = self.join(ACME, ANA)
        self.provider.people[self.ana.sub or ""].password = PASSWORD
        self.provider.people[self.ana.sub or ""].first = False

    def add_token(self, user: User) -> None:
        """Give a person a personal token."""
        now = self.clock()
        token = PersonalToken(user.tenant, user.id, "k7f3q9k7f3q9", "hash", "Backup", now, now + timedelta(days=30))
        self.personal_tokens.tokens[user.tenant, user.id, token.id] = token

    def join(self, tenant: TenantId, email: str, state: UserState = UserState.ACTIVE) -> User:
        """Make a person a member of a tenant, with the first password if the address is new."""
        sub = self.provider.invite(email, FIRST).sub
        user = User(
            tenant=tenant,
            id=UserId(f"{tenant}{len(self.directory.things)}"),
            email=email,
            name=email.partition("@")[0].title(),
            role=RoleId(SystemRole.USER.value),
            created_at=self.clock(),
            state=state,
            sub=sub,
            confirmed_email=state is UserState.ACTIVE,
        )
        self.directory.add(user)
        return user

    def require_app(self, tenant: TenantId) -> None:
        """Let a tenant require the authenticator app."""
        self.tenants.require_mfa(tenant, required=True)

    def give_app(self) -> str:
        """Let Ana have an authenticator app; returns its secret."""
        person = self.provider.people[self.ana.sub or ""]
        secret = self.provider.begin_mfa(f"access-{person.sub}")
        person.mfa = True
        return secret

    def tries(self, email: str = ANA, password: str = PASSWORD, browser: Browser = HOME) -> SignInAnswer:
        """Answer the form with address and password."""
        return self.sign_in.password(self.sign_in.begin(), email, password, browser)

    def signed_in(self, browser: Browser = HOME) -> Opened:
        """Return a session of Ana."""
        answer = self.tries(browser=browser)
        assert isinstance(answer, Opened)
        return answer

    def asked(self, answer: SignInAnswer) -> Asked:
        """Return what is asked."""
        assert isinstance(answer, Asked)
        return answer

    def code(self, secret: str) -> str:
        """Return what the app shows now."""
        return app_code(secret, self.clock())

    def passes(self, **span: float) -> None:
        """Let time pass."""
        self.clock.advance(timedelta(**span))

    def actions(self, tenant: TenantId = ACME) -> list[str]:
        """Return what the audit trail of a tenant tells, oldest first."""
        return [entry.action for entry in self.entries(tenant)]

    def entries(self, tenant: TenantId = ACME) -> list[AuditEntry]:
        """Return the audit trail of a tenant, oldest first."""
        return sorted((e for e in self.trail.entries.values() if e.tenant == tenant), key=lambda e: e.at)
