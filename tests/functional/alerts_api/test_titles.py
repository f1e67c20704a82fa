"""The title of an alert, and who sent it (decided 2.18)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.functional.alerts_api.conftest import Door, email, sms
from tocsin.identity.domain.api_key import Right


def shown(door: Door, *elements: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = door.send(*elements, **more)
    assert answer.status == 200, answer.text
    status: dict[str, Any] = door.get(f"/alerts/{answer.json['alertRef']}").json
    return status


def test_decided_2_18_a_title_comes_back(door: Door) -> None:
    assert shown(door, sms(), title="Pump 7 stopped")["title"] == "Pump 7 stopped"


@pytest.mark.parametrize("title", [..., "", " ", None])
def test_decided_2_18_without_one_the_subject_is_the_title(door: Door, title: Any) -> None:
    assert shown(door, sms(), email(subject="Gate 3"), title=title)["title"] == "Gate 3"
    assert shown(door, sms(content="gate 3 is open"), title=title)["title"] == "gate 3 is open"


@pytest.mark.parametrize(
    ("title", "code"),
    [("x" * 81, "TOO_LONG"), ("two\nlines", "WRONG_FORM"), ("\u202eeno", "WRONG_FORM"), (7, None)],
)
def test_decided_2_18_a_title_is_one_line_of_80_characters(door: Door, title: Any, code: str | None) -> None:
    answer = door.send(title=title)
    assert answer.status == 400
    assert list(answer.faults()) == ["/title"]
    assert code in {None, answer.faults()["/title"]}
    assert door.send(title="x" * 80).status == 200


def test_decided_2_18_an_alert_says_which_key_sent_it(door: Door) -> None:
    door.token = door.new_key("acme", "desk", Right.READ_ALERTS)
    assert shown(door)["sent_by"] == {"kind": "key", "id": "desk", "name": "desk"}


def test_decided_2_18_steps_and_all_clear_have_the_title_of_their_alert(door: Door) -> None:
    escalation = {
        "steps": [{"after": "5m", "alert": [sms(recipients=["+447700900002"])]}],
        "onStopped": {"alert": [sms(recipients=..., content="over")]},
    }
    for title in ("Pump 7 stopped", None):
        shown(door, sms(sender="+447700900100"), title=title, escalation=escalation)
    written = [(*policy.steps, policy.on_stopped) for policy in door.escalations.ladders.values()]
    assert [[json.loads(text or "{}").get("title") for text in texts] for texts in written] == [
        ["Pump 7 stopped"] * 2,
        [None] * 2,
    ]


def test_decided_2_18_a_stored_alert_keeps_its_title(door: Door) -> None:
    stored = door.send(title="Gate 3", deferral={"defer": True}).json
    answer = door.post("/sendstoredalert", {"clientRef": "ref-2", "storeId": stored["storeId"]})
    assert door.get(f"/alerts/{answer.json['alertRef']}").json["title"] == "Gate 3"
