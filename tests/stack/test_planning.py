"""A plan and an explanation through the deployed system, with the permissions of its own role."""

from __future__ import annotations

from tests.stack.system import System, sms


def test_a_plan_is_made_and_nothing_is_sent_and_what_was_sent_is_explained(system: System) -> None:
    # given somebody, and a manager who is told if nobody answers
    ana, boss = system.phones(2)
    policy = {"steps": [{"after": "5m", "alert": [sms([boss], "nobody answered", tag="boss")]}]}

    # when it is planned
    plan = system.send("live", sms([ana], "water in rack 4", tag="crew"), escalation=policy, mode="plan")

    # then both steps are told and nothing goes out
    assert plan.status == 200, plan.body
    assert [[entry["recipients"] for entry in step["entries"]] for step in plan.body["steps"]] == [[[ana]], [[boss]]]
    assert system.received([ana, boss]) == []

    # and what is then sent can be explained
    sent = system.send("live", sms([ana], "water in rack 4", tag="crew"))
    ref = sent.body["alertRef"]
    system.settled("live", ref, 60)
    story = system.callers["live"].get(f"/alerts/{ref}/explain/~0.0.0").body
    assert [line["code"] for line in story["chain"]][:3] == ["accepted", "taken", "sent"]
