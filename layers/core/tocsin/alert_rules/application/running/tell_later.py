"""What timers of rules do: the end of a hold, of a throttle's window, and of a digest.

    HOLD           the line is offline still: it is told; else the hold is released
    THROTTLE_END   one message tells the newest match that was stopped, and how many more there were
    DIGEST         the digest is closed, then one mail lists what it has collected

A rule that is gone or disabled tells nothing. Each alert has its cause, so a repeat of the timer finds it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from tocsin.alert_rules.application.running.rule_messages import digest_messages, messages_of
from tocsin.alert_rules.application.running.run_rule import TRIES, RunRule, Send
from tocsin.alert_rules.application.running.runs_on_bus import RunsOnBus
from tocsin.alert_rules.domain.book import RuleBook
from tocsin.alert_rules.domain.payload import entity
from tocsin.alert_rules.domain.rule import AlertRule
from tocsin.alert_rules.domain.run import (
    MatchToTell,
    MissedTold,
    RuleRun,
    RuleRunState,
    RuleUnchanged,
    RunWritten,
    instant,
    run_id,
)
from tocsin.alert_rules.domain.windows import RuleWindow, is_offline_still
from tocsin.alert_rules.domain.words import Told
from tocsin.alert_rules.ports.rules import AlertRules
from tocsin.alert_rules.ports.runs import RuleRuns
from tocsin.alert_rules.ports.windows import RuleWindows
from tocsin.alerts.domain.cause import Cause, CauseKind
from tocsin.alerts.domain.internal.inside_alert import InsideAlert, InsideMessage
from tocsin.alerts.domain.participants import Participant
from tocsin.kernel.domain.console_link import console_link
from tocsin.kernel.domain.errors import StorageUnavailable, Superseded
from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.ports.event_rows import EventRows
from tocsin.telephony.ports.line_states import LineStates
from tocsin.timers.domain.timer import Timer


@dataclass(frozen=True, slots=True)
class EndHold:
    """The action of HOLD timers, whose subject is `<rule>.<event>`."""

    rules: AlertRules
    runs: RuleRuns
    events: EventRows
    lines: LineStates
    run: RunRule

    def __call__(self, timer: Timer, now: datetime) -> None:
        """Tell the line, or release it. Raises StorageUnavailable: to be repeated."""
        tenant, (rule_id, _, name) = timer.key.tenant, timer.key.subject.partition(".")
        stored = self.events.read(tenant, [name], now).get(name)
        if stored is None:
            return
        event = stored.event
        held = self.runs.get(tenant, rule_id, run_id(rule_id, name, event.received_at), now)
        if held is None or held.state is not RuleRunState.HELD:
            return
        rule = self.rules.get(tenant, rule_id)
        line = self.lines.find(tenant, self.run.book(tenant).names.line(event.data["line"])).state
        offline_since = line.since if line.on is False else None
        if rule is not None and rule.enabled and is_offline_still(event.at, offline_since):
            self.run.release(tenant, stored, held)
        self.runs.end_hold(held)


@dataclass(frozen=True, slots=True)
class _Telling:
    """Writes one alert about matches of a rule, on the rule as it stands. `console` and `on_bus` as in `RunRule`."""

    rules: AlertRules
    windows: RuleWindows
    events: EventRows
    book: Callable[[TenantId], RuleBook]
    send: Send
    console: str = ""
    on_bus: RunsOnBus = field(default_factory=RunsOnBus)

    def told(self, rule: AlertRule, matches: Sequence[MatchToTell], now: datetime) -> list[Told]:
        """Return those matches whose events are still kept. It reads 100 events a call."""
        book, found = self.book(rule.tenant), []
        events = self.events.read(rule.tenant, [match.event for match in matches], now)
        for match in matches:
            if (stored := events.get(match.event)) is None:
                continue
            event = stored.event
            if match.word:
                event = replace(event, data={**event.data, "event": match.word})
            triggers = RuleBook([rule], book.names, book.zone).match(event)
            first = triggers[0].triggers if triggers else rule.triggers[:1]
            url = console_link(self.console, f"events/{stored.name}")
            found.append(Told(rule, first, event, book.names, book.zone, url, match.offline_since))
        return found

    def written(
        self,
        told: Sequence[Told],
        event: str,
        cause: Cause,
        messages: Sequence[InsideMessage],
        now: datetime,
        *beside: Participant,
    ) -> bool:
        """Send messages of a rule, with a run that history shows. False: the rule changed, and nothing is written.

        Args:
            told: what the messages tell, at least one.
            event: name of the newest event among them.
        """
        rule = told[0].rule
        alert = InsideAlert(
            tenant=rule.tenant,
            cause=cause,
            title=rule.name,
            messages=messages,
            urgent=rule.options.urgent,
        )
        run = replace(_run(told, event, cause.run, cause.at), alert=alert.ref)
        stands = RuleUnchanged(rule.tenant, rule.id, rule.version)
        try:
            owed = self.on_bus(run, told, now)
            self.send(replace(alert, participants=[stands, RunWritten(run=run), *beside, *owed]))
        except Superseded:
            return False
        return True


@dataclass(frozen=True, slots=True)
class EndThrottle(_Telling):
    """The action of THROTTLE_END timers, whose subject is `<rule>.<beginning of the window>`."""

    def __call__(self, timer: Timer, now: datetime) -> None:
        """Tell what the throttle stopped. Raises StorageUnavailable: to be repeated."""
        tenant, rule_id, start = _subject(timer)
        for _ in range(TRIES):
            rule = self.rules.get(tenant, rule_id)
            missed = self.windows.missed(tenant, rule_id, RuleWindow(start, timer.due_at))
            if rule is None or not rule.enabled or missed.last is None or missed.count == missed.told:
                return
            told = self.told(rule, [missed.last], now)
            if not told:
                return
            more = missed.count - missed.told - 1
            said = replace(told[0], not_told=more, not_told_since=start)
            actions = [action for action in rule.actions if action.enabled]
            cause = Cause(CauseKind.RULE, rule.id, f"{timer.key.subject}.{missed.told}", timer.due_at)
            noted = MissedTold(tenant, rule_id, missed)
            if self.written([said], missed.last.event, cause, messages_of(actions, said), now, noted):
                return
        raise StorageUnavailable("the rule changed at every try")


@dataclass(frozen=True, slots=True)
class SendDigest(_Telling):
    """The action of DIGEST timers, whose subject is `<rule>.<beginning of the window>`."""

    def __call__(self, timer: Timer, now: datetime) -> None:
        """Send the mail that lists what was collected. Raises StorageUnavailable: to be repeated."""
        tenant, rule_id, start = _subject(timer)
        self.windows.close_digest(tenant, rule_id, start)
        for _ in range(TRIES):
            rule = self.rules.get(tenant, rule_id)
            if rule is None or not rule.enabled:
                return
            collected = self.windows.collected(tenant, rule_id, start)
            told = self.told(rule, collected, now)
            mails = digest_messages((action for action in rule.actions if action.enabled), told) if told else []
            cause = Cause(CauseKind.RULE, rule.id, timer.key.subject, timer.due_at)
            if not mails or self.written(told, collected[-1].event, cause, mails, now):
                return
        raise StorageUnavailable("the rule changed at every try")


def _subject(timer: Timer) -> tuple[TenantId, str, datetime]:
    rule, _, start = timer.key.subject.partition(".")
    return timer.key.tenant, rule, instant(int(start))


def _run(told: Sequence[Told], event: str, place: str, at: datetime) -> RuleRun:
    """Return the run of messages that tell several matches, for history.

    Args:
        event: name of the newest event among them.
        place: names the messages among those of the rule.
        at: when they are due.
    """
    rule = told[0].rule
    triggers = {trigger.id: trigger for each in told for trigger in each.triggers}
    return RuleRun(
        tenant=rule.tenant,
        rule=rule.id,
        id=run_id(rule.id, place, at),
        at=at,
        state=RuleRunState.TOLD_LATER,
        event=event,
        rule_version=rule.version,
        trigger_ids=tuple(triggers),
        entities=tuple(entity(trigger, rule) for trigger in triggers.values()),
        test=told[0].test,
    )
