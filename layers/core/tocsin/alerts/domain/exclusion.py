"""Excluded receivers: requested and not contacted. Acceptance decides this and stores the reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from tocsin.contacts.domain.recipient import Recipient


class ExclusionReason(StrEnum):
    """Why a receiver was excluded at acceptance; stable words."""

    NO_ADDRESS = "no_address"  # the contact has no address on this channel
    BAD_ADDRESS = "bad_address"  # not a number or mailbox; `detail` has the fault
    ANSWERED = "answered"  # answered an earlier alert of the linked set; `detail` lists how
    ERASED = "erased"  # erased after the receiver was stored; neither id nor address is kept
    FOREIGN_SENDER = "foreign_sender"  # the sender is a two-way number of another account
    SENDING_LIMIT = "sending_limit"  # a country or number range that the tenant does not send to; `detail` is the limit
    NO_CAPACITY = "no_capacity"  # the key's capacity on this channel was used up
    OUTSIDE_WINDOWS = "outside_time_windows"  # none of the element's time windows was open
    UNSENDABLE = "unsendable"  # this receiver's lookups make the message too long or unsafe


@dataclass(frozen=True, slots=True)
class Exclusion:
    """One receiver of one element who is not contacted.

    Attributes:
        contact_id: None for a plain recipient.
        address: "" for a contact without one. Personal data.
        detail: a more exact stable word, "" if there is none.
        place: where the call names the receiver, like `recipients[1]`; "" where it is not known any more.
    """

    contact_id: str | None
    address: str
    category: ExclusionReason
    detail: str = ""
    place: str = field(default="", compare=False)

    @property
    def reason(self) -> str:
        """The reason that clients see. After several answers it is the first kind, as for skipped messages."""
        if self.category is ExclusionReason.ANSWERED and self.detail:
            return f"answered_{self.detail.partition(',')[0]}"
        return self.detail or self.category.value


SHOWN = 10
"""Receivers that one reason names."""


def named_places(receivers: Sequence[Exclusion | Recipient]) -> str:
    """Return where the call names the first SHOWN of them, as the end of a sentence: ": recipients[1], recipients[4]".

    "" if the places are unknown. Addresses and ids are not repeated: they would outlive an erasure.
    """
    places = [who.place for who in receivers]
    shown = ", ".join(place for place in places[:SHOWN] if place)
    more = len(places) - SHOWN
    return "" if not shown else f": {shown}{f' and {more} more' if more > 0 else ''}"
