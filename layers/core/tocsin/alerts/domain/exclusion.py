"""Excluded receivers: requested and not contacted. Acceptance decides this and stores the reason."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
    """

    contact_id: str | None
    address: str
    category: ExclusionReason
    detail: str = ""

    @property
    def reason(self) -> str:
        """The reason that clients see. After several answers it is the first kind, as for skipped messages."""
        if self.category is ExclusionReason.ANSWERED and self.detail:
            return f"answered_{self.detail.partition(',')[0]}"
        return self.detail or self.category.value
