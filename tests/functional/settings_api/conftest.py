"""The settings API on fakes: a tenant with a person of each system role, and another tenant."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import pytest

from settings_api.blueprints import blueprints
from tests.fakes.alert_rules import FakeAlertRules, FakeBacktests, FakeInside, FakeRuleRuns, FakeRuleWindows
from tests.fakes.alerts import FakeAlertRepository
from tests.fakes.api_keys import FakeApiKeyRepository
from tests.fakes.appointments import FakeAppointments
from tests.fakes.attempts import FakeAttempts
from tests.fakes.callbacks import FakeCallbackQueue, FakeWebhookDeliveries
from tests.fakes.conversations import FakeTwoWayNumbers
from tests.fakes.directory import FakeAuditTrail, FakeDirectory, FakePersonalTokens, FakeSessions
from tests.fakes.idempotency_store import FakeIdempotencyStore
from tests.fakes.identity_provider import FakeIdentityProvider
from tests.fakes.inboxes import FakeInboxes
from tests.fakes.integrations import FakeIntegrationAlerts, FakeIntegrations
from tests.fakes.mail_runs import FakeMailRuns
from tests.fakes.mailbox_consents import FakeConnectAttempts, FakeMailboxOwners
from tests.fakes.messages import FakeMessageRows
from tests.fakes.notice_runs import FakeNoticeRuns
from tests.fakes.preferences import FakePreferencesStore
from tests.fakes.push_subscriptions import FakePushSubscriptions
from tests.fakes.randomness import SeededRandomness
from tests.fakes.schedules import FakeSchedules
from tests.fakes.sealer import FakeSealer
from tests.fakes.sending_limits import FakeCounters
from tests.fakes.suppressions import FakeSuppressions
from tests.fakes.telephony import FakeEventRows, FakeEventSources, FakeLineStates, FakeSourcePulses, FakeSourceSamples
from tests.fakes.tell_people import FakeTellPeople
from tests.fakes.tenant_mail import FakeMailSettingsStore, FakeMailTemplates, FakeRefusedMails
from tests.fakes.tenants import FakeTenantRepository
from tests.fakes.time import VirtualClock
from tests.fakes.timers import FakeTimerQueue, FakeTimers
from tests.fakes.told import FakeCallsTold
from tests.fakes.triggers import FakeTriggers
from tests.functional.gateway import Answer, Gateway
from tests.functional.settings_api.mail_server import FakeMailServer
from tocsin.alert_rules.application.run_backtests import StartBacktest
from tocsin.alert_rules.application.test_rule import TestRule
from tocsin.audit.domain.actor import Actor, ActorKind, Via
from tocsin.bootstrap.alert_rules import RuleUseCases
from tocsin.bootstrap.browsers.pushing import own_browsers
from tocsin.bootstrap.directory import DirectoryUseCases
from tocsin.bootstrap.integrations.use_cases import IntegrationUseCases
from tocsin.bootstrap.queues import Queues
from tocsin.bootstrap.reminders.managing import ReminderUseCases
from tocsin.bootstrap.signing_in import SigningIn
from tocsin.bootstrap.storage import Storage, StoreClients
from tocsin.bootstrap.telephony.on_bus import runs_on_bus
from tocsin.bootstrap.tenant_mail.managing import MailUseCases
from tocsin.contacts.domain.channel import Channel
from tocsin.directory.domain.things import AnyThing, Company, Group, GroupKind, Kind, Line, NumberTarget, PhoneNumber
from tocsin.egress.domain.url_policy import CLOSED
from tocsin.entrypoint.http.app import Call, create_app
from tocsin.entrypoint.http.authorized import context_of, principal_of
from tocsin.entrypoint.process.environment import Environment
from tocsin.identity.application.authenticate_token import AuthenticateToken
from tocsin.identity.application.principals import KeyPrincipal, PersonPrincipal
from tocsin.identity.domain.api_key import ApiKey, KeyKind
from tocsin.identity.domain.permissions import Permission, Reach, SystemRole
from tocsin.identity.domain.personal_token import NewToken
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.role import Role, granted, system_role
from tocsin.identity.domain.session import Session
from tocsin.identity.domain.tenant import Tenant
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.errors import Restoring
from tocsin.kernel.domain.ids import ApiKeyId, CompanyId, RoleId, TenantId, UserId
from tocsin.personal_notices.application.send_samples import SendSamples
from tocsin.personal_notices.domain.account_mail import AccountMail
from tocsin.sign_in.domain.personal_mail import PersonalMail
from tocsin.suppressions.application.suppress import Suppress
from tocsin.suppressions.domain.suppression import SuppressionReason
from tocsin.tenant_mail.application.connect_mailbox import ConnectMailbox
from tocsin.tenant_mail.application.send_test_mail import SendTestMail
from tocsin.tenant_mail.domain.mailbox_consent import MailApp

ACME, RIVAL = TenantId("acme"), TenantId("rival")
NORTH, SOUTH = CompanyId("north"), CompanyId("south")


@dataclass
class Outbox:
    """The system's mail server."""

    mails: list[PersonalMail] = field(default_factory=list)

    def send(self, mail: PersonalMail) -> None:
        self.mails.append(mail)


