"""Who is told next if nobody answers, on the deployed system: a step by its timer, an answer, and all clear.

Waits for one step (a minute, the shortest there is).
"""

from __future__ import annotations

import json

from tests.stack.system import System, email, sms

OURS = "+447700900051"


def test_somebody_is_told_next_until_somebody_answers(system: System) -> None:
    # given a number that people can answer to, and an escalation from it
    (key,) = {json.loads(line)["key"] for line in system.operator.run("key", "list", "--tenant", "acme").splitlines()
              if json.loads(line)["name"] == "live"}  # fmt: skip
    system.operator.run("number", "add", "--tenant", "acme", "--key", key, "--number", OURS)
    (phone,), (manager,) = system.phones(1), system.mailboxes(1)
    all_clear = {
        name: value for name, value in sms([], "all clear", sender=OURS, tag="s").items() if name != "recipients"
    }
    later = sms([phone], "still nobody", sender=OURS, tag="s")
    ref = system.sent(
        "live",
        sms([phone], "who can come?", sender=OURS),
        escalation={
            "steps": [{"after": "1m", "alert": [{**email([manager]), "tag": "m"}]}, {"after": "30d", "alert": [later]}],
            "onStopped": {"alert": [all_clear]},
        },
        options={"lifetime": "90d"},
    )

    # when nobody answers for a minute, the manager is told
    def said(address: str) -> list[str]:
        return [message.text for message in system.received([address])]

    system.awaited(lambda: said(manager), lambda all: len(all) == 1, 90)
    shown = system.callers["live"].get(f"/alerts/{ref}").body["escalation"]
    assert (shown["state"], shown["step"], shown["answered"]) == ("armed", 1, 0)
    by_step = system.callers["live"].get(f"/alerts/{shown['step_alert_refs'][1]}").body
    assert by_step["cause"] == {"kind": "escalation", "parent": ref, "run": "1"}

    # when somebody answers, it is over, and who was texted is told
    system.text_back(phone, "on my way")
    system.awaited(lambda: said(phone), lambda all: all == ["who can come?", "all clear"], 60)
    shown = system.callers["live"].get(f"/alerts/{ref}").body["escalation"]
    assert (shown["state"], shown["answered"], shown["next_due_at"]) == ("acknowledged", 1, None)
    told = [event["event"] for event in system.events("live", ref, 4)]
    assert {"escalated", "acknowledged", "reply"} <= set(told)
    assert (told.count("escalated"), told.count("acknowledged")) == (1, 1)
