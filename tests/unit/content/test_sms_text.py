"""Segments: what a text is billed as."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.content.domain.sms_text import _LIKENESSES, _UNSEEN, SmsEncoding, measure, transliterate


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


@given(st.text(st.sampled_from("aé€ж😀“–\u200b…ßŁ\t"), max_size=60))
def test_a_character_that_joins_nothing_becomes_the_same_everywhere(text: str) -> None:
    parts = [transliterate(char) for char in text]

    assert transliterate(text) == ("".join(part for part, _ in parts), sum(lost for _, lost in parts))


def test_transliteration_keeps_what_can_be_kept_and_counts_what_is_lost() -> None:
    assert transliterate("“Zoë’s” café – naïve … Łódź") == ('"Zoe\'s" café - naive ... Lodz', 0)
    assert transliterate("ok 😀 я") == ("ok ? ?", 2)


EVERY = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF]


def is_gsm(char: str) -> bool:
    return measure(char).encoding is SmsEncoding.GSM7


@pytest.mark.deep
def test_over_all_of_unicode_what_is_not_counted_as_lost_says_what_was_written() -> None:
    for char in EVERY:
        composed = unicodedata.normalize("NFC", char)
        text, lost = transliterate(char)
        where = f"U+{ord(char):04X} became {text!r}"
        if composed in _LIKENESSES or is_gsm(composed):
            assert (text, lost) == (_LIKENESSES.get(composed, composed), 0), where
        elif unicodedata.category(char) in ("Cf", "Zs", "Pd", "Mn") or char in _UNSEEN:
            assert text == {"Zs": " ", "Pd": "-"}.get(unicodedata.category(char), "") or (text, lost) == ("?", 1), where
        elif lost:
            assert set(text) <= {"?"} and lost == len(text), where  # noqa: PT018
        elif unicodedata.decomposition(char).startswith("<"):
            # All of it is there, not only what the alphabet has.
            assert said(text) == said(unicodedata.normalize("NFKD", char)) != "", where
        else:
            base = unicodedata.normalize("NFD", char)[0]
            assert text in (unicodedata.normalize("NFKD", base), _LIKENESSES.get(base)), where
            assert base.isalpha(), where


def said(text: str) -> str:
    kept = (char for char in text if not unicodedata.combining(char) and not char.isspace())
    return "".join(_LIKENESSES.get(char, char) for char in kept)


def test_over_all_of_unicode_no_sign_joins_the_digits_beside_it() -> None:
    for char in EVERY:
        if unicodedata.category(char) == "Nd" or not unicodedata.normalize("NFKC", char)[:1].isdigit():
            continue
        text, _ = transliterate(f"7{char}7")
        assert text[0] == text[-1] == "7", f"U+{ord(char):04X} became {text}"
        assert not text[1].isdigit() and not text[-2].isdigit(), f"U+{ord(char):04X} became {text}"  # noqa: PT018


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("Take ½ tablet", "Take 1/2 tablet"), ("1½ h", "1 1/2 h"), ("½½", "1/2 1/2"), ("3¹⁄₂ h", "3 1/2 h"),
        ("valve A ≠ open", "valve A != open"), ("10⁻³", "10^-3"), ("(a+b)²", "(a+b)^2"), ("m² CO₂", "m2 CO2"),
        ("№5 ①②③ ⑩ ㎏ 5％ ﬁre Ǆ ™ Ⅳ a\u3000b", "No5 123 10 kg 5% fire DZ TM IV a b"), ("1①", "1 1"),
        ("20 ℃, 5 µg ≥ 3 ¢", "20 degC, 5 ug >= 3 c"), ("a\u200db\u200e\ufe0f", "ab"), ("Þór ‹ð›", "Thor 'd'"),
        ("x̃ ḱ ế", "x k e"),
    ],
)  # fmt: skip
def test_likenesses_say_the_same_and_nothing_is_lost(text: str, sent: str) -> None:
    assert transliterate(text) == (sent, 0)


@pytest.mark.parametrize("text", ["ﷺ", "≮", "o\u0336", "¨", "㍘", "ⁿ", "♻", "\u20e0"])
def test_what_has_no_likeness_is_a_question_mark_and_counted(text: str) -> None:
    sent, lost = transliterate(text)
    assert sent.count("?") == lost > 0
