"""The console in a browser: sign in, send, watch it being answered, stop it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Error, Page, expect

from tests.browser.accessibility import accessible, fits
from tests.browser.people import NUMBER, Person, person, signed_in
from tests.browser.visits import PHONE, WIDE, Visits
from tests.stack.system import System


@pytest.fixture(scope="session")
def owner(system: System) -> Person:
    system.operator.give_number("acme", system.callers["live"].key, NUMBER)
    return person(system, "account_owner", "Olivia Hart")


@pytest.fixture
def lively(system: System) -> Iterator[System]:
    """Yield the system with the outside playing along."""
    with system.outside.playing_along(lambda: system.aws, system.stack.outputs):
        yield system


def written(page: Page, system: System, **more: str) -> list[str]:
    """Write an alert with an escalation; return the numbers of the two people it goes to."""
    numbers = system.phones(2)
    page.goto("console/alerts/new")
    page.get_by_label("Title").fill(more.get("title", "Pump 7 stopped"))
    page.get_by_label("Numbers or addresses").fill(", ".join(numbers))
    page.get_by_label("Text message").fill(more.get("text", "Pump 7 has stopped. Who can come?"))
    page.locator("[name=after-1]").fill("5")
    page.locator("[name=to-1]").fill(system.phones(1)[0])
    return numbers


def sent(page: Page, system: System, **more: str) -> list[str]:
    """Write, confirm and send an alert; the page is then that of the alert."""
    numbers = written(page, system, **more)
    page.get_by_role("button", name="Check").click()
    page.get_by_role("button", name="Send 2 messages to 2 people").click()
    page.get_by_role("button", name="Send 2 messages to 2 people").click()
    expect(page.get_by_text("The alert is on its way.")).to_be_visible()
    return numbers


def test_an_alert_is_sent_answered_and_ends_while_the_page_watches(page: Page, lively: System, owner: Person) -> None:
    signed_in(page, owner)
    ana, _ = sent(page, lively)
    expect(page.get_by_text("2 texts delivered")).to_be_visible(timeout=30_000)

    lively.text_back(ana, "On my way")

    # the page shows the answer without a reload, and says so to a screen reader
    expect(page.get_by_role("row", name=re.compile("On my way"))).to_be_visible(timeout=30_000)
    expect(page.locator(".pill")).to_have_text("Answered")
    expect(page.locator("#said")).to_contain_text("Answered, 1 of 1 answered")


def test_the_plan_stands_beside_the_form_while_one_writes(page: Page, system: System, owner: Person) -> None:
    signed_in(page, owner)
    written(page, system)

    expect(page.locator("#plan").get_by_text("2 texts, 1 part each")).to_be_visible()
    expect(page.locator("#plan").get_by_role("button", name="Send 2 messages to 2 people")).to_be_visible()
    page.get_by_label("Text message").fill("")
    expect(page.locator("#plan").get_by_text("Write the text message.")).to_be_visible()


def test_a_double_click_and_back_send_one_alert(page: Page, visits: Visits, system: System, owner: Person) -> None:
    visits.expect("ERR_CACHE_MISS")  # no browser keeps the answer to a form of ours
    signed_in(page, owner)
    written(page, system, title="Sent once")
    page.get_by_role("button", name="Check").click()
    page.get_by_role("button", name="Send 2 messages").click()
    page.get_by_role("button", name="Send 2 messages").dblclick()
    expect(page.get_by_text("The alert is on its way.")).to_be_visible()

    with suppress(Error):
        page.go_back()
    page.wait_for_url("chrome-error://**")

    page.goto("console/alerts?search=Sent+once")
    expect(page.locator("tbody tr")).to_have_count(1)


def test_everything_works_without_script(visits: Visits, system: System, owner: Person) -> None:
    page = visits.open(script=False)
    signed_in(page, owner)
    sent(page, system)

    page.get_by_role("link", name="Stop alert").click()
    page.get_by_role("button", name="Stop alert").click()

    expect(page.get_by_text("The alert is stopped.")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()


def test_a_stored_script_is_shown_and_never_run(page: Page, system: System, owner: Person) -> None:
    signed_in(page, owner)
    hostile = '<script>document.title="run"</script><img src=x onerror=\'document.title="run"\'>'
    sent(page, system, title=hostile[:80], text=hostile)

    expect(page.locator(".quote").first).to_have_text(hostile)
    page.goto("console/alerts")
    expect(page.get_by_role("link", name=hostile[:30]).first).to_be_visible()
    assert "run" not in page.title()


def test_the_keyboard_alone_is_enough_and_focus_survives_updates(page: Page, lively: System, owner: Person) -> None:
    signed_in(page, owner)
    sent(page, lively)
    page.get_by_role("link", name="Stop alert").focus()

    expect(page.get_by_text("2 texts delivered")).to_be_visible(timeout=30_000)

    expect(page.get_by_role("link", name="Stop alert")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Stop alert")).to_be_visible()


def test_a_role_sees_its_own_menu_and_why_the_rest_is_closed(page: Page, visits: Visits, system: System) -> None:
    visits.expect("status of 403")
    signed_in(page, person(system, "user", "Uma Lane"))
    expect(page.get_by_role("link", name="New alert")).to_have_count(0)

    page.goto("console/alerts/new")

    expect(page.get_by_role("heading", name="Your role may not do this")).to_be_visible()


@pytest.mark.parametrize("size", [WIDE, PHONE, (320, 640)], ids=["wide", "phone", "narrow"])
def test_the_pages_are_accessible_in_both_schemes_and_fit(
    visits: Visits, system: System, owner: Person, size: tuple[int, int]
) -> None:
    page = visits.open(size, inspected=True)
    page.goto("console/signin")
    accessible(page, f"signin-{size[0]}")
    signed_in(page, owner)
    for path, name in (("console/alerts", "alerts"), ("console/alerts/new", "compose")):
        page.goto(path)
        assert fits(page), name
        accessible(page, f"{name}-{size[0]}")
    sent(page, system)
    assert fits(page)
    accessible(page, f"alert-{size[0]}")
    page.get_by_role("link", name="Stop alert").click()
    accessible(page, f"stop-{size[0]}")
