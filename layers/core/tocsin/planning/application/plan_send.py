"""Plan a send: make the decisions of the send, and return them instead of committing them.

The alert, the steps of its escalation and the all-clears are prepared by the use cases that send them, each for the
time at which it is due. Only the commits are omitted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

from tocsin.alerts.application.draft import Draft, Joined, Origin, Ready
from tocsin.alerts.application.prepare import PrepareSend
from tocsin.alerts.application.read_alert import ReadAlert
from tocsin.alerts.domain.alert import Alert, AlertItem, ChunkKey
from tocsin.alerts.domain.request import SendRequest
from tocsin.alerts.domain.result import SendResult
from tocsin.calendar.domain.repeat import runs
from tocsin.calendar.domain.time_zone import zone as zone_named
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.contact import ContactGroup
from tocsin.contacts.domain.email_address import mailbox_key
from tocsin.contacts.domain.recipient import Recipient, people
from tocsin.content.domain.short_url import sample_link
from tocsin.delivery.domain.segments import segments_of
from tocsin.escalation.application.end import UNSENDABLE
from tocsin.escalation.application.prepare import StepOf, all_clear_request, step_request
from tocsin.escalation.domain.escalation import Escalation, EscalationBegun, EscalationPolicy, StepTaken
from tocsin.identity.application.account_clocks import AccountClocks
from tocsin.identity.domain.api_key import ApiKey, Right
from tocsin.identity.ports.keys import ApiKeyRepository
from tocsin.kernel.domain.ids import AlertRef
from tocsin.kernel.ports import Clock
from tocsin.limits.domain.sending_limits import SendingLimits
from tocsin.limits.ports import LimitSettings
from tocsin.planning.domain.call_plan import with_call_warnings
from tocsin.planning.domain.plan import (
    Plan,
    PlannedAlert,
    PlannedMessage,
    PlannedOutcome,
    Segments,
    exclusions_of,
    messages_of,
)
from tocsin.planning.domain.sample import Read, reader_of
from tocsin.schedules.domain.plan import planned
from tocsin.stored_content.application.call_stores import CallStores
from tocsin.suppressions.application.suppress import Suppress

RUNS_SHOWN = 5
"""Most runs of a schedule that a plan lists. Only the first run is planned."""

_ASKED_AT_ONCE = 100
"""Addresses of one read of the suppressions."""


@dataclass(frozen=True, slots=True)
class PlanSend:
    """Plans a call with `mode: plan`. It writes nothing and sends nothing.

    Attributes:
        keys: for the remaining capacities.
        suppress: for the suppressed receivers.
        clocks: the accounts' time zones, for schedules.
        read: reads the steps and the all-clear of an escalation.
        limits: the sending limits of accounts; None = all have the default.
    """

    prepare: PrepareSend
    keys: ApiKeyRepository
    suppress: Suppress
    clocks: AccountClocks
    read: ReadAlert
    clock: Clock
    limits: LimitSettings | None = None

    def __call__(self, key: ApiKey, request: SendRequest) -> Plan:
        """Return what this call would do now.

        Raises:
            Forbidden, InvalidRequest, RequestTooLarge, Superseded, StorageUnavailable: as the call.
        """
        now = self.clock()
        times = self._runs(key, request, now)
        at = times[0] if times else now
        draft = self.prepare(key, request, at)
        remaining = dict(self.keys.remaining(key.tenant, key.id)) if key.limited else {}
        inline = isinstance(request.group, ContactGroup)
        planning = _Planning(self, key, self.prepare, remaining, inline or Right.READ_STORES in key.rights)
        ready = planning.consumed(draft)
        first = planning.alert(0, at, draft, ready)
        begun = _begun(ready)
        if begun is None or draft.joined is None:
            return Plan(request.client_ref, now, (first,), times)
        alerts, escalation = planning.policy(begun, draft.joined, first)
        return Plan(request.client_ref, now, alerts, times, tuple(planning.needs), escalation.due_at)

    def _runs(self, key: ApiKey, request: SendRequest, now: datetime) -> tuple[datetime, ...]:
        if request.schedule is None:
            return ()
        plan = planned(request.schedule, self.clocks.get(key.tenant).zone, now, "/options/schedule")
        zone = zone_named(plan.zone)
        assert zone is not None
        following = runs(plan.wall or plan.first, plan.interval, plan.end, zone, since=plan.next_at)
        return tuple(islice(following, RUNS_SHOWN))


@dataclass(slots=True)
class _Planning:
    """The working state of one plan.

    Attributes:
        use: the use case, for its collaborators.
        remaining: remaining capacities of the key, reduced by each planned alert.
        shows_values: whether samples show values of contacts: those of the call itself, or the key may read stores.
        needs: how many people must answer, after each step.
    """

    use: PlanSend
    key: ApiKey
    prepare: PrepareSend
    remaining: dict[Channel, int]
    shows_values: bool
    needs: list[int] = field(default_factory=list)

    def consumed(self, draft: Draft) -> Ready:
        """Return the send as it would be committed, and consume its capacities in `remaining`."""
        ready = self._ready(draft)
        if ready.acceptance is not None:
            for channel, units in ready.acceptance.consumption.items():
                self.remaining[channel] -= units
        return ready

    def alert(self, step: int, at: datetime, draft: Draft, ready: Ready) -> PlannedAlert:
        """Return the planned alert with its messages."""
        return PlannedAlert(step, at, self._result(ready), self._messages(at, draft, ready))

    def _result(self, ready: Ready) -> SendResult:
        if ready.acceptance is None or not any(item.channel is Channel.CALL for item in ready.acceptance.alert.items):
            return ready.result
        alert, limits = ready.acceptance.alert, self.use.limits
        settings = SendingLimits() if limits is None else limits.get(self.key.tenant)
        rate = None if alert.sandbox else settings.rate_of_calls(urgent=alert.urgent)
        return with_call_warnings(ready.result, alert, rate)

    def policy(
        self, begun: EscalationBegun, joined: Joined, first: PlannedAlert
    ) -> tuple[tuple[PlannedAlert, ...], Escalation]:
        """Return the first alert and all steps, each with its all-clear, and the escalation after the last step."""
        escalation, policy = begun.escalation, begun.policy
        self.prepare = replace(self.prepare, join=_AsPlanned(joined))
        alerts: list[PlannedAlert] = []
        contacted: set[str] = set()
        alert = first
        while True:
            contacted |= _people(alert.messages)
            alerts.append(self._with_all_clear(alert, policy, (*alerts, alert), escalation))
            self.needs.append(escalation.need)
            if escalation.step == escalation.steps:
                return tuple(alerts), escalation
            alert, escalation = self._step(escalation, policy, frozenset(contacted))

    def _step(
        self, escalation: Escalation, policy: EscalationPolicy, contacted: frozenset[str]
    ) -> tuple[PlannedAlert, Escalation]:
        """Return the next step as its timer would run it, and the escalation after it."""
        step, at = escalation.step + 1, escalation.due_at
        skipped_step = escalation.taken(at, None, policy.after[step])
        origin = Origin(escalation.cause(step), step_of=StepOf(escalation, policy.after[step], _no_answers, contacted))
        try:
            request = step_request(policy, escalation, self.use.read)
            draft = self.prepare(self.key, request, at, origin)
            ready = self.consumed(draft)
        except UNSENDABLE as error:
            return PlannedAlert(step, at, None, (), error=error), skipped_step
        taken = _taken(ready)
        return self.alert(step, at, draft, ready), taken.after if taken else skipped_step

    def _with_all_clear(
        self, alert: PlannedAlert, policy: EscalationPolicy, so_far: Sequence[PlannedAlert], escalation: Escalation
    ) -> PlannedAlert:
        contacted_addresses: dict[Channel, dict[str, Recipient]] = {}
        for message in (message for each in so_far for message in each.messages):
            # A message that is held beyond the next step has not been sent when the all-clear goes out.
            if message.outcome in (PlannedOutcome.SEND, PlannedOutcome.HELD) and message.at < escalation.due_at:
                who = Recipient(message.address, message.contact_id)
                contacted_addresses.setdefault(message.channel, {}).setdefault(mailbox_key(message.address), who)
        receivers = {channel: who.values() for channel, who in contacted_addresses.items()}
        try:
            request = all_clear_request(policy, escalation.key.link, receivers, self.use.read, escalation.began_at)
            if request is None:
                return alert
            draft = self.prepare(self.key, request, alert.at, Origin(escalation.all_clear))
        except UNSENDABLE:
            return alert
        return replace(alert, all_clear=self._messages(alert.at, draft, self._ready(draft)))

    def _ready(self, draft: Draft) -> Ready:
        return draft.ready({channel: self.remaining.get(channel, 0) for channel in draft.limited})

    def _messages(self, at: datetime, draft: Draft, ready: Ready) -> tuple[PlannedMessage, ...]:
        messages = list(exclusions_of(ready.reservations, at))
        if ready.acceptance is not None:
            alert = ready.acceptance.alert
            for item in alert.items:
                who = _receivers(item, ready.acceptance.chunks)
                suppressed = self._suppressed(alert, item, who)
                messages += messages_of(
                    alert, item, who, self._segments(alert), suppressed, self._read(alert, item, draft)
                )
        messages.sort(key=lambda message: (message.item, message.at))
        return tuple(messages)

    def _segments(self, alert: Alert) -> Segments:
        link = sample_link(self.prepare.link_base)
        return lambda item: segments_of(alert, item, link)

    def _read(self, alert: Alert, item: AlertItem, draft: Draft) -> Read:
        content = draft.request.elements[item.index].stored is None or Right.READ_STORES in self.key.rights
        link = sample_link(self.prepare.link_base)
        return reader_of(alert, item, link, values=self.shows_values, content=content)

    def _suppressed(self, alert: Alert, item: AlertItem, who: Sequence[Recipient]) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for first in range(0, 0 if alert.sandbox else len(who), _ASKED_AT_ONCE):
            addresses = [recipient.address for recipient in who[first : first + _ASKED_AT_ONCE]]
            suppressed = self.use.suppress.standing(alert.tenant, item.channel, addresses)
            found |= {address: reason.value for address, reason in suppressed.items()}
        return found


@dataclass(frozen=True, slots=True)
class _AsPlanned:
    """Joins each step to the linked set of the planned first alert, which is not stored."""

    joined: Joined

    def __call__(self, key: ApiKey, request: SendRequest, stores: CallStores, ref: AlertRef, now: datetime) -> Joined:
        return replace(self.joined, request=replace(request, group=self.joined.request.group), answered={})


def _no_answers(recipients: Sequence[Recipient]) -> frozenset[str]:
    """Return no receivers: a plan assumes that no receiver answers."""
    return frozenset()


def _begun(ready: Ready) -> EscalationBegun | None:
    participants = ready.acceptance.participants if ready.acceptance else ()
    return next((each for each in participants if isinstance(each, EscalationBegun)), None)


def _taken(ready: Ready) -> StepTaken | None:
    participants = ready.acceptance.participants if ready.acceptance else ()
    return next((each for each in participants if isinstance(each, StepTaken)), None)


def _people(messages: Sequence[PlannedMessage]) -> set[str]:
    accepted = (message for message in messages if message.outcome is not PlannedOutcome.EXCLUDED)
    return people(Recipient(message.address, message.contact_id) for message in accepted)


def _receivers(item: AlertItem, chunks: Mapping[ChunkKey, Sequence[Recipient]]) -> list[Recipient]:
    return [who for key, part in sorted(chunks.items(), key=_place) if key.item == item.index for who in part]


def _place(chunk: tuple[ChunkKey, Sequence[Recipient]]) -> tuple[int, int]:
    return chunk[0].item, chunk[0].chunk
