"""The page of browsers that are pushed to, and the service worker."""

from __future__ import annotations

import re
from typing import Any

from tests.functional.console.conftest import ACME, Account, plain
from tocsin.browser_push.domain.encryption import is_point, point_of, private_key
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
