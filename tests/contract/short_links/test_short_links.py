"""ShortLinks: a code leads to one message, and a retry changes nothing but the time of its try."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.contract.cloud import Cloud
from tests.contract.core_table import fresh_table
from tests.contract.partiql import MotoWithPartiQl
from tests.fakes.short_links import FakeShortLinks
from tests.fakes.tenant_guard import TenantGuard
from tests.fakes.time import NOON
from tocsin.adapters.dynamodb.short_links import DynamoDbShortLinks
from tocsin.adapters.dynamodb.table.client import Backoff
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.content.domain.short_url import code_of
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.short_links.domain.short_link import ShortLink
from tocsin.short_links.ports import ShortLinks

CHUNK = ChunkKey(TenantId("acme"), AlertRef("019aa3c4-5d00-7c8f-9b3a-2f6d1e4c7a90"), 1, 2)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def links(make: tuple[str, Cloud | None]) -> Iterator[ShortLinks]:
    name, clients = make
    if clients is None:
        yield FakeShortLinks()
        return
    client = MotoWithPartiQl(clients.dynamodb) if name == "moto" else clients.dynamodb
    with fresh_table(clients) as table:
        yield DynamoDbShortLinks(Table(TenantGuard(client), table, Backoff(sleep=lambda _: None)))


def a_link(position: int = 0, **changes: object) -> ShortLink:
    code = code_of(position.to_bytes(2, "big") * 16)
    return replace(ShortLink(code, CHUNK, position, NOON, NOON + timedelta(days=30)), **changes)  # type: ignore[arg-type]


def test_a_code_leads_to_its_message(links: ShortLinks) -> None:
    many = [a_link(n) for n in range(60)]
    links.add(many)
    assert [links.get(link.code) for link in many] == many


def test_a_link_without_an_end_has_none(links: ShortLinks) -> None:
    links.add([a_link(expires_at=None)])
    assert links.get(a_link().code) == a_link(expires_at=None)


def test_an_unknown_code_leads_nowhere(links: ShortLinks) -> None:
    assert links.get("x" * 12) is None


def test_adding_nothing_does_nothing(links: ShortLinks) -> None:
    links.add([])


def test_a_retry_renews_the_time_of_the_try_and_nothing_else(links: ShortLinks) -> None:
    # given links of which some were written by a try that failed
    links.add([a_link(n) for n in range(0, 30, 2)])

    # when the next try writes them all; what differs otherwise cannot be this message's
    again = [
        a_link(n, submitted_at=NOON + MINUTE, expires_at=NOON if n == 0 else NOON + timedelta(days=30))
        for n in range(30)
    ]
    links.add(again)

    assert links.get(a_link(0).code) == a_link(0, submitted_at=NOON + MINUTE)
    assert [links.get(link.code) for link in again[1:]] == again[1:]
