"""A plan in sentences: what would happen, to how many people, at what price."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from console.composing.heard import Heard
from console.words import NOUNS, counted, messages, people, sentence
from tocsin.contacts.domain.channel import Channel
from tocsin.planning.domain.plan import Plan, PlannedAlert, PlannedMessage, PlannedOutcome
from tocsin.results.domain.reasons import reason_text

TYPED_ABOVE_PEOPLE = 100
"""Beyond so many people, the number must be typed before anything is sent."""

TYPED_ABOVE_COST = 10_000_000
"""The same beyond this estimated cost, in millionths of a US dollar."""

NAMED = 20
"""Most receivers that a line names."""

_GOES_OUT = (PlannedOutcome.SEND, PlannedOutcome.HELD)


@dataclass(frozen=True, slots=True)
class HappensLine:
    """One line of the plan: a state's kind, a sentence, and the first receivers."""

    kind: str
    sentence: str
    names: tuple[str, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class HappensStep:
    """What happens at one time."""

    heading: str
    at: datetime | None
    lines: tuple[HappensLine, ...]
    mark: str = ""  # "now", "end" or ""


@dataclass(frozen=True, slots=True)
class Happens:
    """A plan as the page shows it.

    Attributes:
        messages, receivers: of the alert itself; what the button counts.
        cost, most: estimates in US dollars: now, and with all steps and all attempts of calls.
        calls: people are called; an attempt that is not answered is repeated.
        type_it: the number must be typed before it is sent.
        only_calls: the alert itself goes out by call only.
        heard: what the first person who is called would hear; None if no one is called, or it is not asked for.
    """

    steps: tuple[HappensStep, ...]
    messages: int
    receivers: int
    cost: float
    most: float
    calls: bool
    type_it: bool
    only_calls: bool = False
    heard: Heard | None = None

    @property
    def button(self) -> str:
        """What the button says."""
        if self.only_calls:
            return f"Call {people(self.receivers)}"
        return f"Send {counted(self.messages, 'message')} to {people(self.receivers)}"


def happens(plan: Plan) -> Happens:
    """Return a plan in sentences."""
    first = plan.alerts[0]
    going = [message for message in first.messages if message.outcome in _GOES_OUT]
    receivers = len({message.contact_id or message.address for message in going})
    cost = sum(message.cost for message in first.messages)
    steps = [_step(alert, plan.need) for alert in plan.alerts]
    if any(alert.all_clear for alert in plan.alerts):
        last = next(alert for alert in reversed(plan.alerts) if alert.all_clear)
        steps.append(HappensStep("When enough have answered", None, tuple(_lines(last.all_clear)), "end"))
    return Happens(
        steps=tuple(steps),
        messages=len(going),
        receivers=receivers,
        cost=cost / 1_000_000,
        most=plan.cost_most / 1_000_000,
        calls=plan.calls,
        type_it=receivers > TYPED_ABOVE_PEOPLE or cost > TYPED_ABOVE_COST,
        only_calls={message.channel for message in going} == {Channel.CALL},
    )


def _step(alert: PlannedAlert, need: Sequence[int]) -> HappensStep:
    if alert.step == 0:
        heading, mark = "Now", "now"
    else:
        enough = need[alert.step - 1]
        heading, mark = f"If fewer than {enough} have answered" if enough > 1 else "If no person has answered", ""
    lines = [*_lines(alert.messages), *_warnings(alert)]
    if alert.error is not None:
        lines.append(HappensLine("bad", str(alert.error), ()))
    elif not lines:
        lines.append(HappensLine("warn", "no one is told", ()))
    return HappensStep(heading, alert.at, tuple(lines), mark)


def _warnings(alert: PlannedAlert) -> Iterable[HappensLine]:
    """Yield what a plan warns of in calls: voicemail that counts, attempts that do not fit, messages for anybody."""
    items = alert.result.items if alert.result is not None else ()
    calls = [item for item in items if item.channel in (Channel.CALL, Channel.INBOUND_CALL)]
    for message in dict.fromkeys(warning.message for item in calls for warning in item.warnings):
        yield HappensLine("warn", sentence(message), ())


def _lines(messages: Iterable[PlannedMessage]) -> Iterable[HappensLine]:
    """Yield a line for each group of messages with the same channel, outcome and reason."""

    def alike(message: PlannedMessage) -> tuple[str, str, str, int, float]:
        length = message.segments or 0, message.seconds or 0.0
        return (message.channel.value, message.outcome.value, message.reason or "", *length)

    for _, group in groupby(sorted(messages, key=alike), key=alike):
        same = list(group)
        names = tuple(message.contact_id or message.address for message in same[:NAMED])
        yield HappensLine(*_sentence(same), names, max(0, len(same) - NAMED))


def _sentence(same: list[PlannedMessage]) -> tuple[str, str]:
    one = same[0]
    count = messages(len(same), one.channel)
    why = reason_text(one.reason) if one.reason else ""
    match one.outcome:
        case PlannedOutcome.SEND:
            return ("ok" if (one.segments or 1) < 3 else "warn"), count + _length(one)
        case PlannedOutcome.HELD:
            return "wait", f"{count} held until {one.at:%H:%M} UTC: {why}"
        case _:
            verb = "gets" if len(same) == 1 else "get"
            return "warn", f"{len(same)} {verb} no {NOUNS[one.channel]}: {why}"


def _length(message: PlannedMessage) -> str:
    if message.seconds is not None:
        return f", about {max(1, round(message.seconds))} s each"
    return f", {counted(message.segments, 'part')} each" if message.segments else ""
