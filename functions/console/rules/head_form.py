"""The form of a rule itself: name, description, whether it is on, and when it speaks."""

from __future__ import annotations

from typing import Any

from console.rules.words import THROTTLED_BY
from console.visit import Form, whole_or_typed
from tocsin.alert_rules.domain.clock_text import span_text
from tocsin.alert_rules.domain.rule import AlertRule
from tocsin.alert_rules.domain.triggers import RuleType
from tocsin.calendar.domain.lifetime import parse_lifetime, span_written

LABELS = {
    "name": "Name",
    "description": "Description",
    "enabled": "On",
    "throttle_max": "At most",
    "throttle_per": "Within",
    "throttle_by": "Counted",
    "digest": "Mails are collected for",
    "hold": "A line is told after",
    "max_age": "Events are told up to",
    "urgent": "Urgent",
}
"""The fields of the form, in words."""

_SPANS = {
    "throttle_per": ("1m", "5m", "15m", "30m", "1h", "4h", "12h", "24h"),
    "digest": ("5m", "15m", "30m", "1h", "4h", "12h", "24h"),
    "hold": ("30s", "1m", "2m", "5m", "10m", "30m", "1h"),
    "max_age": ("5m", "15m", "1h", "4h", "24h", "72h"),
}
_NONE = {"digest": "no time: each is sent at once", "hold": "no time: at once"}


def standing(rule: AlertRule) -> Form:
    """Return the form of a rule as it stands."""
    options = rule.options
    values = {"name": rule.name, "description": rule.description, "max_age": span_written(options.max_age)}
    if (throttle := options.throttle) is not None:
        per = span_written(throttle.per)
        values |= {"throttle_max": str(throttle.most), "throttle_per": per, "throttle_by": throttle.by.value}
    else:
        values |= {"throttle_max": "", "throttle_per": "1h", "throttle_by": "rule"}
    values["digest"] = "" if options.digest is None else span_written(options.digest)
    if rule.type is RuleType.SIP:
        values["hold"] = "" if options.hold is None else span_written(options.hold)
    ticks = {"enabled": rule.enabled, "urgent": options.urgent}
    return Form(
        {name: [value] for name, value in (values | {n: "on" for n, ticked in ticks.items() if ticked}).items()}
    )


def patch_of(form: Form, type: RuleType) -> dict[str, Any]:
    """Return the patch that the API takes."""
    most = form.get("throttle_max")
    throttle = {
        "max": whole_or_typed(most),
        "per": form.get("throttle_per"),
        "by": form.get("throttle_by"),
    }
    digest, hold = form.get("digest"), form.get("hold")
    options: dict[str, Any] = {
        "throttle": throttle if most else None,
        "digest": {"every": digest} if digest else None,
        "max_age": form.get("max_age"),
        "urgent": form.ticked("urgent"),
    }
    if type is RuleType.SIP:
        options["hold"] = {"for": hold} if hold else None
    return {
        "name": " ".join(form.get("name").split()),
        "description": form.text("description").strip(),
        "enabled": form.ticked("enabled"),
        "options": options,
    }


def span_choices(form: Form) -> dict[str, list[tuple[str, str]]]:
    """Return what each field of a span offers, with the present value."""
    found = {}
    for name, offered in _SPANS.items():
        present = form.get(name)
        spans = [*offered, *({present} - {*offered, ""})]
        none = [("", _NONE[name])] if name in _NONE else []
        found[name] = none + [(span, _span_words(span)) for span in spans]
    return found


def throttled_by() -> list[tuple[str, str]]:
    """Return what a throttle can count apart."""
    return [(by.value, word) for by, word in THROTTLED_BY.items()]


def _span_words(text: str) -> str:
    try:
        return span_text(parse_lifetime(text).duration)
    except ValueError:
        return text  # as it was typed; the form tells what is wrong with it
