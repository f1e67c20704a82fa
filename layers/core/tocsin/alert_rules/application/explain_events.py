"""Explain what rules made of an event: all of them, or one; and why one did not fire.

A rule is explained in the version that stood when the event came. A run says which version that was, and so does the
event's decision. Else it is counted back: each change of a rule has one entry in the audit trail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from zoneinfo import ZoneInfo

from tocsin.alert_rules.application.account import ReadAccount
from tocsin.alert_rules.application.read_events import ReadEvents
from tocsin.alert_rules.application.read_rules import ReadRules
from tocsin.alert_rules.domain.book import RuleBook
from tocsin.alert_rules.domain.explain import NearMiss, RuleExplanation, explain, near_misses
from tocsin.alert_rules.domain.gates import Situation
from tocsin.alert_rules.domain.rights import may_see
from tocsin.alert_rules.domain.rule import AlertRule
from tocsin.alert_rules.domain.run import RuleRun, RuleRunState, run_id
from tocsin.alert_rules.domain.windows import throttle_window
from tocsin.alert_rules.ports.rules import AlertRules
from tocsin.alert_rules.ports.runs import RuleRuns
from tocsin.audit.ports import AuditQuery, AuditTrail
from tocsin.identity.domain.principal import Principal
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock
from tocsin.telephony.domain.acts import ActKind
from tocsin.telephony.domain.event import MOST_DEPTH, TelephonyEvent
from tocsin.telephony.domain.stored_event import StoredEvent
from tocsin.telephony.ports.line_states import LineStates

MOST_RULES = 100
"""Rules that are explained for one event."""

FIRED = frozenset({RuleRunState.SENT, RuleRunState.COLLECTED, RuleRunState.FAILED})
"""States of a run whose rule fired: something was sent, or is collected for the digest."""

_ENTRIES = 100


@dataclass(frozen=True, slots=True)
class ExplainedRule:
    """Why a rule fired for an event, or did not.

    Attributes:
        rule: in the version that stood then.
        run: what was made of it; None = nothing.
        sentence: the same in one line.
    """

    rule: AlertRule
    explanation: RuleExplanation
    run: RuleRun | None
    sentence: str

    @property
    def fired(self) -> bool:
        """Whether there is a run that passed all gates."""
        return self.run is not None and self.run.state in FIRED


@dataclass(frozen=True, slots=True)
class ExplainedEvent:
    """All that an event did, as far as the caller may see its rules.

    Attributes:
        rules: those that matched.
        near_misses: enabled rules, as they are now, that do not match by one filter.
    """

    stored: StoredEvent
    rules: Sequence[ExplainedRule]
    near_misses: Sequence[NearMiss]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainEvents:
    """Explains events and rules to a caller who may see both.

    Attributes:
        zone: returns the zone of an account.

    Raises:
        Forbidden, NotFound: the caller may not see the event or the rule, or there is none.
    """

    events: ReadEvents
    read: ReadRules
    rules: AlertRules
    runs: RuleRuns
    lines: LineStates
    account: ReadAccount
    trail: AuditTrail
    zone: Callable[[TenantId], ZoneInfo]
    clock: Clock

    def check_may_see(self, caller: Principal, rule_id: str) -> None:
        """Raise Forbidden or NotFound unless the caller may see a rule and reads events."""
        self.events.check_may_read(caller)
        self.read.one(caller, rule_id)

    def rule(self, caller: Principal, rule_id: str, event_id: str) -> ExplainedRule:
        """Explain one rule."""
        rule = self.read.one(caller, rule_id)
        return self._explained(rule, self.events.one(caller, event_id))

    def event(self, caller: Principal, event_id: str) -> ExplainedEvent:
        """Explain all that an event did."""
        stored = self.events.one(caller, event_id)
        visible = [rule for rule in self.rules.all(caller.tenant) if may_see(caller, rule)]
        named = {act[1] for act in stored.acts if act[0] == ActKind.RULE.value}
        names, zone = self.account(caller.tenant).names, self.zone(caller.tenant)
        meant = self._meant(caller.tenant, stored)
        matched = {found.rule.id for found in RuleBook(visible, names, zone).match(meant)}
        asked = [rule for rule in visible if rule.id in named | matched][:MOST_RULES]
        misses = islice(near_misses(visible, meant, names, zone), MOST_RULES)
        return ExplainedEvent(stored, [self._explained(rule, stored) for rule in asked], list(misses))

    def _explained(self, present: AlertRule, stored: StoredEvent) -> ExplainedRule:
        tenant, event = present.tenant, self._meant(present.tenant, stored)
        run = self.runs.get(tenant, present.id, run_id(present.id, stored.name, event.received_at), self.clock())
        version = run.rule_version if run is not None else self._version_then(present, stored)
        rule = self.rules.version(tenant, present.id, version, self.clock()) or present
        zone, names = self.zone(tenant), self.account(tenant).names
        found = explain(rule, event, names, zone, _situation(rule, run, zone))
        is_text = event.type.startswith("sms.")
        if run is None and found.fired and (event.depth > MOST_DEPTH or (is_text and not stored.owed)):
            # All other gates let it pass: it comes from a rule.
            found = explain(rule, event, names, zone, Situation(is_loop=True))
        return ExplainedRule(rule, found, run, _sentence(found, run, stored))

    def _meant(self, tenant: TenantId, stored: StoredEvent) -> TelephonyEvent:
        """Return the event as rules were matched with it: what a registration means, its line says."""
        event = stored.event
        if event.type != "sip.registration":
            return event
        line = self.account(tenant).names.line(event.data["line"])
        change, _ = self.lines.find(tenant, line).meant.get(event.name, (None, None))
        return event if change is None else replace(event, data={**event.data, "event": change.value})

    def _version_then(self, rule: AlertRule, stored: StoredEvent) -> int:
        for act in stored.acts:
            if act[0] == ActKind.RULE.value and act[1] == rule.id:
                return int(act[2])
        return max(1, rule.version - sum(1 for _ in self._changes_since(rule, stored)))

    def _changes_since(self, rule: AlertRule, stored: StoredEvent) -> Iterator[str]:
        query = AuditQuery(thing=f"alert_rule:{rule.id}", since=stored.event.received_at)
        cursor: str | None = None
        while True:
            page = self.trail.read(rule.tenant, query, _ENTRIES, cursor, self.clock())
            yield from (entry.action for entry in page.entries)
            cursor = page.next
            if cursor is None:
                return


def _situation(rule: AlertRule, run: RuleRun | None, zone: ZoneInfo) -> Situation:
    """Return what the gates must have known: a run says it by its state."""
    if run is None:
        return Situation(is_held_long_enough=True)
    throttle = rule.options.throttle
    window = None if throttle is None else throttle_window(run.at, throttle.per, zone)
    full = run.state is RuleRunState.THROTTLED and throttle is not None
    return Situation(
        is_held_long_enough=run.state not in (RuleRunState.HELD, RuleRunState.RELEASED),
        used=throttle.most if full and throttle is not None else 0,
        window=window,
    )


def _sentence(found: RuleExplanation, run: RuleRun | None, stored: StoredEvent) -> str:
    """Return why the rule fired or did not, in one line."""
    if run is not None:
        return _OF_STATE[run.state]
    if not any(trigger.matched for trigger in found.triggers):
        return "no trigger matches the event"
    stopped = next((gate for gate in found.gates if not gate.passed), None)
    if stopped is not None:
        return stopped.sentence
    if stored.owed:
        return "the event came just now; the rule is about to fire"
    return "the rule was changed, disabled or deleted before it fired"


_OF_STATE = {
    RuleRunState.SENT: "the rule fired, and its messages were sent",
    RuleRunState.COLLECTED: "the rule fired, and its mail is collected",
    RuleRunState.FAILED: "the rule fired, and its messages could not be sent",
    RuleRunState.HELD: "the line is told when it was offline long enough",
    RuleRunState.RELEASED: "the line was back before it was told, or the rule was disabled or deleted meanwhile",
    RuleRunState.THROTTLED: "the rule had sent enough messages in this window of its throttle",
}
