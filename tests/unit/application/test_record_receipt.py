from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import number, sms
from tests.fakes.providers import LoseReply
from tests.fakes.time import NOON
from tests.unit.application.stand import Stand
from tocsin.application.ports import MessageId
from tocsin.application.record_receipt import ReceiptResult
from tocsin.domain.alert import ChunkKey
from tocsin.domain.errors import StorageUnavailable
from tocsin.domain.ids import AlertRef, TenantId, time_ordered_uuid
from tocsin.domain.message import MessageState, Receipt

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


@settings(deadline=None)
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


def told(stand: Stand) -> list[str]:
    waiting = stand.events.collect(stand.alert.tenant, stand.alert.key_id, None, 99, stand.clock())
    return [event.event for event in waiting]


def test_delivery_is_recorded_and_told_once_however_often_it_is_reported() -> None:
    stand = Stand(sms(ANA))
    id = sent(stand)

    results = [stand.recorder(id, DELIVERED) for _ in range(3)]

    assert results == [ReceiptResult.RECORDED, ReceiptResult.NOTHING_NEW, ReceiptResult.NOTHING_NEW]
    assert stand.states() == ["delivered"]
    assert told(stand) == ["sent", "delivered"]


def test_the_providers_event_settles_a_message_whose_reply_was_lost() -> None:
    stand = Stand(sms(ANA))
    stand.sms.towards(ANA, LoseReply())

    stand.recorder(sent(stand), Receipt(1, MessageState.SENT, provider_id="p-1"))

    assert stand.states() == ["sent"]
    assert stand.row().provider_id == "p-1"
    assert stand.ledger.looks == {}


def test_a_repeat_makes_up_for_the_worker_that_died_before_it_reported() -> None:
    stand = Stand(sms(ANA))
    id = sent(stand)
    stand.ledger.outage.failing = 1
    with pytest.raises(StorageUnavailable):
        stand.recorder(id, DELIVERED)

    assert stand.recorder(id, DELIVERED) is ReceiptResult.NOTHING_NEW

    assert told(stand) == ["sent", "delivered"]


def test_a_receipt_for_a_message_that_nobody_claimed_is_not_ours() -> None:
    stand = Stand(sms(ANA))

    result = stand.recorder(MessageId(stand.piece().key, 0, 1), DELIVERED)

    assert result is ReceiptResult.NOT_OURS
    assert stand.rows.rows == {}


def test_a_receipt_that_outlives_its_alert_is_forgotten_with_it() -> None:
    stand = Stand(sms(ANA))
    id = sent(stand)
    stand.clock.advance(timedelta(days=30))
    stand.alerts.chunks.clear()  # rows vanish one by one

    assert stand.recorder(id, DELIVERED) is ReceiptResult.FORGOTTEN
    assert stand.recorder(MessageId.parse("acme.none.0.0.0.1"), DELIVERED) is ReceiptResult.FORGOTTEN
