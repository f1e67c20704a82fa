"""A plain reading of AL-23 to AL-31, rule by rule and filter by filter, written without a look at the book."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tocsin.alert_rules.domain.facts import AccountNames
from tocsin.alert_rules.domain.rule import AlertRule
from tocsin.alert_rules.domain.triggers import FilterName, RuleType, TriggerFilters
from tocsin.telephony.domain.event import TelephonyEvent


def matches(rules: list[AlertRule], event: TelephonyEvent, names: AccountNames, zone: str) -> list[tuple[str, str]]:
    """Return rule and trigger of every match."""
    return [
        (rule.id, trigger.id)
        for rule in rules
        for trigger in rule.triggers
        if rule.enabled
        and not trigger.out_of_scope
        and is_about(rule.type, event)
        and may_see(rule, event, names)
        and passes(trigger.filters, event, names, zone)
    ]


def is_about(type: RuleType, event: TelephonyEvent) -> bool:
    if type is RuleType.CALL:
        return event.type == "call.ended"
    return event.type.startswith("sms." if type is RuleType.SMS else "sip.registration")


def lines(event: TelephonyEvent, names: AccountNames) -> set[str]:
    said = {event.data.get("line"), *event.data.get("lines", [])} - {None}
    return {names.lines.get(str(name), str(name)) for name in said}


def groups(event: TelephonyEvent, names: AccountNames) -> set[str]:
    said = [group["id"] for group in [event.data.get("group"), *event.data.get("groups", [])] if group]
    return {names.groups.get(name, name) for name in said}


def numbers(event: TelephonyEvent) -> set[str]:
    if event.type == "sip.registration":
        return set()
    return {event.data["from"]["number"], event.data["to"]["number"], event.data.get("phoneNumber")} - {None}


def users(event: TelephonyEvent, names: AccountNames) -> set[str]:
    if not event.type.startswith("sms."):
        return set()
    if "userId" in event.data:
        return {event.data["userId"]}
    found = lines(event, names) or {names.targets[n] for n in numbers(event) & names.own_numbers if n in names.targets}
    return {names.owners[line] for line in found if line in names.owners}


def may_see(rule: AlertRule, event: TelephonyEvent, names: AccountNames) -> bool:
    if rule.sight is None:
        return True
    named = {f"line:{id}" for id in lines(event, names)} | {f"group:{id}" for id in groups(event, names)}
    named |= {f"number:{n}" for n in numbers(event) & names.own_numbers} | {f"user:{u}" for u in users(event, names)}
    return bool(named & rule.sight)


def passes(filters: TriggerFilters, event: TelephonyEvent, names: AccountNames, zone: str) -> bool:
    data: Any = event.data
    for name, wanted in filters.values.items():
        match name:
            case FilterName.LINES:
                found = lines(event, names)
            case FilterName.GROUPS:
                found = groups(event, names)
            case FilterName.NUMBERS:
                found = numbers(event)
            case FilterName.USERS:
                found = users(event, names)
            case FilterName.TAGS:
                found = {tag.strip().lower() for tag in data.get("tags", [])}
            case FilterName.EVENTS:
                found = {data["event"]}
            case FilterName.STATUSES:
                found = {data["status"]} | ({"transferred"} if data.get("transferred") else set())
            case FilterName.DIRECTIONS if event.type.startswith("sms."):
                found = {"incoming"} if event.type == "sms.received" else {"outgoing"}
            case _:
                found = {data["direction"]}
        if not found & wanted:
            return False
    if filters.duration is not None:
        seconds = data["durationSeconds"]
        if filters.duration.least is not None and seconds < filters.duration.least:
            return False
        if filters.duration.most is not None and seconds > filters.duration.most:
            return False
    if filters.contains is not None and filters.contains not in data.get("text", "").lower():
        return False
    at = datetime.fromisoformat(data["startedAt"]) if "startedAt" in data else event.at
    return not filters.time_of_day or any(
        within(at.astimezone(ZoneInfo(zone)), each.begin, each.end, each.days) for each in filters.time_of_day
    )


def within(wall: datetime, begin: int, end: int, days: frozenset[int]) -> bool:
    """Whether a time on the wall lies in hours that begin on some weekdays, and may go on after midnight."""
    minute, today = wall.hour * 60 + wall.minute, wall.isoweekday()
    yesterday = today - 1 or 7
    if begin < end:
        return today in days and begin <= minute < end
    return (today in days and minute >= begin) or (yesterday in days and minute < end)
