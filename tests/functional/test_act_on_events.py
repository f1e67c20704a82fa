"""The worker of owed events as Lambda imports it, over moto: an event is taken in, and its rule is run."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import boto3
import pytest

from tests.contract.cloud import REGION
from tests.functional.events import Context, record_id, scheduled_event, sqs_event
from tests.functional.test_worker_wiring import Stack, stack
from tests.scenarios.event_world import HOOK, MAIL, calls_rule, missed_call
from tocsin.alert_rules.domain.rule import AlertRule, RuleOptions
from tocsin.alert_rules.domain.run import RuleRunState, run_id
from tocsin.alert_rules.ports.rules import RuleChange
from tocsin.alerts.domain.cause import Cause, CauseKind
from tocsin.audit.domain.actor import OPERATOR, Via
from tocsin.audit.domain.entry import AuditEntry, Thing
from tocsin.bootstrap.telephony.account_events import AccountEvents
from tocsin.content.domain.content import text_of
from tocsin.directory.domain.things import Line
from tocsin.directory.ports import DirectoryChange
from tocsin.entrypoint.process.clock import utc_now
from tocsin.identity.domain.tenant import BusTopic, Tenant
from tocsin.identity.domain.user import User, UserState
from tocsin.integrations.domain.integration import Integration
from tocsin.integrations.ports import IntegrationChange
from tocsin.kernel.domain.ids import RoleId, TenantId, UserId
from tocsin.personal_notices.domain.notice import NoticeKind
from tocsin.preferences.domain.settings import NotificationSettings
from tocsin.telephony.domain.account_events import webhook_failed
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.event_source import EventSource
from tocsin.telephony.domain.stored_event import EventOrder, StoredEvent
from tocsin.tenant_mail.domain.mail_settings import MailSettings
from tocsin.tenant_mail.domain.mailed_events import MailOutcome
from tocsin.timers.domain.timer import Timer, TimerKey, TimerKind
from tocsin.webhooks.domain.delivery import DeliveryKey, DeliveryState

__all__ = ["stack"]

ACME = TenantId("acme")


def kept(stack: Stack, rule: AlertRule) -> AlertRule:
    """Store a rule as the API does."""
    entry = AuditEntry(ACME, "e1", utc_now(), OPERATOR, Via.OPERATOR, "rule.created", Thing("rule", rule.id, rule.name))
    stack.storage.alert_rules.commit(RuleChange(None, rule, entry))
    return rule


def taken_in(app: Any, rule: AlertRule, *events: TelephonyEvent) -> str:
    """Store events that the rule matches; return the order to act on them."""
    act = ["rule", rule.id, rule.version, [trigger.id for trigger in rule.triggers]]
    app.storage.event_rows.insert(ACME, [StoredEvent.new(event, (act,), {}) for event in events])
    return EventOrder(ACME, tuple(event.name for event in events)).encode()


def an_event(id: str = "c1") -> TelephonyEvent:
    """Return a call that was missed just now."""
    return missed_call(id, utc_now())


def test_a_rule_runs_once_and_its_mail_and_webhook_are_queued(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSOLE_URL", "https://console.example")
    rule, event = kept(stack, calls_rule(replace(MAIL, body="See %%URL%%"), HOOK)), an_event()
    app = stack.start("act_on_events.app")
    order = taken_in(app, rule, event)
    assert app.handler(sqs_event([order, order]), Context(60_000)) == {"batchItemFailures": []}
    storage = stack.storage
    run = storage.rule_runs.get(ACME, rule.id, run_id(rule.id, event.name, event.received_at), utc_now())
    assert run is not None
    assert run.state is RuleRunState.SENT
    assert run.alert is not None
    alert = storage.alerts.get(ACME, run.alert)
    assert alert is not None
    assert [item.tag for item in alert.items] == [MAIL.id]
    assert text_of(alert.items[0].content) == f"See https://console.example/console/events/{event.name}"  # type: ignore[arg-type]
    assert len(run.deliveries) == 1
    assert len(stack.bodies("EMAIL_BULK") + stack.bodies("EMAIL_URGENT")) == 1
    assert len(stack.bodies("WEBHOOK") + stack.bodies("WEBHOOK_URGENT")) == 1
    assert not storage.event_rows.read(ACME, [event.name], utc_now())[event.name].owed


def test_an_order_that_cannot_be_read_fails_alone(stack: Stack) -> None:
    rule = kept(stack, calls_rule())
    app = stack.start("act_on_events.app")
    order = taken_in(app, rule, an_event())
    answer = app.handler(sqs_event(["nonsense", order]), Context(60_000))
    assert [failure["itemIdentifier"] for failure in answer["batchItemFailures"]] == [record_id(0)]
    assert len(stack.bodies("EMAIL_BULK") + stack.bodies("EMAIL_URGENT")) == 1


def test_the_sweeper_orders_again_what_was_never_acted_on(stack: Stack) -> None:
    rule = kept(stack, calls_rule())
    app = stack.start("sweep.app")
    order = taken_in(app, rule, missed_call("c1", utc_now() - timedelta(minutes=3)))
    assert app.handler(scheduled_event(), Context(50_000))["events"] == 1
    assert stack.bodies("EVENTS_OWED") == [order]
    assert app.handler(scheduled_event(), Context(50_000))["events"] == 0  # it is put off


def test_a_timer_tells_a_digest(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TIMERS_QUEUE_ARN", "TIMERS_DEAD_LETTERS_ARN", "TIMER_WAKE_UP_GROUP", "TIMER_WAKE_UP_ROLE_ARN"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("OPEN_EGRESS", "false")
    rule = kept(stack, calls_rule(options=RuleOptions(digest=timedelta(seconds=1))))
    app = stack.start("act_on_events.app")
    app.handler(sqs_event([taken_in(app, rule, an_event())]), Context(60_000))
    assert stack.bodies("EMAIL_URGENT") == []
    (key,) = stack.storage.timers.due(utc_now() + timedelta(hours=1), 9)
    timer = stack.storage.timers.get(key)
    assert timer is not None
    run_timers = stack.start("run_timers.app")
    assert run_timers.run.actions[TimerKind.DIGEST](timer, timer.due_at) is None
    assert len(stack.bodies("EMAIL_URGENT")) == 1
    alert = stack.storage.alerts.get(
        ACME, Cause(CauseKind.RULE, rule.id, timer.key.subject, timer.due_at).alert_ref(ACME)
    )
    assert alert is not None
    assert "1 event:" in text_of(alert.items[0].content)  # type: ignore[arg-type]


def test_budget_18_a_run_with_one_mail_costs_at_most_14_calls_and_22_write_units(stack: Stack) -> None:
    rule, event = kept(stack, calls_rule()), an_event()
    app = stack.start("act_on_events.app")
    app.handler(sqs_event([taken_in(app, rule, an_event("first"))]), Context(60_000))  # the process is warm
    order = taken_in(app, rule, event)
    calls: Counter[str] = Counter()
    units = 0.0

    def answered(model: Any, parsed: dict[str, Any], **_: Any) -> None:
        nonlocal units
        calls[model.name] += 1
        if model.name == "TransactWriteItems":
            units += 2 * len(transacted)
            transacted.clear()
        elif model.name in ("PutItem", "UpdateItem", "DeleteItem"):
            units += 1

    transacted: list[Any] = []

    def counted(params: dict[str, Any], **_: Any) -> None:
        transacted.extend(params.get("TransactItems", ()))

    for client in (app.clients.dynamodb, app.clients.sqs):
        client.meta.events.register("provide-client-params.*", counted)
        client.meta.events.register("after-call.*", answered)
    app.handler(sqs_event([order]), Context(60_000))
    assert calls.total() <= 14, calls
    assert units <= 22
    assert calls["TransactWriteItems"] == 1


def test_a_low_disk_is_mailed_to_the_recipients_by_the_default_template(stack: Stack) -> None:
    storage, now = stack.storage, utc_now()
    recipients = ("ops@example.com", "boss@example.com")
    assert storage.mail_settings.save(MailSettings(tenant=ACME, recipients=recipients, version=1), now)
    event = TelephonyEvent("pbx", "d1", "disk.low", now, now, {"freeBytes": 1_000_000_000, "usedBytes": 9})
    app = stack.start("act_on_events.app")
    stored = StoredEvent.new(event, (["mail", "DISK_LOW"],), {})
    app.storage.event_rows.insert(ACME, [stored])
    order = EventOrder(ACME, (event.name,)).encode()
    assert app.handler(sqs_event([order, order]), Context(60_000)) == {"batchItemFailures": []}
    run = storage.mail_runs.get(ACME, stored.place, utc_now())
    assert run is not None
    assert (run.outcome, run.custom) == (MailOutcome.SENT, False)
    assert run.alert is not None
    alert = storage.alerts.get(ACME, run.alert)
    assert alert is not None
    assert alert.send_before - alert.accepted_at == timedelta(hours=24)
    assert "1.0 GB" in text_of(alert.items[0].content)  # type: ignore[arg-type]
    (chunk,) = alert.chunks()
    assert [who.address for who in storage.alerts.recipients_of([chunk])[chunk]] == list(recipients)
    assert len(stack.bodies("EMAIL_BULK") + stack.bodies("EMAIL_URGENT")) == 1
    assert not storage.event_rows.read(ACME, [event.name], utc_now())[event.name].owed


def test_a_person_hears_of_a_call_to_their_line_by_mail_and_in_the_inbox(stack: Stack) -> None:
    storage, now = stack.storage, utc_now()
    ana = User(ACME, UserId("ana"), "ana@example.com", "Ana", RoleId("user"), now, state=UserState.ACTIVE)
    line = Line(tenant=ACME, id="l1", extension="2001", user=ana.id)
    for thing in (ana, line):
        entry = AuditEntry(ACME, thing.id, now, OPERATOR, Via.OPERATOR, "made", Thing("thing", thing.id, ""))
        storage.directory.commit([DirectoryChange(None, thing, entry)])
    event = missed_call("c1", now, line="2001")
    app = stack.start("act_on_events.app")
    app.storage.event_rows.insert(ACME, [StoredEvent.new(event, (["notice"],), {})])
    order = EventOrder(ACME, (event.name,)).encode()
    assert app.handler(sqs_event([order, order]), Context(60_000)) == {"batchItemFailures": []}

    run = storage.notice_runs.get(ACME, NoticeKind.CALL, event.name, utc_now())
    assert run is not None
    assert [(each.user, each.because) for each in run.people] == [("ana", "own line 2001")]
    (notice,) = storage.inboxes.page(ACME, ana.id, 10, None, utc_now()).notices
    assert notice.title == "Missed call from Ana (+447700900123)"
    assert len(stack.bodies("EMAIL_BULK") + stack.bodies("EMAIL_URGENT")) == 1
    assert not storage.event_rows.read(ACME, [event.name], utc_now())[event.name].owed


def test_sixteen_texts_are_one_notice_to_who_wants_to_hear_of_many(stack: Stack) -> None:
    storage, now = stack.storage, utc_now()
    ana = User(ACME, UserId("ana"), "ana@example.com", "Ana", RoleId("user"), now, state=UserState.ACTIVE)
    for thing in (ana, Line(tenant=ACME, id="l1", extension="2001", user=ana.id)):
        entry = AuditEntry(ACME, thing.id, now, OPERATOR, Via.OPERATOR, "made", Thing("thing", thing.id, ""))
        storage.directory.commit([DirectoryChange(None, thing, entry)])
    storage.preferences.save(NotificationSettings(tenant=ACME, user=ana.id, many_texts=True, version=1))
    data = {"from": {"number": "+447700900123"}, "to": {"number": "2001"}, "line": "2001"}
    events = [
        TelephonyEvent("pbx", f"t{n}", "sms.received", now, now, {"messageId": f"t{n}", **data}) for n in range(16)
    ]
    app = stack.start("act_on_events.app")
    app.storage.event_rows.insert(ACME, [StoredEvent.new(event, (["burst"],), {}) for event in events])
    order = EventOrder(ACME, tuple(event.name for event in events)).encode()
    assert app.handler(sqs_event([order]), Context(60_000)) == {"batchItemFailures": []}
    (notice,) = storage.inboxes.page(ACME, ana.id, 10, None, utc_now()).notices
    assert notice.kind == NoticeKind.MANY_TEXTS


# --- the event bus ------------------------------------------------------------------------------------------------


def asked_for(stack: Stack, *topics: BusTopic) -> None:
    """Let the account ask for these on the bus."""
    stack.storage.tenants.add(Tenant(ACME, "Acme", utc_now()))
    stack.storage.tenants.set_bus(ACME, frozenset(topics))


def acts_of(stack: Stack, type: str) -> list[Any]:
    """Return the acts of the events of a type that are owed."""
    keys = stack.storage.event_rows.owed(utc_now() + timedelta(hours=1), 100)
    found = [stack.storage.event_rows.read(ACME, [name], utc_now())[name] for _, name in keys]
    return [act for each in found if each.event.type == type for act in each.acts]


def test_events_2_8_what_an_account_asks_for_goes_from_its_events_to_the_bus(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_for(stack, *BusTopic)
    storage, now = stack.storage, utc_now()
    rule = kept(stack, calls_rule(MAIL, HOOK))
    hub = Integration(tenant=ACME, id="hub", name="HubSpot", kind="crm", created_at=now, since=now)
    storage.integrations.commit(IntegrationChange(before=None, after=hub))
    failed = TelephonyEvent("crm", "f1", "integration.status", now, now, {"integrationId": "hub", "status": "failed"})
    leg = replace(missed_call("c2", now, legId="leg1", final=True), id="leg1", type="call.leg")
    app = stack.start("act_on_events.app")
    orders = [taken_in(app, rule, an_event())]
    app.storage.event_rows.insert(
        ACME, [StoredEvent.new(failed, (["integration"],), {}), StoredEvent.new(leg, (["leg"],), {})]
    )
    orders.append(EventOrder(ACME, (failed.name, leg.name)).encode())
    while orders:
        assert app.handler(sqs_event(orders), Context(60_000)) == {"batchItemFailures": []}
        orders = stack.bodies("EVENTS_OWED")
    waiting = [*stack.bodies("WEBHOOK"), *stack.bodies("WEBHOOK_URGENT")]

    monkeypatch.setenv("OPEN_EGRESS", "false")
    boto3.Session("testing", "testing", region_name=REGION).client("events").create_event_bus(Name="results")
    worker = stack.start("deliver_webhook.app")
    put: list[dict[str, Any]] = []
    worker.clients.events.meta.events.register(
        "provide-client-params.events.PutEvents", lambda params, **_: put.extend(params["Entries"])
    )
    for_bus = [each for each in waiting if storage.webhook_deliveries.get(key_of(each)).bus is not None]  # type: ignore[union-attr]
    assert len(for_bus) == len(waiting) - 2  # the others are the rule's webhooks
    assert worker.handler(sqs_event(for_bus), Context(60_000)) == {"batchItemFailures": []}

    kinds = Counter(entry["DetailType"] for entry in put)
    assert kinds == {
        "tocsin.rule.sent": 2, "tocsin.incident.opened": 1, "tocsin.incident.stage": 1, "tocsin.event.call.ended": 1,
    }  # fmt: skip
    assert {(entry["EventBusName"], entry["Source"]) for entry in put} == {("results", "tocsin.dev")}
    assert {json.loads(entry["Detail"])["tenant"] for entry in put} == {ACME}
    assert {storage.webhook_deliveries.get(key_of(each)).state for each in for_bus} == {DeliveryState.SUCCEEDED}  # type: ignore[union-attr]


def key_of(order: str) -> DeliveryKey:
    """Return the one delivery of an order."""
    (id,) = json.loads(order)["e"]
    return DeliveryKey(ACME, id)


@pytest.mark.parametrize("asks", [True, False])
def test_events_2_8_a_silent_source_and_a_failing_webhook_owe_the_bus_if_the_account_asks(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, asks: bool
) -> None:
    for name in ("TIMERS_QUEUE_ARN", "TIMERS_DEAD_LETTERS_ARN", "TIMER_WAKE_UP_GROUP", "TIMER_WAKE_UP_ROLE_ARN"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("OPEN_EGRESS", "false")
    asked_for(stack, *([BusTopic.EVENTS] if asks else [BusTopic.RULES, BusTopic.INCIDENTS]))
    storage, now = stack.storage, utc_now()
    source = EventSource(ACME, "acme-abcd1234", "PBX", "freeswitch", expect_every=timedelta(minutes=30))
    storage.event_sources.add(source)
    before = storage.source_pulses.find(ACME, source.id, now)
    assert storage.source_pulses.save(ACME, source.id, before.heard(now - timedelta(hours=1)))
    timer = Timer(TimerKey(ACME, TimerKind.SOURCE, source.id), 1, now)

    app = stack.start("run_timers.app")
    assert app.run.actions[TimerKind.SOURCE](timer, now) is None
    failed = webhook_failed("k1:hash", "https://a.example", now, reason="r", since=now, failed=1, answer="a", page="p")
    AccountEvents(app.storage)(ACME, failed)

    for type in ("source.silent", "webhook.failed"):
        assert (["bus"] in acts_of(stack, type)) is asks
