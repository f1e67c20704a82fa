"""What became of alerts: the list, the counts and the receivers; A5, A6, S1."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.escalations import FakeEscalations
from tests.fakes.messages import FakeMessageRows
from tests.fakes.responses import FakeResponses
from tests.fakes.sealer import FakeSealer
from tests.fakes.time import NOON
from tests.unit.alerts.desk import Desk, a_key, an_email, an_sms
from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.alerts.ports.alerts import AlertFilter
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.domain.message import (
    Message,
    MessageState,
    SendingTerms,
    accepted,
    claim_message,
    rejected_permanently,
)
from tocsin.delivery.domain.progress import BatchProgress, WorkKey
from tocsin.history.application.list_alerts import ListAlerts, SummarizeAlerts
from tocsin.history.application.read_alerts import ReadAlertStatus, ReadRecipients, RecipientRow
from tocsin.history.domain.alert_state import AlertState, alert_state
from tocsin.identity.domain.api_key import KeyKind, Right
from tocsin.kernel.domain.errors import Forbidden, InvalidRequest, NotFound
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.responses.domain.response import Response

READER = a_key("reader", rights=frozenset({Right.READ_ALERTS}))


class Hall:
    """A desk, workers, and somebody who reads."""

    def __init__(self) -> None:
        self.desk = Desk()
        self.messages = FakeMessageRows()
        self.responses = FakeResponses()
        sealer = FakeSealer()
        self.list = ListAlerts(self.desk.alerts, self.desk.work, self.responses, FakeEscalations(), self.desk.clock)
        self.sums = SummarizeAlerts(self.desk.alerts, self.desk.work, self.responses, self.desk.clock)
        self.status = ReadAlertStatus(self.desk.alerts, self.desk.work, self.responses, self.desk.clock)
        self.recipients = ReadRecipients(self.desk.alerts, self.messages, self.responses, sealer, self.desk.clock)

    def alert(self, texts: int = 1, mails: int = 0, kind: KeyKind = KeyKind.LIVE) -> Alert:
        elements = [an_sms(*(f"+4477{n:08}" for n in range(texts)), tag="text")]
        elements += [an_email(*(f"p{n}@x.org" for n in range(mails)), tag="mail")] if mails else []
        self.desk.clock.advance(timedelta(seconds=1))
        return self.desk.alert(self.desk.send(*elements, key=a_key(kind=kind)))

    def work(self, alert: Alert, fate: Callable[[Message, datetime], Message], every: int = 1) -> None:
        """Have a worker bring every n-th message of the alert to an end, and count."""
        now = self.desk.clock()
        terms = SendingTerms(alert.send_before, cancelled=False, claim_for=timedelta(seconds=30))
        for batch in alert.batches():
            for position in batch.positions:
                if position % every == 0:
                    claimed = claim_message(None, position, now, terms)
                    assert isinstance(claimed, Message)
                    self.messages.save(batch.key, [claimed])
                    self.messages.save(batch.key, [fate(claimed, now)])
            over = self.desk.work.rows[WorkKey.of(batch)][batch.number]
            progress = BatchProgress.of(batch, self.messages.load(batch.key, batch.positions))
            assert self.desk.work.record(batch, progress, over)

    def walk(
        self, ref: AlertRef, limit: int = 100, state: MessageState | None = None, channel: Channel | None = None
    ) -> list[RecipientRow]:
        rows: list[RecipientRow] = []
        cursor = None
        while True:
            page = self.recipients(READER, ref, state=state, channel=channel, limit=limit, cursor=cursor)
            assert len(page.rows) <= limit
            rows += page.rows
            if page.next is None:
                return rows
            cursor = page.next


def sent(message: Message, now: datetime) -> Message:
    return accepted(message, "p1", now)


def failed(message: Message, now: datetime) -> Message:
    return rejected_permanently(message, "invalid_number", now)


@pytest.fixture
def hall() -> Hall:
    return Hall()


# --- the list, by state, and the sums -----------------------------------------------------------------------------


def listed(hall: Hall, limit: int, **wanted: object) -> tuple[list[AlertRef], int]:
    """Walk the list; return what it showed, and in how many pages."""
    refs: list[AlertRef] = []
    pages, cursor = 0, None
    while pages == 0 or cursor is not None:
        page = hall.list(READER, limit=limit, cursor=cursor, **wanted)  # type: ignore[arg-type]
        assert len(page.entries) <= limit
        refs += [entry.alert.ref for entry in page.entries]
        cursor, pages = page.next, pages + 1
    return refs, pages


@pytest.mark.parametrize("limit", [1, 2, 20, 100])
def test_alerts_are_listed_by_their_state(hall: Hall, limit: int) -> None:
    alerts = [hall.alert(2) for _ in range(7)]
    hall.work(alerts[1], sent)
    hall.work(alerts[4], sent)
    hall.work(alerts[2], sent, every=2)
    hall.desk.alerts.cancel(alerts[4].tenant, alerts[4].ref, hall.desk.clock())

    in_state = {state: listed(hall, limit, state=state)[0] for state in AlertState}

    assert in_state == {
        AlertState.ACCEPTED: [alerts[n].ref for n in (6, 5, 3, 0)],
        AlertState.DISPATCHING: [alerts[2].ref],
        AlertState.COMPLETED: [alerts[1].ref],
        AlertState.CANCELLED: [alerts[4].ref],
        AlertState.EXPIRED: [],
    }


def test_a_page_by_state_reads_the_progress_of_a_hundred_alerts_at_most(hall: Hall) -> None:
    oldest = hall.alert()
    hall.work(oldest, sent)
    for _ in range(120):
        hall.alert()

    first = hall.list(READER, limit=50, state=AlertState.COMPLETED)
    assert (list(first.entries), first.next is not None) == ([], True)
    rest = hall.list(READER, limit=50, state=AlertState.COMPLETED, cursor=first.next)
    assert ([entry.alert.ref for entry in rest.entries], rest.next) == ([oldest.ref], None)
    assert listed(hall, 50, state=AlertState.ACCEPTED)[1] == 3


def test_the_alerts_of_one_reference_are_added_up(hall: Hall) -> None:
    mine = [hall.alert(2, mails=1) for _ in range(3)]
    hall.work(mine[0], sent)
    hall.work(mine[1], failed, every=2)
    for n in range(2):
        key = next(mine[0].batches()).key
        hall.responses.add(
            Response(key, n, ResponseKind.SMS, f"in-{n}", "+447700900001", None, hall.desk.clock(), "ok")
        )

    sums = hall.sums(READER, AlertFilter(client_ref="ref-1"))

    assert (sums.alerts, sums.recipients, sums.responses, sums.next) == (3, 9, 2, None)
    assert {state.value: n for state, n in sums.counts.items() if n} == {"sent": 3, "failed": 2, "queued": 4}
    assert set(sums.counts) == set(MessageState)
    assert hall.sums(READER, AlertFilter(client_ref="other")).alerts == 0


def test_sums_are_of_a_hundred_alerts_and_go_on_from_there(hall: Hall) -> None:
    for _ in range(120):
        hall.alert()
    wanted = AlertFilter(client_ref="ref-1")
    first = hall.sums(READER, wanted)
    assert first.next is not None
    rest = hall.sums(READER, wanted, first.next)
    assert ([first.alerts, rest.alerts], rest.next) == ([100, 20], None)
    assert first.counts[MessageState.QUEUED] + rest.counts[MessageState.QUEUED] == 120


def test_sums_stop_after_many_receivers(hall: Hall) -> None:
    for _ in range(25):
        hall.alert(2600)
    first = hall.sums(READER, AlertFilter(client_ref="ref-1"))
    assert (first.alerts, first.next is not None) == (20, True)


# --- who sees what ------------------------------------------------------------------------------------------------


def test_a_key_without_the_right_reads_nothing(hall: Hall) -> None:
    ref = hall.alert().ref
    for read in (
        lambda: hall.list(a_key()),
        lambda: hall.list(a_key(), state=AlertState.ACCEPTED),
        lambda: hall.sums(a_key(), AlertFilter(client_ref="ref-1")),
        lambda: hall.status(a_key(), ref),
        lambda: hall.recipients(a_key(), ref),
    ):
        with pytest.raises(Forbidden) as caught:
            read()
        assert caught.value.right == "canReadAlerts"


def test_s_1_what_belongs_to_others_is_not_there(hall: Hall) -> None:
    live = hall.alert().ref
    foreigner = replace(READER, tenant=TenantId("evil"))
    sandbox = replace(READER, kind=KeyKind.SANDBOX)
    for key, ref in ((foreigner, live), (sandbox, live), (READER, AlertRef("nonesuch"))):
        with pytest.raises(NotFound):
            hall.status(key, ref)
        with pytest.raises(NotFound):
            hall.recipients(key, ref)
        if key is not READER:
            assert not hall.list(key).entries


def test_ah_123_an_alert_whose_lifetime_is_over_is_gone(hall: Hall) -> None:
    ref = hall.alert().ref
    hall.desk.clock.advance(timedelta(days=30))
    with pytest.raises(NotFound):
        hall.status(READER, ref)
    with pytest.raises(NotFound):
        hall.recipients(READER, ref)
    assert not hall.list(READER).entries


# --- list ---------------------------------------------------------------------------------------------------------


def test_a_6_the_list_is_walked_newest_first(hall: Hall) -> None:
    refs = [hall.alert().ref for _ in range(5)]
    hall.alert(kind=KeyKind.SANDBOX)
    first = hall.list(READER, limit=3)
    second = hall.list(READER, limit=3, cursor=first.next)
    assert [entry.alert.ref for entry in (*first.entries, *second.entries)] == refs[::-1]
    assert second.next is None


# --- status -------------------------------------------------------------------------------------------------------


def test_the_counts_follow_the_messages(hall: Hall) -> None:
    alert = hall.alert(texts=60, mails=3)
    before = hall.status(READER, alert.ref)
    assert (before.state, before.counts[MessageState.QUEUED]) == (AlertState.ACCEPTED, 63)
    assert set(before.counts) == set(MessageState)

    hall.work(alert, failed, every=2)
    halfway = hall.status(READER, alert.ref)
    assert halfway.state is AlertState.DISPATCHING
    assert (halfway.counts[MessageState.FAILED], halfway.counts[MessageState.QUEUED]) == (32, 31)
    assert sum(halfway.counts.values()) == 63


def test_an_alert_is_completed_when_nothing_is_owed(hall: Hall) -> None:
    alert = hall.alert(texts=30)
    hall.work(alert, sent)
    status = hall.status(READER, alert.ref)
    assert (status.state, status.counts[MessageState.SENT]) == (AlertState.COMPLETED, 30)


S = MessageState


@pytest.mark.parametrize(
    ("counts", "state"),
    [
        ({S.QUEUED: 3}, AlertState.ACCEPTED),
        ({S.QUEUED: 2, S.SENT: 1}, AlertState.DISPATCHING),
        ({S.SENT: 2, S.UNKNOWN: 1}, AlertState.DISPATCHING),
        ({S.SENT: 2, S.RETRY_WAIT: 1}, AlertState.DISPATCHING),
        ({S.DELIVERED: 2, S.FAILED: 1, S.QUEUED: 0}, AlertState.COMPLETED),
        ({S.SENT: 2, S.EXPIRED: 1}, AlertState.COMPLETED),
        ({S.EXPIRED: 3}, AlertState.EXPIRED),
    ],
)
def test_an_alert_stands_where_its_messages_stand(
    hall: Hall, counts: dict[MessageState, int], state: AlertState
) -> None:
    alert = hall.alert()
    assert alert_state(alert, counts) is state
    assert alert_state(replace(alert, cancelled_at=NOON), counts) is AlertState.CANCELLED


# --- recipients ---------------------------------------------------------------------------------------------------


def test_a_receiver_is_shown_with_what_became_of_the_message(hall: Hall) -> None:
    alert = hall.alert(texts=2)
    hall.desk.clock.advance(timedelta(minutes=1))
    hall.work(alert, failed, every=2)
    done, waiting = hall.walk(alert.ref)
    assert done == RecipientRow(
        address="+447700000000",
        contact_id=None,
        channel=Channel.SMS,
        tag="text",
        state=MessageState.FAILED,
        reason="invalid_number",
        attempts=1,
        provider_id=None,
        possible_duplicate=False,
        updated_at=hall.desk.clock(),
        segments=1,
        place="~0.0.0",
    )
    assert (waiting.state, waiting.attempts, waiting.updated_at) == (MessageState.QUEUED, 0, alert.accepted_at)


def test_a_receiver_who_sleeps_is_shown_with_when_the_message_is_released(hall: Hall) -> None:
    alert = hall.alert()
    (batch,) = alert.batches()
    release = NOON + timedelta(hours=9)
    terms = SendingTerms(release + timedelta(hours=4), False, timedelta(seconds=30), release, "quiet_hours")
    held = claim_message(None, 0, hall.desk.clock(), terms)
    assert isinstance(held, Message)
    hall.messages.save(batch.key, [held])

    (row,) = hall.walk(alert.ref)

    assert (row.state, row.reason, row.attempts, row.held_until) == (S.HELD, "quiet_hours", 0, release)


BIG = Hall()
BIG_ALERT = BIG.alert(texts=520, mails=30)
BIG.work(BIG_ALERT, sent, every=3)
EVERYBODY = [f"+4477{n:08}" for n in range(520)] + [f"p{n}@x.org" for n in range(30)]


@given(
    st.integers(1, 120),
    st.sampled_from([None, Channel.SMS, Channel.EMAIL, Channel.CALL]),
    st.sampled_from([None, MessageState.SENT, MessageState.QUEUED, MessageState.FAILED]),
)
def test_a_6_a_walk_meets_every_receiver_once_and_in_order(
    limit: int, channel: Channel | None, state: MessageState | None
) -> None:
    expected = [
        address
        for n, address in enumerate(EVERYBODY)
        if channel in {None, Channel.EMAIL if "@" in address else Channel.SMS}
        and state in {None, MessageState.SENT if (n if n < 520 else n - 520) % 250 % 3 == 0 else MessageState.QUEUED}
    ]
    walked = BIG.walk(BIG_ALERT.ref, limit=min(limit, 100), state=state, channel=channel)
    assert [row.address for row in walked] == expected


def test_a_5_a_page_holds_at_most_a_hundred(hall: Hall) -> None:
    ref = hall.alert(texts=150).ref
    assert len(hall.recipients(READER, ref, limit=10_000).rows) == 100
    assert len(hall.recipients(READER, ref, limit=0).rows) == 1


def test_a_5_a_filter_nobody_matches_gives_empty_pages_and_not_a_long_wait(hall: Hall) -> None:
    ref = hall.alert(texts=5_000).ref
    page = hall.recipients(READER, ref, state=MessageState.FAILED)
    assert page.rows == ()
    assert page.next is not None
    assert hall.walk(ref, state=MessageState.FAILED) == []


def test_a_6_a_cursor_is_good_for_its_own_list_only(hall: Hall) -> None:
    alert, other = hall.alert(texts=5), hall.alert(texts=5)
    cursor = hall.recipients(READER, alert.ref, limit=2).next
    assert cursor is not None
    hall.recipients(READER, alert.ref, limit=4, cursor=cursor)
    tampered = ("A" if cursor[0] != "A" else "B") + cursor[1:]
    reads: list[Callable[[], object]] = [
        lambda: hall.recipients(READER, other.ref, cursor=cursor),
        lambda: hall.recipients(READER, alert.ref, state=MessageState.SENT, cursor=cursor),
        lambda: hall.recipients(READER, alert.ref, channel=Channel.SMS, cursor=cursor),
        *(
            partial(hall.recipients, READER, alert.ref, cursor=forged)
            for forged in (tampered, f"{cursor[:-2]}9", "é", "x" * 5_000)
        ),
    ]
    for read in reads:
        with pytest.raises(InvalidRequest) as caught:
            read()
        assert caught.value.faults[0].code == "INVALID_CURSOR"


def test_s_1_a_cursor_of_one_tenant_is_nothing_to_another(hall: Hall) -> None:
    alert = hall.alert(texts=5)
    cursor = hall.recipients(READER, alert.ref, limit=2).next
    evil = TenantId("evil")
    hall.desk.alerts.alerts[evil, alert.ref] = replace(alert, tenant=evil)
    with pytest.raises(InvalidRequest):
        hall.recipients(replace(READER, tenant=evil), alert.ref, cursor=cursor)


def test_a_contact_is_shown_with_its_id(hall: Hall) -> None:
    alert = hall.alert()
    (key,) = {batch.key for batch in alert.batches()}
    hall.desk.alerts.chunks[key] = (replace(hall.desk.alerts.chunks[key][0], contact_id="ana"),)
    assert hall.walk(alert.ref)[0].contact_id == "ana"
