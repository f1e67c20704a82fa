"""Results called back by the deployed system to a receiver on this machine."""

from __future__ import annotations

import json
from collections import Counter
from urllib.parse import parse_qs

from tests.fakes.receiver import Received, receiver
from tests.stack.system import System, email, sms


def test_ah_126_each_event_is_posted_once_and_none_waits_to_be_collected(system: System) -> None:
    phones, mailboxes = system.phones(2), system.mailboxes(1)
    with receiver() as hook:
        options = {"notification": "callback", "callbackURL": hook.url + "/tocsin"}
        ref = system.sent("live", sms(phones), email(mailboxes), options=options)
        got = system.awaited(lambda: list(hook.received), lambda found: len(found) >= 3, 60)

        events = [json.loads(one.body) for one in got]
        assert Counter((event["event"], *event["alertees"]) for event in events) == Counter(
            ("sent", address) for address in [*phones, *mailboxes]
        )
        assert {event["alertId"] for event in events} == {ref}
        for one, event in zip(got, events, strict=True):
            assert one.headers["webhook-id"] == event["eventId"]
            assert one.headers["webhook-signature"].startswith("v1,")
        assert system.events("live", ref, 0) == []
        assert len(hook.received) == 3


def test_ah_127_w2_a_receiver_that_fails_once_gets_the_same_event_again_as_a_form(system: System) -> None:
    with receiver() as hook:
        hook.statuses = [500]
        options = {"notification": "callback", "notificationType": "form", "callbackURL": hook.url + "/"}
        system.sent("live", sms(system.phones(1)), options=options)

        def calls() -> list[Received]:
            return list(hook.received)

        first, second = system.awaited(calls, lambda found: len(found) >= 2, 60)
        assert first.body == second.body
        assert parse_qs(first.body.decode())["event"] == ["sent"]
        assert first.headers["webhook-id"] == second.headers["webhook-id"]


def test_w8_no_call_goes_to_a_private_address(system: System) -> None:
    options = {"notification": "callback", "callbackURL": "https://10.0.0.8/"}
    answer = system.send("live", sms(system.phones(1)), options=options)
    assert answer.status == 400
    assert [(error["pointer"], error["code"]) for error in answer.body["errors"]] == [
        ("/options/callbackURL", "NOT_PUBLIC")
    ]
