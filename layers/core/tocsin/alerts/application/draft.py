"""A draft: a send with all its decisions except the capacities, and the acceptance that would commit it.

A draft writes nothing. `Draft.ready` adds the remaining capacities of the API key.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Protocol

from tocsin.alerts.application.preparation import Prepared
from tocsin.alerts.application.terms import Terms, clicks_count
from tocsin.alerts.domain.alert import CHUNK_SIZE, Alert, ChunkKey, lane_for
from tocsin.alerts.domain.answer import encode_answer
from tocsin.alerts.domain.capacity import CapacityReservation, reserve
from tocsin.alerts.domain.cause import Cause
from tocsin.alerts.domain.exclusion import ExclusionReason
from tocsin.alerts.domain.headline import SenderKind, SentBy, title_of
from tocsin.alerts.domain.link import Link
from tocsin.alerts.domain.participants import Participant
from tocsin.alerts.domain.request import SendRequest
from tocsin.alerts.domain.response_kind import Answered
from tocsin.alerts.domain.result import NAMED_AT_MOST, SendResult
from tocsin.alerts.ports.alerts import Acceptance
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.recipient import Recipient, people
from tocsin.idempotency.domain.claim import IdempotencyClaim
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.ids import AlertRef
from tocsin.stored_content.application.call_stores import CallStores
from tocsin.stored_content.domain.stored_content import StoredContent

BeginEscalation = Callable[[Alert, SendRequest, set[str]], Participant]
"""Returns the transaction participant that begins an escalation; the set holds the people whom the alert contacts."""

Exceeded = Mapping[tuple[Channel, str], int]
"""Number of receivers that each sending limit excluded, by channel and the limit's word."""


class EscalationStep(Protocol):
    """The step of an escalation, for a send that is one."""

    @property
    def first(self) -> AlertRef:
        """The first alert of the escalation."""
        ...

    def without_answered(self, prepared: Prepared) -> Prepared:
        """Return the element without receivers who have answered."""
        ...

    def taken(self, alert: Alert, contacted: set[str]) -> Participant:
        """Return the participant that records the step; `contacted` are the people whom the alert contacts."""
        ...


@dataclass(frozen=True, slots=True)
class Origin:
    """The cause of a send, and the participants of its transaction.

    Attributes:
        cause: None = a client's own call.
        participants: written in the transaction of the alert. If one of them cannot be written, nothing is.
        step_of: the step of an escalation, None for every other send.
        again_at: when the same alert is sent next; its stored content is kept until then. None = never.
    """

    cause: Cause | None
    participants: tuple[Participant, ...] = ()
    step_of: EscalationStep | None = None
    again_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Joined:
    """A request that belongs to a linked set.

    Attributes:
        request: the request with the contact group of the set's first alert.
        participant: begins or joins the set in the alert's transaction.
        answered: who has answered so far, if an element needs it; read after the set.
        group_ignored: whether the request has another contact group than the set.
    """

    link: Link
    request: SendRequest
    participant: Participant
    answered: Answered
    group_ignored: bool = False


class JoinLink(Protocol):
    """Finds or begins the linked set of a request."""

    def __call__(self, key: ApiKey, request: SendRequest, stores: CallStores, ref: AlertRef, now: datetime) -> Joined:
        """Return the request as a member of the set that its `link` names.

        Raises:
            InvalidRequest: the set does not exist, and the request may not create it or has no contact group for it.
            Superseded: the set was cancelled, and the request does not lift the cancellation.
            StorageUnavailable: the set cannot be read.
        """
        ...


