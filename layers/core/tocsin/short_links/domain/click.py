"""Who clicked: a person, or a machine that looks at links before a person can.

Mail gateways and messengers fetch links seconds after delivery, with GET, and look like browsers. Only a click that
looks human counts as a response; the others are kept as `automated`, because a wrong guess must be visible.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache

TOO_SOON = timedelta(seconds=2)
"""Nobody reads a message and taps its link faster than this after it was handed over."""


class ClickClassification(StrEnum):
    """What a visit of a shortlink was."""

    HUMAN = "human"
    AUTOMATED = "automated"


@dataclass(frozen=True, slots=True)
class Visitor:
    """What the request says about the visitor; "" where it says nothing.

    Attributes:
        language: the first of Accept-Language, e.g. `en-GB`.
    """

    browser: str
    os: str
    device: str
    language: str


@dataclass(frozen=True, slots=True)
class ClassifiedClick:
    """The verdict and the stable word for it."""

    classification: ClickClassification
    reason: str


_BROWSERS_BEGIN = ("Mozilla/", "Opera/", "UCWEB/")
"""How the agents of browsers begin; Opera Mini and UC Browser on simple phones do not say `Mozilla/`."""

_GATEWAYS = re.compile(r"barracuda|mimecast|ms-office|safelinks", re.IGNORECASE)
"""Mail gateways and Office, where they look at links under their own names: crawlers' lists do not have them."""

_DEVICE_NAME = re.compile(r"(Android[^;()]*;(?: [A-Za-z]{2}[-_][A-Za-z]{2};)?) [^;()/]*(?= Build/|\))")
"""Between the version of Android and the build: phones are called "ID bot 553" and "My|Phone"."""

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
    """Read the visitor off lower-case request headers. Coarse on purpose: names, no versions."""
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


def classify_click(
    method: str, headers: Mapping[str, str], submitted_at: datetime | None, now: datetime
) -> ClassifiedClick:
    """Decide whether a visit was a person's.

    Args:
        headers: request headers with lower-case names.
        submitted_at: when the message left for the provider, None if not known.
    """
    if method != "GET":
        return ClassifiedClick(ClickClassification.AUTOMATED, "method")
    if any(name in headers for name in _PREFETCH_HEADERS):
        return ClassifiedClick(ClickClassification.AUTOMATED, "prefetch")
    agent = headers.get("user-agent", "")
    if not agent.startswith(_BROWSERS_BEGIN):
        return ClassifiedClick(ClickClassification.AUTOMATED, "no_browser")
    if _GATEWAYS.search(agent) or _known_machine()(_DEVICE_NAME.sub(r"\1", agent)):
        return ClassifiedClick(ClickClassification.AUTOMATED, "known_machine")
    if submitted_at is not None and now - submitted_at <= TOO_SOON:
        return ClassifiedClick(ClickClassification.AUTOMATED, "too_soon")
    return ClassifiedClick(ClickClassification.HUMAN, "browser")


@cache
def _known_machine() -> Callable[[str], bool]:
    """Return the list of crawlers. Loaded with the first visit: 20 ms that no function should start with."""
    from is_bot import Bots

    known: Callable[[str], bool] = Bots().is_bot
    return known
