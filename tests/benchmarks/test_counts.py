"""Budget 4 as a gate: calls and write units of one alert, counted over moto. Counts do not depend on the machine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.benchmarks.recording import action_units, kilobytes, row_units
from tests.benchmarks.statements import WrittenRows
from tests.builders import TENANT, an_acceptance, number, sms
from tests.contract.cloud import Cloud, cloud
from tests.contract.partiql import MotoWithPartiQl
from tests.fakes.dispatch_queue import FakeDispatchQueue
from tests.fakes.executor import OneHand
from tests.fakes.providers import FakeSmsSender
from tests.fakes.randomness import SeededRandomness
from tests.fakes.sealer import FakeSealer
from tests.fakes.time import VirtualClock
from tocsin.adapters.dynamodb.table.indexes import GSI1_INCLUDES
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.alerts.domain.dispatch_job import DispatchJob
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.alerts.ports.alerts import Acceptance
from tocsin.bootstrap.storage import Storage, StoreClients
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.application.channels import SmsChannel
from tocsin.delivery.application.dispatch_batch import DispatchBatch
from tocsin.delivery.application.guards import Guard
from tocsin.delivery.application.last_look import LastLook
from tocsin.delivery.domain.message import MessageState
from tocsin.delivery.domain.progress import total
from tocsin.identity.domain.notification import NotificationMode
from tocsin.kernel.domain.ids import AlertRef
from tocsin.privacy.application.erase_contact import HonourErasures
from tocsin.responses.domain.response import Response
from tocsin.responses.ports.responses import Kept
from tocsin.suppressions.application.suppress import Suppress

RECEIVERS = 100
BATCHES = 4


class Counting:
    """A DynamoDB client that counts calls and write units."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.calls: Counter[str] = Counter()
        self.units = 0
        self._rows = WrittenRows()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def counted(**asked: Any) -> Any:
            self.calls[name] += 1
            match name:
                case "transact_write_items":
                    self.units += sum(map(action_units, asked["TransactItems"]))
                case "batch_execute_statement":
                    self.units += sum(max(map(row_units, self._rows.around(one))) for one in asked["Statements"])
                case "batch_write_item":
                    rows = [row for of_table in asked["RequestItems"].values() for row in of_table]
                    self.units += sum(kilobytes(row["PutRequest"]["Item"]) for row in rows)
                case "put_item":
                    listed = {n: asked["Item"][n] for n in (*GSI1_INCLUDES, "pk", "sk", "gsi1pk") if n in asked["Item"]}
                    self.units += kilobytes(asked["Item"]) + ("gsi1pk" in listed) * kilobytes(listed)
                    self.units += "due" in asked["Item"]
                case "update_item":
                    return self._updated(asked)
            return getattr(self._client, name)(**asked)

        return counted

    def _updated(self, asked: dict[str, Any]) -> Any:
        """Do an update, and count the larger size of its row and the writes of the due index."""
        row = {"TableName": asked["TableName"], "Key": asked["Key"], "ConsistentRead": True}
        before = self._client.get_item(**row).get("Item", {})
        answer = self._client.update_item(**asked)
        after = self._client.get_item(**row).get("Item", {})
        self.units += max(kilobytes(before), kilobytes(after))
        if before.get("duesk") != after.get("duesk"):
            self.units += ("due" in before) + ("due" in after)
        return answer


@pytest.fixture
def moto() -> Iterator[Cloud]:
    with cloud("moto") as c:
        yield c


@pytest.mark.parametrize(("mode", "publications"), [(NotificationMode.POLL, 1), (NotificationMode.NONE, 0)])
def test_an_alert_to_many_costs_as_few_calls_and_units_as_was_promised(
    moto: Cloud, mode: NotificationMode, publications: int
) -> None:
    # given an alert to 100 receivers
    client, storage = _storage(moto)
    clock = VirtualClock()
    texts = sms(*(number(n) for n in range(RECEIVERS)))
    acceptance = an_acceptance(texts, at=clock(), notification=mode)
    storage.alerts.accept(acceptance)
    assert client.calls == {"transact_write_items": 1}

    # when one worker sends it
    guards: list[Guard] = [
        _last_look(storage),
    ]
    _dispatch(storage, clock, guards).dispatch_all(_orders(acceptance), lambda: timedelta(minutes=1))

    # then every slice cost three batches, and all of them one for publications if somebody wants to know, and a tally
    alert = acceptance.alert
    assert client.calls == Counter(
        transact_write_items=1,
        batch_get_item=BATCHES,  # who must not be contacted, whether the alert was cancelled or anybody was erased
        get_item=2,  # the alert and its one chunk
        put_item=BATCHES,  # claims
        batch_execute_statement=publications,
        update_item=2 * BATCHES + 2,  # outcomes of two waves; the last one closes the work row
    )
    assert total(storage.dispatch_progress.of_alert(TENANT, alert.ref).values()) == {MessageState.SENT: RECEIVERS}
    # and a pack is written three times, 8 units for 25 receivers; with everything else 51 units of poll, 43 of none
    assert client.units <= 43 + 8 * publications


