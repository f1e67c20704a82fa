"""What a webhook gets: one object for each type of rule, as JSON, or flattened into the query of a GET."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

from tocsin.alert_rules.domain.facts import AccountNames
from tocsin.alert_rules.domain.rule import AlertRule
from tocsin.alert_rules.domain.triggers import RuleTrigger, RuleType
from tocsin.egress.domain.url_policy import MAX_URL
from tocsin.kernel.domain.wire_time import wire_time
from tocsin.telephony.domain.event import TelephonyEvent

CALL_FIELDS = (
    "callId", "direction", "status", "transferred", "from", "to", "phoneNumber", "group", "startedAt", "answeredAt",
    "endedAt", "durationSeconds", "talkSeconds", "tags", "voicemail", "transfers",
)  # fmt: skip
REGISTRATION_FIELDS = ("event", "userAgent", "ip")
MESSAGE_FIELDS = ("messageId", "from", "to", "text", "segments", "userId")


def entity(trigger: RuleTrigger, rule: AlertRule) -> str:
    """Return what history calls a trigger: its description, else `Trigger 1`, by its place in the rule."""
    ids = [each.id for each in rule.triggers]
    return trigger.description or f"Trigger {ids.index(trigger.id) + 1 if trigger.id in ids else 1}"


def payload(
    rule: AlertRule, triggers: Sequence[RuleTrigger], event: TelephonyEvent, names: AccountNames, *, test: bool = False
) -> dict[str, Any]:
    """Return the object that a webhook gets about a valid event. What the event does not have is absent.

    Args:
        triggers: those that match, one at least.
    """
    listed = [{"id": trigger.id, "description": entity(trigger, rule)} for trigger in triggers]
    head = {
        "eventId": event.name,
        "sourceEventId": event.id,
        "alertId": rule.id,
        "alertName": rule.name,
        "alertType": rule.type.value,
        "triggerId": listed[0]["id"],
        "triggerDescription": listed[0]["description"],
        "triggers": listed,
        "occurredAt": wire_time(event.at),
        "tenantId": rule.tenant,
        "test": test,
    }
    data = event.known
    line = names.line(data["line"]) if data.get("line") else None
    match rule.type:
        case RuleType.CALL:
            return head | {"call": _present(data, CALL_FIELDS) | ({} if line is None else {"line": line})}
        case RuleType.SIP:
            return head | {"registration": _registration(line, event, names)}
        case RuleType.SMS:
            direction = "incoming" if event.type == "sms.received" else "outgoing"
            more = {"direction": direction} | ({} if line is None else {"line": line})
            return head | {"message": _present(data, MESSAGE_FIELDS) | more}


def _registration(line: str | None, event: TelephonyEvent, names: AccountNames) -> dict[str, Any]:
    known = {
        "lineId": line,
        "extension": names.extensions.get(line or ""),
        "userId": names.owners.get(line or ""),
    }
    if (lasts := event.data.get("expiresSeconds")) is not None:
        known["expiresAt"] = wire_time(event.at + timedelta(seconds=lasts))
    return _present(known, tuple(known)) | _present(event.data, REGISTRATION_FIELDS)


def _present(data: Mapping[str, Any], fields: Sequence[str]) -> dict[str, Any]:
    return {name: data[name] for name in fields if data.get(name) is not None}


def flattened(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Yield an object as keys and texts: `call.tags.0`; true and false as words, null not at all."""
    match value:
        case Mapping():
            for name, inside in value.items():
                yield from flattened(inside, f"{key}.{name}" if key else name)
        case list() | tuple():
            for index, inside in enumerate(value):
                yield from flattened(inside, f"{key}.{index}")
        case None:
            return
        case bool():
            yield key, "true" if value else "false"
        case _:
            yield key, str(value)


def get_url(url: str, body: Mapping[str, Any]) -> str | None:
    """Return the URL of a GET: the payload stands behind the URL's own query. None = it is longer than URLs may be."""
    base, query = url.partition("#")[0], urlencode(list(flattened(body)), quote_via=quote)
    between = "" if base.endswith(("?", "&")) else "&" if "?" in base else "?"
    joined = f"{base}{between}{query}"
    return joined if len(joined) <= MAX_URL else None
