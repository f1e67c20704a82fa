"""The API reference in a browser: search an operation, try it, read a guide."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from alerts_api.about import GUIDES
from tests.browser.accessibility import accessible, fits
from tests.browser.visits import PHONE, WIDE, Visits
from tests.stack.system import System

SIZES = pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])


def reference(page: Page) -> Page:
    """Go to the reference, and wait until it is drawn."""
    page.goto("docs")
    expect(page.get_by_role("heading", name="Tocsin alerts API")).to_be_visible(timeout=DRAWN)
    expect(page.locator(".opblock-tag").last).to_be_visible(timeout=DRAWN)
    return page


DRAWN = 30_000
"""Milliseconds in which a busy machine has drawn 150 operations; two cores of 2026 take one to six seconds."""

GROUPS = {"sendAlert": "Send", "listAlerts": "Results"}


def opened(page: Page, operation: str) -> None:
    """Open an operation: its group lists it, and its summary is clicked."""
    page.locator(f"#operations-tag-{GROUPS[operation]} .expand-operation").click()
    page.locator(f"[id$=-{operation}] .opblock-summary-control").click()
    expect(page.locator(f"[id$=-{operation}] .opblock-body")).to_be_visible()


def with_key(page: Page, key: str) -> None:
    """Give the page an API key."""
    page.get_by_label("API key").locator("visible=true").last.fill(key)
    page.get_by_role("button", name="Use this key").click()


def tried(page: Page, operation: str) -> tuple[int, str]:
    """Execute an open operation; return status and body of the answer."""
    block = page.locator(f"[id$=-{operation}]")
    block.get_by_role("button", name="Try it out").click()
    with page.expect_response(lambda answer: answer.request.resource_type == "fetch") as answered:
        block.get_by_role("button", name="Execute").click()
    row = block.locator(".live-responses-table tbody tr").first
    expect(row.locator(".response-col_status")).to_contain_text(str(answered.value.status))
    return answered.value.status, row.locator("pre").first.inner_text()


def test_an_operation_is_found_by_words_of_its_summary(page: Page) -> None:
    reference(page)
    groups, paths = page.locator(".opblock-tag"), page.locator(".opblock-summary-path")
    everything = groups.count()

    page.get_by_label("Search in paths and summaries").fill("alerts newest")

    expect(groups).to_have_count(1)
    groups.locator(".expand-operation").click()
    expect(paths).to_have_text(["/alerts"])
    page.get_by_label("Search in paths and summaries").fill("")
    expect(groups).to_have_count(everything)


def test_a_call_is_tried_with_the_key_and_refused_without(page: Page, visits: Visits, system: System) -> None:
    ref = system.sent(
        "live", {"alertType": "sms", "sender": "Tocsin", "recipients": system.phones(1), "content": "Up."}
    )
    reference(page)
    opened(page, "listAlerts")
    visits.expect("status of 401")

    status, answer = tried(page, "listAlerts")
    assert (status, "UNAUTHORIZED" in answer) == (401, True)

    with_key(page, system.callers["live"].key)
    page.locator("[id$=-listAlerts]").get_by_role("button", name="Cancel").click()
    status, answer = tried(page, "listAlerts")
    assert (status, ref in answer) == (200, True)


def test_a_verb_is_tried_with_the_same_key(page: Page, system: System) -> None:
    reference(page)
    with_key(page, system.callers["sandbox"].key)
    opened(page, "sendAlert")

    status, answer = tried(page, "sendAlert")

    assert (status, '"alertRef"' in answer) == (200, True)


def test_the_address_of_an_operation_leads_to_it(page: Page) -> None:
    page.goto("docs#/Results/listAlerts")

    expect(page.locator("[id$=-listAlerts] .opblock-body")).to_be_visible(timeout=DRAWN)


def test_everything_comes_from_the_api_itself(page: Page, system: System) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    reference(page)

    assert [url for url in asked if not url.startswith((system.stack.api, "data:"))] == []


def test_the_key_is_kept_by_the_page_alone(page: Page, system: System) -> None:
    reference(page)
    with_key(page, system.callers["live"].key)

    assert page.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie])") == '[{},{},""]'


def test_without_script_the_page_leads_to_the_document(visits: Visits) -> None:
    page = visits.open(script=False)
    page.goto("docs")

    expect(page.get_by_role("link", name="openapi.json")).to_be_visible()


@pytest.mark.parametrize("name", GUIDES)
def test_a_guide_is_read_beside_the_others(name: str, page: Page) -> None:
    page.goto(f"docs/guides/{name}")

    expect(page.get_by_role("navigation").get_by_role("link")).to_have_count(len(GUIDES) + 1)
    expect(page.locator("[aria-current=page]")).to_have_text(GUIDES[name])
    expect(page.locator("h1")).to_have_count(1)


@SIZES
def test_the_reference_is_accessible(size: tuple[int, int], visits: Visits, system: System) -> None:
    page = reference(visits.open(size, inspected=True))
    name = f"docs-{size[0]}"
    assert fits(page)
    accessible(page, name)

    # with operations of both kinds open, one tried, and the shapes unfolded
    with_key(page, system.callers["live"].key)
    opened(page, "sendAlert")
    opened(page, "listAlerts")
    assert tried(page, "listAlerts")[0] == 200
    page.locator("section.models").get_by_role("button").first.click()
    assert fits(page)
    accessible(page, f"{name}-tried")


@SIZES
@pytest.mark.parametrize("name", ["short-links", "codes"])
def test_a_guide_is_accessible(name: str, size: tuple[int, int], visits: Visits) -> None:
    page = visits.open(size, inspected=True)
    page.goto(f"docs/guides/{name}")

    assert fits(page)
    accessible(page, f"guide-{name}-{size[0]}")
