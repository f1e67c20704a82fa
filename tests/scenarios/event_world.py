"""An account whose telephone system tells events: they come in, are acted on, and timers run."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.fakes.alert_rules import FakeAlertRules, FakeInside, FakeRuleRuns, FakeRuleWindows
from tests.fakes.callbacks import FakeCallbackQueue, FakeWebhookDeliveries
from tests.fakes.directory import FakeDirectory
from tests.fakes.preferences import FakePreferencesStore
from tests.fakes.randomness import SeededRandomness
from tests.fakes.telephony import (
    FakeCallsBeingAssembled,
    FakeEventRows,
    FakeEventSources,
    FakeLineStates,
    FakeOwedEvents,
)
from tests.fakes.tenant_mail import FakeMailSettingsStore, FakeMailTemplates
from tests.fakes.time import NOON, VirtualClock
from tests.fakes.timers import FakeTimerQueue, FakeTimers
from tests.scenarios.world import Crash
from tests.unit.alert_rules.worlds import NAMES, a_rule, a_trigger
from tocsin.alert_rules.application.decide_event import DecideEvent
from tocsin.alert_rules.application.running.act_on_lines import ActOnLine
from tocsin.alert_rules.application.running.run_rule import RunRule
from tocsin.alert_rules.application.running.runs_on_bus import RunsOnBus
from tocsin.alert_rules.application.running.tell_later import EndHold, EndThrottle, SendDigest
from tocsin.alert_rules.domain.actions import EmailAction, SmsAction, WebhookAction
from tocsin.alert_rules.domain.book import RuleBook
from tocsin.alert_rules.domain.gates import SentText
from tocsin.alert_rules.domain.rule import AlertRule, RuleOptions, deleted
from tocsin.alert_rules.domain.triggers import RuleType
from tocsin.alerts.domain.internal.inside_alert import InsideAlert
from tocsin.content.domain.content import text_of
from tocsin.directory.application.add_person import AddPerson
from tocsin.identity.domain.tenant import BusTopic, Tenant
from tocsin.kernel.domain.errors import StaleWrite, StorageUnavailable
from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.application.act_on_events import ActOnEvents
from tocsin.telephony.application.act_on_legs import ActOnLeg, SettleLegs
from tocsin.telephony.application.assemble_call import AssembleCall
from tocsin.telephony.application.decide_bus import DecideBus
from tocsin.telephony.application.follow_line import FollowLine
from tocsin.telephony.application.ingest import IngestEvents
from tocsin.telephony.application.sweep_events import SweepEvents
from tocsin.telephony.domain.acts import ActKind
from tocsin.telephony.domain.cloud_events import ReceivedEvent
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.tenant_mail.application.compose_mail import ComposeMail
from tocsin.tenant_mail.application.decide_mails import DecideMails
from tocsin.tenant_mail.application.find_things import FindThings
from tocsin.tenant_mail.application.mail_event import MailEvent
from tocsin.tenant_mail.application.new_person import NewPerson
from tocsin.timers.application.run import Action
from tocsin.timers.domain.timer import TimerKind
from tocsin.webhooks.application.event_on_bus import EventOnBus

ACME = TenantId("acme")
ZONE = ZoneInfo("Europe/London")
CONSOLE = "https://console.example"
MAIL = EmailAction(id="n1", to="ana@example.com", subject="Missed call")
TEXT = SmsAction(id="n2", sender="+447700900100", to=("+447700900123",))
HOOK = WebhookAction(id="n3", url="https://hooks.example.com/in")

Wrap = Callable[[str, Any], Any]


def as_it_is(name: str, port: Any) -> Any:
    """Return the port itself: nothing dies."""
    return port


class EventWorld:
    """Fakes of all stores, and the use cases over them. `wrap` puts faults between the two."""

    def __init__(self, *rules: AlertRule, wrap: Wrap = as_it_is) -> None:
        self.clock = VirtualClock()
        self.rules, self.runs, self.windows = FakeAlertRules(), FakeRuleRuns(), FakeRuleWindows()
        self.timers, self.queue, self.orders = FakeTimers(), FakeTimerQueue(), FakeOwedEvents()
        self.rows, self.lines = FakeEventRows(), FakeLineStates()
        self.calls, self.sources = FakeCallsBeingAssembled(), FakeEventSources()
        self.inside = FakeInside(self.rules, self.runs, self.windows, self.timers)
        self.sent_texts: list[SentText] = []
        self.directory, self.mail_settings = FakeDirectory(), FakeMailSettingsStore()
        self.mail_templates, self.may_use_system = FakeMailTemplates(), True
        self.preferences = FakePreferencesStore()
        self.account = Tenant(ACME, "Acme", NOON)
        for rule in rules:
            self.rules.rules[ACME, rule.id] = rule
        events, lines, windows = wrap("events", self.rows), wrap("lines", self.lines), wrap("windows", self.windows)
        stores = {"rules": wrap("rules", self.rules), "runs": wrap("runs", self.runs)}
        send, orders = wrap("inside", self.inside).__call__, wrap("orders", self.orders)
        timers = wrap("timers", self.timers)
        on_bus = RunsOnBus(lambda tenant: BusTopic.RULES in self.account.bus)
        run = RunRule(
            windows=windows,
            book=self.book,
            sent_texts=lambda *_: self.sent_texts,
            send=send,
            clock=self.clock,
            console=CONSOLE,
            on_bus=on_bus,
            **stores,
        )
        self.run = run
        self.ingest = IngestEvents(events, orders, DecideMails(DecideEvent(self.book)), self.clock)
        directory = wrap("directory", self.directory)
        mail = MailEvent(
            events=events,
            settings=wrap("mail settings", self.mail_settings),
            runs=wrap("mail runs", self.inside.mail_runs),
            voicemails=wrap("voicemails", self.inside.voicemails),
            things=FindThings(directory),
            preferences=wrap("preferences", self.preferences),
            compose=ComposeMail(self.mail_templates, lambda tenant: self.account),
            new_person=NewPerson(directory, AddPerson(directory, SeededRandomness(), self.clock)),
            send=send,
            may_use_system=lambda tenant: self.may_use_system,
            clock=self.clock,
        )
        self.mail = mail
        own = replace(self.ingest, decide=DecideBus(self.ingest.decide, lambda t: BusTopic.EVENTS in self.account.bus))
        self.bus_deliveries, self.bus_orders = FakeWebhookDeliveries(), FakeCallbackQueue()
        put = EventOnBus(wrap("bus deliveries", self.bus_deliveries), wrap("bus orders", self.bus_orders), self.clock)
        assemble = AssembleCall(wrap("calls", self.calls), own, self.clock)
        self.act = ActOnEvents(
            events,
            {
                ActKind.RULE: lambda tenant, stored, act: run(tenant, stored, *act[1:]),
                ActKind.LINE: ActOnLine(FollowLine(lines), self.book, run),
                ActKind.MAIL: mail,
                ActKind.BUS: put,
                ActKind.LEG: ActOnLeg(assemble, self.sources, timers, self.queue, self.clock),
            },
            self.clock,
        )
        later = {
            "rules": stores["rules"],
            "windows": windows,
            "events": events,
            "book": self.book,
            "send": send,
            "console": CONSOLE,
            "on_bus": on_bus,
        }
        self.actions: Mapping[TimerKind, Action] = {
            TimerKind.HOLD: EndHold(events=events, lines=lines, run=run, **stores),
            TimerKind.THROTTLE_END: EndThrottle(**later),
            TimerKind.DIGEST: SendDigest(**later),
            TimerKind.CALL: SettleLegs(assemble, events),
        }
        self.sweep = SweepEvents(self.rows, self.orders, self.clock)

    def book(self, tenant: TenantId) -> RuleBook:
        """Return the rules as they stand."""
        return RuleBook(self.rules.all(tenant), NAMES, ZONE)

    def take(self, *events: TelephonyEvent) -> None:
        """Take events in, as their source repeats them until it is answered."""
        repeated(lambda: self.ingest(ACME, [ReceivedEvent(event.id, event, late=False) for event in events]))

    def work(self) -> None:
        """Act on every order, each of them twice."""
        while self.orders.queued:
            order = self.orders.queued.pop(0)
            for _ in range(2):
                repeated(lambda order=order: self.act(order))  # type: ignore[misc]

    def until(self, at: datetime) -> None:
        """Let time pass: timers run when they are due, twice each, and what they order is acted on."""
        while due := sorted((t for t in self.timers.rows.values() if t.due_at <= at), key=lambda t: t.due_at):
            timer = due[0]
            self.clock.advance(max(timer.due_at - self.clock(), timedelta(0)))
            for _ in range(2):
                repeated(lambda timer=timer: self.actions[timer.key.kind](timer, self.clock()))  # type: ignore[misc]
            self.timers.move(timer, None)
            self.work()
        self.clock.advance(max(at - self.clock(), timedelta(0)))

    def save(self, id: str, **changed: Any) -> None:
        """Save a rule with changes."""
        rule = self.rules.rules[ACME, id]
        self.rules.rules[ACME, id] = replace(rule, version=rule.version + 1, **changed)

    def delete(self, id: str) -> None:
        """Delete a rule."""
        self.rules.rules[ACME, id] = deleted(self.rules.rules[ACME, id], self.clock())

    @property
    def sent(self) -> Sequence[InsideAlert]:
        """Alerts that were sent, in their order."""
        return list(self.inside.alerts.values())

    @property
    def on_bus(self) -> list[dict[str, Any]]:
        """The details of what is owed to the event bus, with the `detail-type` of each, in their order."""
        all = [*self.inside.deliveries.values(), *self.bus_deliveries.rows.values()]
        owed = [delivery for delivery in all if delivery.bus is not None]
        return [{"kind": each.bus.kind, **json.loads(each.body)} for each in owed if each.bus is not None]

    @property
    def said(self) -> list[str]:
        """What the messages of all alerts say, in their order."""
        return [text_of(message.content) for alert in self.sent for message in alert.messages]


def repeated(work: Callable[[], object], tries: int = 12) -> None:
    """Do a piece of work until no worker dies of it."""
    for _ in range(tries):
        try:
            work()
        except (Crash, StorageUnavailable, StaleWrite):
            continue
        return
    raise AssertionError("it failed at every try")


def calls_rule(*actions: Any, id: str = "r1", options: RuleOptions | None = None, **filters: Any) -> AlertRule:
    """Return a rule about missed calls; by default it sends a mail."""
    filters = filters or {"statuses": ["missed"]}
    trigger = a_trigger("t1", **filters)
    return a_rule(RuleType.CALL, trigger, id=id, actions=actions or (MAIL,), options=options or RuleOptions())


def line_rule(*actions: Any, options: RuleOptions | None = None, words: Sequence[str] = ("unregistered",)) -> AlertRule:
    """Return a rule about registrations of line l1."""
    trigger = a_trigger("t1", lines=["l1"], events=list(words))
    return a_rule(RuleType.SIP, trigger, actions=actions or (MAIL,), options=options or RuleOptions())


def missed_call(
    id: str = "c1",
    at: datetime = NOON,
    received_at: datetime | None = None,
    *,
    caller: str = "+447700900123",
    **given: Any,
) -> TelephonyEvent:
    """Return a call that was missed; it is received when it happened."""
    data: dict[str, Any] = {
        "callId": id, "direction": "incoming", "status": "missed", "line": "l1", "durationSeconds": 18,
        "from": {"number": caller, "name": "Ana"}, "to": {"number": "+442079460000"},
    }  # fmt: skip
    return TelephonyEvent("pbx", id, "call.ended", at, received_at or at, data | given)


def registration(word: str, at: datetime = NOON, **given: Any) -> TelephonyEvent:
    """Return an event of a registration of line l1."""
    data = {"line": "l1", "event": word} | given
    name = f"{word}-{at.isoformat()}-{data['line']}-{data.get('contact', '')}"
    return TelephonyEvent("pbx", name, "sip.registration", at, at, data)
