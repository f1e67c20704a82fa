"""Is a text a reaction to one of ours ("Liked “Fire drill at ten”", "👍 to “…”")? Then the quoted words are ours.

Phones send reactions as texts where the network knows no better. In English the verb tells; in every language a short
phrase beside a quotation of what was sent to this person does.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tocsin.inbound.domain.our_text import Literals, quotes

_QUOTES = frozenset("\"'“”„‟‘’‚‛«»‹›「」『』《》〈〉❝❞❛❜〝〞〟＂＇")
_PARTICIPANTS = 60
"""Characters of the phrase before and behind the quotation, at most."""

_PLACES = 12
"""Quotation marks that are tried as the end of the quotation."""

_VERBS = frozenset(
    {"liked", "loved", "disliked", "laughed", "emphasized", "emphasised", "questioned", "reacted", "removed"}
)
"""What iOS and Google Messages begin with in English."""

_AGAINST = frozenset(
    {"disliked", "dislike", "removed", "nicht", "pas", "non", "no", "não", "nie", "niet", "inte", "ikke"}
)
_THUMB_DOWN = "👎"


@dataclass(frozen=True, slots=True)
class Reaction:
    """A reaction.

    Attributes:
        to_ours: it quotes a text that was sent to this person.
        against: it dislikes, or takes an earlier reaction back.
    """

    to_ours: bool
    against: bool

    @property
    def counts(self) -> bool:
        """Whether it is an answer that counts."""
        return self.to_ours and not self.against


def reaction_in(text: str, sent: Sequence[Literals]) -> Reaction | None:
    """Return the reaction a text is, None if it is anything else.

    Args:
        sent: what was said to this person of late.
    """
    seen = "".join(char for char in text if unicodedata.category(char) != "Cf").strip()
    by_shape = None
    for before, quoted, behind in _quotations(seen):
        phrase = _words(before) + _words(behind)
        against = _THUMB_DOWN in before + behind or not _AGAINST.isdisjoint(phrase)
        if any(quotes(quoted, literals) for literals in sent):
            return Reaction(to_ours=True, against=against)
        if not _words(behind) and _reacts(before):
            by_shape = Reaction(to_ours=False, against=against)
    return by_shape


def may_be_reaction(text: str) -> bool:
    """Whether it is worth knowing what was said to its writer."""
    return any(True for _ in _quotations(text.strip()))


def _quotations(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield what may be the phrase before a quotation, the quotation, and the phrase behind; a phrase there must be."""
    places = [at for at, char in enumerate(text) if char in _QUOTES and not _apostrophe(text, at)]
    if not places or places[0] > _PARTICIPANTS:
        return
    start = places[0]
    for end in sorted({*places[1:_PLACES], places[-1]}):
        before, quoted, behind = text[:start].strip(), text[start + 1 : end].strip(), text[end + 1 :].strip()
        if end > start and quoted and len(behind) <= _PARTICIPANTS and (before or behind):
            yield before, quoted, behind


def _apostrophe(text: str, at: int) -> bool:
    return text[at] in "'’" and text[at - 1 : at].isalnum() and text[at + 1 : at + 2].isalnum()


def _reacts(before: str) -> bool:
    words = _words(before)
    if words and words[0] in _VERBS:
        return True
    # An emoji, and perhaps a word that joins it to the quotation.
    return bool(before) and unicodedata.category(before[0]) in ("So", "Sk") and len(words) <= 1


def _words(text: str) -> list[str]:
    return "".join(char if char.isalnum() else " " for char in text.casefold()).split()
