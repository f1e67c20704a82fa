"""Browser push, as far as it goes without a push service: the page subscribes, what we send is decrypted with the keys
of the browser, and Chromium hands the message to our service worker, which shows it and opens its page."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Worker, expect

from infra.local.browser.keys import BrowserKeys
from tests.fakes.randomness import SeededRandomness
from tests.functional.console.conftest import ACME, Account
from tocsin.browser_push.application.owed_pushes import PushesOwed
from tocsin.browser_push.domain.encryption import private_key
from tocsin.browser_push.domain.subscription import PushSubscription
from tocsin.identity.domain.permissions import SystemRole
from tocsin.personal_notices.domain.push_message import PushMessage
from tocsin.webhooks.domain.push_delivery import push_request
from tocsin.webhooks.domain.rule_delivery import DeliveryOwed

KEYS = BrowserKeys(private_key(b"b" * 32), b"a" * 16)
RENEWED = BrowserKeys(private_key(b"r" * 32), b"n" * 16)
ENDPOINT = "https://push.example.net/send/1"

# Chromium has a push service of its maker only, which no test can reach.
SUBSCRIBES = (
    f"const made = {json.dumps(KEYS.subscription(ENDPOINT))};"
    """
PushManager.prototype.getSubscription = async () => null;
PushManager.prototype.subscribe = async (options) => {
  globalThis.asked = { visible: options.userVisibleOnly, key: [...new Uint8Array(options.applicationServerKey)] };
  return { ...made, toJSON: () => made };
};
"""
)


class Console:
    """The console on fakes behind a real address, whose visitor is signed in: a service worker needs one."""

    def __init__(self) -> None:
        self.account = Account()
        cookies = self.account.signed_in(SystemRole.USER).cookies
        self._cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
        gateway, site = self.account.console, self
        self.busy = 0
        """How many renewals are answered with 503."""

        class Answers(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(None)

            def do_POST(self) -> None:
                self._answer(self.rfile.read(int(self.headers["Content-Length"])))

            def _answer(self, body: bytes | None) -> None:
                found = urlsplit(self.path)
                if site.busy and found.path.endswith("/renew-push"):
                    site.busy -= 1
                    self.send_error(503)
                    return
                sent = {**dict(self.headers.items()), "Cookie": site._cookie}
                answer = gateway.call(self.command, found.path, body, sent, parse_qs(found.query))
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer.text.encode())

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self.host = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def sign_out(self) -> None:
        """Let the visitor have no session any more."""
        self._cookie = ""

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def console() -> Iterator[Console]:
    console = Console()
    yield console
    console.close()


@pytest.fixture
def page(chromium: Browser, console: Console) -> Iterator[Page]:
    """Yield a page of a browser that allows notifications; a test fails if one of its pages logs an error."""
    context = chromium.new_context()
    context.grant_permissions(["notifications"], origin=console.host)
    context.add_init_script(SUBSCRIBES)
    page, errors = context.new_page(), []
    page.clock.set_fixed_time(console.account.clock())
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert [error for error in errors if "favicon" not in error and "404" not in error] == []


def payload_of(console: Console) -> str:
    """Return what the browser decrypts of a push that the person's notice brings about."""
    user = console.account.people[SystemRole.USER].id
    message = PushMessage(
        tenant=ACME, user=user, key="call|c1", at=console.account.clock(), title="Missed call from Eve",
        text="Line 2001, 12:04", url="/console/me/inbox?show=unread",
    )  # fmt: skip
    owed = PushesOwed(console.account.browsers, console.account.clock, SeededRandomness())([message])
    (push,) = owed[user]
    assert isinstance(push, DeliveryOwed)
    _, body = push_request(push.delivery, {})
    return KEYS.decrypted(body).decode()


def shown(console: Console, page: Page, data: str) -> list[str]:
    """Let Chromium deliver a push; return title, text and address of what our worker, which controls the console, shows.

    It is delivered again if nothing shows up: a busy Chromium loses one now and then.
    """
    session = page.context.new_cdp_session(page)
    registrations: list[Any] = []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda said: registrations.extend(said["registrations"]))
    session.send("ServiceWorker.enable")
    page.evaluate("navigator.serviceWorker.ready.then(() => 0)")
    assert registrations[-1]["scopeURL"] == f"{console.host}/console/"
    push = {"origin": console.host, "registrationId": registrations[-1]["registrationId"], "data": data}
    for _ in range(5):
        session.send("ServiceWorker.deliverPushMessage", push)
        found: list[str] | None = page.evaluate(
            """async () => {
              const worker = await navigator.serviceWorker.ready;
              for (let n = 0; n < 30; n++) {
                const [found] = await worker.getNotifications();
                if (found) return [found.title, found.body, found.data.url];
                await new Promise((done) => setTimeout(done, 100));
              }
              return null;
            }"""
        )
        if found is not None:
            return found
    return []


