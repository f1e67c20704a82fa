"""Responses: each kept once however often it is delivered, beside its alert, until the alert is over."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

from tests.contract.alert_path import ACME, NOON, OTHER, AlertPath, number
from tocsin.adapters.dynamodb.alerts.keys import alert_pk
from tocsin.adapters.dynamodb.responses.responses import RESPONSE
from tocsin.adapters.dynamodb.table.actions import update
from tocsin.adapters.dynamodb.table.rows import key
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.alerts.domain.response_kind import Evidence, ResponseKind
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.responses.domain.response import Response
from tocsin.responses.ports.answer_overview import AnswerMark
from tocsin.responses.ports.responses import Kept, ResponseCounts

ALERT = AlertRef("0192f3f0-0000-7000-8000-000000000001")
NEXT = AlertRef("0192f3f0-0000-7000-8000-000000000002")
CHUNK = ChunkKey(ACME, ALERT, 0, 0)
MINUTE = timedelta(minutes=1)


def a_response(
    natural_id: str = "in-1",
    *,
    key: ChunkKey = CHUNK,
    position: int = 7,
    at: datetime = NOON,
    matched: bool = True,
    kind: ResponseKind = ResponseKind.SMS,
    expires_at: datetime | None = NOON + timedelta(days=30),
) -> Response:
    return Response(
        key=key,
        position=position,
        kind=kind,
        natural_id=natural_id,
        address=number(position),
        contact_id=f"c{position}" if position % 2 else None,
        at=at,
        text="on my way \N{FIRE ENGINE}",
        matched=matched,
        details={"spf": "pass"} if kind is ResponseKind.EMAIL else {},
        expires_at=expires_at,
    )


def listed(
    world: AlertPath, alert: AlertRef = ALERT, *, tenant: TenantId = ACME, page: int = 100, now: datetime = NOON
) -> list[Response]:
    found: list[Response] = []
    after: str | None = None
    while True:
        answer = world.responses.of_alert(tenant, alert, page, after, now)
        assert len(answer.responses) <= page
        found += answer.responses
        if (after := answer.next) is None:
            return found


def test_a_response_is_kept_as_it_came(world: AlertPath) -> None:
    kept = [
        a_response(),
        replace(a_response("in-2", position=8, kind=ResponseKind.EMAIL), late=True),
        replace(a_response("in-3", expires_at=None, kind=ResponseKind.SHORTLINK), evidence=Evidence.OPENED),
        replace(a_response("in-4", kind=ResponseKind.CALL), evidence=Evidence.PRESSED, not_ok=True),
        replace(a_response("in-5"), evidence=Evidence.CONFIRMED, reason="declined"),
    ]
    assert all(world.responses.add(response).fresh for response in kept)
    assert sorted(listed(world), key=lambda response: response.natural_id) == kept


def test_a_response_of_an_earlier_version_reads_as_written(real: AlertPath) -> None:
    response = replace(a_response(kind=ResponseKind.SHORTLINK), evidence=Evidence.CONFIRMED)
    real.responses.add(response)
    real.table.change(update(key(alert_pk(ACME, ALERT), f"{RESPONSE}{response.id}"), "REMOVE evidence"))
    assert listed(real) == [replace(response, evidence=Evidence.WROTE)]
    assert real.responses.count(ACME, ALERT, NOON) == ResponseCounts(1, 0)


def test_a_response_delivered_again_is_the_same_one(world: AlertPath) -> None:
    assert world.responses.add(a_response()) == Kept(a_response(), fresh=True)
    again = replace(a_response(at=NOON + MINUTE), text="something else")
    assert world.responses.add(again) == Kept(a_response(), fresh=False)
    assert listed(world) == [a_response()]
    assert world.responses.count(ACME, ALERT, NOON) == ResponseCounts(1, 0)


def test_ids_of_two_kinds_never_meet(world: AlertPath) -> None:
    assert world.responses.add(a_response("1", kind=ResponseKind.SMS)).fresh
    assert world.responses.add(a_response("1", kind=ResponseKind.SHORTLINK)).fresh
    assert len(listed(world)) == 2


def test_of_many_deliveries_at_once_one_is_kept(world: AlertPath) -> None:
    with ThreadPoolExecutor(8) as pool:
        added = list(pool.map(lambda _: world.responses.add(a_response()).fresh, range(8)))
    assert added.count(True) == 1
    assert len(listed(world)) == 1


def test_a_walk_meets_each_response_once_while_others_come(world: AlertPath) -> None:
    before = {f"in-{n}" for n in range(7)}
    for name in before:
        world.responses.add(a_response(name))
    first = world.responses.of_alert(ACME, ALERT, 3, None, NOON)
    for n in range(7, 12):
        world.responses.add(a_response(f"in-{n}"))

    rest: list[Response] = []
    after = first.next
    while after is not None:
        page = world.responses.of_alert(ACME, ALERT, 3, after, NOON)
        rest += page.responses
        after = page.next

    met = [response.natural_id for response in [*first.responses, *rest]]
    assert len(met) == len(set(met))
    assert before <= set(met)


def test_a_walk_ends_with_its_last_full_page(world: AlertPath) -> None:
    for n in range(4):
        world.responses.add(a_response(f"in-{n}"))
    page = world.responses.of_alert(ACME, ALERT, 4, None, NOON)
    assert (len(page.responses), page.next) == (4, None)


def test_who_responded_is_marked_with_the_first_time(world: AlertPath) -> None:
    world.responses.add(a_response("in-1", position=3, at=NOON + MINUTE))
    world.responses.add(a_response("in-2", position=3, at=NOON + 2 * MINUTE))
    world.responses.add(a_response("in-3", position=40, expires_at=None))
    world.responses.add(a_response("in-4", position=3, key=replace(CHUNK, chunk=1)))

    assert world.responses.responded(CHUNK, range(25)) == {3: NOON + MINUTE}
    assert world.responses.responded(CHUNK, range(40, 41)) == {40: NOON}
    assert world.responses.responded(CHUNK, range(4, 40)) == {}
    assert world.responses.responded(CHUNK, range(0)) == {}
    assert world.overview.answered(ACME, ALERT) == 3
    assert world.overview.answered(ACME, NEXT) == world.overview.answered(OTHER, ALERT) == 0


def test_console_4_2_who_responded_is_told_with_place_time_and_kind(world: AlertPath) -> None:
    second = replace(CHUNK, item=1, chunk=2)
    world.responses.add(a_response("in-1", position=3, at=NOON + MINUTE))
    world.responses.add(a_response("in-2", position=3, at=NOON, kind=ResponseKind.EMAIL))
    world.responses.add(a_response("in-3", position=40, key=second, kind=ResponseKind.SHORTLINK))
    world.responses.add(a_response("in-4", position=5, matched=False))

    assert world.overview.answer_marks(ACME, ALERT) == {
        (CHUNK, 3): AnswerMark(NOON + MINUTE, ResponseKind.SMS),
        (second, 40): AnswerMark(NOON, ResponseKind.SHORTLINK),
    }
    assert world.overview.answer_marks(ACME, NEXT) == world.overview.answer_marks(OTHER, ALERT) == {}


def test_console_4_2_the_newest_responses_come_newest_first(world: AlertPath) -> None:
    for n in range(6):
        ends = NOON if n == 5 else None
        response = a_response(f"in-{n}", position=n, at=NOON + n * MINUTE, matched=n != 2, expires_at=ends)
        world.responses.add(response)

    newest = world.overview.newest(ACME, ALERT, 3, NOON)
    assert [(one.position, one.matched) for one in newest] == [(4, True), (3, True), (2, False)]
    assert newest[0].text == "on my way \N{FIRE ENGINE}"
    assert len(world.overview.newest(ACME, ALERT, 9, NOON)) == 5
    assert list(world.overview.newest(ACME, NEXT, 9, NOON)) == list(world.overview.newest(OTHER, ALERT, 9, NOON)) == []


def test_s14_an_unmatched_response_is_kept_and_marks_nobody(world: AlertPath) -> None:
    world.responses.add(a_response(matched=False))
    assert [response.matched for response in listed(world)] == [False]
    assert world.responses.count(ACME, ALERT, NOON) == ResponseCounts(0, 1)
    assert world.responses.responded(CHUNK, range(250)) == {}
    assert world.overview.answered(ACME, ALERT) == 0


def test_a_response_with_a_reason_is_kept_with_it_and_counts_for_nothing(world: AlertPath) -> None:
    world.responses.add(replace(a_response(), reason="unreadable"))
    assert [(response.reason, response.counted) for response in listed(world)] == [("unreadable", False)]
    assert world.responses.count(ACME, ALERT, NOON) == ResponseCounts(0, 1)
    assert world.responses.responded(CHUNK, range(250)) == {}


def test_a_response_that_did_not_count_counts_anew_once_and_by_its_reason_only(world: AlertPath) -> None:
    # given a response that did not count
    refused, counts = replace(a_response(), reason="sender_not_believed"), replace(a_response(), late=True)
    assert not world.responses.count_anew(counts, "sender_not_believed")
    world.responses.add(refused)

    # when it counts anew, also twice, but not for another reason
    assert not world.responses.count_anew(counts, "unreadable")
    assert world.responses.count(ACME, ALERT, NOON) == ResponseCounts(0, 1)
    assert world.responses.count_anew(counts, "sender_not_believed") == counts
    assert world.responses.count_anew(counts, "sender_not_believed") == counts
    assert world.responses.add(refused) == Kept(counts, fresh=False)

    # then it is one response, which counts and marks its receiver
    assert [(one.reason, one.late) for one in listed(world)] == [(None, True)]
    assert world.responses.count(ACME, ALERT, NOON) == ResponseCounts(1, 0)
    assert world.responses.responded(counts.key, range(250)).keys() == {counts.position}


def test_responses_of_another_alert_or_tenant_are_not_seen(world: AlertPath) -> None:
    world.responses.add(a_response("a"))
    world.responses.add(a_response("b", key=replace(CHUNK, alert=NEXT)))
    world.responses.add(a_response("c", key=replace(CHUNK, tenant=OTHER)))
    assert [response.natural_id for response in listed(world)] == ["a"]
    assert [response.natural_id for response in listed(world, tenant=OTHER)] == ["c"]
    assert world.responses.count(ACME, NEXT, NOON) == ResponseCounts(1, 0)


def test_ah_123_responses_end_with_their_alert(world: AlertPath) -> None:
    world.responses.add(a_response("ends", expires_at=NOON + MINUTE))
    world.responses.add(a_response("stays", expires_at=None))
    assert len(listed(world)) == 2
    assert [response.natural_id for response in listed(world, now=NOON + MINUTE)] == ["stays"]
    assert world.responses.count(ACME, ALERT, NOON + MINUTE) == ResponseCounts(1, 0)
