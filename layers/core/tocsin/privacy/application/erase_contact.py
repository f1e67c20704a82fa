"""Forget one person, everywhere, and see to it that nothing brings them back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from tocsin.alerts.domain.alert import Alert, AlertItem
from tocsin.contacts.domain.email_address import mailbox_key
from tocsin.contacts.domain.recipient import ERASED_ADDRESS
from tocsin.delivery.application.guards import Claimed, Objection
from tocsin.delivery.domain.outcome import Suppressed
from tocsin.delivery.domain.submission import Rejected
from tocsin.kernel.domain.errors import Fault, InvalidRequest, StorageUnavailable
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock, Sealer
from tocsin.privacy.domain.erasure import Person, canonical
from tocsin.privacy.ports import ErasureLedger, PersonalData

_PASSES = 4

SETTLED_AFTER = timedelta(seconds=30)
"""A call that was under way when the person was entered into the ledger is over by then: no call takes 29 s."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure came to. Numbers only.

    Attributes:
        addresses: how many addresses the person was known by.
        rows: how many rows changed.
        clean: whether a last look found nothing more; if not, others kept writing, and it must be done again.
    """

    addresses: int
    rows: int
    clean: bool


@dataclass(frozen=True, slots=True)
class EraseContact:
    """Erase a person from stores, alerts, results and answers.

    The ledger comes first: from then on no worker hands anything over to the person for an alert that was accepted
    before, whatever it remembers. Then everything is walked until a walk that began when all calls of that moment were
    over finds nothing, for an alert that was being accepted meanwhile may have taken the person along; calls that begin
    later ask the ledger (`DropErased`). Suppressions stay: they are keyed hashes, and the person's STOP outlives the
    data. Counts and histories of messages stay; they name nobody.
    """

    data: PersonalData
    ledger: ErasureLedger
    sealer: Sealer
    clock: Clock
    wait: Callable[[timedelta], None]

    def __call__(self, tenant: TenantId, *, contact_id: str | None = None, address: str | None = None) -> Erased:
        """Erase whoever has the contact id or the address. Again is harmless.

        Raises:
            InvalidRequest: neither is given, or the address is none.
            StorageUnavailable, StaleWrite: not all is done; do it again.
        """
        person = self._known(tenant, _asked(contact_id, address))
        prints = [fingerprint(self.sealer, tenant, known) for known in person.addresses]
        entered = self.clock()
        self.ledger.enter(tenant, prints, entered)
        rows = self.data.erase(tenant, person)
        if (unsettled := entered + SETTLED_AFTER - self.clock()) > timedelta(0):
            self.wait(unsettled)
        for _ in range(_PASSES):
            changed = self.data.erase(tenant, person)
            rows += changed
            if not changed:
                return Erased(len(person.addresses), rows, clean=True)
        return Erased(len(person.addresses), rows, clean=False)

    def _known(self, tenant: TenantId, person: Person) -> Person:
        """Follow what is asked for to everything it leads to: an id to its addresses, an address to its contact."""
        for _ in range(_PASSES):
            more = self.data.discover(tenant, person)
            if more == person:
                break
            person = more
        return person


class HonourErasures:
    """A guard: who was erased since the alert was accepted gets nothing, although a worker may remember them."""

    def __init__(self, ledger: ErasureLedger, sealer: Sealer) -> None:
        self._ledger = ledger
        self._sealer = sealer

    def __call__(self, alert: Alert, item: AlertItem, claimed: Sequence[Claimed]) -> dict[int, Objection]:
        """See Guard. Nobody is contacted while the ledger does not answer."""
        try:
            erased = self._ledger.since(alert.tenant, alert.accepted_at)
            gone = [
                one.position
                for one in claimed
                if (to := one.recipient.address) == ERASED_ADDRESS
                or (erased and fingerprint(self._sealer, alert.tenant, to) in erased)
            ]
        except StorageUnavailable:
            unread = Rejected("erasures_unavailable", permanent=False)
            return {one.position: unread for one in claimed}
        return {position: Suppressed("erased") for position in gone}


def fingerprint(sealer: Sealer, tenant: TenantId, address: str) -> bytes:
    """Return under what an address stands in the ledger."""
    return sealer.fingerprint(tenant, "erased", mailbox_key(address).encode())


def _asked(contact_id: str | None, address: str | None) -> Person:
    if not contact_id and not address:
        raise InvalidRequest([Fault("/contact", "REQUIRED", "say whom: a contact id, an address, or both")])
    try:
        addresses = frozenset([canonical(address)] if address else ())
    except ValueError as error:
        raise InvalidRequest([Fault("/address", "WRONG_FORM", str(error))]) from error
    return Person(frozenset([contact_id] if contact_id else ()), addresses)
