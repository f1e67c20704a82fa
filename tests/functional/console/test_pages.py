"""What holds for every page."""

from __future__ import annotations

import re

import pytest

from console.menu import GROUPS
from console.outcomes import INCIDENTS, MESSAGES
from console.rendering import link
from infra.local.places import ROOT
from tests.functional.console.conftest import Account
from tocsin.delivery.domain.message import MessageState
from tocsin.history.domain.incident_state import IncidentState
from tocsin.identity.domain.permissions import SYSTEM_ROLES, Permission, Reach, SystemRole

PAGES = (
    *("alerts", "alerts/new", "groups", "groups/new", "content", "content/new", "schedules", "triggers", "escalations"),
    *(
        "keys",
        "keys/new",
        "keys/k1",
        "account",
        "callbacks",
        "callbacks/new",
        "audit",
        "reports",
        "users",
        "users/new",
        "users/user",
        "roles",
        "roles/new",
        "roles/admin",
        "appointments",
        "appointments/new",
        "rules",
        "rules/new",
        "events",
        "sources",
        "sources/new",
        "integrations",
        "integrations/new",
        "integration-alerts",
        "integration-alerts/new",
        "mail",
        "mail/templates",
        "mail/messages",
        "me/security",
        "me/notifications",
        "me/notifications?tab=how",
        "users/user/notifications?tab=lines",
        "me/sessions",
        "me/tokens",
        "me/accounts",
        "me/inbox",
        "me/browsers",
        "prove",
    ),
)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_loads_nothing_from_elsewhere_and_runs_nothing_inline(account: Account, path: str) -> None:
    browser = account.signed_in()
    browser.open(f"/console/{path}")

    assert browser.answer.status == 200
    policy = browser.answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script(?![^>]*\bsrc=)|\bstyle=|\bon[a-z]+=|https?://(?!www\.w3\.org)", browser.answer.text)
    assert browser.answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "to", "expected"),
    [
        ("/console", "alerts", "console/alerts"),
        ("/console/alerts", "users", "users"),
        ("/console/alerts", "", "../console"),
        ("/console/alerts/new", "", "../../console"),
        ("/console/alerts/new", "users", "../users"),
        ("/console/alerts/a/stop", "alerts/a", "../../alerts/a"),
        ("/console/alerts", "groups/a b", "groups/a%20b"),
    ],
)
def test_links_are_relative_so_that_any_prefix_holds(path: str, to: str, expected: str) -> None:
    assert link(path, to) == expected


@pytest.mark.parametrize("role", list(SystemRole))
def test_the_menu_shows_what_the_role_may_and_a_url_to_the_rest_says_why(account: Account, role: SystemRole) -> None:
    browser = account.signed_in(role)
    browser.open("/console/alerts")
    may_send = role in (SystemRole.OWNER, SystemRole.ADMIN, SystemRole.MANAGER)

    assert ("New alert" in browser.page.words) is may_send
    browser.open("/console/alerts/new")
    assert browser.answer.status == (200 if may_send else 403)
    assert may_send or "alerts.send" in browser.page.words


def test_assets_are_kept_for_a_year_and_unknown_ones_are_not_there(account: Account) -> None:
    browser = account.signed_in()
    browser.open("/console/alerts")
    names = re.findall(r'(?:href|src)="(assets/[^"]+)"', browser.answer.text)

    assert len(names) == 5
    for name in names:
        browser.open(f"/console/{name}")
        assert browser.answer.status == 200
        assert "max-age=31536000" in browser.answer.headers["Cache-Control"]
    browser.open("/console/assets/tocsin.css")
    assert browser.answer.status == 404


@pytest.mark.parametrize("path", ["/console/alert", "/console/alerts/a/b/c", "/console/assets", "/console/signin/x"])
def test_an_address_without_a_page_says_so_in_the_frame(account: Account, path: str) -> None:
    browser = account.signed_in()
    browser.open(path)

    assert browser.answer.status == 404
    assert "There is nothing here" in browser.page.words
    assert "Alerts" in browser.page.words  # the menu leads on

    stranger = account.browser()
    stranger.open(path)
    assert stranger.path.startswith("/console/signin")


def test_each_class_of_a_template_is_in_a_stylesheet_or_a_script() -> None:
    folder = ROOT / "functions" / "console"
    known = "".join(path.read_text() for path in (folder / "assets").iterdir() if path.suffix in (".css", ".js"))
    unknown = {
        (path.name, name)
        for path in folder.rglob("*.j2")
        for listed in re.findall(r'class="([^"]*)"', re.sub(r"\{[{%].*?[%}]\}", " ", path.read_text()))
        for name in listed.split()
        if not re.search(rf"[.\"]{name}\b", known)
    }
    assert unknown == set()


def test_every_state_has_glyph_and_word() -> None:
    assert set(INCIDENTS) == {state.value for state in IncidentState}
    assert set(MESSAGES) == set(MessageState)
    assert {kind for kind, _ in (*INCIDENTS.values(), *MESSAGES.values())} <= {"ok", "wait", "warn", "bad", "idle"}


@pytest.mark.parametrize(
    "typed", [{"text": "x" * 1_048_577}, {f"field{n}": "" for n in range(20_001)}], ids=["long", "many"]
)
def test_a_form_that_is_too_big_is_told_and_does_nothing(account: Account, typed: dict[str, str]) -> None:
    browser = account.signed_in()
    browser.open("/console/alerts/new")
    browser.send("/console/alerts/new", ("part", "send"), **typed)

    assert browser.answer.status == 413
    assert not account.alerts.alerts


def pages_of(account: Account) -> dict[str, tuple[Permission, Reach]]:
    """Return what each page needs, by its path; public pages need nothing."""
    found = {path: next(iter(methods.values())).view_function for path, methods in account.console.app.routes.items()}
    return {path: view.needs for path, view in found.items() if hasattr(view, "needs")}


def test_every_entry_of_the_menu_is_a_page(account: Account) -> None:
    assert {f"/console/{entry.to}" for _, entries in GROUPS for entry in entries} <= set(pages_of(account))


@pytest.mark.parametrize("role", list(SystemRole))
def test_s4_every_page_is_closed_to_every_role_that_lacks_its_permission(account: Account, role: SystemRole) -> None:
    browser, pages = account.signed_in(role), pages_of(account)
    assert len(pages) > 40

    for path, (permission, reach) in pages.items():
        allowed = SYSTEM_ROLES[role].get(permission, Reach.NONE) >= reach
        browser.open(re.sub(r"\{[^}]+\}", "none", path))
        assert (browser.answer.status == 403) is not allowed, path
        assert browser.answer.status < 500, path


def test_every_page_but_those_before_the_sign_in_needs_a_session(account: Account) -> None:
    open_to_all = set(account.console.app.routes) - set(pages_of(account))

    assert {path.removeprefix("/console/").split("/")[0] for path in open_to_all} == {
        "assets",
        "sw.js",
        "forgot",
        "not-me",
        "signin",
        "stop-texts",
        "renew-push",
        "",  # /oauth/{provider}/callback
    }
    for path in pages_of(account):
        browser = account.browser()
        browser.open(re.sub(r"\{[^}]+\}", "none", path))
        assert browser.path.startswith("/console/signin"), path
