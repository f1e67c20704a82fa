"""Every option of every verb on the deployed system, where each function has the rights and settings of its own only."""

from __future__ import annotations

import json

from infra.local.commands.keys import NewKey
from infra.local.places import ROOT
from tests.every_option.calls import Place, every_option, make
from tests.every_option.document import Call, Document, Json
from tests.fakes.receiver import receiver
from tests.stack.session import RIGHTS
from tests.stack.system import System


def test_no_option_works_in_tests_only(system: System) -> None:
    # given a key with all rights, and an endpoint that refuses every event for good
    system.add_key("options", NewKey("acme", "live", "options", RIGHTS))
    api, number = system.callers["options"], "+447700900061"
    system.operator.give_number("acme", api.key, number)

    def deliveries() -> list[Json]:
        asked = {"version": "latest", "getCallbackInfo": True}
        callbacks = api.post("/getinfo", asked).body["info"]["callbacks"]
        (endpoint,) = callbacks["endpoints"] or [None]
        if endpoint is None:
            return []
        options = {"endpointId": endpoint["endpointId"], "maximumDeliveries": 100}
        found = api.post("/getinfo", {**asked, "callbackOptions": options}).body["info"]["callbacks"]["deliveries"]
        return list(found)

    def no_event_is_under_way() -> None:
        system.awaited(deliveries, lambda found: len(found) > 1 and _at_rest(found), 60)
        hook.statuses = []

    def ask(call: Call) -> tuple[int, Json]:
        send = getattr(api, call.method.lower())
        answer = send(call.target) if call.body is None else send(call.target, call.body)
        return answer.status, answer.body

    with receiver() as hook:
        hook.statuses = [410] * 100
        place = Place(
            token=api.key,
            number=number,
            phones=system.phones(5),
            mailbox=system.mailboxes(1)[0],
            callback=hook.url + "/options",
            refused=no_event_is_under_way,
        )

        # when every option is used once: each call is taken
        make(every_option(place, Document(json.loads((ROOT / "docs" / "openapi.json").read_text()))), ask)

        # then the one event and the failed ones are delivered again
        system.awaited(deliveries, lambda found: sum(one["state"] == "succeeded" for one in found) > 1, 60)


def _at_rest(deliveries: list[Json]) -> bool:
    return all(one["state"] in ("dropped", "paused") for one in deliveries)
