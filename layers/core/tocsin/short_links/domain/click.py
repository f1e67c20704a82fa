"""Classifies a visit to a short link: human or automated.

Mail gateways and messengers fetch links after delivery, with GET, and look like browsers. So a visit is no answer,
unless the client asks for it (`clickCounts`); then only one that looks human counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache, lru_cache

TOO_SOON = timedelta(seconds=2)
"""A visit sooner than this after the submission is automated: no person reads a message and taps its link so fast."""


class ClickClassification(StrEnum):
    """Whether a visit to a short link looks human."""

    HUMAN = "human"
    AUTOMATED = "automated"


@dataclass(frozen=True, slots=True)
class Visitor:
    """What the request headers say about the visitor; "" if unknown.

    Attributes:
        language: the first entry of Accept-Language, for example `en-GB`; at most 35 characters.
    """

    browser: str
    os: str
    device: str
    language: str

    @property
    def words(self) -> str:
        """Browser and system for people, for example "Firefox on Windows"; "" if neither is known."""
        return " on ".join(name for name in (self.browser, self.os) if name)


@dataclass(frozen=True, slots=True)
class ClassifiedClick:
    """The classification of a visit, and a code for the reason."""

    classification: ClickClassification
    reason: str


_BROWSERS_BEGIN = ("Mozilla/", "Opera/", "UCWEB/")
"""How the User-Agent of a browser begins. Opera Mini and UC Browser on simple phones do not begin with `Mozilla/`."""

_GATEWAYS = re.compile(r"barracuda|mimecast|ms-office|safelinks", re.IGNORECASE)
"""Mail gateways and Office that fetch links under their own names. The public lists of crawlers lack them."""

_DEVICE_NAME = re.compile(r"(Android[^;()]*;(?: [A-Za-z]{2}[-_][A-Za-z]{2};)?) [^;()/]*(?= Build/|\))")
"""The device name between Android's version and the build. Names such as "ID bot 553" would look like crawlers."""

_PREFETCH_HEADERS = ("sec-purpose", "purpose", "x-purpose", "x-moz")
_BROWSERS = (
    ("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("FxiOS", "Firefox"),
    ("Firefox", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iOS"), ("iPad", "iPadOS"), ("Android", "Android"), ("Windows", "Windows"), ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


def describe(headers: Mapping[str, str]) -> Visitor:
    """Return the visitor by request headers with lower-case names. Names of software only, without versions."""
    agent = headers.get("user-agent", "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    device = ""
    if system:
        tablet = system == "iPadOS" or (system == "Android" and "Mobile" not in agent)
        phone = system == "iOS" or (system == "Android" and "Mobile" in agent)
        device = "tablet" if tablet else "phone" if phone else "computer"
    return Visitor(
        browser=next((name for mark, name in _BROWSERS if mark in agent), ""),
        os=system,
        device=device,
        language=headers.get("accept-language", "").split(",")[0].split(";")[0].strip()[:35],
    )


def classify_click(headers: Mapping[str, str], submitted_at: datetime | None, now: datetime) -> ClassifiedClick:
    """Decide whether a GET looks human.

    Args:
        headers: request headers with lower-case names.
        submitted_at: when the message was submitted to the provider, None if unknown.
    """
    if any(name in headers for name in _PREFETCH_HEADERS):
        return ClassifiedClick(ClickClassification.AUTOMATED, "prefetch")
    agent = headers.get("user-agent", "")
    if not agent.startswith(_BROWSERS_BEGIN):
        return ClassifiedClick(ClickClassification.AUTOMATED, "no_browser")
    if _GATEWAYS.search(agent) or _is_known_machine(_DEVICE_NAME.sub(r"\1", agent)):
        return ClassifiedClick(ClickClassification.AUTOMATED, "known_machine")
    if submitted_at is not None and now - submitted_at <= TOO_SOON:
        return ClassifiedClick(ClickClassification.AUTOMATED, "too_soon")
    return ClassifiedClick(ClickClassification.HUMAN, "browser")


@lru_cache(maxsize=1024)
def _is_known_machine(agent: str) -> bool:
    """Return whether the list has the User-Agent. A look-up takes 1 ms, and most visitors share few User-Agents."""
    return _known_machine()(agent)


@cache
def _known_machine() -> Callable[[str], bool]:
    """Return the test for crawlers' User-Agents. The list is loaded at the first visit (20 ms), not at start."""
    from is_bot import Bots

    known: Callable[[str], bool] = Bots().is_bot
    return known
