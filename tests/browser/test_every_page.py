"""Every page of the console, with one thing of each kind to show: accessible in both schemes, and as wide as its window."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.accessibility import accessible, fits, pictured
from tests.browser.planted import ERRORS, HOST, Planted, pages, planted
from tests.browser.visits import PHONE, WIDE

ESCAPED = re.compile(r'<\w+(?:\s+[\w-]+(?:="[^"]*")?)*\s+[\w-]+=&#34;')
NOT_IN_NAMES = re.compile(r"\W+")

FRAMED = ("/console/mail/templates/{name}", "/console/mail/templates/{name}/preview")
"""Pages with a sandboxed frame. Chromium logs that the frame runs no script when a picture of the page is taken."""


@pytest.fixture(scope="module")
def console() -> Planted:
    return planted()


@pytest.fixture(scope="module")
def tab(chromium: Browser, console: Planted) -> Iterator[Page]:
    """Yield one page for all tests of this module: a fresh browser for each would take as long as the rest."""
    page = console.open(chromium, WIDE)
    page.on("console", lambda message: console.errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: console.errors.append(str(error)))
    yield page
    page.context.close()


@pytest.mark.parametrize("template", pages())
def test_a_page_is_accessible_in_both_schemes_and_fits(console: Planted, tab: Page, template: str) -> None:
    path = console.path(template)
    answer = console.answer(path)
    if answer.status == 303:  # it only takes forms, and leads to a page that shows one, or to a provider
        assert answer.headers["Location"]
        return
    status = ERRORS.get(path.removeprefix("/console/"), 200)
    assert answer.status == status
    assert not ESCAPED.search(answer.text), "an attribute is escaped, and so it is none"
    console.errors.clear()
    tab.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    tab.goto(f"{HOST}{path}")

    name = f"page-{NOT_IN_NAMES.sub('-', template.removeprefix('/console')).strip('-') or 'first'}"
    accessible(tab, name)
    tab.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    pictured(tab, f"{name}-phone")
    assert fits(tab)
    if template in FRAMED:
        console.errors[:] = [error for error in console.errors if not error.startswith("Blocked script execution in")]
    assert [error for error in console.errors if status == 200 or f"status of {status}" not in error] == []
