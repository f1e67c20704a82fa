"""Port of accepted alerts: the content of one acceptance, and the list with its filter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from tocsin.alerts.domain.alert import Alert, ChunkKey
from tocsin.alerts.domain.exclusion import Exclusion
from tocsin.alerts.domain.participants import Participant
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.email_address import mailbox_key
from tocsin.contacts.domain.recipient import Recipient
from tocsin.idempotency.domain.claim import IdempotencyClaim, KeyReused, Replayed
from tocsin.identity.domain.visibility import ActingPerson
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, TenantId, time_prefix


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Everything that one call writes, in one transaction.

    Attributes:
        chunks: every chunk that `alert.batches()` names, with its recipients in position order.
        consumption: units consumed of each limited capacity of the key.
        claim, answer: the idempotency claim, and the response (JSON text) for a repeat; None without a header.
        excluded: the excluded receivers, by place of the element.
        participants: rows of other subjects in the same transaction.
    """

    alert: Alert
    chunks: Mapping[ChunkKey, Sequence[Recipient]]
    consumption: Mapping[Channel, int] = field(default_factory=dict)
    claim: IdempotencyClaim | None = None
    answer: str | None = None
    excluded: Mapping[int, Sequence[Exclusion]] = field(default_factory=dict)
    participants: Sequence[Participant] = ()


@dataclass(frozen=True, slots=True)
class Committed:
    """The alert is accepted and stored."""


@dataclass(frozen=True, slots=True)
class CapacityShort:
    """The remaining capacity was smaller than the consumption. Nothing was written; decide again."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Another writer was first with the rows of `participant`. Nothing was written."""

    participant: Participant


AcceptOutcome = Committed | Replayed | KeyReused | CapacityShort | Conflict


LATEST_RUN = timedelta(minutes=15)
"""How much later than its reference says an alert may be accepted: the reference of a scheduled run has the time when
the run was due, and it runs late by MISFIRE_GRACE at most.
"""

_NO_ALERTS_YET = datetime(2000, 1, 1, tzinfo=UTC)
_END_OF_LIST = "g"  # above every reference, which begins with a hexadecimal digit


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """Conditions that an alert must all fulfil; None = no such condition.

    Attributes:
        since: it was accepted at this time or later.
        until: it was accepted before this time.
        client_ref: the client's own reference, exactly.
        key_id: it was sent with this API key.
        title: its title begins with this, in any case.
        sent_by: the API key or the person of this id sent it.
        receiver: the `mailbox_key` of a canonical address that is one of its accepted receivers. Personal data.
        person: it is in the range of this person, or went to them.
    """

    since: datetime | None = None
    until: datetime | None = None
    client_ref: str | None = None
    key_id: ApiKeyId | None = None
    title: str | None = None
    sent_by: str | None = None
    receiver: str | None = None
    person: ActingPerson | None = None

    @property
    def sparse(self) -> bool:
        """Whether alerts that are not wanted may lie between those that are."""
        asked = (self.client_ref, self.key_id, self.title, self.sent_by, self.receiver, self.person)
        return any(condition is not None for condition in asked)

    @property
    def may_be_own(self) -> bool:
        """Whether an alert out of range can be wanted at all, because it went to the person."""
        person = self.person
        if person is None:
            return False
        return bool(person.contacts) or (person.mailbox is not None and self.receiver in {None, person.mailbox})

    def is_own(self, who: Recipient) -> bool:
        """Whether an alert that went to this receiver is wanted although it is out of range.

        Who asks for the alerts of another receiver is not told of them: that receiver is no business of theirs.
        """
        asked = self.receiver in {None, mailbox_key(who.address)}
        return asked and self.person is not None and self.person.is_receiver(who)

    def in_range(self, alert: Alert) -> bool:
        """Whether the alert is in the range of the person."""
        return self.person is None or self.person.range.shows(alert.made)

    def matches(self, alert: Alert) -> bool:
        """Whether the alert fulfils every condition but those of receiver and person; its recipients decide these."""
        return (
            (self.since is None or self.since <= alert.accepted_at)
            and (self.until is None or alert.accepted_at < self.until)
            and self.client_ref in {None, alert.client_ref}
            and self.key_id in {None, alert.key_id}
            and self.sent_by in {None, alert.sender.id}
            and (self.title is None or alert.headline.casefold().startswith(self.title.casefold()))
        )

    def refs(self) -> tuple[str, str]:
        """Return texts between which the references of all wanted alerts lie."""
        first = "0" if self.since is None else time_prefix(max(self.since, _NO_ALERTS_YET) - LATEST_RUN)
        last = _END_OF_LIST if self.until is None else time_prefix(self.until) + _END_OF_LIST
        return first, last

    def text(self) -> str:
        """Return a text that differs between filters, for cursors; empty if there is no condition."""
        return "" if self == ALL_ALERTS else repr(self)


