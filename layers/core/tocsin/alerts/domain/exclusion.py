"""Who was asked for and is not contacted, and why: decided at acceptance, kept so that it can be explained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from tocsin.contacts.domain.recipient import Recipient


class ExclusionReason(StrEnum):
    """Stable words for why a receiver was left out at acceptance."""

    NO_ADDRESS = "no_address"  # the contact has none on this channel
    BAD_ADDRESS = "bad_address"  # it is no number or mailbox; `detail` says what is wrong with it
    ANSWERED = "answered"  # responded to an earlier alert of the linked set; `detail` lists how
    ERASED = "erased"  # asked to be forgotten after they were stored; neither id nor address is kept
    FOREIGN_SENDER = "foreign_sender"  # the element would go out from a two-way number of another account
    SENDING_LIMIT = "sending_limit"  # a country or range the tenant does not send to; `detail` is the limit
    NO_CAPACITY = "no_capacity"  # the key's capacity on this channel was used up
    OUTSIDE_WINDOWS = "outside_time_windows"  # none of the element's time windows was open
    UNSENDABLE = "unsendable"  # with this receiver's lookups the message is too long or unsafe


@dataclass(frozen=True, slots=True)
class Exclusion:
    """One receiver of one element who is not contacted.

    Attributes:
        contact_id: None for a plain recipient.
        address: as far as it is known; "" for a contact without one. Personal data.
        detail: a stable word that tells more, "" where `category` says it all.
        place: where the call names the receiver, like `recipients[1]`; "" where nobody knows any more.
    """

    contact_id: str | None
    address: str
    category: ExclusionReason
    detail: str = ""
    place: str = field(default="", compare=False)

    @property
    def reason(self) -> str:
        """The word for why that clients see; of several ways to have answered the first, as with `skipped`."""
        if self.category is ExclusionReason.ANSWERED and self.detail:
            return f"answered_{self.detail.partition(',')[0]}"
        return self.detail or self.category.value


SHOWN = 10
"""Receivers that one reason names."""


def named_places(receivers: Sequence[Exclusion | Recipient]) -> str:
    """Return where the call names the first SHOWN of them, as the end of a sentence: ": recipients[1], recipients[4]".

    "" if nobody knows. Addresses and ids are not repeated: they would outlive an erasure.
    """
    places = [who.place for who in receivers]
    shown = ", ".join(place for place in places[:SHOWN] if place)
    more = len(places) - SHOWN
    return "" if not shown else f": {shown}{f' and {more} more' if more > 0 else ''}"
