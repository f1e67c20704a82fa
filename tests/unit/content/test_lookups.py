"""AH-70 to AH-80: personalisation in one pass."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.content.domain.lookups import Facts, UnknownZone, compile_lookups, literal
from tocsin.kernel.domain.plain_text import composed

NOON = datetime(2026, 7, 4, 12, 5, 9, tzinfo=UTC)
SHARED = {"sender": "+447700900000", "alertid": "a1", "reference": "ref", "type": "sms"}


def facts(**own: str) -> Facts:
    return Facts(SHARED, "+447700900111", own, NOON, lambda: "https://t.example/abc")


def test_ah_70_without_lookups_braces_are_sent_literally() -> None:
    assert literal("Hi {recipient}").render(facts()) == "Hi {recipient}"


def test_keywords_stand_for_their_facts() -> None:
    text = compile_lookups("{recipient} {sender} {alertid} {reference} {type} {shortlink} {shortlink}", ())
    assert text.render(facts()) == (
        "+447700900111 +447700900000 a1 ref sms https://t.example/abc https://t.example/abc"
    )


@pytest.mark.parametrize(
    ("keyword", "reads"),
    [
        ("{datetime--DD/MM/YYYY}", "04/07/2026"),
        ("{datetime-America/Los_Angeles-HH:mm:ss}", "05:05:09"),
        ("{datetime-Europe/London-HH:mm}", "13:05"),
        ("{datetime-America/Port-au-Prince-YYYY-MM-DD}", "2026-07-04"),
        ("{datetime--YYYY-MM-DD}", "2026-07-04"),
        ("{datetime-Asia/Kathmandu-HH:mm}", "17:50"),
        ("{datetime-Etc/GMT-14-HH:mm}", "02:05"),
    ],
)
def test_ah_75_ah_76_moments_read_in_their_zone(keyword: str, reads: str) -> None:
    assert compile_lookups(keyword, ()).render(facts()) == reads


@pytest.mark.parametrize(
    "keyword",
    [
        "{datetime-Mars/Base-HH}",
        "{datetime-Factory-HH}",
        "{datetime-HH:mm}",
        "{datetime-right/UTC-HH}",
        "{datetime-../etc-HH}",
    ],
)
def test_ah_76_an_unknown_zone_is_refused(keyword: str) -> None:
    with pytest.raises(UnknownZone):
        compile_lookups(keyword, ())


def test_ah_78_unknown_keywords_stay_and_missing_values_are_empty() -> None:
    text = compile_lookups("{foo} Dear {firstname}{ x }{}", {"firstname"})
    assert text.render(facts(firstname="Ana")) == "{foo} Dear Ana{ x }{}"
    assert text.render(facts()) == "{foo} Dear { x }{}"


PIECES = [
    "{a}",
    "{b}",
    "{recipient}",
    "{datetime--HH}",
    "{datetime-UTC-HH}",
    "{datetime-Etc/UTC-HH}",
    "{c}",
    "{ a}",
    "x",
]


@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_ah_74_each_keyword_reads_the_same_whatever_stands_beside_it(pieces: list[str]) -> None:
    read = facts(a="Ana", b="Ben")
    text = compile_lookups("".join(pieces), {"a", "b"})

    assert text.render(read) == "".join(compile_lookups(piece, {"a", "b"}).render(read) for piece in pieces)
    assert not any(left and right for left, right in pairwise(isinstance(part, str) for part in text.parts))


def test_ah_72_uniqueness_is_known_after_compiling() -> None:
    assert compile_lookups("{firstname}", {"firstname"}).unique
    assert compile_lookups("{recipient}", ()).unique
    assert compile_lookups("{shortlink}", ()).uses_shortlink
    assert not compile_lookups("{sender} {datetime--HH}", ()).unique


@given(st.text(max_size=60))
def test_a_value_is_never_expanded_again(value: str) -> None:
    text = compile_lookups("<{firstname}>", {"firstname"})
    assert text.render(facts(firstname="{recipient}" + value)) == "<{recipient}" + value + ">"


@given(st.text(max_size=200).filter(lambda text: "{datetime-" not in text))
def test_text_without_known_keywords_is_unchanged(text: str) -> None:
    clean = text.replace("{", "(")
    assert compile_lookups(clean, ()).render(facts()) == composed(clean)
