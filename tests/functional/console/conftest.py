"""The console on fakes: an account with one person of each role, and browsers in which they work."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit
from zoneinfo import ZoneInfo

import pytest

from console.blueprints import blueprints
from tests.contract.directory.test_directory import a_user
from tests.fakes.alert_rules import FakeAlertRules, FakeInside, FakeRuleRuns, FakeRuleWindows
from tests.fakes.appointments import FakeAppointments
from tests.fakes.attempts import FakeAttempts
from tests.fakes.audio import FakeDecodeAudio
from tests.fakes.directory import FakeSessions
from tests.fakes.drafts import FakeDrafts
from tests.fakes.identity_provider import FakeIdentityProvider
from tests.fakes.inboxes import FakeInboxes
from tests.fakes.integrations import FakeIntegrationAlerts, FakeIntegrations
from tests.fakes.mail_runs import FakeMailRuns
from tests.fakes.mailbox_consents import FakeConnectAttempts, FakeMailboxOwners
from tests.fakes.managed_login import FakeManagedLogin
from tests.fakes.notice_runs import FakeNoticeRuns
from tests.fakes.preferences import FakePreferencesStore
from tests.fakes.push_subscriptions import FakePushSubscriptions
from tests.fakes.randomness import SeededRandomness
from tests.fakes.reports import FakeReportStore
from tests.fakes.sealer import FakeSealer
from tests.fakes.suppressions import FakeSuppressions
from tests.fakes.system_mail import FakeSystemMail
from tests.fakes.telephony import (
    FakeEventPacks,
    FakeEventRows,
    FakeEventSources,
    FakeLineStates,
    FakeSourcePulses,
    FakeSourceSamples,
)
from tests.fakes.tenant_mail import FakeMailSettingsStore, FakeMailTemplates, FakeRefusedMails
from tests.fakes.told import FakeCallsTold
from tests.functional.alerts_api.conftest import Door
from tests.functional.gateway import Answer, Gateway
from tests.functional.settings_api.mail_server import FakeMailServer
from tocsin.alert_rules.application.test_rule import TestRule
from tocsin.bootstrap.alert_rules import RuleUseCases
from tocsin.bootstrap.api import ApiUseCases
from tocsin.bootstrap.directory import DirectoryUseCases
from tocsin.bootstrap.integrations.use_cases import IntegrationUseCases
from tocsin.bootstrap.signing_in import SigningIn
from tocsin.bootstrap.storage import Storage
from tocsin.bootstrap.telephony.on_bus import runs_on_bus
from tocsin.bootstrap.tenant_mail.managing import MailUseCases
from tocsin.delivery.application.message_outcomes import MessageOutcome
from tocsin.entrypoint.http.app import create_app
from tocsin.entrypoint.http.cookies import Cookies
from tocsin.identity.domain.permissions import SystemRole
from tocsin.identity.domain.tenant import Tenant
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.personal_notices.domain.account_mail import AccountMail
from tocsin.responses.domain.two_way import TwoWayNumber
from tocsin.sign_in.application.company_sign_in import CompanySignIn
from tocsin.suppressions.application.suppress import Suppress
from tocsin.tenant_mail.application.connect_mailbox import ConnectMailbox
from tocsin.tenant_mail.application.manage_settings import ManageMailSettings
from tocsin.tenant_mail.application.send_test_mail import SendTestMail
from tocsin.tenant_mail.application.try_waiting import ArmWaitingMails
from tocsin.tenant_mail.domain.mailbox_consent import MailApp

ACME = TenantId("acme")
NUMBER = "+447700900100"
PASSWORD = "a long enough sentence"


@dataclass
class Form:
    """A form of a page: where it goes, and what it sends if nothing is typed."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)


