"""AH-111, wired: a message waits at a number of ours, a person calls it, presses a key and hangs up."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from infra.local.outside.contact_flow import FlowRun
from infra.local.outside.phone_people import PhonePerson
from infra.local.outside.scripted_phone import ScriptedPhone
from infra.local.outside.telephone import Spoken
from infra.local.provider_events import contact_event
from tests.builders import KEY, TENANT, a_call, an_acceptance, number
from tests.functional.events import Context, sqs_event
from tests.functional.test_worker_wiring import Stack, orders, stack
from tests.unit.voice.calls import FLOW
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.domain.message import MessageState
from tocsin.entrypoint.process.clock import utc_now
from tocsin.responses.domain.two_way import TwoWayNumber

__all__ = ["stack"]

ANA, OURS = number(1), number(50)


@pytest.mark.deep
def test_ah_111_a_receiver_who_calls_hears_the_message_and_presses_a_key(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack.storage.two_way_numbers.add(TwoWayNumber(OURS, TENANT, KEY))
    acceptance = an_acceptance(a_call(ANA, sender=OURS), at=utc_now())
    (item,) = acceptance.alert.items
    acceptance = replace(
        acceptance, alert=replace(acceptance.alert, items=(replace(item, channel=Channel.INBOUND_CALL),))
    )
    stack.storage.alerts.accept(acceptance)
    assert stack.start("dispatch_voice.app").handler(sqs_event(orders(acceptance)), Context(60_000)) == {
        "batchItemFailures": []
    }
    assert stack.counts(TENANT, acceptance.alert.ref)[MessageState.SENT] == 1

    ivr = stack.start("ivr.app")
    phone = ScriptedPhone(PhonePerson(listening="5"), lambda said: Spoken(said["what"], "", "", 2.0))
    contact = {
        "ContactId": "11111111-2222-3333-4444-555555555555",
        "Attributes": {},
        "InitiationMethod": "INBOUND",
        "CustomerEndpoint": {"Address": ANA},
        "SystemEndpoint": {"Address": OURS},
    }
    began = utc_now()
    reason = FlowRun(FLOW, phone, lambda asked: ivr.handler(asked, Context()), contact).run()
    assert [said.spoken.text for said in phone.said] == ["main: trunk 7 is down"]

    end = contact_event(contact["ContactId"], began, began, utc_now(), reason, "INBOUND")  # type: ignore[arg-type]
    monkeypatch.setenv("CONNECT_INSTANCE_ARN", end["detail"]["instanceArn"])
    tracker = stack.start("track_events.app")
    assert tracker.handler(sqs_event([json.dumps(end)]), Context(60_000)) == {"batchItemFailures": []}

    assert stack.counts(TENANT, acceptance.alert.ref)[MessageState.DELIVERED] == 1
    told = stack.storage.waiting_events.collect(TENANT, KEY, acceptance.alert.ref, 100, utc_now())
    assert sorted(event.event for event in told) == ["callComplete", "callReceived", "delivered", "reply", "sent"]
    (reply,) = (event for event in told if event.event == "reply")
    expected: dict[str, Any] = {"reply": "5", "evidence": "pressed_in", "counted": True}
    assert expected.items() <= reply.details.items()
