"""A keyword is a word of its own, in any case, in the first 40 characters."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tocsin.triggers.domain.keyword import LOOKED_AT, first_keyword, folded, subject_words

WORDS = st.text(st.characters(categories=["Lu", "Ll", "Nd"]), min_size=1, max_size=12)
APART = st.sampled_from([" ", "\n", ", ", ". ", "! ", ": ", "(", " - ", "\t"])


@pytest.mark.parametrize(
    "text",
    [
        "fire", "FIRE", "Fire!", "  \n fire", "gate 4: fire", "fire, now", "fire,now", "(fire)", "'fire'", "-fire",
        "fire - hurry", "fire… please", "fire 🔥", "x" * 34 + ": fire", " " * 300 + "fire",
    ],
)  # fmt: skip
def test_a_keyword_is_found(text: str) -> None:
    assert first_keyword(text, ["fire"]) == "fire"


@pytest.mark.parametrize(
    "text",
    [
        "", "fireman", "campfire", "fire_drill", "fire7", "7fire", "cease-fire", "fire-drill", "fire's", "fire’s",
        "fi re", "x" * 37 + " fire", "x" * 35 + " fireman", "x" * 35 + " fire-man",
    ],
)  # fmt: skip
def test_no_keyword_is_found(text: str) -> None:
    assert first_keyword(text, ["fire"]) is None


@pytest.mark.parametrize(
    ("keyword", "text"),
    [
        ("ÜBUNG", "u\u0308bung 7"), ("Straße", "STRASSE"), ("ΣΟΣ", "σος"), ("gate-4", "Gate-4!"), ("#go", "please #GO"),
        ("🔥", "🔥 now"), ("a.b", "A.B."), ("!", "help !"), ("q" * 40, "Q" * 40), ("अग्नि", "अग्नि!"),
    ],
)  # fmt: skip
def test_any_script_and_sign_may_be_a_keyword(keyword: str, text: str) -> None:
    assert first_keyword(text, [keyword]) == keyword


SCRIPTS = [
    "fire", "évacuation", "Übung", "YANGIN", "yangın", "ΠΥΡΚΑΓΙΑ", "πυρκαγιά", "ПОЖАР", "ёлка", "pożar", "حريق", "שריפה", "अग्नि",
    "火事", "かじ", "ガス", "ไฟไหม้", "ភ្លើង", "화재",
]  # fmt: skip
WITHOUT_BLANKS = ["火事", "かじ", "ガス", "ไฟไหม้", "ភ្លើង"]
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


@given(st.sampled_from(SCRIPTS), st.data())
def test_case_accents_width_and_what_nobody_sees_do_not_matter(keyword: str, data: st.DataObject) -> None:
    said = data.draw(st.sampled_from([keyword, keyword.upper(), keyword.lower(), keyword.title()]))
    said = data.draw(st.sampled_from([said, unicodedata.normalize("NFD", said), said.translate(WIDE), bare(said)]))
    for _ in range(data.draw(st.integers(0, 3))):
        at = data.draw(st.integers(0, len(said)))
        said = said[:at] + data.draw(st.sampled_from("\u00ad\u200b\u200d\u200e\u2060\ufeff")) + said[at:]
    active = data.draw(st.sampled_from([keyword, unicodedata.normalize("NFD", keyword), bare(keyword)]))
    assert first_keyword(f"4: {said} !", [active]) == active
    assert first_keyword(f"[EXTERNAL] [SMS from +447400123456 by gateway 7] {said}", [active]) == active


def bare(text: str) -> str:
    """Return Latin, Greek and Cyrillic without accents, as capitals are often written."""
    kept = (char for char in unicodedata.normalize("NFD", text) if unicodedata.combining(char) != 230)
    return unicodedata.normalize("NFC", "".join(kept))


@given(st.sampled_from(WITHOUT_BLANKS), st.sampled_from(["大", "の", "です", "ครับ", "ខ", "7", "A"]))
def test_where_no_blanks_are_written_a_neighbour_does_not_matter(keyword: str, participants: str) -> None:
    assert first_keyword(f"{participants}{keyword}{participants}", [keyword]) == keyword


def test_a_keyword_in_brackets_is_found_and_forty_characters_count_from_behind_them() -> None:
    assert first_keyword("[FIRE] gate 4", ["fire"]) == "fire"
    assert first_keyword("[x] " + "y" * 34 + " fire", ["fire"]) == "fire"
    assert first_keyword("[x] " + "y" * 41 + " fire", ["fire"]) is None


@pytest.mark.parametrize(
    ("said", "keyword"), [("がす", "かす"), ("ﾊﾞｽ", "ハス"), ("क़लम", "कलम"), ("सत्य", "सतय"), ("ไม้", "ไม")]
)
def test_a_mark_that_makes_another_letter_makes_another_word(said: str, keyword: str) -> None:
    assert first_keyword(said, [keyword]) is None
    assert first_keyword(said, [said]) == said


def test_a_mark_belongs_to_the_letter_before_it() -> None:
    assert first_keyword("अग्निशमन", ["अग्नि"]) is None
    assert first_keyword("अग्नि", ["अग"]) is None


def test_the_first_keyword_counts_and_of_two_at_one_place_the_longer() -> None:
    assert first_keyword("test of fire", ["fire", "test"]) == "test"
    assert first_keyword("fire.now please", ["fire", "fire.now"]) == "fire.now"
    assert first_keyword("firedrill fire", ["fire"]) == "fire"


def test_no_keyword_is_no_keyword() -> None:
    assert first_keyword("fire", []) is None
    assert first_keyword("fire", [""]) is None


@given(word=WORDS, before=st.lists(WORDS, max_size=3), after=st.text(max_size=60), apart=APART, up=st.booleans())
def test_a_word_of_its_own_within_the_limit_is_found_in_any_case(
    word: str, before: list[str], after: str, apart: str, up: bool
) -> None:
    said = word.upper() if up else word.lower()
    if folded(said) != folded(word):
        said = word  # a letter without a partner in the other case
    lead = "".join(each + apart for each in before if folded(each) != folded(word))
    text = f"{lead}{said} . {after}"
    reach = len(unicodedata.normalize("NFC", f"{lead}{said}".lstrip()))
    found = first_keyword(text, [word])
    assert found == (word if reach <= LOOKED_AT else found)
    if reach > LOOKED_AT + len(said):
        assert found is None or folded(word) in folded(text.lstrip()[: LOOKED_AT + 3])


@example(word="0", left="", right="๐")
@example(word="๐", left="0", right="")
@example(word="Ŀ", left="", right="Ŀ")
@example(word="0", left="", right="๐")
@given(word=WORDS, left=st.text(st.characters(categories=["L", "N"]), max_size=3), right=WORDS)
def test_inside_another_word_it_is_not_found(word: str, left: str, right: str) -> None:
    inside = f"{left}{word}{right}"
    # Some characters fold into signs, as ⑴ into "(1)": with a sign at its edge a word touches no other.
    letters = all(char.isalnum() or char == "·" or unicodedata.category(char) == "Mn" for char in folded(inside))
    if letters and folded(inside) != folded(word):
        assert first_keyword(inside, [word]) is None


@given(text=st.text(), keywords=st.lists(st.text(min_size=1, max_size=40), max_size=4))
def test_whatever_is_written_the_answer_is_a_keyword_or_none(text: str, keywords: list[str]) -> None:
    found = first_keyword(text, keywords)
    assert found is None or (found in keywords and folded(found) in folded(text.lstrip()[:400]))


@pytest.mark.parametrize(
    ("subject", "own"),
    [
        ("FIRE", "FIRE"),
        ("Re: FIRE", "FIRE"),
        ("RE: re: Fwd: AW: Re[2]: FIRE now", "FIRE now"),
        ("Re: [TX-7F3K9Q2MXB] FIRE", "FIRE"),
        ("FIRE [TX-7F3K9Q2MXB]", "FIRE"),
        ("[tx-7f3k9q2mxb] Re: FIRE", "FIRE"),
        ("Rep: FIRE", "Rep: FIRE"),
        ("reorder fire", "reorder fire"),
        ("", ""),
        ("Re:", ""),
    ],
)
def test_a_prefix_of_an_answer_and_our_reference_do_not_count(subject: str, own: str) -> None:
    assert " ".join(subject_words(subject).split()) == own


def test_the_forty_characters_of_a_subject_begin_after_them() -> None:
    subject = "Re: Fwd: [TX-7F3K9Q2MXB] " + "x" * 34 + " FIRE"
    assert first_keyword(subject_words(subject), ["fire"]) == "fire"
    assert first_keyword(subject_words("x" * 36 + subject), ["fire"]) is None
