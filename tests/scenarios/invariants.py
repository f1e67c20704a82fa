"""What must be true of every world at rest, whatever happened to it. Numbers are those of the design's list.

Each check is a predicate over rows, phones and provider calls, written once and used by the stories, by the crash
enumerator and by the state machine.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from tests.scenarios.world import World
from tocsin.alerts.domain.alert import Alert, ChunkKey
from tocsin.alerts.domain.response_kind import Evidence
from tocsin.contacts.domain.recipient import Recipient
from tocsin.delivery.application.recent_alerts import FRESH
from tocsin.delivery.domain.delivery_terms import delivery_terms
from tocsin.delivery.domain.message import MAX_ATTEMPTS, RESENT, TERMINAL_STATES, Message, MessageState
from tocsin.delivery.domain.message_events import events_since
from tocsin.delivery.domain.progress import BatchProgress, total
from tocsin.identity.domain.notification import NotificationMode

S = MessageState

PATHS = {
    S.QUEUED: {S.SENDING, S.HELD, S.EXPIRED, S.CANCELLED, S.SKIPPED},
    S.HELD: {S.SENDING, S.EXPIRED, S.CANCELLED, S.SKIPPED, S.DELIVERED},
    S.SENDING: {S.SENT, S.DELIVERED, S.FAILED, S.RETRY_WAIT, S.UNKNOWN, S.EXPIRED, S.SUPPRESSED, S.SKIPPED, S.CALLING},
    S.CALLING: {S.CALLING, S.DELIVERED, S.RETRY_WAIT, S.FAILED, S.SKIPPED, S.CANCELLED},
    S.RETRY_WAIT: {S.SENDING, S.HELD, S.EXPIRED, S.CANCELLED, S.SKIPPED, S.FAILED, S.DELIVERED},
    S.UNKNOWN: {
        S.UNKNOWN,
        S.SENDING,
        S.CALLING,
        S.SENT,
        S.DELIVERED,
        S.FAILED,
        S.RETRY_WAIT,
        S.EXPIRED,
        S.SUPPRESSED,
        S.SKIPPED,
        S.UNCONFIRMED,
    },
    S.UNCONFIRMED: {S.SENT, S.DELIVERED, S.FAILED},
    S.SENT: {S.DELIVERED, S.FAILED},
    S.FAILED: {S.DELIVERED, S.FAILED, S.RETRY_WAIT},
    S.EXPIRED: {S.DELIVERED},
    S.CANCELLED: {S.DELIVERED},
    S.SUPPRESSED: {S.DELIVERED},
    S.SKIPPED: {S.DELIVERED},
    S.DELIVERED: {S.FAILED, S.DELIVERED},
}
"""The graph. HELD, EXPIRED, CANCELLED, SUPPRESSED and SKIPPED lead to DELIVERED only where an earlier try had arrived
after all, DELIVERED or FAILED to FAILED only by a bounce, DELIVERED to itself only if more becomes known of a call, FAILED to RETRY_WAIT only if a client sends it again, and UNKNOWN to itself only to wait out quiet hours."""


def check(world: World) -> None:
    """Raise AssertionError if the world at rest breaks a promise."""
    check_always(world)
    assert world.dead_letters == []
    assert world.dispatch_progress.looks == {}, "a work row still waits for the sweeper"
    for alert in world.accepted:
        by_number = world.dispatch_progress.of_alert(alert.tenant, alert.ref)
        rows = world.rows_of(alert)
        for place, row in rows.items():
            assert row.state in TERMINAL_STATES, f"7: {place[1]} never came to rest: {row.log}"
        assert len(rows) == alert.recipients, "1 and 7: somebody was never looked at"
        recount = Counter(row.state for row in rows.values())
        assert Counter(total(by_number.values())) == recount, "tallies differ from the rows"
        for batch in alert.batches():
            own = {p: rows[batch.key, p] for p in batch.positions}
            assert by_number[batch.number] == BatchProgress.of(batch, own)
        _check_events(world, alert, rows)


def check_always(world: World) -> None:
    """Raise AssertionError if a promise is broken that holds at every moment."""
    ids: Counter[str] = Counter()
    for sender in (world.sms, world.email, world.sandbox_sms, world.sandbox_email):
        ids.update(str(call.id) for call in sender.calls)
    assert all(n == 1 for n in ids.values()), f"8: one try, several calls: {ids}"
    for alert in world.accepted:
        rows = world.rows_of(alert)
        assert len(rows) <= alert.recipients, "1: more messages than recipients"
        for (key, position), recipient in _recipients(world, alert):
            _check_message(world, alert, key, position, recipient, rows.get((key, position)))


def _check_message(
    world: World, alert: Alert, key: ChunkKey, position: int, recipient: Recipient, row: Message | None
) -> None:
    senders = (world.sms, world.email, world.sandbox_sms, world.sandbox_email)
    calls = [c for sender in senders for c in sender.calls if (c.id.key, c.id.position) == (key, position)]
    copies = sum(call.took for call in calls)
    assert all(call.to == recipient.address for call in calls), "a message went to somebody else"
    asked = [step.at for step in row.log if step.reason == RESENT] if row else []
    times = [delivery_terms(alert, recipient, alert.accepted_at)]
    times += [delivery_terms(alert, recipient, at, resent_at=at) for at in asked]
    terms = max(times, key=lambda one: one.send_before)
    assert all(call.at < terms.send_before for call in calls), "4: handed over too late"
    if row is None:
        assert not calls, "2: sent without a claim"
        return
    # What a client sends again had failed before: its provider took it, and the network did not deliver it.
    assert copies <= 1 + row.possible_duplicate + len(asked), f"2: {copies} copies, unflagged: {row.log}"
    closed = (S.SUPPRESSED, S.EXPIRED, S.CANCELLED, S.SKIPPED)
    if row.state in closed and not _ever_unknown(row) and not asked:
        assert copies == 0, f"2: {row.state} and yet it arrived"
    assert len(calls) <= row.attempt <= MAX_ATTEMPTS, "5 and 8: more calls than tries, or too many tries"
    assert all(call.id.attempt <= row.attempt for call in calls)
    assert row.version == len(row.log), "6: version and history differ"
    if heard := _first_answer(world, alert, key, recipient):
        claims = [step.at for step in row.log if step.state is S.SENDING]
        late = [call for call in calls if heard < claims[call.id.attempt - 1]]
        assert not late, "E2: somebody was contacted by a claim that came after their answer"
    before = S.QUEUED
    for step in row.log:
        assert step.state in PATHS[before], f"6: no way from {before} to {step.state}"
        assert before is not S.FAILED or step.state is not S.RETRY_WAIT or step.reason == RESENT
        before = step.state
        if step.state is S.SENDING:
            assert step.at < terms.send_before, "4: claimed too late"
            assert delivery_terms(alert, recipient, step.at).not_before <= step.at, "claimed in quiet hours"
            assert alert.cancelled_at is None or step.at < alert.cancelled_at + FRESH, "4: claimed although cancelled"
    assert row.state is before
    if row.state in (S.SENDING, S.HELD, S.RETRY_WAIT, S.UNKNOWN):
        assert row.due_at is not None, "3: nobody would ever look again"
    if row.state is S.SENT:
        assert row.provider_id, "3: sent without the provider's id"
    if row.state is S.DELIVERED:
        assert copies or row.attempt, "3: delivered and never handed over"


def _first_answer(world: World, alert: Alert, key: ChunkKey, recipient: Recipient) -> datetime | None:
    """Return when the first answer was committed that spares a contact a message; None if there is none."""
    item = alert.item(key.item)
    assert item is not None
    if alert.link is None or recipient.contact_id is None or recipient.by_address:
        return None
    times = (
        world.link_sets.committed.get((alert.link.master, recipient.contact_id, kind, evidence))
        for kind in item.except_responded
        for evidence in Evidence
        if evidence.at_least(alert.least_evidence)
    )
    return min((at for at in times if at), default=None)


def _ever_unknown(row: Message) -> bool:
    return any(step.state is S.UNKNOWN for step in row.log)


def _check_events(world: World, alert: Alert, rows: dict[tuple[ChunkKey, int], Message]) -> None:
    published = [
        event
        for (batch, _), pack in world.events.packs.items()
        if batch.key.alert == alert.ref
        for event in pack.events
    ]
    expected = []
    if alert.notification is not NotificationMode.NONE:
        for (key, position), recipient in _recipients(world, alert):
            item = alert.item(key.item)
            assert item is not None
            expected += events_since(alert, item, key.chunk, recipient, rows[key, position], 0)
    assert Counter(e.event_id for e in published) == Counter(e.event_id for e in expected), (
        "an event is missing or was published twice"
    )


def _recipients(world: World, alert: Alert) -> Iterator[tuple[tuple[ChunkKey, int], Recipient]]:
    for key, chunk in world.alerts.chunks.items():
        if key.alert == alert.ref:
            for position, recipient in enumerate(chunk):
                yield (key, position), recipient
