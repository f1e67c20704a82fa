"""The list of alerts: what its entries say, and how alerts are found in it (decided 2.18)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.functional.alerts_api.conftest import Door, email, sms
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.delivery.domain.message import MessageState
from tocsin.delivery.domain.progress import BatchProgress
from tocsin.identity.domain.api_key import Right
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.responses.domain.response import Response

ANA, BEN = "+447700900001", "+447700900002"


def refs(door: Door, **query: str) -> list[str]:
    answer = door.get("/alerts", **query)
    assert answer.status == 200, answer.text
    return [alert["alert_ref"] for alert in answer.json["items"]]


def sent(door: Door, *elements: dict[str, Any], **more: Any) -> str:
    door.clock.advance(timedelta(seconds=1))
    answer = door.send(*elements, **more)
    assert answer.status == 200, answer.text
    ref: str = answer.json["alertRef"]
    return ref


def delivered(door: Door, ref: str) -> None:
    alert = door.alerts.alerts[TenantId("acme"), AlertRef(ref)]
    for batch in alert.batches():
        before = BatchProgress.blank(batch.count)
        after = BatchProgress((3,) * batch.count, {MessageState.DELIVERED: batch.count})
        assert door.work.record(batch, after, before)


def answered(door: Door, ref: str, position: int, **facts: Any) -> None:
    alert = door.alerts.alerts[TenantId("acme"), AlertRef(ref)]
    key = next(alert.batches()).key
    response = Response(key, position, ResponseKind.SMS, f"in-{ref}-{position}", ANA, None, door.clock(), "yes")
    door.responses.add(replace(response, link=alert.link, escalation=alert.escalation, **facts))


def test_decided_2_18_an_entry_has_counts_and_who_answered(door: Door) -> None:
    quiet = sent(door, sms(recipients=[ANA]))
    ref = sent(door, sms(recipients=[ANA, BEN]))
    delivered(door, ref)
    answered(door, ref, 0)
    answered(door, ref, 1, matched=False)

    newest, oldest = door.get("/alerts").json["items"]
    assert (newest["alert_ref"], oldest["alert_ref"]) == (ref, quiet)
    assert (newest["state"], newest["counts"]["delivered"], newest["answered"]) == ("completed", 2, 1)
    assert (oldest["state"], oldest["counts"]["queued"], oldest["answered"]) == ("accepted", 1, 0)
    assert set(newest["counts"]) == {state.value for state in MessageState}
    assert newest["escalation"] is oldest["escalation"] is None


def test_decided_2_18_an_entry_shows_its_escalation_as_the_alert_does(door: Door) -> None:
    steps = {"steps": [{"after": "5m", "alert": [sms(recipients=[BEN])]}]}
    plain, ref = sent(door), sent(door, sms(recipients=[ANA]), escalation=steps)

    newest, oldest = door.get("/alerts").json["items"]
    assert newest["escalation"] == door.get(f"/alerts/{ref}").json["escalation"]
    assert (newest["escalation"]["state"], oldest["escalation"]) == ("active", None)
    assert refs(door, state="accepted") == [ref, plain]
    answered(door, ref, 0)
    assert door.get("/alerts", state="accepted").json["items"][0]["escalation"]["answered"] == 1


def test_decided_2_18_alerts_are_found_by_receiver_in_any_spelling(door: Door) -> None:
    by_text = sent(door, sms(recipients=[BEN, ANA]))
    by_mail = sent(door, sms(recipients=[BEN]), email(recipients=["Ana@Example.org"]))

    for spelling in (ANA, "+44 (0)7700-900001", "tel:+447700900001", " 447700900001"):
        assert refs(door, receiver=spelling) == [by_text], spelling
    for spelling in ("ana@example.org", "ANA@EXAMPLE.ORG", "Ana@Example.org"):
        assert refs(door, receiver=spelling) == [by_mail], spelling
    assert refs(door, receiver=BEN) == [by_mail, by_text]
    assert refs(door, receiver=BEN, state="accepted", limit="1") == [by_mail]
    assert refs(door, receiver="nobody@example.org") == []


@pytest.mark.parametrize("receiver", ["", "ana", "+44", "@", "7700900001"])
def test_a_receiver_that_is_no_whole_address_is_refused(door: Door, receiver: str) -> None:
    answer = door.get("/alerts", receiver=receiver)
    assert (answer.status, [error["detail"] for error in answer.json["errors"]]) == (400, ["/receiver"])
    if receiver:
        assert f"{receiver}`" not in answer.text


def test_decided_2_18_alerts_are_found_by_title_and_sender(door: Door) -> None:
    pump, gate = sent(door, title="Pump 7 stopped"), sent(door, title="Gate 3")
    door.token = door.new_key("acme", "desk", Right.READ_ALERTS)
    ours = sent(door, title="pump 8 stopped")

    assert refs(door, title="pump") == [ours, pump]
    assert refs(door, title="stopped") == []
    assert refs(door, sent_by="k1") == [gate, pump]
    assert refs(door, sent_by="me") == refs(door, sent_by="desk") == [ours]
    assert refs(door, sent_by="me", title="Gate") == []


def test_decided_2_18_a_cursor_is_for_its_conditions_only(door: Door) -> None:
    for _ in range(3):
        sent(door, title="Pump 7 stopped")
    cursor = door.get("/alerts", title="Pump", limit="1").json["next_cursor"]
    assert len(refs(door, title="Pump", cursor=cursor)) == 2
    assert door.get("/alerts", title="Gate", cursor=cursor).status == 400
    assert door.get("/alerts", receiver=ANA, cursor=cursor).status == 400
