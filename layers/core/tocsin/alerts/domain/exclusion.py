"""Excluded receivers: requested and not contacted. Acceptance decides this and stores the reason."""

from __future__ import annotations

import re
from collections import Counter
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
    FOREIGN_SENDER = "foreign_sender"  # our side's number is another account's; for a call, it is not the key's own
    SENDING_LIMIT = "sending_limit"  # a country or number range that the tenant does not send to; `detail` is the limit
    NO_CAPACITY = "no_capacity"  # the key's capacity on this channel was used up
    OUTSIDE_WINDOWS = "outside_time_windows"  # none of the element's time windows was open
    UNSENDABLE = "unsendable"  # the message cannot be built for this receiver; `detail` has the fault
    # The whole element failed:
    NO_CONTACT_GROUP = "no_contact_group"  # it names contacts, and there is no contact group
    UNKNOWN_CONTACT = "unknown_contact"  # it names a contact that is not in the group
    UNKNOWN_SET = "unknown_set"  # it names a contact set that is not in the group
    STORE_UNUSABLE = "store_unusable"  # stored content that it uses does not exist, or cannot be read
    LOOKUP_UNUSABLE = "lookup_unusable"  # its stored text has a keyword that it may not use
    CHANNEL_UNAVAILABLE = "channel_unavailable"  # the channel is not served
    NO_RECEIVERS = "no_receivers"  # its lists are empty


KEPT_OF_AN_ADDRESS = 254
"""Most characters that are kept of an address: the longest email address (RFC 5321 4.5.3.1.3, less `<` and `>`)."""


@dataclass(frozen=True, slots=True)
class Exclusion:
    """One receiver of one element who is not contacted.

    Attributes:
        contact_id: None for a plain recipient.
        address: "" for a contact without one; as written if it is not valid, at most KEPT_OF_AN_ADDRESS characters.
            Personal data.
        detail: a more exact stable word, "" if there is none.
        place: where the call names the receiver, like `recipients[1]`; "" where it is not known any more.
    """

    contact_id: str | None
    address: str
    category: ExclusionReason
    detail: str = ""
    place: str = field(default="", compare=False)

    @classmethod
    def of(cls, receiver: Recipient, category: ExclusionReason, detail: str = "") -> Exclusion:
        """Return the exclusion of a receiver that would else be contacted."""
        return cls(receiver.contact_id, receiver.address, category, detail, receiver.place)

    @property
    def reason(self) -> str:
        """The reason that clients see. After several answers it is the first kind, as for skipped messages."""
        if self.category is ExclusionReason.ANSWERED and self.detail:
            return f"answered_{self.detail.partition(',')[0]}"
        return self.detail or self.category.value


NO_FAILURE = frozenset({ExclusionReason.NO_ADDRESS, ExclusionReason.ANSWERED})
"""Reasons that are no failure of an element that still has receivers."""


def common_reason(excluded: Sequence[Exclusion]) -> str:
    """Return one word for why an element failed, in part or as a whole.

    It is the reason of its excluded receivers if all have the same one, else the category of most of them (of equals,
    the first). Those that are no failure count only if there are no others.
    """
    those = [who for who in excluded if who.category not in NO_FAILURE] or excluded
    if len(reasons := {who.reason for who in those}) == 1:
        return reasons.pop()
    categories = Counter(who.category for who in those)
    return max(categories, key=lambda category: categories[category], default=ExclusionReason.NO_RECEIVERS).value


_RECIPIENT = re.compile(r"recipients\[(\d+)\]")
_CONTACT = re.compile(r"contactGroup\.contacts\[(\d+)\]")
_LISTS = {
    " of recipientList": "/alert/{}/recipientList",
    " of the stored list": "/alert/{}/storedRecipients",
    " of the stored group": "/contactGroup",
}


def pointer_to(place: str, index: int) -> str:
    """Return the JSON pointer of a place in the request; that of the element if the place is unknown.

    Args:
        place: of an `Exclusion` or `Recipient`.
        index: place of the element in the request's `alert` array.
    """
    if found := _RECIPIENT.fullmatch(place):
        return f"/alert/{index}/recipients/{found[1]}"
    if found := _CONTACT.fullmatch(place):
        return f"/contactGroup/inlineContactGroup/contacts/{found[1]}"
    pointer = next((pointer for end, pointer in _LISTS.items() if place.endswith(end)), "/alert/{}")
    return pointer.format(index)


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
