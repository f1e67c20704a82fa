"""The simulator's phones in a browser: they ring, speak, take keys and hang up, without an engine and on one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from infra.local.outside.exchange import Exchange
from infra.local.outside.handsets import Handsets
from infra.local.outside.phones import Phones
from infra.local.simulator.server import Simulator
from infra.local.simulator.site import Site
from infra.local.simulator.telephones import Telephones
from tests.browser.accessibility import accessible, fits, pictured
from tests.browser.people import NUMBER, person, signed_in
from tests.browser.visits import PHONE, WIDE, Visits
from tests.fakes.simulated_people import SimulatedPeople
from tests.stack.system import System
from tests.unit.infra.network import FLOW, HAND, OURS, Deployed

SPOKEN = "window.spoken = []; speechSynthesis.speak = (words) => spoken.push([words.lang, words.text]);"
"""Notes what the browser would say."""


@contextmanager
def served(exchange: Exchange, number: str) -> Iterator[str]:
    """Yield the address of the page with one phone, Ana's."""
    telephones = Telephones(exchange, {number: "Ana"}, OURS)
    with (
        closing(Simulator(0)) as simulator,
        simulator.serving(lambda guard: Site(SimulatedPeople(), guard, {}, telephones=telephones)),
    ):
        yield f"{simulator.url}phones"


def phone(page: Page, address: str) -> Locator:
    """Open the page and return Ana's phone, which is held now."""
    page.add_init_script(SPOKEN)
    page.goto(address)
    expect(page.locator("#watch")).to_have_attribute("data-watch", "live")
    return page.get_by_role("article", name="Ana")


@pytest.fixture
def exchange(tmp_path: Path) -> Iterator[Exchange]:
    """Yield a telephone network with a function that asks for a key, five times as fast as life."""
    failed: list[str] = []
    exchange = Exchange(FLOW, tmp_path / "calls.jsonl", Handsets(speed=5), Phones(), failed.append)
    exchange.connect(Deployed())
    yield exchange
    exchange.connect(None)
    assert failed == []


def test_a_phone_rings_speaks_takes_a_key_and_calls_in(
    chromium: Browser, exchange: Exchange, socket_enabled: None
) -> None:
    visits = Visits(chromium, "")
    page = visits.open()
    with served(exchange, HAND) as address:
        ana = phone(page, address)
        exchange.dial(OURS, HAND, {"message": "acme.a1.0.0.0.1"}, 40)
        expect(page.get_by_role("status")).to_have_text("The phone of Ana rings.")
        expect(ana).to_contain_text(f"from {OURS}")

        ana.get_by_role("button", name="Answer").click()
        expect(ana.get_by_role("button", name="1", exact=True)).to_be_focused()
        expect(ana.get_by_text("To hear it again")).to_be_visible()
        ana.get_by_role("button", name="2", exact=True).click()
        expect(ana.locator(".pill")).to_have_text("ended: system")
        assert page.evaluate("spoken[0][0]") == "en-GB"
        assert page.evaluate("spoken.length") >= 2  # the recording is played, not spoken

        ana.get_by_role("button", name="Call").click()
        ana.get_by_role("button", name="Hang up").click()
        expect(ana.locator(".pill")).to_have_text("ended: person")
    visits.close()
    assert [problem for problem in visits.problems if "phones/events" not in problem] == []


def test_the_page_is_accessible_while_it_is_quiet_rings_and_talks(
    chromium: Browser, exchange: Exchange, socket_enabled: None
) -> None:
    visits = Visits(chromium, "")
    page = visits.open(inspected=True)
    with served(exchange, HAND) as address:
        ana = phone(page, address)
        accessible(page, "phones-quiet")
        exchange.dial(OURS, HAND, {"message": "acme.a1.0.0.0.1"}, 40)
        ana.get_by_role("button", name="Answer").wait_for()
        accessible(page, "phones-ringing")
        ana.get_by_role("button", name="Answer").click()
        ana.get_by_role("button", name="Hang up").wait_for()
        accessible(page, "phones-talking")
        page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        pictured(page, "phones-narrow")
        assert fits(page)
        page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
        ana.get_by_role("button", name="Hang up").click()
        expect(ana.locator(".pill")).to_have_text("ended: person")
    visits.close()


def test_a_person_is_called_from_the_console_and_presses_a_key(page: Page, visits: Visits, system: System) -> None:
    system.operator.give_number("acme", system.callers["live"].key, NUMBER)
    (number,) = system.phones(1)
    with (
        system.outside.playing_along(lambda: system.aws, system.stack.outputs),
        served(system.outside.exchange, number) as address,
    ):
        ana = phone(visits.open(), address)
        signed_in(page, person(system, "account_owner", "Olivia Hart"))
        page.goto("console/alerts/new")
        page.get_by_label("Title").fill("Pump 7 stopped")
        page.get_by_label("Numbers or addresses").fill(number)
        page.get_by_role("checkbox", name="Text").uncheck()
        page.get_by_role("checkbox", name="Call").check()
        page.get_by_label("What the call says").fill("Pump 7 has stopped.")
        page.get_by_role("button", name="Check").click()
        page.get_by_role("button", name="Call 1 person").click()
        page.get_by_role("button", name="Call 1 person").click()

        ana.get_by_role("button", name="Answer").click(timeout=30_000)
        expect(ana.get_by_text("Pump 7 has stopped.")).to_be_visible()
        ana.get_by_role("button", name="2", exact=True).click()

        expect(page.get_by_role("row", name=re.compile("Pressed 2"))).to_be_visible(timeout=30_000)
