"""The page of browsers that are pushed to, and the service worker."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.functional.console.conftest import ACME, Account, plain
from tocsin.browser_push.domain.encryption import is_point, point_of, private_key
from tocsin.browser_push.domain.subscription import PushSubscription
from tocsin.browser_push.domain.vapid import base64url, bytes_of
from tocsin.identity.domain.permissions import SystemRole

PAGE = "/console/me/browsers"
GIVEN: dict[str, Any] = {
    "endpoint": "https://push.example.net/send/1", "p256dh": base64url(point_of(private_key(b"b" * 32))),
    "auth": base64url(b"a" * 16), "device": "Firefox on Linux",
}  # fmt: skip


def test_what_the_script_sends_is_kept_listed_and_removed(account: Account) -> None:
    browser = account.signed_in(SystemRole.USER)
    browser.open(PAGE)
    found = re.search(r'data-key="([\w-]+)" data-worker="([^"]+)"', browser.answer.text)
    assert found is not None
    assert is_point(bytes_of(found[1]))
    assert found[2] == "../sw.js"

    browser.send(PAGE, **GIVEN, details="on")

    user = account.people[SystemRole.USER].id
    (kept,) = account.browsers.kept[ACME, user]
    assert (kept.endpoint, kept.details) == (GIVEN["endpoint"], True)
    assert account.preferences.get(ACME, user).browser_on
    words = plain(browser.page.words)
    assert "Firefox on Linux" in words
    assert "Who and what" in words
    assert "send/1" not in browser.answer.text
    browser.send(PAGE, ("remove", kept.id))
    assert account.browsers.kept[ACME, user] == []
    assert "Firefox on Linux" not in browser.page.words


def test_another_push_service_is_refused_and_told(account: Account) -> None:
    browser = account.signed_in(SystemRole.USER)
    browser.open(PAGE)
    browser.send(PAGE, **{**GIVEN, "endpoint": "https://10.0.0.8/send"})
    assert browser.answer.status == 422
    assert "not one that Tocsin can push by" in browser.page.words
    browser.open(PAGE)
    browser.send(PAGE, **{**GIVEN, "auth": "?"})
    assert browser.answer.status == 422


def test_without_scripts_the_page_says_so(account: Account) -> None:
    words = plain(account.signed_in(SystemRole.USER).open(PAGE).words)
    assert "Pushes need a script, which does not run in this browser." in words


def test_the_service_worker_is_read_anew_and_may_control_the_console_only(account: Account) -> None:
    answer = account.console.get("/console/sw.js")
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "Service-Worker-Allowed" not in answer.headers
    assert "showNotification" in answer.text
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; connect-src 'self'"


RENEW = "/console/renew-push"


def renewal(account: Account, **changes: str) -> dict[str, str]:
    """Return what the service worker sends when its subscription is another one."""
    given = {
        "who": f"{ACME}.{account.people[SystemRole.USER].id}", "former": GIVEN["endpoint"], "secret": GIVEN["auth"],
        "endpoint": "https://push.example.net/send/2", "p256dh": base64url(point_of(private_key(b"c" * 32))),
        "auth": base64url(b"n" * 16),
    }  # fmt: skip
    return {**given, **changes}


def renew(account: Account, given: dict[str, str], **headers: str) -> int:
    """Send it as a service worker does: without a cookie."""
    sent = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin", **headers}
    return account.console.call("POST", RENEW, urlencode(given).encode(), sent).status


@pytest.fixture
def pushed_to(account: Account) -> PushSubscription:
    """Return the one browser of the person, who has signed out since."""
    browser = account.signed_in(SystemRole.USER)
    browser.open(PAGE)
    browser.send(PAGE, **GIVEN, details="on")
    (kept,) = account.browsers.kept[ACME, account.people[SystemRole.USER].id]
    return kept


def test_a_browser_with_another_subscription_is_followed_although_nobody_is_signed_in(
    account: Account, pushed_to: PushSubscription, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):  # its answer may be lost
        assert renew(account, renewal(account)) == 204
        (kept,) = account.browsers.kept[ACME, pushed_to.user]
        assert kept == replace(
            pushed_to, endpoint="https://push.example.net/send/2", public_key=point_of(private_key(b"c" * 32)),
            auth=b"n" * 16,
        )  # fmt: skip
    assert "push.example.net" not in caplog.text
    assert GIVEN["auth"] not in caplog.text


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"secret": base64url(b"x" * 16)}, 404),  # a push service knows the endpoint, but not this
        ({"secret": ""}, 404),
        ({"former": "https://push.example.net/send/3"}, 404),
        ({"who": f"{ACME}.nobody"}, 404),
        ({"who": "T#acme"}, 404),
        ({"who": ""}, 404),
        ({"endpoint": "https://10.0.0.8/send"}, 422),
        ({"auth": "?"}, 422),
        ({"p256dh": ""}, 422),
    ],
)
def test_only_who_knows_the_secrets_of_a_subscription_renews_it(
    account: Account, pushed_to: PushSubscription, changes: dict[str, str], status: int
) -> None:
    assert renew(account, renewal(account, **changes)) == status
    assert account.browsers.kept[ACME, pushed_to.user] == [pushed_to]


def test_no_other_site_renews_a_browser_and_a_store_that_is_away_means_a_repeat(
    account: Account, pushed_to: PushSubscription
) -> None:
    assert renew(account, renewal(account), **{"Sec-Fetch-Site": "cross-site"}) == 403
    account.browsers.outage.failing = 1
    assert renew(account, renewal(account)) == 503
    assert account.browsers.kept[ACME, pushed_to.user] == [pushed_to]
    assert renew(account, {"x": "y" * 1_048_577}) == 413


def test_a_browser_that_was_removed_is_not_renewed(account: Account, pushed_to: PushSubscription) -> None:
    account.browsers.remove(ACME, pushed_to.user, pushed_to.id)
    assert renew(account, renewal(account)) == 404
    assert account.browsers.kept[ACME, pushed_to.user] == []
