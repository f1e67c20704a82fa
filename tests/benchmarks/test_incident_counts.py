"""What a page of an incident may read, counted over moto: a poll that finds nothing new, and a page of many people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.benchmarks.test_counts import Counting
from tests.builders import an_acceptance, email, number, sms
from tests.contract.cloud import Cloud, cloud
from tests.contract.partiql import MotoWithPartiQl
from tests.fakes.sealer import FakeSealer
from tests.fakes.time import NOON
from tests.unit.alerts.desk import a_key
from tocsin.bootstrap.storage import Storage, StoreClients
from tocsin.history.application.incident import ReadIncident
from tocsin.history.application.incident_people import ReadPeople
from tocsin.identity.domain.api_key import Right

READER = a_key("reader", rights=frozenset({Right.READ_ALERTS}))


@pytest.fixture
def moto() -> Iterator[Cloud]:
    with cloud("moto") as c:
        yield c


def world(moto: Cloud) -> tuple[Counting, Storage, ReadIncident]:
    client = Counting(MotoWithPartiQl(moto.dynamodb))
    storage = Storage(
        StoreClients(client, moto.kms, moto.s3), table_name=moto.table_name, key_id="", bucket_name=moto.bucket
    )
    storage.sealer = FakeSealer()
    people = ReadPeople(storage.alerts, storage.message_rows, storage.answer_overview, storage.sealer)
    read = ReadIncident(
        storage.alerts, storage.dispatch_progress, storage.answer_overview, storage.escalations, people, lambda: NOON
    )
    return client, storage, read


@pytest.mark.parametrize("receivers", [14, 10_000])
def test_console_3_3_a_poll_is_six_reads_at_most_and_one_of_them_a_query(moto: Cloud, receivers: int) -> None:
    client, storage, read = world(moto)
    texts = an_acceptance(sms(*map(number, range(receivers))))
    storage.alerts.accept(texts)
    client.calls.clear()

    look = read.look(READER, texts.alert.ref)

    assert client.calls["query"] == 1
    assert client.calls.total() <= 6
    assert client.calls == (
        Counter(batch_get_item=3, query=1) if receivers == 14 else Counter(batch_get_item=2, query=1)
    )

    # and a page of ten thousand people costs what one of fourteen costs
    client.calls.clear()
    page = read.show(look).people
    assert (len(page.rows), page.total) == (min(receivers, 100), receivers)
    reads = {14: Counter(query=2, get_item=2, batch_get_item=2), 10_000: Counter(query=3, get_item=1, batch_get_item=1)}
    assert client.calls == reads[receivers]


def test_console_3_3_people_of_several_elements_are_known_from_one_read_of_all_chunks(moto: Cloud) -> None:
    client, storage, read = world(moto)
    both = an_acceptance(sms(*map(number, range(600))), email(*(f"p{n}@example.org" for n in range(600))))
    storage.alerts.accept(both)
    first = read.show(read.look(READER, both.alert.ref)).people
    client.calls.clear()

    again = read.show(read.look(READER, both.alert.ref), cursor=first.next).people

    assert (first.total, len(again.rows)) == (600, 100)
    assert [len(person.messages) for person in again.rows] == [2] * 100
    # the look: alert, progress, answers; the page: marks, newest answers, contents, two chunks of people, their rows
    assert client.calls == Counter(batch_get_item=3, query=5, get_item=1)
