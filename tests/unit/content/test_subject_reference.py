from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.content.domain.subject_reference import ENTROPY_BYTES, reference_in, subject_reference, with_reference

REFERENCES = st.binary(min_size=ENTROPY_BYTES, max_size=ENTROPY_BYTES).map(subject_reference)
SUBJECTS = st.text(st.characters(codec="utf-8"), max_size=40)


@given(SUBJECTS, REFERENCES, st.sampled_from(["", "Re: ", "AW: Re: ", "Fwd: "]))
def test_ah_91_a_reply_is_traced_to_its_reference(subject: str, reference: str, prefix: str) -> None:
    assert reference_in(prefix + with_reference(subject, reference)) == reference


@given(REFERENCES)
def test_a_reference_is_ten_characters_nobody_confuses(reference: str) -> None:
    assert re.fullmatch(r"\[TX-[0-9A-HJKMNP-TV-Z]{10}\]", reference)


def test_different_chance_gives_different_references() -> None:
    assert len({subject_reference(n.to_bytes(ENTROPY_BYTES, "big")) for n in range(1000)}) == 1000
    assert subject_reference((2**50 - 1).to_bytes(ENTROPY_BYTES, "big")) == "[TX-ZZZZZZZZZZ]"


def test_ah_90_the_reference_ends_the_subject_or_is_the_subject() -> None:
    assert with_reference("Hello", "[TX-7F3K9Q2MXB]") == "Hello [TX-7F3K9Q2MXB]"
    assert with_reference(None, "[TX-7F3K9Q2MXB]") == "[TX-7F3K9Q2MXB]"
    assert with_reference("  ", "[TX-7F3K9Q2MXB]") == "[TX-7F3K9Q2MXB]"


@pytest.mark.parametrize(
    ("subject", "found"),
    [
        ("Re: Hello tx-7f3k9q2mxb", "[TX-7F3K9Q2MXB]"),
        ("Re: Hello [TX-7F3K9Q2MXO]", "[TX-7F3K9Q2MX0]"),  # typed from paper
        ("Re: [TX-AAAAAAAAAA] again [TX-7F3K9Q2MXB]", "[TX-7F3K9Q2MXB]"),
        ("Hello", None),
        ("TX-7F3K9Q2MX", None),
        ("XTX-7F3K9Q2MXB", None),
        ("TX-7F3K9Q2MXBX", None),
    ],
)
def test_what_people_and_lists_do_to_a_reference_is_forgiven(subject: str, found: str | None) -> None:
    assert reference_in(subject) == found
