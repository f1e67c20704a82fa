"""Numbers that people type: whatever stands in a field, a page answers without a fault of ours."""

from __future__ import annotations

import pytest

from console.visit import whole
from tests.functional.console.conftest import ACME, Account, Browser
from tests.functional.console.test_alerts import composed
from tests.functional.console.test_calls import written
from tests.functional.console.test_escalations import kept
from tests.functional.console.test_groups import made
from tests.functional.console.test_pages import PAGES
from tocsin.identity.domain.account_key import ACCOUNT_KEY

EDGES = ["9" * 5_000, "9" * 10, "00000199999999999", "٣"]
"""Over the 4,300 digits that `int` takes; the largest that is read; a larger one behind zeros; a digit not in ASCII."""

_NEVER_TYPED = {"csrf", "once", "version"}
_QUERIES = ("from", "again", "date", "cursor")


@pytest.mark.parametrize("path", PAGES)
def test_no_number_in_a_field_breaks_a_page(account: Account, path: str) -> None:
    browser = account.signed_in()
    broken = _broken(browser, f"/console/{path}")

    assert not broken


def test_no_number_in_a_field_breaks_an_escalation(account: Account) -> None:
    browser = account.signed_in()
    stored = kept(account, browser).store_id
    composed(browser, sender="+447700900100", after__1="5", by__1="text", to__1="+447700900102", need="1")
    compose = browser.answer, browser.path
    broken = _broken(browser, "/console/alerts/new", compose)
    browser.answer, browser.path = compose
    browser.send("/console/alerts/new", ("part", "send"))
    ref = next(iter(account.alerts.alerts))[1]
    for page in (f"escalations/{stored}/arm", f"escalations/{stored}/run", f"alerts/{ref}", f"alerts/{ref}/stop"):
        broken += _broken(browser, f"/console/{page}")

    assert not broken


def test_no_number_in_a_field_breaks_a_call_or_a_group(account: Account) -> None:
    browser = written(account, "confirm")
    broken = _broken(browser, "/console/alerts/new", (browser.answer, browser.path))
    broken += _broken(browser, f"/console/groups/{made(browser)}")

    assert not broken


@pytest.mark.parametrize(("every", "most"), [("00000199999999999", "3"), ("10", "00000199999999999")])
def test_a_limit_of_a_trigger_holds_behind_zeros(account: Account, every: str, most: str) -> None:
    browser = account.signed_in()
    arm = f"/console/escalations/{kept(account, browser).store_id}/arm"
    browser.open(arm)
    browser.send(arm, keyword="PUMP7", every=every, most=most)

    assert browser.answer.status == 422
    assert not account.triggers.of_key(ACME, ACCOUNT_KEY)


@pytest.mark.parametrize(("typed", "number"), [("0", 0), ("007", 7), ("9" * 10, 9_999_999_999)])
def test_a_whole_number_is_read(typed: str, number: int) -> None:
    assert whole(typed) == number


@pytest.mark.parametrize(
    "typed", ["", " 1", "+1", "-1", "1.5", "1e3", "²", "9" * 11, *(edge for edge in EDGES if edge != "9" * 10)]
)
def test_what_is_no_whole_number_of_ten_digits_is_none(typed: str) -> None:
    assert whole(typed) is None


def _broken(browser: Browser, path: str, page: tuple[object, str] | None = None) -> list[str]:
    """Return what was typed where, as far as it was answered with a fault of the server."""
    if page is None:
        browser.open(path)
        assert browser.answer.status == 200
    at = browser.answer, browser.path
    found = []
    for form in browser.page.forms:
        named = [(name, value) for name, value, kind in form.buttons if name and kind == "submit"]
        for field in dict.fromkeys(name for name, _ in form.fields if name not in _NEVER_TYPED):
            for edge in EDGES:
                browser.answer, browser.path = at
                browser.submit(form, named[0] if named else None, **{field: edge})
                if browser.answer.status >= 500:
                    found.append(f"{path}: {field} {edge[:20]} {len(edge)}")
    for edge in EDGES:
        browser.open(f"{path}{'&' if '?' in path else '?'}{'&'.join(f'{name}={edge}' for name in _QUERIES)}")
        if browser.answer.status >= 500:
            found.append(f"{path}?{edge[:20]} {len(edge)}")
    browser.open("/console/alerts")
    assert browser.path == "/console/alerts", f"{path}: a form signed out, so those after it were not tried"
    return found
