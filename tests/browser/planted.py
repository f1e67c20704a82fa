"""The console on fakes, with one thing of every kind, so that each of its pages has something to show."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, Route

from console.directory.words import KINDS
from tests.browser.leaving import hide_pages_that_are_left
from tests.functional.console.conftest import ACME, Account, Browser
from tests.functional.console.rules_desk import OURS, made, path, rules_of
from tests.functional.console.test_alerts import composed
from tests.functional.console.test_appointments import made as appointed
from tests.functional.console.test_call_states import (
    BUSY,
    HEARD,
    NUMBERS,
    STAR,
    TWO,
    call_all,
    called,
    ended,
    pressed,
    talking,
)
from tests.functional.console.test_callbacks import delivered, endpoint
from tests.functional.console.test_connecting import back, begun_by_api
from tests.functional.console.test_escalations import STEPS
from tests.functional.console.test_events import keep
from tests.functional.console.test_groups import stored
from tests.functional.console.test_integrations import connected as integrated
from tests.functional.console.test_integrations import failed
from tests.functional.console.test_mail import saved
from tests.functional.console.test_mail_messages import mailed
from tests.functional.console.test_mail_templates import written
from tests.functional.console.test_recordings import a_wav
from tests.functional.console.test_reports import rang, texted
from tests.functional.console.test_roles import with_desk
from tests.functional.console.test_rule_history import ran
from tests.functional.console.test_schedules import scheduled
from tests.functional.console.test_sources import connected
from tests.functional.gateway import Answer
from tocsin.alert_rules.domain.run import RuleRun, RuleRunState
from tocsin.browser_push.domain.subscription import PushSubscription
from tocsin.directory.domain.things import AnyThing, Company, Group, GroupKind, Kind, Line, NumberTarget, PhoneNumber
from tocsin.identity.domain.account_key import ACCOUNT_KEY
from tocsin.identity.domain.permissions import SystemRole
from tocsin.inbox.domain.inbox_notice import InboxNotice
from tocsin.kernel.domain.ids import CompanyId, StoreId, UserId
from tocsin.stored_content.domain.stored_content import ContentType
from tocsin.telephony.ports.source_samples import SampledEvent, SourceSample
from tocsin.voice.domain.verdict import CallReason
from tocsin.webhooks.domain.delivery import Attempt, DeliveryState

HOST = "https://console.example"
OTHER_FILES = ("assets/{name}", "sw.js", "export.csv", "{rule_id}/export")
"""Paths whose answers are no pages, by their end."""

VARIANTS = (
    "alerts/{called}",
    "alerts/new?content={spoken}",
    "content/{recording}",
    "content/{spoken}",
    "rules/{rule}/notifications/{mail}",
    "rules/{rule}/notifications/{text}",
    "events/{near}",
    "me/notifications?tab=appointments",
    "me/notifications?tab=lines",
    "me/notifications?tab=how",
    "me/notifications?tab=account",
    "users/user/notifications?tab=lines",
    "reports?date={quiet}",
    "reports?date=2999-12-31",
    "rules?list=deleted",
    "rules/{rule}?past=7",
    "rules/{rule}/explain?event={event}",
    "rules/{rule}/history?test={tested}",
    "rules/{rule}/test?run={tested}",
)
"""Further pages of paths that show other things in another way."""

ERRORS = {
    "{page+}": 404,
    "me/address": 404,
    "not-me": 404,
    "stop-texts": 404,
    "signin/callback": 422,
    "/oauth/google/callback": 400,
}
"""Status of the pages that say that there is no page, or that a link is void, as a visitor without its code sees it."""

NOTIFICATIONS: dict[str, dict[str, Any]] = {
    "email": {"to": "ana@example.com", "subject": "Missed call from %%CALLER_NUMBER%%"},
    "sms": {"to": "+447700900123\n+447700900124"},
    "webhook": {"url": "https://hooks.example.com/in", "method": "POST", "preset-0": "bearer", "secret-0": "token"},
}
"""A notification of each kind, as it is typed."""

_NUMBER: dict[str, Any] = {"channels_text_custom_number": "+447700900417"}
_MEMBER, _COMPANY = (UserId("user"),), CompanyId("north")
THINGS: dict[Kind, AnyThing] = {
    Kind.COMPANY: Company(tenant=ACME, id=_COMPANY, name="North"),
    Kind.LINE: Line(tenant=ACME, id="l1", extension="201", label="Hall", company=_COMPANY, user=_MEMBER[0]),
    Kind.GROUP: Group(tenant=ACME, id="g1", kind=GroupKind.QUEUE, name="Sales", members=_MEMBER, company=_COMPANY),
    Kind.PHONE_NUMBER: PhoneNumber(
        tenant=ACME, id="n1", e164="+447700900700", target=NumberTarget(kind="line", id="l1")
    ),
}
"""One thing of each kind of the directory."""


@dataclass
class Planted:
    """The console, the session of its owner, and what stands in place of each placeholder.

    Attributes:
        ids: by the path up to its first placeholder, and that placeholder or one after it. Those of VARIANTS have no path.
        errors: what the browser logged and threw.
    """

    account: Account
    session: Browser
    ids: dict[tuple[str, str], str]
    errors: list[str] = field(default_factory=list)

    def path(self, template: str) -> str:
        """Return the path of a page about what is planted."""
        area = template.removeprefix("/console/").partition("/{")[0]
        return re.sub(r"\{(\w+)\}", lambda found: self.ids.get((area, found[1])) or self.ids["", found[1]], template)

    def open(self, chromium: Chromium, size: tuple[int, int], *, inspected: bool = True) -> Page:
        """Return a page that the gateway serves without a socket, at the time of the account.

        Args:
            inspected: the page's policy is ignored, because `accessible` adds a script.
        """
        width, height = size
        context = chromium.new_context(viewport={"width": width, "height": height}, bypass_csp=inspected)
        hide_pages_that_are_left(context)
        context.route("**/*", self._serve)
        page = context.new_page()
        page.clock.set_fixed_time(self.account.clock())
        return page

    def answer(self, path: str, method: str = "GET", body: str | None = None, query: str = "") -> Answer:
        """Return what the gateway answers in the owner's session, without following it."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.session.cookies.items())
        headers = {**self.session.headers, "Cookie": cookie}
        path, _, asked = path.partition("?")
        return self.account.console.call(method, path, body, headers, parse_qs(query or asked))

    def _serve(self, route: Route) -> None:
        found = urlsplit(route.request.url)
        answer = self.answer(found.path, route.request.method, route.request.post_data, found.query)
        route.fulfill(status=answer.status, headers=dict(answer.headers), body=answer.text)


