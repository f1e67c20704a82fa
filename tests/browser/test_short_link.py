"""The page of a short link, as its receiver sees it on a phone."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.accessibility import accessible, fits
from tests.browser.visits import PHONE, Visits
from tests.stack.system import System


def link_of(system: System) -> str:
    """Send a text with a short link, and return the link."""
    (phone,) = system.phones(1)
    element = {"alertType": "sms", "sender": "Tocsin", "recipients": [phone], "content": "Seen? {shortlink}"}
    ref = system.sent("live", {**element, "lookups": {"shortlink": {"reference": "gate"}}})
    system.settled("live", ref)
    (text,) = system.received([phone])
    return text.text.removeprefix("Seen? ")


def test_the_button_is_pressed_and_the_receiver_thanked_without_script(visits: Visits, system: System) -> None:
    page = visits.open(PHONE, script=False)
    page.goto(link_of(system))
    button = page.get_by_role("button", name="I have seen this")
    assert button.bounding_box()["height"] >= 44  # type: ignore[index]

    page.wait_for_timeout(1100)  # a sooner press may be a machine's
    button.click()

    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()


def test_the_pages_of_a_link_are_accessible(visits: Visits, system: System) -> None:
    page = visits.open(PHONE, inspected=True)
    page.goto(link_of(system))
    assert fits(page)
    accessible(page, "link")

    page.wait_for_timeout(1100)
    page.get_by_role("button", name="I have seen this").click()
    expect(page.get_by_role("button")).to_have_count(0)
    accessible(page, "link-thanks")


def test_an_unknown_link_says_so(visits: Visits) -> None:
    visits.expect("status of 404")
    page = visits.open(PHONE, inspected=True)

    answer = page.goto("l/Zz9Zz9Zz9Z")

    assert answer is not None
    assert answer.status == 404
    accessible(page, "link-unknown")