class Page(HTMLParser):
    """What a person can do on a page: links and forms, and the words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[tuple[str, str]] = []
        self.forms: list[Form] = []
        self.words = ""
        self._form: Form | None = None
        self._area: str | None = None
        self._select: str | None = None
        self._chosen = False
        self._open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "a":
            self._open.append(given.get("href", ""))
            self.links.append((given.get("href", ""), ""))
        if tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get"))
            self.forms.append(self._form)
        if self._form is None:
            return
        if tag == "input" and given.get("name"):
            kind = given.get("type", "text")
            if kind not in ("checkbox", "radio") or "checked" in given:
                self._form.fields.append((given["name"], given.get("value", "on" if kind == "checkbox" else "")))
        if tag == "textarea":
            self._area = given.get("name", "")
            self._form.fields.append((self._area, ""))
        if tag == "select":
            self._select = given.get("name", "")
            self._chosen = False
        if tag == "option" and self._select:
            if not self._chosen:
                self._form.fields.append((self._select, given.get("value", "")))
            elif "selected" in given:
                self._form.fields[-1] = (self._select, given.get("value", ""))
            self._chosen = True
        if tag == "button":
            self._form.buttons.append((given.get("name", ""), given.get("value", ""), given.get("type", "submit")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._open:
            self._open.pop()
        if tag == "form":
            self._form = None
        if tag == "textarea":
            self._area = None
        if tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        self.words += data
        if self._open and self.links:
            href, text = self.links[-1]
            self.links[-1] = (href, text + data)
        if self._area is not None and self._form is not None:
            name, text = self._form.fields[-1]
            self._form.fields[-1] = (name, (text + data).removeprefix("\n"))


class Browser:
    """A browser without scripts: it keeps cookies, follows redirects and sends forms."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.cookies: dict[str, str] = {}
        self.path = ""
        self.answer = Answer(0, {}, "")
        self.attached: bytes | None = None
        self.headers: dict[str, str] = {"Sec-Fetch-Site": "same-origin", "Host": "console.example"}

    @property
    def page(self) -> Page:
        """The page that is shown."""
        return Page(self.answer.text)

    def open(self, path: str, **headers: str) -> Page:
        """Go to a path below the host, and follow redirects."""
        return self._go("GET", path, None, headers)

    def follow(self, text: str) -> Page:
        """Follow the link with these words."""
        href = next(href for href, words in self.page.links if text in " ".join(words.split()))
        return self.open(self._resolved(href))

    def send(self, action: str, button: tuple[str, str] | None = None, **typed: Any) -> Page:
        """Fill in the form that leads to `action`, and press a button. A file of `attached` goes with it, once.

        Of several forms that lead there, it is the first one that posts.

        Args:
            typed: a value for a field; a list sends several; None sends none.
        """
        there = [form for form in self.page.forms if self._resolved(form.action).split("?")[0].endswith(action)]
        return self.submit(next((form for form in there if form.method == "post"), there[0]), button, **typed)

    def submit(self, form: Form, button: tuple[str, str] | None = None, **typed: Any) -> Page:
        """Fill in a form of the page, and press a button. Arguments as of `send`."""
        typed = {name.replace("__", "-"): value for name, value in typed.items()}
        fields = [(name, value) for name, value in form.fields if name not in typed]
        for name, value in typed.items():
            fields += [(name, each) for each in (value if isinstance(value, list) else [value]) if each is not None]
        if button:
            fields.append(button)
        target = self._resolved(form.action)
        if form.method == "get":
            return self.open(f"{target}?{urlencode(fields)}")
        if self.attached is not None:
            file, self.attached = self.attached, None
            return self._go("POST", target, multipart(fields, file), {"Content-Type": MULTIPART})
        return self._go("POST", target, urlencode(fields), {"Content-Type": "application/x-www-form-urlencoded"})

    def _resolved(self, href: str) -> str:
        found = urlsplit(urljoin(f"http://x{self.path}", href))
        return found.path + (f"?{found.query}" if found.query else "")

    def _go(self, method: str, path: str, body: str | bytes | None, headers: dict[str, str]) -> Page:
        for _ in range(5):
            found = urlsplit(path)
            self.path = path
            cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            sent = {**self.headers, **headers, **({"Cookie": cookie} if cookie else {})}
            self.answer = self.gateway.call(method, found.path, body, sent, parse_qs(found.query))
            for line in self.answer.cookies:
                name, _, value = line.split(";")[0].partition("=")
                self.cookies[name] = value
                if "Max-Age=0" in line:
                    del self.cookies[name]
            if "://" in self.answer.headers.get("Location", "://"):  # no redirect, or one to another host
                return self.page
            method, body, path = "GET", None, self._resolved(self.answer.headers["Location"])
        raise AssertionError("a circle of redirects")


