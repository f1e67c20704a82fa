"""K12: a reaction is known in any language by what it quotes, and never mistaken for a keyword."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import sms
from tests.fakes.responses import FakeResponses
from tests.unit.inbound.answering import ANA, Answering
from tests.unit.triggers.triggering import Triggering, by_text
from tocsin.alerts.domain.response_kind import Evidence
from tocsin.inbound.application.receive_text import TextResult
from tocsin.inbound.domain.our_text import is_ours
from tocsin.inbound.domain.reaction import Reaction, reaction_in
from tocsin.responses.domain.response import Response
from tocsin.responses.ports.responses import Kept


class Watched(FakeResponses):
    """Remembers what was given to it."""

    def __init__(self) -> None:
        super().__init__()
        self.added: list[Response] = []

    def add(self, response: Response) -> Kept:
        self.added.append(response)
        return super().add(response)


QUOTES = st.sampled_from(["“”", '""', "„“", "«»", "「」", "‘’", "„”", "»«"])
ENGLISH = st.sampled_from(["Liked", "Loved", "Laughed at", "Emphasized", "Questioned", "Reacted 😀 to"])
EMOJI = st.sampled_from(["👍", "❤️", "😂", "🎉", "👍🏽", "😮 to", "👍 zu", "👍 à"])
ANY_LANGUAGE = st.sampled_from(
    ["Hat mit ja markiert:", "A aimé", "Le ha gustado", "Gostou de", "Vond leuk", "点赞了", "لایک کرد"]
)
AGAINST = st.sampled_from(["Disliked", "👎 to", "Gefällt nicht", "N’a pas aimé", "No le gustó", "Removed a like from"])
OURS = "FIRE drill at ten. Meet at gate 4, please"


@given(QUOTES, ENGLISH | EMOJI | ANY_LANGUAGE, st.integers(10, len(OURS)))
def test_the_worker_that_quotes_our_text_reacts_to_it(quotes: str, phrase: str, length: int) -> None:
    dots = "" if length == len(OURS) else "…"
    text = f"{phrase} {quotes[0]}{OURS[:length].strip()}{dots}{quotes[-1]}"
    assert reaction_in(text, [["other"], [OURS]]) == Reaction(to_ours=True, against=False)


@given(QUOTES, AGAINST)
def test_a_dislike_is_told_apart(quotes: str, phrase: str) -> None:
    assert reaction_in(f"{phrase} {quotes[0]}{OURS}{quotes[-1]}", [[OURS]]) == Reaction(to_ours=True, against=True)


@given(QUOTES, ENGLISH | EMOJI, st.text(st.characters(categories=["L", "N"]), min_size=1))
def test_in_english_and_by_emoji_it_is_known_without_our_text(quotes: str, phrase: str, quoted: str) -> None:
    assert reaction_in(f"{phrase} {quotes[0]}{quoted}{quotes[-1]}", []) == Reaction(to_ours=False, against=False)


def test_lookups_in_our_text_stand_for_anything() -> None:
    ours = ["Hello ", ", trunk 7 is down. Seen it? "]
    assert reaction_in("Liked “Hello Ana, trunk 7 is down. Seen it? https://x.org/l/abc”", [ours]) == Reaction(
        True, False
    )
    assert reaction_in("A aimé « Hello Ana, trunk 7 is do… »", [ours]) == Reaction(True, False)


def test_a_text_of_ours_that_begins_with_a_lookup_is_known_by_what_follows() -> None:
    ours = ["", ", trunk 7 is down. Seen it?"]
    assert reaction_in("Liked “Ana, trunk 7 is down. Seen it?”", [ours]) == Reaction(True, False)
    assert reaction_in("A aimé « Ana, trunk 7 is down. See… »", [ours]) is None  # too little is certain
    assert reaction_in("A aimé « see you at one »", [["", "a"]]) is None


@given(st.lists(st.text(st.characters(categories=["L", "N", "Zs"]), max_size=6), min_size=1, max_size=4), st.data())
def test_a_whole_text_of_ours_is_known_whatever_its_lookups_were(literals: list[str], data: st.DataObject) -> None:
    values = [data.draw(st.text(max_size=5)) for _ in literals[1:]]
    sent = literals[0] + "".join(value + literal for value, literal in zip(values, literals[1:], strict=True))
    assert is_ours(f" {sent}!", literals)
    if len(literals) == 1:
        assert not is_ours(f"{sent} x", literals)


@pytest.mark.parametrize(
    "text",
    [
        "", "ok", "“FIRE drill at ten. Meet at gate 4, please”", "Liked it", "FIRE", 'fire at "gate 4"',
        "I cannot come because " + "x" * 60 + " “FIRE drill at ten”", "Don't", "FIRE, says Ana: “come at once”",
        "'FIRE'", "what is “FIR”?",
    ],
)  # fmt: skip
def test_anything_else_is_none(text: str) -> None:
    assert reaction_in(text, [[OURS]]) is None


@given(st.text(alphabet="“”\"' aF👍", max_size=400))
def test_any_heap_of_quotation_marks_is_read(text: str) -> None:
    reaction_in(text, [[OURS], ["a"]])


@pytest.mark.parametrize(
    "text", ["Liked “FIRE drill at ten”", "👍 to “FIRE”", "Disliked “FIRE drill at ten”", "Loved “STOP”"]
)
def test_a_reaction_sets_nothing_off_and_stops_nothing(text: str) -> None:
    desk = Triggering()
    desk.activated(by_text("FIRE"))
    assert desk.text(text) is TextResult.NOTHING_OPEN
    assert desk.firings() == []


def test_a_reaction_to_our_text_is_an_answer_and_a_dislike_is_kept_and_does_not_count() -> None:
    responses = Watched()
    world = Answering(responses)
    alert = world.send(escalating=True)
    body = alert.items[0].content
    text = getattr(body, "text", "")
    assert world.text(f"Loved “{text}”") is TextResult.RECORDED
    assert world.text(f"Disliked “{text}”") is TextResult.RECORDED
    loved, disliked = world.kept(alert)
    assert loved.details == disliked.details == {"reaction": True}
    assert (loved.evidence, loved.counted) == (Evidence.CONFIRMED, True)
    assert (disliked.reason, disliked.counted) == ("declined", False)
    assert [answer.counted for answer in responses.added] == [True, False]


def test_a_reaction_that_does_not_count_marks_nobody() -> None:
    world = Answering()
    alert = world.send(sms(ANA))
    assert world.text("Disliked “trunk 7 is down”") is TextResult.RECORDED
    assert world.text("Liked “something else”") is TextResult.RECORDED
    assert [response.reason for response in world.kept(alert)] == ["declined", "unmatched"]
    assert world.responses.marks == {}
