"""What the plan of a call says beside its receivers: how long it lasts, what it costs, and what may surprise."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.domain.result import SendResult
from tocsin.calls.domain.outgoing_call import ANSWER_WITHIN
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.phone_region import region_of
from tocsin.kernel.domain.counted import counted
from tocsin.kernel.domain.warnings import Warned, WarningCode
from tocsin.limits.domain.call_prices import estimated_call_price
from tocsin.limits.domain.sending_limits import Rate
from tocsin.voice.domain.call_content import CallContent
from tocsin.voice.domain.script import Simple
from tocsin.voice.domain.verdict import RETRY_AFTER


@dataclass(frozen=True, slots=True)
class CallEstimate:
    """What calling one receiver takes.

    Attributes:
        seconds: of one call in which every prompt is said once.
        cost: of one answered call, in millionths of a US dollar.
        most: of all attempts, each answered.
    """

    seconds: float
    cost: int
    most: int


def call_estimate(content: CallContent, address: str) -> CallEstimate:
    """Return what calling this number takes."""
    seconds = round(content.seconds, 1)
    place = region_of(address)
    cost = estimated_call_price(place.region if place else None, seconds)
    return CallEstimate(seconds, cost, cost * content.attempts)


def with_call_warnings(result: SendResult, alert: Alert, rate: Rate | None) -> SendResult:
    """Return the result of an alert, with what only a plan warns of.

    Args:
        rate: of its calls to one number; None = no limit.
    """
    lasts = alert.send_before - alert.accepted_at
    items = [
        replace(answer, warnings=answer.warnings + call_warnings(item.content, lasts, rate))
        if item.channel is Channel.CALL and isinstance(item.content, CallContent)
        else answer
        for item, answer in zip(alert.items, result.items, strict=True)
    ]
    return replace(result, items=tuple(items))


def call_warnings(content: CallContent, lasts: timedelta, rate: Rate | None) -> tuple[Warned, ...]:
    """Return what a plan warns of; pointers begin at the element.

    Args:
        lasts: how long calls may be placed after the first.
        rate: of calls to one number; None = no limit.
    """
    found = []
    if isinstance(content.script, Simple) and not content.script.require_response:
        message = "voicemail counts as reached, because no key must be pressed"
        found.append(Warned("/ivrControl/ivrRequireResponse", WarningCode.VOICEMAIL_COUNTS, message))
    if _last_attempt(content.attempts, rate) >= lasts:
        message = f"there may be no time for {counted(content.attempts, 'attempt')} before the alert ends"
        found.append(Warned("/ivrControl/ivrAttempts", WarningCode.ATTEMPTS_CANNOT_FIT, message))
    return tuple(found)


def _last_attempt(attempts: int, rate: Rate | None) -> timedelta:
    """Return when the last attempt begins, counted from the first, if no call is answered."""
    spaced = (attempts - 1) * (ANSWER_WITHIN + max(RETRY_AFTER.values()))
    if rate is None:
        return spaced
    return max(spaced, rate.span * ((attempts - 1) // rate.count)) if rate.count else timedelta.max
