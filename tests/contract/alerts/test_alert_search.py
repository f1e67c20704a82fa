"""AlertRepository: the alerts of a receiver, a title or a sender are found among others (decided 2.18)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.contract.alert_path import ACME, KEY, NOON, OTHER, AlertPath, an_acceptance, number
from tests.fakes.sealer import FakeSealer
from tocsin.adapters.dynamodb.alerts import alerts
from tocsin.adapters.dynamodb.alerts.alert_row import head
from tocsin.adapters.dynamodb.alerts.keys import META, alert_pk
from tocsin.adapters.dynamodb.alerts.receiver_filter import ReceiverSought, filter_of
from tocsin.adapters.dynamodb.table.actions import update
from tocsin.adapters.dynamodb.table.rows import key as row_key
from tocsin.adapters.dynamodb.table.sealing import seal
from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.domain.headline import SenderKind, SentBy
from tocsin.alerts.ports.alerts import Acceptance, AlertFilter
from tocsin.contacts.domain.recipient import Recipient
from tocsin.identity.domain.visibility import ActingPerson, Range
from tocsin.kernel.domain.ids import AlertRef, CompanyId, UserId

ANA, BEN = "+447700900999", "ben@example.org"


def found(world: AlertPath, limit: int = 9, **wanted: Any) -> list[str]:
    """Walk the list with a filter and return the client references."""
    names: list[str] = []
    cursor = None
    while True:
        page = world.alerts.newest(
            ACME, sandbox=False, limit=limit, after=cursor, now=NOON, wanted=AlertFilter(**wanted)
        )
        names += [alert.client_ref for alert in page.alerts]
        cursor = page.next
        if cursor is None:
            return names


def put(
    world: AlertPath, name: str, minute: int, *sizes: int, to: str = "", contact: str = "c-ana", **facts: Any
) -> Alert:
    """Accept an alert; `to` is the last receiver of its last chunk, and `contact` the contact of that receiver."""
    call = an_acceptance(*(sizes or (1,)), at=NOON + timedelta(minutes=minute), client_ref=name, tenant=ACME)
    alert = replace(call.alert, **facts)
    chunks = dict(call.chunks)
    if to:
        *_, last = chunks
        chunks[last] = (*chunks[last][:-1], Recipient(to, contact))
    world.alerts.accept(replace(call, alert=alert, chunks=chunks))
    return alert


@pytest.mark.parametrize("limit", [2, 9])
def test_decided_2_18_a_receiver_picks_their_alerts_out_of_others(world: AlertPath, limit: int) -> None:
    put(world, "one row", 0, 2, to=ANA)
    put(world, "others", 1, 3)
    put(world, "second element, second chunk", 2, 2, 260, to=ANA)
    put(world, "a mail", 3, 1, 1, to=BEN)
    for n in range(30):  # more than are looked at together
        put(world, "more others", 4 + n)
    put(world, "the newest", 40, 1, to=ANA)

    assert found(world, limit, receiver=ANA) == ["the newest", "second element, second chunk", "one row"]
    assert found(world, limit, receiver=BEN) == ["a mail"]
    assert found(world, limit, receiver="nobody@example.org") == []
    assert found(world, limit, receiver=ANA, client_ref="one row") == ["one row"]


def test_decided_2_18_the_beginning_of_a_title_counts_in_any_case(world: AlertPath) -> None:
    put(world, "a", 0, title="Straße 7 gesperrt")
    put(world, "b", 1, title="Trunk down")
    put(world, "trunk-9", 2)

    assert found(world, title="STRASSE 7") == ["a"]
    assert found(world, title="trunk") == ["trunk-9", "b"]
    assert found(world, title="down") == []


def test_decided_2_18_who_sent_an_alert_is_a_key_or_a_person(world: AlertPath) -> None:
    put(world, "a", 0)
    put(world, "b", 1, sent_by=SentBy(SenderKind.KEY, KEY, "Control room"))
    put(world, "c", 2, sent_by=SentBy(SenderKind.USER, "u7", "Ana"))

    assert found(world, sent_by=KEY) == ["b", "a"]
    assert found(world, sent_by="u7") == ["c"]


def a_person(*companies: str, mailbox: str | None = None, contacts: frozenset[str] = frozenset()) -> ActingPerson:
    range = Range(companies=frozenset(map(CompanyId, companies)), user=UserId("u7"))
    return ActingPerson(UserId("u7"), "Ana", range, mailbox, contacts)


@pytest.mark.parametrize("limit", [2, 9])
def test_decided_2_1_a_person_finds_the_alerts_of_their_range_and_where_they_received_others(
    world: AlertPath, limit: int
) -> None:
    put(world, "theirs", 0, sent_by=SentBy(SenderKind.USER, UserId("u7"), "Ana"))
    put(world, "the company's", 1, company=CompanyId("north"), to=ANA)
    put(world, "a key's", 2)
    put(world, "another company's", 3, company=CompanyId("south"))
    mailed = put(world, "received", 4, 2, 260, to=BEN, company=CompanyId("south"))
    put(world, "received by others", 5, to=ANA, company=CompanyId("south"))

    both = a_person("north", mailbox=BEN)
    assert found(world, limit, person=a_person("north")) == ["the company's", "theirs"]
    assert found(world, limit, person=both) == ["received", "the company's", "theirs"]
    page = world.alerts.newest(ACME, sandbox=False, limit=9, after=None, now=NOON, wanted=AlertFilter(person=both))
    ((ref, own),) = page.received.items()
    ((key, position),) = own
    assert (ref, key.item, key.chunk, position) == (mailed.ref, 1, 1, 9)

    # who asks for the alerts of another receiver is told of those in range only
    assert found(world, limit, person=both, receiver=ANA) == ["the company's"]
    assert found(world, limit, person=both, receiver=BEN) == ["received"]
    assert found(world, limit, person=a_person()) == ["theirs"]


@pytest.mark.parametrize("limit", [1, 9])
def test_decided_2_1_alerts_that_went_to_a_linked_contact_are_found_where_it_received_them(
    world: AlertPath, limit: int
) -> None:
    texted = put(world, "texted", 0, 2, 260, to=ANA, company=CompanyId("south"))
    put(world, "mailed", 1, to=BEN, company=CompanyId("south"), contact="c-ben")
    put(world, "to neither", 2, 3, company=CompanyId("south"))
    put(world, "the company's", 3, to=ANA, company=CompanyId("north"))

    linked = a_person("north", mailbox=BEN, contacts=frozenset({"c-ana"}))
    assert found(world, limit, person=linked) == ["the company's", "mailed", "texted"]
    page = world.alerts.newest(ACME, sandbox=False, limit=9, after=None, now=NOON, wanted=AlertFilter(person=linked))
    ((key, position),) = page.received[texted.ref]
    assert (key.item, key.chunk, position) == (1, 1, 9)
    assert len(page.received) == 2

    assert found(world, limit, person=linked, receiver=ANA) == ["the company's", "texted"]
    assert found(world, limit, person=linked, receiver=BEN) == ["mailed"]
    assert found(world, limit, person=linked, receiver=number(0)) == []
    assert found(world, limit, person=a_person(contacts=frozenset({"c-eve"}))) == []


def test_the_alerts_of_a_receiver_are_their_own_tenants(world: AlertPath) -> None:
    call = an_acceptance(2, tenant=OTHER)
    world.alerts.accept(call)
    assert found(world, receiver=number(0)) == []


def test_an_alert_of_an_earlier_version_is_looked_into(real: AlertPath) -> None:
    # given an alert whose row has no filter
    alert = put(real, "old", 0, 300, to=ANA)
    key = row_key(alert_pk(ACME, alert.ref), META)
    parts = head(alert, "")
    del parts[4]["receivers"]
    sealed = seal(FakeSealer(), ACME, key, parts, "head")
    real.table.write(update(key, "SET head = :head", "", {":head": sealed["head"]}))

    assert found(real, receiver=ANA) == ["old"]
    assert found(real, receiver=BEN) == []


def test_a_search_by_receiver_reads_no_more_chunks_than_it_may(
    real: AlertPath, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given more alerts of a receiver than are looked into at once, and a page that may look into few
    for n in range(30):
        put(real, str(n), n, to=ANA)
    monkeypatch.setattr(alerts, "CHUNKS_SEEN", 10)

    wanted = AlertFilter(receiver=ANA)
    page = real.alerts.newest(ACME, sandbox=False, limit=100, after=None, now=NOON, wanted=wanted)

    assert [alert.client_ref for alert in page.alerts] == [str(n) for n in range(29, 4, -1)]
    rest = real.alerts.newest(ACME, sandbox=False, limit=100, after=page.next, now=NOON, wanted=wanted)
    assert ([alert.client_ref for alert in rest.alerts], rest.next) == (list("43210"), None)


def test_recipients_of_several_chunks_come_together(world: AlertPath) -> None:
    calls = [an_acceptance(2), an_acceptance(260, 1), an_acceptance(30)]
    for call in calls:
        world.alerts.accept(call)
    wanted = {key: tuple(those) for call in calls for key, those in call.chunks.items()}
    missing = replace(next(iter(wanted)), item=7)

    read = world.alerts.recipients_of([*wanted, missing])

    assert {key: tuple(those) for key, those in read.items()} == wanted
    assert world.alerts.recipients_of([]) == {}


def test_several_alerts_are_read_together_without_contents(world: AlertPath) -> None:
    calls = [an_acceptance(2), an_acceptance(260, 1)]
    for call in calls:
        world.alerts.accept(call)
    world.alerts.cancel(ACME, calls[0].alert.ref, NOON)
    refs = [call.alert.ref for call in calls]

    found = world.alerts.without_contents(ACME, [*refs, AlertRef("nonesuch"), refs[0]])

    assert set(found) == set(refs)
    assert found[refs[0]].cancelled_at == NOON
    assert [item.content for item in found[refs[1]].items] == [None, None]
    assert replace(found[refs[1]], items=()) == replace(calls[1].alert, items=())
    assert world.alerts.without_contents(OTHER, refs) == world.alerts.without_contents(ACME, []) == {}


def test_a_filter_never_misses_a_receiver_and_seldom_lets_another_through() -> None:
    sealer = FakeSealer()
    filter = filter_of(sealer, ACME, (number(n) for n in range(1000)))
    assert all(ReceiverSought(sealer, ACME, number(n)).may_be_in(filter) for n in range(1000))
    others = sum(ReceiverSought(sealer, ACME, number(n)).may_be_in(filter) for n in range(1000, 6000))
    assert 20 < others < 120  # 1.2 % of 5,000 are 60
    assert not ReceiverSought(sealer, OTHER, number(1)).may_be_in(filter_of(sealer, ACME, [number(1)]))


def test_a_filter_is_short() -> None:
    sizes = {n: len(filter_of(FakeSealer(), ACME, map(number, range(n)))) for n in (0, 1, 25, 1000)}
    assert sizes == {0: 4, 1: 4, 25: 44, 1000: 1668}


def test_an_alert_without_recipients_is_found_by_no_receiver(world: AlertPath) -> None:
    call = an_acceptance(0)
    world.alerts.accept(Acceptance(call.alert, {}))
    assert found(world, receiver=ANA) == []
