"""Decides which alert an inbound text answers, from the messages of the conversation, without a guess.

the provider names the message that is answered   ──► that alert; late if a newer alert went to the person since
no message is named, and one alert is open        ──► that alert
no message is named, and several alerts are open  ──► ambiguous
the named alert, or every alert, has expired      ──► nothing open
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
    """A message that the reply may answer, and the message's row (None: the message was never claimed)."""

    said: Said
    message: Message | None

    @property
    def went_out(self) -> bool:
        """Whether the person may have received it."""
        row = self.message
        return row is not None and (row.provider_id is not None or row.state in _MAY_HAVE_GONE)

    @property
    def provider_id(self) -> str | None:
        """The provider's id of the message."""
        return self.message.provider_id if self.message else None

    def over(self, now: datetime) -> bool:
        """Whether its alert has expired, so that replies no longer count."""
        return self.said.expires_at is not None and now >= self.said.expires_at


_MAY_HAVE_GONE = frozenset({MessageState.SENDING, MessageState.UNKNOWN, MessageState.UNCONFIRMED})


class AttributionReason(StrEnum):
    """Why a reply was attributed, or was not."""

    NAMED = "named"  # a mail names the message by its reply address or its reference
    PROVIDER = "provider"  # the provider names the message that is answered
    ONLY_OPEN = "only_open"  # one alert is open in this conversation
    AMBIGUOUS = "ambiguous"  # several alerts are open, and the reply may answer any of them
    NOTHING_OPEN = "nothing_open"  # the alert has expired, or no alert went to this person


@dataclass(frozen=True, slots=True)
class Attribution:
    """The decision about one reply.

    Attributes:
        answered: the messages that the reply may answer, newest first: one if it is attributed, one per alert if not.
        late: a newer alert has gone to this person since.
    """

    reason: AttributionReason
    answered: tuple[Said, ...] = ()
    late: bool = False


def newer_alerts(said: Sequence[Said], than: AlertRef, now: datetime) -> list[Said]:
    """Return the messages of unexpired alerts that were accepted after `than`, in the given order."""
    return [one for one in said if one.key.alert > than and (one.expires_at is None or now < one.expires_at)]


def attribute(candidates: Sequence[Candidate], answered: str | None, now: datetime) -> Attribution:
    """Decide which message is answered.

    Args:
        candidates: the messages of the conversation, newest first, expired ones included.
        answered: the provider's id of the message that is answered, None if the provider names none.
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
    # If an alert sent several messages to the person, the latest one represents the alert.
    latest = tuple({said.key.alert: said for said in reversed(open_ones)}.values())
    newest_first = tuple(sorted(latest, key=lambda said: said.at, reverse=True))
    match len(newest_first):
        case 0:
            return Attribution(AttributionReason.NOTHING_OPEN)
        case 1:
            return Attribution(AttributionReason.ONLY_OPEN, newest_first)
        case _:
            return Attribution(AttributionReason.AMBIGUOUS, newest_first)
