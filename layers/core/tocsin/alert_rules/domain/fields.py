"""Rules and their parts as the API writes and reads them: JSON fields from a part, and a part from JSON fields.

Fields are complete and valid in themselves: `entrypoint/rule_body` has judged them. Null removes a field (RFC 7396), so
what a patch changes is `directory.domain.versions.merged` of what these functions return.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from tocsin.alert_rules.domain.actions import (
    ACTION_TYPE,
    MASK,
    EmailAction,
    HeaderPreset,
    RuleAction,
    SmsAction,
    WebhookAction,
    WebhookHeader,
    masked_url,
)
from tocsin.alert_rules.domain.facts import AccountNames
from tocsin.alert_rules.domain.rule import MAX_AGE, AlertRule, RuleOptions, RuleThrottle, ThrottleBy
from tocsin.alert_rules.domain.samples import TextEstimate
from tocsin.alert_rules.domain.triggers import (
    VALUE_FILTERS,
    DailyHours,
    FilterName,
    RuleTrigger,
    RuleType,
    SecondsRange,
    TriggerFilters,
    folded,
    hours_text,
    minutes_of,
)
from tocsin.calendar.domain.lifetime import parse_lifetime, span_written
from tocsin.calendar.domain.quiet_hours import EVERY_DAY
from tocsin.kernel.domain.errors import Immutable
from tocsin.kernel.domain.wire_time import wire_time
from tocsin.telephony.domain.numbers import normal_number
from tocsin.webhooks.domain.callback import WebhookMethod

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SECRET_FIELD = {
    HeaderPreset.BEARER: "token",
    HeaderPreset.X_API_KEY: "value",
    HeaderPreset.BASIC: "password",
    HeaderPreset.CUSTOM: "value",
}
"""The field of each kind of header that is written and never read."""


def resource(rule: AlertRule, *, may_edit: bool) -> dict[str, Any]:
    """Return a rule with its parts as the API shows it.

    Args:
        may_edit: as for `action_fields`.
    """
    return _head(rule) | {
        "triggers": [trigger_resource(trigger) for trigger in rule.triggers],
        "notifications": [action_resource(action, may_edit=may_edit) for action in rule.actions],
    }


def list_item(rule: AlertRule) -> dict[str, Any]:
    """Return a rule as lists show it: how many parts it has instead of the parts."""
    return _head(rule) | {
        "trigger_count": len(rule.triggers),
        "notification_count": len(rule.actions),
        "out_of_scope": any(trigger.out_of_scope for trigger in rule.triggers),
    }


def trigger_resource(trigger: RuleTrigger) -> dict[str, Any]:
    """Return a trigger as the API shows it."""
    return {"id": trigger.id, **trigger_fields(trigger), "out_of_scope": trigger.out_of_scope}


def action_resource(action: RuleAction, *, may_edit: bool) -> dict[str, Any]:
    """Return a notification as the API shows it. A webhook lists the headers that lack a value."""
    missing = {"secret_missing": action.secret_missing} if isinstance(action, WebhookAction) else {}
    return {"id": action.id, **action_fields(action, may_edit=may_edit), **missing}


def estimate_fields(estimate: TextEstimate) -> dict[str, Any]:
    """Return an estimate as the API shows it."""
    return {"parts": estimate.parts, "price": {"currency": "USD", "amount": round(estimate.price / 1_000_000, 6)}}


def _head(rule: AlertRule) -> dict[str, Any]:
    gone = {} if rule.deleted_at is None else {"deleted_at": wire_time(rule.deleted_at)}
    return {
        "id": rule.id,
        "type": rule.type.value,
        "owner": rule.owner,
        **head_fields(rule),
        "created_by": rule.made.by,
        "company": rule.made.company,
        "created_at": wire_time(rule.created_at),
        "counts_from": wire_time(rule.counts_from),
        "version": rule.version,
        **gone,
    }


def head_fields(rule: AlertRule) -> dict[str, Any]:
    """Return the fields of a rule that a patch of the rule sets."""
    options = rule.options
    shown: dict[str, Any] = {"max_age": span_written(options.max_age), "urgent": options.urgent}
    if (throttle := options.throttle) is not None:
        shown["throttle"] = {"max": throttle.most, "per": span_written(throttle.per), "by": throttle.by.value}
    if options.digest is not None:
        shown["digest"] = {"every": span_written(options.digest)}
    if options.hold is not None:
        shown["hold"] = {"for": span_written(options.hold)}
    return {"name": rule.name, "description": rule.description, "enabled": rule.enabled, "options": shown}


def trigger_fields(trigger: RuleTrigger) -> dict[str, Any]:
    """Return the fields of a trigger that a call sets."""
    filters = trigger.filters
    shown: dict[str, Any] = {name.value: sorted(wanted) for name, wanted in filters.values.items()}
    if (duration := filters.duration) is not None:
        ends = {"min": duration.least, "max": duration.most}
        shown["duration"] = {name: end for name, end in ends.items() if end is not None}
    if filters.time_of_day:
        shown["time_of_day"] = [_hours_fields(hours) for hours in filters.time_of_day]
    if filters.contains is not None:
        shown["contains"] = filters.contains
    return {"description": trigger.description, "filters": shown}


def action_fields(action: RuleAction, *, may_edit: bool = True) -> dict[str, Any]:
    """Return the fields of an action that a call sets; secrets are masked.

    Args:
        may_edit: whether the reader may edit the rule; others do not read query values of a URL either.
    """
    head = {"type": ACTION_TYPE[type(action)], "enabled": action.enabled}
    match action:
        case EmailAction():
            return head | {"to": action.to, "subject": action.subject, "body": action.body}
        case SmsAction():
            return head | {"from": action.sender, "to": list(action.to), "text": action.text}
        case WebhookAction():
            url = action.url if may_edit else masked_url(action.url)
            headers = [_header_fields(header) for header in action.headers]
            return head | {"url": url, "method": action.method.value, "headers": headers}


def options_of(fields: Mapping[str, Any]) -> RuleOptions:
    """Return the options that fields mean; what is absent or null is as in a new rule."""
    throttle, digest, hold = fields.get("throttle"), fields.get("digest"), fields.get("hold")
    return RuleOptions(
        throttle=throttle and RuleThrottle(throttle["max"], _span(throttle["per"]), ThrottleBy(throttle["by"])),
        digest=digest and _span(digest["every"]),
        hold=hold and _span(hold["for"]),
        max_age=_span(fields["max_age"]) if fields.get("max_age") else MAX_AGE,
        urgent=bool(fields.get("urgent")),
    )


def trigger_of(type: RuleType, id: str, fields: Mapping[str, Any], names: AccountNames) -> RuleTrigger:
    """Return the trigger that fields mean. Lines and groups get their ids, numbers and tags their compared form."""
    given = fields["filters"]
    values = {
        name: frozenset(_compared(name, value, names) for value in given[name.value])
        for name in VALUE_FILTERS[type]
        if given.get(name.value) is not None
    }
    duration, hours, contains = given.get("duration"), given.get("time_of_day") or (), given.get("contains")
    filters = TriggerFilters(
        values,
        duration and SecondsRange(duration.get("min"), duration.get("max")),
        tuple(_hours_of(each) for each in hours),
        None if contains is None else folded(contains),
    )
    return RuleTrigger(id, filters, fields.get("description") or "")


def action_of(id: str, fields: Mapping[str, Any]) -> RuleAction:
    """Return the action that fields mean. Masked secrets stay masks: `actions.with_kept_secrets` replaces them."""
    enabled = fields["enabled"]
    match fields["type"]:
        case "email":
            given = {name: fields[name] for name in ("to", "subject", "body")}
            return EmailAction(id=id, enabled=enabled, **given)
        case "sms":
            to = tuple(dict.fromkeys(fields["to"]))
            return SmsAction(id=id, enabled=enabled, sender=fields["from"], to=to, text=fields["text"])
        case _:
            headers = tuple(_header_of(each) for each in fields["headers"])
            method = WebhookMethod(fields["method"])
            return WebhookAction(id=id, enabled=enabled, url=fields["url"], method=method, headers=headers)


def check_same_type(type: str, patch: Mapping[str, Any]) -> None:
    """Raise Immutable if a patch changes the type of a rule or of a notification (AL-2, AL-14)."""
    if patch.get("type", type) != type:
        raise Immutable(f"its type is {type} and never changes; delete it, and add another")


def _span(text: str) -> timedelta:
    return parse_lifetime(text).duration


def _compared(name: FilterName, value: str, names: AccountNames) -> str:
    match name:
        case FilterName.NUMBERS:
            return normal_number(value, names.country)
        case FilterName.TAGS:
            return folded(value)
        case FilterName.LINES:
            return names.lines.get(value.casefold(), value)
        case FilterName.GROUPS:
            return names.groups.get(value.casefold(), value)
    return value


def _hours_fields(hours: DailyHours) -> dict[str, Any]:
    shown: dict[str, Any] = {"from": hours_text(hours.begin), "to": hours_text(hours.end)}
    return shown if hours.days == EVERY_DAY else shown | {"days": [DAYS[day - 1] for day in sorted(hours.days)]}


def _hours_of(fields: Mapping[str, Any]) -> DailyHours:
    days = fields.get("days")
    held = EVERY_DAY if days is None else frozenset(DAYS.index(day) + 1 for day in days)
    return DailyHours(minutes_of(fields["from"]), minutes_of(fields["to"]), held)


def _header_fields(header: WebhookHeader) -> dict[str, Any]:
    shown: dict[str, Any] = {"preset": header.preset.value}
    if header.preset is HeaderPreset.CUSTOM:
        shown["name"] = header.name
    if header.preset is HeaderPreset.BASIC:
        shown["username"] = header.username
    secret = {} if header.secret is None else {SECRET_FIELD[header.preset]: MASK}
    return shown | secret | {"set": header.secret is not None}


def _header_of(fields: Mapping[str, Any]) -> WebhookHeader:
    preset = HeaderPreset(fields["preset"])
    secret = fields.get(SECRET_FIELD[preset])
    return WebhookHeader(preset, fields.get("name") or "", fields.get("username") or "", secret)
