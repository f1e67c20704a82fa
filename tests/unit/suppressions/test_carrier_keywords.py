"""AH-91: opting out is heard however it is written, and nothing else is taken for it."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.suppressions.domain.carrier_keywords import OPT_OUTS, SmsKeyword, possible_opt_out, sms_keyword

FILLERS = ["please", "thanks", "thank you", "now", "texting", "messaging", "me", "us", "texts", "messages"]
OF_AWS = ["ARRET", "CANCEL", "END", "OPT-OUT", "OPTOUT", "QUIT", "REMOVE", "STOP", "TD", "UNSUBSCRIBE"]
WORDS = [*sorted(OPT_OUTS - {"stopall"}), "opt out", "opt-out", "stop all", "stopall", "Arrêt", "REVOKE"]
PUNCTUATION = [
    char
    for char in map(chr, range(sys.maxunicode + 1))
    if unicodedata.category(char)[0] not in "LNMC" and not any(c.isalnum() for c in unicodedata.normalize("NFKC", char))
] + [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) == "Cf"]


@pytest.mark.parametrize("word", OF_AWS)
def test_every_word_of_the_carriers_list_is_heard_in_any_case(word: str) -> None:
    for written in (word, word.lower(), word.title(), f"  {word}\n"):
        assert sms_keyword(written) is SmsKeyword.STOP


def test_no_sign_of_any_script_around_or_behind_a_word_hides_it() -> None:
    for sign in PUNCTUATION:
        for written in (f"{sign}STOP{sign}", f"STOP{sign}", f"{sign} Stop all {sign}"):
            assert sms_keyword(written) is SmsKeyword.STOP, f"U+{ord(sign):04X}"


@given(st.sampled_from(WORDS), st.booleans(), st.data())
def test_case_accents_and_shape_do_not_matter(word: str, composed: bool, data: st.DataObject) -> None:
    letters = [data.draw(st.sampled_from([c.lower(), c.upper(), *_wide(c)])) for c in word]
    assert sms_keyword(unicodedata.normalize("NFC" if composed else "NFD", "".join(letters))) is SmsKeyword.STOP


@given(
    st.lists(st.sampled_from(WORDS + FILLERS), min_size=1, max_size=7),
    st.sampled_from([" ", "  ", ", ", ". ", "\n", " - ", "! "]),
)
def test_opt_outs_and_fillers_alone_are_an_opt_out_up_to_six_words(parts: list[str], between: str) -> None:
    text = between.join(parts)
    count = sum(len(part.replace("-", " ").split()) for part in parts)
    heard = count <= 6 and any(part in WORDS for part in parts)
    # Even a filler less is an opt-out if what is said runs together to one of its words.
    assert (sms_keyword(text) is SmsKeyword.STOP) == heard
    assert possible_opt_out(text) == any(part in WORDS for part in parts)


@given(st.sampled_from(WORDS), st.lists(st.sampled_from(FILLERS), max_size=3), st.sampled_from(
    ["the", "pump", "gate", "4", "fire", "Ana", "going", "no", "уже", "火", "don't"]
))  # fmt: skip
def test_one_other_word_makes_it_an_answer_that_somebody_should_read(word: str, more: list[str], other: str) -> None:
    for parts in ([word, *more, other], [other, word, *more]):
        assert sms_keyword(" ".join(parts)) is None
        assert possible_opt_out(" ".join(parts))


@pytest.mark.parametrize(
    "text",
    ["", "ok", "please", "thank you", "texting me now", "nonstop", "stopped", "ending", "td7", "🛑", "…", "stopp"],
)
def test_words_that_only_look_like_it_are_answers(text: str) -> None:
    assert sms_keyword(text) is None
    assert not possible_opt_out(text)


@pytest.mark.parametrize("text", ["START", "“Start”", "unstop", "UNSTOP.", "opt in", "OPT-IN", "yes, start"])
def test_start_lifts_however_it_is_written(text: str) -> None:
    assert sms_keyword(text) is SmsKeyword.START


@pytest.mark.parametrize("text", ["Help", "HELP!?", "‘info’", "ｉｎｆｏ"])
def test_help_is_heard_however_it_is_written(text: str) -> None:
    assert sms_keyword(text) is SmsKeyword.HELP


def _wide(char: str) -> list[str]:
    return [chr(ord(char) + 0xFEE0)] if "!" <= char <= "~" else []
