"""Linked alerts on the deployed system: from the first alarm to the phone that stays quiet."""

from __future__ import annotations

import json
from typing import Any

from tests.stack.system import System, email, sms

OURS = "+447700900053"
EVERYBODY = {"contactSets": ["all"]}


def _to_all(element: dict[str, Any], *except_responded: str) -> dict[str, Any]:
    """Return the element to every contact of the set, except those who have answered."""
    kept = {name: value for name, value in element.items() if name != "recipients"}
    modifiers = (
        {"linkedAlertModifiers": {"except": {"previouslySeen": ", ".join(except_responded)}}}
        if except_responded
        else {}
    )
    return {**kept, **EVERYBODY, **modifiers}


def test_who_answers_the_first_alarm_is_not_asked_again(system: System) -> None:
    # given an alarm from a number that people can answer to
    (key,) = {json.loads(line)["key"] for line in system.operator.run("key", "list", "--tenant", "acme").splitlines()
              if json.loads(line)["name"] == "live"}  # fmt: skip
    system.operator.run("number", "add", "--tenant", "acme", "--key", key, "--number", OURS)
    ana, bob = system.phones(2)
    (mailbox,) = system.mailboxes(1)
    people = [{"id": "ana", "sms": ana, "email": mailbox}, {"id": "bob", "sms": bob}]
    link = {"linkRef": f"gate{ana}"}
    group = {"inlineContactGroup": {"contacts": people}}
    first = system.sent("live", _to_all(sms([], sender=OURS)), linkedAlerts=link, contactGroup=group)
    system.settled("live", first)

    # when Ana answers it
    system.text_back(ana, "on my way")
    (reply,) = (event for event in system.events("live", first, 3) if event["event"] == "reply")
    assert reply["contactId"] == "ana"

    # then the next level goes to Bob alone, on either channel
    answer = system.send(
        "live", _to_all(sms([], "who comes?"), "sms"), _to_all(email([]), "sms", "shortlink"), linkedAlerts=link
    )
    assert answer.status == 200, answer.body
    assert [(one["requestedCount"], one["sentCount"]) for one in answer.body["alerts"]] == [(2, 1), (2, 0)]
    system.settled("live", answer.body["alertRef"])
    assert [message.text for message in system.received([ana, mailbox])] == ["the north gate is open"]
    assert [message.text for message in system.received([bob])] == ["the north gate is open", "who comes?"]

    # and once the link is cancelled nobody else is told, until that is lifted
    cancelled = system.callers["live"].post("/cancelalerts", {"version": "v1", "cancel": [link]})
    assert (cancelled.status, cancelled.body["cancel"][0]["success"]) == (200, True)
    assert system.send("live", _to_all(sms([])), linkedAlerts=link).status == 409
    system.settled("live", system.sent("live", _to_all(sms([])), linkedAlerts={**link, "cancelCancellation": True}))