def pages() -> list[str]:
    """Return the templates of the paths of all pages, with each kind of things of the directory in place."""
    routes = Account().console.app.routes
    paths = [path for path, methods in routes.items() if "GET" in methods and not path.endswith(OTHER_FILES)]
    found = {path.replace("{kind}", kind.value) for path in paths for kind in KINDS}
    return sorted({*found, *(f"/console/{path}" for path in VARIANTS)})


def planted() -> Planted:
    """Return the console with an alert, a group, stored content, a schedule, a trigger, a key, a callback, a role."""
    account = Account()
    session = account.signed_in()
    group = stored(account)
    schedule = scheduled(account, session, title="Test of the siren")
    ids = {
        ("alerts", "alert_ref"): _sent(session),
        ("groups", "store_id"): group,
        ("content", "store_id"): _text(session),
        ("escalations", "store_id"): _escalation(account, session),
        ("schedules", "schedule_id"): schedule.id,
        ("keys", "key_id"): "k1",
        ("users", "user_id"): "user",
        ("roles", "role_id"): with_desk(account).id,
    }
    for kind, thing in THINGS.items():
        account.directory.add(thing)
        ids[f"directory/{kind.value}", "thing_id"] = thing.id
    _notifications(session)
    callback = endpoint(account)
    ids |= {("callbacks", "key_id"): "k1", ("callbacks", "endpoint_id"): callback.key.hash}
    ids["callbacks", "event_id"] = _deliveries(account)
    ids |= {("", "spoken"): _text(session, name="Siren", kind="call"), ("", "recording"): _recording(account)}
    ids["", "called"] = _called(account, session)
    ids |= _rule(account, session)
    ids["sources", "source_id"] = _source(account, session)
    ids |= _integration(account, session)
    ids["appointments", "appointment_id"] = appointed(account, session).id
    ids["mail/templates", "name"] = _mail(account, session)
    ids |= {("/oauth", "provider"): "google", ("mail/connect", "attempt"): _consented(account)}
    _told(account)
    ids["", "quiet"] = _days(account)
    return Planted(account, session, ids)


