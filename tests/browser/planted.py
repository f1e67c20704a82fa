"""The console on fakes, with one thing of every kind, so that each of its pages has something to show."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, Route

from tests.functional.console.conftest import ACME, Account, Browser
from tests.functional.console.test_alerts import composed
from tests.functional.console.test_callbacks import delivered, endpoint
from tests.functional.console.test_escalations import STEPS
from tests.functional.console.test_groups import stored
from tests.functional.console.test_roles import with_desk
from tests.functional.console.test_schedules import scheduled
from tests.functional.gateway import Answer
from tocsin.identity.domain.account_key import ACCOUNT_KEY
from tocsin.webhooks.domain.delivery import Attempt, DeliveryState

HOST = "https://console.example"
OTHER_FILES = ("assets/{name}", "export.csv")
"""Paths whose answers are no pages, by their end."""


@dataclass
class Planted:
    """The console, the session of its owner, and what stands in place of each placeholder.

    Attributes:
        ids: by the first word of a path and the placeholder.
        errors: what the browser logged and threw.
    """

    account: Account
    session: Browser
    ids: dict[tuple[str, str], str]
    errors: list[str] = field(default_factory=list)

    def path(self, template: str) -> str:
        """Return the path of a page about what is planted."""
        area = template.removeprefix("/console").strip("/").split("/")[0]
        return re.sub(r"\{(\w+)\}", lambda found: self.ids[area, found[1]], template)

    def open(self, chromium: Chromium, size: tuple[int, int]) -> Page:
        """Return a page that the gateway serves without a socket, at the time of the account."""
        width, height = size
        context = chromium.new_context(viewport={"width": width, "height": height}, bypass_csp=True)
        context.route("**/*", self._serve)
        page = context.new_page()
        page.clock.set_fixed_time(self.account.clock())
        return page

    def answer(self, path: str, method: str = "GET", body: str | None = None, query: str = "") -> Answer:
        """Return what the gateway answers in the owner's session, without following it."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.session.cookies.items())
        headers = {**self.session.headers, "Cookie": cookie}
        return self.account.console.call(method, path, body, headers, parse_qs(query))

    def _serve(self, route: Route) -> None:
        found = urlsplit(route.request.url)
        answer = self.answer(found.path, route.request.method, route.request.post_data, found.query)
        route.fulfill(status=answer.status, headers=dict(answer.headers), body=answer.text)


def pages() -> list[str]:
    """Return the templates of the paths of all pages."""
    routes = Account().console.app.routes
    return sorted(path for path, methods in routes.items() if "GET" in methods and not path.endswith(OTHER_FILES))


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
    callback = endpoint(account)
    ids |= {("callbacks", "key_id"): "k1", ("callbacks", "endpoint_id"): callback.key.hash}
    ids["callbacks", "event_id"] = _deliveries(account)
    return Planted(account, session, ids)


def _sent(session: Browser) -> str:
    composed(session, **STEPS)
    session.send("/console/alerts/new", ("part", "send"))
    return session.path.split("/")[-1].split("?")[0]


def _text(session: Browser) -> str:
    session.open("/console/content/new")
    session.send("/console/content/new", name="Pump", content="Pump 7 has stopped.")
    return session.path.split("/")[-1].split("?")[0]


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
