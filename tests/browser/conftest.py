"""Chromium for the whole session, on an engine of its own, and a fresh browser context for each test.

A test fails if a page that it opened logs an error, throws one, breaks its Content-Security-Policy, or cannot load something.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.visits import Visits
from tests.stack.session import deployed
from tests.stack.system import System

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark everything in this folder. Without a browser one test says so, which CI does not accept."""
    ours = [item for item in items if Path(__file__).parent in item.path.parents]
    for item in ours:
        item.add_marker(pytest.mark.browser)
    if shutil.which(CHROMIUM) is None:
        config.hook.pytest_deselected(items=ours[1:])
        items[:] = [item for item in items if item not in ours[1:]]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Yield the browser. Without one, CI fails, and another machine skips the tests."""
    if shutil.which(CHROMIUM) is None:
        missing = f"there is no {CHROMIUM}; on Debian: apt-get install chromium"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def system(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Yield the deployed system; none is deployed without a browser."""
    with deployed(tmp_path_factory.mktemp("engine")) as system:
        yield system


@pytest.fixture
def visits(chromium: Browser, system: System) -> Iterator[Visits]:
    """Yield what opens pages with other settings than `page`; at the end none of them may have had a problem."""
    visits = Visits(chromium, f"{system.stack.api}/")
    yield visits
    visits.close()
    assert visits.problems == []


@pytest.fixture
def page(visits: Visits) -> Page:
    """Return a page of 1280 by 900 pixels. `page.goto("docs")` goes to a path of the API."""
    return visits.open()
