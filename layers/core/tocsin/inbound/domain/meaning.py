"""What a text message is: a carrier keyword, a reaction, a phone's own text, nothing at all, or an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tocsin.alerts.domain.response_kind import Evidence
from tocsin.inbound.domain.notices import POSSIBLE_OPT_OUT
from tocsin.inbound.domain.our_text import Literals
from tocsin.inbound.domain.phone_texts import sent_by_phone
from tocsin.inbound.domain.reaction import Reaction, reaction_in
from tocsin.results.domain.uncounted import UncountedReason
from tocsin.suppressions.domain.carrier_keywords import SmsKeyword, possible_opt_out, sms_keyword


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a text is.

    Attributes:
        keyword: what it asks for by the carriers' rules; None = nothing.
        reaction: the reaction that it is; None = none.
        uncounted: why it does not count as an answer; None = it counts, or it is a carrier keyword.
        may_opt_out: it counts, and it holds a word by which people opt out.
    """

    keyword: SmsKeyword | None = None
    reaction: Reaction | None = None
    uncounted: UncountedReason | None = None
    may_opt_out: bool = False

    @staticmethod
    def of(text: str, sent: Sequence[Literals]) -> Meaning:
        """Return what a text is.

        Args:
            sent: what was said to its writer of late.
        """
        if keyword := sms_keyword(text):
            return Meaning(keyword)
        if reaction := reaction_in(text, sent):
            if reaction.counts:
                return Meaning(reaction=reaction)
            against = UncountedReason.DECLINED if reaction.against else UncountedReason.UNMATCHED
            return Meaning(reaction=reaction, uncounted=against)
        if sent_by_phone(text):
            return Meaning(uncounted=UncountedReason.AUTOMATIC_PHONE_AUTO_TEXT)
        if not text.strip():
            return Meaning(uncounted=UncountedReason.EMPTY)
        return Meaning(may_opt_out=possible_opt_out(text))

    @property
    def may_fire(self) -> bool:
        """Whether a keyword in it may fire a trigger: the words are its writer's own."""
        return self.reaction is None and self.uncounted is None

    @property
    def evidence(self) -> Evidence:
        """How sure it is that a person answered."""
        return Evidence.WROTE if self.reaction is None else Evidence.CONFIRMED

    @property
    def details(self) -> dict[str, Any]:
        """What events and responses say about it, by the names in the API."""
        if self.keyword is not None:
            return {"keyword": self.keyword.value}
        if self.reaction is not None:
            return {"reaction": True}
        return {"notice": POSSIBLE_OPT_OUT} if self.may_opt_out else {}
