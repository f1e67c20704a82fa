from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import number, sms
from tests.fakes.providers import LoseReply
from tests.fakes.time import NOON
from tests.unit.delivery.stand import Stand
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.delivery.application.record_receipts import ReceiptOutcome, ReceiptResult
from tocsin.delivery.domain.message import Message, MessageState, Receipt
from tocsin.delivery.domain.message_id import MessageId
from tocsin.delivery.domain.progress import total
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import AlertRef, TenantId, time_ordered_uuid

ANA = number(1)
DELIVERED = Receipt(1, MessageState.DELIVERED, provider_id="p-1")

_IDS = st.builds(
    MessageId,
    st.builds(
        ChunkKey,
        st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=4, max_size=20).map(TenantId),
        st.integers(0, 2**47).map(lambda n: AlertRef(time_ordered_uuid(NOON, n.to_bytes(10, "big")))),
        st.integers(0, 24),
        st.integers(0, 39),
    ),
    st.integers(0, 249),
    st.integers(1, 20),
)


@given(_IDS)
def test_an_id_comes_back_from_its_text(id: MessageId) -> None:
    text = str(id)

    assert MessageId.parse(text) == id
    assert len(text) <= 80


@pytest.mark.parametrize(
    "text",
    [
        "",
        "acme",
        "acme.a.0.0.0",
        "acme.a.0.0.0.1.2",
        "acme.a.0.0.0.x",
        "acme.a.0.0.00.1",
        "Acme.a.0.0.0.1",
        "acme.a.0.0.٣.1",
    ],
)
def test_what_is_not_an_id_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a message id"):
        MessageId.parse(text)


def sent(stand: Stand) -> MessageId:
    stand.dispatch()
    return stand.sms.calls[0].id


def process_receipts(stand: Stand, id: MessageId, receipt: Receipt) -> ReceiptOutcome:
    (outcome,) = stand.recorder([(id, receipt)])
    return outcome


def told(stand: Stand) -> list[str]:
    waiting = stand.events.collect(stand.alert.tenant, stand.alert.key_id, None, 999, stand.clock())
    return [event.event for event in waiting]


def test_delivery_is_recorded_and_told_once_however_often_it_is_reported() -> None:
    stand = Stand(sms(ANA))
    id = sent(stand)

    results = [process_receipts(stand, id, DELIVERED) for _ in range(3)]

    assert results == [ReceiptResult.RECORDED, ReceiptResult.NOTHING_NEW, ReceiptResult.NOTHING_NEW]
    assert stand.states() == ["delivered"]
    assert told(stand) == ["sent", "delivered"]


def test_the_providers_event_settles_a_message_whose_reply_was_lost() -> None:
    stand = Stand(sms(ANA))
    stand.sms.towards(ANA, LoseReply())

    process_receipts(stand, sent(stand), Receipt(1, MessageState.SENT, provider_id="p-1"))

    assert stand.states() == ["sent"]
    assert stand.row().provider_id == "p-1"
    assert stand.dispatch_progress.looks == {}


def test_a_repeat_makes_up_for_the_worker_that_died_before_it_reported() -> None:
    stand = Stand(sms(ANA))
    id = sent(stand)
    stand.dispatch_progress.outage.failing = 1
    assert isinstance(process_receipts(stand, id, DELIVERED), StorageUnavailable)

    assert process_receipts(stand, id, DELIVERED) is ReceiptResult.NOTHING_NEW

    assert told(stand) == ["sent", "delivered"]


def test_a_receipt_for_a_message_that_nobody_claimed_is_not_ours() -> None:
    stand = Stand(sms(ANA))

    result = process_receipts(stand, MessageId(stand.batch().key, 0, 1), DELIVERED)

    assert result is ReceiptResult.NOT_OURS
    assert stand.rows.rows == {}


def test_a_receipt_that_outlives_its_alert_is_forgotten_with_it() -> None:
    stand = Stand(sms(ANA))
    id = sent(stand)
    stand.clock.advance(timedelta(days=30))
    stand.alerts.chunks.clear()  # rows vanish one by one

    assert process_receipts(stand, id, DELIVERED) is ReceiptResult.FORGOTTEN
    assert process_receipts(stand, MessageId.parse("acme.none.0.0.0.1"), DELIVERED) is ReceiptResult.FORGOTTEN


# --- taken in together ----------------------------------------------------------------------------------------


def all_sent(stand: Stand) -> list[MessageId]:
    for batch in stand.alert.batches():
        stand.dispatch(stand.order(batch.number))
    stand.calls.clear()
    return [call.id for call in sorted(stand.sms.calls, key=lambda call: (call.id.key.chunk, call.id.position))]


def many(count: int) -> list[str]:
    return [number(n) for n in range(count)]


