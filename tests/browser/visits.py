"""Pages as tests open them, with a record of everything that went wrong on them."""

from __future__ import annotations

import re
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from tests.browser.leaving import hide_pages_that_are_left

WIDE = (1280, 900)

PHONE = (360, 740)
"""The narrowest phones that are sold; `width < 52rem` of our stylesheets."""


class Visits:
    """Opens pages, each in a browser context of its own: no cookie and no storage is shared.

    Attributes:
        problems: errors in the console, exceptions, broken policies, and requests that failed.
    """

    def __init__(self, browser: Browser, base_url: str) -> None:
        self.problems: list[str] = []
        self._browser = browser
        self._base_url = base_url
        self._contexts: list[BrowserContext] = []
        self._expected: list[re.Pattern[str]] = []

    def open(
        self,
        size: tuple[int, int] = WIDE,
        *,
        scheme: Literal["light", "dark"] = "light",
        script: bool = True,
        inspected: bool = False,
    ) -> Page:
        """Return an empty page.

        Args:
            size: width and height in pixels.
            script: False: JavaScript is off.
            inspected: the page's policy is ignored, because `accessible` adds a script. Other tests must not ask for it.
        """
        width, height = size
        context = self._browser.new_context(
            base_url=self._base_url,
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            java_script_enabled=script,
            bypass_csp=inspected,
        )
        context.set_default_timeout(15_000)  # two shared cores; a cold function takes seconds on the engine
        hide_pages_that_are_left(context)
        self._contexts.append(context)
        page = context.new_page()
        page.on("console", self._logged)
        page.on("pageerror", lambda error: self._note(f"exception: {error}"))
        page.on("requestfailed", self._failed)
        return page

    def expect(self, pattern: str) -> None:
        """Let problems that match happen in this test, like `status of 403` for a page that is refused."""
        self._expected.append(re.compile(pattern))

    def close(self) -> None:
        """Close every page."""
        for context in self._contexts:
            context.close()

    def _logged(self, message: ConsoleMessage) -> None:
        if message.location["url"].endswith("/favicon.ico"):
            return  # asked for by the browser, not by the page
        if message.type == "error" or "Content Security Policy" in message.text:
            self._note(f"console: {message.text}")

    def _failed(self, request: Request) -> None:
        # A page that is left ends its own requests.
        if request.failure != "net::ERR_ABORTED":
            self._note(f"request: {request.method} {request.url}: {request.failure}")

    def _note(self, problem: str) -> None:
        if not any(pattern.search(problem) for pattern in self._expected):
            self.problems.append(problem)
