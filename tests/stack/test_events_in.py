"""Telephony events come into the deployed system: by the API, from a source, by the bus, and as a text."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from functools import partial
from typing import Any

from infra.local.api import Api
from infra.local.captured import texts
from infra.local.commands.event import followed
from infra.local.commands.people import wait_until_rules_count
from tests.fakes.receiver import receiver
from tests.stack.system import System
from tocsin.adapters.sqs.timer_queue import SqsTimerQueue
from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.application.take_payload import secret_hash
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.event_pack import hour_name, hour_of
from tocsin.telephony.domain.event_source import EventSource
from tocsin.timers.domain.timer import TimerKey, TimerKind

ACME, RIVAL = TenantId("acme"), TenantId("rival")
SOURCE = "acme-stack001"
ACCOUNT = "000000000000"


def event(**more: Any) -> dict[str, Any]:
    data = {"callId": "c", "direction": "incoming", "status": "missed", "durationSeconds": 18, "line": "2010"}
    parties = {"from": {"number": "+447700900123"}, "to": {"number": "2010"}}
    return {
        "specversion": "1.0",
        "id": str(uuid.uuid4()),
        "source": "pbx",
        "type": "call.ended",
        "time": datetime.now(UTC).isoformat(),
        "data": data | parties,
    } | more


def stored(system: System, tenant: TenantId, source: str, id: str) -> bool:
    now = datetime.now(UTC)
    name = TelephonyEvent(source, id, "", now, now, {}).name
    return bool(system.storage.event_rows.read(tenant, [name], now))


def test_events_come_by_the_api_and_from_a_source(lively: System) -> None:
    sent = event()
    api = lively.callers["live"]
    first, second = api.post("/events", json.dumps([sent]).encode()), api.post("/events", sent)
    assert (first.status, first.body["items"][0]["status"]) == (202, "accepted"), first.body
    assert second.body["items"][0]["status"] == "duplicate"
    assert stored(lively, ACME, "pbx", sent["id"])

    digest = secret_hash(lively.storage.sealer, ACME, SOURCE, "s3cret")
    lively.storage.event_sources.add(EventSource(ACME, SOURCE, "PBX", "native", secret_hashes=(digest,)))
    nobody = Api(lively.stack.api, "")
    assert nobody.post(f"/events/{SOURCE}?token=wrong", sent).status == 401
    assert nobody.post(f"/events/{SOURCE}?token=s3cret", event(id="of the source")).status == 202
    assert stored(lively, ACME, "pbx", "of the source")
    # the gateway answers a call without a signature as one that no route takes, and starts no function
    assert nobody.post("/iam/events", sent).status == 404


def test_the_events_of_an_hour_are_packed_by_the_timer_with_the_rights_that_it_has(lively: System) -> None:
    # given an event, and the timer of its hour, which is made due at once
    assert lively.callers["live"].post("/events", event()).status == 202
    now = datetime.now(UTC)
    key = TimerKey(ACME, TimerKind.PACK, hour_name(hour_of(now)))
    timer = lively.awaited(lambda: lively.storage.timers.get(key), bool, 10)
    assert timer is not None
    due = timer.next(now)
    assert lively.storage.timers.move(timer, due)
    SqsTimerQueue(lively.aws.client("sqs"), lively.stack.outputs["TimersQueueUrl"]).enqueue([due], now)

    # then the hour has a pack with it
    hour = hour_of(now)
    (part,) = lively.awaited(lambda: lively.storage.event_packs.parts(ACME, hour, hour, now), bool, 60)
    assert part.events >= 1


def test_entries_of_the_bus_come_to_the_tenant_of_account_and_source(lively: System) -> None:
    for tenant in ("acme", "rival"):
        lively.operator.run("events", "allow", "--tenant", tenant, "--account", ACCOUNT)
    sent = {tenant: event() for tenant in ("acme", "rival")}
    bus = lively.stack.outputs["TelephonyBusArn"].rpartition("/")[2]
    entries: Any = [
        {
            "EventBusName": bus,
            "Source": f"tocsin.tenant.{tenant}",
            "DetailType": "call.ended",
            "Detail": json.dumps(each),
        }
        for tenant, each in sent.items()
    ]
    assert lively.aws.client("events").put_events(Entries=entries)["FailedEntryCount"] == 0
    for tenant, each in sent.items():
        lively.awaited(partial(stored, lively, TenantId(tenant), "pbx", each["id"]), bool, 30)
    assert not stored(lively, RIVAL, "pbx", sent["acme"]["id"])


def test_a_missed_call_is_told_by_mail_text_and_webhook_and_explained(lively: System, number: str) -> None:
    # given a rule of acme's owner that tells people and a program, and another that a missed call does not match
    (phone,), (mailbox, person) = lively.phones(1), lively.mailboxes(2)
    owned_by = ("--tenant", "acme", "--email", person, "--name", "Olivia", "--role", "account_owner")
    lively.operator.run("user", "create", *owned_by)
    owner = Api(lively.stack.api, lively.operator.token_of(person))
    desk = owner.post("/phone_numbers", {"e164": number, "label": "Desk"})
    assert (desk.status, desk.body["sms_enabled"]) == (201, True)
    with receiver() as hook:
        told = [
            {"type": "email", "to": mailbox, "subject": "%%STATUS%%: %%CALLER_NUMBER%%"},
            {"type": "sms", "from": number, "to": [phone], "text": "%%CALLER_NUMBER%% called %%LINE%%"},
            {
                "type": "webhook",
                "url": f"{hook.url}/calls",
                "method": "POST",
                "headers": [{"preset": "x_api_key", "value": "of-the-receiver"}],
            },
        ]
        rule, other = (
            owner.post(
                "/alert_rules",
                {
                    "name": f"Calls {status}",
                    "type": "call",
                    "triggers": [{"filters": {"statuses": [status]}}],
                    "notifications": told,
                },
            )
            for status in ("missed", "busy")
        )
        assert (rule.status, other.status) == (201, 201), (rule.body, other.body)
        wait_until_rules_count(owner)

        # when a call is missed
        call = event(id="missed at ten")
        call["data"]["callId"] = "ten"
        (taken,) = lively.callers["live"].post("/events", json.dumps([call]).encode()).body["items"]

        # then the owner is told what came of it: the first rule sent all three, the second missed by its filter
        explained, records = followed(owner, taken["event_id"], 60)
        assert [each["alert_rule"] for each in explained["rules"]] == [rule.body["id"]]
        assert [each["alert_rule"] for each in explained["near_misses"]] == [other.body["id"]]
        sent = {(each["channel"], each["recipient"], each["status"]) for each in records}
        told_to = (("EMAIL", mailbox), ("SMS", phone), ("WEBHOOK", f"{hook.url}/calls"))
        assert sent == {(*each, "SUCCESS") for each in told_to}

        # and each has arrived once
        (posted,) = hook.received
    mail = lively.outside.mails.newest(mailbox)
    assert mail is not None
    assert b"Subject: missed: +447700900123" in mail
    assert [each.text for each in texts(lively.engine.url) if each.to == phone] == ["+447700900123 called 2010"]
    assert (posted.path, posted.headers["x-api-key"]) == ("/calls", "of-the-receiver")
    assert json.loads(posted.body)["call"]["from"]["number"] == "+447700900123"
