"""A plan and the call that follows it give the same reasons, in the same words, for everybody and for every element."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from alerts_api.schemas.plans import plan_answer
from tests.fakes.time import NOON
from tests.functional.alerts_api.conftest import Door, call, email, sms
from tests.functional.gateway import Answer
from tocsin.contacts.domain.channel import Channel
from tocsin.kernel.domain.errors import Forbidden
from tocsin.kernel.domain.ids import TenantId
from tocsin.limits.domain.sending_limits import SendingLimits
from tocsin.planning.domain.plan import Plan, PlannedAlert
from tocsin.results.domain.reasons import REASONS

NEVER = "019aa3c4-5d00-7c8f-9b3a-2f6d1e4c7a90"
GROUP = {
    "inlineContactGroup": {
        "contacts": [
            {"id": "a", "sms": "+447700900001", "email": "a@example.org"},
            {"id": "b", "email": "b@example.org"},
            {"id": "c", "sms": "x", "email": "a@example.org"},
            {"id": "d", "sms": "+12025550123", "email": "d b@example.org"},
        ],
        "sets": [{"name": "night", "ids": ["a", "b"]}],
    }
}
ADDRESSES = ["+447700900001", "+44 7700 900002", "07700", "+12025550123", "e@example.org", "E@example.org", "no one"]
SOME = st.lists(st.sampled_from(ADDRESSES), max_size=4)


@st.composite
def elements(draw: st.DrawFn) -> dict[str, Any]:
    """Draw an element that may fail in part or as a whole, or be refused with the call."""
    named = draw(
        st.fixed_dictionaries(
            {"recipients": SOME},
            optional={
                "contacts": st.lists(st.sampled_from(["a", "b", "c", "d", "zed"]), max_size=3),
                "contactSets": st.lists(st.sampled_from(["all", "night", "noon"]), max_size=1),
                "storedRecipients": st.just(NEVER),
                "timeWindows": st.just(["1;*;*;*;*"]),
            },
        )
    )
    named |= draw(st.sampled_from([{}, {"content": ..., "storedContent": NEVER}]))
    return draw(st.sampled_from([sms(**named), email(**named), call(recipients=named["recipients"])]))


def of_entries(entries: list[dict[str, Any]]) -> Counter[tuple[Any, ...]]:
    """Return who is excluded by a plan, where and why."""
    return Counter(
        (entry["alertType"], entry["tag"], who, entry["reason"], entry["reasonText"])
        for entry in entries
        if entry["outcome"] == "excluded"
        for who in entry["recipients"]
    )


def of_rows(door: Door, sent: Answer) -> Counter[tuple[Any, ...]]:
    """Return the same of a call: from the list of its alert, or from the refusal of a call that nobody gets."""
    if sent.status != 200:
        told = sent.json["excluded"]
        return Counter(
            (e["alertType"], e["tag"], e.get("contactId") or e["address"], e["reason"], e["reasonText"]) for e in told
        )
    rows = door.get(f"/alerts/{sent.json['alertRef']}/recipients", state="excluded").json["items"]
    return Counter(
        (row["channel"], row["tag"], row["contact_id"] or row["address"], row["reason"], row["reason_text"])
        for row in rows
    )


@given(st.lists(elements(), min_size=1, max_size=3), st.sampled_from([None, 0, 2]))
def test_a_plan_and_its_call_say_the_same(drawn: list[dict[str, Any]], capacity: int | None) -> None:
    door = Door()
    door.sending_limits.books[TenantId("acme")] = SendingLimits(countries=frozenset({"GB"}))
    token = door.new_key("acme", "k2", capacities={} if capacity is None else {Channel.SMS: capacity})
    those = [{**element, "tag": f"t{index}"} for index, element in enumerate(drawn)]

    plan = door.send(*those, contactGroup=GROUP, apiKey=token, mode="plan")
    sent = door.send(*those, contactGroup=GROUP, apiKey=token)

    if plan.status != 200:
        assert _without_id(plan) == _without_id(sent)
        return
    (step,) = plan.json["steps"]
    assert step["alerts"] == sent.json["alerts"]
    assert of_entries(step["entries"]) == of_rows(door, sent)
    said = {name: step.get(name) for name in ("failureReason", "failureCode")}
    assert said == {name: sent.json.get(name) for name in said}
    assert sent.status == (200 if said["failureCode"] is None else 422)
    for entry in sent.json["alerts"]:
        assert ("failureReason" in entry) == ("failureCode" in entry)
        assert entry.get("failureCode") in {None, *REASONS}


def _without_id(answer: Answer) -> dict[str, Any]:
    return {name: value for name, value in answer.json.items() if name != "requestId"}


def test_a_step_that_could_not_be_sent_says_so_in_words_with_a_code_beside_them() -> None:
    plan = Plan("ref-1", NOON, (PlannedAlert(1, NOON, None, (), error=Forbidden("canSetLifetime")),))

    (step,) = plan_answer(plan)["steps"]

    assert step["failureReason"] == "the caller is not allowed to do this (canSetLifetime)"
    assert step["failureCode"] == "FORBIDDEN"
