"""Run a rule for an event that matches it: decide by its gates, and write the run with all that it sends.

    rule as it stands ──► gates ──► stopped: what was throttled or held is written, for the message that tells it later
                                └─► passed: run, mails, texts and webhooks in one transaction

The transaction holds only if the rule is enabled and in the version that was decided on, and if the throttle has room.
Otherwise nothing is written, and it is decided again. A run has the id of its rule and event, so a repeat finds it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from tocsin.alert_rules.application.running.rule_messages import deliveries_of, messages_of
from tocsin.alert_rules.application.running.runs_on_bus import RunsOnBus
from tocsin.alert_rules.domain.book import RuleBook
from tocsin.alert_rules.domain.facts import facts_of
from tocsin.alert_rules.domain.gates import GateDecision, SentText, Situation, decide, is_loop
from tocsin.alert_rules.domain.run import Match, RuleRun, RuleRunState, RuleUnchanged, run_id, written
from tocsin.alert_rules.domain.windows import digest_window, is_within, throttle_value, throttle_window
from tocsin.alert_rules.domain.words import Told
from tocsin.alert_rules.ports.rules import AlertRules
from tocsin.alert_rules.ports.runs import RuleRuns
from tocsin.alert_rules.ports.windows import RuleWindows
from tocsin.alerts.domain.cause import Cause, CauseKind
from tocsin.alerts.domain.internal.inside_alert import InsideAlert
from tocsin.kernel.domain.console_link import console_link
from tocsin.kernel.domain.errors import StorageUnavailable, Superseded
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock
from tocsin.telephony.domain.stored_event import StoredEvent
from tocsin.webhooks.domain.rule_delivery import DeliveryOwed

TRIES = 3
"""How often a rule is decided on for one order while it changes meanwhile."""

Send = Callable[[InsideAlert], object]
"""Accepts an alert of the inside with its participants, or raises Superseded; `SendInside` is one."""

SentTexts = Callable[[TenantId, str, str], Sequence[SentText]]
"""Returns the texts that rules sent lately from a number to another, both E.164."""


@dataclass(frozen=True, slots=True)
class RunRule:
    """Runs one rule for one event, once for ever.

    Attributes:
        book: returns the rules of an account, for its names and its zone.
        console: address of the console; "" = it is not known, and messages name no page.
        on_bus: what a run owes the event bus.
    """

    rules: AlertRules
    runs: RuleRuns
    windows: RuleWindows
    book: Callable[[TenantId], RuleBook]
    sent_texts: SentTexts
    send: Send
    clock: Clock
    console: str = ""
    on_bus: RunsOnBus = field(default_factory=RunsOnBus)

    def __call__(
        self, tenant: TenantId, stored: StoredEvent, rule_id: str, version: int, trigger_ids: Sequence[str]
    ) -> None:
        """Run it. A rule that is gone or disabled does nothing.

        Args:
            version, trigger_ids: of the rule as it was decided on. In another version it is matched again.

        Raises:
            StorageUnavailable: nothing is sent, or everything; to be repeated.
        """
        id = run_id(rule_id, stored.name, stored.event.received_at)
        for _ in range(TRIES):
            if self.runs.get(tenant, rule_id, id, self.clock()) is not None:
                return
            if self._decided(tenant, stored, rule_id, version, trigger_ids, None):
                return
        raise StorageUnavailable("the rule, or what it counts, changed at every try")

    def release(self, tenant: TenantId, stored: StoredEvent, held: RuleRun) -> None:
        """Tell a line that was held, and is offline still. Raises StorageUnavailable, as for the first run."""
        for _ in range(TRIES):
            standing = self.runs.get(tenant, held.rule, held.id, self.clock())
            if standing is None or standing.state is not RuleRunState.HELD:
                return
            if self._decided(tenant, stored, held.rule, held.rule_version, held.trigger_ids, standing):
                return
        raise StorageUnavailable("the rule, or what it counts, changed at every try")

    def _decided(
        self,
        tenant: TenantId,
        stored: StoredEvent,
        rule_id: str,
        version: int,
        trigger_ids: Sequence[str],
        held: RuleRun | None,
    ) -> bool:
        """Decide on the rule as it stands, and write it. False: something changed meanwhile; nothing is written."""
        rule = self.rules.get(tenant, rule_id)
        if rule is None or not rule.enabled:
            return True
        book = self.book(tenant)
        if rule.version == version:
            triggers = tuple(trigger for trigger in rule.triggers if trigger.id in trigger_ids)
        else:
            matched = RuleBook([rule], book.names, book.zone).match(stored.event)
            triggers = matched[0].triggers if matched else ()
        if not triggers:
            return True
        told = Told(
            rule=rule,
            triggers=triggers,
            event=stored.event,
            names=book.names,
            zone=book.zone,
            url=console_link(self.console, f"events/{stored.name}"),
            offline_since=None if held is None else stored.event.at,
            test=stored.event.sandbox,
        )
        match = self._found_out(Match(told, stored.name, Situation(is_held_long_enough=held is not None), held))
        try:
            self._send(match, decide(rule, stored.event, match.situation, book.zone))
        except Superseded:
            return False
        return True

    def _found_out(self, match: Match) -> Match:
        """Return a match with what the gates must know. Sandbox events are not held, counted or collected."""
        told, situation = match.told, match.situation
        rule, event = told.rule, told.event
        is_text = event.type.startswith("sms.")
        numbers = (event.data["from"]["number"], event.data["to"]["number"]) if is_text else None
        sent = self.sent_texts(rule.tenant, *numbers) if numbers else ()
        situation = replace(situation, is_loop=is_loop(event, sent))
        if event.sandbox:
            return replace(match, situation=replace(situation, is_held_long_enough=True))
        if (throttle := rule.options.throttle) is not None:
            facts = facts_of(event, told.names)
            assert facts is not None  # the rule matches
            at = event.received_at if match.held is None else self.clock()
            window = throttle_window(at, throttle.per, told.zone)
            used = self.windows.used(rule.tenant, rule.id, window, throttle_value(throttle.by, facts))
            situation = replace(situation, window=window, used=used)
            if not is_within(throttle, used):
                match = replace(match, missed=self.windows.missed(rule.tenant, rule.id, window))
        if rule.options.digest is not None:
            open = self.windows.open_digest(rule.tenant, rule.id)
            window = open or digest_window(None, self.clock(), rule.options.digest)
            situation = replace(situation, digest=window)
            match = replace(match, digest_is_open=open is not None)
        return replace(match, situation=situation)

    def _send(self, match: Match, decision: GateDecision) -> None:
        """Write what was decided, with all that is sent. Raises Superseded."""
        now, told, event = self.clock(), match.told, match.told.event
        write = written(match, decision, now)
        if write is None:
            return
        rule, run = told.rule, write.run
        messages = messages_of(decision.now, told)
        deliveries = deliveries_of(decision.now, told, run.id, now)
        alert = InsideAlert(
            tenant=rule.tenant,
            cause=Cause(CauseKind.RULE, rule.id, run.id, event.received_at),
            title=rule.name,
            messages=messages,
            urgent=rule.options.urgent,
            sandbox=event.sandbox,
        )
        ids = tuple(delivery.key.event_id for delivery in deliveries)
        run = replace(run, alert=alert.ref if messages else None, deliveries=ids)
        stands = RuleUnchanged(rule.tenant, rule.id, rule.version)
        owed = [DeliveryOwed(delivery, rule.options.urgent) for delivery in deliveries]
        owed += self.on_bus(run, [told], now)
        self.send(replace(alert, participants=[stands, replace(write, run=run), *owed]))
