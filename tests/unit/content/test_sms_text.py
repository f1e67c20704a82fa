"""Segments: what a text is billed as."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.content.domain.sms_text import SmsEncoding, measure, transliterate


@pytest.mark.parametrize(
    ("text", "encoding", "units", "segments"),
    [
        ("", "GSM-7", 0, 0),
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2),
        ("a" * 307, "GSM-7", 307, 3),
        ("€" * 80, "GSM-7", 160, 1),
        ("a" * 159 + "€", "GSM-7", 161, 2),
        # the euro would straddle the first and second part, so part one ends a septet early
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 306, 3),
        ("я" * 70, "UCS-2", 70, 1),
        ("я" * 71, "UCS-2", 71, 2),
        ("😀" * 35, "UCS-2", 70, 1),
        ("😀" * 36, "UCS-2", 72, 2),
        ("a" * 159 + "’", "UCS-2", 160, 3),
        ("👨‍👩‍👧‍👦", "UCS-2", 11, 1),
        ("Ç", "GSM-7", 1, 1),
        ("ç", "UCS-2", 1, 1),
        ("`", "UCS-2", 1, 1),
        ("\u00a0", "UCS-2", 1, 1),
        ("\t", "UCS-2", 1, 1),
        ("e\u0301", "UCS-2", 2, 1),
    ],
)
def test_segments_follow_the_alphabet(text: str, encoding: str, units: int, segments: int) -> None:
    length = measure(text)
    assert (length.encoding, length.units, length.segments) == (encoding, units, segments)


def test_a_surrogate_pair_is_never_split_between_parts() -> None:
    assert measure("я" * 66 + "😀" + "я" * 66).segments == 3


@given(st.text(max_size=400))
def test_longer_texts_never_cost_less(text: str) -> None:
    assert measure(text + "a").segments >= measure(text).segments


@given(st.text(max_size=200))
def test_transliterated_text_is_gsm(text: str) -> None:
    assert measure(transliterate(text)[0]).encoding is SmsEncoding.GSM7


def test_transliteration_keeps_what_can_be_kept_and_counts_what_is_lost() -> None:
    assert transliterate("“Zoë’s” café – naïve … Łódź") == ('"Zoe\'s" café - naive ... Lodz', 0)
    assert transliterate("ok 😀 я") == ("ok ? ?", 2)
