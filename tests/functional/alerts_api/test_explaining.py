"""Why somebody got an alert, or did not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.functional.alerts_api.conftest import Door, email, sms
from tocsin.alerts.domain.alert import Alert, ChunkKey
from tocsin.alerts.domain.cause import Cause, CauseKind
from tocsin.alerts.domain.response_kind import Evidence, ResponseKind
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.domain.message import Message, MessageState, Step
from tocsin.history.domain.reasons import REASONS, reason_text
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.responses.domain.response import Response

CREW: dict[str, Any] = {
    "inlineContactGroup": {
        "contacts": [
            {"id": "c1", "sms": "+447700900001", "email": "c1@example.org"},
            {"id": "c2", "sms": "+447700900002"},
            {"id": "c3", "sms": "not a number", "email": "c3@example.org"},
        ]
    }
}


def to_crew(**more: Any) -> dict[str, Any]:
    return {name: value for name, value in {**more, "contactSets": ["all"]}.items() if name != "recipients"}


def the_alert(door: Door, ref: str) -> Alert:
    return door.alerts.alerts[TenantId("acme"), AlertRef(ref)]


def happened(door: Door, ref: str, *steps: tuple[MessageState, str | None], item: int = 0, position: int = 0) -> None:
    """Give a message the history that these steps make, one second each."""
    at = door.clock()
    log = tuple(Step(at + timedelta(seconds=n), state, reason) for n, (state, reason) in enumerate(steps, 1))
    attempts = sum(state is MessageState.SENDING for state, _ in steps)
    state, reason = steps[-1]
    key = ChunkKey(TenantId("acme"), AlertRef(ref), item, 0)
    for version in range(1, len(log) + 1):
        door.messages.save(key, [Message(position, state, version, attempts, log[:version], reason=reason)])


def codes(story: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(line["code"], line["reason"]) for line in story["chain"]]


def test_every_element_that_names_a_contact_is_explained(door: Door) -> None:
    body = to_crew(**sms(tag="text")), to_crew(**email(tag="mail"))
    ref = door.send(*body, contactGroup=CREW).json["alertRef"]
    happened(door, ref, (MessageState.SENDING, None), (MessageState.SENT, None), (MessageState.DELIVERED, None))

    story = door.get(f"/alerts/{ref}/explain/c1").json

    assert [(e["tag"], e["state"]) for e in story["elements"]] == [("text", "delivered"), ("mail", "queued")]
    assert codes(story) == [
        ("accepted", None),
        ("queued", None),
        ("taken", None),
        ("sent", None),
        ("delivered", None),
    ]


def test_who_was_left_out_can_be_asked_for_and_is_told_why(door: Door) -> None:
    body = to_crew(**sms(tag="text")), to_crew(**email(tag="mail"))
    ref = door.send(*body, contactGroup=CREW).json["alertRef"]

    without_mailbox = door.get(f"/alerts/{ref}/explain/c2").json
    assert codes(without_mailbox)[-1] == ("excluded", "no_address")
    with_a_bad_number = door.get(f"/alerts/{ref}/explain/c3").json
    assert with_a_bad_number["elements"][0]["state"] == "excluded"
    assert with_a_bad_number["elements"][0]["reason"].startswith("phone:")


def test_ah_24_who_the_capacity_was_too_small_for_is_told_so(door: Door) -> None:
    token = door.new_key("acme", "k2", capacities={Channel.SMS: 1})
    ref = door.send(to_crew(**sms()), contactGroup=CREW, apiKey=token).json["alertRef"]

    story = door.get(f"/alerts/{ref}/explain/c2").json

    assert codes(story)[-1] == ("excluded", "no_capacity")


@pytest.mark.parametrize("reason", sorted(REASONS))
def test_every_reason_is_read_back_with_its_sentence(door: Door, reason: str) -> None:
    ref = door.send(sms()).json["alertRef"]
    happened(door, ref, (MessageState.SENDING, None), (MessageState.SUPPRESSED, reason))

    story = door.get(f"/alerts/{ref}/explain/~0.0.0").json

    assert codes(story)[-1] == ("suppressed", reason)
    assert story["chain"][-1]["text"].endswith(reason_text(reason))


@pytest.mark.parametrize("state", [state for state in MessageState if state is not MessageState.QUEUED])
def test_every_state_has_a_line(door: Door, state: MessageState) -> None:
    ref = door.send(sms()).json["alertRef"]
    happened(door, ref, (MessageState.SENDING, None), (state, None))
    assert door.get(f"/alerts/{ref}/explain/~0.0.0").json["chain"][-1]["code"]


def test_a_plain_recipient_is_found_by_place_in_every_element(door: Door) -> None:
    ref = door.send(sms(tag="one"), sms(tag="two")).json["alertRef"]
    page = door.get(f"/alerts/{ref}/recipients").json["items"]

    story = door.get(f"/alerts/{ref}/explain/{page[1]['recipient']}").json

    assert [element["tag"] for element in story["elements"]] == ["one", "two"]
    assert "+447700900001" not in str(story), "the story names nobody"


def test_answers_cancellation_and_the_cause_are_part_of_the_story(door: Door) -> None:
    ref = door.send(sms()).json["alertRef"]
    happened(door, ref, (MessageState.SENDING, None), (MessageState.SENT, None))
    alert = the_alert(door, ref)
    key = next(alert.batches()).key
    door.clock.advance(timedelta(minutes=1))
    answer = Response(key, 0, ResponseKind.SMS, "in-1", "+447700900001", None, door.clock(), "on my way")
    door.responses.add(answer)
    door.clock.advance(timedelta(minutes=1))
    door.responses.add(
        replace(answer, natural_id="in-2", at=door.clock(), evidence=Evidence.CONFIRMED, reason="after_the_end")
    )
    door.clock.advance(timedelta(minutes=1))
    door.responses.add(replace(answer, natural_id="in-3", at=door.clock(), matched=False))
    door.clock.advance(timedelta(minutes=1))
    cause = Cause(CauseKind.SCHEDULE, "s1", "2026-11-23T12:00:00Z", alert.accepted_at)
    door.alerts.alerts[alert.tenant, alert.ref] = replace(alert, cause=cause, cancelled_at=door.clock())

    story = door.get(f"/alerts/{ref}/explain/~0.0.0").json

    assert codes(story) == [
        ("accepted", "schedule"),
        ("taken", None),
        ("sent", None),
        ("answered", "sms"),
        ("answer_not_counted", "after_the_end"),
        ("answer_unmatched", "unmatched"),
        ("alert_cancelled", None),
    ]
    answers = [(line["counted"], line["evidence"], line["reason_text"]) for line in story["chain"][3:6]]
    assert answers == [
        (True, "wrote", None),
        (False, "confirmed", reason_text("after_the_end")),
        (False, "wrote", reason_text("unmatched")),
    ]
    assert (story["chain"][2]["counted"], story["chain"][2]["evidence"]) == (None, None)


@pytest.mark.parametrize("who", ["nobody", "~0.0.7", "~9.0.0", "~0.0", "c1%2F..", "%00"])
def test_nobody_of_that_name_is_not_found(door: Door, who: str) -> None:
    ref = door.send(sms()).json["alertRef"]
    assert door.get(f"/alerts/{ref}/explain/{who}").status == 404


def test_s1_another_tenant_finds_nothing_to_explain(door: Door) -> None:
    ref = door.send(sms()).json["alertRef"]
    stranger = door.new_key("other", "k9")
    answer = door.gateway.get(f"/alerts/{ref}/explain/~0.0.0", {"Authorization": f"Bearer {stranger}"})
    assert answer.status == 404
    assert answer.json["code"] == "NOT_FOUND"
