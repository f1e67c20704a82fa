"""Test an alert rule: each enabled notification is sent a sample, marked as a test, without any event (AL-13)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tocsin.alert_rules.application.account import ReadAccount
from tocsin.alert_rules.application.read_rules import ReadRules
from tocsin.alert_rules.application.running.rule_messages import deliveries_of, messages_of
from tocsin.alert_rules.application.running.runs_on_bus import RunsOnBus
from tocsin.alert_rules.domain.actions import recipient_of
from tocsin.alert_rules.domain.payload import entity
from tocsin.alert_rules.domain.rights import RuleOperation
from tocsin.alert_rules.domain.rule import AlertRule
from tocsin.alert_rules.domain.run import RuleRun, RuleRunState, RunWritten
from tocsin.alert_rules.domain.samples import sample_event, sample_triggers
from tocsin.alert_rules.domain.words import Told
from tocsin.alert_rules.ports.runs import RunFilter
from tocsin.alerts.domain.cause import Cause, CauseKind
from tocsin.alerts.domain.internal.inside_alert import InsideAlert
from tocsin.identity.domain.principal import Principal
from tocsin.kernel.domain.errors import NothingEnabled
from tocsin.kernel.domain.ids import TenantId, time_ordered_uuid, without_time
from tocsin.kernel.ports import Clock, Randomness
from tocsin.limits.application.check_rate import check_rate
from tocsin.limits.domain.sending_limits import Rate
from tocsin.limits.ports import Counters
from tocsin.webhooks.domain.rule_delivery import DeliveryOwed

TEST_RATE = Rate(10, timedelta(minutes=1))
"""Most tests of one person or API key."""

REPEATED_WITHIN = timedelta(days=1)
"""How long a repeated call finds the test that it made: as long as an Idempotency-Key holds."""


@dataclass(frozen=True, slots=True)
class RuleTest:
    """A test that was sent.

    Attributes:
        id: of its run in the history of the rule.
        messages: pairs of a notification's id and a recipient, in the order of the rule.
    """

    id: str
    messages: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TestRule:
    """Tests rules for a caller who may edit them; a disabled rule, too.

    Attributes:
        zone: returns the zone of an account.
        may_send: raises Restoring while nothing is sent.
        send: `SendInside`.
        on_bus: what a run owes the event bus.
    """

    __test__ = False  # pytest takes it for a class of tests

    read: ReadRules
    account: ReadAccount
    zone: Callable[[TenantId], ZoneInfo]
    may_send: Callable[[], None]
    send: Callable[[InsideAlert], object]
    counters: Counters
    clock: Clock
    randomness: Randomness
    on_bus: RunsOnBus = field(default_factory=RunsOnBus)

    def __call__(self, caller: Principal, id: str, seed: bytes | None = None) -> RuleTest:
        """Send the samples and write the run, in one transaction. A throttle does not count them.

        Args:
            seed: the same for every repeat of the call; a repeat finds the test. None = it is not repeated.

        Raises:
            Forbidden, NotFound.
            NothingEnabled: no notification is enabled.
            TooManyRequests: the caller has sent TEST_RATE in this minute.
            Restoring: nothing is sent now.
            StorageUnavailable: it may be sent; the call may be repeated with its seed.
        """
        rule = self.read.one(caller, id, RuleOperation.TEST)
        enabled = [action for action in rule.actions if action.enabled]
        if not enabled:
            raise NothingEnabled
        messages = [(action.id, recipient) for action in enabled for recipient in recipient_of(action)]
        now = self.clock()
        if (earlier := self._earlier(rule, seed, now)) is not None:
            return RuleTest(earlier, messages)
        sentence = f"a person or API key tests rules at most {TEST_RATE.count} times a minute"
        check_rate(self.counters, rule.tenant, f"rule_test#{caller.actor}", TEST_RATE, now, sentence)
        self.may_send()
        run = time_ordered_uuid(now, seed or self.randomness.token(10))
        self._send(replace(rule, actions=tuple(enabled)), run, now, sandbox=bool(caller.key and caller.key.sandbox))
        return RuleTest(run, messages)

    def _earlier(self, rule: AlertRule, seed: bytes | None, now: datetime) -> str | None:
        if seed is None:
            return None
        wanted = without_time(time_ordered_uuid(now, seed))
        tests = RunFilter(test=True, since=now - REPEATED_WITHIN)
        page = self.read.runs.page(rule.tenant, rule.id, tests, 100, None, now)
        return next((run.id for run in page.runs if without_time(run.id) == wanted), None)

    def _send(self, rule: AlertRule, id: str, now: datetime, *, sandbox: bool) -> None:
        zone = self.zone(rule.tenant)
        event = replace(sample_event(rule, now, zone), sandbox=sandbox)
        triggers = sample_triggers(rule)
        told = Told(
            rule=rule,
            triggers=triggers,
            event=event,
            names=self.account(rule.tenant).names,
            zone=zone,
            test=True,
        )
        messages = messages_of(rule.actions, told)
        deliveries = deliveries_of(rule.actions, told, id, now)
        alert = InsideAlert(
            tenant=rule.tenant,
            cause=Cause(CauseKind.RULE_TEST, rule.id, id, now),
            title=rule.name,
            messages=messages,
            urgent=True,
            sandbox=sandbox,
        )
        run = RuleRun(
            tenant=rule.tenant,
            rule=rule.id,
            id=id,
            at=now,
            state=RuleRunState.SENT,
            event=event.name,
            rule_version=rule.version,
            trigger_ids=tuple(trigger.id for trigger in triggers),
            entities=tuple(entity(trigger, rule) for trigger in triggers),
            alert=alert.ref if messages else None,
            deliveries=tuple(delivery.key.event_id for delivery in deliveries),
            test=True,
        )
        owed = [DeliveryOwed(delivery, urgent=True) for delivery in deliveries]
        owed += self.on_bus(run, [told], now)
        self.send(replace(alert, participants=[RunWritten(run=run), *owed]))