def _notifications(session: Browser) -> None:
    """Let the owner follow a line, and be told by text."""
    tabs: dict[str, dict[str, Any]] = {"lines": {"lines": "l1"}, "how": {"text_on": "on", "custom": "on", **_NUMBER}}
    for tab, typed in tabs.items():
        session.open(f"/console/me/notifications?tab={tab}")
        session.send("/me/notifications", **typed)


def _rule(account: Account, session: Browser) -> dict[tuple[str, str], str]:
    """Make a rule with a trigger and a notification of each kind, and a second one that runs now and then."""
    account.directory.add(PhoneNumber(tenant=ACME, id="n2", e164=OURS, sms_enabled=True))
    rule = made(account, session)
    session.open(path(rule, "triggers", "new"))
    hours: dict[str, Any] = {"from-0": "08:00", "to-0": "18:00", "days-0": ["mon", "fri"]}
    session.send("/triggers/new", lines=["l1"], not_answered="on", duration_min="5", **hours)
    for kind, typed in NOTIFICATIONS.items():
        session.open(path(rule, "notifications", "new") + f"?type={kind}")
        session.send("/notifications/new", **typed)
    full = rules_of(account)[0]
    missed, near = keep(account, "e1", (full,), line="201"), keep(account, "e2", line="201", durationSeconds=2)
    nothing = dict.fromkeys(("direction", "status", "from", "to"))
    keep(account, "e3", (), type="sip.registration", line="201", event="unregistered", **nothing)
    made(account, session, name="Phones that went offline", type="sip")
    for number, days in enumerate((0, 0, 1, 3, 3, 3, 5)):
        at = account.clock() - timedelta(days=days)
        run = RuleRun(tenant=ACME, rule=rule.id, id=f"r{number}", at=at, state=RuleRunState.SENT, event="e",
                      rule_version=1)  # fmt: skip
        account.runs.add(run)
    ran(account, rule, 1)
    tested = ran(account, rule, 2, test=True)
    ids = {("events", "event_id"): missed.name, ("", "event"): missed.name, ("", "near"): near.name}
    ids["", "tested"] = tested.id
    mail, text, hook = (action.id for action in full.actions)
    return ids | {
        ("rules", "rule_id"): rule.id,
        ("rules", "trigger_id"): full.triggers[0].id,
        ("rules", "notification_id"): hook,
        ("", "mail"): mail,
        ("", "text"): text,
        ("", "rule"): rule.id,
    }


def _mail(account: Account, session: Browser) -> str:
    """Save a mail server that fails, write a template with a mistake, and mail events; return the template's name."""
    saved(session, password="word", recipients="a@example.org")
    written(session, body="<p>Left: <b>%%FREE_SIZ%%</b></p>")
    mailed(account, 1, "retry_wait", "sent", custom=True)
    mailed(account, 2)
    return "DISK_LOW"


def _told(account: Account) -> None:
    """Put a read and an unread notice into the owner's inbox, and push to a browser of theirs."""
    owner = account.people[SystemRole.OWNER].id
    for n, url in enumerate((None, "https://desk.example/7")):
        notice = InboxNotice(
            tenant=ACME, user=owner, key=f"call|{n}", at=account.clock() - timedelta(hours=n), kind="call",
            title="Missed call from +44 7700 900123", text="Line: 201, Hall\nYou get this because it is your own line.",
            url=url, read=n == 1,
        )  # fmt: skip
        account.inboxes.put([notice])
    browser = PushSubscription(
        tenant=ACME, user=owner, endpoint="https://push.example.net/send/1", public_key=b"", auth=b"",
        created_at=account.clock(), details=True, device="Firefox on Linux",
    )  # fmt: skip
    account.browsers.put(browser)


def _days(account: Account) -> str:
    """Let calls and texts come in on the day before, and none on the day before that; return the quiet day."""
    day = account.clock() - timedelta(days=1)
    for number, status in enumerate(("answered", "missed", "voicemail", "abandoned", "answered")):
        line = "201" if number % 2 else "Reception of the northern building"
        rang(account, day.replace(hour=9 + number), status=status, line=line, talkSeconds=20)
    texted(account, day.replace(hour=11, minute=30))
    return f"{day - timedelta(days=1):%Y-%m-%d}"