def test_a_push_is_decrypted_by_the_browser_and_shown_by_the_service_worker(console: Console, page: Page) -> None:
    # the page asks for permission, subscribes with the key of the account and sends what the browser made
    page.goto(f"{console.host}/console/me/browsers")
    expect(page.locator("#push-state")).to_have_text("This browser is not pushed to.")
    page.get_by_label("Show who and what").check()
    page.get_by_role("button", name="Push to this browser").click()
    expect(page.get_by_role("rowheader")).to_contain_text("on")
    (kept,) = console.account.browsers.kept[ACME, console.account.people[SystemRole.USER].id]
    assert (kept.endpoint, kept.public_key, kept.auth, kept.details) == (ENDPOINT, KEYS.public, KEYS.auth, True)

    # Chromium hands what it decrypts to our worker, which shows it
    assert shown(console, page, payload_of(console)) == [
        "Missed call from Eve", "Line 2001, 12:04", "/console/me/inbox?show=unread",
    ]  # fmt: skip

    # a click opens its page, below the console wherever that is
    (worker,) = page.context.service_workers
    opened = worker.evaluate(
        """async () => {
          let opened = "";
          Object.defineProperty(clients, "openWindow", { value: async (url) => void (opened = url) });
          const [notification] = await registration.getNotifications();
          dispatchEvent(new NotificationEvent("notificationclick", { notification }));
          for (let n = 0; n < 50 && !opened; n++) await new Promise((done) => setTimeout(done, 100));
          return opened;
        }"""
    )
    assert opened == f"{console.host}/console/me/inbox?show=unread"


def switched_on(console: Console, page: Page) -> Worker:
    """Push to the browser of the page, with details; return its service worker."""
    page.goto(f"{console.host}/console/me/browsers")
    page.get_by_label("Show who and what").check()
    page.get_by_role("button", name="Push to this browser").click()
    expect(page.get_by_role("rowheader")).to_be_visible()
    (worker,) = page.context.service_workers
    return worker


def expect_renewed(console: Console, page: Page) -> None:
    kept: list[PushSubscription] = []
    for _ in range(100):
        (kept,) = (list(each) for each in console.account.browsers.kept.values())
        if kept[0].endpoint != ENDPOINT:
            break
        page.wait_for_timeout(100)
    (after,) = kept
    assert (after.endpoint, after.auth, after.details) == (f"{ENDPOINT}/renewed", RENEWED.auth, True)


@pytest.mark.parametrize("busy", [0, 1])
def test_a_browser_with_another_subscription_tells_the_console_although_nobody_is_signed_in(
    console: Console, page: Page, busy: int
) -> None:
    worker = switched_on(console, page)
    console.sign_out()
    console.busy = busy  # it does not answer at once: the worker tries again

    worker.evaluate(
        """(made) => {
          const subscription = { ...made, toJSON: () => made };
          const change = new ExtendableEvent("pushsubscriptionchange");
          change.newSubscription = subscription;
          dispatchEvent(change);
        }""",
        RENEWED.subscription(f"{ENDPOINT}/renewed"),
    )

    expect_renewed(console, page)


def test_a_renewal_that_did_not_arrive_is_made_up_for_when_the_page_is_visited(console: Console, page: Page) -> None:
    worker = switched_on(console, page)
    is_another = """(made) => {
      PushManager.prototype.getSubscription = async () => ({ toJSON: () => made, endpoint: made.endpoint });
    }"""
    renewed = RENEWED.subscription(f"{ENDPOINT}/renewed")
    worker.evaluate(is_another, renewed)
    page.add_init_script(f"({is_another})({json.dumps(renewed)})")

    page.goto(f"{console.host}/console/me/browsers")

    expect_renewed(console, page)


def test_a_push_that_cannot_be_read_shows_that_there_is_something(console: Console, page: Page) -> None:
    page.goto(f"{console.host}/console/me/browsers")
    page.get_by_role("button", name="Push to this browser").click()
    expect(page.get_by_role("rowheader")).to_be_visible()
    title, text, _ = shown(console, page, "no JSON")
    assert (title, text) == ("Tocsin", "There is something new in your inbox.")


def test_a_browser_that_allows_no_notifications_is_told_so(chromium: Browser, console: Console) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.clock.set_fixed_time(console.account.clock())
    page.add_init_script("Notification.requestPermission = async () => 'denied'")
    page.goto(f"{console.host}/console/me/browsers")
    page.get_by_role("button", name="Push to this browser").click()
    expect(page.locator("#push-state")).to_contain_text("does not allow notifications")
    assert console.account.browsers.kept == {}
    context.close()
