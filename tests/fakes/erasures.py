"""The ledger of erasures in memory."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tests.fakes.outage import Outage
from tocsin.kernel.domain.ids import TenantId
from tocsin.privacy.domain.erasure import Person
from tocsin.privacy.domain.mail_mentions import mentions


class FakeErasureLedger:
    """`entries` may be inspected."""

    def __init__(self) -> None:
        self.entries: list[tuple[TenantId, bytes, datetime]] = []
        self.outage = Outage()

    def enter(self, tenant: TenantId, fingerprints: Collection[bytes], at: datetime) -> None:
        self.outage.check()
        self.entries += [(tenant, fingerprint, at) for fingerprint in fingerprints]

    def last(self, tenant: TenantId) -> datetime | None:
        return max((erased for owner, _, erased in self.entries if owner == tenant), default=None)

    def since(self, tenant: TenantId, at: datetime) -> Collection[bytes]:
        self.outage.check()
        return {fingerprint for owner, fingerprint, erased in self.entries if owner == tenant and erased >= at}


@dataclass
class FakePersonalMails:
    """Unreadable mails in memory, by name."""

    mails: dict[str, bytes] = field(default_factory=dict)

    def of(self, person: Person) -> Sequence[str]:
        return [name for name, raw in self.mails.items() if mentions(raw, person)]

    def delete(self, mail: str) -> None:
        self.mails.pop(mail, None)