@pytest.mark.parametrize(("receivers", "units"), [(1, 9), (10, 12)])
def test_a_small_alert_is_one_row(moto: Cloud, receivers: int, units: int) -> None:
    # given an alert of one batch, with a text of usual length and nothing else in its transaction
    client, storage = _storage(moto)
    clock = VirtualClock()
    text = (
        "Trunk 7 at Leeds exchange is down since 04:12. Please call the bridge on extension 4471 and say that you come."
    )
    acceptance = an_acceptance(sms(*map(number, range(receivers)), text=text), at=clock())

    # when it is accepted and sent, with the guards that ask the table about every alert
    before: list[int] = []
    storage.alerts.accept(acceptance)
    guards: list[Guard] = [
        _last_look(storage),
    ]
    dispatch = _dispatch(storage, clock, guards, lambda: before.append(client.calls.total()))
    dispatch.dispatch_all(_orders(acceptance), lambda: timedelta(minutes=1))

    # then it costs seven calls of the table; with the queue's two, six round trips come before the provider's
    assert max(before) == 4
    assert client.calls == Counter(
        put_item=2,  # the alert, its receivers and its progress; the result pack
        get_item=1,  # the same
        update_item=3,  # claim; outcome; progress, which closes the row
        batch_get_item=1,  # who must not be contacted, and whether anybody was erased
    )
    assert total(storage.dispatch_progress.of_alert(TENANT, acceptance.alert.ref).values()) == {
        MessageState.SENT: receivers
    }
    assert not storage.dispatch_progress.due(clock() + timedelta(days=1), 1)
    assert client.units == units


def _storage(moto: Cloud) -> tuple[Any, Storage]:
    client: Any = Counting(MotoWithPartiQl(moto.dynamodb))
    storage = Storage(
        StoreClients(client, moto.kms, moto.s3), table_name=moto.table_name, key_id="", bucket_name=moto.bucket
    )
    storage.sealer = FakeSealer()
    return client, storage


def _last_look(storage: Storage) -> LastLook:
    return LastLook(
        storage.last_looks,
        storage.message_rows,
        Suppress(storage.suppressions, storage.sealer),
        HonourErasures(storage.erasure_ledger, storage.sealer),
    )


def _dispatch(
    storage: Storage, clock: VirtualClock, guards: Sequence[Guard], on_taken: Callable[[], None] = lambda: None
) -> DispatchBatch:
    """Return a worker; `on_taken` hears of each text that the provider takes."""
    sender = FakeSmsSender(clock)
    sender.on_taken = lambda id, provider_id: on_taken()
    return DispatchBatch(
        storage.alerts,
        storage.message_rows,
        storage.dispatch_progress,
        storage.result_events,
        FakeDispatchQueue(),
        SmsChannel(sender, sender),
        guards,
        clock,
        SeededRandomness(),
        OneHand(),
    )


def _orders(acceptance: Acceptance) -> list[DispatchJob]:
    return [DispatchJob(batch, Channel.SMS, acceptance.alert.lane) for batch in acceptance.alert.batches()]


def test_an_answer_that_comes_again_is_known_without_a_read(moto: Cloud) -> None:
    client, storage = _storage(moto)
    key = ChunkKey(TENANT, AlertRef("0192f3f0-0000-7000-8000-000000000001"), 0, 0)
    answer = Response(
        key=key, position=7, kind=ResponseKind.SHORTLINK, natural_id="in-1", address=number(7), contact_id=None,
        at=VirtualClock()(), text="", matched=True, details={}, expires_at=None,
    )  # fmt: skip

    assert storage.responses.add(answer) == Kept(answer, fresh=True)
    again = storage.responses.add(replace(answer, at=answer.at + timedelta(minutes=1)))

    assert again == Kept(answer, fresh=False)
    assert client.calls == {"transact_write_items": 2}