MULTIPART = "multipart/form-data; boundary=----tests"


def multipart(fields: Sequence[tuple[str, str]], file: bytes) -> bytes:
    """Return a form with a file as a browser sends it."""
    parts = [(f'form-data; name="{name}"', value.encode()) for name, value in fields if name != "file"]
    parts.append(('form-data; name="file"; filename="pbx.csv"\r\nContent-Type: text/csv', file))
    lines = (b"------tests\r\nContent-Disposition: " + head.encode() + b"\r\n\r\n" + text for head, text in parts)
    return b"\r\n".join([*lines, b"------tests--\r\n"])


class Account(Door):
    """The core on fakes, with people and the console before it."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.decode = FakeDecodeAudio()
        self.sessions, self.preferences = FakeSessions(self.directory), FakePreferencesStore(self.directory.trail)
        self.directory.settings = self.preferences
        self.drafts, self.inboxes = FakeDrafts(), FakeInboxes()
        self.appointments = FakeAppointments(self.timers)
        self.notice_runs = FakeNoticeRuns()
        self.browsers = FakePushSubscriptions()
        self.rules = FakeAlertRules(self.directory.trail)
        self.mails = FakeSystemMail()
        self.provider = FakeIdentityProvider(self.clock)
        self.login = FakeManagedLogin()
        self.rules, self.runs = FakeAlertRules(self.directory.trail), FakeRuleRuns()
        self.inside = FakeInside(self.rules, self.runs, FakeRuleWindows(), self.timers)
        self.outcomes: dict[AlertRef, Sequence[MessageOutcome]] = {}
        self.sources, self.samples = FakeEventSources(), FakeSourceSamples()
        self.integration_alerts = FakeIntegrationAlerts(self.directory.trail)
        self.integrations = FakeIntegrations(self.integration_alerts, self.timers)
        self.account_mails: list[AccountMail] = []
        self.mail_templates, self.mail_runs = FakeMailTemplates(), FakeMailRuns()
        self.mail_server, self.system_mail = FakeMailServer(self.clock), True
        self.mailbox_owners, self.mail_settings = FakeMailboxOwners(), FakeMailSettingsStore()
        self.refused_mails = FakeRefusedMails()
        self.connecting = self._connecting()
        self.events, self.packs, self.lines = FakeEventRows(), FakeEventPacks(), FakeLineStates()
        self.tenants.add(Tenant(ACME, "Northwater", self.clock(), "Europe/London"))
        self.numbers.add(TwoWayNumber(NUMBER, ACME, next(iter(self.keys.list(ACME))).id))
        self.people = {role: self.person(role) for role in SystemRole}
        self.console = self.process()

    def process(self) -> Gateway:
        """Start the console, perhaps as a further process."""
        storage = self._storage()
        storage.directory = self.directory  # type: ignore[assignment]
        storage.sessions, storage.preferences = self.sessions, self.preferences
        storage.audit_trail = self.directory.trail
        storage.alert_rules, storage.rule_runs = self.rules, FakeRuleRuns()
        storage.attempts = FakeAttempts()
        storage.drafts, storage.inboxes = self.drafts, self.inboxes
        storage.appointments = self.appointments
        storage.notice_runs, storage.calls_told = self.notice_runs, FakeCallsTold()
        storage.push_subscriptions = self.browsers
        storage.reports = FakeReportStore()
        storage.alert_rules, storage.rule_runs = self.rules, self.runs
        storage.source_pulses = FakeSourcePulses()
        storage.event_sources, storage.source_samples = self.sources, self.samples
        storage.event_rows, storage.event_packs, storage.line_states = self.events, self.packs, self.lines
        storage.mail_settings, storage.mail_templates = self.mail_settings, self.mail_templates
        storage.mail_runs, storage.refused_mails = self.mail_runs, self.refused_mails
        storage.randomness = SeededRandomness()
        use = ApiUseCases(storage, self._queues(), service="console", email_domain="alerts.example", decode=self.decode)
        signing_in = SigningIn(storage, self.provider)
        people = DirectoryUseCases(storage, self.provider, self.mails, self._queues())

        def company(console: str) -> CompanySignIn:
            return CompanySignIn(
                login=self.login,
                sign_in=signing_in.sign_in,
                states=signing_in.states,
                randomness=storage.randomness,
                clock=self.clock,
                providers={"people.example": "People"},
            )

        app = create_app("console")
        app.add(
            blueprints(
                storage,
                use,
                signing_in,
                people,
                self._rule_use(storage),
                self._mail_use(storage),
                self._queues(),
                cookies=Cookies(),
                login_url="https://login.example",
                company=company,
                connect_mailbox=lambda: self.connecting,
                integrations=self._integration_use(storage),
            )
        )
        return Gateway(app)

    def _integration_use(self, storage: Any) -> IntegrationUseCases:
        storage.integration_alerts, storage.integrations = self.integration_alerts, self.integrations
        self.directory.watch = storage._keep_subscriptions
        self.integration_use = IntegrationUseCases(storage, self._queues(), send=self.account_mails.append)
        return self.integration_use

    def _connecting(self) -> ConnectMailbox:
        manage = ManageMailSettings(
            settings=self.mail_settings,
            trail=self.directory.trail,
            clock=self.clock,
            randomness=SeededRandomness(),
            system_allowed=lambda tenant: True,
            waiting=ArmWaitingMails(self.timers, self._queues().timers, self.clock),
        )
        return ConnectMailbox(
            attempts=FakeConnectAttempts(),
            settings=self.mail_settings,
            servers=self.mailbox_owners,
            write=manage.write,
            operators_app=lambda type: MailApp("app", "secret"),
            clock=self.clock,
            randomness=SeededRandomness(),
        )

    def _rule_use(self, storage: Storage) -> RuleUseCases:
        use: Any = RuleUseCases(storage, mail=self.mails)
        use.test = TestRule(
            read=use.read,
            account=use.account,
            zone=lambda tenant: ZoneInfo("Europe/London"),
            may_send=lambda: None,
            send=self.inside,
            counters=self.counters,
            clock=self.clock,
            randomness=storage.randomness,
            on_bus=runs_on_bus(use.clocks.accounts),
        )
        use.read_mails = replace(use.read_mails, outcomes=self.outcomes_of)
        use.read_history = replace(use.read_history, outcomes=self.outcomes_of)
        found: RuleUseCases = use
        return found

    def _mail_use(self, storage: Storage) -> MailUseCases:
        use: Any = MailUseCases(storage, self._queues())
        use.settings = replace(use.settings, system_allowed=lambda tenant: self.system_mail)
        use.test = SendTestMail(
            manage=use.settings,
            may_send=lambda: None,
            send=self.mail_server.send,
            outcomes=self.mail_server.outcomes,
            counters=self.counters,
            suppress=Suppress(FakeSuppressions(), FakeSealer()),
            clock=self.clock,
            randomness=storage.randomness,
            wait=self.mail_server.wait,
        )
        found: MailUseCases = use
        return found

    def outcomes_of(self, tenant: TenantId, refs: Sequence[AlertRef]) -> Mapping[AlertRef, Sequence[MessageOutcome]]:
        """Return what became of the messages of alerts of rules, as `outcomes` has it."""
        assert tenant == ACME
        return {ref: self.outcomes[ref] for ref in refs if ref in self.outcomes}

    def person(self, role: SystemRole) -> User:
        """Add an active person of a role, who has a password."""
        id = role.value.replace("_", "")
        invited = self.provider.invite(f"{id}@example.org", PASSWORD)
        self.provider.people[invited.sub].first = False
        user = a_user(id, role=role, state=UserState.ACTIVE, sub=invited.sub, confirmed_email=True, name=id.title())
        self.directory.add(user)
        return user

    def browser(self) -> Browser:
        """Return a fresh browser."""
        return Browser(self.console)

    def signed_in(self, role: SystemRole = SystemRole.OWNER) -> Browser:
        """Return a browser in which a person of this role has signed in."""
        browser = self.browser()
        browser.open("/console/signin")
        browser.send("/console/signin", email=self.people[role].email, password=PASSWORD)
        assert browser.answer.status == 200, browser.page.words
        return browser

    def advance(self, **span: float) -> None:
        """Let time go by."""
        self.clock.advance(timedelta(**span))


def plain(words: str) -> str:
    """Return words with single blanks."""
    return re.sub(r"\s+", " ", words)


@pytest.fixture
def account() -> Account:
    return Account()