@dataclass(frozen=True, slots=True)
class Ready:
    """A send that can be committed. `acceptance` is None if no receiver is accepted; `result` has the reasons."""

    result: SendResult
    acceptance: Acceptance | None
    reservations: tuple[CapacityReservation, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A send with all decisions except the remaining capacities of the API key."""

    key: ApiKey
    request: SendRequest
    terms: Terms
    prepared: tuple[Prepared, ...]
    stores: CallStores
    origin: Origin | None = None
    joined: Joined | None = None
    begin_escalation: BeginEscalation | None = None

    @property
    def exceeded(self) -> Exceeded:
        """Number of receivers that each sending limit excluded."""
        return exceeded_of(self.prepared)

    @property
    def limited(self) -> frozenset[Channel]:
        """The channels of this send on which the key has a limited capacity."""
        return self.key.limited.intersection(p.element.channel for p in self.prepared)

    def ready(self, remaining: Mapping[Channel, int], claim: IdempotencyClaim | None = None) -> Ready:
        """Return the send as it would be committed with these remaining capacities, by limited channel."""
        reservations = tuple(reserve([p.element for p in self.prepared], remaining))
        result = _result(self.request, self.terms, reservations)
        if not result.success:
            return Ready(result, None, reservations)
        alert = self._alert(reservations)
        acceptance = Acceptance(
            alert,
            chunks_of(alert, reservations),
            _consumption(reservations),
            claim,
            encode_answer(result) if claim else None,
            excluded={r.index: r.excluded for r in reservations if r.excluded},
            participants=(*self._participants(), *self._escalation_participants(alert, reservations)),
        )
        return Ready(result, acceptance, reservations)

    def renew_stores(self, ready: Ready, again_at: datetime | None = None) -> None:
        """Keep the stored content that the accepted elements use, until `again_at` at least. Never raises."""
        used = (use for p, r in zip(self.prepared, ready.reservations, strict=True) if r.recipients for use in p.uses)
        self.stores.renew(used, again_at or (self.origin.again_at if self.origin else None))

    def used_stores(self) -> Sequence[StoredContent]:
        """Return the stored content that the request refers to, each once."""
        return self.stores.loaded()

    def _participants(self) -> tuple[Participant, ...]:
        joined = (self.joined.participant,) if self.joined else ()
        return joined + (self.origin.participants if self.origin else ())

    def _escalation_participants(
        self, alert: Alert, reservations: Sequence[CapacityReservation]
    ) -> tuple[Participant, ...]:
        step_of = self.origin.step_of if self.origin else None
        if step_of is None and self.request.escalation is None:
            return ()
        contacted = people(who for r in reservations for who in r.recipients)
        if step_of is not None:
            return (step_of.taken(alert, contacted),)
        assert self.begin_escalation is not None
        return (self.begin_escalation(alert, self.request, contacted),)

    def _alert(self, reservations: Sequence[CapacityReservation]) -> Alert:
        key, terms = self.key, self.terms
        items = tuple(r.item for r in reservations)
        return Alert(
            tenant=key.tenant,
            ref=terms.ref,
            key_id=key.id,
            sandbox=key.sandbox,
            client_ref=self.request.client_ref,
            accepted_at=terms.now,
            send_before=terms.send_before,
            expires_at=terms.expires_at,
            lane=lane_for(sum(len(r.recipients) for r in reservations)),
            notification=terms.notification,
            items=items,
            email_subject_ref=_subject_ref(terms, reservations),
            callback=terms.callback,
            cause=self.origin.cause if self.origin else None,
            link=self.joined.link if self.joined else None,
            escalation=self._first_alert(),
            urgent=self.request.urgent,
            click_counts=clicks_count(self.key, self.request),
            least_evidence=self.request.least_evidence,
            account=terms.account,
            title=self.request.title or title_of((item.content for item in items), terms.reference),
            sent_by=_sender(key),
            company=key.company,
        )

    def _first_alert(self) -> AlertRef | None:
        if self.origin is not None and self.origin.step_of is not None:
            return self.origin.step_of.first
        return self.terms.ref if self.request.escalation is not None else None


def _sender(key: ApiKey) -> SentBy:
    if key.person is not None:
        return SentBy(SenderKind.USER, key.person.id, key.person.name)
    return SentBy(SenderKind.KEY, key.id, key.name)


def _subject_ref(terms: Terms, reservations: Sequence[CapacityReservation]) -> str | None:
    sends_email = any(r.element.channel is Channel.EMAIL and r.recipients for r in reservations)
    return terms.reference if sends_email else None


def exceeded_of(prepared: Sequence[Prepared]) -> Exceeded:
    """Return the number of receivers that each sending limit excluded."""
    elements = (each.element for each in prepared)
    excluded = ((element.channel, who) for element in elements for who in element.excluded)
    return Counter((channel, who.detail) for channel, who in excluded if who.category is ExclusionReason.SENDING_LIMIT)


def chunks_of(alert: Alert, reservations: Sequence[CapacityReservation]) -> dict[ChunkKey, Sequence[Recipient]]:
    """Return the receivers of an alert by the chunks in which they are stored."""
    return {
        ChunkKey(alert.tenant, alert.ref, r.index, first // CHUNK_SIZE): r.recipients[first : first + CHUNK_SIZE]
        for r in reservations
        for first in range(0, len(r.recipients), CHUNK_SIZE)
    }


def _consumption(reservations: Sequence[CapacityReservation]) -> dict[Channel, int]:
    consumption: Counter[Channel] = Counter()
    for r in reservations:
        if r.remaining is not None and r.recipients:
            consumption[r.element.channel] += len(r.recipients)
    return dict(consumption)


def _result(request: SendRequest, terms: Terms, reservations: Sequence[CapacityReservation]) -> SendResult:
    items = tuple(r.result for r in reservations)
    if any(item.success for item in items):
        return SendResult(True, request.client_ref, terms.ref, items, _subject_ref(terms, reservations))
    reasons = "; ".join(f"'{item.tag}': {item.failure_reason}" for item in items)
    excluded = tuple(islice(((r.index, who) for r in reservations for who in r.excluded), NAMED_AT_MOST))
    return SendResult(False, request.client_ref, None, items, None, f"nothing was sent: {reasons}", excluded)
