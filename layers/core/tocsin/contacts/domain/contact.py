"""The address book of a call: contacts, the sets they are grouped in, and the group that holds both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tocsin.calendar.domain.quiet_hours import QuietChoice
from tocsin.contacts.domain.channel import Channel

EVERYONE = "all"
"""The set every group has without saying so: all its contacts. Reserved, a group cannot define it."""


@dataclass(frozen=True, slots=True)
class Contact:
    """A person. `id` should not reveal who it is: it is the one field that is not encrypted at rest.

    `sms`, `email` and `call` may be empty: then the contact cannot be reached on that channel. `quiet` None means that
    the account's quiet hours hold for it.
    """

    id: str
    sms: str = ""
    email: str = ""
    call: str = ""
    lookups: Mapping[str, str] = field(default_factory=dict)
    quiet: QuietChoice = None

    def address_on(self, channel: Channel) -> str:
        """Return the raw address for the channel, "" if there is none."""
        match channel:
            case Channel.SMS:
                return self.sms
            case Channel.EMAIL:
                return self.email
            case Channel.CALL | Channel.INBOUND_CALL:
                return self.call


@dataclass(frozen=True, slots=True)
class ContactGroup:
    """Contacts by id in the order given, and sets of their ids. `all` is implicit."""

    name: str
    contacts: Mapping[str, Contact]
    sets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
