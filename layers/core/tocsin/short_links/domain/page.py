"""The page of a short link: when it is shown, its token, and when a press of its button is doubted.

    GET ─► page, token again=0 ─► POST ─┬─ no doubt ─► the answer counts
                                        └─ doubt ─► page once more, token again=1 ─► POST ─► the answer counts

A doubt never refuses an answer, because many people may share one address and one make of phone.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

GOOD_FOR = timedelta(hours=24)
"""How long the button of a page works."""

TOO_FAST = timedelta(seconds=1)
"""A press sooner after its page is doubted: no person reads a page and presses its button so fast."""

BURST = timedelta(seconds=10)
BURST_CODES = 20
"""A visitor who presses the buttons of more links than this within BURST is doubted."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_FORM = re.compile(r"([1-9][0-9]{0,14})\.([01])\.([0-9a-f]{32})")

Keyed = Callable[[bytes], bytes]
"""Returns a hash under the tenant's key, 32 bytes."""


@dataclass(frozen=True, slots=True)
class PageToken:
    """The content of a page's token, genuine.

    Attributes:
        shown_at: when the page was made.
        again: whether an earlier press was doubted.
    """

    shown_at: datetime
    again: bool = False

    def text(self, code: str, keyed: Keyed) -> str:
        """Return the token for the page of a code."""
        facts = f"{(self.shown_at - _EPOCH) // _MILLISECOND}.{int(self.again)}"
        return f"{facts}.{_mac(code, facts, keyed)}"


def page_token(text: str, code: str, keyed: Keyed, now: datetime) -> PageToken | None:
    """Return the token of a press, None if we did not make it for this code within the last GOOD_FOR."""
    found = _FORM.fullmatch(text)
    if found is None or not hmac.compare_digest(found[3], _mac(code, f"{found[1]}.{found[2]}", keyed)):
        return None
    token = PageToken(_EPOCH + int(found[1]) * _MILLISECOND, found[2] == "1")
    return token if now - token.shown_at < GOOD_FOR else None


def _mac(code: str, facts: str, keyed: Keyed) -> str:
    return keyed(f"{code}|{facts}".encode()).hex()[:32]


class Doubt(StrEnum):
    """Why a press is asked for once more."""

    TOO_FAST = "too_fast"  # sooner than a person presses
    NOT_NAVIGATED = "not_navigated"  # the browser says that a script sent it
    BURST = "burst"  # one visitor pressed the buttons of many links


def doubt_about(token: PageToken, headers: Mapping[str, str], codes: Callable[[], int], now: datetime) -> Doubt | None:
    """Return why a press is doubted, None if it counts.

    Args:
        headers: request headers by lower-case name; an absent header says nothing.
        codes: returns how many codes this visitor pressed within BURST, this one included.
    """
    if token.again:
        return None
    if now - token.shown_at < TOO_FAST:
        return Doubt.TOO_FAST
    if headers.get("sec-fetch-mode", "navigate").strip().lower() != "navigate":
        return Doubt.NOT_NAVIGATED
    return Doubt.BURST if codes() > BURST_CODES else None


def shows_page(
    *, confirm: bool | None, has_url: bool, click_counts: bool, followed_up: bool, is_keyword: Callable[[], bool]
) -> bool:
    """Return whether a visit shows the page first.

    Args:
        confirm: as the call says; None = it says nothing.
        followed_up: the alert escalates, or belongs to a linked set.
        is_keyword: returns whether the link's reference is the keyword of an active trigger.
    """
    if confirm is not None:
        return confirm
    if click_counts:
        return False
    return not has_url or followed_up or is_keyword()
