"""One receiver after expansion, and what counts as one person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tocsin.calendar.domain.quiet_hours import QuietChoice, Reachable
from tocsin.contacts.domain.email_address import mailbox_key


@dataclass(frozen=True, slots=True)
class Recipient:
    """One receiver of one item.

    Attributes:
        address: canonical E.164 number or email address.
        contact_id: id in the contact group, None for a plain recipient.
        lookups: the contact's own personalisation values; in an accepted alert only those its item uses.
        quiet: when they are not to be disturbed; None = as the account says.
        by_address: the address itself was asked for too, so it is contacted whatever its contact has answered.
        place: where the call names the receiver, like `recipients[1]`; not kept with an accepted alert.
    """

    address: str
    contact_id: str | None = None
    lookups: Mapping[str, str] = field(default_factory=dict)
    quiet: QuietChoice = None
    by_address: bool = False
    place: str = field(default="", compare=False)


ANYBODY = Recipient("anybody", quiet=Reachable.ALWAYS)
"""Stands for every caller of a number whose message is open. It is no person, so it is never counted as one."""


def person(recipient: Recipient) -> str:
    """Return what counts as one person: a contact, however they are reached, else an address. Personal data."""
    if recipient.contact_id is not None:
        return f"c:{recipient.contact_id}"
    return f"a:{mailbox_key(recipient.address)}"


def people(recipients: Iterable[Recipient]) -> set[str]:
    """Return the distinct people among receivers."""
    return {person(recipient) for recipient in recipients if recipient.address != ANYBODY.address}


ERASED_ADDRESS = ""
"""The address of a receiver who was erased. Nothing is ever sent there."""
