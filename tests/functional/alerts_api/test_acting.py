"""What is done to a sent alert: `/escalate`, `/stop`, `/acknowledge` and `/resend` (decided 2.18)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.functional.alerts_api.conftest import Door, sms
from tests.functional.gateway import Answer
from tocsin.contacts.domain.recipient import ERASED_ADDRESS, Recipient
from tocsin.delivery.domain.message import Message, MessageState, Step
from tocsin.delivery.domain.progress import BatchProgress
from tocsin.escalation.domain.escalation import Escalation, EscalationState
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.kernel.domain.wire_time import wire_time

REF = "019aa3c4-5d00-7c8f-9b3a-2f6d1e4c7a90"
ACME = TenantId("acme")
ANA, BOB = "+447700900001", "+447700900002"
MINUTE = timedelta(minutes=1)
VERBS = {"escalate": {"step": 1}, "stop": {}, "acknowledge": {"recipient": ANA}, "resend": {}}
ALL_CLEAR = {"alert": [{name: value for name, value in sms(content="all clear").items() if name != "recipients"}]}


def act(door: Door, ref: str, verb: str, body: Any = ..., token: str | None = None, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = VERBS[verb] if body is ... else body
    path = f"/alerts/{ref}/{verb}"
    return door.gateway.post(path, sent, {"Authorization": f"Bearer {token or door.token}", **named})


def code(answer: Answer) -> tuple[int, str]:
    assert answer.headers["Content-Type"] == "application/problem+json", answer.text
    return answer.status, answer.json["code"]


def escalating(door: Door, **block: Any) -> str:
    steps = [{"after": after, "alert": [sms(recipients=[BOB])]} for after in ("10m", "20m")]
    answer = door.send(sms(recipients=[ANA]), escalation={"steps": steps, **block})
    assert answer.status == 200, answer.text
    ref: str = answer.json["alertRef"]
    return ref


def with_a_failure(door: Door, **block: Any) -> str:
    """Send an alert with an escalation, of which the only message has failed: every verb has something to do."""
    ref = escalating(door, **block)
    ends(door, ref, MessageState.FAILED)
    return ref


def ends(door: Door, ref: str, *states: MessageState) -> None:
    """Let the messages of an alert have ended in these states, as a worker leaves them."""
    (batch,) = door.alerts.alerts[ACME, AlertRef(ref)].batches()
    now = door.clock()
    rows = {p: Message(p, state, 1, 1, (Step(now, state, "handset_off"),)) for p, state in enumerate(states)}
    assert all(door.messages.save(batch.key, list(rows.values())))
    assert door.work.record(batch, BatchProgress.of(batch, rows), BatchProgress.blank(batch.count)) is not None


def standing(door: Door) -> Escalation:
    (found,) = door.escalations.rows.values()
    return found


def becomes(door: Door, **changes: Any) -> None:
    """Let the escalation of the door have changed meanwhile."""
    found = standing(door)
    door.escalations.rows[found.key] = replace(found, **changes)


# --- every verb ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", VERBS)
def test_decided_1_another_keys_alert_and_an_unknown_or_expired_one_are_not_found(door: Door, verb: str) -> None:
    ref = with_a_failure(door, giveUpAfter="10m")
    for token in (door.new_key("acme", "k2"), door.new_key("other", "k1")):
        assert code(act(door, ref, verb, token=token)) == (404, "NOT_FOUND")
    for unknown in (REF, "x"):
        assert code(act(door, unknown, verb)) == (404, "NOT_FOUND")
    door.clock.advance(timedelta(days=31))
    assert code(act(door, ref, verb)) == (404, "NOT_FOUND")


@pytest.mark.parametrize("verb", VERBS)
def test_decided_1_what_is_wrong_is_judged_in_order(door: Door, verb: str) -> None:
    ref = with_a_failure(door)
    wrong: dict[str, Any] = {"frobnicate": 1}
    headers = {"Authorization": f"Bearer {door.token}"}
    assert code(door.gateway.call("POST", f"/alerts/{REF}/{verb}", "{", headers)) == (400, "VALIDATE_FAILED")
    assert code(act(door, REF, verb, wrong, token="tcs_live_acme_k9_x")) == (401, "UNAUTHORIZED")
    assert code(act(door, REF, verb, wrong, If_Match='"old"')) == (404, "NOT_FOUND")
    assert code(act(door, ref, verb, wrong, If_Match='"old"')) == (412, "PRECONDITION_FAILED")
    becomes(door, state=EscalationState.ACKNOWLEDGED, ended_at=door.clock())
    refused = act(door, ref, verb, wrong)
    assert code(refused) == (400, "VALIDATE_FAILED")
    assert "/frobnicate" in {fault["detail"] for fault in refused.json["errors"]}
    assert code(
        door.gateway.call("POST", f"/alerts/{ref}/{verb}", "{}", {**headers, "Content-Type": "text/plain"})
    ) == (
        415,
        "UNSUPPORTED_MEDIA_TYPE",
    )


@pytest.mark.parametrize("verb", VERBS)
def test_decided_1_if_match_names_the_version_that_a_get_shows(door: Door, verb: str) -> None:
    ref = with_a_failure(door)
    version = door.get(f"/alerts/{ref}").headers["ETag"]
    done = act(door, ref, verb, If_Match=version)
    assert done.status == 200, done.text
    assert done.json == door.get(f"/alerts/{ref}").json
    assert done.headers["ETag"] == door.get(f"/alerts/{ref}").headers["ETag"] != version
    assert code(act(door, ref, verb, If_Match=version)) == (412, "PRECONDITION_FAILED")


@pytest.mark.parametrize("verb", VERBS)
def test_decided_1_a_repeat_under_one_idempotency_key_answers_the_same(door: Door, verb: str) -> None:
    ref, other = with_a_failure(door), door.send(sms()).json["alertRef"]
    door.clock.advance(MINUTE)
    first = act(door, ref, verb, Idempotency_Key="once")
    assert first.status == 200, first.text
    becomes(door, state=EscalationState.EXHAUSTED, ended_at=door.clock())
    assert act(door, ref, verb, Idempotency_Key="once").json == first.json
    assert len(door.responses.kept) == (verb == "acknowledge")
    assert code(act(door, other, verb, Idempotency_Key="once")) == (422, "IDEMPOTENCY_KEY_REUSED")


@pytest.mark.parametrize("verb", VERBS)
def test_17_2_what_is_too_large_is_refused(door: Door, verb: str) -> None:
    ref = with_a_failure(door)
    assert code(act(door, ref, verb, {"frobnicate": "x" * 1_048_576})) == (413, "REQUEST_TOO_LARGE")
    assert code(act(door, ref, verb, {str(number): 1 for number in range(9999)})) == (400, "VALIDATE_FAILED")


def test_a_key_without_the_right_to_read_may_act_on_its_own_alerts(door: Door) -> None:
    door.token = door.new_key("acme", "k7", rights=frozenset())
    ref = with_a_failure(door)
    assert act(door, ref, "stop").json["state"] == "cancelled"


# --- escalate -------------------------------------------------------------------------------------------------------


def test_decided_2_18_the_next_step_becomes_due_now(door: Door) -> None:
    ref = escalating(door)
    door.clock.advance(MINUTE)

    shown = act(door, ref, "escalate", {"step": 1}).json["escalation"]

    assert (shown["state"], shown["step"], shown["next_due_at"]) == ("active", 0, wire_time(door.clock()))
    (timer,) = door.timers.rows.values()
    assert timer.due_at == door.clock()
    assert door.timer_queue.take(door.clock()) == [timer]
    # once more, as a double click does: it is still the next one
    assert act(door, ref, "escalate", {"step": 1}).status == 200


def test_decided_2_18_a_step_that_is_not_the_next_is_refused_and_nothing_becomes_due(door: Door) -> None:
    ref = escalating(door)
    before = standing(door)
    for step in (2, 3):
        refused = act(door, ref, "escalate", {"step": step})
        assert (*code(refused), refused.json["how"]) == (409, "SUPERSEDED", "moved_on")
    becomes(door, step=1, alerts=(*before.alerts, None))
    assert code(act(door, ref, "escalate", {"step": 1})) == (409, "SUPERSEDED")
    becomes(door, step=2, alerts=(*before.alerts, None, None))
    assert code(act(door, ref, "escalate", {"step": 3})) == (409, "SUPERSEDED")
    assert standing(door).due_at == before.due_at


def test_a_repeat_whose_step_was_taken_meanwhile_is_no_conflict(door: Door) -> None:
    # given a call whose answer was lost, because the store of answers failed
    ref = escalating(door)
    door.book.keeping.failing = 1
    assert act(door, ref, "escalate", {"step": 1}, Idempotency_Key="once").status == 200
    becomes(door, step=1, alerts=(*standing(door).alerts, None), due_at=door.clock() + 20 * MINUTE)

    assert act(door, ref, "escalate", {"step": 1}, Idempotency_Key="once").status == 200
    assert code(act(door, ref, "escalate", {"step": 1}, Idempotency_Key="another")) == (409, "SUPERSEDED")


@pytest.mark.parametrize("state", [EscalationState.ACKNOWLEDGED, EscalationState.CANCELLED, EscalationState.EXHAUSTED])
def test_decided_2_18_an_escalation_that_ended_otherwise_says_how(door: Door, state: EscalationState) -> None:
    ref = escalating(door)
    becomes(door, state=state, ended_at=door.clock())
    answer = act(door, ref, "escalate", {"step": 1})
    if state is EscalationState.EXHAUSTED:  # whoever escalates wants every step to be sent
        assert (answer.status, answer.json["escalation"]["state"]) == (200, "exhausted")
    else:
        assert (*code(answer), answer.json["how"]) == (409, "SUPERSEDED", state.value)


def test_decided_2_18_enough_answers_end_it_although_the_timer_has_not_written_so(door: Door) -> None:
    ref = escalating(door)
    becomes(door, answered=1)
    for verb in ("escalate", "stop"):
        answer = act(door, ref, verb)
        assert (*code(answer), answer.json["how"]) == (409, "SUPERSEDED", "acknowledged")


def test_an_alert_without_escalation_cannot_be_escalated(door: Door) -> None:
    ref = door.send(sms()).json["alertRef"]
    assert code(act(door, ref, "escalate", {"step": 1})) == (422, "NOT_POSSIBLE")


def test_nothing_is_escalated_or_sent_again_while_nothing_may_be_sent(door: Door) -> None:
    ref = escalating(door)
    door.sending = False
    for verb in ("escalate", "resend"):
        assert code(act(door, ref, verb)) == (503, "RESTORING")
    assert act(door, ref, "stop").status == 200


@pytest.mark.parametrize("step", [0, 11, "1", 1.5, True, None, ...])
def test_a_step_is_a_number_from_1_to_10(door: Door, step: Any) -> None:
    ref = escalating(door)
    body = {} if step is ... else {"step": step}
    answer = act(door, ref, "escalate", body)
    assert [fault["detail"] for fault in answer.json["errors"]] == ["/step"]


# --- stop -----------------------------------------------------------------------------------------------------------


def test_decided_2_18_what_is_not_sent_never_goes_out(door: Door) -> None:
    ref = escalating(door)

    shown = act(door, ref, "stop", {}).json

    assert shown["state"] == "cancelled"
    assert (shown["escalation"]["state"], shown["escalation"]["next_due_at"]) == ("cancelled", None)
    assert standing(door).ended_by == "key:k1"
    (timer,) = door.timers.rows.values()
    assert timer.due_at == door.clock()  # its event, and its other alerts
    assert [key.alert for key in door.work.due(door.clock(), 9)] == [ref]


def test_decided_2_18_an_alert_without_escalation_is_stopped_as_cancel_does(door: Door) -> None:
    ref = door.send(sms()).json["alertRef"]
    stopped = act(door, ref, "stop", {"all_clear": False})
    assert (stopped.status, stopped.json["state"]) == (200, "cancelled")
    door.clock.advance(MINUTE)
    assert act(door, ref, "stop").json == stopped.json
    assert door.timers.rows == {}


def test_decided_2_18_an_all_clear_that_does_not_exist_is_refused_and_nothing_is_stopped(door: Door) -> None:
    for ref in (door.send(sms()).json["alertRef"], escalating(door)):
        assert code(act(door, ref, "stop", {"all_clear": True})) == (422, "NOT_POSSIBLE")
        assert door.get(f"/alerts/{ref}").json["state"] == "accepted"


def test_decided_2_18_stopped_in_the_same_way_is_unchanged_and_in_another_way_is_a_conflict(door: Door) -> None:
    ref = escalating(door, onStopped=ALL_CLEAR)
    first = act(door, ref, "stop", {"all_clear": True})
    assert first.status == 200, first.text
    assert standing(door).with_all_clear
    door.clock.advance(MINUTE)
    assert act(door, ref, "stop", {"all_clear": True}).json == first.json
    answer = act(door, ref, "stop", {"all_clear": False})
    assert (*code(answer), answer.json["how"]) == (409, "SUPERSEDED", "cancelled_with_all_clear")


@pytest.mark.parametrize("state", [EscalationState.ACKNOWLEDGED, EscalationState.EXHAUSTED])
def test_decided_2_18_a_stop_after_another_end_says_how(door: Door, state: EscalationState) -> None:
    ref = escalating(door)
    becomes(door, state=state, ended_at=door.clock())
    answer = act(door, ref, "stop")
    assert (*code(answer), answer.json["how"]) == (409, "SUPERSEDED", state.value)
    assert door.get(f"/alerts/{ref}").json["state"] == "accepted"


def test_cancelling_the_first_alert_is_the_same_end_as_a_stop(door: Door) -> None:
    ref = escalating(door)
    door.post("/cancelalerts", {"cancel": [{"alertId": ref}]})
    assert act(door, ref, "stop").status == 200


@pytest.mark.parametrize("value", [None, "", "yes", 1])
def test_all_clear_is_true_or_false(door: Door, value: Any) -> None:
    ref = escalating(door)
    answer = act(door, ref, "stop", {"all_clear": value})
    assert [fault["detail"] for fault in answer.json["errors"]] == ["/all_clear"]


# --- acknowledge ----------------------------------------------------------------------------------------------------


GROUP = {"inlineContactGroup": {"contacts": [{"id": "ana", "sms": ANA}, {"id": "bob", "sms": BOB}]}}


def events(door: Door, ref: str) -> list[dict[str, Any]]:
    body = {"alertId": ref, "options": {"peek": True}}
    found: list[dict[str, Any]] = door.post("/collectevents", body).json["events"]
    return found


def test_decided_2_18_a_mark_is_an_answer_with_its_note_and_who_made_it(door: Door) -> None:
    ref = door.send(sms(recipients=[BOB, ANA])).json["alertRef"]

    shown = act(door, ref, "acknowledge", {"recipient": "+44 7700 900001", "note": "rang me"}).json

    assert (shown["responses"], shown["uncounted_responses"]) == (1, 0)
    (response,) = door.get(f"/alerts/{ref}/responses").json["items"]
    facts = {name: response[name] for name in ("kind", "address", "reply", "evidence", "counted", "reason", "details")}
    assert facts == {
        "kind": "marked",
        "address": ANA,
        "reply": "rang me",
        "evidence": "marked",
        "counted": True,
        "reason": None,
        "details": {"by": "key:k1"},
    }
    (event,) = events(door, ref)
    told = {name: event[name] for name in ("event", "alertees", "answerType", "note", "by", "evidence", "counted")}
    assert told == {
        "event": "acknowledged",
        "alertees": [ANA],
        "answerType": "marked",
        "note": "rang me",
        "by": "key:k1",
        "evidence": "marked",
        "counted": True,
    }
    bob, ana = door.get(f"/alerts/{ref}/recipients").json["items"]
    assert (bob["responded_at"], ana["responded_at"]) == (None, wire_time(door.clock()))
    assert '"marked"' in door.get(f"/alerts/{ref}/explain/{ANA}").text


@pytest.mark.parametrize(
    "body",
    [{"contact_id": "bob"}, {"recipient": BOB}, {"recipient": "~0.0.1"}, {"recipient": "bob", "contact_id": None}],
)
def test_a_receiver_is_named_by_contact_address_or_place(door: Door, body: dict[str, Any]) -> None:
    everybody = {name: value for name, value in sms(contactSets=["all"]).items() if name != "recipients"}
    ref = door.send(everybody, contactGroup=GROUP).json["alertRef"]
    assert act(door, ref, "acknowledge", body).status == 200
    (response,) = door.get(f"/alerts/{ref}/responses").json["items"]
    assert (response["contact_id"], response["address"], response["reply"]) == ("bob", BOB, "")


@pytest.mark.parametrize(
    "body", [{"contact_id": "cy"}, {"contact_id": ANA}, {"recipient": "+447700900009"}, {"recipient": "~0.0.7"}]
)
def test_who_is_no_receiver_is_not_found(door: Door, body: dict[str, Any]) -> None:
    ref = escalating(door)
    assert code(act(door, ref, "acknowledge", body)) == (404, "NOT_FOUND")
    assert door.responses.kept == {}


def test_who_was_erased_is_not_found(door: Door) -> None:
    ref = door.send(sms(recipients=[ANA])).json["alertRef"]
    (chunk,) = door.alerts.chunks
    door.alerts.chunks[chunk] = (Recipient(ERASED_ADDRESS),)
    for name in (ANA, "~0.0.0"):
        assert code(act(door, ref, "acknowledge", {"recipient": name})) == (404, "NOT_FOUND")


def test_decided_2_18_a_mark_ends_an_escalation_that_needs_one_answer(door: Door) -> None:
    ref = escalating(door)
    shown = act(door, ref, "acknowledge", {"recipient": ANA}).json["escalation"]
    assert (shown["state"], shown["answered"]) == ("acknowledged", 1)
    (timer,) = door.timers.rows.values()
    assert timer.due_at == door.clock()


@pytest.mark.parametrize("state", [EscalationState.ACKNOWLEDGED, EscalationState.EXHAUSTED])
def test_decided_2_18_after_the_end_a_mark_is_kept_and_changes_nothing_else(door: Door, state: EscalationState) -> None:
    ref = escalating(door)
    becomes(door, state=state, ended_at=door.clock(), answered=int(state is EscalationState.ACKNOWLEDGED))
    before = standing(door)
    shown = act(door, ref, "acknowledge").json
    assert (shown["responses"], shown["uncounted_responses"]) == (0, 1)
    (response,) = door.get(f"/alerts/{ref}/responses").json["items"]
    assert (response["counted"], response["reason"]) == (False, "after_the_end")
    (event,) = events(door, ref)
    assert (event["event"], event["counted"], event["reason"]) == ("acknowledged", False, "after_the_end")
    assert standing(door) == before
    assert door.get(f"/alerts/{ref}/recipients").json["items"][0]["responded_at"] is None


@pytest.mark.parametrize("how", ["stopped", "its link was cancelled", "cancelled_with_all_clear", "no escalation"])
def test_decided_2_18_nobody_is_marked_after_a_cancellation(door: Door, how: str) -> None:
    ref = door.send(sms()).json["alertRef"] if how == "no escalation" else escalating(door, onStopped=ALL_CLEAR)
    if how == "its link was cancelled":
        becomes(door, state=EscalationState.CANCELLED, ended_at=door.clock())
    else:
        act(door, ref, "stop", {"all_clear": how == "cancelled_with_all_clear"})
    answer = act(door, ref, "acknowledge")
    expected = how if how == "cancelled_with_all_clear" else "cancelled"
    assert (*code(answer), answer.json["how"]) == (409, "SUPERSEDED", expected)
    assert door.responses.kept == {}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/recipient"),
        ({"recipient": ""}, "/recipient"),
        ({"recipient": ANA, "contact_id": "ana"}, "/contact_id"),
        ({"recipient": ANA, "note": "x" * 501}, "/note"),
        ({"recipient": ANA, "note": "two\nlines"}, "/note"),
        ({"recipient": ANA, "note": 7}, "/note"),
        ({"recipient": "x" * 321}, "/recipient"),
        ({"contact_id": ["ana"]}, "/contact_id"),
    ],
)
def test_a_wrong_mark_is_told_where(door: Door, body: dict[str, Any], pointer: str) -> None:
    ref = escalating(door)
    answer = act(door, ref, "acknowledge", body)
    assert (answer.status, pointer) == (400, answer.json["errors"][0]["detail"])


def test_a_note_of_500_characters_and_an_empty_one_are_taken(door: Door) -> None:
    ref = escalating(door, stopWhen={"count": 2})
    for note in ("ü" * 500, "", None):
        assert act(door, ref, "acknowledge", {"recipient": ANA, "note": note}).status == 200


# --- resend ---------------------------------------------------------------------------------------------------------


def test_decided_2_18_only_the_failed_ones_are_sent_again_under_the_same_alert(door: Door) -> None:
    numbers = [f"+44770090000{digit}" for digit in range(6)]
    ref = door.send(sms(recipients=numbers)).json["alertRef"]
    others = (MessageState.SENT, MessageState.DELIVERED, MessageState.EXPIRED, MessageState.SUPPRESSED)
    ends(door, ref, MessageState.FAILED, *others, MessageState.UNCONFIRMED)
    door.queue.puts = []

    answer = act(door, ref, "resend")

    assert answer.status == 200, answer.text
    assert (answer.json["counts"]["failed"], answer.json["counts"]["retry_wait"]) == (0, 1)
    assert answer.json["state"] == "dispatching"
    (job,) = door.queue.orders
    assert (job.batch.key.alert, job.positions) == (ref, (0,))
    first, *rest = door.get(f"/alerts/{ref}/recipients").json["items"]
    assert (first["state"], first["reason"], first["attempts"]) == ("retry_wait", "resent", 1)
    assert [one["state"] for one in rest] == [*(state.value for state in others), "unconfirmed"]
    assert [key.alert for key in door.work.due(door.clock() + timedelta(hours=1), 9)] == [ref]


def test_decided_2_18_if_nothing_has_failed_nothing_is_sent(door: Door) -> None:
    ref = door.send(sms(recipients=[ANA, BOB])).json["alertRef"]
    door.queue.puts = []
    assert code(act(door, ref, "resend")) == (409, "NOTHING_FAILED")
    ends(door, ref, MessageState.SENT, MessageState.UNCONFIRMED)
    assert code(act(door, ref, "resend")) == (409, "NOTHING_FAILED")
    assert door.queue.orders == []


def test_a_double_click_sends_one_message(door: Door) -> None:
    ref = with_a_failure(door)
    assert act(door, ref, "resend").status == act(door, ref, "resend").status == 200
    assert door.get(f"/alerts/{ref}/recipients").json["items"][0]["attempts"] == 1
    (row,) = door.messages.rows.values()
    assert [step.reason for step in row.log] == ["handset_off", "resent"]


@pytest.mark.parametrize("state", [EscalationState.ACKNOWLEDGED, EscalationState.EXHAUSTED])
def test_decided_2_18_it_works_after_the_end_of_the_escalation(door: Door, state: EscalationState) -> None:
    ref = with_a_failure(door)
    becomes(door, state=state, ended_at=door.clock())
    assert act(door, ref, "resend").status == 200


def test_decided_2_18_nothing_is_sent_again_after_a_cancellation(door: Door) -> None:
    ref = with_a_failure(door)
    act(door, ref, "stop")
    answer = act(door, ref, "resend")
    assert (*code(answer), answer.json["how"]) == (409, "SUPERSEDED", "cancelled")
