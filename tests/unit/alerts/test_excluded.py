"""Who is left out has one word for why."""

from __future__ import annotations

import pytest

from tocsin.alerts.domain.exclusion import Exclusion, ExclusionReason


@pytest.mark.parametrize(
    ("category", "detail", "reason"),
    [
        (ExclusionReason.ANSWERED, "sms,email", "answered_sms"),
        (ExclusionReason.ANSWERED, "shortlink", "answered_shortlink"),
        (ExclusionReason.ANSWERED, "", "answered"),
        (ExclusionReason.SENDING_LIMIT, "special_number", "special_number"),
        (ExclusionReason.NO_ADDRESS, "", "no_address"),
    ],
)
def test_who_is_left_out_has_one_word_for_why(category: ExclusionReason, detail: str, reason: str) -> None:
    assert Exclusion("c1", "", category, detail).reason == reason
