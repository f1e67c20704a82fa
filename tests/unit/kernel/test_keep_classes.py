"""An object is never removed before the row that names it is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.kernel.domain.keep_classes import FOREVER, KEEP_DAYS, keep_for

DAY = timedelta(days=1)


@given(st.timedeltas(timedelta(seconds=1), timedelta(days=4000)))
def test_ah_123_a_class_outlives_what_it_is_for(lifetime: timedelta) -> None:
    keep = keep_for(lifetime)
    if keep == FOREVER:
        assert lifetime > KEEP_DAYS[-1] * DAY
    else:
        days = int(keep.removeprefix("keep-"))
        assert lifetime <= days * DAY
        # and no class is longer than it must be
        assert all(lifetime > shorter * DAY for shorter in KEEP_DAYS if shorter < days)


@pytest.mark.parametrize(
    ("lifetime", "keep"),
    [
        (None, "forever"),
        (timedelta(seconds=1), "keep-0001"),
        (DAY, "keep-0001"),
        (DAY + timedelta(milliseconds=1), "keep-0007"),
        (30 * DAY, "keep-0030"),
        (31 * DAY, "keep-0090"),
        (366 * DAY, "keep-0366"),
        (367 * DAY, "forever"),
    ],
)
def test_the_edges(lifetime: timedelta | None, keep: str) -> None:
    assert keep_for(lifetime) == keep