def _consented(account: Account) -> str:
    """Let the owner of a mailbox consent to what the account owner began by API; return the attempt to confirm."""
    visitor = account.browser()
    visitor.open(back(account, begun_by_api(account)))
    return next(href for href, words in visitor.page.links if "Confirm" in words).split("/")[-1]


def _integration(account: Account, session: Browser) -> dict[tuple[str, str], str]:
    """Connect a system that fails, and tell its owner."""
    found = integrated(account, session)
    session.send("/state", ("act", "active"))
    failed(account, found)
    [alert] = account.integration_alerts.all(ACME)
    return {("integrations", "integration_id"): found.id, ("integration-alerts", "alert_id"): alert.id}


def _source(account: Account, session: Browser) -> str:
    """Connect a telephone system that sent two payloads; return its id."""
    source = connected(account, session)
    events = (SampledEvent("call.ended", "e1", "accepted"), SampledEvent("call.ended", None, "refused"))
    payload = '{"variables": {"uuid": "a", "billsec": "0"}}'
    samples = [
        SourceSample("1", account.clock(), payload, events),
        SourceSample("2", account.clock(), "cdr=", (), "not_parsed"),
    ]
    account.samples.keep(ACME, source.id, samples)
    return source.id


def _sent(session: Browser) -> str:
    composed(session, **STEPS)
    session.send("/console/alerts/new", ("part", "send"))
    return session.path.split("/")[-1].split("?")[0]


def _text(session: Browser, **typed: Any) -> str:
    session.open("/console/content/new")
    values: dict[str, Any] = {"name": "Pump", "content": "Pump 7 has stopped.", **typed}
    session.send("/console/content/new", **values)
    return session.path.split("/")[-1].split("?")[0]


def _recording(account: Account) -> str:
    """Keep a recording as it is when it was decoded."""
    made = next(iter(account.stores.stores[ACME, ACCOUNT_KEY].values()))
    sound = base64.b64encode(a_wav(1.5)).decode()
    extras = {"voiceFormat": "wav", "milliseconds": 1_500}
    id = StoreId("01a1ffa6-0000-7000-8000-000000000099")
    kept = replace(made, store_id=id, type=ContentType.CALL, name="Horn", content=sound, extras=extras)
    account.stores.put(kept)
    return id


def _called(account: Account, session: Browser) -> str:
    """Call people, each with another end; return the alert."""
    call_all(session)
    ref = session.path.split("/")[-1].split("?")[0]
    called(account, NUMBERS[0], ended(BUSY, CallReason.BUSY, 60), ended(TWO))
    pressed(account, NUMBERS[0], "2")
    called(account, NUMBERS[1], ended(STAR))
    pressed(account, NUMBERS[1], "*", not_ok=True)
    pressed(account, NUMBERS[2], "2", back=True)
    called(account, NUMBERS[3], ended(BUSY, CallReason.BUSY, 60))
    called(account, NUMBERS[4], ended(HEARD, CallReason.NO_KEY))
    called(account, NUMBERS[5], talking)
    called(account, NUMBERS[6])
    return ref


def _escalation(account: Account, session: Browser) -> str:
    """Keep an escalation and let it wait for a word."""
    composed(session, **STEPS, title="Pump 8 stopped", all_clear="on")
    session.send("/console/alerts/new", ("part", "check"))
    session.send("/console/alerts/new", ("part", "keep"))
    named = {store.name: id for id, store in account.stores.stores[ACME, ACCOUNT_KEY].items()}
    page = f"/escalations/{named['Pump 8 stopped']}/arm"
    session.open(f"/console{page}")
    session.send(page, keyword="PUMP8")
    return named["Pump 8 stopped"]


def _deliveries(account: Account) -> str:
    """Add a delivery of each state, one with two attempts and an answer; return the id of that one."""
    at = account.clock()
    tried = (Attempt(1, at, None, "tls_failed", 9), Attempt(2, at + timedelta(seconds=5), 500, None, 40))
    for number, state in enumerate(DeliveryState, 1):
        failed = delivered(account, number, state, *(tried if state is DeliveryState.EXHAUSTED else tried[:1]))
        if state is DeliveryState.EXHAUSTED:
            account.deliveries.keep_answer(failed.key, 2, b"<h1>Oops</h1>", at + timedelta(days=7))
            found = failed.key.event_id
    return found
