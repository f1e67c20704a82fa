"""Acceptance over every make of the stores: what was promised can be read back, whole, whatever its size."""

from __future__ import annotations

from datetime import timedelta

from tests.contract.alert_path import ACME, KEY, NOON, AlertPath
from tests.fakes.api_keys import FakeApiKeyRepository
from tests.fakes.dispatch_queue import FakeDispatchQueue
from tests.fakes.escalations import FakeEscalations
from tests.fakes.randomness import SeededRandomness
from tests.fakes.responses import FakeResponses
from tests.fakes.sealer import FakeSealer
from tests.fakes.stores import FakeStoredContentRepository
from tests.fakes.time import VirtualClock
from tests.unit.alerts.desk import a_claim, a_key, a_request, an_email, an_sms
from tocsin.alerts.application.prepare import PrepareSend
from tocsin.alerts.application.send import SendAlert
from tocsin.alerts.domain.alert import Lane
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.domain.message import MessageState
from tocsin.history.application.list_alerts import ListAlerts
from tocsin.history.application.read_alerts import ReadAlertStatus, ReadRecipients
from tocsin.identity.domain.api_key import ApiKey, Right
from tocsin.kernel.domain.ids import AlertRef


class Keys(FakeApiKeyRepository):
    """Reads the capacities where the world keeps them."""

    def __init__(self, world: AlertPath) -> None:
        super().__init__()
        self._world = world

    def remaining(self, *_: object) -> dict[Channel, int]:
        return {Channel.SMS: self._world.capacity(Channel.SMS)}


def a_reader(*limited: Channel) -> ApiKey:
    return a_key(KEY, tenant=ACME, rights=frozenset({Right.READ_ALERTS}), limited=frozenset(limited))


def a_desk(world: AlertPath, queue: FakeDispatchQueue | None = None) -> SendAlert:
    stores = FakeStoredContentRepository()
    queue = queue or FakeDispatchQueue()
    return SendAlert(PrepareSend(stores, SeededRandomness()), world.alerts, Keys(world), queue, VirtualClock(NOON))


def test_a_5_the_largest_call_is_one_transaction_and_is_read_back_whole(world: AlertPath) -> None:
    numbers = [f"+4477{n:08}" for n in range(9_000)]
    mails = [f"p{n}@x.org" for n in range(1_000)]
    texts = [an_sms(*numbers[n::22], tag=f"t{n}") for n in range(22)]
    posts = [an_email(*mails[n::3], tag=f"m{n}") for n in range(3)]
    world.set_capacity(Channel.SMS, 9_000)
    queue, clock, reader = FakeDispatchQueue(), VirtualClock(NOON), a_reader(Channel.SMS)

    result = a_desk(world, queue)(reader, a_request(*texts, *posts), a_claim())

    assert (result.success, sum(item.sent for item in result.items)) == (True, 10_000)
    assert world.capacity(Channel.SMS) == 0
    ref = AlertRef(result.alert_ref or "")
    status = ReadAlertStatus(world.alerts, world.work, world.responses, clock)(reader, ref)
    assert (status.counts[MessageState.QUEUED], status.alert.lane) == (10_000, Lane.BULK)
    assert [order.batch for order in queue.orders] == list(status.alert.batches())
    read = ReadRecipients(world.alerts, world.messages, world.responses, FakeSealer(), clock)
    page = read(reader, ref, channel=Channel.EMAIL)
    assert [row.address for row in page.rows] == mails[0::3][:100]
    listed = ListAlerts(world.alerts, world.work, FakeResponses(), FakeEscalations(), clock)
    assert [entry.alert.ref for entry in listed(reader).entries] == [ref]


def test_ah_24_the_capacity_that_is_left_decides_who_is_sent_to(world: AlertPath) -> None:
    world.set_capacity(Channel.SMS, 3)
    key, send = a_reader(Channel.SMS), a_desk(world)
    numbers = [f"+4477{n:08}" for n in range(5)]
    first = send(key, a_request(an_sms(*numbers)), a_claim())
    second = send(key, a_request(an_sms(*numbers)), a_claim("twice"))
    assert [(i.sent, i.remaining) for i in (*first.items, *second.items)] == [(3, 0), (0, 0)]
    assert second.alert_ref is None
    assert send(key, a_request(an_sms(*numbers)), a_claim()) == first


def test_a_1_a_repeat_within_a_day_gets_the_stored_answer(world: AlertPath) -> None:
    clock = VirtualClock(NOON)
    stores, queue = FakeStoredContentRepository(), FakeDispatchQueue()
    send = SendAlert(PrepareSend(stores, SeededRandomness()), world.alerts, Keys(world), queue, clock)
    first = send(a_reader(), a_request(an_email("ana@x.org", "bad")), a_claim())
    clock.advance(timedelta(hours=23))
    assert send(a_reader(), a_request(an_email("ana@x.org", "bad")), a_claim()) == first
    clock.advance(timedelta(hours=2))
    assert send(a_reader(), a_request(an_email("ana@x.org", "bad")), a_claim()).alert_ref != first.alert_ref
