"""Runs of rules, and what is written with them in one transaction (events are matched before, see `gates`).

(none) ──► sent
│   ├──► throttled ── counted, and told when the window ends
│   ├──► collected ── listed by the mail of the digest
└──► held ──► sent, if the line is offline still; released, if it is back
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from tocsin.alert_rules.domain.facts import facts_of
from tocsin.alert_rules.domain.gates import GateDecision, GateName, Situation
from tocsin.alert_rules.domain.payload import entity
from tocsin.alert_rules.domain.triggers import FilterName, RuleType
from tocsin.alert_rules.domain.windows import RuleWindow, hold_ends, throttle_value
from tocsin.alert_rules.domain.words import Told
from tocsin.alerts.domain.participants import Participant
from tocsin.kernel.domain.ids import AlertRef, TenantId, time_ordered_uuid
from tocsin.timers.domain.timer import Timer, TimerKey, TimerKind

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class RuleRunState(StrEnum):
    """What became of a match."""

    SENT = "sent"
    THROTTLED = "throttled"
    COLLECTED = "collected"  # for the digest
    HELD = "held"  # until the line has been offline long enough
    RELEASED = "released"  # it was held, and the line came back or the rule ended
    TOLD_LATER = "told_later"  # a message that tells several matches: of a digest, or at the end of a window
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRun:
    """A match of a rule that passed its gates as far as `state` says, or a message that tells several matches.

    It never changes but for its state.

    Attributes:
        id: of `run_id`, so that one event fires a rule once.
        at: when the event was received; of several matches, when the message was due.
        event: the event's name in this account; of several matches, the newest's.
        rule_version: that was decided on.
        trigger_ids, entities: of the triggers that matched, as they were then.
        line: id of the line that the event is about; "" = none.
        alert: of the inside that has the mails and texts; None = there are none.
        deliveries: ids of its webhooks.
        test: it was made by a test.
    """

    tenant: TenantId
    rule: str
    id: str
    at: datetime
    state: RuleRunState
    event: str
    rule_version: int
    trigger_ids: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    line: str = ""
    alert: AlertRef | None = None
    deliveries: tuple[str, ...] = ()
    test: bool = False


def run_id(rule: str, event: str, received_at: datetime) -> str:
    """Return the id of the run of a rule by an event: a time-ordered UUID, the same whenever it is asked for."""
    return time_ordered_uuid(received_at, hashlib.sha256(f"{rule}\0{event}".encode()).digest())


@dataclass(frozen=True, slots=True)
class RuleUnchanged(Participant):
    """The condition that a rule is enabled and in this version. It writes nothing."""

    tenant: TenantId
    rule: str
    version: int


@dataclass(frozen=True, slots=True)
class ThrottleUse:
    """One message of a window and value, of at most `most`. `value` may be personal data."""

    window: RuleWindow
    value: str
    most: int


@dataclass(frozen=True, slots=True)
class MatchToTell:
    """A match that a later message tells.

    Attributes:
        event: name of the event.
        word: what the event of a line means; "" for other events.
        offline_since: of a line that was held.
    """

    event: str
    word: str = ""
    offline_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class MissedMatches:
    """The matches that the throttle of a rule stopped in one window.

    Attributes:
        count: how many there are.
        told: how many of them messages have told.
        last: the newest of them; None = there is none.
    """

    window: RuleWindow
    count: int = 0
    told: int = 0
    last: MatchToTell | None = None


@dataclass(frozen=True, slots=True)
class OpenDigest:
    """The digest that collects the mails of a rule. `is_new`: the run that is written opens it."""

    window: RuleWindow
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RunWritten(Participant):
    """A run, with what it counts and what it leaves for later.

    Attributes:
        over: the state that the run replaces; None = it is new.
        throttle: counted as one message.
        missed: as they were read; `match` is one more.
        digest: that lists `match`.
        timer: set with it.
    """

    run: RuleRun
    over: RuleRunState | None = None
    throttle: ThrottleUse | None = None
    match: MatchToTell | None = None
    missed: MissedMatches | None = None
    digest: OpenDigest | None = None
    timer: Timer | None = None

    @property
    def timers(self) -> Sequence[Timer]:
        """The timer that ends the hold, the window or the digest."""
        return () if self.timer is None else (self.timer,)


@dataclass(frozen=True, slots=True)
class MissedTold(Participant):
    """All matches that a throttle stopped so far are told: `missed.count`, over `missed.told`."""

    tenant: TenantId
    rule: str
    missed: MissedMatches


@dataclass(frozen=True, slots=True)
class Match:
    """An event that matches a rule, and what was found out for the gates.

    Attributes:
        name: of the event; an erasure may have changed what the event says.
        held: the run, if it was held so far.
        missed: what the throttle of the rule stopped in this window; None = there is no throttle, or it is not full.
        digest_is_open: the digest has collected something already.
    """

    told: Told
    name: str
    situation: Situation
    held: RuleRun | None = None
    missed: MissedMatches | None = None
    digest_is_open: bool = False


def written(match: Match, decision: GateDecision, now: datetime) -> RunWritten | None:
    """Return what is written about a match, alert and deliveries apart; None = nothing."""
    over = None if match.held is None else match.held.state
    state = _state(decision)
    if state is None:
        return None
    run, told = _run(match, state), match.told
    match decision.stopped_by:
        case GateName.HELD:
            hold = told.rule.options.hold
            assert hold is not None  # its gate stopped the match
            until = hold_ends(told.event.at, hold, now)
            return RunWritten(run=run, timer=_timer(run, TimerKind.HOLD, match.name, until))
        case GateName.THROTTLED:
            missed = match.missed
            assert missed is not None  # it was read, because the throttle is full
            timer = None
            if missed.count == missed.told:  # nothing waits to be told so far, so no timer is set
                place = str(milliseconds(missed.window.start))
                timer = _timer(run, TimerKind.THROTTLE_END, place, max(missed.window.end, now), missed.told + 1)
            return RunWritten(run=run, over=over, match=_to_tell(match), missed=missed, timer=timer)
        case None:
            return _passed(match, decision, run, over)
    return None


def milliseconds(at: datetime) -> int:
    """Return an instant in whole milliseconds since 1970: digests and windows are named by their beginning."""
    return (at - _EPOCH) // timedelta(milliseconds=1)


def instant(milliseconds: int) -> datetime:
    """Return the instant of so many milliseconds since 1970."""
    return _EPOCH + timedelta(milliseconds=milliseconds)


def _state(decision: GateDecision) -> RuleRunState | None:
    match decision.stopped_by:
        case None:
            return RuleRunState.COLLECTED if decision.collected and not decision.now else RuleRunState.SENT
        case GateName.THROTTLED:
            return RuleRunState.THROTTLED
        case GateName.HELD:
            return RuleRunState.HELD
    return None


def _passed(match: Match, decision: GateDecision, run: RuleRun, over: RuleRunState | None) -> RunWritten:
    situation, told = match.situation, match.told
    throttle = told.rule.options.throttle
    use = digest = timer = None
    if throttle is not None and situation.window is not None:
        facts = facts_of(told.event, told.names)
        assert facts is not None  # the rule matches
        use = ThrottleUse(situation.window, throttle_value(throttle.by, facts), throttle.most)
    if decision.collected and situation.digest is not None:
        digest = OpenDigest(situation.digest, is_new=not match.digest_is_open)
        if digest.is_new:
            place = str(milliseconds(digest.window.start))
            timer = _timer(run, TimerKind.DIGEST, place, digest.window.end)
    to_tell = None if digest is None else _to_tell(match)
    return RunWritten(run=run, over=over, throttle=use, match=to_tell, digest=digest, timer=timer)


def _run(match: Match, state: RuleRunState) -> RuleRun:
    told, event = match.told, match.told.event
    facts = facts_of(event, told.names)
    lines = () if facts is None else facts.values.get(FilterName.LINES, ())
    return RuleRun(
        tenant=told.rule.tenant,
        rule=told.rule.id,
        id=run_id(told.rule.id, match.name, event.received_at),
        at=event.received_at,
        state=state,
        event=match.name,
        rule_version=told.rule.version,
        trigger_ids=tuple(trigger.id for trigger in told.triggers),
        entities=tuple(entity(trigger, told.rule) for trigger in told.triggers),
        line=lines[0] if lines else "",
        test=told.test,
    )


def _to_tell(match: Match) -> MatchToTell:
    told = match.told
    word = told.event.data["event"] if told.rule.type is RuleType.SIP else ""
    return MatchToTell(match.name, word, told.offline_since)


def _timer(run: RuleRun, kind: TimerKind, place: str, due_at: datetime, generation: int = 1) -> Timer:
    return Timer(TimerKey(run.tenant, kind, f"{run.rule}.{place}"), generation, due_at)
