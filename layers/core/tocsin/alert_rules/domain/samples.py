"""Samples of a rule: an event as the rule waits for, the request that a webhook makes of it, and what texts come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tocsin.alert_rules.domain.actions import MASK, HeaderPreset, SmsAction, WebhookAction, WebhookHeader
from tocsin.alert_rules.domain.payload import get_url
from tocsin.alert_rules.domain.rule import AlertRule
from tocsin.alert_rules.domain.triggers import DailyHours, FilterName, RuleTrigger, RuleType, TriggerFilters
from tocsin.alert_rules.domain.words import Told, text
from tocsin.calendar.domain.local_time import instant
from tocsin.content.domain.sms_text import measure
from tocsin.kernel.domain.wire_time import wire_time
from tocsin.limits.domain.sms_prices import price_of
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.webhooks.domain.callback import WebhookMethod

SOURCE = "tocsin.sample"
_CALLER = {"number": "+447700900123", "name": "Sample caller"}  # Ofcom keeps these numbers for drama
_CALLED = {"number": "+442079460000"}


def sample_triggers(rule: AlertRule) -> tuple[RuleTrigger, ...]:
    """Return the trigger that a sample is about: the first, or one without filters for a rule that has none."""
    return rule.triggers[:1] or (RuleTrigger("", TriggerFilters()),)


def sample_event(rule: AlertRule, now: datetime, zone: ZoneInfo) -> TelephonyEvent:
    """Return an event that the first trigger of a rule matches, or any event of its type if it has no trigger."""
    filters = rule.triggers[0].filters if rule.triggers else TriggerFilters()
    first = {name: min(wanted) for name, wanted in filters.values.items()}
    type, data = _SAMPLES[rule.type](first, filters)
    if line := first.get(FilterName.LINES):
        data["line"] = line
    if filters.time_of_day:
        data["startedAt"] = wire_time(_last_begin(filters.time_of_day[0], now, zone))
    return TelephonyEvent(SOURCE, f"{rule.id}:{wire_time(now)}", type, now, now, data)


def _call(first: Mapping[FilterName, str], filters: TriggerFilters) -> tuple[str, dict[str, Any]]:
    statuses = filters.values.get(FilterName.STATUSES, frozenset())
    status = min(statuses - {"transferred"}, default="answered" if statuses else "missed")
    length = filters.duration
    seconds = 18 if length is None else length.least if length.least is not None else length.most
    data: dict[str, Any] = _parties(first) | {
        "callId": "sample",
        "direction": first.get(FilterName.DIRECTIONS, "incoming"),
        "status": status,
        "transferred": statuses == {"transferred"},
        "durationSeconds": seconds,
    }
    if group := first.get(FilterName.GROUPS):
        data["group"] = {"id": group}
    if tag := first.get(FilterName.TAGS):
        data["tags"] = [tag]
    return "call.ended", data


def _registration(first: Mapping[FilterName, str], filters: TriggerFilters) -> tuple[str, dict[str, Any]]:
    return "sip.registration", {"line": "sample", "event": first.get(FilterName.EVENTS, "unregistered")}


def _text(first: Mapping[FilterName, str], filters: TriggerFilters) -> tuple[str, dict[str, Any]]:
    said = "This is a sample." if filters.contains is None else f"This is a sample: {filters.contains}"
    data: dict[str, Any] = _parties(first) | {"messageId": "sample", "text": said}
    if user := first.get(FilterName.USERS):
        data["userId"] = user
    outgoing = first.get(FilterName.DIRECTIONS) == "outgoing"
    return "sms.sent" if outgoing else "sms.received", data


_SAMPLES = {RuleType.CALL: _call, RuleType.SIP: _registration, RuleType.SMS: _text}


def _parties(first: Mapping[FilterName, str]) -> dict[str, Any]:
    number = first.get(FilterName.NUMBERS)
    return {"from": _CALLER if number is None else _CALLER | {"number": number}, "to": _CALLED}


def _last_begin(hours: DailyHours, now: datetime, zone: ZoneInfo) -> datetime:
    """Return when hours began last."""
    today = now.astimezone(zone).date()
    for back in range(8):
        day = today - timedelta(days=back)
        begin = instant(datetime.combine(day, time(*divmod(hours.begin, 60))), zone)
        if day.isoweekday() in hours.days and begin <= now:
            return begin
    raise ValueError("hours that begin on no day")


@dataclass(frozen=True, slots=True)
class ExampleRequest:
    """What a webhook sends, with masks in the place of secrets.

    Attributes:
        url: None = the URL of the GET is too long.
        body: the JSON object; None for a GET.
    """

    method: str
    url: str | None
    headers: Mapping[str, str]
    body: Mapping[str, Any] | None


def example_request(action: WebhookAction, body: Mapping[str, Any]) -> ExampleRequest:
    """Return the request that a webhook makes of a payload."""
    headers = {header.header_name: _masked(header) for header in action.headers}
    if action.method is WebhookMethod.GET:
        return ExampleRequest(action.method.value, get_url(action.url, body), headers, None)
    return ExampleRequest(action.method.value, action.url, {"Content-Type": "application/json"} | headers, body)


def _masked(header: WebhookHeader) -> str:
    match header.preset:
        case HeaderPreset.BEARER:
            return f"Bearer {MASK}"
        case HeaderPreset.BASIC:
            return f"Basic {MASK}"
    return MASK


@dataclass(frozen=True, slots=True)
class TextEstimate:
    """What the texts of one run of a rule come to: an estimate, by the prices of a plan.

    Attributes:
        parts: segments of a text.
        price: of the texts to all receivers, in millionths of a US dollar.
    """

    parts: int
    price: int


def estimate_of(action: SmsAction, told: Told) -> TextEstimate:
    """Return what the texts of an action come to that tell this."""
    parts = measure(text(action, told)).segments
    return TextEstimate(parts, sum(price_of(number, parts) for number in action.to))