class World:
    """Calls are made as `caller`; `as_role` and `as_key` change who that is."""

    caller: Callable[[Call], Principal]

    def __init__(self) -> None:
        self.clock = VirtualClock()
        trail = FakeAuditTrail()
        self.preferences = FakePreferencesStore(trail)
        self.directory = FakeDirectory(trail, self.preferences)
        self.provider, self.outbox = FakeIdentityProvider(), Outbox()
        self.trail, self.sessions = self.directory.trail, FakeSessions(self.directory)
        self.tokens, self.keys = FakePersonalTokens(self.directory), FakeApiKeyRepository()
        self.tenants = FakeTenantRepository()
        self.tenants.add(Tenant(ACME, "Northwater", self.clock()))
        storage: Any = Storage(
            StoreClients(None), table_name="", key_id="", clock=self.clock, randomness=SeededRandomness()
        )
        storage.directory, storage.sessions, storage.tenants = self.directory, self.sessions, self.tenants
        storage.preferences = self.preferences
        self.answers = storage.idempotency_store = FakeIdempotencyStore()
        storage.personal_tokens, storage.api_keys, storage.audit_trail = self.tokens, self.keys, self.trail
        storage.two_way_numbers = self.numbers = FakeTwoWayNumbers()
        storage.attempts, storage.sealer = FakeAttempts(), FakeSealer()
        storage.inboxes = self.inboxes = FakeInboxes()
        storage.push_subscriptions = self.browsers = FakePushSubscriptions()
        storage.schedules, storage.triggers = self.schedules, self.triggers = FakeSchedules(), FakeTriggers()
        storage.alert_rules = self.rules = FakeAlertRules(self.trail)
        storage.rule_runs = self.runs = FakeRuleRuns()
        self.inside = FakeInside(self.rules, self.runs, FakeRuleWindows(), FakeTimers())
        self.backtests = FakeBacktests()
        self.counters, self.restoring, self.system_mail = FakeCounters(), False, True
        rule_use: Any = RuleUseCases(storage, mail=self.outbox)
        rule_use.test = TestRule(
            read=rule_use.read,
            account=rule_use.account,
            zone=lambda tenant: ZoneInfo("Europe/London"),
            may_send=self._may_send,
            send=self.inside,
            counters=self.counters,
            clock=self.clock,
            randomness=SeededRandomness(),
            on_bus=runs_on_bus(rule_use.clocks.accounts),
        )
        rule_use.start_backtest = StartBacktest(
            backtests=self.backtests,
            timers=FakeTimers(),
            queue=FakeTimerQueue(),
            kept_days=lambda tenant: 90,
            clock=self.clock,
            randomness=SeededRandomness(),
        )
        storage.source_pulses = FakeSourcePulses()
        storage.event_sources, storage.source_samples = self.sources, self.samples = (
            FakeEventSources(),
            FakeSourceSamples(),
        )
        self.timer_queue, queues = FakeTimerQueue(), Queues(None, Environment())  # type: ignore[arg-type]
        queues.timers = self.timer_queue
        use = DirectoryUseCases(storage, self.provider, self.outbox, queues)
        storage.event_rows, storage.line_states = self.events, self.lines = FakeEventRows(), FakeLineStates()
        storage.alerts, storage.message_rows = self.alerts, self.messages = FakeAlertRepository(), FakeMessageRows()
        storage.mail_runs = self.mail_runs = FakeMailRuns()
        storage.notice_runs, storage.calls_told = self.notice_runs, self.calls_told = FakeNoticeRuns(), FakeCallsTold()
        storage.webhook_deliveries = self.deliveries = FakeWebhookDeliveries()
        mail_use = self._mail_use(storage)
        storage.appointments = self.appointments = FakeAppointments(storage.timers)
        integration_use = self._integration_use(storage)
        app = create_app("settings_api")
        app.add(
            blueprints(
                use,
                rule_use,
                mail_use,
                integration_use,
                ReminderUseCases(storage, self.timer_queue),
                lambda call: self.caller(call),
                lambda: SigningIn(storage, self.provider).password_grant,
                lambda: self.connecting,
                lambda console: self.notice_samples,
                lambda: own_browsers(storage, CLOSED),
                "https://console.example",
            )
        )
        self.mailbox_owners, self.connect_attempts = FakeMailboxOwners(), FakeConnectAttempts()
        self.connecting = ConnectMailbox(
            attempts=self.connect_attempts,
            settings=storage.mail_settings,
            servers=self.mailbox_owners,
            write=mail_use.settings.write,
            operators_app=lambda type: MailApp("app", "secret"),
            clock=self.clock,
            randomness=storage.randomness,
        )
        self.notices = FakeTellPeople()
        self.notice_samples = SendSamples(
            tell=self.notices,
            runs=self.notices.runs,
            preferences=self.preferences,
            counters=self.counters,
            may_send=self._may_send,
            clock=self.clock,
            randomness=SeededRandomness(),
        )
        self.use, self.gateway = use, Gateway(app)
        for tenant in (ACME, RIVAL):
            self._fill(tenant)
        self.as_role(SystemRole.OWNER)

    def _integration_use(self, storage: Any) -> IntegrationUseCases:
        self.account_mails: list[AccountMail] = []
        storage.integration_alerts = self.integration_alerts = FakeIntegrationAlerts(self.trail)
        storage.integrations = self.integrations = FakeIntegrations(self.integration_alerts, self.timers)
        self.directory.watch = storage._keep_subscriptions
        self.callback_queue = FakeCallbackQueue()
        queues: Any = SimpleNamespace(timers=self.timer_queue, callbacks=self.callback_queue)
        return IntegrationUseCases(storage, queues, send=self.account_mails.append)

    def _mail_use(self, storage: Any) -> Any:
        storage.mail_settings, storage.mail_templates = self.mail, self.templates = (
            FakeMailSettingsStore(),
            FakeMailTemplates(),
        )
        self.mail_server = FakeMailServer(self.clock)
        self.suppressions = storage.suppressions = FakeSuppressions()
        self.timers, self.timer_queue, self.refused_mails = FakeTimers(), FakeTimerQueue(), FakeRefusedMails()
        storage.timers, storage.refused_mails = self.timers, self.refused_mails
        queues: Any = SimpleNamespace(timers=self.timer_queue)
        use: Any = MailUseCases(storage, queues)
        use.settings = replace(use.settings, system_allowed=lambda tenant: self.system_mail)
        use.test = SendTestMail(
            manage=use.settings,
            may_send=self._may_send,
            send=self.mail_server.send,
            outcomes=self.mail_server.outcomes,
            counters=self.counters,
            suppress=Suppress(self.suppressions, FakeSealer()),
            clock=self.clock,
            randomness=SeededRandomness(),
            wait=self.mail_server.wait,
        )
        return use

    def _may_send(self) -> None:
        if self.restoring:
            raise Restoring

    def _fill(self, tenant: TenantId) -> None:
        """Put a person of each role into a tenant, and one thing of each kind named `<kind>-<tenant>`."""
        for role in SystemRole:
            self.person(f"{role.value}-{tenant}", role.value, tenant)
        member = UserId(f"user-{tenant}")
        self.directory.add(
            Company(tenant=tenant, id=NORTH, name="North"),
            Company(tenant=tenant, id=SOUTH, name="South"),
            Company(tenant=tenant, id=CompanyId(f"companies-{tenant}"), name="Of the account"),
            Line(tenant=tenant, id=f"lines-{tenant}", extension="2001", label="Hall", company=NORTH),
            Group(
                tenant=tenant, id=f"groups-{tenant}", kind=GroupKind.QUEUE, name="Sales", members=(member,),
                company=NORTH,
            ),
            PhoneNumber(
                tenant=tenant, id=f"phone_numbers-{tenant}", e164="+447700900001", company=NORTH,
                target=NumberTarget(kind="group", id=f"groups-{tenant}"),
            ),
            self.custom_role(f"roles-{tenant}", tenant, Permission.ALERTS_READ),
        )  # fmt: skip

    def person(self, id: str, role: str, tenant: TenantId = ACME, **more: Any) -> User:
        """Add a person who signs in."""
        email = more.pop("email", f"{id}@people.example")
        sub = more.pop("sub", None) or self.provider.invite(email, "first").sub
        given: dict[str, Any] = {"state": UserState.ACTIVE, "confirmed_email": True, "sub": sub} | more
        user = User(tenant, UserId(id), email, id.title(), RoleId(role), self.clock(), **given)
        self.directory.add(user)
        return user

    def custom_role(self, id: str, tenant: TenantId, *permissions: Permission) -> Role:
        return Role(tenant, RoleId(id), id.title(), granted(frozenset(permissions), companies=False), version=1)

    # --- who calls ------------------------------------------------------------------------------------------------

    def as_role(self, role: SystemRole, tenant: TenantId = ACME) -> None:
        user = self.directory.user(tenant, UserId(f"{role.value}-{tenant}"))
        assert user is not None
        self.as_person(user, system_role(tenant, role))

    def as_person(self, user: User, role: Role, **more: Any) -> None:
        """Let a person call. A custom role reaches as far as the companies of its holder."""
        if not role.system and user.companies:
            chosen = frozenset(permission for permission, reach in role.permissions.items() if reach is Reach.ALL)
            role = replace(role, permissions=granted(chosen, companies=True))
        actor = Actor(ActorKind.USER, user.id, user.name)
        given = {"proved_at": self.clock()} | more
        principal = Principal(user.tenant, actor, role, user=user, companies=user.companies, **given)
        self.caller = lambda call: replace(principal, request_id=call.request_id)

    def as_key(self, role: RoleId | None, company: CompanyId | None = None, kind: KeyKind = KeyKind.LIVE) -> None:
        """Let an API key call, as the authorizer tells of it."""
        key = ApiKey(ACME, ApiKeyId("k1"), kind, "one", "", role=role, company=company)
        self._as_told(KeyPrincipal(self.directory)(key))

    def as_token(self, user: User, **flags: bool) -> None:
        """Let a program with a personal token call, as the authorizer tells of it."""
        person = PersonPrincipal(self.directory)(user, Via.CONSOLE, "r0", self.clock())
        made = self.use.own_tokens.make(person, NewToken("Backup", 30, **flags))
        self._as_told(AuthenticateToken(self.tokens, self.directory, FakeSealer(), self.clock)(made.text))

    def _as_told(self, principal: Principal) -> None:
        context = context_of(principal)

        def caller(call: Call) -> Principal:
            found = principal_of(context, call.request_id)
            assert found is not None
            return found

        self.caller = caller

    # --- calls ----------------------------------------------------------------------------------------------------

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Make a call, and check that whatever changed stands in the audit trail."""
        before, told, tokens = dict(self.directory.things), set(self.trail.entries), dict(self.tokens.tokens)
        connected, subscribed = self._integrations_told(), dict(self.integration_alerts.kept)
        mail, templates, tenants = dict(self.mail.kept), dict(self.templates.kept), dict(self.tenants.tenants)
        chosen = dict(self.preferences.kept)
        keys, rules, sources = dict(self.keys.keys), dict(self.rules.rules), dict(self.sources.kept)
        text = None if body is None else body if isinstance(body, str) else json.dumps(body)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        place, _, query = path.partition("?")
        answer = self.gateway.call(method, place, text, named, parse_qs(query))
        after = self.directory.things
        changed = {place[2] for place in before.keys() | after.keys() if before.get(place) != after.get(place)}
        # Tokens that go with their person are told of with the person.
        changed |= {id for _, user, id in tokens.keys() ^ self.tokens.tokens.keys() if user not in changed}
        changed |= {place[1] for place, key in self.keys.keys.items() if keys.get(place) != key}
        changed |= {place[1] for place, rule in self.rules.rules.items() if rules.get(place) != rule}
        chosen_now = self.preferences.kept
        changed |= {
            place[1] for place in chosen.keys() | chosen_now.keys() if chosen.get(place) != chosen_now.get(place)
        }
        kept = self.sources.kept
        changed |= {place[1] for place in sources.keys() | kept.keys() if sources.get(place) != kept.get(place)}
        changed |= {tenant for tenant, kept in self.mail.kept.items() if mail.get(tenant) != kept}
        changed |= {id for id, tenant in self.tenants.tenants.items() if tenants.get(id) != tenant}
        words = self.templates.kept
        changed |= {place[1] for place in templates.keys() | words.keys() if templates.get(place) != words.get(place)}
        now = self._integrations_told()
        changed |= {id for id in connected.keys() | now.keys() if connected.get(id) != now.get(id)}
        alerts = self.integration_alerts.kept
        changed |= {
            place[1]
            for place in subscribed.keys() | alerts.keys()
            if (it := subscribed.get(place)) != (other := alerts.get(place))
            and (it and it.scope) != (other and other.scope)
        }
        entries = [entry for id, entry in self.trail.entries.items() if id not in told]
        assert {entry.thing.id for entry in entries} == changed, (method, path, answer.text)
        assert answer.status < 400 or not changed, (method, path, answer.text)
        return answer

    def suppress(self, channel: Channel, address: str, reason: SuppressionReason) -> None:
        Suppress(self.suppressions, FakeSealer())(ACME, channel, address, reason, self.clock())

    def _integrations_told(self) -> dict[str, tuple[object, ...]]:
        kept = self.integrations.kept.values()
        return {each.id: (each.name, each.kind, each.company, each.status, each.reason) for each in kept}

    def made(self, of: Kind, /, **body: Any) -> Mapping[str, Any]:
        answer = self.call("POST", f"/{of.value}", body)
        assert answer.status == 201, answer.text
        found: Mapping[str, Any] = answer.json
        return found

    def thing(self, kind: Kind, id: str, tenant: TenantId = ACME) -> AnyThing:
        return self.directory.things[tenant, kind, id]

    def session_of(self, user: User) -> Session:
        now = self.clock()
        session = Session(user.tenant, user.id, f"s-{user.id}", "hash", b"form", now, now, now)
        self.sessions.add(session)
        return session


@pytest.fixture
def world() -> World:
    return World()
