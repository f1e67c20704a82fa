"""A page with a problem fails its test: each kind of problem is found, and one that is expected is not counted."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.accessibility import accessible
from tests.browser.visits import Visits


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        ("console.error('too bad')", "console: too bad"),
        ("setTimeout(() => { throw new Error('broken') })", "exception: broken"),
        (
            "document.head.append(Object.assign(document.createElement('style'), {textContent: 'p {}'}))",
            "Content Security",
        ),
        (
            "document.body.append(Object.assign(document.createElement('script'), {textContent: '1'}))",
            "Content Security",
        ),
        ("fetch('https://elsewhere.example/')", "Content Security"),
        ("fetch('docs/assets/nothing')", "status of 404"),
    ],
)
def test_a_problem_is_found(script: str, problem: str, page: Page, visits: Visits) -> None:
    page.goto("docs")
    page.wait_for_load_state("networkidle")
    assert visits.problems == []

    page.evaluate(f"() => {{ {script} }}")
    for _ in range(100):
        if any(problem in found for found in visits.problems):
            break
        page.wait_for_timeout(100)

    assert any(problem in found for found in visits.problems), visits.problems
    visits.expect("")  # what else it brings, now or later
    visits.problems.clear()


def test_axe_finds_what_is_wrong_in_one_scheme_only(visits: Visits) -> None:
    page = visits.open(inspected=True)
    page.goto("docs/guides/calling")
    page.add_style_tag(content="@media (prefers-color-scheme: dark) { p { color: #333 !important } }")

    with pytest.raises(AssertionError, match=r"(?s)dark.*color-contrast"):
        accessible(page, "axe")
