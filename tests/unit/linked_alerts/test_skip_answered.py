"""Whoever has answered is not contacted by a claim that comes after the answer (E2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.builders import KEY, TENANT, number, sms
from tests.fakes.providers import LoseReply, Throttle
from tests.fakes.time import NOON
from tests.unit.delivery.stand import Stand
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.alerts.domain.link import Link, LinkKey
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.delivery.domain.submission import Submission
from tocsin.delivery.ports.senders import OutgoingSms
from tocsin.kernel.domain.ids import AlertRef
from tocsin.responses.domain.response import Response

LINK = Link(LinkKey.of(TENANT, KEY, "fire-7"), AlertRef("master"), NOON + timedelta(days=30))
BY_SMS = frozenset({ResponseKind.SMS, ResponseKind.EMAIL})


def a_stand(people: int = 2, **options: Any) -> Stand:
    return Stand(sms(*map(number, range(people))), **{"link": LINK, "except_responded": BY_SMS, **options})


def answer(stand: Stand, contact: str, kind: ResponseKind = ResponseKind.SMS, link: Link = LINK) -> None:
    place = ChunkKey(TENANT, AlertRef("earlier"), 0, 0)
    stand.links.note(Response(place, 0, kind, f"in-{contact}", number(9), contact, stand.clock(), link=link))


def arrived(stand: Stand) -> list[str]:
    return [call.to for call in stand.sms.calls if call.took]


def test_e_2_who_answered_before_the_claim_is_skipped_and_the_client_is_told() -> None:
    stand = a_stand()
    answer(stand, "c0")

    report = stand.dispatch()

    assert (report.moved, report.calls) == ({"skipped": 1, "sent": 1}, 1)
    assert arrived(stand) == [number(1)]
    assert (stand.row(0).state, stand.row(0).reason, stand.row(0).attempt) == ("skipped", "answered_sms", 1)
    events = stand.events.collect(TENANT, KEY, None, 9, stand.clock())
    assert [(event.event, event.contact_id, event.reason) for event in events] == [
        ("skipped", "c0", "answered_sms"),
        ("sent", "c1", None),
    ]
    assert stand.dispatch_progress.looks == {}


def test_one_read_serves_a_batch_and_comes_after_the_claim() -> None:
    stand = a_stand(25)
    order: list[str] = []

    def noted(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            order.append(name)
            return method(*args, **options)

        return call

    for port, method, name in ((stand.rows, "save", "claim or record"), (stand.links, "answered", "read")):
        setattr(port, method, noted(name, getattr(port, method)))

    stand.dispatch()

    assert stand.calls["links.answered"] == 1
    assert order == ["claim or record", "read", "claim or record", "claim or record"]  # a record for each wave


def test_no_other_alert_costs_a_read() -> None:
    for stand in (
        a_stand(link=None),
        a_stand(except_responded=frozenset()),
    ):
        answer(stand, "c0")
        stand.dispatch()
        assert "links.answered" not in stand.calls
        assert len(arrived(stand)) == 2


def test_e_2_an_answer_between_the_claim_and_the_submission_of_another_batch_spares_the_later_one() -> None:
    # given an alert of two slices, and somebody of each
    stand = a_stand(50)
    send = stand.sms.send

    def while_sending(message: OutgoingSms) -> Submission:
        for contact in ("c3", "c30"):
            answer(stand, contact)
        return send(message)

    # when both answer while the first slice is being handed over
    stand.sms.send = while_sending  # type: ignore[method-assign]
    stand.dispatch(stand.order(0))
    stand.sms.send = send  # type: ignore[method-assign]
    stand.dispatch(stand.order(1))

    # then what was claimed goes out, and what was not does not
    assert number(3) in arrived(stand)
    assert number(30) not in arrived(stand)
    assert len(arrived(stand)) == 49


def test_an_answer_that_comes_while_the_first_try_waits_spares_the_second() -> None:
    stand = a_stand(1)
    stand.sms.towards(number(0), Throttle())
    stand.dispatch()
    assert stand.states() == ["retry_wait"]
    answer(stand, "c0")
    stand.clock.advance(timedelta(minutes=1))

    stand.dispatch(stand.order(0, (0,)))

    assert (stand.states(), arrived(stand)) == (["skipped"], [])


def test_an_answer_spares_the_flagged_second_try_of_what_nobody_knows() -> None:
    stand = a_stand(1)
    stand.sms.towards(number(0), LoseReply(took=True))
    stand.dispatch()
    answer(stand, "c0")
    stand.clock.advance(timedelta(minutes=11))

    stand.dispatch(stand.order(0, (0,)))

    assert stand.states() == ["skipped"]
    assert arrived(stand) == [number(0)]


def test_only_the_ways_that_the_element_names_count_and_the_word_is_of_those() -> None:
    stand = a_stand(3)
    answer(stand, "c0", ResponseKind.SHORTLINK)
    answer(stand, "c1", ResponseKind.EMAIL)
    answer(stand, "c1", ResponseKind.SHORTLINK)
    answer(stand, "c2", link=replace(LINK, master=AlertRef("of an earlier life")))

    stand.dispatch()

    assert arrived(stand) == [number(0), number(2)]
    assert stand.row(1).reason == "answered_email"


def test_ah_61_who_was_asked_for_by_address_too_is_contacted_all_the_same() -> None:
    stand = a_stand()
    (key,) = stand.alerts.chunks
    ana, bob = stand.alerts.chunks[key]
    stand.alerts.chunks[key] = (replace(ana, by_address=True), replace(bob, contact_id=None))
    answer(stand, "c0")

    stand.dispatch()

    assert len(arrived(stand)) == 2
    assert "links.answered" not in stand.calls  # there is nobody whose answer could matter


def test_if_nobody_can_tell_who_answered_nobody_is_contacted_yet() -> None:
    stand = a_stand()
    stand.links.outage.failing = 1

    stand.dispatch()

    assert (stand.states(), arrived(stand)) == (["retry_wait"] * 2, [])
    assert stand.row(0).reason == "answers_unavailable"
    answer(stand, "c0")
    stand.clock.advance(timedelta(minutes=1))
    stand.dispatch(stand.order(0, (0, 1)))
    assert arrived(stand) == [number(1)]