ALL_ALERTS = AlertFilter()
"""No condition."""

ALERTS_SEEN = 1000
"""Most alerts that are looked at for one page, expired ones and those that do not match included."""

CHUNKS_SEEN = 2_000
"""About how many chunks of recipients are read for one page of the alerts of a receiver."""


@dataclass(frozen=True, slots=True)
class AlertPage:
    """A page of alerts, newest first. `next` is opaque to the caller, and None on the last page.

    A page may be short although `next` says that more follows: a page looks at ALERTS_SEEN alerts at most, and at the
    recipients of fewer.

    Attributes:
        received: of alerts that are out of the person's range, where they went to the person, by chunk and position.
    """

    alerts: Sequence[Alert]
    next: str | None
    received: Mapping[AlertRef, frozenset[tuple[ChunkKey, int]]] = field(default_factory=dict)


class AlertRepository(Protocol):
    """Accepted alerts and their recipients."""

    def accept(self, acceptance: Acceptance) -> AcceptOutcome:
        """Write the acceptance in one transaction. Raises StorageUnavailable: it may be written; repeat the call."""
        ...

    def earlier_answer(
        self, tenant: TenantId, key_id: ApiKeyId, claim: IdempotencyClaim, now: datetime
    ) -> Replayed | KeyReused | None:
        """Return the result of an earlier call with the claim, None if there was none."""
        ...

    def get(self, tenant: TenantId, ref: AlertRef) -> Alert | None:
        """Return the alert with its contents, strongly consistent; None if there is no such alert.

        An alert whose lifetime is over may still be returned, so callers check `expired(now)`.
        """
        ...

    def without_contents(self, tenant: TenantId, refs: Sequence[AlertRef]) -> Mapping[AlertRef, Alert]:
        """Return those of the alerts that exist, without their contents, strongly consistent; a call for 100 of them.

        An alert whose lifetime is over may still be returned.
        """
        ...

    def cancel(self, tenant: TenantId, ref: AlertRef, at: datetime) -> datetime | None:
        """Cancel an alert unless it is cancelled. Return when it was cancelled, None if there is no such alert."""
        ...

    def stop(self, tenant: TenantId, ref: AlertRef, at: datetime) -> None:
        """Store that enough people had answered the alert's escalation at `at`, unless that is stored already."""
        ...

    def excluded(self, tenant: TenantId, ref: AlertRef) -> Mapping[int, Sequence[Exclusion]]:
        """Return the excluded receivers by place of the element; empty if there are none."""
        ...

    def recipients(self, key: ChunkKey) -> Sequence[Recipient]:
        """Return a chunk's recipients in position order; empty if the chunk does not exist."""
        ...

    def recipients_of(self, keys: Sequence[ChunkKey]) -> Mapping[ChunkKey, Sequence[Recipient]]:
        """Return the recipients of several chunks; a chunk that does not exist is absent. A call for 100 chunks."""
        ...

    def newest(
        self,
        tenant: TenantId,
        *,
        sandbox: bool,
        limit: int,
        after: str | None,
        now: datetime,
        wanted: AlertFilter = ALL_ALERTS,
    ) -> AlertPage:
        """Return a page of unexpired alerts of live or sandbox keys, newest first, without their contents.

        Args:
            limit: 1..100.
            after: `next` of the previous page, None for the first page.

        Raises:
            InvalidRequest: `after` is of another list, or of the same list with another filter.
        """
        ...
