"""Erase one person's data everywhere, and keep earlier alerts from contacting the person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.alerts.domain.alert import Alert
from tocsin.contacts.domain.email_address import mailbox_key
from tocsin.contacts.domain.recipient import ERASED_ADDRESS
from tocsin.delivery.application.guards import Claimed, Objection
from tocsin.delivery.domain.message import ERASED
from tocsin.delivery.domain.outcome import Suppressed
from tocsin.delivery.domain.submission import Rejected
from tocsin.kernel.domain.errors import Fault, InvalidRequest, StorageUnavailable
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock, Sealer
from tocsin.privacy.application.waiting_messages import WaitingMessages
from tocsin.privacy.domain.erasure import Person, canonical
from tocsin.privacy.ports import ErasureLedger, PersonalData, PersonalMails

_PASSES = 4

SETTLED_AFTER = timedelta(seconds=30)
"""Wait after the entry into the ledger: all calls under way at the entry are finished, since no call takes 29 s."""


@dataclass(frozen=True, slots=True)
class Remaining:
    """Data that an erasure does not reach. `until`: from when on the data is gone; None = the data stays."""

    what: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Erased:
    """The result of an erasure, or of a dry run. No personal data.

    Attributes:
        addresses: how many addresses of the person were found.
        rows: how many rows changed.
        mails: how many stored raw mails that mention the person were deleted.
        ended: how many messages were waiting for the person; each ends as `suppressed`, with the reason `erased`.
        clean: whether the last pass found no more data; if not, the erasure must be repeated.
    """

    addresses: int
    rows: int
    mails: int
    ended: int
    clean: bool
    remaining: tuple[Remaining, ...]


_REMAINS = (
    ("point-in-time recovery of the table", 35),
    ("earlier versions of objects that were deleted or replaced before", 8),
    ("receipts, texts and records of mails in queues and dead-letter queues", 14),
    ("mails that wait to be processed, or whose processing keeps failing (alarm mails-dead)", 23),
    ("the entry in the erasure ledger, a keyed hash", 90),
)
"""What an erasure does not reach, and after how many days the data is gone.

S3 counts whole days from the next midnight UTC, first until an object expires and then until its last version does, so
a rule of 7 days takes 8, and rules of 20 days and 1 day take 23. A dead-letter queue counts from the first arrival.
"""


def remaining(now: datetime) -> tuple[Remaining, ...]:
    """Return what an erasure at `now` leaves, and until when."""
    return (
        *(Remaining(what, now + timedelta(days=days)) for what, days in _REMAINS),
        Remaining("suppressions, as keyed hashes", None),
        Remaining("the sign-in in the user pool, if the person had one; delete it there", None),
        Remaining("results that clients have collected, or received by webhook or on the event bus", None),
    )


@dataclass(frozen=True, slots=True)
class EraseContact:
    """Erase a person from stored content, alerts, results, responses, the directory, the audit trail and raw mails.

    The ledger entry comes first: after it, no message of an earlier alert is submitted to the person. Then passes over
    all rows remove the person. An alert that was being accepted at the time of the entry may still contain the person,
    so further passes follow SETTLED_AFTER later, until one finds nothing. Later calls read the ledger (`DropErased`).

    Suppressions stay, because they are keyed hashes and the person's STOP must stay in force. Counts and histories of
    messages stay, because they name no person.
    """

    data: PersonalData
    mails: PersonalMails
    waiting: WaitingMessages
    ledger: ErasureLedger
    sealer: Sealer
    clock: Clock
    wait: Callable[[timedelta], None]

    def __call__(self, tenant: TenantId, *, contact_id: str | None = None, address: str | None = None) -> Erased:
        """Erase the person with the contact id or the address. Safe to repeat.

        Raises:
            InvalidRequest: neither is given, or the address is not valid.
            LastOwner: the person is the only active account owner; name another one, then erase again.
            StorageUnavailable, StaleWrite: the erasure is incomplete; repeat it.
        """
        person = self._known(tenant, _requested(contact_id, address))
        ended = self.waiting(self.data.mentions(tenant, person).receivers)
        prints = [fingerprint(self.sealer, tenant, known) for known in person.addresses]
        entered = self.clock()
        self.ledger.enter(tenant, prints, entered)
        rows = self.data.erase(tenant, person)
        mails = self._delete_mails(person)
        if (unsettled := entered + SETTLED_AFTER - self.clock()) > timedelta(0):
            self.wait(unsettled)
        clean = False
        for _ in range(_PASSES):
            changed, deleted = self.data.erase(tenant, person), self._delete_mails(person)
            rows, mails = rows + changed, mails + deleted
            clean = not changed and not deleted
            if clean:
                break
        return Erased(len(person.addresses), rows, mails, ended, clean, remaining(self.clock()))

    def dry_run(self, tenant: TenantId, *, contact_id: str | None = None, address: str | None = None) -> Erased:
        """Return what an erasure would do now. Changes nothing; `clean` = there is nothing to erase.

        Raises:
            InvalidRequest, StorageUnavailable: as for an erasure.
        """
        person = self._known(tenant, _requested(contact_id, address))
        found, mails = self.data.mentions(tenant, person), len(self.mails.of(person))
        clean = not found.rows and not mails
        ended = self.waiting(found.receivers)
        return Erased(len(person.addresses), found.rows, mails, ended, clean, remaining(self.clock()))

    def _delete_mails(self, person: Person) -> int:
        mails = self.mails.of(person)
        for mail in mails:
            self.mails.delete(mail)
        return len(mails)

    def _known(self, tenant: TenantId, person: Person) -> Person:
        """Add what the data says about the person: the addresses of a contact id, and the contact of an address."""
        for _ in range(_PASSES):
            more = self.data.discover(tenant, person)
            if more == person:
                break
            person = more
        return person


class HonourErasures:
    """Objects to messages to people who were erased after their alert was accepted."""

    def __init__(self, ledger: ErasureLedger, sealer: Sealer) -> None:
        self._ledger = ledger
        self._sealer = sealer

    def __call__(self, alert: Alert, claimed: Sequence[Claimed], last: datetime | None) -> dict[int, Objection]:
        """Return objections by position; an unreadable ledger rejects every message temporarily.

        Args:
            last: time of the tenant's last erasure, read after the claim; None = there was none.
        """
        try:
            erased = self._ledger.since(alert.tenant, alert.accepted_at) if last and last >= alert.accepted_at else ()
        except StorageUnavailable:
            return {one.position: Rejected("erasures_unavailable", permanent=False, by_us=True) for one in claimed}
        return {
            one.position: Suppressed(ERASED)
            for one in claimed
            if (to := one.recipient.address) == ERASED_ADDRESS
            or (erased and fingerprint(self._sealer, alert.tenant, to) in erased)
        }


def fingerprint(sealer: Sealer, tenant: TenantId, address: str) -> bytes:
    """Return the fingerprint of an address in the ledger."""
    return sealer.fingerprint(tenant, "erased", mailbox_key(address).encode())


def _requested(contact_id: str | None, address: str | None) -> Person:
    if not contact_id and not address:
        raise InvalidRequest([Fault("/contact", "REQUIRED", "give a contact id, an address, or both")])
    try:
        addresses = frozenset([canonical(address)] if address else ())
    except ValueError as error:
        raise InvalidRequest([Fault("/address", "WRONG_FORM", str(error))]) from error
    return Person(frozenset([contact_id] if contact_id else ()), addresses)
