"""Telephone numbers in one form, by the account's country."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.telephony.domain.numbers import normal_number


@pytest.mark.parametrize(
    ("written", "country", "normal"),
    [
        # international, in any spelling
        ("+447700900123", None, "+447700900123"),
        ("+44 (0)20 7946 0000", None, "+442079460000"),
        ("tel:+44-20-7946-0000", "US", "+442079460000"),
        ("00442079460000", "GB", "+442079460000"),
        ("0044 20 7946 0000", None, "+442079460000"),
        ("011 44 20 7946 0000", "US", "+442079460000"),
        # as the country dials
        ("020 7946 0000", "GB", "+442079460000"),
        ("(020) 7946 0000", "GB", "+442079460000"),
        ("07700 900123", "GB", "+447700900123"),  # of films: in no range that is in use
        ("(415) 555-0101", "US", "+14155550101"),
        ("1-415-555-0101", "US", "+14155550101"),
        ("030 1234567", "DE", "+49301234567"),
        ("02 1234567", "IT", "+39021234567"),
        # without a country there is none to dial in
        ("020 7946 0000", None, "020 7946 0000"),
        # extensions, also with invisible characters around
        ("2010", "GB", "2010"),
        ("100001", "US", "100001"),
        ("\u200e2010 ", "GB", "2010"),
        # internal numbers that are too long for an extension
        ("5550123", "US", "5550123"),
        ("1234567", "GB", "1234567"),
        # numbers that no country has
        ("0123456789012", "GB", "0123456789012"),
        # no numbers
        (" anonymous ", "GB", "anonymous"),
        ("sip:2010@acme", "GB", "sip:2010@acme"),
        ("1-800-FLOWERS", "US", "1-800-FLOWERS"),
        ("+", "GB", "+"),
        ("+44", "GB", "+44"),
        ("*97", "GB", "*97"),
        ("7", "GB", "7"),
    ],
)
def test_a_number_has_one_form(written: str, country: str | None, normal: str) -> None:
    assert normal_number(written, country) == normal
    assert normal_number(normal, country) == normal


@given(
    st.text("0123456789+() .-/", max_size=20) | st.text(max_size=64), st.sampled_from([None, "GB", "US", "DE", "IT"])
)
@settings(max_examples=60)
def test_any_text_has_a_form_and_keeps_it(written: str, country: str | None) -> None:
    once = normal_number(written, country)

    assert normal_number(once, country) == once
