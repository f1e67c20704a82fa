"""The page of a short link: when it is shown, its token, and when a press is doubted (K1)."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.short_links import FakeVisitorPresses
from tests.fakes.time import NOON
from tocsin.kernel.domain.ids import TenantId
from tocsin.short_links.application.presses import RecentPresses
from tocsin.short_links.domain.page import (
    BURST,
    BURST_CODES,
    GOOD_FOR,
    Doubt,
    PageToken,
    doubt_about,
    page_token,
    shows_page,
)

CODE, OTHER = "abcDEF123456", "abcDEF123457"
ACME = TenantId("acme")
MILLISECOND = timedelta(milliseconds=1)
TIMES = st.datetimes(datetime(2026, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(
    lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000)
)


def keyed(named: bytes) -> bytes:
    return hashlib.sha256(b"key" + named).digest()


def alien(named: bytes) -> bytes:
    return hashlib.sha256(b"another" + named).digest()


@given(TIMES, st.booleans(), st.timedeltas(timedelta(0), GOOD_FOR - MILLISECOND))
def test_a_token_reads_back_for_its_code_within_a_day(at: datetime, again: bool, later: timedelta) -> None:
    token = PageToken(at, again)
    text = token.text(CODE, keyed)
    assert page_token(text, CODE, keyed, at + later) == token
    assert page_token(text, OTHER, keyed, at + later) is None
    assert page_token(text, CODE, alien, at + later) is None
    assert page_token(text, CODE, keyed, at + GOOD_FOR) is None


@given(TIMES, st.booleans(), st.data())
def test_a_token_that_was_changed_in_one_place_is_none(at: datetime, again: bool, data: st.DataObject) -> None:
    text = PageToken(at, again).text(CODE, keyed)
    place = data.draw(st.integers(0, len(text)))
    changed = text[:place] + data.draw(st.text(max_size=2)) + text[place + data.draw(st.integers(0, 1)) :]
    if changed != text:
        assert page_token(changed, CODE, keyed, at) is None


@given(st.text(max_size=80))
def test_whatever_is_made_up_is_no_token(text: str) -> None:
    assert page_token(text, CODE, keyed, NOON) is None


def test_again_can_not_be_claimed() -> None:
    text = PageToken(NOON).text(CODE, keyed)
    assert page_token(text.replace(".0.", ".1."), CODE, keyed, NOON) is None


@pytest.mark.parametrize(
    ("after", "mode", "codes", "doubt"),
    [
        (999, None, 1, Doubt.TOO_FAST),
        (1000, None, 1, None),
        (1000, "navigate", 20, None),
        (1000, " Navigate", 20, None),
        (1000, None, 21, Doubt.BURST),
        (1000, "cors", 1, Doubt.NOT_NAVIGATED),
        (1000, "no-cors", 1, Doubt.NOT_NAVIGATED),
        (1000, "same-origin", 1, Doubt.NOT_NAVIGATED),
        (1000, "", 1, Doubt.NOT_NAVIGATED),
    ],
)
def test_a_press_is_doubted_once(after: int, mode: str | None, codes: int, doubt: Doubt | None) -> None:
    headers = {} if mode is None else {"sec-fetch-mode": mode}
    now = NOON + after * MILLISECOND
    assert doubt_about(PageToken(NOON), headers, lambda: codes, now) is doubt
    assert doubt_about(PageToken(NOON, again=True), headers, lambda: codes, now) is None


def test_when_the_page_is_shown() -> None:
    both = (True, False)
    for confirm, url, counts, followed, keyword in product((None, *both), both, both, both, both):
        is_keyword = [keyword].pop
        shown = shows_page(
            confirm=confirm, has_url=url, click_counts=counts, followed_up=followed, is_keyword=is_keyword
        )
        if confirm is not None:
            assert shown is confirm
        elif counts:
            assert not shown
        else:
            assert shown is (not url or followed or keyword)


def test_one_person_costs_no_write_and_a_burst_is_seen_over_processes() -> None:
    store = FakeVisitorPresses()
    one, other = RecentPresses(store), RecentPresses(store)
    assert one.codes(ACME, "v", "c0", NOON) == 1
    assert one.codes(ACME, "v", "c0", NOON) == 1
    assert store.kept == {}

    counts = [(one, other)[n % 2].codes(ACME, "v", f"c{n}", NOON) for n in range(1, BURST_CODES + 1)]

    assert counts[-1] == BURST_CODES + 1
    assert one.codes(ACME, "another", "c1", NOON) == 1


def test_presses_apart_are_no_burst() -> None:
    store = FakeVisitorPresses()
    presses = RecentPresses(store)
    apart = BURST / BURST_CODES
    assert max(presses.codes(ACME, "v", f"c{n}", NOON + n * apart) for n in range(100)) == BURST_CODES


def test_a_store_that_does_not_answer_refuses_no_press() -> None:
    store = FakeVisitorPresses()
    presses = RecentPresses(store)
    store.outage.failing = 100
    assert [presses.codes(ACME, "v", f"c{n}", NOON) for n in range(3)] == [1, 2, 3]
