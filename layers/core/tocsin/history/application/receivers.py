"""Find a receiver of an alert by contact id, by address in any spelling, or by place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tocsin.alerts.domain.alert import CHUNK_SIZE, Alert, AlertItem, ChunkKey
from tocsin.alerts.domain.exclusion import KEPT_OF_AN_ADDRESS
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.contacts.domain.address import parse_address
from tocsin.contacts.domain.email_address import InvalidEmail, mailbox_key
from tocsin.contacts.domain.phone_number import InvalidPhone
from tocsin.contacts.domain.recipient import Recipient

_PLACE = re.compile(r"~([0-9]{1,2})\.([0-9]{1,3})\.([0-9]{1,3})")


@dataclass(frozen=True, slots=True)
class Receiver:
    """A receiver of an alert, as a caller names them.

    Attributes:
        contact_id: None = no contact of an id.
        addresses: as written and in the canonical form, as mailbox keys.
        plain: whether contacts with one of the addresses are other receivers.
    """

    contact_id: str | None
    addresses: frozenset[str] = frozenset()
    plain: bool = False

    def means(self, contact_id: str | None, address: str) -> bool:
        """Whether a receiver of the alert is this one."""
        if contact_id is not None and (self.plain or contact_id == self.contact_id):
            return contact_id == self.contact_id
        return bool(address) and mailbox_key(address) in self.addresses


@dataclass(frozen=True, slots=True)
class ReceiverPlace:
    """A place of a receiver in an alert: chunk, position in it, and the receiver as accepted."""

    item: AlertItem
    key: ChunkKey
    position: int
    recipient: Recipient

    @property
    def contact_id(self) -> str | None:
        """The id of the contact, None for a plain recipient."""
        return self.recipient.contact_id


def receiver(alerts: AlertRepository, alert: Alert, named: str) -> Receiver | None:
    """Return the receiver at this place, or of this contact id or address; None if the place does not exist."""
    if (place := _PLACE.fullmatch(named)) is None:
        as_written = mailbox_key(named[:KEPT_OF_AN_ADDRESS])
        return Receiver(named, frozenset({as_written, _canonical(named)}))
    item, chunk, position = map(int, place.groups())
    chunk_of = alerts.recipients(ChunkKey(alert.tenant, alert.ref, item, chunk))
    if position >= len(chunk_of):
        return None
    at_place = chunk_of[position]
    if at_place.contact_id is not None:
        return Receiver(at_place.contact_id)
    return Receiver(None, frozenset({mailbox_key(at_place.address)}), plain=True)


def places_in(alerts: AlertRepository, alert: Alert, item: AlertItem, who: Receiver) -> Iterator[ReceiverPlace]:
    """Yield the places of a receiver in an element of an alert, in order."""
    for chunk in range(-(-item.accepted // CHUNK_SIZE)):
        key = ChunkKey(alert.tenant, alert.ref, item.index, chunk)
        for position, recipient in enumerate(alerts.recipients(key)):
            if who.means(recipient.contact_id, recipient.address):
                yield ReceiverPlace(item, key, position, recipient)


def _canonical(address: str) -> str:
    """Return what all spellings of an address have in common; a text that is no address is returned unchanged."""
    try:
        return mailbox_key(parse_address(address))
    except (InvalidEmail, InvalidPhone):
        return address
