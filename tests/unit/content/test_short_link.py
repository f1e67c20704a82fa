"""Codes of short links (S11)."""

import hashlib
import sys
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.content.domain.short_url import CODE_CHARACTERS, code_in, code_of, is_code, link, sample_link


def codes(count: int) -> list[str]:
    return [code_of(hashlib.sha256(str(n).encode()).digest()) for n in range(count)]


def test_s11_codes_are_twelve_characters_of_sixty_two() -> None:
    found = codes(20_000)
    assert len(set(found)) == len(found)
    assert all(is_code(code) and len(code) == CODE_CHARACTERS for code in found)
    # every place takes every character, about as often
    for place in range(CODE_CHARACTERS):
        counts = Counter(code[place] for code in found)
        assert len(counts) == 62
        assert max(counts.values()) < 1.4 * 20_000 / 62


def test_what_is_no_code() -> None:
    for text in ("", "x" * 11, "x" * 13, "x" * 11 + "-", "x" * 11 + "é", "../../../etc", "x" * 12 + "\n"):
        assert not is_code(text)


@pytest.mark.parametrize("step", [31, pytest.param(1, marks=pytest.mark.deep)])
def test_whatever_sign_stands_behind_a_code_it_is_found(step: int) -> None:
    (code,) = codes(1)
    for char in map(chr, (*range(0x300), *range(0x300, sys.maxunicode + 1, step))):
        if not (char.isascii() and char.isalnum()):
            assert code_in(code + char) == code_in(f"{code}{char}{char}x") == code, f"U+{ord(char):04X}"
    assert code_in(code) == code_in(f"{code}%2E") == code_in(f"{code}...") == code


@given(st.text(max_size=14))
def test_no_other_text_becomes_a_code(text: str) -> None:
    found = code_in(text)
    assert found is None or (is_code(found) and text.startswith(found))
    assert code_in("x" * 13 + text) is None


def test_a_link_is_as_long_as_its_sample() -> None:
    for base in ("https://t.example", "https://t.example/"):
        assert len(link(base, "abcdefghijkl")) == len(sample_link(base))
    assert link("https://t.example/", "abcdefghijkl") == "https://t.example/l/abcdefghijkl"
    assert len(sample_link("")) == 85
