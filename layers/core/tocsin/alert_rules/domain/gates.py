"""What stands between a match and its messages: the gates of a rule, in their order, each with its reason.

An event that is not told is never without a reason: the decision lists each gate that was looked at, with a sentence.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from tocsin.alert_rules.domain.actions import EmailAction, RuleAction
from tocsin.alert_rules.domain.clock_text import clock_text, span_text
from tocsin.alert_rules.domain.rule import AlertRule, RuleThrottle
from tocsin.alert_rules.domain.triggers import RuleType
from tocsin.alert_rules.domain.windows import RuleWindow, is_within
from tocsin.telephony.domain.event import MOST_DEPTH, TelephonyEvent

LOOP_SPAN = timedelta(minutes=15)
"""How long after a rule's text an event about the same text is recognised."""

LOOP_CHARACTERS = 40
"""How much of a text must be equal where the provider's id is not known."""


@dataclass(frozen=True, slots=True)
class SentText:
    """A text message that a rule sent.

    Attributes:
        message_id: of the provider; None = not known yet.
        sender, to: E.164.
    """

    message_id: str | None
    sender: str
    to: str
    text: str
    at: datetime


def is_loop(event: TelephonyEvent, sent: Iterable[SentText]) -> bool:
    """Whether an event comes from a rule: a valid `sms.*` event is about its text, or webhooks led to it (AL-32).

    Args:
        sent: texts of rules between the two numbers of the event.
    """
    if event.depth > MOST_DEPTH:
        return True
    if not event.type.startswith("sms."):
        return False
    data = event.data
    said = (data["from"]["number"], data["to"]["number"], (data.get("text") or "")[:LOOP_CHARACTERS])
    for text in sent:
        if abs(event.at - text.at) > LOOP_SPAN:
            continue
        if data["messageId"] == text.message_id or said == (text.sender, text.to, text.text[:LOOP_CHARACTERS]):
            return True
    return False


class GateName(StrEnum):
    """Gates in their order; the values are words of the API."""

    DISABLED = "disabled"
    CREATED_LATER = "created_later"
    TOO_OLD = "too_old"
    LOOP = "loop"
    HELD = "held"
    THROTTLED = "throttled"
    COLLECTED = "collected"


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate that was looked at. `sentence`: what was found, for people."""

    name: GateName
    passed: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Situation:
    """What the gates must know beside rule and event.

    Attributes:
        is_loop: the event comes from a rule, see `is_loop`.
        is_held_long_enough: the hold of the line is over, and the line is offline still.
        used: messages of this window and value that the throttle let pass, without tests.
        window: of the throttle; None = there is no throttle.
        digest: that collects a mail now; None = there is no digest.
    """

    is_loop: bool = False
    is_held_long_enough: bool = False
    used: int = 0
    window: RuleWindow | None = None
    digest: RuleWindow | None = None


@dataclass(frozen=True, slots=True)
class GateDecision:
    """What becomes of a match.

    Attributes:
        stopped_by: the gate that did not let it pass; None = it is told.
        gates: each that was looked at, in order.
        now: enabled actions that go now.
        collected: enabled mails that wait for the digest.
    """

    stopped_by: GateName | None
    gates: tuple[Gate, ...]
    now: tuple[RuleAction, ...] = ()
    collected: tuple[RuleAction, ...] = ()

    @property
    def fired(self) -> bool:
        """Whether the rule fires: something is sent, or collected for the digest."""
        return self.stopped_by is None


def decide(rule: AlertRule, event: TelephonyEvent, situation: Situation, zone: ZoneInfo) -> GateDecision:
    """Return what becomes of an event that matches a rule.

    Args:
        zone: of the account; for times in sentences.
    """
    looked: list[Gate] = []
    for gate in (
        _enabled(rule),
        _counts(rule, event, zone),
        _fresh(rule, event),
        _no_loop(situation),
        _hold(rule, event, situation),
        _throttle(rule.options.throttle, situation, zone),
    ):
        if gate is None:
            continue
        looked.append(gate)
        if not gate.passed:
            return GateDecision(gate.name, tuple(looked))
    now = tuple(action for action in rule.actions if action.enabled)
    if situation.digest is None:
        return GateDecision(None, tuple(looked), now)
    mails = tuple(action for action in now if isinstance(action, EmailAction))
    until = clock_text(situation.digest.end, zone)
    sentence = f"mails are collected until {until}" if mails else "there is no mail to collect"
    looked.append(Gate(GateName.COLLECTED, not mails, sentence))
    others = tuple(action for action in now if not isinstance(action, EmailAction))
    return GateDecision(None, tuple(looked), others, mails)


def _enabled(rule: AlertRule) -> Gate:
    sentence = "the rule is enabled" if rule.enabled else "the rule is disabled"
    return Gate(GateName.DISABLED, rule.enabled, sentence)


def _counts(rule: AlertRule, event: TelephonyEvent, zone: ZoneInfo) -> Gate:
    passed = event.received_at >= rule.counts_from
    came, since = clock_text(event.received_at, zone), clock_text(rule.counts_from, zone)
    return Gate(GateName.CREATED_LATER, passed, f"the event came at {came}, and the rule counts from {since} on")


def _fresh(rule: AlertRule, event: TelephonyEvent) -> Gate:
    age = max(event.received_at - event.at, timedelta(0))
    passed = age <= rule.options.max_age
    allowed = span_text(rule.options.max_age)
    return Gate(
        GateName.TOO_OLD, passed, f"the event came {span_text(age)} after it happened; at most {allowed} is allowed"
    )


def _no_loop(situation: Situation) -> Gate:
    said = "the event comes from a text or webhook of a rule"
    said = said if situation.is_loop else said.replace("comes", "does not come")
    return Gate(GateName.LOOP, not situation.is_loop, said)


def _hold(rule: AlertRule, event: TelephonyEvent, situation: Situation) -> Gate | None:
    hold = rule.options.hold
    if hold is None or rule.type is not RuleType.SIP or event.data.get("event") != "unregistered":
        return None
    passed = situation.is_held_long_enough
    said = "was offline for" if passed else "is told when it was offline for"
    return Gate(GateName.HELD, passed, f"the line {said} {span_text(hold)}")


def _throttle(throttle: RuleThrottle | None, situation: Situation, zone: ZoneInfo) -> Gate | None:
    if throttle is None:
        return None
    since = "" if situation.window is None else f" since {clock_text(situation.window.start, zone)}"
    sent = "was sent" if throttle.most == 1 else "were sent"
    said = f"{situation.used} of {throttle.most} in {span_text(throttle.per)} {sent}{since}"
    return Gate(GateName.THROTTLED, is_within(throttle, situation.used), said)
