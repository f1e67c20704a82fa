"""Who is left out has one word for why."""

from __future__ import annotations

import pytest

from tocsin.alerts.domain.left_out import LeftOut, LeftOutBecause


@pytest.mark.parametrize(
    ("category", "detail", "reason"),
    [
        (LeftOutBecause.ANSWERED, "sms,email", "answered_sms"),
        (LeftOutBecause.ANSWERED, "shortlink", "answered_shortlink"),
        (LeftOutBecause.ANSWERED, "", "answered"),
        (LeftOutBecause.EXCEEDED, "special_number", "special_number"),
        (LeftOutBecause.NO_ADDRESS, "", "no_address"),
    ],
)
def test_who_is_left_out_has_one_word_for_why(category: LeftOutBecause, detail: str, reason: str) -> None:
    assert LeftOut("c1", "", category, detail).reason == reason
