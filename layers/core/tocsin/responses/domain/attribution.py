"""Which alert does a text message answer? Decided from what was said in the conversation, and never guessed.

the provider names the message that is answered ──► that one; late if a newer alert has spoken since
it does not, and one alert is open               ──► that one
it does not, and several are                     ──► ambiguous: nobody knows
the one it names, or everything, is over         ──► nothing open
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tocsin.delivery.domain.message import Message, MessageState
from tocsin.kernel.domain.ids import AlertRef
from tocsin.responses.domain.two_way import Said


@dataclass(frozen=True, slots=True)
class Candidate:
    """A message that may be meant, and how far it has come (None: it was never claimed)."""

    said: Said
    message: Message | None

    @property
    def went_out(self) -> bool:
        """Whether the person may have got it."""
        row = self.message
        return row is not None and (row.provider_id is not None or row.state in _MAY_HAVE_GONE)

    @property
    def provider_id(self) -> str | None:
        """The provider's name for it."""
        return self.message.provider_id if self.message else None

    def over(self, now: datetime) -> bool:
        """Whether answers to it do not count any more."""
        return self.said.expires_at is not None and now >= self.said.expires_at


_MAY_HAVE_GONE = frozenset({MessageState.SENDING, MessageState.UNKNOWN, MessageState.UNCONFIRMED})


class AttributionReason(StrEnum):
    """What a verdict rests on."""

    NAMED = "named"  # a mail names the message by the address or the reference it bears
    PROVIDER = "provider"  # the provider says which message is answered
    ONLY_OPEN = "only_open"  # no other alert is open in this conversation
    AMBIGUOUS = "ambiguous"  # several alerts are open, and nobody knows which of them is answered
    NOTHING_OPEN = "nothing_open"  # what is answered is over, or there never was anything


@dataclass(frozen=True, slots=True)
class Attribution:
    """Which messages an answer may answer, newest first: one if it is known, each of another alert if it is not.

    Attributes:
        late: a newer alert has spoken to this person since.
    """

    reason: AttributionReason
    answered: tuple[Said, ...] = ()
    late: bool = False


def newer_alerts(said: Sequence[Said], than: AlertRef, now: datetime) -> list[Said]:
    """Return what alerts that were accepted later than `than` said, and that are not over, in the order given."""
    return [one for one in said if one.key.alert > than and (one.expires_at is None or now < one.expires_at)]


def attribute(candidates: Sequence[Candidate], answered: str | None, now: datetime) -> Attribution:
    """Decide which message is answered.

    Args:
        candidates: the conversation, newest first, over or not.
        answered: the provider's id of the message that is answered, None if it names none.
    """
    gone = [candidate for candidate in candidates if candidate.went_out]
    open_ones = [candidate.said for candidate in gone if not candidate.over(now)]
    named = next((candidate for candidate in gone if answered and candidate.provider_id == answered), None)
    if named is not None:
        if named.over(now):
            return Attribution(AttributionReason.NOTHING_OPEN)
        return Attribution(
            AttributionReason.PROVIDER, (named.said,), late=open_ones[0].key.alert != named.said.key.alert
        )
    # Of an alert that spoke several times the latest message stands for all.
    latest = tuple({said.key.alert: said for said in reversed(open_ones)}.values())
    newest_first = tuple(sorted(latest, key=lambda said: said.at, reverse=True))
    match len(newest_first):
        case 0:
            return Attribution(AttributionReason.NOTHING_OPEN)
        case 1:
            return Attribution(AttributionReason.ONLY_OPEN, newest_first)
        case _:
            return Attribution(AttributionReason.AMBIGUOUS, newest_first)