def test_receipts_of_one_poll_are_taken_in_by_chunk_and_told_by_work_row() -> None:
    # given 600 texts: three chunks, 24 slices, two work rows
    stand = Stand(sms(*many(600)))
    ids = all_sent(stand)

    outcomes = stand.recorder([(id, DELIVERED) for id in ids])

    assert outcomes == [ReceiptResult.RECORDED] * 600
    assert stand.states() == ["delivered"] * 600
    assert stand.calls == {
        "alerts.get": 1,
        "alerts.recipients": 3,
        "rows.load": 3,
        "rows.save": 3,
        "dispatch_progress.load": 2,
        "events.publish_all": 2,
        "dispatch_progress.record_all": 2,
    }


def test_rows_are_read_for_the_batches_that_were_told_of_and_what_lies_between_two_of_them() -> None:
    stand = Stand(sms(*many(250)))
    ids = all_sent(stand)

    stand.recorder([(ids[position], DELIVERED) for position in (3, 60, 240)])

    assert stand.calls["rows.load"] == 2  # 0..74 and 225..249


def test_several_receipts_of_one_message_come_to_the_same_together_as_one_by_one() -> None:
    together, apart = Stand(sms(ANA)), Stand(sms(ANA))
    of = [
        Receipt(1, MessageState.SENT, provider_id="p-1"),
        DELIVERED,
        Receipt(1, MessageState.FAILED, "bounced"),
        DELIVERED,
    ]

    outcomes = together.recorder([(sent(together), receipt) for receipt in of])

    assert outcomes == [
        process_receipts(apart, sent(apart) if n == 0 else apart.sms.calls[0].id, r) for n, r in enumerate(of)
    ]
    assert told(together) == told(apart) == ["sent", "delivered", "bounced"]


def test_of_strangers_among_them_nothing_comes() -> None:
    stand = Stand(sms(ANA))
    id = sent(stand)
    ids = [MessageId.parse(text) for text in ("acme.none.0.0.0.1", f"acme.{id.key.alert}.0.0.7.1")]

    outcomes = stand.recorder([(id, DELIVERED) for id in (*ids, id)])

    assert outcomes == [ReceiptResult.FORGOTTEN, ReceiptResult.NOT_OURS, ReceiptResult.RECORDED]


def test_a_chunk_that_cannot_be_read_fails_alone() -> None:
    stand = Stand(sms(*many(251)))
    ids = all_sent(stand)
    stand.rows.outage.failing = 1

    outcomes = stand.recorder([(ids[0], DELIVERED), (ids[250], DELIVERED)])

    assert isinstance(outcomes[0], StorageUnavailable)
    assert outcomes[1] is ReceiptResult.RECORDED


def test_a_row_that_nobody_can_read_does_not_drag_its_neighbours_to_the_dead_letters() -> None:
    stand = Stand(sms(*many(100)))
    ids = all_sent(stand)
    whole = stand.rows.load

    def torn(key: ChunkKey, positions: range) -> Mapping[int, Message]:
        if 0 in positions:
            raise ValueError("not a message log")
        return whole(key, positions)

    stand.rows.load = torn  # type: ignore[method-assign]

    outcomes = stand.recorder([(ids[position], DELIVERED) for position in (1, 30, 60)])

    assert isinstance(outcomes[0], ValueError)
    assert outcomes[1:] == [ReceiptResult.RECORDED] * 2


def test_what_there_is_no_time_for_comes_again() -> None:
    stand = Stand(sms(ANA))
    id = sent(stand)

    (outcome,) = stand.recorder([(id, DELIVERED)], lambda: timedelta(seconds=9))

    assert isinstance(outcome, TimeoutError)
    assert stand.states() == ["sent"]


def test_a_batch_that_somebody_reported_meanwhile_is_reported_on_top_of_that() -> None:
    # given two slices, of which another worker reports one between our look at the tallies and our replacement
    stand = Stand(sms(*many(50)))
    ids = all_sent(stand)
    replace_all = stand.dispatch_progress.record_all

    def conflict(changes: Any) -> Any:
        stand.dispatch_progress.record_all = replace_all  # type: ignore[method-assign]
        process_receipts(stand, ids[1], DELIVERED)
        return replace_all(changes)

    stand.dispatch_progress.record_all = conflict  # type: ignore[method-assign]

    stand.recorder([(ids[0], DELIVERED), (ids[30], DELIVERED)])

    assert Counter(told(stand)) == {"sent": 50, "delivered": 3}
    assert total(stand.dispatch_progress.of_alert(stand.alert.tenant, stand.alert.ref).values()) == {
        MessageState.SENT: 47,
        MessageState.DELIVERED: 3,
    }
